"""Suggested groups: by which likeness, what comes of it, and what the user makes of it before it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.document.acts import groups as group_acts
from workbench.document.document import Document
from workbench.masks.insight import grouping
from workbench.masks.insight.grouping import Portraits
from workbench.ui.base.controls import Whole, combo, dim, named
from workbench.ui.base.guard import guarded

LOW_HZ = 200
MOST = 9
NOWHERE = -1

References = list[tuple[str, NDArray[np.float64]]]


@guarded
class SuggestDialog(QDialog):
    """Shows a suggestion in the stack as it is chosen and changed; nothing is done before it is accepted."""

    def __init__(
        self,
        parent: QWidget,
        document: Document,
        portrait: Portraits,
        load: Callable[[list[Path], Callable[[References], None]], None],
    ) -> None:
        super().__init__(parent)
        named(self, "suggestDialog", self.tr("Suggest groups"), self.tr("Groups by likeness, to accept or change"))
        self.setWindowTitle(self.tr("Suggest groups"))
        self.setMinimumWidth(430)
        self._document, self._portrait, self._load = document, portrait, load
        self._layers = [layer.id for layer in document.layers]
        self._stack = document.state.stack
        self._references: References = []
        self._names: list[str] = []
        self._chosen: list[int] = [NOWHERE] * len(self._layers)
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
        self.finished.connect(self._finished)
        document.opened.connect(self.reject)
        document.layers_changed.connect(self._layers_changed)
        document.history_changed.connect(self._show_again)
        document.stacks_changed.connect(self._layers_changed)
        self.how.activated.connect(lambda _: self._suggest())
        self.count.valueChanged.connect(lambda _: self._suggest())
        self.hz.valueChanged.connect(lambda _: self._suggest())
        self.files.clicked.connect(self._choose_files)
        self._suggest()

    def _settings(self) -> QGridLayout:
        grid = QGridLayout()
        self.how = combo(
            [
                (self.tr("Timbre"), "timbre"),
                (self.tr("Rhythm"), "rhythm"),
                (self.tr("Noise and sound"), "noise"),
                (self.tr("Harmonic and percussive"), "percussion"),
                (self.tr("Low and high"), "low"),
                (self.tr("Reference sounds"), "references"),
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
        grid.addWidget(QLabel(self.tr("Group by")), 0, 0)
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
        for row, layer in enumerate(self._document.layers):
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
            grid.addWidget(QLabel(layer.name), row, 1)
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
        how = self.how.currentData()
        self.count.setVisible(how in ("timbre", "rhythm"))
        self.hz.setVisible(how == "low")
        self.files.setVisible(how == "references")
        count = self.count.value()
        if how == "timbre":
            self._take(grouping.by_timbre(self._portrait, count), self._numbered(count))
        elif how == "rhythm":
            self._take(grouping.by_rhythm(self._portrait, count), self._numbered(count))
        elif how == "noise":
            self._take(grouping.by_noise(self._portrait), [self.tr("Noise"), self.tr("Sound")])
        elif how == "percussion":
            self._take(grouping.by_percussion(self._portrait), [self.tr("Harmonic"), self.tr("Percussive")])
        elif how == "low":
            self._take(grouping.by_low_frequency(self._portrait, self.hz.value()), [self.tr("Low"), self.tr("High")])
        elif self._references:
            spectra = [spectrum for _, spectrum in self._references]
            self._take(grouping.by_references(self._portrait, spectra), [name for name, _ in self._references])
        else:
            self._take([NOWHERE] * len(self._layers), [])

    def _numbered(self, count: int) -> list[str]:
        return [self.tr("Group {0}").format(i + 1) for i in range(count)]

    def _take(self, chosen: list[int], names: list[str]) -> None:
        self._chosen, self._names = chosen, names
        for box, group in zip(self.boxes, chosen, strict=True):
            box.clear()
            box.addItem(self.tr("none"), NOWHERE)
            for number, name in enumerate(names):
                box.addItem(name, number)
            box.setCurrentIndex(group + 1)
        self._tell()
        self._preview()

    def _tell(self) -> None:
        """What is seen, and what accepting will do."""
        if not self._names:
            text = self.tr("Choose sounds of the single sources; each layer goes to the one that it is most like.")
        elif self._document.recorded_state.groups:
            text = self.tr("You see and hear it at once. Accepted, it takes the place of the groups that there are.")
        else:
            text = self.tr("You see and hear it at once. Change what does not fit, then accept it.")
        self.about.setText(text)
        self.accept_button.setEnabled(bool(self._names))

    def _changed(self, row: int) -> None:
        self._chosen[row] = self.boxes[row].currentData()
        self._preview()

    @property
    def proposed(self) -> list[tuple[str, list[int]]]:
        """Names and layers of the groups as they stand in the list."""
        return [
            (name, [layer for layer, group in zip(self._layers, self._chosen, strict=True) if group == number])
            for number, name in enumerate(self._names)
        ]

    def _preview(self) -> None:
        if self._fits:
            self._document.preview(group_acts.group_all(self._document.recorded_state, self.proposed))

    def _show_again(self) -> None:
        """An act took the place of what was shown."""
        QTimer.singleShot(0, lambda: self._preview() if self.isVisible() and self._fits else None)

    @property
    def _fits(self) -> bool:
        """Whether the layers are still those that the suggestion is for."""
        state = self._document.recorded_state
        return state.stack == self._stack and {layer.id for layer in state.layers} == set(self._layers)

    def _layers_changed(self) -> None:
        """What was suggested is for other layers."""
        if not self._fits:
            QTimer.singleShot(0, lambda: self.reject() if self.isVisible() else None)

    def _finished(self, result: int) -> None:
        self._document.layers_changed.disconnect(self._layers_changed)
        self._document.history_changed.disconnect(self._show_again)
        self._document.stacks_changed.disconnect(self._layers_changed)
        if result == QDialog.DialogCode.Accepted and self._fits:
            state = group_acts.group_all(self._document.recorded_state, self.proposed)
            self._document.act(self.tr("Group by {0}").format(self.how.currentText().lower()), state)
        else:
            self._document.end_preview()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._show_again()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reject()
        event.accept()

    # -- references ----------------------------------------------------------------------------------

    def _choose_files(self) -> None:
        dialog = QFileDialog(self, self.tr("Reference sounds"))
        dialog.setObjectName("referenceFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.take_files([Path(name) for name in names]))
        dialog.open()

    def take_files(self, paths: list[Path]) -> None:
        """Load reference sounds, then suggest by them."""

        def loaded(references: References) -> None:
            self._references = references
            self._suggest()

        self._load(paths, loaded)
