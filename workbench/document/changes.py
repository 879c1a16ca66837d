"""What differs between two states, as far as somebody who shows or sounds them has to know."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from workbench.document.runs import PREVIEW
from workbench.document.state import State
from workbench.masks.edits.edits import changed_region
from workbench.masks.model.grid import Region

PLACES = ("area", "remembered", "markers")
"""Fields of a state; see `places`."""


@dataclass(frozen=True)
class Changes:
    """Which aspects of the present stack, and of the document, are others.

    Attributes
    ----------
    analysis : bool
        Window and hop.
    stacks : bool
        Number or names of the stacks, or which is the present one.
    layers : bool
        Number, order, names, colours, locks or parts of layers and groups.
    mix : bool
        Gain, pan, width, mute or solo of layers and groups.
    mixes : bool
        Which mixes are remembered.
    references : bool
        The references, or to which layers and groups they are assigned.
    remembered : bool
        Which selections are remembered.
    markers : bool
        Which markers there are.
    factors : bool
        What the masks are computed from.
    marks : bool
        What was said of places.
    known : bool
        What is known of components.
    masks : bool
        The masks, within `region`.
    region : Region or None
        Outside of it no mask has changed; None where that is not known, or all have.
    """

    analysis: bool
    stacks: bool
    layers: bool
    mix: bool
    mixes: bool
    references: bool
    remembered: bool
    markers: bool
    factors: bool
    marks: bool
    known: bool
    masks: bool
    region: Region | None


def changes(before: State, now: State, drawn: Region | None = None) -> Changes:
    """What differs between two states.

    Parameters
    ----------
    before, now : State
    drawn : Region, optional
        Outside of it the masks are the same, which whoever made the new state knows; it counts where both have the
        same layers.
    """
    analysis = before.analysis != now.analysis
    another_stack = before.shown != now.shown
    # What is tried out keeps its number while it changes.
    marks = before.marks is not now.marks
    shared = now.marks is not None and _parts(before) != _parts(now)
    factors = before.run != now.run or now.run == PREVIEW or marks or shared
    masks, region = True, None
    if drawn is not None and before.layers is now.layers:
        region = drawn
    elif not (factors or analysis or another_stack or _parts(before) != _parts(now)):
        masks = before.edits is not now.edits
        region = changed_region(before.edits, now.edits) if masks else None
    return Changes(
        analysis,
        another_stack or _names(before) != _names(now),
        _looks(before) != _looks(now),
        _mix(before) != _mix(now),
        before.mixes != now.mixes,
        (before.references, before.assigned) != (now.references, now.assigned),
        before.remembered is not now.remembered,
        before.markers is not now.markers,
        factors,
        marks,
        before.present.known is not now.present.known,
        masks,
        region,
    )


def same_work(before: State, now: State) -> bool:
    """Whether two states differ in nothing but `places`."""
    return all(
        getattr(before, each.name) is getattr(now, each.name) for each in fields(State) if each.name not in PLACES
    )


def places(state: State) -> dict[str, Any]:
    """What is selected, remembered or marked of time and frequency, and changes nothing that is heard."""
    return {name: getattr(state, name) for name in PLACES}


def _names(state: State) -> list[tuple[int, str]]:
    return [(stack.id, stack.name) for stack in state.stacks]


def _parts(state: State) -> list[tuple[object, ...]]:
    return [layer.parts for layer in state.layers]


def _looks(state: State) -> list[tuple[object, ...]]:
    layers = [(each.id, each.name, each.colour, each.locked, each.parts, each.group) for each in state.layers]
    return [*layers, *((each.id, each.name, each.colour) for each in state.groups)]


def _mix(state: State) -> list[tuple[object, ...]]:
    layers = [(each.id, each.gain_db, each.pan, each.mute, each.solo, each.group) for each in state.layers]
    return [*layers, *((each.id, each.gain_db, each.pan, each.width, each.mute, each.solo) for each in state.groups)]
