"""The rows of the mask stack kept in step with the document: which there are, what they show, which are marked."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal

from workbench.audio.mix import audible
from workbench.audio.speakers import speakers_of
from workbench.control.layers import LayerActs
from workbench.control.mixing import MixActs
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.jobs.runner import Runner
from workbench.masks.model.layers import members
from workbench.ui.base import theme
from workbench.ui.stack.group_row import GroupRow
from workbench.ui.stack.layer_list import LayerList
from workbench.ui.stack.layer_row import LayerRow
from workbench.ui.stack.thumbnails import Thumbnails


class Rows(QObject):
    """Fills the list of rows; a row stays the same widget as long as its layer or group is there."""

    mask_wanted = Signal()
    """Show the selected mask large, or go back."""
    menu_wanted = Signal(QPoint)
    """Place on the screen where the right button went down on a row."""
    marked = Signal()
    """Another row is the selected one."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        layers: LayerActs,
        mixing: MixActs,
        runner: Runner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._layers, self._mixing = document, selection, layers, mixing
        self._folded: set[int] = set()
        self.list = LayerList()
        self.list.layer_dropped.connect(layers.drop_layer)
        self.list.group_dropped.connect(layers.drop_group)
        self.thumbnails = Thumbnails(document, self.list, runner, self)
        document.opened.connect(self._opened)
        document.layers_changed.connect(self._rebuild)
        document.mix_changed.connect(self._show_mix)
        selection.layer_changed.connect(self._mark)

    @property
    def selected_row(self) -> LayerRow | None:
        """The row of the selected group, or of the present layer."""
        group, layer = self._selection.group, self._selection.layer
        if group:
            return next((row for row in self.list.group_rows if row.group == group), None)
        return next((row for row in self.list.rows if row.layer.id == layer), None)

    def dress(self) -> None:
        """The theme changed."""
        lock = theme.icon("lock")
        for row in self.list.items:
            row.dress(lock)

    def _opened(self) -> None:
        # Another recording may have the same ids, but other channels.
        self._folded.clear()
        self.list.fill([])
        self._rebuild()

    def _rebuild(self) -> None:
        layers, groups = self._document.layers, {group.id: group for group in self._document.groups}
        wanted: list[tuple[int, int]] = []
        for layer in layers:
            if layer.group and (layer.group, 0) not in wanted:
                wanted.append((layer.group, 0))
            wanted.append((layer.group, layer.id))
        if [_key(row) for row in self.list.items] != wanted:
            self._fill(wanted)
        for row in self.list.rows:
            row.show_group(groups[row.group].colour if row.group in groups else None)
            row.setVisible(row.group not in self._folded)
        self._show_mix()
        self._mark()
        self.thumbnails.draw()

    def _fill(self, wanted: list[tuple[int, int]]) -> None:
        """Rows for (group, layer) in this order, 0 standing for the group's own row."""
        old = {(isinstance(row, GroupRow), row.layer.id): row for row in self.list.items}
        layers = {layer.id: layer for layer in self._document.layers}
        groups = {group.id: group for group in self._document.groups}
        recording = self._document.recording
        speakers = recording.speakers if recording is not None else speakers_of(2)
        items: list[LayerRow] = []
        for group, identity in wanted:
            place = list(layers if identity else groups).index(identity or group) + 1
            row = old.get((not identity, identity or group))
            if row is None and identity:
                row = LayerRow(layers[identity], f"layer{place}", self._layers, self._mixing, speakers)
                row.picked.connect(self._selection.select)
                self._wire(row)
            elif row is None:
                folded = group in self._folded
                row = GroupRow(groups[group], place, self._layers, self._mixing, speakers, folded)
                row.picked.connect(self._selection.select_group)
                row.folded_changed.connect(self._fold)
                self._wire(row)
            else:
                row.group = group
                row.retag(f"layer{place}" if identity else f"group{place}")
            items.append(row)
        self.list.fill(items)

    def _wire(self, row: LayerRow) -> None:
        row.mask_wanted.connect(self.mask_wanted)
        row.menu_wanted.connect(self.menu_wanted)

    def _show_mix(self) -> None:
        layers, groups = self._document.layers, {group.id: group for group in self._document.groups}
        heard = dict(zip((layer.id for layer in layers), audible(layers, self._document.groups), strict=True))
        known = {layer.id: layer for layer in layers}
        for row in self.list.items:
            if isinstance(row, GroupRow) and row.group in groups:
                inside = members(layers, row.group)
                row.show_layer(groups[row.group])
                row.show_locked(all(layer.locked for layer in inside))
                row.show_audible(any(heard[layer.id] for layer in inside))
                row.first_layer_id = inside[0].id
            elif not isinstance(row, GroupRow) and row.layer.id in known:
                row.show_layer(known[row.layer.id])
                row.show_audible(heard[row.layer.id])

    def _mark(self) -> None:
        layer, group, picked = self._selection.layer, self._selection.group, self._selection.picked
        for row in self.list.items:
            whole = isinstance(row, GroupRow)
            current = row.group == group if whole else row.layer.id == layer and not group
            inside = bool(group) and row.group == group
            row.mark(current, inside or (not whole and row.layer.id in picked))
        self.marked.emit()

    def _fold(self, group: int, folded: bool) -> None:
        (self._folded.add if folded else self._folded.discard)(group)
        for row in self.list.rows:
            row.setVisible(row.group not in self._folded)


def _key(row: LayerRow) -> tuple[int, int]:
    return (row.group, 0) if isinstance(row, GroupRow) else (row.group, row.layer.id)
