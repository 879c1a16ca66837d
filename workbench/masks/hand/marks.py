"""Marks: what a person says of places. They are words, no masks: the masks of all sources follow from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import of_plane
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.model.grid import Region
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
    name : str
        What it was made from, where that is no place that was pointed at: onsets, a line, notes.
    """

    id: int
    source: int
    place: Area | Trace
    weight: float = 1.0
    denies: bool = False
    name: str = ""

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Mark:
        """The same mark under another window and hop; `samples` is the recording's length."""
        return replace(self, place=self.place.resampled(old, new, samples))

    def faded(self, share: float) -> Mark:
        """The same mark with so much, 0 … 1, of the cover of its place."""
        place = self.place
        if isinstance(place, Trace):
            strength = np.array([1.0, 1.0, share])
            return replace(self, place=replace(place, paths=tuple(_times(path, strength) for path in place.paths)))
        inside = place.bounds
        rows, columns = np.arange(inside.low, inside.high), np.arange(inside.start, inside.stop)
        cover = np.rint(place.read(rows, columns) * share).astype(np.uint8)
        return replace(self, place=of_plane(cover, inside, place.bins, place.frames))

    def shifted(self, bins: int, frames: int) -> Mark:
        """The same mark so many bins higher and frames later, as far as the plane goes; strokes keep their frequencies
        apart in Hz."""
        place = self.place
        if isinstance(place, Trace):
            return replace(self, place=Trace(tuple(_shifted(path, bins, frames) for path in place.paths), place.within))
        old = place.bounds
        now = Region(old.low + bins, old.high + bins, old.start + frames, old.stop + frames).clipped(
            place.bins, place.frames
        )
        rows, columns = np.arange(now.low, now.high) - bins, np.arange(now.start, now.stop) - frames
        return replace(self, place=of_plane(place.read(rows, columns), now, place.bins, place.frames))


def _times(path: Path, factors: NDArray[np.float64]) -> Path:
    return replace(path, points=path.points * factors)


def _shifted(path: Path, bins: int, frames: int) -> Path:
    points, ruler = path.points.copy(), path.ruler
    points[:, 0] += ruler.x(frames)
    points[:, 1] = ruler.y(ruler.hz(points[:, 1]) / ruler.hz_per_bin + bins)
    return replace(path, points=points)
