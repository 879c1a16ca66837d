"""The column of rows of the mask stack: groups with their layers, and where a dragged row would go."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.stack.group_row import GroupRow
from workbench.ui.stack.layer_row import MIME, LayerRow

INDENT = 14


@dataclass(frozen=True)
class Place:
    """Where a row would be put: in which group (0: in none), before which layer (0: at the end)."""

    group: int
    before: int
    line: QRect


@guarded
class LayerList(QWidget):
    """Rows of groups and layers; takes dragged rows at the nearest gap."""

    layer_dropped = Signal(int, int, int)
    """Layer id, the group that it is to be in (0: none), and the layer before which it goes (0: at the end)."""
    group_dropped = Signal(int, int, int)
    """Group id, and the same."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("layerRows")
        self.setAcceptDrops(True)
        self.items: list[LayerRow] = []
        self._place: Place | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 2, 4, 4)
        self._column.setSpacing(3)
        self._column.addStretch(1)

    @property
    def rows(self) -> list[LayerRow]:
        """The rows of the layers, in order."""
        return [row for row in self.items if not isinstance(row, GroupRow)]

    @property
    def group_rows(self) -> list[GroupRow]:
        """The rows of the groups, in order."""
        return [row for row in self.items if isinstance(row, GroupRow)]

    def fill(self, items: list[LayerRow]) -> None:
        """Put other rows in place."""
        staying = set(map(id, items))
        for old in self.items:
            self._column.removeWidget(old)
            if id(old) not in staying:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self.items = items
        for index, row in enumerate(items):
            self._column.insertWidget(index, row)

    # -- dropping ------------------------------------------------------------------------------------

    def place_at(self, y: float) -> Place | None:
        """Where a row that is let go at a height would go."""
        shown = [row for row in self.items if not row.isHidden()]
        if not shown:
            return None
        gap = sum(1 for row in shown if row.geometry().center().y() < y)
        above = shown[gap - 1] if gap else None
        below = shown[gap] if gap < len(shown) else None
        height = below.geometry().top() - 2 if below is not None else shown[-1].geometry().bottom() + 2
        group = 0
        if isinstance(above, GroupRow):
            # A closed group takes what is let go on it.
            group = above.layer.id if not above.folded or y <= above.geometry().bottom() else 0
        elif above is not None and above.group:
            inside = below is not None and not isinstance(below, GroupRow) and below.group == above.group
            group = above.group if inside or y <= above.geometry().bottom() + 2 else 0
        before = 0
        if below is not None and (not group or below.group == group):
            before = below.first_layer
        left = INDENT + 4 if group else 4
        return Place(group, before, QRect(left, height - 1, self.width() - left - 4, 3))

    def _show_place(self, place: Place | None) -> None:
        self._place = place
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._show_place(self.place_at(event.position().y()))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_place(None)

    def dropEvent(self, event: QDropEvent) -> None:
        what = bytes(event.mimeData().data(MIME).data()).decode()
        place = self.place_at(event.position().y())
        self._show_place(None)
        event.acceptProposedAction()
        if place is not None:
            # The rows may not be rebuilt while the drag that holds one of them is still running.
            kind, number = what.split()
            told = self.group_dropped if kind == "group" else self.layer_dropped
            QTimer.singleShot(0, self, lambda: told.emit(int(number), place.group, place.before))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._place is not None:
            QPainter(self).fillRect(self._place.line, QColor(theme.current().accent))
