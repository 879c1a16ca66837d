"""Cursors over the handles of the selection: they say what a press will do."""

from __future__ import annotations

from functools import cache
from math import atan2, pi

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap, QPolygonF

from workbench.control.handles import Grip, Handles

ALONG = (
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
)
"""By the direction in which a handle is dragged, in eighths of a turn, clockwise."""
SIZE = 24
"""Pixels of the cursor that turns."""


def grip_cursor(grip: Grip, handles: Handles) -> QCursor | Qt.CursorShape:
    """The cursor for what a hand would take."""
    if grip is Grip.INSIDE:
        return Qt.CursorShape.SizeAllCursor
    if grip is Grip.TURN:
        return turning()
    # Where the frame is turned, its sides are dragged another way.
    way = handles.at(*grip.value) - handles.at(*Grip.INSIDE.value)
    return ALONG[round(atan2(way.y(), way.x()) / (pi / 4)) % 4]


@cache
def turning() -> QCursor:
    """An arrow that goes around; Qt has none."""
    pixels = QPixmap(SIZE, SIZE)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    around = QRectF(5, 5, SIZE - 10, SIZE - 10)
    tip = QPolygonF([QPointF(14, 1), QPointF(14, 9), QPointF(20, 5)])
    for colour, width in ((QColor(0, 0, 0), 4.0), (QColor(255, 255, 255), 1.8)):
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawArc(around, 100 * 16, 260 * 16)
        painter.setPen(QPen(QColor(0, 0, 0), 1.0))
        painter.setBrush(colour)
        painter.drawPolygon(tip)
    painter.end()
    return QCursor(pixels)
