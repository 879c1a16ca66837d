"""The user's acts on what is known of components, as pure functions from state to state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from workbench.document.acts.layers import add_layer, layer_index
from workbench.document.state import State
from workbench.masks.edits.edits import painted_parts
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors
from workbench.nmf.matching import match_components
from workbench.nmf.result import Array
from workbench.separation.holds import Curve, Hold
from workbench.separation.known import Known, KnownOf, Notes, Onsets, Spans
from workbench.separation.written_notes import WrittenPart


def tell(state: State, known: Known) -> State:
    """Something is known of a component, in place of what was known of the same: of a curve, its onsets, its notes."""
    return _with(state, (*_others(state, known.part, _kind(known)), known))


def forget(state: State, part: int, kind: object) -> State:
    """Take away what is known of a part; the same state where nothing is.

    Parameters
    ----------
    kind : Curve or type
        Of a curve that is held, or `Onsets` or `Notes`.
    """
    others = _others(state, part, kind)
    return state if len(others) == len(state.present.known) else _with(state, others)


def play(state: State, layer: int, notes: Sequence[tuple[float, Spans]]) -> State:
    """A layer plays these notes, a component for each pitch, in place of those that it was said to play.

    Its components take the first pitches, but for those of which something else is known; for the others it gets parts
    that wait for a component.

    Parameters
    ----------
    notes : sequence of (float, Spans)
        MIDI pitches, each with the begin and end of its notes in seconds.
    """
    index = layer_index(state, layer)
    parts = state.layers[index].parts
    played = {each.part for each in state.present.known if isinstance(each, Notes)}
    others = {each.part for each in state.present.known if not isinstance(each, Notes)}
    painted = painted_parts(state.edits)
    free = [part for part in parts if part.id not in others and (part.component is not None or part.id in played)]
    used = free[: len(notes)]
    new = tuple(Part(state.next_id + i) for i in range(len(notes) - len(used)))
    idle = {part.id for part in free[len(notes) :] if part.component is None and part.id not in painted}
    staying = tuple(part for part in parts if part.id not in idle)
    # An empty layer has one part, which holds nothing: the new ones take its place.
    if new and all(part.component is None and part.id not in painted | others | played for part in staying):
        staying = ()
    made = replace(state.layers[index], parts=(*staying, *new) or parts[:1])
    layers = (*state.layers[:index], made, *state.layers[index + 1 :])
    own = set(state.layers[index].part_ids)
    kept = tuple(each for each in state.present.known if not (isinstance(each, Notes) and each.part in own))
    words = tuple(Notes(part.id, pitch, spans) for part, (pitch, spans) in zip((*used, *new), notes, strict=True))
    state = replace(state, next_id=state.next_id + len(new))
    return state.with_present(layers=layers, known=(*kept, *words))


def tell_written(state: State, written: Sequence[tuple[str, WrittenPart]], drums: Mapping[int, str]) -> State:
    """A layer for each part of a score, which plays its notes; of drums one for each of their numbers.

    Parameters
    ----------
    written : sequence of (str, WrittenPart)
        Names for the layers, each with the part.
    drums : mapping of int to str
        Names of drums by their numbers; others have the part's name with the number.
    """
    for name, part in written:
        labels = sorted({note.label for note in part.notes})
        if part.drums:
            called = [drums.get(int(label), name) for label in labels]
            for label, drum in zip(labels, called, strict=True):
                alone = drum != name and called.count(drum) == 1
                state, layer = add_layer(state, drum if alone else f"{drum} {label:g}")
                onsets = tuple(sorted({note.onset for note in part.notes if note.label == label}))
                state = tell(state, Onsets(state.layers[layer_index(state, layer)].parts[0].id, onsets))
        else:
            state, layer = add_layer(state, name)
            spans = {
                label: tuple((n.onset, n.onset + n.duration) for n in part.notes if n.label == label)
                for label in labels
            }
            state = play(state, layer, list(spans.items()))
    return state


def redrawn(state: State, before: Factors, now: Factors) -> State:
    """What is held of a curve that the user made another is what he made."""
    components = _components(state)

    def made(known: Known) -> Known:
        k = components.get(known.part)
        if not isinstance(known, Hold) or k is None or k >= now.components:
            return known
        values = curve_of(now, k, known.curve)
        return known if np.array_equal(curve_of(before, k, known.curve), values) else replace(known, values=values)

    every = tuple(made(each) for each in state.present.known)
    same = all(a is b for a, b in zip(every, state.present.known, strict=True))
    return state if same else _with(state, every)


def curve_of(factors: Factors, component: int, curve: Curve) -> Array:
    """A copy of a curve of a component: (F,) or (F, T) of a template, (N,) of an activation."""
    return (factors.W[:, component] if curve is Curve.TEMPLATE else factors.H[component]).copy()


def seated(state: State, count: int) -> State:
    """Held curves of a stack of sources among `count` new components: those that have no place there get a free one."""
    held = sorted({each.part for each in state.present.known})
    free = iter(sorted(set(range(count)) - set(held)))
    return _renumbered(state, {k: next(free) for k in held if k >= count})


def rematched(state: State, before: Factors, now: Factors) -> State:
    """Held curves of a stack of sources with the components of another run that theirs are most like.

    Those of no such component wait for one: their numbers are beyond those that there are.
    """
    matched = match_components(before.W, before.H, now.W, now.H)
    held = sorted({each.part for each in state.present.known})
    found = {k: matched[k] for k in held if k < len(matched) and matched[k] >= 0}
    waiting = [k for k in held if k not in found]
    return _renumbered(state, found | {k: now.components + i for i, k in enumerate(waiting)})


def _renumbered(state: State, places: Mapping[int, int]) -> State:
    if all(old == new for old, new in places.items()):
        return state
    return _with(state, tuple(replace(each, part=places.get(each.part, each.part)) for each in state.present.known))


def known_components(state: State) -> tuple[KnownOf, ...]:
    """What is known of the components of the present stack; what was known of parts that are gone counts no more."""
    components = _components(state)
    return tuple((components[each.part], each) for each in state.present.known if each.part in components)


def told_of(state: State) -> tuple[KnownOf, ...]:
    """What is known of the parts of the present stack, by their ids: of those, too, that have no component yet."""
    if state.marks is not None:
        return known_components(state)
    parts = {part.id for part in state.present.parts}
    return tuple((each.part, each) for each in state.present.known if each.part in parts)


def _components(state: State) -> dict[int, int]:
    if state.marks is not None:
        # Parts are sources there: what is known is told of the components that they share.
        return {each.part: each.part for each in state.present.known}
    return {part.id: part.component for part in state.present.parts if part.component is not None}


def _kind(known: Known) -> object:
    return known.curve if isinstance(known, Hold) else type(known)


def _others(state: State, part: int, kind: object) -> tuple[Known, ...]:
    return tuple(each for each in state.present.known if (each.part, _kind(each)) != (part, kind))


def _with(state: State, known: tuple[Known, ...]) -> State:
    return state.with_present(known=known)
