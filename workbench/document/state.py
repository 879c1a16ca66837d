"""The document's data. Everything that undo brings back is in `State`; it is immutable and plain."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.masks.edits import Edit
from workbench.masks.layers import Layer, Part, palette_colour
from workbench.masks.stack import Factors
from workbench.spectral.stft import Analysis


@dataclass(frozen=True)
class RunSettings:
    """What a factorisation was asked for.

    Attributes
    ----------
    components : int
        K.
    divergence : str
        'kl', 'is' or 'eu'.
    iterations : int or None
        None until stopped.
    seed : int
    """

    components: int = 10
    divergence: str = "kl"
    iterations: int | None = 100
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Run:
    """A factorisation, finished or under way.

    Attributes
    ----------
    settings : RunSettings
    factors : Factors
        The newest W and H.
    costs : tuple of float
        Cost after each iteration, from the run's start.
    """

    settings: RunSettings
    factors: Factors
    costs: tuple[float, ...] = ()


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
        The next free identity for a layer or part.
    """

    analysis: Analysis = field(default_factory=Analysis)
    layers: tuple[Layer, ...] = ()
    edits: tuple[Edit, ...] = ()
    run: int | None = None
    next_id: int = 1


def fresh_state(analysis: Analysis) -> State:
    """The state of a recording just opened: one layer, Everything."""
    everything = Layer(1, "Everything", palette_colour(0), (Part(2, 0),))
    return State(analysis=analysis, layers=(everything,), next_id=3)
