"""Opening, saving and exporting as the user meets them: dialogs, and questions about unsaved or clipped work."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from workbench import resource
from workbench.audio.export import FileFormat, Level, Piece, group_pieces, heard_piece, layer_pieces, mix_piece
from workbench.document.document import Document
from workbench.document.project import SUFFIX
from workbench.ui.controls import named
from workbench.ui.export_dialog import ExportDialog, Wanted
from workbench.ui.listening import Listening
from workbench.ui.session import Session

SOUND_FILES = "*.wav *.flac *.aif *.aiff *.ogg *.opus *.mp3 *.w64 *.caf *.au"


class Files(QObject):
    """Asks for paths and answers over `window`, and lets the session do the work."""

    opening = Signal()
    """Something else is about to be opened."""

    def __init__(
        self, window: QWidget, document: Document, session: Session, listening: Listening, settings: QSettings
    ) -> None:
        super().__init__(window)
        self._listening = listening
        self._window, self.document, self.session, self._settings = window, document, session, settings
        self._question: QMessageBox | None = None
        session.clipping.connect(self._ask_clipping)
        session.overtaken.connect(self.ask_unsaved)

    def open_dialog(self) -> None:
        """Choose what to open."""
        dialog = QFileDialog(self._window, self.tr("Open a recording or a project"), str(self._folder()))
        dialog.setObjectName("openDialog")
        kinds = [
            self.tr("Recordings and projects ({0})").format(f"{SOUND_FILES} *{SUFFIX}"), self.tr("All files (*)"),
        ]  # fmt: skip
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

    def open_demo(self) -> None:
        """Open the demo recording."""
        self.ask_unsaved(lambda: self._open_now(resource("demo/demo.flac")))

    def _folder(self) -> Path:
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
        dialog = QFileDialog(self._window, self.tr("Save the project"), str(self._folder()))
        dialog.setObjectName("saveDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Projects (*{0})").format(SUFFIX))
        dialog.setDefaultSuffix(SUFFIX[1:])
        dialog.selectFile(recording.path.stem + SUFFIX)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.session.save(Path(name), then))
        dialog.open()

    def export_dialog(self) -> None:
        """Ask what to export."""
        if self.document.recording is None:
            return
        stem = self.document.recording.path.stem
        sources = {(layer.group, 0 if layer.group else layer.id) for layer in self.document.layers}
        dialog = ExportDialog(
            self._window, self._folder() / f"{stem} parts", len(self.document.layers), len(sources),
            self._listening.described(),
        )  # fmt: skip
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def go(folder: Path, wanted: Wanted, form: FileFormat, level: Level | None) -> None:
            self._export(folder, wanted, form, level)
            dialog.accept()

        dialog.asked.connect(go)
        dialog.show()

    def _export(self, folder: Path, wanted: Wanted, form: FileFormat, level: Level | None) -> None:
        """Write what was chosen, as it is at this moment."""
        scene, heard = self.document.scene, self._listening.scene()
        if scene is None or heard is None:
            return
        stem, (start, stop) = scene.recording.path.stem, self._listening.heard_samples()

        def pieces(form: FileFormat) -> list[Piece]:
            out = [heard_piece(heard, folder, stem, form, start, stop)] if wanted.heard else []
            out += [mix_piece(scene, folder, stem, form)] if wanted.mix else []
            out += group_pieces(scene, folder, form) if wanted.groups else []
            # Layers beside groups have a folder of their own: both are numbered.
            inner = folder / self.tr("layers") if wanted.groups else folder
            return out + (layer_pieces(scene, inner, form) if wanted.layers else [])

        self.session.export(pieces, form, level)

    def _ask_clipping(self, peak: float, go_on: Callable[[], None], as_float: Callable[[], None]) -> None:
        over = 20 * math.log10(peak)
        box = QMessageBox(
            QMessageBox.Icon.Warning, self.tr("Above full scale"),
            self.tr(
                "The true peak is {0:.1f} dB above full scale and would be clipped in this format. "
                "32-bit float keeps it as it is."
            ).format(over), parent=self._window,
        )  # fmt: skip
        named(box, "clippingBox", self.tr("Above full scale"), self.tr("The format would clip"))
        float_button = box.addButton(self.tr("Write 32-bit float"), QMessageBox.ButtonRole.AcceptRole)
        clip = box.addButton(self.tr("Clip"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def answered() -> None:
            if box.clickedButton() is float_button:
                as_float()
            elif box.clickedButton() is clip:
                go_on()

        box.finished.connect(answered)
        box.show()

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
