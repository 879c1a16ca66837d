"""What the program has to say to the user: remarks, refusals, troubles. Whoever has something to say says it here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Signal

from workbench.wording import sentence


class Notices(QObject):
    """One mouth for all of control; the window decides where the words are seen."""

    said = Signal(str)
    """A short remark, to be seen for a moment."""
    refused = Signal(str)
    """Why what was just asked for is not done."""
    troubled = Signal(str)
    """A sentence that must be seen."""
    soothed = Signal()
    """A new attempt begins: what was said about the last one is no longer true."""

    def say(self, text: str) -> None:
        """Remark on what was done."""
        self.said.emit(text)

    def refuse(self, reason: str | BaseException) -> None:
        """Say why something is not done."""
        self.refused.emit(worded(reason))

    def trouble(self, reason: str | BaseException) -> None:
        """Say what is wrong, until it is read."""
        self.troubled.emit(worded(reason))

    def soothe(self) -> None:
        """Take back what was said of an attempt that is made again."""
        self.soothed.emit()


def worded(reason: str | BaseException) -> str:
    """A sentence as it is, or that of an error in the user's language."""
    return reason if isinstance(reason, str) else sentence(reason, QCoreApplication.translate)
