"""What the Point tool lights up: all that a click would give stays bright, the rest steps back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from workbench.control.marking import Marking
from workbench.control.plane import Plane

VEIL = 185
"""Opacity over what does not belong, 0 … 255."""
MOVED_MS = 80
"""From a change of the view until it is drawn for it."""
MOST_COLUMNS = 480
"""Columns that are computed; between them the picture is stretched."""


class PointOverlay(QObject):
    """Draws the veil."""

    changed = Signal()

    def __init__(self, marking: Marking, plane: Plane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._marking, self._plane = marking, plane
        self._image: QImage | None = None
        self._of = 0.0, 1.0, 0.0, 1.0
        """The seconds and axis positions that it was made for."""
        self._stale = True
        marking.lit_changed.connect(self._redraw)
        self._settled = QTimer(self, singleShot=True, interval=MOVED_MS)
        self._settled.timeout.connect(self._redraw)
        plane.changed.connect(self._follow_view)

    def _follow_view(self) -> None:
        """While it scrolls the veil moves with it: to find what is lit takes longer than scrolling may."""
        self._stale = False
        self._settled.start()

    def _redraw(self) -> None:
        self._stale = True
        self.changed.emit()

    def paint(self, painter: QPainter) -> None:
        """Draw it over the picture."""
        if self._stale:
            self._image, self._stale, self._of = self._veil(), False, self._view()
        if self._image is None:
            return
        moved = self._of != self._view()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not moved)
        place = self._place() if moved else QRectF(self._plane.canvas)
        painter.drawImage(place, self._image, QRectF(self._image.rect()))
        if moved:
            # What came into view is not lit, until that is known.
            canvas = self._plane.canvas
            painter.setClipRegion(QRegion(canvas).subtracted(QRegion(place.toAlignedRect())))
            painter.fillRect(canvas, QColor(0, 0, 0, VEIL))
            painter.setClipRect(canvas)

    def _view(self) -> tuple[float, float, float, float]:
        """Seconds and axis positions at the edges of the canvas."""
        p, c = self._plane, self._plane.canvas
        right, bottom = c.left() + c.width(), c.top() + c.height()
        return p.second_at(c.left()), p.second_at(right), p.position_at(bottom), p.position_at(c.top())

    def _place(self) -> QRectF:
        """Where what it was made for is now."""
        start, stop, low, high = self._of
        left, top = self._plane.x_of(start), self._plane.y_of(high)
        return QRectF(left, top, self._plane.x_of(stop) - left, self._plane.y_of(low) - top)

    def _veil(self) -> QImage | None:
        lit = self._marking.lit
        if lit is None:
            return None
        sources, number = lit
        rows, columns = self._plane.axes
        cells = columns.cells[:: max(1, -(-len(columns.cells) // MOST_COLUMNS))]
        weights = np.zeros((1, sources.components), np.float32)
        weights[0, number] = 1
        total, (mine,) = sources.sums(weights, np.arange(sources.components), rows.cells, cells)
        share = np.divide(mine, total, out=np.zeros_like(total), where=total > 0)
        alpha = ((1 - np.clip(share, 0, 1)) * VEIL).astype(np.uint32)[rows.spread][::-1]
        pixels = np.ascontiguousarray(alpha << 24)
        height, width = pixels.shape
        return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
