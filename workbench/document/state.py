"""The document's data. Everything that undo brings back is in `State`; it is immutable and plain."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.document.settings import RunSettings
from workbench.masks.edits import Edit
from workbench.masks.layers import Layer, Part, palette_colour
from workbench.masks.models import Model
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
