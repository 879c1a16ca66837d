"""What is under the pointer: time, frequency, note, level, and the layers' shares."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QLabel

from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.spectral.pyramid import level_db
from workbench.ui.base.axes import clock, describe_hz
from workbench.ui.base.controls import named
from workbench.ui.spectrogram.view import SpectrogramView


class Readout(QLabel):
    """The text in the status line; follows the pointer, the view and the masks' layers."""

    def __init__(self, document: Document, view: SpectrogramView, viewport: Viewport) -> None:
        super().__init__()
        named(self, "pointerText", self.tr("Under the pointer"), self.tr("Time, frequency, level and shares"))
        self._document, self._view, self._viewport = document, view, viewport
        view.hovered.connect(self._show)
        for signal in (viewport.changed, document.layers_changed, document.factors_changed):
            signal.connect(self._again)

    def _again(self) -> None:
        """What is under the pointer changed though it did not move."""
        self._show(self._view.pointer)

    def _show(self, point: QPointF | None) -> None:
        recording = self._document.recording
        if point is None or recording is None:
            self.setText("")
            return
        view, v = self._view, self._viewport
        seconds, position = view.x_to_time(point.x()), view.y_to_position(point.y())
        hz = float(v.scale.frequency(position))
        stack, analysis = self._document.stack, self._document.state.analysis
        row = min(max(round(v.bin_at(position, analysis)), 0), stack.bins - 1)
        column = min(max(round(v.frame_at(seconds, analysis)), 0), stack.frames - 1)
        level = level_db(int(self._document.levels.levels[0][column, row]))
        text = f"{clock(seconds)}    {describe_hz(hz)}    {level:.0f} dB".replace("-", "−")
        self.setText(f"{text}    {self._shares(row, column)}")

    def _shares(self, row: int, column: int) -> str:
        stack = self._document.stack
        masks = stack.evaluate(np.array([row]), np.array([column]))[:, 0, 0]
        shares = np.bincount(stack.owner, masks, len(stack.layers))
        best = np.argsort(shares)[::-1][:3]
        return " · ".join(
            f"{self._document.layers[i].name} {100 * shares[i]:.0f} %" for i in best if shares[i] >= 0.005
        )
