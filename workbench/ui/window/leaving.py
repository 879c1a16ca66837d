"""Leaving the program, or what is open in it: nothing unsaved is lost, and nothing that is being written is cut off."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.control.exporting import Exporting
from workbench.control.saving import Saving
from workbench.ui.base.questions import question
from workbench.ui.window.save_flow import SaveFlow

LOOK_MS = 50
"""How often it is looked whether all is written."""


class Leaving(QObject):
    """Asks what stands in the way of closing the window."""

    def __init__(self, over: QWidget, files: SaveFlow, saving: Saving, exporting: Exporting) -> None:
        super().__init__(over)
        self._over, self._files, self._saving, self._exporting = over, files, saving, exporting
        self._question: QMessageBox | None = None
        self._later = QTimer(self, interval=LOOK_MS)
        self._then: Callable[[], object] = lambda: None
        self._exported = False
        """Whether it is an export that is waited for."""
        self._later.timeout.connect(self._look)

    @property
    def writing(self) -> bool:
        """Whether files are being written that would be cut off."""
        return self._exporting.running or self._saving.saving

    def ask(self, then: Callable[[], object]) -> None:
        """Leave, after asking about unsaved work and about files that are being written."""
        self._files.ask_unsaved(lambda: self._ask_writing(then))

    def _ask_writing(self, then: Callable[[], object]) -> None:
        self._then, self._exported = then, self._exporting.running
        if not self.writing:
            then()
        elif not self._exporting.running:
            # A project is soon saved.
            self._later.start()
        elif self._question is None and not self._later.isActive():
            text = self.tr("Files are still being written.")
            box = question(
                self._over, "writingBox", self.tr("Still writing"), self.tr("Quit while files are being written?"), text
            )
            self._question = box
            wait = box.addButton(self.tr("Quit when they are done"), QMessageBox.ButtonRole.AcceptRole)
            now = box.addButton(self.tr("Quit without them"), QMessageBox.ButtonRole.DestructiveRole)
            box.setDefaultButton(wait)

            def answered() -> None:
                self._question = None
                if box.clickedButton() is wait:
                    self._later.start()
                elif box.clickedButton() is now:
                    then()

            box.finished.connect(answered)
            box.show()

    def _look(self) -> None:
        boxes = [self._over.findChildren(QMessageBox, name) for name in ("clippingBox", "replacingBox")]
        asked = any(each.isVisible() for found in boxes for each in found)
        if self.writing or asked:
            return
        self._later.stop()
        if not (self._exported and self._exporting.failed):
            # Else what went wrong is to be read first.
            self.ask(self._then)
