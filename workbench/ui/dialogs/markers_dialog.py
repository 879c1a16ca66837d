"""The list of markers and regions: gone to, named, removed."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.control.markers import Markers
from workbench.document.state import Marker
from workbench.ui.base.controls import dim, fit, named
from workbench.ui.dialogs.markers_model import NAME, MarkersModel

WHOLE_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class MarkersDialog(QDialog):
    """Follows the document while it is open."""

    def __init__(self, parent: QWidget, markers: Markers) -> None:
        super().__init__(parent)
        named(self, "markersDialog", self.tr("Markers and regions"), self.tr("Moments and spans to go back to"))
        self.setWindowTitle(self.tr("Markers and regions"))
        self._markers = markers
        self.model = MarkersModel(markers)
        self.table = named(
            QTableView(),
            "markers",
            self.tr("Markers and regions"),
            self.tr("Return or a double-click goes there and selects a region; F2 renames it, Delete removes it"),
        )
        self.table.setModel(self.model)
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
        self.table.activated.connect(self._go)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
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
        row = max(self.table.currentIndex().row(), 0)
        self.model.follow()
        chosen, entries = self._markers.chosen, self.model.entries
        if chosen is not None and not self.table.hasFocus():
            row = entries.index(chosen)
        if entries and (self.table.currentIndex().row() != row or not self.table.currentIndex().isValid()):
            index = self.model.index(min(row, len(entries) - 1), NAME)
            self.table.selectionModel().setCurrentIndex(index, WHOLE_ROW)
        self.invitation.setVisible(not entries)
        for button in (self.go, self.rename, self.remove):
            button.setEnabled(self._present is not None)

    @property
    def _present(self) -> Marker | None:
        row = self.table.currentIndex().row()
        return self.model.entries[row] if 0 <= row < len(self.model.entries) else None

    def _choose(self) -> None:
        self._markers.choose(self._present)

    def _go(self) -> None:
        marker = self._present
        if marker is not None:
            self._markers.go_to(marker)

    def _rename(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.table.edit(index.siblingAtColumn(NAME))

    def _remove(self) -> None:
        marker = self._present
        if marker is not None:
            self._markers.take_away(marker)
