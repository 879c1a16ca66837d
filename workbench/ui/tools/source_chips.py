"""Options of the Point tool: the sources as chips of their colours, and what a drag says."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from workbench.control.marking import Marking
from workbench.document.document import Document
from workbench.masks.insight.assignment import REST
from workbench.masks.model.layers import Layer
from workbench.ui.base.controls import dim, named
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import short, swatch

MOST_LETTERS = 14
GAP = 4
"""Pixels between chips."""


@guarded
class ChipRow(QScrollArea):
    """Chips side by side; the wheel moves on to those for which there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sourceRow")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setWidgetResizable(True)
        self._content = content = QWidget()
        self.chips = QHBoxLayout(content)
        self.chips.setContentsMargins(0, 0, 0, 0)
        self.chips.setSpacing(GAP)
        self.setWidget(content)
        for each in (self.viewport(), content):
            each.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        return self._content.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar, turned = self.horizontalScrollBar(), event.angleDelta()
        bar.setValue(bar.value() - (turned.x() or turned.y()))
        event.accept()


@guarded
class SourceChips(QWidget):
    """One button a source, the first for another one; the one that clicks go to is down."""

    def __init__(self, document: Document, marking: Marking) -> None:
        super().__init__()
        self.setObjectName("sourceChips")
        self._document, self._marking = document, marking
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
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
        self.row = ChipRow()
        row.addWidget(self.row)
        self.chips: list[QPushButton] = []
        self.all = named(
            QPushButton("…"), "sourceAll", self.tr("All sources"), self.tr("All sources, also those out of sight")
        )
        self.all.setMenu(QMenu(self.all))
        self.all.menu().aboutToShow.connect(self._list)
        row.addWidget(self.all)
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
        # Only once the chips are laid out it is known whether there is room.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._fit)
        for signal in (document.layers_changed, document.marks_changed, document.opened, marking.changed):
            signal.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start()

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
        self.row.updateGeometry()
        self._later.start()

    def _fit(self) -> None:
        """Show what leads to all chips where not all are seen, and the one that is down."""
        room = self.row.width() + (self.all.width() + GAP if self.all.isVisible() else 0)
        self.all.setVisible(self.row.sizeHint().width() > room)
        down = next((chip for chip in self.chips if chip.isChecked() and chip.isVisible()), None)
        if down is not None:
            self.row.ensureWidgetVisible(down, GAP, 0)

    def _list(self) -> None:
        menu = self.all.menu()
        menu.clear()
        for layer in self._marking.sources:
            action = menu.addAction(swatch(layer.colour), layer.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(not self._marking.new and layer.id == self._marking.source)
            action.triggered.connect(lambda _=False, layer=layer.id: self._marking.choose(layer))

    def _add(self) -> None:
        number = len(self.chips) + 1
        chip = QPushButton()
        chip.setCheckable(True)
        chip.clicked.connect(lambda: self._marking.choose(self._marking.sources[number - 1].id))
        self._group.addButton(chip)
        self.row.chips.addWidget(chip)
        self.chips.append(chip)

    def _dress(self, chip: QPushButton, number: int, layer: Layer) -> None:
        numbered = number <= 9 and REST not in layer.components
        key = self.tr(" ({0})").format(number) if numbered else ""
        tip = self.tr("Clicks go to {0}").format(layer.name) + key
        named(chip, f"source{number}", layer.name, tip)
        chip.setText(short(layer.name, MOST_LETTERS))
        chip.setIcon(swatch(layer.colour))
