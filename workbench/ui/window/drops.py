"""Files that are dropped on the window: one is opened, of several it is asked which is what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.control.notices import Notices
from workbench.control.opening import Opening
from workbench.document.document import Document
from workbench.document.project import SUFFIX
from workbench.errors import UserError
from workbench.jobs.works import sound_files
from workbench.ui.base.names import short
from workbench.ui.base.questions import question
from workbench.ui.window.file_flow import FileFlow

MIXES = ("mix", "mixture", "full", "master", "original")
"""Words in the name of a file that the others are stems of."""
MOST_LETTERS = 40


def dropped(data: QMimeData) -> list[Path]:
    """The files of this machine that are dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class Drops(QObject):
    """Asks where it must, and never leaves a file out without a word.

    Parameters
    ----------
    take_stems : callable
        Takes the stems of what is open.
    take_others : callable
        Takes files of other programs; answers whether they are such.
    """

    def __init__(
        self,
        over: QWidget,
        document: Document,
        files: FileFlow,
        opening: Opening,
        notices: Notices,
        take_stems: Callable[[list[Path]], None],
        take_others: Callable[[Sequence[Path]], bool],
    ) -> None:
        super().__init__(over)
        self._over, self._document, self._files, self._opening = over, document, files, opening
        self._notices, self._take_stems, self._take_others = notices, take_stems, take_others

    def take(self, paths: Sequence[Path]) -> None:
        """Open what was dropped."""
        projects = [path for path in paths if path.suffix.lower() == SUFFIX]
        if projects:
            self._open_then(projects[0], lambda: self._tell_left(len(paths) - 1, projects[0]))
            return
        if self._take_others(paths):
            return
        try:
            sounds = sound_files(paths)
        except UserError as reason:
            self._notices.trouble(reason)
            return
        if len(sounds) == 1:
            self._files.open(sounds[0])
        elif sounds:
            self._ask(sounds)

    def _tell_left(self, others: int, taken: Path) -> None:
        if others:
            text = self.tr("“{0}” is open; {1} more that were dropped with it are not.")
            self._notices.trouble(text.format(taken.name, others))

    def _ask(self, sounds: list[Path]) -> None:
        mix = next((each for each in sounds if any(word in each.stem.lower() for word in MIXES)), sounds[0])
        others = [each for each in sounds if each != mix]
        text = self.tr("{0} sound files were dropped, one of them “{1}”. What are they?")
        text = text.format(len(sounds), short(mix.name, MOST_LETTERS))
        box = question(
            self._over,
            "dropBox",
            self.tr("Several files"),
            self.tr("Which is the recording, and which are its stems?"),
            text,
        )
        accept = QMessageBox.ButtonRole.AcceptRole
        whole = box.addButton(self.tr("It and its stems"), accept)
        here = box.addButton(self.tr("Stems of what is open"), accept) if self._document.recording else None
        alone = box.addButton(self.tr("Open it alone"), accept)
        box.setDefaultButton(whole)

        def answered() -> None:
            if box.clickedButton() is whole:
                self._open_then(mix, lambda: self._take_stems(others))
            elif here is not None and box.clickedButton() is here:
                self._take_stems(sounds)
            elif box.clickedButton() is alone:
                self._files.open(mix)

        box.finished.connect(answered)
        box.show()

    def _open_then(self, path: Path, then: Callable[[], None]) -> None:
        """Open a file, and do something once it is the next that is open."""

        def opened(now: Path) -> None:
            self._opening.opened.disconnect(opened)
            if now == path:
                then()

        self._opening.opened.connect(opened)
        self._files.open(path)
