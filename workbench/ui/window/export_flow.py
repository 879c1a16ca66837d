"""Exporting as the user meets it: the dialog, and the warning of what would clip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.audio.export import FileFormat, Level
from workbench.control.exporting import Clipping, Exporting, Wanted
from workbench.control.listening import Listening
from workbench.document.document import Document
from workbench.ui.base.controls import named
from workbench.ui.dialogs.export_dialog import ExportDialog
from workbench.ui.window.export_memory import ExportMemory


class ExportFlow(QObject):
    """Asks over a window, and lets `Exporting` do the work."""

    def __init__(
        self, over: QWidget, document: Document, listening: Listening, exporting: Exporting, memory: ExportMemory
    ) -> None:
        super().__init__(over)
        self._over, self._document, self._listening, self._exporting = over, document, listening, exporting
        self._memory = memory
        self._dialog: ExportDialog | None = None
        exporting.clips.connect(self._ask_clipping)
        document.opened.connect(self._leave)
        document.layers_changed.connect(self._show_parts)
        listening.changed.connect(self._show_parts)

    def show_dialog(self, folder: Path) -> None:
        """Ask what to export; where nothing was exported yet, to a folder of its own within `folder`."""
        recording, path = self._document.recording, self._document.path
        if recording is None:
            return
        if self._dialog is not None:
            # What is chosen in it stays.
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        paths = [recording.path] if path is None else [path, recording.path]
        choices = self._memory.recall(paths, self.tr("{0} parts").format(recording.path.stem), folder)
        dialog = ExportDialog(self._over, choices, *self._parts(), self._listening.described(), recording.level_db)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog = dialog

        def go(chosen: Path, wanted: Wanted, form: FileFormat, level: Level | None) -> None:
            self._memory.keep(paths, dialog.choices())
            self._exporting.export(chosen, wanted, form, level)
            dialog.accept()

        def gone() -> None:
            self._dialog = None

        dialog.asked.connect(go)
        dialog.finished.connect(gone)
        dialog.show()

    def _parts(self) -> tuple[int, int]:
        """How many layers there are, and how many sources: groups, and layers that are in none."""
        layers = self._document.layers
        return len(layers), len({(layer.group, 0 if layer.group else layer.id) for layer in layers})

    def _show_parts(self) -> None:
        if self._dialog is not None:
            self._dialog.show_parts(*self._parts(), self._listening.described())

    def _leave(self) -> None:
        """What was about to be exported is no longer open."""
        if self._dialog is not None:
            self._dialog.close()

    def _ask_clipping(self, clipping: Clipping) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            self.tr("Above full scale"),
            self.tr(
                "The true peak is {0:.1f} dB above full scale; an integer format, or whoever plays it, would clip it. "
                "32-bit float keeps it as it is."
            ).format(clipping.over_db),
            parent=self._over,
        )
        named(box, "clippingBox", self.tr("Above full scale"), self.tr("The format would clip"))
        role = QMessageBox.ButtonRole
        answers: dict[object, Callable[[], None]] = {}
        for text, kind, act in (
            (self.tr("Write 32-bit float"), role.AcceptRole, clipping.as_float),
            (self.tr("Clip"), role.DestructiveRole, clipping.as_it_is),
            (self.tr("Turn down to a peak of −1 dB"), role.ActionRole, clipping.turned_down),
        ):
            if act is not None:
                answers[box.addButton(text, kind)] = act
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(lambda: answers.get(box.clickedButton(), lambda: None)())
        box.show()
