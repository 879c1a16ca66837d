"""The user's acts on markers, as pure functions from state to state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workbench.document.state import Marker, State


def from_left(markers: Iterable[Marker]) -> list[Marker]:
    """Markers in the order in which they begin; what begins together, in that in which it ends."""
    return sorted(markers, key=lambda each: (each.begin, each.end))


def add(state: State, markers: Iterable[Marker]) -> State:
    """Further markers."""
    return replace(state, markers=tuple(from_left([*state.markers, *markers])))


def put(state: State, marker: Marker, another: Marker) -> State:
    """One with another name or place for a marker."""
    return replace(state, markers=tuple(from_left(another if each is marker else each for each in state.markers)))


def take_away(state: State, marker: Marker) -> State:
    """All markers but one."""
    return replace(state, markers=tuple(each for each in state.markers if each is not marker))
