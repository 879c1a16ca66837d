"""Suggested groups: by which likeness, what comes of it, and what the user makes of it before it is done."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.control.measuring import Measuring, References
from workbench.control.suggesting import NOWHERE, GroupSuggestion
from workbench.masks.insight import grouping
from workbench.masks.insight.grouping import Portraits
from workbench.masks.model.layers import Layer
from workbench.ui.base.controls import Whole, combo, dim, named, plain
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import ElidedLabel

LOW_HZ = 200
MOST = 9


@guarded
class GroupBy(StrEnum):
    """What makes layers belong together."""

    TIMBRE = "timbre"
    RHYTHM = "rhythm"
    NOISE = "noise"
    PERCUSSION = "percussion"
    LOW = "low"
    REFERENCES = "references"


class SuggestDialog(QDialog):
    """Shows a suggestion in the stack as it is chosen and changed; nothing is done before it is accepted."""

    def __init__(
        self,
        parent: QWidget,
        layers: tuple[Layer, ...],
        regrouping: bool,
        portrait: Portraits,
        suggestion: GroupSuggestion,
        measuring: Measuring,
    ) -> None:
        super().__init__(parent)
        named(self, "suggestDialog", self.tr("Suggest groups"), self.tr("Groups by likeness, to accept or change"))
        self.setWindowTitle(self.tr("Suggest groups"))
        self.setMinimumWidth(430)
        self._layers, self._regrouping, self._portrait = layers, regrouping, portrait
        self._suggestion, self._measuring = suggestion, measuring
        suggestion.setParent(self)
        self._references: References = []
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.addLayout(self._settings())
        self.about = dim("")
        self.about.setWordWrap(True)
        column.addWidget(self.about)
        column.addWidget(self._table(), 1)
        row = QHBoxLayout()
        self.accept_button = named(
            QPushButton(self.tr("Accept")), "suggestAccept", self.tr("Accept"), self.tr("Make these groups")
        )
        self.accept_button.setProperty("role", "primary")
        self.accept_button.setDefault(True)
        ignore = named(
            QPushButton(self.tr("Ignore")), "suggestIgnore", self.tr("Ignore"), self.tr("Leave all as it was")
        )
        row.addStretch(1)
        row.addWidget(ignore)
        row.addWidget(self.accept_button)
        column.addLayout(row)
        self.accept_button.clicked.connect(self.accept)
        ignore.clicked.connect(self.reject)
        self.finished.connect(suggestion.leave)
        suggestion.outdated.connect(self.reject)
        self.how.activated.connect(lambda _: self._suggest())
        self.count.valueChanged.connect(lambda _: self._suggest())
        self.hz.valueChanged.connect(lambda _: self._suggest())
        self.files.clicked.connect(self._choose_files)
        self._suggest()

    def _settings(self) -> QGridLayout:
        grid = QGridLayout()
        self.how = combo(
            [
                (self.tr("Timbre"), GroupBy.TIMBRE),
                (self.tr("Rhythm"), GroupBy.RHYTHM),
                (self.tr("Noise and sound"), GroupBy.NOISE),
                (self.tr("Harmonic and percussive"), GroupBy.PERCUSSION),
                (self.tr("Low and high"), GroupBy.LOW),
                (self.tr("Reference sounds"), GroupBy.REFERENCES),
            ],
            "suggestHow",
            self.tr("Likeness"),
            self.tr("What makes layers belong together"),
        )
        self.count = self._number("suggestCount", self.tr("Groups"), self.tr("How many groups to make"), 2, MOST)
        self.count.setValue(min(3, max(2, len(self._layers) - 1)))
        self.hz = self._number("suggestHz", self.tr("Frequency"), self.tr("Below this is low"), 20, 20_000)
        self.hz.setValue(LOW_HZ)
        self.hz.setSuffix(" Hz")
        self.files = named(
            QPushButton(self.tr("Choose sounds…")),
            "suggestFiles",
            self.tr("Reference sounds"),
            self.tr("One sound file for each source, of that source alone"),
        )
        grid.addWidget(plain(self.tr("Group by")), 0, 0)
        grid.addWidget(self.how, 0, 1)
        for widget in (self.count, self.hz, self.files):
            grid.addWidget(widget, 0, 2)
        grid.setColumnStretch(1, 1)
        return grid

    @staticmethod
    def _number(name: str, label: str, tip: str, low: int, high: int) -> QSpinBox:
        field = named(Whole(), name, label, tip)
        field.setRange(low, high)
        return field

    def _table(self) -> QScrollArea:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 8, 0)
        self.boxes = []
        for row, layer in enumerate(self._layers):
            chip = QFrame()
            chip.setFixedSize(8, 18)
            chip.setStyleSheet(f"background: {layer.colour}; border: none; border-radius: 3px;")
            box = combo(
                [],
                f"suggestLayer{row + 1}",
                self.tr("Group of {0}").format(layer.name),
                self.tr("The group that the layer is to be in"),
            )
            box.setMinimumWidth(150)
            box.activated.connect(lambda _, at=row: self._changed(at))
            self.boxes.append(box)
            grid.addWidget(chip, row, 0)
            grid.addWidget(ElidedLabel(layer.name), row, 1)
            grid.addWidget(box, row, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self.boxes), 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setMinimumHeight(min(420, 40 + 32 * len(self.boxes)))
        scroll.setWidget(holder)
        return scroll

    # -- suggesting ----------------------------------------------------------------------------------

    def _suggest(self) -> None:
        how = GroupBy(self.how.currentData())
        self.count.setVisible(how in (GroupBy.TIMBRE, GroupBy.RHYTHM))
        self.hz.setVisible(how is GroupBy.LOW)
        self.files.setVisible(how is GroupBy.REFERENCES)
        count = self.count.value()
        if how is GroupBy.TIMBRE:
            self._take(grouping.by_timbre(self._portrait, count), self._numbered(count))
        elif how is GroupBy.RHYTHM:
            self._take(grouping.by_rhythm(self._portrait, count), self._numbered(count))
        elif how is GroupBy.NOISE:
            self._take(grouping.by_noise(self._portrait), [self.tr("Noise"), self.tr("Sound")])
        elif how is GroupBy.PERCUSSION:
            self._take(grouping.by_percussion(self._portrait), [self.tr("Harmonic"), self.tr("Percussive")])
        elif how is GroupBy.LOW:
            self._take(grouping.by_low_frequency(self._portrait, self.hz.value()), [self.tr("Low"), self.tr("High")])
        elif self._references:
            spectra = [spectrum for _, spectrum in self._references]
            self._take(grouping.by_references(self._portrait, spectra), [name for name, _ in self._references])
        else:
            self._take([NOWHERE] * len(self._layers), [])

    def _numbered(self, count: int) -> list[str]:
        return [self.tr("Group {0}").format(i + 1) for i in range(count)]

    def _take(self, chosen: list[int], names: list[str]) -> None:
        for box, group in zip(self.boxes, chosen, strict=True):
            box.clear()
            box.addItem(self.tr("none"), NOWHERE)
            for number, name in enumerate(names):
                box.addItem(name, number)
            box.setCurrentIndex(group + 1)
        self._suggestion.take(chosen, names)
        self._tell()

    def _tell(self) -> None:
        """What is seen, and what accepting will do."""
        if not self._suggestion.names:
            text = self.tr("Choose sounds of the single sources; each layer goes to the one that it is most like.")
        elif self._regrouping:
            text = self.tr("You see and hear it at once. Accepted, it takes the place of the groups that there are.")
        else:
            text = self.tr("You see and hear it at once. Change what does not fit, then accept it.")
        self.about.setText(text)
        self.accept_button.setEnabled(bool(self._suggestion.names))

    def _changed(self, row: int) -> None:
        self._suggestion.put(row, self.boxes[row].currentData())

    def accept(self) -> None:
        """Make the groups."""
        self._suggestion.accept(self.tr("Group by {0}").format(self.how.currentText().lower()))
        super().accept()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._suggestion.show_again()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reject()
        event.accept()

    # -- references ----------------------------------------------------------------------------------

    def _choose_files(self) -> None:
        mode = QFileDialog.FileMode.ExistingFiles
        ask_paths(self, "referenceFileDialog", self.tr("Reference sounds"), "", self.take_files, mode)

    def take_files(self, paths: list[Path]) -> None:
        """Load reference sounds, then suggest by them."""
        self._measuring.load_references(paths, self._take_references)

    def _take_references(self, references: References) -> None:
        if shiboken6.isValid(self):
            # It may have been closed while they were read.
            self._references = references
            self._suggest()
