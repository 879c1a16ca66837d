"""The activations (rows of H) under the spectrogram, the templates (columns of W) beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from workbench.control.factor_strokes import FactorPen
from workbench.control.tools import ToolSettings
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors
from workbench.ui.base import theme
from workbench.ui.base.axes import frequency_ticks, time_ticks
from workbench.ui.base.guard import guarded
from workbench.ui.spectrogram.view import SpectrogramView

Float = NDArray[np.float32]


@guarded
class _FactorPane(QWidget):
    """A pane of curves, one a component, drawn once into a picture and kept until something changes."""

    picked = Signal(int)
    """Layer id whose curve was clicked."""

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        spectrogram: SpectrogramView,
        tools: ToolSettings,
        along_time: bool,
    ) -> None:
        super().__init__()
        self._document, self._viewport, self._spectrogram = document, viewport, spectrogram
        self._picture: QPixmap | None = None
        self._lanes: list[tuple[QRectF, int, int]] = []
        self._stroke_lane = QRectF()
        self.pen = FactorPen(document, tools, along_time, self)
        tools.changed.connect(self._show_tool)
        self.setMinimumSize(60, 60)
        for signal in (
            viewport.changed,
            document.opened,
            document.analysis_changed,
            document.factors_changed,
            document.layers_changed,
            document.selection_changed,
        ):
            signal.connect(self.redraw)

    def redraw(self) -> None:
        """Draw anew at the next painting."""
        self._picture = None
        self.update()

    def resizeEvent(self, event: object) -> None:
        self.redraw()

    def moveEvent(self, event: object) -> None:
        self.redraw()

    def curves(self) -> list[tuple[int, Layer]]:
        """(component, its layer), in the order of the stack."""
        return [(c, layer) for layer in self._document.layers for c in layer.components]

    def _ensure_picture(self) -> QPixmap:
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(theme.current().panel))
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            font = QFont(self.font())
            font.setPixelSize(10)
            painter.setFont(font)
            factors = self.factors()
            self._lanes = []
            if factors is None:
                self._draw_invitation(painter)
            else:
                self.draw(painter, factors)
            painter.end()
        return self._picture

    def factors(self) -> Factors | None:
        """The present templates and activations, if there are any."""
        run = self._document.run
        return run.factors if run is not None and isinstance(run.factors, Factors) else None

    def _text(self) -> str:
        if self._document.run is None:
            return self.invitation()
        return self.tr("This stack has masks but no templates and activations; the masks are at the right.")

    def _draw_invitation(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme.current().dim))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(self.rect()).adjusted(10, 10, -10, -10), flags, self._text())

    def invitation(self) -> str:
        """What to show before any factorisation."""
        raise NotImplementedError

    def draw(self, painter: QPainter, factors: Factors) -> None:
        """Draw the curves."""
        raise NotImplementedError

    def entries(self, at: QPointF, lane: QRectF) -> tuple[int, int, float]:
        """First and last frame or bin under a point, and the value that its height in the lane means."""
        raise NotImplementedError

    # -- drawing by hand -----------------------------------------------------------------------------

    def _show_tool(self) -> None:
        self.setCursor(Qt.CursorShape.CrossCursor if self.pen.armed else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        for rect, layer, component in self._lanes:
            if rect.contains(event.position()):
                self.picked.emit(layer)
                if self.pen.armed and self.pen.begin(component):
                    self._stroke_lane = rect
                    self.pen.draw(*self.entries(event.position(), rect))
                return

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.pen.component is not None:
            self.pen.draw(*self.entries(event.position(), self._stroke_lane))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.pen.component is not None:
            self.pen.end()
            self.redraw()

    def _top_of(self, component: int, values: Float) -> float:
        """What fills a lane: the largest value; during a stroke that at its start, so that the curve stays put."""
        return self.pen.peak if self.pen.component == component else max(float(values.max()), 1e-30)

    def _aligned(self) -> bool:
        return self.window() is self._spectrogram.window()


@guarded
class ActivationsView(_FactorPane):
    """Rows of H over time, aligned with the spectrogram above."""

    def __init__(
        self, document: Document, viewport: Viewport, spectrogram: SpectrogramView, tools: ToolSettings
    ) -> None:
        super().__init__(document, viewport, spectrogram, tools, True)
        self.setObjectName("activations")
        self.setAccessibleName(self.tr("Activations"))
        self.setToolTip(
            self.tr(
                "Activations: when each component sounds (rows of H). Click one to select its layer; with the "
                "brush (B) draw in it, with the eraser (E) take away: the masks follow at once."
            )
        )
        self.playhead = 0.0

    def sizeHint(self) -> QSize:
        return QSize(600, 150)

    def invitation(self) -> str:
        return self.tr("Activations appear here: when each component sounds. Press Factorise.")

    def _x_range(self) -> tuple[float, float]:
        """Left and right pixel of the visible time in this pane."""
        if not self._aligned():
            return 46.0, float(self.width() - 6)
        corner, width = self._spectrogram.global_left()
        left = self.mapFromGlobal(corner).x()
        return float(left), float(left + width)

    def time_to_x(self, seconds: float) -> float:
        """Pixel of a second."""
        left, right = self._x_range()
        v = self._viewport
        return left + (seconds - v.start) / (v.stop - v.start) * (right - left)

    def draw(self, painter: QPainter, factors: Factors) -> None:
        v = self._viewport
        t = theme.current()
        left, right = self._x_range()
        hop = self._document.state.analysis.hop
        h = factors.H
        curves = [(c, layer) for c, layer in self.curves() if c < h.shape[0]]
        bottom = 18
        lane = (self.height() - bottom - 4) / max(1, len(curves))
        columns = np.arange(int(left), int(right) + 1)
        seconds = v.start + (columns - left) / max(1.0, right - left) * (v.stop - v.start)
        frames = np.clip(np.rint(seconds * v.rate / hop), 0, h.shape[1] - 1).astype(np.intp)
        painter.setClipRect(QRectF(0, 0, self.width(), self.height() - bottom + 1))
        for index, (component, layer) in enumerate(curves):
            base = 4 + lane * (index + 1)
            values = _column_peaks(h[component], frames)
            values = np.minimum(values / self._top_of(component, h[component]), 1.05) * lane * 0.95
            colour, current = curve_colour(layer.colour), layer.id == self._document.selected
            fill = QColor(colour)
            fill.setAlpha(130 if current else 75)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(
                arrayToQPolygonF(np.append(columns, (columns[-1], columns[0])), np.append(base - values, (base, base)))
            )
            painter.setPen(QPen(colour, 1.6 if current else 1.0))
            painter.drawPolyline(arrayToQPolygonF(columns, base - values))
            painter.setPen(QColor(t.text if current else t.dim))
            if lane >= 9:
                place = QRectF(2, base - min(lane, 14), left - 8, min(lane, 14))
                painter.drawText(
                    place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(component + 1)
                )
            self._lanes.append((QRectF(0, base - lane, self.width(), lane), layer.id, component))
        painter.setClipping(False)
        for second, text in time_ticks(v.start, v.stop, int(right - left)):
            x = self.time_to_x(second)
            painter.setPen(QColor(t.dim))
            painter.drawText(QRectF(x - 40, self.height() - 15, 80, 14), int(Qt.AlignmentFlag.AlignCenter), text)

    def entries(self, at: QPointF, lane: QRectF) -> tuple[int, int, float]:
        left, right = self._x_range()
        v, hop = self._viewport, self._document.state.analysis.hop
        seconds = [v.start + (x - left) / max(1.0, right - left) * (v.stop - v.start) for x in (at.x(), at.x() + 1)]
        first, last = (round(second * v.rate / hop) for second in seconds)
        share = min(max((lane.bottom() - at.y()) / (lane.height() * 0.95), 0.0), 1.0)
        return first, max(first, last - 1), share * self.pen.peak

    def set_playhead(self, seconds: float) -> None:
        """Move the playhead."""
        for second in {self.playhead, seconds}:
            self.update(int(self.time_to_x(second)) - 3, 0, 7, self.height())
        self.playhead = seconds

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ensure_picture())
        if self.factors() is not None:
            x = self.time_to_x(self.playhead)
            if x >= self._x_range()[0] - 1:
                painter.setPen(QPen(QColor(theme.current().text), 1))
                painter.drawLine(QPointF(x, 0), QPointF(x, self.height() - 17))


@guarded
class TemplatesView(_FactorPane):
    """Columns of W over frequency, aligned with the spectrogram at the right."""

    RANGE_DB = 60.0

    def __init__(
        self, document: Document, viewport: Viewport, spectrogram: SpectrogramView, tools: ToolSettings
    ) -> None:
        super().__init__(document, viewport, spectrogram, tools, False)
        self.setObjectName("templates")
        self.setAccessibleName(self.tr("Templates"))
        self.setToolTip(
            self.tr(
                "Templates: the spectrum of each component (columns of W, in dB). Click one to select its layer; "
                "with the brush (B) draw in it, with the eraser (E) take away: the masks follow at once."
            )
        )

    def sizeHint(self) -> QSize:
        return QSize(260, 320)

    def invitation(self) -> str:
        return self.tr("Templates appear here: the spectrum of each component.")

    def _y_range(self) -> tuple[float, float]:
        """Top and bottom pixel of the visible frequencies in this pane."""
        canvas = self._spectrogram.canvas
        if not self._aligned():
            return 6.0, float(self.height() - 6)
        top = self.mapFromGlobal(self._spectrogram.mapToGlobal(QPoint(0, canvas.top()))).y()
        bottom = float(top + canvas.height())
        if top < 0 or bottom > self.height() - 2:
            # Too low a pane to stand beside all of the picture: all frequencies on a scale of its own.
            return 6.0, float(self.height() - 8)
        return float(top), bottom

    def draw(self, painter: QPainter, factors: Factors) -> None:
        v = self._viewport
        t = theme.current()
        top, bottom = self._y_range()
        w = factors.spectra
        curves = [(c, layer) for c, layer in self.curves() if c < w.shape[1]]
        margin = 34
        lane = (self.width() - margin - 6) / max(1, len(curves))
        pixels = np.arange(max(0, int(top)), min(self.height(), int(bottom)) + 1)
        positions = v.low + (bottom - pixels) / max(1.0, bottom - top) * (v.high - v.low)
        analysis = self._document.state.analysis
        bins = v.scale.frequency(positions) * analysis.window / v.rate
        for position, text in frequency_ticks(v.scale, v.low, v.high, int(bottom - top)):
            y = bottom - (position - v.low) / (v.high - v.low) * (bottom - top)
            if 4 < y < self.height() - 4:
                painter.setPen(QColor(t.dim))
                place = QRectF(0, y - 7, margin - 6, 14)
                painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        for index, (component, layer) in enumerate(curves):
            left = margin + lane * index
            if factors.length > 1 and lane >= 12:
                # A template with a course in time is a small spectrogram; its mean spectrum is drawn over it.
                place = QRectF(left, pixels[0], lane * 0.96, len(pixels))
                self._draw_frames(painter, factors.W[:, component], bins, place, layer.colour)
            peak = self._top_of(component, w[:, component])
            level = np.interp(bins, np.arange(len(w)), w[:, component]) / peak
            db = 20 * np.log10(np.maximum(level, 1e-6))
            x = left + np.clip(1 + db / self.RANGE_DB, 0, 1) * lane * 0.96
            colour, current = curve_colour(layer.colour), layer.id == self._document.selected
            fill = QColor(colour)
            fill.setAlpha((120 if current else 60) if factors.length == 1 else 0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(
                arrayToQPolygonF(np.append(x, (left, left)), np.append(pixels, (pixels[-1], pixels[0])))
            )
            painter.setPen(QPen(colour, 1.6 if current else 1.0))
            painter.drawPolyline(arrayToQPolygonF(x, pixels))
            self._lanes.append((QRectF(left, 0, lane, self.height()), layer.id, component))

    def _draw_frames(
        self, painter: QPainter, template: Float, bins: NDArray[np.float64], place: QRectF, colour: str
    ) -> None:
        """The frames of a template beside each other, level as opacity."""
        rows = np.clip(np.rint(bins), 0, len(template) - 1).astype(np.intp)
        level = template[rows] / max(float(template.max()), 1e-30)
        share = np.clip(1 + 20 * np.log10(np.maximum(level, 1e-6)) / self.RANGE_DB, 0, 1)
        shade = QColor(colour)
        picture = np.empty((*share.shape, 4), np.uint8)
        picture[:] = (shade.blue(), shade.green(), shade.red(), 0)
        picture[..., 3] = share * 220
        image = QImage(picture.data, share.shape[1], share.shape[0], 4 * share.shape[1], QImage.Format.Format_ARGB32)
        painter.drawImage(place, image)

    def entries(self, at: QPointF, lane: QRectF) -> tuple[int, int, float]:
        top, bottom = self._y_range()
        v, analysis = self._viewport, self._document.state.analysis
        positions = np.array(
            [v.low + (bottom - y) / max(1.0, bottom - top) * (v.high - v.low) for y in (at.y() + 1, at.y())]
        )
        first, last = np.rint(v.scale.frequency(positions) * analysis.window / v.rate).astype(int)
        share = (at.x() - lane.left()) / (lane.width() * 0.96)
        level = 10 ** ((min(share, 1.0) - 1) * self.RANGE_DB / 20) if share > 0 else 0.0
        return int(first), max(int(first), int(last) - 1), level * self.pen.peak

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(0, 0, self._ensure_picture())


def curve_colour(colour: str) -> QColor:
    """A layer's colour for a line: darker on a light panel, where yellow would not be seen."""
    shade = QColor(colour)
    return shade.darker(135) if theme.current() is theme.LIGHT else shade


def _column_peaks(row: Float, frames: NDArray[np.intp]) -> NDArray[np.float64]:
    """Largest activation within each pixel column."""
    if len(frames) < 2:
        return row[frames].astype(np.float64)
    out = np.maximum.reduceat(row[: frames[-1] + 1], frames)
    return np.where(np.diff(frames, append=frames[-1] + 1) > 0, out, row[frames]).astype(np.float64)
