"""The user's acts on layers, as pure functions from state to state. `Document` applies and records them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.document.state import State
from workbench.errors import UserError
from workbench.masks.edits.edits import Edit, painted_parts, without_parts
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors, Model
from workbench.masks.model.palette import least_used
from workbench.nmf.matching import match_components

GAIN_RANGE_DB = (-60.0, 12.0)


def layer_index(state: State, layer: int) -> int:
    """Index of a layer by its id.

    Raises
    ------
    UserError
        If there is none: it is gone, or only tried out.
    """
    for index, each in enumerate(state.layers):
        if each.id == layer:
            return index
    raise UserError("document.no_layer")


def indices_of(state: State, source: int) -> tuple[int, ...]:
    """Index of a layer, or those of all layers of a group, by its id. (Layers and groups share one sequence of ids.)

    Raises
    ------
    UserError
        If there is none: it is gone, or only tried out.
    """
    inside = tuple(i for i, each in enumerate(state.layers) if each.group == source and source)
    return inside or (layer_index(state, source),)


def change_layer(state: State, layer: int, **values: Any) -> State:
    """Set fields of a layer: name, colour, gain_db, pan, mute, solo, locked."""
    index = layer_index(state, layer)
    layers = list(state.layers)
    if "name" in values:
        values["automatic"] = False
    layers[index] = replace(layers[index], **values)
    return state.with_present(layers=tuple(layers))


def add_layer(state: State, name: str) -> tuple[State, int]:
    """An empty layer at the end, to be painted into; returns its id too."""
    identity = state.next_id
    layer = Layer(identity, name, free_colour(state.layers), (Part(identity + 1),))
    return replace(state, next_id=identity + 2).with_present(layers=(*state.layers, layer)), identity


def remove_layer(state: State, layer: int) -> State:
    """Take a layer away; what it held goes to the others, in proportion.

    Raises
    ------
    UserError
        If it is the only layer.
    """
    if len(state.layers) == 1:
        raise UserError("document.last_layer")
    index = layer_index(state, layer)
    gone = set(state.layers[index].part_ids)
    layers = tuple(each for each in state.layers if each.id != layer)
    marks = None if state.marks is None else tuple(mark for mark in state.marks if mark.source not in gone)
    return state.with_present(layers=layers, edits=_without(state, layers, gone), marks=marks)


def merge_layers(state: State, chosen: Sequence[int]) -> State:
    """Join layers into the first of them; its mask becomes the sum of theirs.

    Raises
    ------
    UserError
        If fewer than two are given.
    """
    picked = [each for each in state.layers if each.id in set(chosen)]
    if len(picked) < 2:
        raise UserError("document.merge_needs_two")
    first = picked[0]
    # The grouping is the user's word.
    merged = replace(first, parts=tuple(part for each in picked for part in each.parts), automatic=False)
    gone = {each.id for each in picked[1:]}
    layers = tuple(merged if each.id == first.id else each for each in state.layers if each.id not in gone)
    return state.with_present(layers=layers)


def collected(state: State) -> bool:
    """Whether the user put components together in the present stack, by merging layers or by grouping them.

    Those of which something is known do not count: they are found again whatever the others are.
    """
    known = {each.part for each in state.present.known}
    for layer in state.layers:
        others = [part for part in layer.parts if part.component is not None and part.id not in known]
        if others and (layer.group or (not layer.automatic and len(others) > 1)):
            return True
    return False


def factorised(
    state: State, run: int, components: int, names: Sequence[str] = (), loudness: Sequence[float] = ()
) -> tuple[State, tuple[int | None, ...]]:
    """Layers for a fresh factorisation, and for each new component the old one whose place it takes (or None).

    Layers keep their components' places as far as there are new components: those of which something is known first,
    which get a component where they have none, then those that the user has touched, then the loudest. Where the
    components have `names` of their own, a layer of that name keeps its component. New components get new layers, those
    of one name one layer; painted layers and all edits stay.

    Parameters
    ----------
    names : sequence of str
        One a component, or none.
    loudness : sequence of float
        Of the old components.
    """
    taken: dict[int, int] = {}
    if names:
        for layer in state.layers:
            if layer.name in names and layer.components and names.index(layer.name) not in taken.values():
                taken.setdefault(layer.components[0], names.index(layer.name))
    elif state.run is not None or state.present.known:
        state = _awaiting(dissolved(state))
        painted = painted_parts(state.edits)
        known = {each.part for each in state.present.known}
        ranked = []
        for layer in state.layers:
            touched = not layer.automatic or layer.gain_db or layer.pan or layer.group
            for part in layer.parts:
                if part.component is not None and (state.run is not None or part.id in known):
                    loud = loudness[part.component] if 0 <= part.component < len(loudness) else 0.0
                    kept = bool(touched) or part.id in painted
                    ranked.append((part.id in known, kept, loud, -part.component))
        best = sorted(ranked, reverse=True)[:components]
        taken = {old: new for new, old in enumerate(sorted(-minus for *_, minus in best))}
    places: list[int | None] = [None] * components
    for old, new in taken.items():
        places[new] = old if old >= 0 and state.run is not None else None
    return regrouped(state, run, components, taken, names), tuple(places)


def _awaiting(state: State) -> State:
    """Parts without a component, of which something is known, get a negative number in its place, in their order."""
    known = {each.part for each in state.present.known}
    lacking = [part.id for part in state.present.parts if part.component is None and part.id in known]
    layers = tuple(
        replace(
            layer,
            parts=tuple(
                replace(part, component=lacking.index(part.id) - len(lacking)) if part.id in lacking else part
                for part in layer.parts
            ),
        )
        for layer in state.layers
    )
    return state.with_present(layers=layers) if lacking else state


def regrouped(state: State, run: int, components: int, places: Mapping[int, int], names: Sequence[str] = ()) -> State:
    """Another run's components in the layers: `places` says which new one comes where an old one was.

    Names that the program gave follow the components, and so do colours where two such layers have the same.
    """
    kept_bare = painted_parts(state.edits) | {each.part for each in state.present.known}

    def name_of(component: int) -> str:
        return names[component] if names else f"Component {component + 1}"

    sharing = {name for name in names if names.count(name) > 1} if names else set()
    kept: list[Layer] = []
    for layer in state.layers:
        moved = (
            replace(part, component=None if part.component is None else places.get(part.component))
            for part in layer.parts
        )
        # A part without a component holds but what was painted into it, or waits for one.
        parts = tuple(part for part in moved if part.component is not None or part.id in kept_bare)
        if parts or not layer.components:
            now = replace(layer, parts=parts or layer.parts)
            if now.automatic and now.components:
                repeated = now.colour in {each.colour for each in kept}
                colour = free_colour(kept, now.components[0]) if repeated else now.colour
                now = replace(now, name=name_of(now.components[0]), colour=colour)
            if now.name in sharing and now.automatic and now.components and _join(kept, now.name, now.parts):
                continue
            kept.append(now)
    identity = state.next_id
    for component in sorted(set(range(components)) - set(places.values())):
        name, part = name_of(component), Part(identity + 1, component)
        if name not in sharing or not _join(kept, name, (part,)):
            kept.append(Layer(identity, name, free_colour(kept, component), (part,), automatic=True))
        identity += 2
    staying = {part for layer in kept for part in layer.part_ids}
    gone = {part for layer in state.layers for part in layer.part_ids} - staying
    edits = _without(state, kept, gone)
    return replace(state, next_id=identity).with_present(layers=tuple(kept), edits=edits, run=run)


def _without(state: State, layers: Sequence[Layer], gone: set[int]) -> tuple[Edit, ...]:
    """Edits without the parts that left, for the layers that stay."""
    staying = [part for layer in layers for part in layer.part_ids]
    locked = [part for layer in layers if layer.locked for part in layer.part_ids]
    return without_parts(state.edits, gone, staying, locked)


def _join(layers: list[Layer], name: str, parts: tuple[Part, ...]) -> bool:
    """Put parts into the layer of a name; whether there is one that holds components."""
    for i, each in enumerate(layers):
        if each.name == name and each.components:
            layers[i] = replace(each, parts=(*each.parts, *parts))
            return True
    return False


def dissolved(state: State) -> State:
    """Layers that the program made of several components become a layer each; what users merged or named stays."""
    layers: list[Layer] = []
    identity = state.next_id
    for layer in state.layers:
        if not layer.automatic or len(layer.components) < 2:
            layers.append(layer)
            continue
        first, *others = (part for part in layer.parts if part.component is not None)
        bare = tuple(part for part in layer.parts if part.component is None)
        layers.append(replace(layer, parts=(first, *bare)))
        for part in others:
            colour = free_colour([*state.layers, *layers], part.component or 0)
            layers.append(replace(layer, id=identity, colour=colour, parts=(part,)))
            identity += 1
    return replace(state, next_id=identity).with_present(layers=tuple(layers))


def restored(state: State, run: int, layers: Sequence[Layer], components: int) -> State:
    """The layers that a run had, for its components; layers that were painted or added since stay beside them.

    A layer that stayed because it was painted gets its components back.
    """
    bare = regrouped(state, run, components, {})
    if not layers:
        return bare
    staying = {layer.id: layer for layer in bare.layers if not layer.components}
    known = {each.part for each in state.present.known}
    identity = bare.next_id
    back: list[Layer] = []
    for layer in layers:
        # The identities that its parts had may belong to others by now.
        parts = tuple(Part(identity + 1 + i, component) for i, component in enumerate(layer.components))
        painted = staying.get(layer.id)
        if painted is not None and painted.name == layer.name:
            del staying[layer.id]
            # Of what is known of a part it is said of its component again.
            had = {part.id: part.component for part in layer.parts if part.id in known & set(painted.part_ids)}
            own = tuple(replace(part, component=had.get(part.id)) for part in painted.parts)
            new = tuple(part for part in parts if part.component not in had.values())
            back.append(replace(painted, parts=(*own, *new)))
            identity += len(parts) + 1
        elif parts:
            back.append(replace(layer, id=identity, parts=parts))
            identity += 1 + len(parts)
    return replace(bare, next_id=identity).with_present(layers=(*back, *staying.values()) or bare.layers)


def reused(state: State, run: int, before: Model | None, wanted: Model, layers: Sequence[Layer]) -> State:
    """Another run's components in the layers of those that they are most like.

    Where nothing can be alike, between factors and masks that were computed as a whole, the layers are those that
    the run had; and so they are where another number of components would put strangers into what was collected.

    Parameters
    ----------
    run : int
        Its number.
    before, wanted : Model
        What the masks were computed from, and what they are to be computed from.
    layers : sequence of Layer
        Those that the run had when it was shown last.
    """
    if not isinstance(before, Factors) or not isinstance(wanted, Factors):
        return restored(state, run, layers, wanted.components)
    if layers and before.components != wanted.components and collected(state):
        return restored(state, run, layers, wanted.components)
    state = dissolved(state)
    matched = match_components(before.W, before.H, wanted.W, wanted.H)
    shown = {c for layer in state.layers for c in layer.components}
    places = {old: new for old, new in enumerate(matched) if new >= 0 and old in shown}
    was = {c: layer.name for layer in layers for c in layer.components}
    names = [was.get(c, f"Component {c + 1}") for c in range(wanted.components)]
    return regrouped(state, run, wanted.components, places, names)


def continued(state: State, run: int) -> State:
    """Go on from the present factors: layers and edits as they are."""
    return state.with_present(run=run)


def free_colour(layers: Sequence[Layer], first: int = 0) -> str:
    """The palette's next colour that fewest layers have, from `first` on; not that of the last layer."""
    return least_used([layer.colour for layer in layers], first)
