"""What to export, as what, where to and how called; how far it is, and that it is done."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from workbench.audio.export import folder_for
from workbench.audio.planning import ExportOptions
from workbench.audio.recording import Recording
from workbench.control.export_spans import ExportSpans
from workbench.control.exporting import Wrote
from workbench.control.notices import worded
from workbench.errors import UserError
from workbench.jobs.runner import Job
from workbench.spectral.axes import clock
from workbench.ui.base.controls import dim, named, plain
from workbench.ui.dialogs.export_choices import Choices
from workbench.ui.dialogs.export_files import ExportFiles
from workbench.ui.dialogs.export_parts import ExportParts
from workbench.ui.dialogs.export_sound import ExportSound
from workbench.ui.dialogs.export_tags import ExportTags

STEPS = 1000
"""Of the progress bar."""
COLUMN_GAP, SECTION_GAP = 28, 16
"""Pixels."""


class ExportDialog(QDialog):
    """Asks for files, format and loudness; stays until it is closed, and says what came of it."""

    asked = Signal(object, object)
    """Folder and ExportOptions."""
    changed = Signal()
    """Something else is chosen: there may be other files."""
    folder_wanted = Signal(object)
    """Show a folder, a Path, with what is in it."""

    def __init__(self, parent: QWidget, choices: Choices, recording: Recording, spans: ExportSpans) -> None:
        super().__init__(parent)
        self._recording, self._spans = recording, spans
        self._wrote: Wrote | None = None
        self._job: Job | None = None
        named(self, "exportDialog", self.tr("Export"), self.tr("Write what is heard, the mix or its parts to files"))
        self.setWindowTitle(self.tr("Export"))
        self.parts = ExportParts(spans)
        self.sound = ExportSound(recording.rate, recording.level_db)
        self.files = ExportFiles(choices.folder if choices.own_folder else "")
        self.tags = ExportTags(recording.tags.title or recording.path.stem)
        self.notice = plain()
        self.notice.setObjectName("exportNotice")
        self.notice.setWordWrap(True)
        self.show_folder = named(
            QPushButton(self.tr("Show the folder")),
            "exportShow",
            self.tr("Show the folder"),
            self.tr("Open the folder with the files that were written"),
        )
        self.progress = named(
            QProgressBar(), "exportProgress", self.tr("Progress"), self.tr("How much of the files is written")
        )
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        self.left = dim("")
        self.stop = named(
            QPushButton(self.tr("Stop")), "exportStop", self.tr("Stop"), self.tr("Stop; no file is written then")
        )
        self.go = named(QPushButton(self.tr("Export")), "exportGo", self.tr("Export"), self.tr("Write the files"))
        self.go.setDefault(True)
        self.go.setProperty("role", "primary")
        self.close_button = named(
            QPushButton(self.tr("Close")), "exportClose", self.tr("Close"), self.tr("Close (Esc); work goes on")
        )
        self._arrange()
        for section in (self.parts, self.sound, self.files, self.tags):
            section.put(choices)
            section.changed.connect(self.changed)
        self.say("")
        self._show_work(False)
        self.go.clicked.connect(self._ask)
        self.close_button.clicked.connect(self.reject)
        self.stop.clicked.connect(self._stop)
        self.show_folder.clicked.connect(self._show_folder)

    def _arrange(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(COLUMN_GAP)
        for sections in ((self.parts, self.sound), (self.files, self.tags)):
            column = QVBoxLayout()
            column.setSpacing(SECTION_GAP)
            for section in sections:
                column.addWidget(section)
            column.addStretch(1)
            columns.addLayout(column, 1)
        said = QHBoxLayout()
        said.addWidget(self.notice, 1)
        said.addWidget(self.show_folder)
        buttons = QHBoxLayout()
        buttons.addWidget(self.stop)
        buttons.addWidget(self.progress, 1)
        buttons.addWidget(self.left)
        buttons.addStretch(1)
        buttons.addWidget(self.go)
        buttons.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 14, 18, 14)
        rows.setSpacing(12)
        rows.addLayout(columns, 1)
        rows.addLayout(said)
        rows.addLayout(buttons)

    # -- what is chosen ------------------------------------------------------------------------------

    def show_parts(self, layers: int, groups: int, heard: str) -> None:
        """Show how many files there would be, and what is heard; without groups the layers are the parts."""
        self.parts.show_parts(layers, groups, heard)

    def choices(self) -> Choices:
        """What the dialog shows, to begin with the next time."""
        shown: dict[str, Any] = {}
        for section in (self.parts, self.sound, self.files, self.tags):
            shown |= section.choices()
        return Choices(**shown)

    def options(self) -> ExportOptions:
        """What is asked for, of the time that is chosen as it is now."""
        title, db = self._recording.tags.title, self._recording.level_db
        return self.choices().options(self.parts.wanted, title, db, self._spans.samples(self.parts.range))

    def _ask(self) -> None:
        wanted = self.parts.wanted
        if not (wanted.heard or wanted.mix or wanted.groups or wanted.layers):
            self.say(self.tr("Choose something to export."))
            return
        try:
            folder = folder_for(self.files.folder.text())
        except UserError as reason:
            self.say(worded(reason))
            self.files.folder.setFocus()
            return
        self.say("")
        self.asked.emit(folder, self.options())

    # -- what comes of it ----------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """A sentence within the dialog."""
        self._wrote = None
        self.notice.setText(text)
        self.notice.setVisible(bool(text))
        self.show_folder.hide()
        self.go.setDefault(True)
        self.adjustSize()

    def show_written(self, wrote: Wrote) -> None:
        """Say that it is done, and offer the folder."""
        self.say(wrote.text)
        self._wrote = wrote
        self.show_folder.show()
        self.adjustSize()
        self.close_button.setDefault(True)
        self.close_button.setFocus()

    def follow(self, job: Job) -> None:
        """Show how far a job is, until it ends."""
        self._job = job
        self.progress.setValue(0)
        self.left.setText(job.name)
        self._show_work(True)
        job.progressed.connect(self._progressed)
        job.ended.connect(self._ended)

    def _progressed(self, share: float) -> None:
        if self._job is None or self.sender() is not self._job:
            return
        self.progress.setValue(round(max(0.0, share) * STEPS))
        left = self._job.seconds_left
        if left is not None:
            self.left.setText(self.tr("{0} left").format(clock(math.ceil(left), 0)))

    def _ended(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self._show_work(False)

    def _show_work(self, on: bool) -> None:
        for widget in (self.stop, self.progress, self.left):
            widget.setVisible(on)
        self.go.setEnabled(not on)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.say(self.tr("Stopped: nothing was written."))

    def _show_folder(self) -> None:
        if self._wrote is not None:
            self.folder_wanted.emit(self._wrote.folder)
