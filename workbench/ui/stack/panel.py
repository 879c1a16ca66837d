"""The mask stack: its rows, their order and the acts on layers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from workbench.audio.mix import audible
from workbench.control.editing import Editing
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.model.layers import Group, Layer, members
from workbench.ui.base.controls import combo, dress, icon_button, named
from workbench.ui.stack.group_row import GroupRow
from workbench.ui.stack.layer_list import LayerList
from workbench.ui.stack.layer_row import LayerRow
from workbench.ui.stack.thumbnails import Thumbnails


class StackPanel(QWidget):
    """Rows of the mask stack and the buttons that act on layers."""

    mask_wanted = Signal()
    """Show the selected mask large, or go back."""
    menu_wanted = Signal(QPoint)
    """Place on the screen where the right button went down on a layer."""

    def __init__(self, document: Document, editing: Editing) -> None:
        super().__init__()
        self.setObjectName("stackPanel")
        self._document, self._editing = document, editing
        self._picked: set[int] = set()
        self._folded: set[int] = set()
        self._rows = LayerList()
        self._rows.dropped.connect(self._drop)
        self.residual = QLabel()
        self.residual.setProperty("role", "dim")
        named(
            self.residual,
            "residual",
            self.tr("Residual"),
            self.tr("How far the layers' sum is from the mix, measured on rendered samples at unity gain"),
        )
        scroll = self._scroll = QScrollArea()
        scroll.setObjectName("stackScroll")
        scroll.setWidget(self._rows)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._stack_row())
        column.addLayout(self._buttons())
        column.addWidget(scroll, 1)
        column.addWidget(self.residual)
        self.residual.setContentsMargins(8, 0, 8, 6)
        self._thumbnails = Thumbnails(document, self._rows, self)
        document.opened.connect(self._opened)
        document.layers_changed.connect(self._rebuild)
        document.mix_changed.connect(self._show_mix)
        document.selection_changed.connect(self._mark)

    def sizeHint(self) -> QSize:
        return QSize(330, 400)

    def _stack_row(self) -> QHBoxLayout:
        """Which of the document's stacks is the present one."""
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 0)
        row.setSpacing(4)
        self.stacks = combo(
            [],
            "stackChoice",
            self.tr("Mask stack"),
            self.tr("The stack that is seen, heard and edited (Page Up, Page Down)"),
        )
        self.stack_menu = icon_button(
            "stacks",
            "stackMenu",
            self.tr("Stacks"),
            self.tr("New, duplicate, rename or remove a stack; copy a mask to another"),
        )
        row.addWidget(self.stacks, 1)
        row.addWidget(self.stack_menu)
        self.stacks.activated.connect(lambda i: self._document.show_stack(self.stacks.itemData(i)))
        self._document.stacks_changed.connect(self._show_stacks)
        self._show_stacks()
        return row

    def _show_stacks(self) -> None:
        state = self._document.state
        self.stacks.blockSignals(True)
        self.stacks.clear()
        for each in state.stacks:
            self.stacks.addItem(each.name, each.id)
        self.stacks.setCurrentIndex(self.stacks.findData(state.stack))
        self.stacks.blockSignals(False)

    def rename_stack(self) -> None:
        """Type another name for the present stack."""
        if self._document.recording is None:
            return
        dialog = QInputDialog(self.window())
        dialog.setObjectName("renameStackDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Rename the stack"))
        dialog.setLabelText(self.tr("Name of the stack"))
        dialog.setTextValue(self._document.state.stack_name)
        dialog.textValueSelected.connect(
            lambda text: self._editing.rename_stack(text.strip()) if text.strip() else None
        )
        dialog.open()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 2)
        row.setSpacing(4)
        self.new = icon_button("new", "newLayer", self.tr("New layer"), self.tr("New empty layer to paint into (N)"))
        self.merge = icon_button(
            "merge",
            "mergeLayers",
            self.tr("Merge layers"),
            self.tr("Merge the selected layers: Ctrl+click picks several (Ctrl+E)"),
        )
        self.delete = icon_button(
            "delete",
            "deleteLayer",
            self.tr("Delete layer"),
            self.tr("Delete the layer; the others take what it held (Delete)"),
        )
        self.invert = icon_button(
            "invert", "invertMask", self.tr("Invert mask"), self.tr("Give the layer all that it has not (Ctrl+I)")
        )
        self.binary = icon_button(
            "binary",
            "makeBinary",
            self.tr("Make binary"),
            self.tr("Give every point to the layer that holds most of it (Ctrl+B)"),
        )
        self.group = icon_button(
            "group", "groupLayers", self.tr("Group layers"), self.tr("Collect the selected layers as one source (G)")
        )
        tip = self.tr("Hear each layer alone for a second, to name and sort it (Shift+W)")
        self.walk = icon_button("walk", "auditionWalk", self.tr("Audition walk"), tip)
        row.addWidget(self.new)
        row.addWidget(self.walk)
        row.addWidget(self.group)
        row.addStretch(1)
        for button in (self.merge, self.invert, self.binary, self.delete):
            row.addWidget(button)
        self.new.clicked.connect(self.add_layer)
        self.group.clicked.connect(self.group_selected)
        self.merge.clicked.connect(self.merge_layers)
        self.delete.clicked.connect(self.delete_layer)
        self.invert.clicked.connect(self._editing.invert_mask)
        self.binary.clicked.connect(self._editing.make_binary)
        return row

    # -- rows ----------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[LayerRow]:
        """The rows of the layers, in order."""
        return self._rows.rows

    @property
    def group_rows(self) -> list[GroupRow]:
        """The rows of the groups, in order."""
        return self._rows.group_rows

    @property
    def colour_thumbnails(self) -> bool:
        """Whether thumbnails are in colour over the mix."""
        return self._thumbnails.in_colour

    def _opened(self) -> None:
        # Another recording may have the same ids, but other channels.
        self._rows.fill([])
        self._picked.clear()
        self._folded.clear()
        self._rebuild()

    def _rebuild(self) -> None:
        layers, groups = self._document.layers, {group.id: group for group in self._document.groups}
        wanted: list[tuple[int, int]] = []
        for layer in layers:
            if layer.group and (layer.group, 0) not in wanted:
                wanted.append((layer.group, 0))
            wanted.append((layer.group, layer.id))
        if [self._key(row) for row in self._rows.items] != wanted:
            old = {(isinstance(row, GroupRow), row.layer.id): row for row in self._rows.items}
            numbers = {layer.id: i + 1 for i, layer in enumerate(layers)}
            known = {layer.id: layer for layer in layers}
            items: list[LayerRow] = []
            for group, identity in wanted:
                row = old.get((not identity, identity or group))
                if row is None and identity:
                    row = self._layer_row(known[identity], numbers[identity])
                elif row is None:
                    row = self._group_row(groups[group], list(groups).index(group) + 1)
                elif identity:
                    row.group = group
                    row.retag(f"layer{numbers[identity]}")
                else:
                    row.retag(f"group{list(groups).index(group) + 1}")
                items.append(row)
            self._rows.fill(items)
        for row in self.rows:
            row.show_group(groups[row.group].colour if row.group in groups else None)
            row.setVisible(row.group not in self._folded)
        self._picked &= {layer.id for layer in layers}
        self._show_mix()
        self._mark()
        self._thumbnails.draw()

    @staticmethod
    def _key(row: LayerRow) -> tuple[int, int]:
        return (row.group, 0) if isinstance(row, GroupRow) else (row.group, row.layer.id)

    def _pan_trouble(self) -> str:
        recording = self._document.recording
        if recording is None or recording.channels <= 2:
            return ""
        return self.tr("Pan is off: with {0} channels a place between two loudspeakers means nothing").format(
            recording.channels
        )

    def _layer_row(self, layer: Layer, number: int) -> LayerRow:
        row = LayerRow(layer, f"layer{number}", self._pan_trouble())
        row.picked.connect(self._pick)
        row.changed.connect(self._change)
        row.settled.connect(self._document.seal)
        row.name_taken.connect(self._rename)
        row.mask_wanted.connect(self.mask_wanted)
        row.menu_wanted.connect(self.menu_wanted)
        return row

    def _group_row(self, group: Group, number: int) -> GroupRow:
        row = GroupRow(group, number, self._pan_trouble(), group.id in self._folded)
        row.picked.connect(self._pick_group)
        row.changed.connect(self._change_group)
        row.settled.connect(self._document.seal)
        row.name_taken.connect(self._rename_group)
        row.mask_wanted.connect(self.mask_wanted)
        row.menu_wanted.connect(self.menu_wanted)
        row.folded_changed.connect(self._fold)
        return row

    def _show_mix(self) -> None:
        layers, groups = self._document.layers, {group.id: group for group in self._document.groups}
        heard = dict(zip((layer.id for layer in layers), audible(layers, self._document.groups), strict=True))
        known = {layer.id: layer for layer in layers}
        for row in self._rows.items:
            if isinstance(row, GroupRow):
                inside = members(layers, row.group)
                row.show_layer(groups[row.group])
                row.show_locked(all(layer.locked for layer in inside))
                row.show_audible(any(heard[layer.id] for layer in inside))
                row.first_layer_id = inside[0].id
            else:
                row.show_layer(known[row.layer.id])
                row.show_audible(heard[row.layer.id])

    def _mark(self) -> None:
        selected, group = self._document.selected, self._document.selected_group
        for row in self._rows.items:
            whole = isinstance(row, GroupRow)
            current = row.group == group if whole else row.layer.id == selected and not group
            picked = row.layer.id in self._picked and not whole
            row.mark(current, picked or bool(group and row.group == group))
            if current:
                # A row that was just made gets its place when the scroll area has laid out its content.
                QTimer.singleShot(30, self._show_selected)

    def _show_selected(self) -> None:
        row = self._selected_row()
        if row is not None:
            self._scroll.ensureWidgetVisible(row, 0, 4)

    def _selected_row(self) -> LayerRow | None:
        """The row of the selected group, or of the selected layer."""
        group, index = self._document.selected_group, self._document.selected_index
        if group:
            return next((row for row in self.group_rows if row.group == group), None)
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def set_colour_thumbnails(self, on: bool) -> None:
        """Thumbnails in colour over the mix, or white 0 to black 1."""
        self._thumbnails.set_in_colour(on)

    # -- acts ----------------------------------------------------------------------------------------

    def _pick(self, layer: int, add: bool) -> None:
        if add:
            self._picked |= {self._document.selected, layer}
        else:
            self._picked = {layer}
        self._document.select(layer)
        self._mark()

    def _change(self, layer: int, name: str, merge: str, fields: dict[str, object]) -> None:
        self._document.change_layer(name, layer, merge or None, **fields)

    def _rename(self, layer: int, name: str) -> None:
        self._document.change_layer(self.tr("Rename to {0}").format(name), layer, name=name)

    def _pick_group(self, group: int, add: bool) -> None:
        inside = {layer.id for layer in members(self._document.layers, group)}
        self._picked = self._picked | inside if add else inside
        self._document.select_group(group)
        self._mark()

    def _change_group(self, group: int, name: str, merge: str, fields: dict[str, object]) -> None:
        if not self._editing.has_group(group):
            self._show_mix()
        elif "locked" in fields:
            state = group_acts.lock_group(self._document.recorded_state, group, bool(fields["locked"]))
            self._document.act(name, state)
        else:
            self._document.change_group(name, group, merge or None, **fields)

    def _rename_group(self, group: int, name: str) -> None:
        if self._editing.has_group(group):
            self._document.change_group(self.tr("Rename to {0}").format(name), group, name=name)

    def _fold(self, group: int, folded: bool) -> None:
        (self._folded.add if folded else self._folded.discard)(group)
        for row in self.rows:
            row.setVisible(row.group not in self._folded)

    def _drop(self, what: str, group: int, before: int) -> None:
        """A dragged row was let go; a layer takes with it the others that are selected with it."""
        kind, number = what.split()
        if any(each and not self._editing.has_group(each) for each in (group, int(number) * (kind == "group"))):
            return
        state, chosen = self._document.recorded_state, [int(number)]
        if kind == "group":
            chosen = [layer.id for layer in members(state.layers, int(number))]
            if before in chosen or group == int(number):
                return
            # A group does not go into another one, but before it.
            target = next((layer.group for layer in state.layers if layer.id == before), 0) or group
            inside = members(state.layers, target)
            before, group = inside[0].id if target and inside else before, int(number)
        elif int(number) in self._picked and not self._document.selected_group:
            chosen = [layer.id for layer in state.layers if layer.id in self._picked]
        if before in chosen:
            following = [layer.id for layer in state.layers if layer.id not in chosen or layer.id == before]
            place = following.index(before) + 1
            before = following[place] if place < len(following) else 0
        moved = group_acts.put_layers(state, chosen, group, before or None)
        if [(x.id, x.group) for x in moved.layers] != [(x.id, x.group) for x in state.layers]:
            self._document.act(self.tr("Move in the stack"), moved)

    def group_selected(self) -> None:
        """Collect the selected layers in a new group."""
        picked = [layer.id for layer in self._document.layers if layer.id in self._picked]
        if not picked and self._document.selected_index >= 0:
            picked = [self._document.selected]
        taken = {group.name for group in self._document.groups}
        name = next(n for i in range(1, 10_000) if (n := self.tr("Group {0}").format(i)) not in taken)
        made = 0

        def act(state: State) -> State:
            nonlocal made
            state, made = group_acts.group_layers(state, picked, name)
            return state

        self._editing.do(self.tr("Group the layers"), act, None)
        if made:
            self._pick_group(made, False)

    @property
    def _present_group(self) -> int:
        """The selected group, or that of the selected layer; 0 for none."""
        index = self._document.selected_index
        return self._document.selected_group or (self._document.layers[index].group if index >= 0 else 0)

    def dissolve_selected(self) -> None:
        """Take the group of what is selected away; its layers stay."""
        group = self._present_group
        if not group:
            self._editing.refused.emit(self.tr("The selected layer is in no group."))
            return
        if not self._editing.has_group(group):
            return
        name = next(each.name for each in self._document.groups if each.id == group)
        state = group_acts.dissolve_group(self._document.recorded_state, group)
        self._document.act(self.tr("Dissolve {0}").format(name), state)

    def toggle_group(self, field: str) -> None:
        """Press mute or solo of the group of what is selected."""
        row = next((row for row in self.group_rows if row.group == self._present_group), None)
        if row is None:
            self._editing.refused.emit(self.tr("The selected layer is in no group; G makes one."))
        else:
            getattr(row, field).click()

    def nudge(self, by: int) -> None:
        """Move the selected layer or group up (−1) or down (1); a layer goes into groups and out of them."""
        state, group = self._document.recorded_state, self._document.selected_group
        if group and not self._editing.has_group(group):
            return
        if self._document.selected_index < 0:
            return
        if group:
            moved = group_acts.nudged_group(state, group, by)
        else:
            moved = group_acts.nudged(state, self._document.selected, by)
        if [(x.id, x.group) for x in moved.layers] != [(x.id, x.group) for x in state.layers]:
            self._document.act(self.tr("Reorder layers"), moved)

    def toggle_fold(self) -> None:
        """Show or hide the layers of the group of what is selected."""
        row = next((row for row in self.group_rows if row.group == self._present_group), None)
        if row is not None:
            row.fold.click()

    def select_by(self, by: int) -> None:
        """Select the row above (−1) or below (1), of a layer or a group."""
        items, row = [each for each in self._rows.items if not each.isHidden()], self._selected_row()
        index = items.index(row) + by if row in items else 0
        if 0 <= index < len(items):
            wanted = items[index]
            (self._pick_group if isinstance(wanted, GroupRow) else self._pick)(wanted.layer.id, False)

    def rename_selected(self) -> None:
        """Type another name for the selected layer or group."""
        row = self._selected_row()
        if row is not None:
            row.rename()

    def toggle_selected(self, field: str) -> None:
        """Press mute, solo or lock of the selected layer or group."""
        row = self._selected_row()
        if row is not None:
            getattr(row, field).click()

    def add_layer(self) -> None:
        """A new empty layer."""
        if self._document.recording is None:
            return
        state = self._document.recorded_state
        taken = {layer.name for layer in state.layers}
        name = next(n for i in range(1, 10_000) if (n := self.tr("Layer {0}").format(i)) not in taken)
        new, identity = layer_acts.add_layer(state, name)
        self._document.act(self.tr("New layer"), new)
        self._pick(identity, False)

    def merge_layers(self) -> None:
        """Join the selected layers."""
        picked = [layer.id for layer in self._document.layers if layer.id in self._picked]
        self._editing.do(self.tr("Merge layers"), lambda state: layer_acts.merge_layers(state, picked), None)
        if len(picked) > 1:
            self._pick(picked[0], False)

    def delete_layer(self) -> None:
        """Take the selected layer away; of a selected group only the grouping."""
        if self._document.selected_group:
            self.dissolve_selected()
            return
        index = self._document.selected_index
        if index >= 0:
            layer = self._document.layers[index]
            name = self.tr("Delete {0}").format(layer.name)
            self._editing.do(name, lambda state: layer_acts.remove_layer(state, layer.id), None)

    def show_residual(self, db: float | None) -> None:
        """The measured residual."""
        self.residual.setText("" if db is None else self.tr("Sum of the layers − mix: {0:.0f} dB").format(db))

    def dress(self) -> None:
        """The theme changed."""
        for button in (
            self.new,
            self.walk,
            self.group,
            self.merge,
            self.delete,
            self.invert,
            self.binary,
            self.stack_menu,
        ):
            dress(button)
        self._rows.fill([])
        self._rebuild()
