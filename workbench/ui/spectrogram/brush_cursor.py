"""The brush's cursor: its true size, shape and hardness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from workbench.control.tools import Tool, ToolSettings
from workbench.document.document import Document
from workbench.masks.edits.brush import Brush, Shape

if TYPE_CHECKING:
    from workbench.ui.spectrogram.view import SpectrogramView

MARGIN = 3


def cursor_rect(view: SpectrogramView, brush: Brush, point: QPointF) -> QRect:
    """Pixels that the cursor may cover."""
    radius, canvas = brush.size / 2 + MARGIN, QRectF(view.canvas)
    rect = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
    if brush.shape in (Shape.TIME, Shape.COMB):
        rect.setTop(canvas.top())
        rect.setBottom(canvas.bottom())
    elif brush.shape is Shape.FREQUENCY:
        rect.setLeft(canvas.left())
        rect.setRight(canvas.right())
    return rect.toAlignedRect()


class BrushCursor:
    """Draws the cursor of the painting tools over the view."""

    def __init__(self, view: SpectrogramView, document: Document, tools: ToolSettings) -> None:
        self._view, self._document, self._tools = view, document, tools

    def paint(self, painter: QPainter) -> None:
        """Draw it where the pointer is."""
        point, tools = self._view.pointer, self._tools
        if point is None or not tools.paints:
            return
        brush = tools.options.brush
        colour = QColor("#ffffff")
        index = self._document.selected_index
        if index >= 0 and tools.tool is not Tool.ERASER:
            colour = QColor(self._document.layers[index].colour)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 230), 3.5), QPen(colour, 1.5)):
            painter.setPen(pen)
            self._outline(painter, brush, point, 1.0)
        if brush.hardness < 0.98:
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            self._outline(painter, brush, point, brush.hardness)
        if brush.shape is not Shape.ROUND:
            painter.setPen(QPen(colour, 1))
            painter.drawLine(point + QPointF(-3, 0), point + QPointF(3, 0))
            painter.drawLine(point + QPointF(0, -3), point + QPointF(0, 3))
        painter.restore()

    def _outline(self, painter: QPainter, brush: Brush, point: QPointF, share: float) -> None:
        radius, canvas = brush.size / 2 * share, QRectF(self._view.canvas)
        box = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
        if brush.shape is Shape.ROUND:
            painter.drawEllipse(point, radius, radius)
        elif brush.shape is Shape.BOX:
            painter.drawRect(box)
        elif brush.shape is Shape.TIME:
            painter.drawRect(QRectF(box.left(), canvas.top() - 4, box.width(), canvas.height() + 8))
        elif brush.shape is Shape.FREQUENCY:
            painter.drawRect(QRectF(canvas.left() - 4, box.top(), canvas.width() + 8, box.height()))
        else:
            for line in self._lines(brush, point, box, share):
                painter.drawRect(line)

    def _lines(self, brush: Brush, point: QPointF, box: QRectF, share: float) -> list[QRectF]:
        """Where the lines of a comb are."""
        ruler = self._view.ruler()
        _, y = self._view.ruler_point(point)
        pitch, half = float(ruler.hz(y)), brush.width / 2 * share
        out = []
        for number in range(1, brush.harmonics + 1):
            edges = (max(pitch * number - half, 1.0), pitch * number + half)
            bottom, top = (
                self._view.position_to_y(float(ruler.y_of_hz(hz)) / ruler.pixels_per_position) for hz in edges
            )
            if bottom > self._view.canvas.top():
                out.append(QRectF(box.left(), top, box.width(), max(1.0, bottom - top)))
        return out
