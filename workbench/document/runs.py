"""The document's list of factorisations: their numbers, and what has to be known to go back to one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from workbench.document.state import Run, State
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Model, Shares
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

PREVIEW = 0
"""The number of the run that is only tried out; real ones count from 1."""
MOST_RUNS = 30
"""How many runs stay in the list though nothing uses them: the newest."""


MOST_BYTES = 256 * 2**20
"""What a project file holds of runs that no step of its history uses."""


def kept_by(runs: Mapping[int, Run], used: Collection[int]) -> list[int]:
    """The numbers of runs that a project file holds: those that are used, and of the others as many as have room."""
    left, kept = MOST_BYTES, set(used)
    for number in sorted(runs.keys() - kept - {PREVIEW}, reverse=True):
        left -= runs[number].factors.nbytes
        if runs[number].name and left >= 0:
            kept.add(number)
    return sorted(kept)


class Runs:
    """Runs by number, for the thread of the window.

    Parameters
    ----------
    known : mapping of int to Run, optional
        Those of a project file.
    """

    def __init__(self, known: Mapping[int, Run] | None = None) -> None:
        # Files of earlier versions tell no number.
        self._known = {key: run if run.number else replace(run, number=key) for key, run in (known or {}).items()}
        self._next = max(self._known, default=0) + 1
        self._layers: dict[int, tuple[Layer, ...]] = {}
        self._begun: dict[int, State] = {}
        self._family: dict[int, int] = {}
        """For each run that was carried over to another window and hop, the one that it began as."""

    @property
    def known(self) -> Mapping[int, Run]:
        """All runs by number, as they are at any time; not to be written to."""
        return MappingProxyType(self._known)

    def add(self, run: Run) -> int:
        """Put a run into the list; returns its identity, which no other run had before.

        The user's number is the next free one, unless the run has one already, from the run that it was made of.
        """
        identity = self._next
        self._next += 1
        free = max((each.number for each in self._known.values()), default=0) + 1
        self._known[identity] = run if run.number else replace(run, number=free)
        return identity

    def change(self, number: int, **values: Any) -> None:
        """Set fields of a run."""
        self._known[number] = replace(self._known[number], **values)

    def remove(self, number: int) -> None:
        """Take a run out of the list; nothing where it is not there."""
        for held in (self._known, self._layers, self._begun, self._family):
            held.pop(number, None)

    def forget(self, needed: Collection[int]) -> bool:
        """Take out the runs that nothing can bring back; answers whether there were any.

        Those stay that `needed` names, the newest of those that have a name, and what is tried out.
        """
        listed = sorted((number for number, run in self._known.items() if run.name), reverse=True)
        gone = self._known.keys() - {*listed[:MOST_RUNS], *needed, PREVIEW}
        for number in gone:
            self.remove(number)
        return bool(gone)

    def nbytes(self, number: int) -> int:
        """Bytes of the factors of a run; 0 where it is not known."""
        return self._known[number].factors.nbytes if number in self._known else 0

    def hold(self, thing: object) -> bool:
        """Whether something is the factors of a run."""
        return any(run.factors is thing for run in self._known.values())

    # -- what is only tried out ----------------------------------------------------------------------

    def try_out(self, run: Run) -> None:
        """Make a run the one with the number PREVIEW, in place of the one tried out before."""
        self._known[PREVIEW] = run

    def end_trial(self) -> None:
        """Let go of what was tried out."""
        self._known.pop(PREVIEW, None)

    # -- where a run began, and the layers it had -----------------------------------------------------

    def begin(self, number: int, state: State) -> None:
        """A run began, and its step made this state."""
        self._begun[number] = state

    def begun(self, number: int) -> State | None:
        """The state that the step of a run made; None where it is not known."""
        return self._begun.get(number)

    def replace_state(self, before: State, now: State) -> None:
        """A step has another state though nothing was done: runs that began there began with that one."""
        self._begun = {number: now if state is before else state for number, state in self._begun.items()}

    def keep_layers(self, number: int, layers: tuple[Layer, ...]) -> None:
        """Remember the layers that hold the components of a run. (Sources share them.)"""
        self._layers[number] = layers

    def layers_of(self, number: int) -> tuple[Layer, ...]:
        """The layers that a run had when it was shown last; none where it never was."""
        return self._layers.get(number, ())

    # -- another window and hop -----------------------------------------------------------------------

    def carry_over(
        self, models: Mapping[int, Model], old: Analysis, new: Analysis, samples: int, rate: float
    ) -> dict[int, int]:
        """Add a copy of each of some runs for another window and hop.

        A run that was carried over from there already goes back to what it was, and loses nothing on the way.

        Parameters
        ----------
        models : mapping of int to Model
            What these runs are there, see `Model.resampled`.
        samples : int
            Length of the recording.
        rate : float
            Samples a second.

        Returns
        -------
        dict of int to int
            From the runs to their copies. What a copy costs is not known.
        """
        carried = {}
        for identity, model in sorted(models.items()):
            run = self._known[identity]
            origin = self._family.get(identity, identity)
            kin = [each for each in self._known if self._family.get(each, each) == origin]
            fits = [each for each in kin if model_fits(self._known[each].factors, new.bins, new.frames(samples))]
            if fits:
                carried[identity] = fits[0]
                continue
            settings = _settings_for(run.settings, old, new, rate)
            carried[identity] = self.add(replace(run, settings=settings, factors=model, costs=()))
            self._family[carried[identity]] = origin
        return carried


def _settings_for(settings: RunSettings, old: Analysis, new: Analysis, rate: float) -> RunSettings:
    """The same settings, the selection in frames of another window and hop."""
    if settings.selection is None:
        return settings
    start, stop = settings.selection
    return replace(settings, selection=new.frames_of(*old.span(int(start), int(stop), rate), rate))


def model_fits(model: Model, bins: int, frames: int) -> bool:
    """Whether templates and activations, or given masks, are those of a plane of (bins, frames)."""
    if isinstance(model, Shares):
        return model.masks.ndim == 3 and model.masks.shape[1:] == (frames, bins)
    return model.W.ndim in (2, 3) and (model.W.shape[0], model.H.shape) == (bins, (model.W.shape[1], frames))
