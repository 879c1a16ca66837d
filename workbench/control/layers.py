"""Acts on layers and groups: made, named, ordered, collected, merged, removed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from workbench.control.acting import Act, Acting, first_free
from workbench.control.masks import MaskActs
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.model.layers import Group, Layer, members


class LayerActs(QObject):
    """What keys, menus and rows do to layers and groups."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        acting: Acting,
        masks: MaskActs,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._acting = document, selection, acting
        self._masks, self._notices = masks, notices
        self._solo_follows = False
        selection.layer_chosen.connect(self._follow)

    # -- made and gone -------------------------------------------------------------------------------

    def add(self) -> None:
        """A new empty layer, to be painted into."""
        name = first_free(self.tr("Layer {0}"), {layer.name for layer in self._document.layers})
        self._acting.make_layer(self.tr("New layer"), lambda state: layer_acts.add_layer(state, name))

    def merge(self) -> None:
        """Join the selected layers into the first of them; those of a group that is selected as a whole become what
        the group is."""
        picked, source = self._selection.picked, self._selection.source

        def act(state: State) -> State:
            merged = layer_acts.merge_layers(state, picked)
            if isinstance(source, Group):
                merged = layer_acts.change_layer(merged, picked[0], name=source.name, colour=source.colour)
            return merged

        if self._acting.do(self.tr("Merge layers"), act):
            self._selection.select(picked[0])

    def remove(self) -> None:
        """Take the present layer away; of a selected group only the grouping."""
        layer = self._selection.present
        if self._selection.group:
            self.dissolve()
        elif layer is not None:
            name = self.tr("Delete {0}").format(layer.name)
            locked = next((each for each in self._document.layers if each.locked and each is not layer), None)
            if self._document.state.marks is None or not layer.components:
                self._acting.do_on_masks(name, lambda state: layer_acts.remove_layer(state, layer.id), None)
            elif self._acting.do(name, lambda state: layer_acts.remove_layer(state, layer.id)) and locked is not None:
                # What was said of it no longer counts, and sources share what sounds: a lock keeps nothing from that.
                text = self.tr(
                    "“{0}” is locked, but shared what sounds with “{1}”: look at its mask, undo brings it back"
                )
                self._notices.say(text.format(locked.name, layer.name))

    def remove_or_take_away(self) -> None:
        """The Delete key: take the selection from the layer or group; without a selection, see `remove`."""
        if self._selection.area is not None:
            self._masks.take_away()
        else:
            self.remove()

    # -- looks ---------------------------------------------------------------------------------------

    def rename(self, source: Layer | Group, name: str) -> None:
        """Give a layer or group another name; an empty one changes nothing."""
        if name.strip() and name.strip() != source.name:
            self.change(source, self.tr("Rename to {0}").format(name.strip()), name=name.strip())

    def recolour(self, source: Layer | Group, colour: str) -> None:
        """Give a layer or group another colour, '#rrggbb'."""
        self.change(source, self.tr("Recolour {0}").format(source.name), colour=colour)

    def lock(self, source: Layer | Group, locked: bool) -> None:
        """Guard a layer's mask, or those of all layers of a group, against edits; or let go of it."""
        name = (self.tr("Lock {0}") if locked else self.tr("Unlock {0}")).format(source.name)
        if isinstance(source, Layer):
            self.change(source, name, locked=locked)
        elif self.has_group(source.id):
            self._acting.do(name, lambda state: group_acts.lock_group(state, source.id, locked))

    def change(self, source: Layer | Group, name: str, merge: str | None = None, /, **values: object) -> bool:
        """Set fields of a layer or group as one act; answers whether it was done."""
        if isinstance(source, Group):
            if not self.has_group(source.id):
                return False
            return self._acting.do(name, lambda s: group_acts.change_group(s, source.id, **values), merge)
        if not self._has_layer(source.id):
            return False
        return self._acting.do(name, lambda s: layer_acts.change_layer(s, source.id, **values), merge)

    def _has_layer(self, layer: int) -> bool:
        """Whether there is a layer. One that is only tried out is not yet there, and that is said; one that went while
        the hand held its fader is not there any more.
        """
        there = any(each.id == layer for each in self._document.recorded_state.layers)
        if not there and any(each.id == layer for each in self._document.layers):
            self._notices.refuse(self.tr("This layer is only tried out; apply what is shown first."))
        return there

    # -- groups and order ----------------------------------------------------------------------------

    def has_group(self, group: int) -> bool:
        """Whether there is a group; one that is only suggested is not yet there, and that is said."""
        there = any(each.id == group for each in self._document.recorded_state.groups)
        if not there:
            self._notices.refuse(self.tr("These groups are only suggested; accept them first."))
        return there

    def group(self) -> None:
        """Collect the selected layers in a new group."""
        picked = self._selection.picked
        name = first_free(self.tr("Group {0}"), {group.name for group in self._document.groups})
        made = 0

        def act(state: State) -> State:
            nonlocal made
            state, made = group_acts.group_layers(state, picked, name)
            return state

        if self._acting.do(self.tr("Group the layers"), act):
            self._selection.select_group(made)

    def dissolve(self) -> None:
        """Take the group of what is selected away; its layers stay."""
        group = self._selection.group_around
        if not group:
            self._notices.refuse(self.tr("The selected layer is in no group."))
        elif self.has_group(group):
            name = next(each.name for each in self._document.groups if each.id == group)
            text = self.tr("Dissolve {0}").format(name)
            self._acting.do(text, lambda state: group_acts.dissolve_group(state, group))

    def nudge(self, by: int) -> None:
        """Move the present layer or group up (−1) or down (1); a layer goes into groups and out of them."""
        group, layer = self._selection.group, self._selection.present
        if layer is None or (group and not self.has_group(group)):
            return
        act, moved = (group_acts.nudged_group, group) if group else (group_acts.nudged, layer.id)
        self._reorder(self.tr("Reorder layers"), lambda state: act(state, moved, by))

    def drop_layer(self, layer: int, group: int, before: int) -> None:
        """Put a layer into a group (0: into none) before another layer (0: at the end).

        The others that are selected with it go with it.
        """
        picked = self._selection.picked
        chosen = picked if layer in picked and not self._selection.group else (layer,)
        self._put(chosen, group, before)

    def drop_group(self, moved: int, group: int, before: int) -> None:
        """Put a whole group before a layer (0: at the end); not into another group, but before it."""
        if not self.has_group(moved):
            return
        state = self._state
        chosen = [layer.id for layer in members(state.layers, moved)]
        if before in chosen or group == moved:
            return
        target = next((layer.group for layer in state.layers if layer.id == before), 0) or group
        inside = members(state.layers, target)
        self._put(chosen, moved, inside[0].id if target and inside else before)

    def _put(self, chosen: Sequence[int], group: int, before: int) -> None:
        if group and not self.has_group(group):
            return
        state = self._state
        if before in chosen:
            following = [layer.id for layer in state.layers if layer.id not in chosen or layer.id == before]
            place = following.index(before) + 1
            before = following[place] if place < len(following) else 0
        at = before or None
        self._reorder(self.tr("Move in the stack"), lambda state: group_acts.put_layers(state, chosen, group, at))

    def _reorder(self, name: str, act: Act) -> None:
        def moved(state: State) -> State:
            found = act(state)
            same = [(x.id, x.group) for x in found.layers] == [(x.id, x.group) for x in state.layers]
            return state if same else found

        self._acting.do(name, moved)

    @property
    def _state(self) -> State:
        return self._document.recorded_state

    # -- solo follows the selection ------------------------------------------------------------------

    def set_solo_follows(self, on: bool) -> None:
        """Solo the layer or group that is chosen alone from now on, or none any more."""
        self._solo_follows = on
        self._solo_alone(self._selection.source if on else None)

    def _follow(self) -> None:
        if self._solo_follows:
            self._solo_alone(self._selection.source)

    def _solo_alone(self, source: Layer | Group | None) -> None:
        def act(state: State) -> State:
            for each in state.layers:
                wanted = source is not None and source.id in (each.id, each.group)
                if each.solo != wanted:
                    state = layer_acts.change_layer(state, each.id, solo=wanted)
            return state

        self._acting.do(self.tr("Solo follows the selection"), act, "follow")
