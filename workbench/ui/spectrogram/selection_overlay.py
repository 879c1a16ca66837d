"""What is being drawn with a selecting tool."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workbench.control.plane import Plane, Pointer
from workbench.control.selecting import Selecting
from workbench.control.tools import Tool


class SelectionOverlay(QObject):
    """Draws lines and corners over the picture until they are an area."""

    changed = Signal()

    def __init__(self, selecting: Selecting, plane: Plane, pointer: Pointer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selecting, self._plane, self._pointer = selecting, plane, pointer
        selecting.changed.connect(self.changed)
        pointer.moved.connect(self._pointed)

    def _pointed(self) -> None:
        if self._selecting.busy and self._selecting.tool is Tool.POLYGON:
            self.changed.emit()

    def paint(self, painter: QPainter) -> None:
        """Draw what is being drawn."""
        tool, points = self._selecting.tool, self._selecting.points
        if not points or tool is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(255, 255, 255, 26) if tool is not Tool.POLYGON else Qt.BrushStyle.NoBrush)
        path = self._path(tool)
        painter.setPen(QPen(QColor(0, 0, 0, 170), 2.5))
        painter.drawPath(path)
        painter.setPen(QPen(QColor(255, 255, 255), 1.2, Qt.PenStyle.DashLine))
        painter.drawPath(path)
        if tool is Tool.POLYGON:
            painter.setBrush(QColor(255, 255, 255))
            for point in points:
                painter.drawEllipse(point, 3, 3)
        painter.restore()

    def _path(self, tool: Tool) -> QPainterPath:
        path, points, c = QPainterPath(), self._selecting.points, QRectF(self._plane.canvas)
        if tool in (Tool.LASSO, Tool.POLYGON):
            path.moveTo(points[0])
            for point in points[1:]:
                path.lineTo(point)
            hovered = self._pointer.point
            if tool is Tool.POLYGON and hovered is not None and not self._selecting.dragging:
                path.lineTo(hovered)
            return path
        rect = QRectF(points[0], points[-1]).normalized()
        if tool is Tool.SELECT:
            rect = QRectF(rect.left(), c.top(), rect.width(), c.height())
        elif tool is Tool.BAND:
            rect = QRectF(c.left(), rect.top(), c.width(), rect.height())
        path.addRect(rect)
        return path
