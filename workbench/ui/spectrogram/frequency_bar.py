"""The scroll bar of frequency beside the spectrogram."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QScrollBar, QWidget

from workbench.control.plane import Plane
from workbench.control.viewport import Viewport
from workbench.ui.base.controls import named

WHOLE = 10_000
"""Steps of the whole axis."""
WIDTH = 8


class FrequencyBar(QScrollBar):
    """Lies in the margin at the right of the picture, where not all frequencies are in view."""

    def __init__(self, viewport: Viewport, plane: Plane, pane: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, pane)
        named(self, "frequencyBar", self.tr("Frequencies in view"), self.tr("Move up and down in frequency"))
        self._viewport, self._plane, self._pane = viewport, plane, pane
        viewport.changed.connect(self._follow)
        plane.changed.connect(self._follow)
        self.valueChanged.connect(self._move)
        self.hide()

    def _follow(self) -> None:
        v, c = self._viewport, self._plane.canvas
        whole = v.top - v.bottom
        seen = min(1.0, float(v.height / whole)) if whole > 0 else 1.0
        with QSignalBlocker(self):
            self.setRange(0, round(WHOLE * (1 - seen)))
            self.setPageStep(max(1, round(WHOLE * seen)))
            self.setSingleStep(max(1, round(WHOLE * seen / 10)))
            self.setValue(round(WHOLE * (v.top - v.high) / whole) if whole > 0 else 0)
        self.setGeometry(self._pane.width() - WIDTH, c.top(), WIDTH, max(1, c.height()))
        self.setVisible(seen < 1.0)

    def _move(self, value: int) -> None:
        v = self._viewport
        v.pan(0.0, v.top - value / WHOLE * (v.top - v.bottom) - v.high)
