"""The user's acts on what is selected of time and frequency, as pure functions from state to state."""

from __future__ import annotations

from dataclasses import replace

from workbench.document.state import RememberedArea, State
from workbench.masks.edits.area import Area


def select(state: State, area: Area | None) -> State:
    """Select some of time and frequency in place of what is selected."""
    return replace(state, area=area or None)


def remember(state: State, name: str, area: Area) -> State:
    """Remember an area under a name, behind those that are remembered."""
    return replace(state, remembered=(*state.remembered, RememberedArea(name, area)))


def rename_remembered(state: State, held: RememberedArea, name: str) -> State:
    """Give a remembered selection another name."""
    renamed = replace(held, name=name)
    return replace(state, remembered=tuple(renamed if each is held else each for each in state.remembered))


def forget(state: State, held: RememberedArea) -> State:
    """Remember a selection no longer."""
    return replace(state, remembered=tuple(each for each in state.remembered if each is not held))
