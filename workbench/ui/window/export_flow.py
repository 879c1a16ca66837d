"""Exporting as the user meets it: the dialog, and the questions of what would clip and of what is there already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.audio.planning import ExportOptions
from workbench.control.exporting import Clipping, Exporting, Replacing, Wrote
from workbench.control.listening import Listening
from workbench.control.notices import worded
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.jobs.runner import Job
from workbench.ui.base.controls import named
from workbench.ui.base.questions import question
from workbench.ui.dialogs.export_dialog import ExportDialog
from workbench.ui.window.export_memory import ExportMemory

MOST_NAMED = 10
"""Files of which a question gives the names."""


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
        exporting.replaces.connect(self._ask_replacing)
        exporting.began.connect(self._follow)
        exporting.wrote.connect(self._show_written)
        exporting.came_to_nothing.connect(self._show_trouble)
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
        proposed = self.tr("{0} parts").format(recording.path.stem)
        choices = self._memory.recall(paths, proposed, folder, recording.tags)
        dialog = ExportDialog(self._over, choices, recording, self._exporting.spans)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog = dialog

        def go(chosen: Path, options: ExportOptions) -> None:
            self._memory.keep(paths, dialog.choices())
            self._exporting.export(chosen, options)

        def gone() -> None:
            self._dialog = None

        dialog.asked.connect(go)
        dialog.finished.connect(gone)
        dialog.changed.connect(self._show_files)
        dialog.folder_wanted.connect(lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        self._show_parts()
        dialog.show()

    def _parts(self) -> tuple[int, int]:
        """How many layers there are, and how many sources: groups, and layers that are in none."""
        layers = self._document.layers
        return len(layers), len({(layer.group, 0 if layer.group else layer.id) for layer in layers})

    def _show_parts(self) -> None:
        if self._dialog is not None:
            self._dialog.show_parts(*self._parts(), self._listening.described())

    def _show_files(self) -> None:
        """Show how the files will be called."""
        dialog = self._dialog
        if dialog is None:
            return
        try:
            # What is wrong with the folder is told when it is asked to write there.
            pieces = self._exporting.files(Path("/"), dialog.options())
        except UserError as reason:
            dialog.files.show_trouble(worded(reason))
        else:
            dialog.files.show_files([piece.path.relative_to("/") for piece in pieces])

    # -- what comes of it ----------------------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        if self._dialog is not None:
            self._dialog.follow(job)

    def _show_written(self, wrote: Wrote) -> None:
        if self._dialog is not None:
            self._dialog.show_written(wrote)

    def _show_trouble(self, reason: Exception | str) -> None:
        if self._dialog is not None:
            self._dialog.say(worded(reason))

    def _ask_replacing(self, replacing: Replacing) -> None:
        there = replacing.there
        text = (
            self.tr("“{0}” is there already. Replace it?").format(there[0].name)
            if len(there) == 1
            else self.tr("{0} of {1} files are there already. Replace them?").format(len(there), replacing.count)
        )
        box = question(self._over, "replacingBox", self.tr("Replace files"), self.tr("Files are there already"), text)
        named_ones = [path.name for path in there[:MOST_NAMED]] + (["…"] if len(there) > MOST_NAMED else [])
        if len(there) > 1:
            box.setInformativeText("\n".join(named_ones))
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(lambda: replacing.go() if box.clickedButton() is replace else None)
        box.show()

    def _leave(self) -> None:
        """What was about to be exported is no longer open."""
        if self._dialog is not None:
            self._dialog.close()

    def _ask_clipping(self, clipping: Clipping) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            self.tr("Above full scale"),
            self.tr(
                "The true peak is {0:.1f} dB above full scale; the format, or whoever plays it, would clip it. "
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
