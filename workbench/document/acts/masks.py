"""The user's acts on masks as pure functions from state to state: what is laid over the computed masks."""

from __future__ import annotations

from dataclasses import replace

from workbench.document.acts.layers import add_layer, free_colour, indices_of
from workbench.document.state import State
from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.edits import Edit, Operation, without_parts
from workbench.masks.edits.effects import (
    Combine,
    CombineKind,
    Effect,
    Fill,
    Invert,
    MaskSource,
    Move,
    Parts,
    Restore,
    Scale,
    Sharpened,
)
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.model.layers import Layer, Part


def set_edits(state: State, edits: tuple[Edit, ...]) -> State:
    """Replace the list of edits, as a stroke does."""
    return state.with_present(edits=edits)


def locked_parts(state: State) -> Parts:
    """Parts of locked layers."""
    return tuple(i for each in state.layers if each.locked for i in each.part_ids)


def parts_of(state: State, source: int) -> Parts:
    """Parts of a layer, or of all layers of a group, by its id."""
    return tuple(part for i in indices_of(state, source) for part in state.layers[i].part_ids)


def apply(state: State, effect: Effect, area: Area | None) -> State:
    """One more operation, within an area or everywhere."""
    return state.with_present(edits=(*state.edits, Operation(effect, area)))


def holds_everything(state: State, source: int) -> bool:
    """Whether a layer or group is all there is, so that its mask is one everywhere."""
    return all(source in (each.id, each.group) for each in state.layers)


def with_room(state: State, source: int, name: str) -> State:
    """Beside a layer or group that is all there is, a new layer, which can take what that one gives."""
    return add_layer(state, name)[0] if holds_everything(state, source) else state


def fill(state: State, source: int, value: float, area: Area | None) -> State:
    """Bring the mask of a layer or group to a value: 1 gives it all, 0 takes all away."""
    return apply(state, Fill(locked_parts(state), parts_of(state, source), value), area)


def restore(state: State, area: Area | None) -> State:
    """Back to the computed masks within an area."""
    return apply(state, Restore(locked_parts(state)), area)


def invert(state: State, source: int, area: Area | None = None) -> State:
    """Give a layer or group what it had not."""
    return apply(state, Invert(locked_parts(state), parts_of(state, source)), area)


def scale(state: State, source: int, factor: float, area: Area | None) -> State:
    """Multiply the mask of a layer or group."""
    return apply(state, Scale(locked_parts(state), parts_of(state, source), factor), area)


def clean(state: State, source: int, kind: FilterKind, rows: int, columns: int, area: Area | None) -> State:
    """Filter the mask of a layer or group: see `filters.Filter`."""
    return apply(state, Filter(locked_parts(state), parts_of(state, source), kind, rows, columns), area)


def sharpen(state: State, exponent: float, area: Area | None = None) -> State:
    """Raise all unlocked layers to a power; infinite gives every bin to the layer that holds most of it."""
    groups = tuple(each.part_ids for each in state.layers if not each.locked)
    return apply(state, Sharpened(locked_parts(state), groups, exponent), area)


def combine(
    state: State, source: int, kind: CombineKind, other: Parts, held: MaskSource | None, area: Area | None
) -> State:
    """Combine the mask of a layer or group with another one, or with one of another stack as it was."""
    return apply(state, Combine(locked_parts(state), parts_of(state, source), kind, other, held), area)


def paste(state: State, source: int, other: Parts, held: MaskSource, rows: int, columns: int, area: Area) -> State:
    """Put a piece of a mask into a layer or group, moved by some bins and frames; `area` is where it comes to lie."""
    effect = Combine(locked_parts(state), parts_of(state, source), CombineKind.REPLACE, other, held, rows, columns)
    return apply(state, effect, area)


def carry(
    state: State,
    source: int,
    other: Parts,
    held: MaskSource,
    by: tuple[int, int],
    here: Area,
    there: Area,
    copies: bool,
) -> State:
    """Take what a layer or group holds in an area elsewhere, and the selection with it.

    Parameters
    ----------
    other : tuple of int
        Parts of the piece.
    held : MaskSource
        What it holds there.
    by : (int, int)
        How many bins higher and frames later it goes.
    here, there : Area
        Where it was, and where it comes to lie.
    copies : bool
        It also stays where it was.
    """
    if not copies:
        state = fill(state, source, 0.0, here)
    return replace(paste(state, source, other, held, *by, there), area=there)


def cut_to_new(state: State, source: int, area: Area, name: str) -> tuple[State, int]:
    """A new layer takes what a layer or group holds within an area; returns its id too.

    It stands behind that one, in the group of a layer that is in one, so that its fader goes on to act on it. Locked
    layers of a group keep what they hold.

    Raises
    ------
    UserError
        `masks.locked`, `masks.group_locked`: there is nothing that may be taken.
    """
    inside = indices_of(state, source)
    first, taken = state.layers[inside[0]], parts_of(state, source)
    if all(state.layers[i].locked for i in inside):
        raise UserError("masks.locked", name=first.name) if source == first.id else UserError("masks.group_locked")
    group = first.group if source == first.id else 0
    state, identity = _insert(state, inside[-1] + 1, name, group)
    return apply(state, Move(locked_parts(state), taken, parts_of(state, identity)), area), identity


def lift_to_new(state: State, area: Area, name: str) -> tuple[State, int]:
    """A new layer takes all that any unlocked layer holds within an area; returns its id too."""
    state, identity = add_layer(state, name)
    return fill(state, identity, 1.0, area), identity


def _insert(state: State, place: int, name: str, group: int) -> tuple[State, int]:
    identity = state.next_id
    # Not the colour of its neighbour, from which it was cut.
    order = (*state.layers[place:], *state.layers[:place])
    layer = Layer(identity, name, free_colour(order), (Part(identity + 1),), group=group)
    layers = (*state.layers[:place], layer, *state.layers[place:])
    return replace(state, next_id=identity + 2).with_present(layers=layers), identity


def clear_edits(state: State) -> State:
    """Back to the computed masks, everywhere and for all layers; locked ones keep theirs."""
    return restore(state, None) if locked_parts(state) else state.with_present(edits=())


def clear_layer(state: State, source: int) -> State:
    """Take away what was painted into a layer, or into those of a group, and the operations on it.

    Raises
    ------
    UserError
        If a layer is locked: what it holds depends on all edits.
    """
    locked = [each.name for each in state.layers if each.locked]
    if locked:
        raise UserError("document.layer_locked", layer=locked[0])
    return state.with_present(edits=without_parts(state.edits, set(parts_of(state, source))))
