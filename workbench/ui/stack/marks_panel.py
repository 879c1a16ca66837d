"""The marks as a list: what was said, of which place, how sure it is, and what it came to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from workbench.control.mark_choice import MarkChoice
from workbench.control.mark_effects import MarkEffects
from workbench.control.marks import MarkActs
from workbench.control.under_way import UnderWay
from workbench.document.document import Document
from workbench.masks.hand.marks import Mark
from workbench.masks.model.layers import Layer
from workbench.ui.base.controls import Slider, combo, dim, named
from workbench.ui.stack.mark_rows import PICTURE, MarkRows

REST_MS = 400
"""After the last change, or the last turn of the wheel, before it is asked what the marks in sight came to."""
MANY = 40
"""So many rows that come or go at once are a new list."""


class _Row(QListWidgetItem):
    """A mark, described when it comes into sight."""

    def __init__(self, mark: Mark, describe: Callable[[Mark, int], object]) -> None:
        super().__init__()
        self.mark, self._describe = mark, describe

    def data(self, role: int) -> object:
        """Text, tip and picture."""
        return self._describe(self.mark, role)


class MarksPanel(QWidget):
    """What was said of places; the chosen one can be weighed, given to another source, turned round and taken back."""

    def __init__(
        self, document: Document, marks: MarkActs, choice: MarkChoice, effects: MarkEffects, under_way: UnderWay
    ) -> None:
        super().__init__()
        self.setObjectName("marksPanel")
        self._document, self._marks, self._choice = document, marks, choice
        self._effects, self._under_way = effects, under_way
        self._described = MarkRows(document, marks, effects)
        self._rows: list[_Row] = []
        self._seen, self._stale = False, False
        self.list = named(
            QListWidget(),
            "marks",
            self.tr("Marks"),
            self.tr(
                "What you said of places, with the share of the sound that each moved to another source; double-click "
                "brings it into view"
            ),
        )
        self.list.setIconSize(PICTURE)
        self.list.installEventFilter(self)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # All rows are as high as the first: none but those in sight is ever looked at.
        self.list.setUniformItemSizes(True)
        self.invitation = dim(
            self.tr("Take the Point tool (Shift+P) and click on a sound: what you say of places is listed here.")
        )
        self.invitation.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addWidget(self.invitation)
        column.addWidget(self.list, 1)
        self.controls = QWidget()
        column.addWidget(self.controls)
        self._make_controls()
        self._later = QTimer(self, singleShot=True, interval=REST_MS)
        self._later.timeout.connect(self._ask)
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _: choice.reveal())
        self.list.verticalScrollBar().valueChanged.connect(lambda _: self._later.start())
        effects.told.connect(self.list.viewport().update)
        choice.changed.connect(self._show_chosen)
        for signal in (document.marks_changed, document.layers_changed, document.factors_changed, document.opened):
            signal.connect(self._show)
        self._show()

    def _make_controls(self) -> None:
        rows = QVBoxLayout(self.controls)
        rows.setContentsMargins(0, 0, 0, 0)
        first, second = QHBoxLayout(), QHBoxLayout()
        self.source = combo([], "markSource", self.tr("Source of the mark"), self.tr("Which source the mark speaks of"))
        self.turn = named(
            QPushButton(self.tr("Not this")),
            "markTurn",
            self.tr("Not this"),
            self.tr("The source does not sound there; again, it does"),
        )
        self.turn.setCheckable(True)
        self.remove = named(
            QPushButton(self.tr("Take back")),
            "markRemove",
            self.tr("Take back"),
            self.tr("The masks become what they would be without this mark (Delete in the list)"),
        )
        self.weight = named(
            Slider(0, 1, 1.0, 1.0, 100), "markWeight", self.tr("Weight"), self.tr("How sure the mark is, per cent")
        )
        first.addWidget(self.source, 1)
        first.addWidget(self.turn)
        second.addWidget(dim(self.tr("Weight")))
        second.addWidget(self.weight, 1)
        second.addWidget(self.remove)
        rows.addLayout(first)
        rows.addLayout(second)
        self.source.activated.connect(self._give)
        self.turn.clicked.connect(lambda: self._with_chosen(self._marks.turn))
        self.remove.clicked.connect(lambda: self._with_chosen(self._marks.remove))
        self.weight.moved.connect(lambda value: self._with_chosen(lambda mark: self._marks.weigh(mark, value)))
        self.weight.let_go.connect(self._marks.weighed)

    # -- showing ---------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self._seen:
            self._stale = True
            return
        if self._under_way.stroking:
            # What is only drawn yet is no mark.
            return
        self._stale = False
        with QSignalBlocker(self.list):
            self._list(self._marks.marks)
        self.invitation.setVisible(not self._rows)
        self.list.setVisible(bool(self._rows))
        self.list.viewport().update()
        self._show_chosen()
        self._later.start()

    def _list(self, marks: tuple[Mark, ...]) -> None:
        """Bring the rows up to date: those that stay stay, wherever marks came or went."""
        rows, fewer = self._rows, min(len(marks), len(self._rows))
        first = next((i for i in range(fewer) if marks[i].id != rows[i].mark.id), fewer)
        same = (i for i in range(fewer - first) if marks[-1 - i].id != rows[-1 - i].mark.id)
        last = next(same, fewer - first)
        gone, new = rows[first : len(rows) - last], marks[first : len(marks) - last]
        if len(gone) + len(new) > MANY:
            self.list.clear()
            rows, gone, new, first, last = [], [], marks, 0, 0
        for _ in gone:
            self.list.takeItem(first)
        made = [_Row(mark, self._described.data) for mark in new]
        for place, row in enumerate(made, first):
            self.list.insertItem(place, row)
        self._rows = [*rows[:first], *made, *rows[len(rows) - last :]]
        for row, mark in zip(self._rows, marks, strict=True):
            row.mark = mark

    def set_seen(self, seen: bool) -> None:
        """Whether the pane is in front; behind others nothing is drawn."""
        self._seen = seen
        self._choice.set_listed(seen)
        if seen and self._stale:
            self._show()
        elif seen:
            self._later.start()

    def _ask(self) -> None:
        """Ask what the marks in sight came to."""
        if not self._seen or not self._rows:
            return
        if self._under_way.stroking:
            self._later.start()
            return
        height, last = self.list.viewport().height(), len(self._rows) - 1
        ends = (self.list.indexAt(QPoint(4, y)).row() for y in (4, height - 4))
        begin, end = (row if row >= 0 else last for row in ends)
        self._effects.want([row.mark for row in self._rows[begin : end + 1]])

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._rows):
            self._choice.choose(self._rows[row].mark)

    def _show_chosen(self) -> None:
        mark = self._choice.chosen
        self.controls.setEnabled(mark is not None)
        self.controls.setVisible(bool(self._rows))
        if mark is None or not self._seen:
            return
        here = next((i for i, row in enumerate(self._rows) if row.mark.id == mark.id), -1)
        with QSignalBlocker(self.list):
            self.list.setCurrentRow(here)
        with QSignalBlocker(self.source):
            self.source.clear()
            for layer in self._sources():
                self.source.addItem(layer.name, layer.id)
            present = self._marks.source_of(mark)
            self.source.setCurrentIndex(-1 if present is None else self.source.findData(present.id))
        self.turn.setChecked(mark.denies)
        self.weight.set(mark.weight)

    def _sources(self) -> list[Layer]:
        return [layer for layer in self._document.layers if layer.components]

    # -- acting ----------------------------------------------------------------------------------------

    def _with_chosen(self, act: Callable[[Mark], None]) -> None:
        mark = self._choice.chosen
        if mark is not None:
            act(mark)
            # Where it was refused the controls show what still is.
            self._show_chosen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete in the list takes the mark back, and not the layer away."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
            if plain and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if plain and event.type() == QEvent.Type.KeyPress:
                self._with_chosen(self._marks.remove)
                return True
        return super().eventFilter(watched, event)

    def _give(self) -> None:
        layer = next((each for each in self._sources() if each.id == self.source.currentData()), None)
        if layer is not None:
            self._with_chosen(lambda mark: self._marks.give(mark, layer))
