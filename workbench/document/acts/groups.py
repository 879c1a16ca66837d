"""The user's acts on groups and on remembered mixes, as pure functions from state to state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from workbench.document.acts.layers import layer_index
from workbench.document.state import GroupMix, LayerMix, RememberedMix, State
from workbench.errors import UserError
from workbench.masks.model.layers import Group, Layer, members
from workbench.masks.model.palette import least_used


def in_order(state: State) -> State:
    """The same state with the layers of each group together, and without groups that have no layer."""
    known = {group.id: group for group in state.groups}
    layers: list[Layer] = []
    done: set[int] = set()
    for layer in state.layers:
        if layer.group not in known:
            layers.append(layer if layer.group == 0 else replace(layer, group=0))
        elif layer.group not in done:
            done.add(layer.group)
            layers += members(state.layers, layer.group)
    order = list(dict.fromkeys(layer.group for layer in layers if layer.group))
    groups = tuple(known[group] for group in order)
    same = len(layers) == len(state.layers) and all(a is b for a, b in zip(layers, state.layers, strict=True))
    if same and groups == state.groups:
        return state
    return state.with_present(layers=state.layers if same else tuple(layers), groups=groups)


def group_layers(state: State, chosen: Sequence[int], name: str) -> tuple[State, int]:
    """Collect layers in a new group, which stands where the first of them stood; returns its id too.

    Raises
    ------
    UserError
        If no layer is given.
    """
    if not any(layer.id in chosen for layer in state.layers):
        raise UserError("document.group_needs_layers")
    first = next(layer for layer in state.layers if layer.id in chosen)
    # Its colour is that of its first layer, so that the picture changes no more than it must, unless another has it.
    alone = (each.colour for each in state.layers if not each.group and each.id not in chosen)
    beside = [*(each.colour for each in state.groups), *alone]
    group = Group(state.next_id, name, first.colour if first.colour not in beside else least_used(beside))
    layers = tuple(replace(each, group=group.id) if each.id in chosen else each for each in state.layers)
    state = replace(state, next_id=state.next_id + 1).with_present(layers=layers, groups=(*state.groups, group))
    return in_order(state), group.id


def dissolve_group(state: State, group: int) -> State:
    """Take a group away; its layers stay."""
    layers = tuple(replace(each, group=0) if each.group == group else each for each in state.layers)
    return in_order(state.with_present(layers=layers))


def put_layers(state: State, chosen: Sequence[int], group: int, before: int | None) -> State:
    """Put layers into a group (0: into none), before another layer (None: at the end of the group, or of all)."""
    moved = [replace(each, group=group) for each in state.layers if each.id in chosen]
    rest = [each for each in state.layers if each.id not in chosen]
    place = next((i for i, each in enumerate(rest) if each.id == before), None)
    if place is None:
        inside = [i for i, each in enumerate(rest) if group and each.group == group]
        place = inside[-1] + 1 if inside else len(rest)
    return in_order(state.with_present(layers=(*rest[:place], *moved, *rest[place:])))


def sorted_layers(state: State, order: Sequence[int]) -> State:
    """The layers in another order, by their ids; those that it does not name come last.

    A group stands where the first of its layers would, with all of them in that order.
    """
    places = {layer: place for place, layer in enumerate(order)}
    layers = sorted(state.layers, key=lambda layer: places.get(layer.id, len(places)))
    if all(a is b for a, b in zip(layers, state.layers, strict=True)):
        return state
    found = in_order(state.with_present(layers=tuple(layers)))
    same = all(a is b for a, b in zip(found.layers, state.layers, strict=True))
    return state if same else found


def nudged(state: State, layer: int, by: int) -> State:
    """Move a layer one row up (−1) or down (1), through the edges of groups: into them and out of them."""
    layers = list(state.layers)
    at = layer_index(state, layer)
    mine = layers[at].group
    there = layers[at + by] if 0 <= at + by < len(layers) else None
    if mine and (there is None or there.group != mine):
        # Out of the group, at its edge.
        layers[at] = replace(layers[at], group=0)
    elif there is not None and there.group and not mine:
        layers[at] = replace(layers[at], group=there.group)
    elif there is not None:
        layers[at], layers[at + by] = layers[at + by], layers[at]
    return in_order(state.with_present(layers=tuple(layers)))


def nudged_group(state: State, group: int, by: int) -> State:
    """Move a group as a whole before (−1) or behind (1) the layer or group that is next to it."""
    blocks: list[list[Layer]] = []
    for each in state.layers:
        if blocks and each.group and blocks[-1][0].group == each.group:
            blocks[-1].append(each)
        else:
            blocks.append([each])
    at = next(i for i, block in enumerate(blocks) if block[0].group == group)
    if 0 <= at + by < len(blocks):
        blocks[at], blocks[at + by] = blocks[at + by], blocks[at]
    return in_order(state.with_present(layers=tuple(each for block in blocks for each in block)))


def change_group(state: State, group: int, **values: Any) -> State:
    """Set fields of a group: name, colour, gain_db, pan, width, mute, solo."""
    groups = tuple(replace(each, **values) if each.id == group else each for each in state.groups)
    return state.with_present(groups=groups)


def lock_group(state: State, group: int, locked: bool) -> State:
    """Lock or unlock all layers of a group."""
    layers = tuple(replace(each, locked=locked) if each.group == group else each for each in state.layers)
    return state.with_present(layers=layers)


def group_all(state: State, proposed: Sequence[tuple[str, Sequence[int]]]) -> State:
    """Put layers into new groups, (name, ids) each; a layer that is named nowhere leaves its group."""
    state = in_order(state.with_present(layers=tuple(replace(each, group=0) for each in state.layers)))
    for name, chosen in proposed:
        if chosen:
            state, _ = group_layers(state, chosen, name)
    return state


def group_by_component(state: State, names: Sequence[str]) -> State:
    """Groups of the layers whose first component has the same name; `names` has one for each component."""
    chosen: dict[str, list[int]] = {name: [] for name in names}
    for layer in state.layers:
        if layer.components:
            chosen[names[layer.components[0]]].append(layer.id)
    return group_all(state, list(chosen.items()))


# -- remembered mixes ------------------------------------------------------------------------------------


def store_mix(state: State, slot: int) -> State:
    """Remember the present mix in a slot."""
    layers = tuple(LayerMix(each.id, each.gain_db, each.pan, each.mute, each.solo) for each in state.layers)
    groups = tuple(GroupMix(each.id, each.gain_db, each.pan, each.width, each.mute, each.solo) for each in state.groups)
    mixes = list(state.mixes)
    mixes[slot] = RememberedMix(layers, groups)
    return replace(state, mixes=tuple(mixes))


def recall_mix(state: State, slot: int) -> State:
    """Bring back the mix of a slot; layers and groups that it does not know stay as they are.

    Raises
    ------
    UserError
        If nothing is remembered there.
    """
    mix = state.mixes[slot]
    if mix is None:
        raise UserError("document.no_mix", slot="ABCD"[slot])
    # A remembered mix has the fields of layers and groups under the same names.
    of_layers = {each.id: asdict(each) for each in mix.layers}
    of_groups = {each.id: asdict(each) for each in mix.groups}
    layers = tuple(replace(each, **of_layers.get(each.id, {})) for each in state.layers)
    groups = tuple(replace(each, **of_groups.get(each.id, {})) for each in state.groups)
    return state.with_present(layers=layers, groups=groups)
