"""The user's acts on what is known of components, as pure functions from state to state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.document.state import State
from workbench.masks.model.models import Factors
from workbench.nmf.result import Array
from workbench.separation.holds import Curve, Hold
from workbench.separation.known import Known, KnownOf


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


def redrawn(state: State, before: Factors, now: Factors) -> State:
    """What is held of a curve that the user made another is what he made."""
    components = _components(state)

    def made(known: Known) -> Known:
        k = components.get(known.part)
        if not isinstance(known, Hold) or k is None:
            return known
        values = curve_of(now, k, known.curve)
        return known if np.array_equal(curve_of(before, k, known.curve), values) else replace(known, values=values)

    every = tuple(made(each) for each in state.present.known)
    same = all(a is b for a, b in zip(every, state.present.known, strict=True))
    return state if same else _with(state, every)


def curve_of(factors: Factors, component: int, curve: Curve) -> Array:
    """A copy of a curve of a component: (F,) or (F, T) of a template, (N,) of an activation."""
    return (factors.W[:, component] if curve is Curve.TEMPLATE else factors.H[component]).copy()


def known_components(state: State) -> tuple[KnownOf, ...]:
    """What is known of the components of the present stack; what was known of parts that are gone counts no more."""
    components = _components(state)
    return tuple((components[each.part], each) for each in state.present.known if each.part in components)


def told_of(state: State) -> tuple[KnownOf, ...]:
    """What is known of the parts of the present stack, by their ids: of those, too, that have no component yet."""
    parts = {part.id for part in state.present.parts} if state.marks is None else set()
    return tuple((each.part, each) for each in state.present.known if each.part in parts)


def _components(state: State) -> dict[int, int]:
    if state.marks is not None:
        # Parts are sources there.
        return {}
    return {part.id: part.component for part in state.present.parts if part.component is not None}


def _kind(known: Known) -> object:
    return known.curve if isinstance(known, Hold) else type(known)


def _others(state: State, part: int, kind: object) -> tuple[Known, ...]:
    return tuple(each for each in state.present.known if (each.part, _kind(each)) != (part, kind))


def _with(state: State, known: tuple[Known, ...]) -> State:
    return state.with_present(known=known)
