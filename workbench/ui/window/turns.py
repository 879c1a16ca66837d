"""From the first event that waits until none does, the window goes before work in the background."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from workbench.precedence import Precedence


class Turns(QObject):
    """Claims precedence while events wait to be handled.

    Parameters
    ----------
    precedence : Precedence
    """

    def __init__(self, precedence: Precedence, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._precedence = precedence
        # It fires when nothing else is to be done.
        self._last = QTimer(self)
        self._last.setSingleShot(True)
        self._last.timeout.connect(precedence.release)
        # Nobody is left to do so later.
        self.destroyed.connect(precedence.release)

    def begin(self) -> None:
        """An event comes."""
        if not self._precedence.claimed:
            self._precedence.claim()
            self._last.start(0)
