"""The marks on the spectrogram, in the colours of their sources: words of the user, told apart from masks."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workbench.control.marking import Marking
from workbench.control.plane import Plane
from workbench.document.document import Document
from workbench.masks.hand.marks import Mark

LEAST = 9.0
"""Pixels of a mark's outline at least, however far the view is zoomed out."""


class MarkOverlay(QObject):
    """Outlines while the Point tool is in hand: solid where a source is, dashed with a line through where it is not."""

    changed = Signal()

    def __init__(self, document: Document, marking: Marking, plane: Plane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._marking, self._plane = document, marking, plane
        for signal in (document.marks_changed, document.layers_changed, marking.changed):
            signal.connect(self.changed)

    def paint(self, painter: QPainter) -> None:
        """Draw them over the picture."""
        marks = self._document.state.marks
        if not marks or not self._marking.active:
            return
        colours = {part: layer.colour for layer in self._document.layers for part in layer.part_ids}
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in marks:
            if mark.source in colours:
                self._paint_one(painter, mark, QColor(colours[mark.source]))
        painter.restore()

    def _paint_one(self, painter: QPainter, mark: Mark, colour: QColor) -> None:
        rect = self._rect(mark)
        path = QPainterPath()
        path.addRoundedRect(rect, 3, 3)
        style = Qt.PenStyle.SolidLine
        if mark.denies:
            path.moveTo(rect.bottomLeft())
            path.lineTo(rect.topRight())
            style = Qt.PenStyle.DashLine
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 190), 4))
        painter.drawPath(path)
        painter.setPen(QPen(QColor(255, 255, 255), 2.6))
        painter.drawPath(path)
        painter.setPen(QPen(colour, 1.8, style))
        painter.drawPath(path)

    def _rect(self, mark: Mark) -> QRectF:
        rect = self._plane.rect_of(mark.place.bounds)
        wide, high = max(0.0, LEAST - rect.width()) / 2, max(0.0, LEAST - rect.height()) / 2
        return rect.adjusted(-wide, -high, wide, high)
