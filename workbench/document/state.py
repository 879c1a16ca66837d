"""The document's data. Everything that undo brings back is in `State`; it is immutable and plain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area
from workbench.masks.edits.edits import Edit
from workbench.masks.evaluation.memory import Memory
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import sources
from workbench.masks.insight.samples import Samples
from workbench.masks.model.layers import Group, Layer, Part
from workbench.masks.model.models import Factors, Model
from workbench.masks.model.palette import palette_colour
from workbench.masks.model.sources import MaskModel
from workbench.masks.stack import Stack
from workbench.separation.known import Known
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
    number : int
        Under which the user knows it: 1, 2, 3 … as they were begun. What is made of a run, for another window or by
        hand, has its number too. 0 for a run that is in no document.
    """

    settings: RunSettings
    factors: Model
    costs: tuple[float, ...] = ()
    name: str = ""
    held: tuple[int, ...] = ()
    number: int = 0


SLOTS = 4
"""How many mixes can be remembered: A, B, C and D."""


@dataclass(frozen=True)
class LayerMix:
    """What a remembered mix holds of a layer; the fields are those of `Layer`."""

    id: int
    gain_db: float
    pan: float
    mute: bool
    solo: bool


@dataclass(frozen=True)
class GroupMix:
    """What a remembered mix holds of a group; the fields are those of `Group`."""

    id: int
    gain_db: float
    pan: float
    width: float
    mute: bool
    solo: bool


@dataclass(frozen=True)
class RememberedMix:
    """The faders and switches of all layers and groups, as they were when the mix was remembered."""

    layers: tuple[LayerMix, ...]
    groups: tuple[GroupMix, ...]


