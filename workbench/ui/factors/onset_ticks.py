"""Onsets and notes over the activations: ticks that are dragged, and bars."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPen
from PySide6.QtWidgets import QMenu

from workbench.control.tapping import Tapping
from workbench.document.document import Document
from workbench.masks.model.layers import Layer
from workbench.separation.known import Notes
from workbench.ui.base import theme

REACH = 4
"""Pixels from which a tick is taken."""
FOOT = 5
"""Pixels of a tick's triangle."""
BAR = 3
"""Height of a note's bar."""


class OnsetTicks:
    """What is known of when layers sound, over a pane whose axis is time.

    Parameters
    ----------
    place : callable
        Pixel of a second.
    """

    def __init__(self, document: Document, tapping: Tapping, place: Callable[[float], float]) -> None:
        self._document, self._tapping, self._place = document, tapping, place

    @property
    def moving(self) -> bool:
        """Whether a tick is being dragged."""
        return self._tapping.moving

    def draw(self, painter: QPainter, layer: Layer, component: int, lane: QRectF, colour: QColor) -> None:
        """The onsets and notes of a component in its lane."""
        parts = {part.id for part in layer.parts if part.component == component}
        onsets = self._tapping.onsets(layer)
        if onsets is not None and onsets.part in parts:
            self._ticks(painter, onsets.seconds, lane, colour)
        for known in self._document.state.present.known:
            if isinstance(known, Notes) and known.part in parts:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                for begin, end in known.spans:
                    left, right = self._place(begin), self._place(end)
                    painter.drawRect(QRectF(left, lane.bottom() - BAR, max(1.0, right - left), BAR))

    def draw_waiting(self, painter: QPainter, layer: Layer, strip: QRectF, colour: QColor, has_lane: bool) -> None:
        """In a strip of their own what is tapped of a source, and the onsets of a layer that has no lane yet."""
        self._ticks(painter, self._tapping.tapped(layer), strip, colour)
        onsets = None if has_lane else self._tapping.onsets(layer)
        if onsets is not None:
            self._ticks(painter, onsets.seconds, strip, colour)

    def _ticks(self, painter: QPainter, seconds: tuple[float, ...], lane: QRectF, colour: QColor) -> None:
        line = QColor(theme.current().text)
        line.setAlpha(150)
        for second in seconds:
            x = self._place(second)
            if not lane.left() <= x <= lane.right():
                continue
            painter.setPen(QPen(line, 1))
            painter.drawLine(QPointF(x, lane.top() + FOOT), QPointF(x, lane.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            corners = ((-FOOT / 2, 0), (FOOT / 2, 0), (0, FOOT))
            painter.drawPolygon([QPointF(x + dx, lane.top() + dy) for dx, dy in corners])

    def at(self, layer: Layer, x: float) -> float | None:
        """Second of the onset of a layer under a pixel, if there is one."""
        onsets = self._tapping.onsets(layer)
        near = min(onsets.seconds, key=lambda s: abs(self._place(s) - x), default=math.inf) if onsets else math.inf
        return near if math.isfinite(near) and abs(self._place(near) - x) <= REACH else None

    def add_to(self, menu: QMenu, layer: Layer, second: float | None) -> None:
        """What can be done with the onsets of a layer; with the one at a second, if there is one."""
        if self._tapping.onsets(layer) is None:
            return
        tr = menu.tr
        menu.addSeparator()
        if second is not None:
            one = QAction(tr("Remove this &onset"), menu)
            one.setObjectName("removeOnset")
            one.setToolTip(tr("The layer is not said to begin here"))
            one.triggered.connect(lambda: self._tapping.remove(layer, second))
            menu.addAction(one)
        every = QAction(tr("Remove &all onsets of the layer"), menu)
        every.setObjectName("removeOnsets")
        every.setToolTip(tr("Nothing is said of when the layer sounds"))
        every.triggered.connect(lambda: self._tapping.remove(layer))
        menu.addAction(every)
