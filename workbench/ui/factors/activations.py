"""The activations (rows of H) under the spectrogram, sharing its axis of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu

from workbench.control.factor_strokes import FactorStrokes
from workbench.control.playback import Playback
from workbench.control.tapping import Tapping
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors
from workbench.spectral.axes import time_ticks
from workbench.spectral.stft import nearest
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.base.moving import along
from workbench.ui.factors.curve_pane import CurvePane, Float, Surroundings, curve_colour
from workbench.ui.factors.fills import covered, tinted
from workbench.ui.factors.lanes import BAR, Lanes
from workbench.ui.factors.onset_ticks import OnsetTicks

LEAST = 18
"""Height that a lane has at the least, in pixels: with less a course can't be read."""
TOP, BOTTOM = 4, 18
"""Pixels above the lanes, and those below them for the axis of time."""
LABEL = 13
"""Height of a label."""


@guarded
class ActivationsView(CurvePane):
    """Rows of H over time, aligned with the spectrogram above."""

    def __init__(self, around: Surroundings, strokes: FactorStrokes, playback: Playback, tapping: Tapping) -> None:
        tr = self.tr
        bar = "activationsScroll", tr("Activations in view"), tr("Further components: the wheel moves on, too")
        super().__init__(around, strokes, Lanes(Qt.Orientation.Vertical, LEAST, *bar))
        self.setObjectName("activations")
        self.setAccessibleName(self.tr("Activations"))
        self.setToolTip(
            self.tr(
                "Activations: when each component sounds (rows of H). Click one to select its layer; with the "
                "brush (B) draw in it, with the eraser (E) take away: the masks follow at once. The right button holds "
                "it, so that Factorise and Continue keep it."
            )
        )
        self._tapping, self._ticks = tapping, OnsetTicks(around.document, tapping, self.time_to_x)
        self._playhead = 0.0
        playback.moved.connect(self._show_playhead)
        tapping.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(600, 150)

    def invitation(self) -> str:
        return self.tr("Activations appear here: when each component sounds. Press Factorise.")

    def stretch(self) -> tuple[float, float]:
        return float(TOP), float(self.height() - BOTTOM)

    def lanes_area(self) -> QRectF:
        return QRectF(0, TOP, self.width(), self.height() - TOP - BOTTOM)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        self._lay.bar.setGeometry(self.width() - BAR, TOP, BAR, max(1, self.height() - TOP - BOTTOM))

    def x_range(self) -> tuple[float, float]:
        """Left and right pixel of the visible time in this pane."""
        if not self._aligned():
            return 46.0, float(self.width() - 6)
        canvas = self._plane.canvas
        # By way of the window: the way over the screen is asked of the system, again and again.
        window = self.window()
        left = self.mapFrom(window, self._anchor.mapTo(window, canvas.topLeft())).x()
        return float(left), float(left + canvas.width())

    def view(self) -> tuple[float, ...]:
        return self._viewport.start, self._viewport.stop, *self.x_range()

    def time_to_x(self, seconds: float) -> float:
        """Pixel of a second."""
        left, right = self.x_range()
        v = self._viewport
        return left + (seconds - v.start) / (v.stop - v.start) * (right - left)

    def draw(self, painter: QPainter, factors: Factors) -> None:
        v = self._viewport
        t = theme.current()
        left, right = self.x_range()
        h = factors.H
        lane = self._lay.size
        columns = np.arange(int(left), int(right) + 1)
        seconds = v.start + (columns - left) / max(1.0, right - left) * (v.stop - v.start)
        frames = np.clip(nearest(self._plane.frame_places(seconds)), 0, h.shape[1] - 1)
        painter.setClipRect(self.lanes_area().adjusted(0, -TOP, 0, 1))
        named: set[int] = set()
        for component, layer, begin in self.curves_in_view(factors):
            base = begin + lane
            values = _column_peaks(h[component], frames)
            values = np.minimum(values / self._top_of(component, h[component]), 1.05) * lane * 0.95
            colour, current = curve_colour(layer.colour), self._selection.shows(layer)
            fill = QColor(colour)
            fill.setAlpha(130 if current else 75)
            first = int(base - lane)
            under = covered(base - values[:-1], base, first, int(base) + 1)
            painter.drawImage(QPoint(int(columns[0]), first), tinted(under.T, fill))
            held = self._holding.held(component, self.CURVE)
            painter.setPen(self._pen(colour, current, held))
            painter.drawPolyline(arrayToQPolygonF(columns, base - values))
            self._draw_hold(painter, held, right - 2, base - lane + 1)
            self._ticks.draw(painter, layer, component, QRectF(left, base - lane, right - left, lane), colour)
            painter.setPen(QColor(t.text if current else t.dim))
            if lane >= LABEL:
                place = QRectF(2, base - LABEL, left - 8, LABEL)
                painter.drawText(
                    place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(component + 1)
                )
                if not layer.automatic and layer.id not in named:
                    named.add(layer.id)
                    self._draw_name(painter, layer.name, QRectF(left + 3, base - lane + 1, right - left - 12, LABEL))
            self._lanes.append((QRectF(0, base - lane, self.width(), lane), layer.id, component))
        painter.setClipping(False)
        for second, text in time_ticks(v.start, v.stop, int(right - left)):
            x = self.time_to_x(second)
            painter.setPen(QColor(t.dim))
            painter.drawText(QRectF(x - 40, self.height() - 15, 80, 14), int(Qt.AlignmentFlag.AlignCenter), text)

    def _layer(self, identity: int) -> Layer | None:
        return next((each for each in self._document.layers if each.id == identity), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tick is dragged, unless a pen is in the hand."""
        found = self._lane_at(event.position())
        layer = None if found is None or self._strokes.armed else self._layer(found[1])
        second = None if layer is None else self._ticks.at(layer, event.position().x())
        super().mousePressEvent(event)
        if layer is not None and second is not None and event.button() == Qt.MouseButton.LeftButton:
            self._tapping.take(layer, second)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._ticks.moving:
            self._tapping.move(self._second_at(event.position().x()))
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._ticks.moving and event.button() == Qt.MouseButton.LeftButton:
            self._tapping.drop(self._second_at(event.position().x()))
        else:
            super().mouseReleaseEvent(event)

    def add_to_menu(self, layer: int, place: QPointF, menu: QMenu) -> None:
        found = self._layer(layer)
        if found is not None:
            self._ticks.add_to(menu, found, self._ticks.at(found, place.x()))

    def _second_at(self, x: float) -> float:
        left, right = self.x_range()
        v = self._viewport
        return v.start + (x - left) / max(1.0, right - left) * (v.stop - v.start)

    def _draw_waiting(self, painter: QPainter) -> None:
        """The onsets of the present layer, where it has no component whose lane they could be in."""
        layer = self._layer(self._selection.layer)
        if layer is not None:
            left, right = self.x_range()
            strip = QRectF(left, self.height() - BOTTOM, right - left, BOTTOM)
            has_lane = self.factors() is not None and bool(layer.components)
            self._ticks.draw_waiting(painter, layer, strip, curve_colour(layer.colour), has_lane)

    def _draw_name(self, painter: QPainter, name: str, place: QRectF) -> None:
        """A name that the user gave, at the beginning of the lane, on a ground of its own."""
        metrics = painter.fontMetrics()
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
        ground = QColor(theme.current().panel)
        ground.setAlpha(190)
        painter.fillRect(QRectF(place.topLeft(), QSizeF(metrics.horizontalAdvance(text) + 4, LABEL)), ground)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(place.adjusted(2, 0, 2, 0), flags, text)

    def entries(self, at: QPointF, lane: QRectF) -> tuple[int, int, float]:
        seconds = [self._second_at(x) for x in (at.x(), at.x() + 1)]
        first, last = nearest(self._plane.frame_places(seconds)).tolist()
        share = min(max((lane.bottom() - at.y()) / (lane.height() * 0.95), 0.0), 1.0)
        return first, max(first, last - 1), share * self._strokes.peak

    def _show_playhead(self, seconds: float) -> None:
        """Move the playhead; only its two places are painted."""
        for x in {self.time_to_x(self._playhead), self.time_to_x(seconds)}:
            if 0 <= x <= self.width():
                self.update(int(x) - 3, 0, 7, self.height())
        self._playhead = seconds

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw_picture(painter)
        self._draw_waiting(painter)
        self.paint_highlight(painter)
        if self.factors() is not None:
            x = self.time_to_x(self._playhead)
            if x >= self.x_range()[0] - 1:
                painter.setPen(QPen(QColor(theme.current().text), 1))
                painter.drawLine(QPointF(x, 0), QPointF(x, self.height() - 17))

    def _draw_picture(self, painter: QPainter) -> None:
        """As it was drawn, or moved and stretched to the present view."""
        picture = self._ensure_picture()
        start, stop, left, right = self._drawn_for
        if self.view() == self._drawn_for:
            painter.drawPixmap(0, 0, picture)
            return
        ratio, height = picture.devicePixelRatio(), float(self.height())
        painter.fillRect(self.rect(), QColor(theme.current().panel))
        painter.drawPixmap(QRectF(0, 0, left, height), picture, QRectF(0, 0, left * ratio, height * ratio))
        painter.setClipRect(QRectF(left, 0, right - left, height))
        begin, end = along(self.time_to_x(start), self.time_to_x(stop), right - left, ratio)
        of = QRectF(left * ratio, 0, (right - left) * ratio, height * ratio)
        painter.drawPixmap(QRectF(begin, 0, end - begin, height), picture, of)
        painter.setClipping(False)


def _column_peaks(row: Float, frames: NDArray[np.intp]) -> NDArray[np.float64]:
    """Largest activation within each pixel column."""
    if len(frames) < 2:
        return row[frames].astype(np.float64)
    out = np.maximum.reduceat(row[: frames[-1] + 1], frames)
    return np.where(np.diff(frames, append=frames[-1] + 1) > 0, out, row[frames]).astype(np.float64)
