"""Where markers and regions begin and end, as lines over the spectrogram."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from workbench.control.markers import Markers
from workbench.control.plane import Plane
from workbench.ui.base import theme

OPACITY = 150
"""Of 255."""


class MarkerOverlay(QObject):
    """Dashed lines, once a pixel however many there are."""

    changed = Signal()

    def __init__(self, markers: Markers, plane: Plane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._markers, self._plane = markers, plane
        markers.changed.connect(self.changed)

    def paint(self, painter: QPainter) -> None:
        """Draw them over the picture."""
        entries = self._markers.entries
        if not entries:
            return
        c = self._plane.canvas
        seconds = {each.begin for each in entries} | {each.end for each in entries if each.is_region}
        xs = {round(x) for x in map(self._plane.x_of, seconds) if c.left() <= x <= c.right()}
        colour = QColor(theme.current().solo)
        colour.setAlpha(OPACITY)
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
        painter.drawLines([QLineF(x + 0.5, c.top(), x + 0.5, c.bottom()) for x in xs])
