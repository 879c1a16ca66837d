"""The marks on the spectrogram, in the colours of their sources: words of the user, told apart from masks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workbench.control.marking import Marking
from workbench.control.plane import Plane
from workbench.document.document import Document
from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import Shape
from workbench.masks.edits.traces import Trace
from workbench.masks.hand.marks import Mark
from workbench.ui.spectrogram.place_outlines import PlaceOutlines

LEAST = 9.0
"""Pixels of a mark's outline at least, however far the view is zoomed out."""
MOST_POINTS = 48
"""Of a stroke, that are drawn: so many strokes take a moment."""


class MarkOverlay(QObject):
    """Outlines and strokes while the Point tool is in hand: solid for a source, dashed and crossed for its denial."""

    changed = Signal()

    def __init__(self, document: Document, marking: Marking, plane: Plane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._marking, self._plane = document, marking, plane
        self._outlines = PlaceOutlines(plane)
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
                if mark.name and isinstance(mark.place, Area):
                    self._outlines.paint(painter, mark, colours[mark.source])
                else:
                    self._paint_one(painter, mark, QColor(colours[mark.source]))
        painter.restore()

    def _paint_one(self, painter: QPainter, mark: Mark, colour: QColor) -> None:
        path = self._outline(mark)
        rect = path.boundingRect()
        if not rect.adjusted(-LEAST, -LEAST, LEAST, LEAST).intersects(QRectF(self._plane.canvas)):
            return
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

    def _outline(self, mark: Mark) -> QPainterPath:
        """Along a stroke where the hand went, else around the place as a whole."""
        out = QPainterPath()
        strokes = mark.place.paths if isinstance(mark.place, Trace) else ()
        if not strokes or any(stroke.brush.shape is not Shape.ROUND for stroke in strokes):
            out.addRoundedRect(self._rect(mark), 3, 3)
            return out
        for stroke in strokes:
            few = np.linspace(0, len(stroke.points) - 1, min(len(stroke.points), MOST_POINTS)).astype(np.intp)
            first, *others = self._plane.points_of(stroke.ruler, stroke.points[few])
            out.moveTo(first)
            for point in others:
                out.lineTo(point)
        return out

    def _rect(self, mark: Mark) -> QRectF:
        rect = self._plane.rect_of(mark.place.bounds)
        wide, high = max(0.0, LEAST - rect.width()) / 2, max(0.0, LEAST - rect.height()) / 2
        return rect.adjusted(-wide, -high, wide, high)
