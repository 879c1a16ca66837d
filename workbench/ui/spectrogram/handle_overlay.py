"""The frame and the handles of the selection, while a selecting tool is in hand."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from workbench.control.handles import Grip
from workbench.control.handling import Handling
from workbench.control.selecting import Selecting
from workbench.control.selection import Selection
from workbench.control.tools import ToolSettings

SIDE = 7
"""Pixels of a handle."""


class HandleOverlay(QObject):
    """Draws them where the selection is, or is about to be."""

    changed = Signal()

    def __init__(
        self,
        selection: Selection,
        tools: ToolSettings,
        selecting: Selecting,
        handling: Handling,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._selecting, self._handling = selecting, handling
        for signal in (selection.area_changed, tools.changed, selecting.changed, handling.changed):
            signal.connect(self.changed)

    def paint(self, painter: QPainter) -> None:
        """Draw them."""
        handles = self._handling.handles if self._selecting.handles_shown else None
        if handles is None or not (handles.timely or handles.tonal):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = handles.places
        frame = QPolygonF(handles.frame)
        stem = places.get(Grip.TURN)
        near = min((handles.at(0.5, end) for end in (0.0, 1.0)), key=lambda end: _far(end, stem)) if stem else None
        for colour, width in ((QColor(0, 0, 0, 150), 2.5), (QColor(255, 255, 255, 220), 1.0)):
            painter.setPen(QPen(colour, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(frame)
            if stem is not None and near is not None:
                painter.drawLine(near, stem)
        painter.setPen(QPen(QColor(0, 0, 0), 1.0))
        painter.setBrush(QColor(255, 255, 255))
        for grip, place in places.items():
            square = QRectF(place.x() - SIDE / 2, place.y() - SIDE / 2, SIDE, SIDE)
            if grip is Grip.TURN:
                painter.drawEllipse(square)
            else:
                painter.drawRect(square)
        painter.restore()


def _far(one: QPointF, other: QPointF | None) -> float:
    return 0.0 if other is None else (one - other).manhattanLength()
