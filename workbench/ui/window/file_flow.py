"""Opening and saving as the user meets them: dialogs, and questions about unsaved work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from workbench import resource
from workbench.control.factorising import Factorising
from workbench.control.opening import Opening
from workbench.document.document import Document
from workbench.document.project import SUFFIX
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.questions import question

SOUND_FILES = "*.wav *.flac *.aif *.aiff *.ogg *.opus *.mp3 *.w64 *.caf *.au"
SETTLE_MS = 20


class FileFlow(QObject):
    """Asks for paths and answers over a window, and lets `Opening` do the work."""

    def __init__(
        self, over: QWidget, document: Document, opening: Opening, factorising: Factorising, settings: QSettings
    ) -> None:
        super().__init__(over)
        self._over, self._document, self._opening = over, document, opening
        self._factorising, self._settings = factorising, settings
        self._question: QMessageBox | None = None
        opening.overtaken.connect(self.ask_unsaved)
        opening.lost.connect(self._ask_where)
        opening.changed_since.connect(self._ask_replace)

    @property
    def folder(self) -> Path:
        """Where files were opened last."""
        return Path(str(self._settings.value("folder") or Path.home()))

    # -- opening -------------------------------------------------------------------------------------

    def open_dialog(self) -> None:
        """Choose what to open."""
        kinds = [self.tr("Recordings and projects ({0})").format(f"{SOUND_FILES} *{SUFFIX}"), self.tr("All files (*)")]
        title = self.tr("Open a recording or a project")
        ask_paths(self._over, "openDialog", title, self.folder, lambda paths: self.open(paths[0]), filters=kinds)

    def open(self, path: Path) -> None:
        """Open a file, after asking about unsaved work."""
        self._settings.setValue("folder", str(path.parent))
        self.ask_unsaved(lambda: self._opening.open(path))

    def open_demo(self, name: str = "demo") -> None:
        """Open the demo recording, or another one of its folder."""
        self.ask_unsaved(lambda: self._opening.open(resource(f"demo/{name}.flac")))

    def _ask_where(self, project: Path, said: str) -> None:
        """The recording of a project is not to be found."""
        box = question(
            self._over,
            "lostBox",
            self.tr("Where is the recording?"),
            self.tr("Find the recording of the project"),
            said,
        )
        find = box.addButton(self.tr("Find the recording…"), QMessageBox.ButtonRole.AcceptRole)

        def answered() -> None:
            if box.clickedButton() is find:
                kinds = [self.tr("Recordings ({0})").format(SOUND_FILES), self.tr("All files (*)")]
                ask_paths(
                    self._over,
                    "findRecordingDialog",
                    self.tr("Find the recording of {0}").format(project.name),
                    project.parent,
                    lambda paths: self._opening.open(project, paths[0]),
                    filters=kinds,
                )

        box.finished.connect(answered)
        box.show()

    # -- saving --------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save to the project's file, or ask where."""
        if self._document.path is not None:
            self._opening.save(self._document.path)
        else:
            self.save_as()

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
                self.save_as()
            elif box.clickedButton() is anyway:
                replace()

        box.finished.connect(answered)
        box.show()

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Ask where to save."""
        recording = self._document.recording
        if recording is None:
            return
        ask_paths(
            self._over,
            "saveDialog",
            self.tr("Save the project"),
            self.folder,
            lambda paths: self._opening.save(paths[0], then),
            QFileDialog.FileMode.AnyFile,
            [self.tr("Projects (*{0})").format(SUFFIX)],
            recording.path.stem + SUFFIX,
        )

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
            self._opening.save(self._document.path, lambda: self.ask_unsaved(then))
        else:
            self.save_as(lambda: self.ask_unsaved(then))

    def _when_settled(self, act: Callable[[], object]) -> None:
        """Stop a factorisation, and act when its last result is in: what is saved for good must hold still."""
        if self._factorising.running:
            self._factorising.stop()
            QTimer.singleShot(SETTLE_MS, self, lambda: self._when_settled(act))
        else:
            act()
