"""The user's acts on curves that are held, as pure functions from state to state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.document.state import State
from workbench.masks.model.models import Factors
from workbench.nmf.result import Array
from workbench.separation.holds import Curve, Held, Hold


def hold(state: State, wanted: Hold) -> State:
    """Hold a curve of a component, in place of what was held of it."""
    return _with(state, (*_others(state, wanted.part, wanted.curve), wanted))


def release(state: State, part: int, curve: Curve) -> State:
    """Let go of a curve; the same state where it is not held."""
    others = _others(state, part, curve)
    return state if len(others) == len(state.present.holds) else _with(state, others)


def redrawn(state: State, before: Factors, now: Factors) -> State:
    """What is held of a curve that the user made another is what he made."""
    components = _components(state)
    made = tuple(
        replace(each, values=curve_of(now, k, each.curve), weight=each.weight)
        if (k := components.get(each.part)) is not None
        and not np.array_equal(curve_of(before, k, each.curve), curve_of(now, k, each.curve))
        else each
        for each in state.present.holds
    )
    same = all(a is b for a, b in zip(made, state.present.holds, strict=True))
    return state if same else _with(state, made)


def curve_of(factors: Factors, component: int, curve: Curve) -> Array:
    """A copy of a curve of a component: (F,) or (F, T) of a template, (N,) of an activation."""
    return (factors.W[:, component] if curve is Curve.TEMPLATE else factors.H[component]).copy()


def held_components(state: State) -> tuple[Held, ...]:
    """What is held of the components of the present stack; what was held of parts that are gone counts no more."""
    components = _components(state)
    return tuple((components[each.part], each) for each in state.present.holds if each.part in components)


def _components(state: State) -> dict[int, int]:
    if state.marks is not None:
        # Parts are sources there.
        return {}
    return {part.id: part.component for part in state.present.parts if part.component is not None}


def _others(state: State, part: int, curve: Curve) -> tuple[Hold, ...]:
    return tuple(each for each in state.present.holds if (each.part, each.curve) != (part, curve))


def _with(state: State, holds: tuple[Hold, ...]) -> State:
    return state.with_present(holds=holds)
