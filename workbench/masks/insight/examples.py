"""What an example of a sound says: where it sounds, where what is like it does, and where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.masks.edits.area import CHUNK, Area, Bytes, made_in_chunks
from workbench.masks.insight.similar import repeated, similar_events
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.progress import Progress, part, silent
from workbench.spectral.level import STEP_DB
from workbench.spectral.stft import Analysis

LEAST_LIKENESS = 0.7
"""Of events that count as further examples."""
SOUNDS_DB, BESIDE_DB = 36.0, 25.0
"""How far below the example's loudest bin it still sounds, and something beside it is loud enough to be told from it.
Of a wide example most bins are as good as silent, and say little about much."""
HALF = 127
"""Coverage above which a bin is in the example."""

_Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Heard:
    """What is heard of some frames.

    Attributes
    ----------
    sound : Area
        Where the sound is.
    beside : Area
        What sounds at the same time and was not selected; empty where nothing does.
    """

    sound: Area
    beside: Area


@dataclass(frozen=True, eq=False)
class Example:
    """An example, and what is like it.

    Attributes
    ----------
    itself : Heard
    similar : Heard
        Of the events that are like it; empty areas where there are none.
    events : int
        How many there are.
    """

    itself: Heard
    similar: Heard
    events: int


def example_of(stack: Stack, area: Area, analysis: Analysis, progress: Progress = silent) -> Example:
    """Listen to an area as to an example of a sound.

    Parameters
    ----------
    stack : Stack
        Its levels are what is listened to.
    area : Area
        Where the sound is, of whatever shape.
    analysis : Analysis
        That of the levels.
    progress : Progress
        Told the share done.

    Raises
    ------
    UserError
        `masks.example_silent`: nothing sounds there. `masks.example_all`: it is all there is, so that nothing is left.
        `masks.levels_unknown`: the mix was not measured.
    Cancelled
        If it is stopped.
    """
    levels = stack.levels
    if levels is None:
        raise UserError("masks.levels_unknown")
    if not area:
        raise UserError("masks.example_silent")
    if not area.inverted():
        raise UserError("masks.example_all")
    bounds = area.bounds
    loudest = max(int((levels[at.start : at.stop, at.low : at.high].T * held).max()) for at, held in _read(area))
    if not loudest:
        raise UserError("masks.example_silent")
    begins: list[int] = []
    if bounds.stop - bounds.start < area.frames:
        begins = similar_events(stack, area, LEAST_LIKENESS, analysis, part(progress, 0.0, 0.7))
    whole = repeated(area, begins)

    def sounds(at: Region, below: float) -> _Flags:
        least = max(loudest - round(below / STEP_DB), 1)
        return np.asarray(least <= levels[at.start : at.stop, at.low : at.high].T)

    def own(at: Region) -> NDArray[np.bool_]:
        """In which frames the example itself is, (T,)."""
        return np.asarray(_covered(area, replace(at, low=bounds.low, high=bounds.high)).any(axis=0))

    def heard(mine: bool, share: float) -> Heard:
        """Of the example's own frames, or of the others."""

        def sound(at: Region) -> Bytes:
            return _bytes(_covered(whole, at) & (own(at) == mine) & sounds(at, SOUNDS_DB))

        def beside(at: Region) -> Bytes:
            held = _covered(whole, at)
            return _bytes(~held & held.any(axis=0) & (own(at) == mine) & sounds(at, BESIDE_DB))

        every = Region(0, area.bins, whole.bounds.start, whole.bounds.stop)
        found = Heard(*(made_in_chunks(area.bins, area.frames, every, flags) for flags in (sound, beside)))
        progress(share)
        return found

    return Example(heard(True, 0.85), heard(False, 1.0), len(begins))


def _bytes(flags: _Flags) -> Bytes:
    return flags.astype(np.uint8) * np.uint8(255)


def _covered(area: Area, at: Region) -> _Flags:
    return area.read(np.arange(at.low, at.high), np.arange(at.start, at.stop)) > HALF


def _read(area: Area) -> Iterator[tuple[Region, _Flags]]:
    """An area chunk by chunk of frames."""
    bounds = area.bounds
    for start in range(bounds.start, bounds.stop, CHUNK):
        at = Region(bounds.low, bounds.high, start, min(start + CHUNK, bounds.stop))
        yield at, _covered(area, at)
