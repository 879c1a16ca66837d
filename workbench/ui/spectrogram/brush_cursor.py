"""The brush's cursor: its true size, shape and hardness."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from workbench.control.plane import Plane, Pointer
from workbench.control.selection import Selection
from workbench.control.tools import Tool, ToolSettings
from workbench.masks.edits.brush import Brush, Shape

MARGIN = 3


class BrushCursor(QObject):
    """Draws the cursor of the painting tools over the picture."""

    changed = Signal(QRect)
    """Pixels that it covered or covers now."""

    def __init__(
        self, selection: Selection, tools: ToolSettings, plane: Plane, pointer: Pointer, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._selection, self._tools, self._plane, self._pointer = selection, tools, plane, pointer
        self._covered = QRect()
        pointer.moved.connect(self._moved)
        tools.changed.connect(self._moved)

    def _moved(self) -> None:
        point = self._pointer.point
        shown = point is not None and self._tools.paints
        now = self._rect(self._tools.options.brush, point) if shown and point is not None else QRect()
        before, self._covered = self._covered, now
        for rect in (before, now):
            if not rect.isNull():
                self.changed.emit(rect)

    def _rect(self, brush: Brush, point: QPointF) -> QRect:
        """Pixels that the cursor may cover."""
        radius, canvas = brush.size / 2 + MARGIN, QRectF(self._plane.canvas)
        rect = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
        if brush.shape in (Shape.TIME, Shape.COMB):
            rect.setTop(canvas.top())
            rect.setBottom(canvas.bottom())
        elif brush.shape is Shape.FREQUENCY:
            rect.setLeft(canvas.left())
            rect.setRight(canvas.right())
        return rect.toAlignedRect()

    def paint(self, painter: QPainter) -> None:
        """Draw it where the pointer is."""
        point, tools, source = self._pointer.point, self._tools, self._selection.source
        if point is None or not tools.paints:
            return
        brush = tools.options.brush
        colour = QColor("#ffffff")
        if source is not None and tools.tool is not Tool.ERASER:
            colour = QColor(source.colour)
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
        radius, canvas = brush.size / 2 * share, QRectF(self._plane.canvas)
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
        ruler = self._plane.ruler()
        _, y = self._plane.ruler_point(point)
        pitch, half = float(ruler.hz(y)), brush.width / 2 * share
        out = []
        for number in range(1, brush.harmonics + 1):
            edges = (max(pitch * number - half, 1.0), pitch * number + half)
            bottom, top = (self._plane.y_of(float(ruler.y_of_hz(hz)) / ruler.pixels_per_position) for hz in edges)
            if bottom > self._plane.canvas.top():
                out.append(QRectF(box.left(), top, box.width(), max(1.0, bottom - top)))
        return out
