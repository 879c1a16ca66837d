"""The document's data. Everything that undo brings back is in `State`; it is immutable and plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.edits import Edit
from workbench.masks.model.layers import Group, Layer, Part, palette_colour
from workbench.masks.model.models import Model
from workbench.masks.stack import Stack
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis


@dataclass(frozen=True, eq=False)
class Run:
    """A factorisation, finished or under way.

    Attributes
    ----------
    settings : RunSettings
    factors : Factors or Shares
        The newest W and H, or the masks of HPSS.
    costs : tuple of float
        Cost after each iteration, from the run's start.
    name : str
        For the list of runs; empty for one that was edited by hand.
    held : tuple of int
        Components whose templates were held.
    """

    settings: RunSettings
    factors: Model
    costs: tuple[float, ...] = ()
    name: str = ""
    held: tuple[int, ...] = ()


SLOTS = 4
"""Remembered mixes: A, B, C and D."""


@dataclass(frozen=True)
class MixSnapshot:
    """A remembered mix: the faders and switches of layers and groups, by their ids.

    Attributes
    ----------
    layers : tuple of (id, gain_db, pan, mute, solo)
    groups : tuple of (id, gain_db, pan, width, mute, solo)
    """

    layers: tuple[tuple[int, float, float, bool, bool], ...]
    groups: tuple[tuple[int, float, float, float, bool, bool], ...]


@dataclass(frozen=True, eq=False)
class Shelved:
    """A mask stack of the document that is not the present one.

    Attributes
    ----------
    id : int
        Unique within a document.
    name : str
    layers, edits, run, groups
        As in `State`.
    """

    id: int
    name: str
    layers: tuple[Layer, ...]
    edits: tuple[Edit, ...]
    run: int | None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, eq=False)
class State:
    """All that undo and redo move between.

    Attributes
    ----------
    analysis : Analysis
    layers : tuple of Layer
    edits : tuple of Edit
    run : int or None
        The run whose factors the masks are computed from.
    next_id : int
        The next free identity for a layer, part or stack.
    stack, stack_name : int, str
        Identity and name of the present stack, whose layers, edits and run these are.
    shelved : tuple of Shelved
        The other stacks.
    groups : tuple of Group
        In the order of their layers, which stand together; each has at least one.
    snapshots : tuple of (MixSnapshot or None)
        Remembered mixes, one a slot.
    """

    analysis: Analysis = field(default_factory=Analysis)
    layers: tuple[Layer, ...] = ()
    edits: tuple[Edit, ...] = ()
    run: int | None = None
    next_id: int = 1
    stack: int = 0
    stack_name: str = "Factorisation"
    shelved: tuple[Shelved, ...] = ()
    groups: tuple[Group, ...] = ()
    snapshots: tuple[MixSnapshot | None, ...] = (None,) * SLOTS

    @property
    def stacks(self) -> tuple[Shelved, ...]:
        """All stacks, the present one among them, in the order in which they were made."""
        present = Shelved(self.stack, self.stack_name, self.layers, self.edits, self.run, self.groups)
        return tuple(sorted((*self.shelved, present), key=lambda each: each.id))

    @property
    def runs(self) -> set[int]:
        """The runs from which masks of any stack are computed."""
        return {each.run for each in self.stacks if each.run is not None}


def fresh_state(analysis: Analysis) -> State:
    """The state of a recording just opened: one layer, Everything."""
    everything = Layer(1, "Everything", palette_colour(0), (Part(2, 0),))
    return State(analysis=analysis, layers=(everything,), next_id=3)


def stack_of(state: State, runs: Mapping[int, Run], samples: int, levels: NDArray[np.uint8] | None = None) -> Stack:
    """The mask stack of a state.

    Parameters
    ----------
    samples : int
        Length of the recording.
    levels : uint8, shape (N, F), optional
        Levels of the mix.
    """
    run = runs.get(state.run) if state.run is not None else None
    factors = run.factors if run is not None else None
    frames = state.analysis.frames(samples)
    return Stack(state.layers, factors, state.edits, state.analysis.bins, frames, levels, state.groups)
