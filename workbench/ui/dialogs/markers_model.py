"""The markers as a table: names can be typed."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from workbench.control.markers import Markers
from workbench.document.state import Marker
from workbench.spectral.axes import clock

NAME, BEGIN, END = range(3)
Index = QModelIndex | QPersistentModelIndex


class MarkersModel(QAbstractTableModel):
    """A row for each, from left to right."""

    def __init__(self, markers: Markers) -> None:
        super().__init__()
        self._markers = markers
        self.entries: tuple[Marker, ...] = markers.entries

    def follow(self) -> None:
        """Take up what is there now. Rows stay where there are as many: one that is being renamed is still needed."""
        before, now = self.entries, self._markers.entries
        if before is now:
            return
        if len(before) == len(now):
            self.entries = now
            self.dataChanged.emit(self.index(0, NAME), self.index(len(now) - 1, END))
        else:
            self.beginResetModel()
            self.entries = now
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index | None = None) -> int:
        return 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("Name"), self.tr("Begin"), self.tr("End"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        marker = self.entries[index.row()]
        if index.column() == NAME:
            return marker.name
        if index.column() == BEGIN:
            return clock(marker.begin)
        return clock(marker.end) if marker.is_region else ""

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        # An empty name is none: the former one stays.
        self._markers.rename(self.entries[index.row()], str(value))
        return True
