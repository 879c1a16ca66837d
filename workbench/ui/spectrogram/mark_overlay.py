"""The marks on the spectrogram, in the colours of their sources: words of the user, told apart from masks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from workbench.control.mark_choice import MarkChoice
from workbench.control.marking import Marking
from workbench.control.plane import Doubles, Plane
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
AROUND = 6.0
"""Pixels between the chosen mark and the frame around it."""
_Drawn = tuple[Mark, str]


class MarkOverlay(QObject):
    """Outlines and strokes while the Point tool is in hand: solid for a source, dashed and crossed for its denial. The
    mark that is chosen in the list has a frame of its own, whatever tool is in hand."""

    changed = Signal()

    def __init__(
        self, document: Document, marking: Marking, choice: MarkChoice, plane: Plane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._marking, self._choice, self._plane = document, marking, choice, plane
        self._outlines = PlaceOutlines(plane)
        self._picture = QPixmap()
        """All of them as they were drawn last: what is painted over the picture again and again changes seldom."""
        self._shown: list[_Drawn] = []
        self._stale = True
        for signal in (document.marks_changed, document.layers_changed, marking.changed, choice.changed):
            signal.connect(self.changed)
        plane.changed.connect(self._forget)

    def _forget(self) -> None:
        self._stale = True

    def paint(self, painter: QPainter) -> None:
        """Draw them over the picture."""
        marks = self._document.state.marks
        if not marks:
            return
        colours = {part: layer.colour for layer in self._document.layers for part in layer.part_ids}
        if self._marking.active:
            self._draw([(mark, colours[mark.source]) for mark in marks if mark.source in colours])
            painter.drawPixmap(self._plane.canvas.topLeft(), self._picture)
        chosen = self._choice.outlined
        if chosen is not None and chosen.source in colours:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edges = self._plane.edges_of([chosen.place.bounds])
            self._paint_many(painter, [(chosen, colours[chosen.source])])
            self._paint_frame(painter, _rect(edges[0]).adjusted(-AROUND, -AROUND, AROUND, AROUND))
            painter.restore()

    def _draw(self, now: list[_Drawn]) -> None:
        """Bring the picture of all up to date; what was only added is drawn over the others."""
        shown, c, ratio = self._shown, self._plane.canvas, self._plane.pixel_ratio
        if self._stale or now[: len(shown)] != shown:
            self._picture = QPixmap(c.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._stale, shown = False, []
        new, self._shown = now[len(shown) :], now
        if new:
            painter = QPainter(self._picture)
            painter.translate(-c.topLeft())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_many(painter, new)
            painter.end()

    def _paint_many(self, painter: QPainter, drawn: Sequence[_Drawn]) -> None:
        self._outlines.paint(painter, [(mark, colour) for mark, colour in drawn if _is_outlined(mark)])
        drawn = [(mark, colour) for mark, colour in drawn if not _is_outlined(mark)]
        edges, c = self._plane.edges_of([mark.place.bounds for mark, _ in drawn]), self._plane.canvas
        left, top, right, bottom = edges.T
        seen = (left <= c.right() + LEAST) & (right >= c.left() - LEAST)
        seen &= (top <= c.bottom() + LEAST) & (bottom >= c.top() - LEAST)
        for i in np.flatnonzero(seen).tolist():
            mark, colour = drawn[i]
            self._paint_one(painter, mark, colour, edges[i])

    def _paint_one(self, painter: QPainter, mark: Mark, colour: str, edges: Doubles) -> None:
        path, style = self._outline(mark, _rect(edges)), Qt.PenStyle.SolidLine
        if mark.denies:
            rect = path.boundingRect()
            path.moveTo(rect.bottomLeft())
            path.lineTo(rect.topRight())
            style = Qt.PenStyle.DashLine
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 190), 4))
        painter.drawPath(path)
        painter.setPen(QPen(QColor(255, 255, 255), 2.6))
        painter.drawPath(path)
        painter.setPen(QPen(QColor(colour), 1.8, style))
        painter.drawPath(path)

    def _paint_frame(self, painter: QPainter, rect: QRectF) -> None:
        """Around the chosen one; as much of it as is on the canvas and a little more, so that it is drawn at once."""
        c = QRectF(self._plane.canvas).adjusted(-AROUND, -AROUND, AROUND, AROUND)
        rect = rect.intersected(c)
        if rect.isEmpty():
            return
        for colour, width in ((QColor(0, 0, 0, 200), 5.0), (QColor(255, 255, 255), 2.4)):
            painter.setPen(QPen(colour, width))
            painter.drawRoundedRect(rect, 5, 5)

    def _outline(self, mark: Mark, rect: QRectF) -> QPainterPath:
        """Along a stroke where the hand went, else around the place as a whole."""
        out = QPainterPath()
        strokes = mark.place.paths if isinstance(mark.place, Trace) else ()
        if not strokes or any(stroke.brush.shape is not Shape.ROUND for stroke in strokes):
            out.addRoundedRect(rect, 3, 3)
            return out
        for stroke in strokes:
            few = np.linspace(0, len(stroke.points) - 1, min(len(stroke.points), MOST_POINTS)).astype(np.intp)
            first, *others = self._plane.points_of(stroke.ruler, stroke.points[few])
            out.moveTo(first)
            for point in others:
                out.lineTo(point)
        return out


def _is_outlined(mark: Mark) -> bool:
    """It is drawn as it is, since a box around it would tell little."""
    return bool(mark.name) and isinstance(mark.place, Area)


def _rect(edges: Doubles) -> QRectF:
    """Within some edges, and large enough to be seen."""
    left, top, right, bottom = edges.tolist()
    rect = QRectF(QPointF(left, top), QPointF(right, bottom))
    wide, high = max(0.0, LEAST - rect.width()) / 2, max(0.0, LEAST - rect.height()) / 2
    return rect.adjusted(-wide, -high, wide, high)
