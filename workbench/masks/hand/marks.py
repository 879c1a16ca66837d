"""Marks: what a person says of places. They are words, no masks: the masks of all sources follow from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.masks.edits.area import Area
from workbench.masks.edits.traces import Trace
from workbench.spectral.stft import Analysis


@dataclass(frozen=True, eq=False)
class Mark:
    """A source sounds at a place, or does not.

    Parameters
    ----------
    id : int
        Unique within a document, never reused.
    source : int
        Id of the part that is the source.
    place : Area or Trace
        The bins of which it is said.
    weight : float
        How sure it is, 0 … 1.
    denies : bool
        The source does not sound there.
    """

    id: int
    source: int
    place: Area | Trace
    weight: float = 1.0
    denies: bool = False

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Mark:
        """The same mark under another window and hop; `samples` is the recording's length."""
        return replace(self, place=self.place.resampled(old, new, samples))
