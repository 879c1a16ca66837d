"""The list of markers and regions: gone to, named, removed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.control.markers import Markers
from workbench.document.state import Marker
from workbench.spectral.axes import clock
from workbench.ui.base.controls import dim, fit, named

NAME, BEGIN, END = range(3)


class MarkersDialog(QDialog):
    """Follows the document while it is open."""

    def __init__(self, parent: QWidget, markers: Markers) -> None:
        super().__init__(parent)
        named(self, "markersDialog", self.tr("Markers and regions"), self.tr("Moments and spans to go back to"))
        self.setWindowTitle(self.tr("Markers and regions"))
        self._markers = markers
        self._shown: tuple[Marker, ...] = ()
        self.table = named(
            QTableWidget(0, 3),
            "markers",
            self.tr("Markers and regions"),
            self.tr("Return or a double-click goes there and selects a region; F2 renames it, Delete removes it"),
        )
        self.table.setHorizontalHeaderLabels([self.tr("Name"), self.tr("Begin"), self.tr("End")])
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.table.setTabKeyNavigation(False)
        self.invitation = dim(
            self.tr(
                "Nothing yet. ' marks where the playhead stands, also while it plays; Ctrl+Alt+R the selected time."
            )
        )
        self.invitation.setWordWrap(True)
        self.add = self._button(
            self.tr("Marker"), "markersAdd", self.tr("Mark where the playhead stands, also while it plays")
        )
        self.add_region = self._button(
            self.tr("Region"), "markersAddRegion", self.tr("Make a region of the time that is selected")
        )
        self.go = self._button(
            self.tr("Go there"),
            "markersGo",
            self.tr("The playhead goes there; the time of a region is selected (Return)"),
        )
        self.rename = self._button(self.tr("Rename"), "markersRename", self.tr("Give it another name (F2)"))
        self.remove = self._button(
            self.tr("Remove"), "markersRemove", self.tr("Take it away; undo brings it back (Delete)")
        )
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.addWidget(self.invitation)
        column.addWidget(self.table, 1)
        for button in (self.add, self.add_region):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.go, self.rename, self.remove):
            row.addWidget(button)
        column.addLayout(row)
        self.add.clicked.connect(lambda: markers.add())
        self.add_region.clicked.connect(markers.add_region)
        self.go.clicked.connect(self._go)
        self.rename.clicked.connect(self._rename)
        self.remove.clicked.connect(self._remove)
        self.table.itemActivated.connect(self._go)
        self.table.itemChanged.connect(self._renamed)
        self.table.currentCellChanged.connect(self._choose)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove)
        rename = QShortcut(QKeySequence(Qt.Key.Key_F2), self.table, context=Qt.ShortcutContext.WidgetShortcut)
        rename.activated.connect(self._rename)
        markers.changed.connect(self._show)
        self._show()
        fit(self, 560, 360)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        button = named(QPushButton(text), name, text, tip)
        # Return is the table's.
        button.setAutoDefault(False)
        return button

    def _show(self) -> None:
        with QSignalBlocker(self.table):
            if self._shown != self._markers.entries:
                self._shown = self._markers.entries
                # Items stay where there is one: that which is being renamed is still needed.
                self.table.setRowCount(len(self._shown))
                for row, each in enumerate(self._shown):
                    texts = each.name, clock(each.begin), clock(each.end) if each.is_region else ""
                    for column, text in enumerate(texts):
                        self._put(row, column, text)
            chosen = self._markers.chosen
            if (chosen is not None and not self.table.hasFocus()) or self.table.currentRow() < 0:
                row = self._shown.index(chosen) if chosen in self._shown else 0
                self.table.setCurrentCell(min(row, len(self._shown) - 1), NAME)
        self.invitation.setVisible(not self._shown)
        for button in (self.go, self.rename, self.remove):
            button.setEnabled(self._present is not None)

    def _put(self, row: int, column: int, text: str) -> None:
        item = self.table.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            if column != NAME:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.table.setItem(row, column, item)
        item.setText(text)

    @property
    def _present(self) -> Marker | None:
        row = self.table.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _choose(self) -> None:
        self._markers.choose(self._present)

    def _go(self) -> None:
        marker = self._present
        if marker is not None:
            self._markers.go_to(marker)

    def _rename(self) -> None:
        item = self.table.item(self.table.currentRow(), NAME)
        if item is not None:
            self.table.editItem(item)

    def _remove(self) -> None:
        marker = self._present
        if marker is not None:
            self._markers.take_away(marker)

    def _renamed(self, item: QTableWidgetItem) -> None:
        if item.column() == NAME and item.row() < len(self._shown):
            marker = self._shown[item.row()]
            self._markers.rename(marker, item.text())
            if not item.text().strip():
                # An empty name is none: the former one is back.
                with QSignalBlocker(self.table):
                    item.setText(marker.name)
