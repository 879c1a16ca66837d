"""What is under the pointer: time, frequency, note, level, and the layers' shares."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer

from workbench.control.plane import Plane, Pointer
from workbench.document.document import Document
from workbench.spectral.axes import clock, describe_hz
from workbench.spectral.level import level_db
from workbench.ui.base.controls import named
from workbench.ui.base.names import ElidedLabel

MOST_WORK = 40
"""Edits that may be laid over a block for the text: some milliseconds."""
READ_MS = 30
"""Numbers that change more often can't be read."""


class Readout(ElidedLabel):
    """The text in the status line; follows the pointer, the view, and the masks under a pointer at rest."""

    def __init__(self, document: Document, plane: Plane, pointer: Pointer) -> None:
        super().__init__()
        named(self, "pointerText", self.tr("Under the pointer"), self.tr("Time, frequency, level and shares"))
        self._document, self._plane, self._pointer = document, plane, pointer
        # The hand and what it does come first; the text is made once for all that happened meanwhile.
        self._later = QTimer(self, singleShot=True, interval=READ_MS)
        self._later.timeout.connect(self._show)
        for signal in (pointer.moved, plane.changed, document.layers_changed, document.factors_changed):
            signal.connect(self._show_soon)
        document.masks_changed.connect(lambda _: self._show_soon())

    def _show_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _show(self) -> None:
        place = self._pointer.place
        if place is None or self._document.recording is None:
            self.setText("")
            return
        second, position = place
        row, column = self._plane.bin_at(position), self._plane.frame_at(second)
        level = level_db(int(self._document.levels.levels[0][column, row]))
        hz = describe_hz(self._plane.hz_of(position))
        text = f"{clock(second)}    {hz}    {level:.0f} dB".replace("-", "−")
        self.setText(f"{text}    {self._shares(row, column)}")

    def _shares(self, row: int, column: int) -> str:
        stack, at = self._document.stack, (np.array([row]), np.array([column]))
        if stack.work_left(*at) > MOST_WORK:
            # Others that know it sooner will have it evaluated: the picture, or what plays.
            return ""
        masks = stack.evaluate(*at)[:, 0, 0]
        shares = np.bincount(stack.owner, masks, len(stack.layers))
        best = np.argsort(shares)[::-1][:3]
        return " · ".join(
            f"{self._document.layers[i].name} {100 * shares[i]:.0f} %" for i in best if shares[i] >= 0.005
        )
