"""The templates (columns of W) beside the spectrogram, sharing its axis of frequency."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from workbench.control.factor_strokes import FactorStrokes
from workbench.masks.model.models import Factors
from workbench.separation.holds import Curve
from workbench.spectral.axes import frequency_ticks
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import nearest
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.factors.curve_pane import CurvePane, Float, Surroundings, curve_colour
from workbench.ui.factors.fills import covered, tinted
from workbench.ui.factors.lanes import BAR, Lanes

LEAST = 22
"""Width that a lane has at the least, in pixels: with less a spectrum can't be read."""
MARGIN, RIGHT = 34, 6
"""Pixels left of the lanes, for the axis of frequency, and right of them."""
LABEL = 20
"""Width of a label."""


@guarded
class TemplatesView(CurvePane):
    """Columns of W over frequency, aligned with the spectrogram at the right."""

    RANGE_DB = 60.0
    CURVE = Curve.TEMPLATE

    def __init__(self, around: Surroundings, strokes: FactorStrokes) -> None:
        tr = self.tr
        bar = "templatesScroll", tr("Templates in view"), tr("Further components: the wheel moves on, too")
        super().__init__(around, strokes, Lanes(Qt.Orientation.Horizontal, LEAST, *bar))
        self.setObjectName("templates")
        self.setAccessibleName(self.tr("Templates"))
        self.setToolTip(
            self.tr(
                "Templates: the spectrum of each component (columns of W, in dB). Click one to select its layer; "
                "with the brush (B) draw in it, with the eraser (E) take away: the masks follow at once. The right "
                "button holds it, so that Factorise and Continue keep it."
            )
        )

    def sizeHint(self) -> QSize:
        return QSize(260, 320)

    def invitation(self) -> str:
        return self.tr("Templates appear here: the spectrum of each component.")

    def stretch(self) -> tuple[float, float]:
        return float(MARGIN), float(self.width() - RIGHT)

    def lanes_area(self) -> QRectF:
        return QRectF(MARGIN, 0, self.width() - MARGIN - RIGHT, self.height())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._lay.bar.setGeometry(MARGIN, self.height() - BAR, max(1, self.width() - MARGIN - RIGHT), BAR)

    def view(self) -> tuple[float, ...]:
        # All of it: frequencies are seldom scrolled, and drawn at once.
        v = self._viewport
        return 0.0, 0.0, v.low, v.high, v.rate, float(list(FrequencyScale).index(v.scale)), *self.y_range()

    def y_range(self) -> tuple[float, float]:
        """Top and bottom pixel of the visible frequencies in this pane."""
        canvas = self._plane.canvas
        if not self._aligned():
            return 6.0, float(self.height() - 6)
        top = self.mapFromGlobal(self._anchor.mapToGlobal(canvas.topLeft())).y()
        bottom = float(top + canvas.height())
        if top < 0 or bottom > self.height() - 2:
            # Too low a pane to stand beside all of the picture: all frequencies on a scale of its own.
            return 6.0, float(self.height() - 8)
        return float(top), bottom

    def draw(self, painter: QPainter, factors: Factors) -> None:
        v = self._viewport
        t = theme.current()
        top, bottom = self.y_range()
        w = factors.spectra
        lane = self._lay.size
        pixels = np.arange(max(0, int(top)), min(self.height(), int(bottom)) + 1)
        positions = v.low + (bottom - pixels) / max(1.0, bottom - top) * (v.high - v.low)
        bins = self._plane.bin_places(positions)
        for position, text in frequency_ticks(v.scale, v.low, v.high, int(bottom - top)):
            y = bottom - (position - v.low) / (v.high - v.low) * (bottom - top)
            if 4 < y < self.height() - 4:
                painter.setPen(QColor(t.dim))
                place = QRectF(0, y - 7, MARGIN - 6, 14)
                painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        painter.setClipRect(self.lanes_area())
        for component, layer, left in self.curves_in_view(factors):
            if factors.length > 1 and lane >= 12:
                # A template with a course in time is a small spectrogram; its mean spectrum is drawn over it.
                place = QRectF(left, pixels[0], lane * 0.96, len(pixels))
                self._draw_frames(painter, factors.W[:, component], bins, place, layer.colour)
            peak = self._top_of(component, w[:, component])
            level = np.interp(bins, np.arange(len(w)), w[:, component]) / peak
            db = 20 * np.log10(np.maximum(level, 1e-6))
            x = left + np.clip(1 + db / self.RANGE_DB, 0, 1) * lane * 0.96
            colour, current = curve_colour(layer.colour), self._selection.shows(layer)
            fill = QColor(colour)
            fill.setAlpha((120 if current else 60) if factors.length == 1 else 0)
            first = int(left)
            under = covered(left, x[:-1], first, first + int(lane) + 2)
            painter.drawImage(QPoint(first, int(pixels[0])), tinted(under, fill))
            held = self._holding.held(component, self.CURVE)
            painter.setPen(self._pen(colour, current, held))
            painter.drawPolyline(arrayToQPolygonF(x, pixels))
            self._draw_hold(painter, held, left + lane - 1, pixels[0] + 1)
            if lane >= LABEL:
                # Below the picture, as far as there is room.
                y = min(bottom + 1, self.height() - BAR - 12)
                painter.setPen(QColor(t.text if current else t.dim))
                painter.drawText(QRectF(left, y, lane, 12), int(Qt.AlignmentFlag.AlignCenter), str(component + 1))
            self._lanes.append((QRectF(left, 0, lane, self.height()), layer.id, component))
        painter.setClipping(False)

    def _draw_frames(
        self, painter: QPainter, template: Float, bins: NDArray[np.float64], place: QRectF, colour: str
    ) -> None:
        """The frames of a template beside each other, level as opacity."""
        rows = np.clip(nearest(bins), 0, len(template) - 1)
        level = template[rows] / max(float(template.max()), 1e-30)
        share = np.clip(1 + 20 * np.log10(np.maximum(level, 1e-6)) / self.RANGE_DB, 0, 1)
        shade = QColor(colour)
        shade.setAlpha(220)
        painter.drawImage(place, tinted(share, shade))

    def entries(self, at: QPointF, lane: QRectF) -> tuple[int, int, float]:
        top, bottom = self.y_range()
        v = self._viewport
        positions = np.array(
            [v.low + (bottom - y) / max(1.0, bottom - top) * (v.high - v.low) for y in (at.y() + 1, at.y())]
        )
        first, last = nearest(self._plane.bin_places(positions))
        share = (at.x() - lane.left()) / (lane.width() * 0.96)
        level = 10 ** ((min(share, 1.0) - 1) * self.RANGE_DB / 20) if share > 0 else 0.0
        return int(first), max(int(first), int(last) - 1), level * self._strokes.peak

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ensure_picture())
        self.paint_highlight(painter)
