"""Where markers and regions begin and end, as lines over the spectrogram."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from workbench.control.markers import Markers
from workbench.control.plane import Plane
from workbench.ui.base import theme
from workbench.ui.spectrogram.marker_places import spans_of

OPACITY = 150
"""Of 255."""
MOST = 200
"""Lines; where there were more, nothing else would be seen."""


class MarkerOverlay(QObject):
    """Dashed lines, found once a view."""

    changed = Signal()

    def __init__(self, markers: Markers, plane: Plane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._markers, self._plane = markers, plane
        self._seconds = np.zeros(0)
        self._lines: list[QLineF] | None = None
        plane.changed.connect(self._forget)
        markers.changed.connect(self._follow)

    def _forget(self) -> None:
        self._lines = None

    def _follow(self) -> None:
        self._seconds = np.unique(spans_of(self._markers.entries))
        self._lines = None
        self.changed.emit()

    def paint(self, painter: QPainter) -> None:
        """Draw them over the picture."""
        if not len(self._seconds):
            return
        if self._lines is None:
            self._lines = self._found()
        colour = QColor(theme.current().solo)
        colour.setAlpha(OPACITY)
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
        painter.drawLines(self._lines)

    def _found(self) -> list[QLineF]:
        c, begin, end = self._plane.canvas, *(self._plane.second_at(x) for x in (0, 1))
        xs = (self._seconds - begin) / (end - begin)
        seen = np.unique(np.rint(xs[(xs >= c.left()) & (xs <= c.right())]))
        if len(seen) > MOST:
            return []
        return [QLineF(x + 0.5, c.top(), x + 0.5, c.bottom()) for x in seen.tolist()]
