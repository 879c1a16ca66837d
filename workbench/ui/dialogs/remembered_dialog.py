"""The list of remembered selections: taken again, renamed, taken away."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.control.remembering import Remembering
from workbench.document.document import Document
from workbench.document.state import RememberedArea
from workbench.ui.base.controls import dim, fit, named
from workbench.ui.base.joining import join_of
from workbench.ui.base.names import literal


class RememberedDialog(QDialog):
    """Follows the document while it is open."""

    def __init__(self, parent: QWidget, document: Document, remembering: Remembering) -> None:
        super().__init__(parent)
        named(self, "rememberedDialog", self.tr("Remembered selections"), self.tr("Selections to take again"))
        self.setWindowTitle(self.tr("Remembered selections"))
        self._document, self._remembering = document, remembering
        self._shown: tuple[RememberedArea, ...] = ()
        self.list = named(
            QListWidget(),
            "remembered",
            self.tr("Remembered selections"),
            self.tr(
                "Return or a double-click selects it, with Shift it is added, with Ctrl subtracted, with both "
                "intersected; F2 renames it, Delete takes it away"
            ),
        )
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.invitation = dim(self.tr("Nothing yet. Select something and press Remember (Ctrl+Alt+S)."))
        self.invitation.setWordWrap(True)
        self.remember = self._button(
            self.tr("Remember"), "rememberedAdd", self.tr("Remember what is selected now, under a name")
        )
        self.take = self._button(
            self.tr("Select"),
            "rememberedTake",
            self.tr("Select it again; with Shift add it, with Ctrl subtract it, with both intersect (Return)"),
        )
        self.rename = self._button(self.tr("Rename"), "rememberedRename", self.tr("Give it another name (F2)"))
        self.forget = self._button(
            self.tr("Take away"), "rememberedForget", self.tr("Remember it no longer; undo brings it back (Delete)")
        )
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.addWidget(self.invitation)
        column.addWidget(self.list, 1)
        row.addWidget(self.remember)
        row.addStretch(1)
        for button in (self.take, self.rename, self.forget):
            row.addWidget(button)
        column.addLayout(row)
        self.remember.clicked.connect(self.add)
        self.take.clicked.connect(self._take)
        self.rename.clicked.connect(lambda: self.list.editItem(self.list.currentItem()))
        self.forget.clicked.connect(self._forget)
        self.list.itemActivated.connect(self._take)
        self.list.itemChanged.connect(self._renamed)
        self.list.currentRowChanged.connect(self._marked)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._forget)
        document.remembered_changed.connect(self._show)
        document.opened.connect(self._show)
        self._show()
        fit(self, 460, 320)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = named(QPushButton(text), name, text, tip)
        # Return is the list's.
        button.setAutoDefault(False)
        return button

    def add(self) -> None:
        """Remember what is selected, and type its name."""
        if self._remembering.remember():
            item = self.list.item(self.list.count() - 1)
            self.list.setCurrentItem(item)
            self.list.setFocus()
            self.list.editItem(item)

    def _show(self) -> None:
        row = self.list.currentRow()
        with QSignalBlocker(self.list):
            self._shown = self._remembering.entries
            # Items stay where there is one: that which is being renamed is still needed.
            while self.list.count() > len(self._shown):
                self.list.takeItem(self.list.count() - 1)
            for place, each in enumerate(self._shown):
                if place >= self.list.count():
                    self.list.addItem(QListWidgetItem())
                item = self.list.item(place)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setText(each.name)
                item.setToolTip(literal(self._told(each)))
            self.list.setCurrentRow(min(max(row, 0), len(self._shown) - 1))
        self.invitation.setVisible(not self._shown)
        self._marked()

    def _told(self, held: RememberedArea) -> str:
        """Where it is."""
        recording, b = self._document.recording, held.area.bounds
        if recording is None:
            return ""
        analysis = self._document.state.analysis
        begin, end = analysis.span(b.start, b.stop, recording.rate)
        low, high = (max(float(analysis.hz_of(edge - 0.5, recording.rate)), 0.0) for edge in (b.low, b.high))
        return self.tr("{0:.2f} … {1:.2f} s, {2:.0f} … {3:.0f} Hz").format(max(begin, 0.0), end, low, high)

    def _marked(self) -> None:
        for button in (self.take, self.rename, self.forget):
            button.setEnabled(self._present is not None)

    @property
    def _present(self) -> RememberedArea | None:
        row = self.list.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _take(self) -> None:
        held = self._present
        if held is not None:
            self._remembering.take(held, join_of(QApplication.keyboardModifiers()))

    def _forget(self) -> None:
        held = self._present
        if held is not None:
            self._remembering.forget(held)

    def _renamed(self, item: QListWidgetItem) -> None:
        self._remembering.rename(self._shown[self.list.row(item)], item.text())
        # An empty name is none: the former one is back.
        self._show()
