"""Where exported files go, and how they are called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QPushButton

from workbench.audio.naming import FIELDS, USUAL_NAMES
from workbench.ui.base.controls import dim, named
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.names import literal
from workbench.ui.dialogs.export_choices import Choices
from workbench.ui.dialogs.export_section import Section

SHOWN = 3
"""Names that are shown; the tooltip has all of them."""
LISTED = 40
"""Names in a tooltip."""
LINES = 2 + SHOWN
"""That the names have room for."""


class ExportFiles(Section):
    """The folder, the templates of names, and what comes of them."""

    def __init__(self, proposed: str) -> None:
        super().__init__(QCoreApplication.translate("ExportFiles", "Files"))
        self._proposed = proposed
        self.folder = named(QLineEdit(), "exportFolder", self.tr("Folder"), self.tr("Where the files go"))
        self.browse = named(
            QPushButton(self.tr("Choose…")),
            "exportBrowse",
            self.tr("Choose a folder"),
            self.tr("Choose another folder"),
        )
        fields = " ".join(f"{{{each}}}" for each in FIELDS)
        tip = self.tr("Words and fields: {0}").format(fields)
        self.part_name = named(QLineEdit(), "exportPartName", self.tr("Names of the parts"), tip)
        self.whole_name = named(QLineEdit(), "exportWholeName", self.tr("Names of what is no part"), tip)
        self.part_name.setPlaceholderText(USUAL_NAMES.parts)
        self.whole_name.setPlaceholderText(USUAL_NAMES.whole)
        self.preview = dim("")
        named(self.preview, "exportPreview", self.tr("Files"), self.tr("The files that will be written"))
        self.preview.setWordWrap(True)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.preview.setMinimumHeight(LINES * self.preview.fontMetrics().lineSpacing())
        self.add_rows()
        self.row(self.tr("Folder"), self.folder, self.browse)
        self.row(self.tr("Part names"), self.part_name, self._fields(self.part_name, "exportPartFields"))
        self.row(self.tr("Other names"), self.whole_name, self._fields(self.whole_name, "exportWholeFields"))
        self.below(self.preview)
        self.browse.clicked.connect(self._browse)
        for edit in (self.folder, self.part_name, self.whole_name):
            edit.textChanged.connect(self.changed)

    def put(self, choices: Choices) -> None:
        """Show choices."""
        self.folder.setText(choices.folder)
        self.part_name.setText(choices.part_name)
        self.whole_name.setText(choices.whole_name)

    def choices(self) -> dict[str, Any]:
        """What it shows, by the names of Choices; without a template the usual one."""
        folder = self.folder.text().strip()
        return {
            "folder": folder,
            "own_folder": folder == self._proposed,
            "part_name": self.part_name.text().strip() or USUAL_NAMES.parts,
            "whole_name": self.whole_name.text().strip() or USUAL_NAMES.whole,
        }

    def show_files(self, names: Sequence[Path]) -> None:
        """Show how the files will be called, relative to the folder."""
        texts = [each.as_posix() for each in names]
        count = self.tr("1 file") if len(texts) == 1 else self.tr("{0} files").format(len(texts))
        more = [self.tr("and {0} more").format(len(texts) - SHOWN)] if len(texts) > SHOWN else []
        self.preview.setText("\n".join([f"{count}:" if texts else self.tr("No files"), *texts[:SHOWN], *more]))
        listed = texts[:LISTED] + (["…"] if len(texts) > LISTED else [])
        self.preview.setToolTip(literal("\n".join(listed)))

    def show_trouble(self, sentence: str) -> None:
        """Show why there can be no files of these names."""
        self.preview.setText(sentence)
        self.preview.setToolTip(literal(sentence))

    def _fields(self, edit: QLineEdit, name: str) -> QPushButton:
        """A button that puts fields into a template."""
        button = named(QPushButton(self.tr("Fields")), name, self.tr("Fields"), self.tr("Put a field into the name"))
        menu = QMenu(button)
        texts = {
            "number": self.tr("Number of the part"),
            "name": self.tr("Name of the part"),
            "group": self.tr("Its group"),
            "kind": self.tr("What it is: mix, group, layer"),
            "recording": self.tr("Name of the recording"),
            "date": self.tr("Today's date"),
            "rate": self.tr("Sample rate"),
        }
        for field in FIELDS:
            action = menu.addAction(f"{texts[field]}\t{{{field}}}")
            action.triggered.connect(lambda _=False, field=field: edit.insert(f"{{{field}}}"))
        button.setMenu(menu)
        return button

    def _browse(self) -> None:
        ask_paths(
            self,
            "exportFolderDialog",
            self.tr("Folder for the files"),
            self.folder.text(),
            lambda paths: self.folder.setText(str(paths[0])),
            QFileDialog.FileMode.Directory,
        )
