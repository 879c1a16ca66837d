"""Options of the Point tool: the sources as chips of their colours, and what a drag says."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QPushButton, QWidget

from workbench.control.marking import Marking
from workbench.document.document import Document
from workbench.masks.insight.assignment import REST
from workbench.masks.model.layers import Layer
from workbench.ui.base.controls import dim, named
from workbench.ui.base.names import short, swatch

MOST_LETTERS = 14


class SourceChips(QWidget):
    """One button a source, the first for another one; the one that clicks go to is down."""

    def __init__(self, document: Document, marking: Marking) -> None:
        super().__init__()
        self.setObjectName("sourceChips")
        self._document, self._marking = document, marking
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(dim(self.tr("A click goes to")))
        self._group = QButtonGroup(self)
        self.another = named(
            QPushButton(self.tr("New source")),
            "sourceNew",
            self.tr("New source"),
            self.tr("The next click makes another source (0)"),
        )
        self.another.setCheckable(True)
        self.another.clicked.connect(marking.choose_new)
        self._group.addButton(self.another)
        row.addWidget(self.another)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(4)
        row.addLayout(self._chips)
        self.chips: list[QPushButton] = []
        self.spans = named(
            QCheckBox(self.tr("Only this sounds")),
            "markSpans",
            self.tr("Only this sounds"),
            self.tr("A drag says of all frequencies of a time that nothing but this source sounds there"),
        )
        self.spans.toggled.connect(marking.set_spans)
        row.addSpacing(6)
        row.addWidget(self.spans)
        row.addStretch(1)
        for signal in (document.layers_changed, document.marks_changed, document.opened, marking.changed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        sources = self._marking.sources
        while len(self.chips) < len(sources):
            self._add()
        for number, chip in enumerate(self.chips):
            chip.setVisible(number < len(sources))
            if number < len(sources):
                self._dress(chip, number + 1, sources[number])
        chosen = None if self._marking.new else self._marking.source
        with QSignalBlocker(self._group):
            self.another.setChecked(chosen is None)
            for chip, layer in zip(self.chips, sources, strict=False):
                chip.setChecked(layer.id == chosen)

    def _add(self) -> None:
        number = len(self.chips) + 1
        chip = QPushButton()
        chip.setCheckable(True)
        chip.clicked.connect(lambda: self._marking.choose(self._marking.sources[number - 1].id))
        self._group.addButton(chip)
        self._chips.addWidget(chip)
        self.chips.append(chip)

    def _dress(self, chip: QPushButton, number: int, layer: Layer) -> None:
        numbered = number <= 9 and REST not in layer.components
        key = self.tr(" ({0})").format(number) if numbered else ""
        tip = self.tr("Clicks go to {0}").format(layer.name) + key
        named(chip, f"source{number}", layer.name, tip)
        chip.setText(short(layer.name, MOST_LETTERS))
        chip.setIcon(swatch(layer.colour))
