"""Opening and saving as the user meets them: dialogs, and questions about unsaved work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from workbench import resource
from workbench.control.session import Session
from workbench.document.document import Document
from workbench.document.project import SUFFIX
from workbench.ui.base.controls import named

SOUND_FILES = "*.wav *.flac *.aif *.aiff *.ogg *.opus *.mp3 *.w64 *.caf *.au"


class Files(QObject):
    """Asks for paths and answers over `window`, and lets the session do the work."""

    opening = Signal()
    """Something else is about to be opened."""

    def __init__(self, window: QWidget, document: Document, session: Session, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self.document, self.session, self._settings = window, document, session, settings
        self._question: QMessageBox | None = None
        session.overtaken.connect(self.ask_unsaved)

    def open_dialog(self) -> None:
        """Choose what to open."""
        dialog = QFileDialog(self._window, self.tr("Open a recording or a project"), str(self.folder))
        dialog.setObjectName("openDialog")
        kinds = [self.tr("Recordings and projects ({0})").format(f"{SOUND_FILES} *{SUFFIX}"), self.tr("All files (*)")]
        dialog.setNameFilters(kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def open(self, path: Path) -> None:
        """Open a file, after asking about unsaved work."""
        self._settings.setValue("folder", str(path.parent))
        self.ask_unsaved(lambda: self._open_now(path))

    def _open_now(self, path: Path) -> None:
        self.opening.emit()
        self.session.open(path)

    def open_demo(self, name: str = "demo") -> None:
        """Open the demo recording, or another one of its folder."""
        self.ask_unsaved(lambda: self._open_now(resource(f"demo/{name}.flac")))

    @property
    def folder(self) -> Path:
        """Where files were opened last."""
        return Path(str(self._settings.value("folder") or Path.home()))

    def save(self) -> None:
        """Save to the project's file, or ask where."""
        if self.document.path is not None:
            self.session.save(self.document.path)
        else:
            self.save_as()

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Ask where to save."""
        recording = self.document.recording
        if recording is None:
            return
        dialog = QFileDialog(self._window, self.tr("Save the project"), str(self.folder))
        dialog.setObjectName("saveDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Projects (*{0})").format(SUFFIX))
        dialog.setDefaultSuffix(SUFFIX[1:])
        dialog.selectFile(recording.path.stem + SUFFIX)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.session.save(Path(name), then))
        dialog.open()

    def ask_unsaved(self, then: Callable[[], object]) -> None:
        """Do something that loses the open document, after asking about unsaved work."""
        if not self.document.dirty:
            then()
            return
        if self._question is not None:
            # One question at a time: the newer wish takes the place of the older.
            self._question.close()
        recording = self.document.recording
        name = self.document.path.name if self.document.path else recording.path.name if recording else ""
        text = self.tr("Save your work on “{0}” first?").format(name)
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Unsaved work"), text, parent=self._window)
        self._question = box
        named(box, "unsavedBox", self.tr("Unsaved work"), self.tr("Save your work first?"))
        save = box.addButton(QMessageBox.StandardButton.Save)
        discard = box.addButton(QMessageBox.StandardButton.Discard)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

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
        if self.document.path is not None:
            self.session.save(self.document.path, lambda: self.ask_unsaved(then))
        else:
            self.save_as(lambda: self.ask_unsaved(then))

    def _when_settled(self, act: Callable[[], object]) -> None:
        """Stop a factorisation, and act when its last result is in: what is saved for good must hold still."""
        if self.session.factorising:
            self.session.cancel_factorisation()
            QTimer.singleShot(20, lambda: self._when_settled(act))
        else:
            act()
