"""The user's acts on sources and the marks that make them, as pure functions from state to state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.document.acts.layers import free_colour, remove_layer
from workbench.document.acts.masks import locked_parts
from workbench.document.state import StackState, State, fresh_state
from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.edits import Operation, painted_parts
from workbench.masks.edits.effects import Fill
from workbench.masks.edits.traces import Trace
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import REST
from workbench.masks.insight.examples import Example
from workbench.masks.model.layers import Layer, Part

SURE = 0.95
"""The mask that an edit gives where a mark of full weight was."""
UNCLAIMED = "#8b93a5"
"""Colour of what nobody asked for."""


def untouched(state: State) -> bool:
    """Whether the present stack is as it was when the recording was opened, so that it may become something else."""
    stack = state.present
    if stack.run is not None or stack.edits or stack.groups or stack.known or len(stack.layers) != 1:
        return False
    (layer,), (fresh,) = stack.layers, fresh_state(state.analysis).layers
    return (layer.name, layer.colour, layer.locked, layer.parts) == (fresh.name, fresh.colour, False, fresh.parts)


def begin_sources(state: State, run: int, name: str, rest: str) -> State:
    """A stack of sources that share the components of a run, with one source, the rest, becomes the present one.

    A stack that nobody touched becomes it; else it is a new one.

    Parameters
    ----------
    run : int
        Its number.
    name : str
        Of the stack.
    rest : str
        Of the layer with what nobody asks for.
    """
    if untouched(state):
        (layer,) = state.layers
        layer = replace(layer, name=rest, colour=UNCLAIMED, parts=(Part(layer.parts[0].id, REST),), automatic=True)
        return state.with_present(name=name, layers=(layer,), run=run, marks=())
    identity = state.next_id
    layer = Layer(identity + 1, rest, UNCLAIMED, (Part(identity + 2, REST),), automatic=True)
    made = StackState(identity, name, (layer,), run=run, marks=())
    return replace(state, stacks=(*state.stacks, made), shown=identity, next_id=identity + 3)


def add_source(state: State, name: str) -> tuple[State, int]:
    """Another source, of which nothing is said yet; returns the id of its layer too."""
    identity = state.next_id
    number = max((part.component for part in state.present.parts if part.component is not None), default=REST) + 1
    layer = Layer(identity, name, free_colour(state.layers), (Part(identity + 1, number),), automatic=True)
    return replace(state, next_id=identity + 2).with_present(layers=(*state.layers, layer)), identity


def source_named(state: State, name: str) -> tuple[State, int]:
    """The source of a name, or another one; returns the id of its layer too."""
    found = next((layer.id for layer in state.layers if layer.name == name and layer.components), None)
    return add_source(state, name) if found is None else (state, found)


def add_mark(
    state: State, layer: int, place: Area | Trace, weight: float = 1.0, denies: bool = False, name: str = ""
) -> State:
    """Say of a place that a layer's source sounds there, or does not; `name` tells what it was made from.

    Raises
    ------
    UserError
        `document.no_layer`: there is no such layer. `document.no_source`: it holds only what was painted.
        `document.source_is_locked`: it is.
    """
    for each in state.layers:
        if each.id == layer:
            check_unlocked(each)
            part = next((part for part in each.parts if part.component is not None), None)
            if part is None:
                raise UserError("document.no_source", name=each.name)
            mark = Mark(state.next_id, part.id, place, weight, denies, name)
            return replace(state, next_id=state.next_id + 1).with_present(marks=(*(state.marks or ()), mark))
    raise UserError("document.no_layer")


def add_example(state: State, layer: int, example: Example, names: Sequence[str]) -> State:
    """Say by marks what an example says of a layer's source: at last where it sounds, which so counts where they meet.

    What is like the example has marks of its own, and so can be weighed or taken back alone.

    Parameters
    ----------
    names : sequence of str
        Of the marks: what is beside that which is like it, what is beside itself, what is like it, and itself.

    Raises
    ------
    UserError
        As `add_mark`.
    """
    told = [(each.beside, True) for each in (example.similar, example.itself)]
    told += [(each.sound, False) for each in (example.similar, example.itself)]
    for (place, denies), name in zip(told, names, strict=True):
        if place:
            state = add_mark(state, layer, place, denies=denies, name=name)
    return state


def change_mark(state: State, mark: int, **values: Any) -> State:
    """Set fields of a mark: source, place, weight, denies. It keeps its turn.

    Raises
    ------
    UserError
        `document.source_is_locked`: the source that it speaks of is, or the one that it shall speak of.
    """
    marks = tuple(replace(each, **values) if each.id == mark else each for each in state.marks or ())
    _check(state, (each.source for each in (*(state.marks or ()), *marks) if each.id == mark))
    return _with_marks(state, marks)


def remove_mark(state: State, mark: int) -> State:
    """Take a word back: the masks are what they would be if it had never been said.

    A source that nothing else was said of or done to goes with it.

    Raises
    ------
    UserError
        `document.source_is_locked`: the source that it speaks of is.
    """
    gone = {each.source for each in state.marks or () if each.id == mark}
    _check(state, gone)
    state = _with_marks(state, (each for each in state.marks or () if each.id != mark))
    for layer in state.layers:
        if gone & set(layer.part_ids) and len(state.layers) > 1 and _as_made(state, layer):
            return remove_layer(state, layer.id)
    return state


def said_of(state: State, layer: Layer) -> bool:
    """Whether a mark says where a source sounds; one of which nothing is said is empty, unless it is the rest."""
    return any(mark.source in layer.part_ids and not mark.denies for mark in state.marks or ())


def check_unlocked(layer: Layer) -> None:
    """Raise `document.source_is_locked` where nothing may be said of a source."""
    if layer.locked:
        raise UserError("document.source_is_locked", name=layer.name)


def _check(state: State, parts: Iterable[int]) -> None:
    """`check_unlocked` of the sources that some parts are."""
    held = set(parts)
    for layer in state.layers:
        if held & set(layer.part_ids):
            check_unlocked(layer)


def _as_made(state: State, layer: Layer) -> bool:
    """Whether a source is as the click made it, and nothing is said of it any more."""
    parts, stack = set(layer.part_ids), state.present
    effects = [edit.effect for edit in stack.edits if isinstance(edit, Operation)]
    named = painted_parts(stack.edits).union(*(getattr(effect, "parts", ()) for effect in effects))
    said = {each.source for each in (stack.marks or ())} | {each.part for each in stack.known}
    fresh = Layer(layer.id, layer.name, layer.colour, layer.parts, automatic=True)
    assigned = any(layer.id == each for each, _ in state.assigned)
    return (
        layer == fresh and len(parts) == 1 and REST not in layer.components and not (assigned or parts & (named | said))
    )


def edits_as_marks(state: State, places: Mapping[int, Area]) -> State:
    """Say by marks what edits did, and take the edits away.

    Parameters
    ----------
    places : mapping of int to Area
        For each layer the bins that edits gave it.

    Raises
    ------
    UserError
        `document.painted_stays`: a layer that is no source, or is locked, would lose what was painted.
    """
    painted = painted_parts(state.edits)
    for layer in state.layers:
        if painted & set(layer.part_ids) and (layer.locked or not layer.components):
            raise UserError("document.painted_stays", name=layer.name)
    for identity, place in places.items():
        if place:
            state = add_mark(state, identity, place)
    return state.with_present(edits=())


def marks_as_edits(state: State) -> State:
    """Fill by edits what marks say, in their order, and take the marks away: it holds there, and nowhere else.

    Raises
    ------
    UserError
        `document.marked_is_locked`: a layer of which something is said is locked.
    """
    holders = {part: layer for layer in state.layers for part in layer.part_ids}
    for mark in state.marks or ():
        layer = holders.get(mark.source)
        if layer is not None and layer.locked:
            raise UserError("document.marked_is_locked", name=layer.name)
        if layer is not None and mark.weight > 0:
            # A fill of so much cover raises what sounds there, and lowers what does not, whatever the mask was.
            effect = Fill(locked_parts(state), (mark.source,), 0.0 if mark.denies else 1.0)
            state = state.with_present(edits=(*state.edits, Operation(effect, mark.faded(SURE * mark.weight).place)))
    return state.with_present(marks=())


def _with_marks(state: State, marks: Iterable[Mark]) -> State:
    now = tuple(marks)
    return state if now == (state.marks or ()) else state.with_present(marks=now)
