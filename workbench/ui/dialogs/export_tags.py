"""What exported files say of themselves."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QLineEdit

from workbench.ui.base.controls import named
from workbench.ui.dialogs.export_choices import Choices
from workbench.ui.dialogs.export_section import Section


class ExportTags(Section):
    """Whether there are tags, and those that all files have."""

    def __init__(self, recording: str) -> None:
        super().__init__(QCoreApplication.translate("ExportTags", "Tags"))
        self.tagged = named(
            QCheckBox(self.tr("Write tags into the files")),
            "exportTagged",
            self.tr("Write tags"),
            self.tr("Title and number of each part, and what is said here"),
        )
        tip = self.tr("Of all files; taken from the recording's own file, where it says so")
        self.words = {
            name: named(QLineEdit(), f"export{name.capitalize()}", text, tip)
            for name, text in (
                ("artist", self.tr("Artist")),
                ("album", self.tr("Album")),
                ("date", self.tr("Date")),
                ("genre", self.tr("Genre")),
                ("comment", self.tr("Comment")),
            )
        }
        self.words["album"].setPlaceholderText(recording)
        self.add(self.tagged)
        self.add_rows()
        for edit in self.words.values():
            self.row(edit.accessibleName(), edit)
        self.tagged.toggled.connect(self._tagged)

    def put(self, choices: Choices) -> None:
        """Show choices."""
        self.tagged.setChecked(choices.tagged)
        for name, edit in self.words.items():
            edit.setText(getattr(choices, name))
        self._tagged()

    def choices(self) -> dict[str, Any]:
        """What it shows, by the names of Choices."""
        return {"tagged": self.tagged.isChecked(), **{name: edit.text() for name, edit in self.words.items()}}

    def _tagged(self) -> None:
        for edit in self.words.values():
            edit.setEnabled(self.tagged.isChecked())
