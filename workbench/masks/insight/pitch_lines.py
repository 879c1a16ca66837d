"""Pitch lines: the lowest partial of what is selected, followed frame by frame and cut into notes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workbench.masks.edits.area import Area
from workbench.masks.edits.traces import Trace
from workbench.masks.insight.ridges import vertex
from workbench.progress import Progress, silent
from workbench.spectral.level import Levels, level_db
from workbench.spectral.stft import Analysis

STEADY_SECONDS = 0.1
"""A pitch that comes and goes within this, as in a vibrato or at an attack, is none of the line."""
STAYING = 0.7
"""Semitones that a note may be bent."""
SHORTEST_SECONDS = 0.05
"""Notes that are shorter are not heard as a pitch."""
TOLD_EVERY = 256
HIGHEST, LOWEST = 120, 12
"""MIDI pitches that a line may have."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class LineNote:
    """One pitch of a line.

    Attributes
    ----------
    pitch : float
        MIDI pitch as it is played, with cents as fractions.
    spans : tuple of (int, int)
        First frame of each time it sounds, and the one behind its last.
    """

    pitch: float
    spans: tuple[tuple[int, int], ...]


def pitch_line(
    levels: Levels, area: Area | Trace, analysis: Analysis, rate: float, progress: Progress = silent
) -> tuple[int, Doubles]:
    """First frame of what is selected or drawn over, and from there on the pitch in each frame; NaN where nothing is.

    The loudest bin of the lowest stretch of its bins: where overtones are selected, too, the line is that of the
    fundamental.

    Parameters
    ----------
    levels : uint8, shape (N, F)

    Raises
    ------
    Cancelled
        If it is stopped.
    """
    # A stroke may go beyond the plane.
    bounds = area.bounds.clipped(levels.shape[1], levels.shape[0])
    rows, columns = np.arange(bounds.low, bounds.high), np.arange(bounds.start, bounds.stop)
    pitches = np.full(len(columns), np.nan)
    held = np.zeros((len(rows), 0), bool)
    for i in range(len(columns)):
        if i % TOLD_EVERY == 0:
            progress(i / len(columns))
            held = area.at(rows, columns[i : i + TOLD_EVERY]) >= 0.5
        selected = np.flatnonzero(held[:, i % TOLD_EVERY])
        if not len(selected):
            continue
        ends = np.flatnonzero(np.diff(selected) > 1)
        lowest = rows[selected[: ends[0] + 1 if len(ends) else None]]
        column = level_db(levels[columns[i]]).astype(np.float64)
        place = vertex(column, int(lowest[np.argmax(column[lowest])]))
        hz = float(analysis.hz_of(place, rate))
        if hz > 0:
            pitches[i] = 69 + 12 * np.log2(hz / 440)
    return bounds.start, pitches


def _semitones(pitches: Doubles) -> list[int]:
    """The semitone of each frame; the one before as long as the pitch is no farther from it than `STAYING`."""
    out: list[int] = []
    for pitch in pitches:
        out.append(out[-1] if out and abs(pitch - out[-1]) <= STAYING else round(pitch))
    return out


def notes_of(start: int, pitches: Doubles, analysis: Analysis, rate: float) -> list[LineNote]:
    """The notes of a line, from the lowest: one for each semitone, tuned to the median of how it was played.

    Parameters
    ----------
    start : int
        Frame of the first pitch.
    pitches : float64, shape (n,)
        MIDI pitches, NaN where there is none.
    """
    steady = max(1, analysis.frame_at(STEADY_SECONDS, rate) | 1)
    shortest = max(1, analysis.frame_at(SHORTEST_SECONDS, rate))
    there = np.isfinite(pitches) & (pitches >= LOWEST) & (pitches <= HIGHEST)
    semitones = np.zeros(len(pitches), int)
    runs, count = ndimage.label(there)
    for run in range(1, count + 1):
        inside = runs == run
        semitones[inside] = _semitones(ndimage.median_filter(pitches[inside], steady, mode="nearest"))
    changes = np.flatnonzero(np.diff(np.where(there, semitones, 0), prepend=0, append=0))
    spans: dict[int, list[tuple[int, int]]] = {}
    for first, stop in pairwise(changes):
        if semitones[first] and there[first] and stop - first >= shortest:
            spans.setdefault(int(semitones[first]), []).append((start + int(first), start + int(stop)))
    notes = []
    for semitone, each in sorted(spans.items()):
        played = np.concatenate([pitches[a - start : b - start] for a, b in each])
        notes.append(LineNote(float(np.median(played[np.abs(played - semitone) <= 1])), tuple(each)))
    return notes