@dataclass(frozen=True, eq=False)
class StackState:
    """A mask stack of the document: one way to divide the recording into layers.

    Attributes
    ----------
    id : int
        Unique within a document, never reused.
    name : str
    layers : tuple of Layer
    edits : tuple of Edit
        Laid over the computed masks, in this order.
    run : int or None
        Number of the run whose factors the masks are computed from; None before any factorisation.
    groups : tuple of Group
        In the order of their layers, which stand together; each has at least one.
    marks : tuple of Mark, or None
        Of a stack of sources: what was said of places, in that order. Its parts are sources, which share the components
        of the run. None for other stacks, whose parts are the components themselves.
    known : tuple of Known
        What the user knows of its components: curves that factorisations keep or are drawn towards, onsets, notes.
    """

    id: int
    name: str
    layers: tuple[Layer, ...] = ()
    edits: tuple[Edit, ...] = ()
    run: int | None = None
    groups: tuple[Group, ...] = ()
    marks: tuple[Mark, ...] | None = None
    known: tuple[Known, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """Parts of all layers."""
        return tuple(part for layer in self.layers for part in layer.parts)


@dataclass(frozen=True)
class Reference:
    """A sound file of a single source, which layers and groups are measured against and stacks are made from.

    Attributes
    ----------
    id : int
        Unique within a document, never reused.
    name : str
    path : Path
    checksum : str
        SHA-256 of the file when it was added, hexadecimal.
    offset : float
        Where in the recording it begins, in seconds; negative where its beginning is not of the recording.
    gain_db : float
        What it is raised by.
    """

    id: int
    name: str
    path: Path
    checksum: str
    offset: float = 0.0
    gain_db: float = 0.0


@dataclass(frozen=True, eq=False)
class RememberedArea:
    """A selection of time and frequency that was remembered, with its name."""

    name: str
    area: Area


@dataclass(frozen=True, eq=False)
class Marker:
    """A moment of the recording with a name; or a region, a span of its time.

    Attributes
    ----------
    name : str
    begin, end : float
        In seconds, of which the end is not before the beginning; the same of a moment.
    """

    name: str
    begin: float
    end: float

    @property
    def is_region(self) -> bool:
        """Whether it has a length."""
        return self.end > self.begin


@dataclass(frozen=True, eq=False)
class State:
    """All that undo and redo move between.

    States that follow each other share what they have in common; whether something changed is told by identity.

    Attributes
    ----------
    analysis : Analysis
    stacks : tuple of StackState
        In the order in which they were made; at least one.
    shown : int
        Id of the stack that is seen, heard and edited: the present one.
    next_id : int
        The next free identity for a layer, part, group or stack.
    mixes : tuple of (RememberedMix or None)
        One for each of the `SLOTS`.
    references : tuple of Reference
    assigned : tuple of (int, int)
        Ids of layers and groups with the id of the reference that the user gave each, 0 for none; the others have
        that which they are most like.
    area : Area or None
        What is selected of time and frequency; never an empty one.
    remembered : tuple of RememberedArea
        In the order in which they were remembered.
    markers : tuple of Marker
        From left to right.
    """

    analysis: Analysis = field(default_factory=Analysis)
    stacks: tuple[StackState, ...] = (StackState(0, "Factorisation"),)
    shown: int = 0
    next_id: int = 1
    mixes: tuple[RememberedMix | None, ...] = (None,) * SLOTS
    references: tuple[Reference, ...] = ()
    assigned: tuple[tuple[int, int], ...] = ()
    area: Area | None = None
    remembered: tuple[RememberedArea, ...] = ()
    markers: tuple[Marker, ...] = ()

    @property
    def present(self) -> StackState:
        """The stack that is seen, heard and edited."""
        return next(stack for stack in self.stacks if stack.id == self.shown)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Layers of the present stack."""
        return self.present.layers

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Edits of the present stack."""
        return self.present.edits

    @property
    def run(self) -> int | None:
        """Number of the run that the masks of the present stack are computed from."""
        return self.present.run

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups of the present stack."""
        return self.present.groups

    @property
    def marks(self) -> tuple[Mark, ...] | None:
        """Marks of the present stack; None where it is none of sources."""
        return self.present.marks

    @property
    def runs(self) -> set[int]:
        """Numbers of the runs that masks of any stack are computed from."""
        return {stack.run for stack in self.stacks if stack.run is not None}

    def with_present(self, **values: Any) -> State:
        """The same state, but for some fields of the present stack; the other stacks are the same objects."""
        changed = replace(self.present, **values)
        return replace(self, stacks=tuple(changed if each.id == self.shown else each for each in self.stacks))


def fresh_state(analysis: Analysis) -> State:
    """The state of a recording just opened: one stack with one layer, Everything."""
    everything = Layer(1, "Everything", palette_colour(0), (Part(2, 0),))
    return State(analysis, (StackState(0, "Factorisation", (everything,)),), next_id=3)


def mask_model(
    state: State, runs: Mapping[int, Run], samples: Callable[[Factors, float], Samples] = Samples
) -> MaskModel | None:
    """What the masks of a state are computed from; None before any factorisation.

    Parameters
    ----------
    samples : callable
        Gives what is remembered of the places that were marked.
    """
    run = runs.get(state.run) if state.run is not None else None
    if run is None or state.marks is None or not isinstance(run.factors, Factors):
        return None if run is None else run.factors
    return sources(samples(run.factors, run.settings.power), state.present.parts, state.marks)


def stack_of(
    state: State,
    model: MaskModel | None,
    samples: int,
    levels: NDArray[np.uint8] | None = None,
    remembered: Memory | None = None,
) -> Stack:
    """The mask stack that a state shows, ready to be evaluated.

    Parameters
    ----------
    state : State
    model : MaskModel or None
        From `mask_model`.
    samples : int
        Length of the recording.
    levels : uint8, shape (N, F), optional
        Levels of the mix.
    remembered : Memory, optional
        What was evaluated before.
    """
    frames = state.analysis.frames(samples)
    return Stack(state.layers, model, state.edits, state.analysis.bins, frames, levels, state.groups, remembered)
