"""Saving as the user meets it: where and how, and questions about unsaved work."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from workbench.control.factorising import Factorising
from workbench.control.saving import Saving
from workbench.document.document import Document
from workbench.document.project import SUFFIX
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.questions import question

SETTLE_MS = 20


class SaveFlow(QObject):
    """Asks over a window, and lets `Saving` do the work."""

    def __init__(
        self, over: QWidget, document: Document, saving: Saving, factorising: Factorising, settings: QSettings
    ) -> None:
        super().__init__(over)
        self._over, self._document, self._saving = over, document, saving
        self._factorising, self._settings = factorising, settings
        self._question: QMessageBox | None = None
        saving.changed_since.connect(self._ask_replace)
        saving.taken.connect(self._ask_elsewhere)

    @property
    def folder(self) -> Path:
        """Where files were opened last."""
        return Path(str(self._settings.value("folder") or Path.home()))

    def save(self) -> None:
        """Save to the project's file, or ask where."""
        if self._document.path is not None:
            self._saving.save(self._document.path)
        else:
            self.save_as()

    def save_as(self, then: Callable[[], object] | None = None, another: bool = False) -> None:
        """Ask where to save, and whether the recording is to be in the file; `another` proposes a name that is free."""
        document = self._document
        if document.recording is None:
            return
        beside = self.tr("Project beside its recording (*{0})").format(SUFFIX)
        inside = self.tr("Project with the recording inside, to be sent or kept (*{0})").format(SUFFIX)
        path = document.path

        def taken(paths: list[Path]) -> None:
            self._saving.save(paths[0], then, inside=dialog.selectedNameFilter() == inside)

        dialog = ask_paths(
            self._over,
            "saveDialog",
            self.tr("Save the project"),
            self.folder if path is None else path.parent,
            taken,
            QFileDialog.FileMode.AnyFile,
            [beside, inside] if document.embedded is None else [inside, beside],
            document.recording.path.stem + SUFFIX if path is None else (_free(path) if another else path).name,
        )

    # -- questions -----------------------------------------------------------------------------------

    def _ask_replace(self, replace: Callable[[], object]) -> None:
        """Somebody else has written the project's file since it was opened here."""
        path = self._document.path
        assert path is not None
        text = self.tr("“{0}” was changed by another window or program since it was opened here.").format(path.name)
        box = question(
            self._over,
            "changedBox",
            self.tr("Changed meanwhile"),
            self.tr("Replace what somebody else has written?"),
            text,
        )
        other = box.addButton(self.tr("Save under another name…"), QMessageBox.ButtonRole.AcceptRole)
        anyway = box.addButton(self.tr("Replace it"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(other)

        def answered() -> None:
            if box.clickedButton() is other:
                self.save_as(another=True)
            elif box.clickedButton() is anyway:
                replace()

        box.finished.connect(answered)
        box.show()

    def _ask_elsewhere(self, path: Path, then: Callable[[], object] | None) -> None:
        """Another window has the project open: it is not written twice."""
        text = self.tr("“{0}” is open in another window, which would not see what is saved here.").format(path.name)
        box = question(
            self._over,
            "takenBox",
            self.tr("Open in another window"),
            self.tr("Save what is done here under another name"),
            text,
        )
        other = box.addButton(self.tr("Save under another name…"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(other)
        box.finished.connect(lambda: self.save_as(then, another=True) if box.clickedButton() is other else None)
        box.show()

    # -- unsaved work --------------------------------------------------------------------------------

    def ask_unsaved(self, then: Callable[[], object]) -> None:
        """Do something that loses the open document, after asking about unsaved work."""
        if not self._document.dirty:
            then()
            return
        if self._question is not None:
            # One question at a time: the newer wish takes the place of the older.
            self._question.close()
        recording, path = self._document.recording, self._document.path
        name = path.name if path is not None else recording.path.name if recording is not None else ""
        text = self.tr("Save your work on “{0}” first?").format(name)
        box = question(self._over, "unsavedBox", self.tr("Unsaved work"), self.tr("Save your work first?"), text)
        self._question = box
        save = box.addButton(QMessageBox.StandardButton.Save)
        discard = box.addButton(QMessageBox.StandardButton.Discard)

        def answered() -> None:
            if self._question is box:
                self._question = None
            if box.clickedButton() is save:
                self._when_settled(lambda: self._save_then(then))
            elif box.clickedButton() is discard:
                then()

        box.finished.connect(answered)
        box.show()

    def _save_then(self, then: Callable[[], object]) -> None:
        # What is done while it is being saved is asked about again.
        if self._document.path is not None:
            self._saving.save(self._document.path, lambda: self.ask_unsaved(then))
        else:
            self.save_as(lambda: self.ask_unsaved(then))

    def _when_settled(self, act: Callable[[], object]) -> None:
        """Stop a factorisation, and act when its last result is in: what is saved for good must hold still."""
        if self._factorising.running:
            self._factorising.stop()
            QTimer.singleShot(SETTLE_MS, self, lambda: self._when_settled(act))
        else:
            act()


def _free(path: Path) -> Path:
    """A name like another that no file has."""
    names = (path.with_stem(f"{path.stem} {number}") for number in count(2))
    return next(each for each in names if not each.exists())
