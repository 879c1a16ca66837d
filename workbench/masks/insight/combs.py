"""Combs: the partials of tones whose pitch is known, as far as they stand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area, Bytes, made_in_chunks, nothing
from workbench.masks.insight.pitch_lines import LineNote
from workbench.masks.insight.ridges import AROUND, CLEAR_DB, LOBE, LOW_QUANTILE, NEARBY, Doubles
from workbench.masks.model.grid import Region
from workbench.progress import Progress, silent
from workbench.spectral.level import Levels, level_db
from workbench.spectral.stft import Analysis, nearest

PARTIALS = 10
"""Higher ones are weak and often another tone's: with forty a melody lost 0.5 to 2 dB."""
LEAST_SHARE = 0.5
"""A partial that stands out in a smaller share of the frames of its tone is none."""
BENT = 1.0
"""Semitones that a line may be off the pitch of its note; beyond them it was another sound for a moment."""


@dataclass(frozen=True, eq=False)
class Tone:
    """A tone whose pitch is known in every frame.

    Attributes
    ----------
    start : int
        Its first frame.
    places : float64, shape (n,)
        Its fundamental, in bins with fractions.
    """

    start: int
    places: Doubles


def tones_of_line(
    start: int, pitches: Doubles, notes: Sequence[LineNote], analysis: Analysis, rate: float
) -> list[Tone]:
    """The tones of a pitch line, with its vibrato and glides; `start` is the frame of the first pitch."""
    out = []
    for note in notes:
        for first, stop in note.spans:
            played = pitches[first - start : stop - start]
            near = np.where(np.abs(played - note.pitch) <= BENT, played, note.pitch)
            out.append(Tone(first, _places(near, analysis, rate)))
    return out


def tone_of_note(pitch: float, begin: float, end: float, analysis: Analysis, rate: float) -> Tone:
    """The tone of a note: MIDI pitch, begin and end in seconds."""
    first, stop = analysis.frames_of(begin, end, rate)
    return Tone(first, _places(np.full(max(stop - first, 1), pitch), analysis, rate))


def _places(pitches: Doubles, analysis: Analysis, rate: float) -> Doubles:
    return analysis.bin_place(440.0 * 2 ** ((pitches - 69) / 12), rate)


def comb(levels: Levels, tones: Sequence[Tone], progress: Progress = silent) -> Area:
    """The bins of the partials of tones, each as wide as its main lobe, where it stands out of what is around it.

    Parameters
    ----------
    levels : uint8, shape (N, F)

    Raises
    ------
    Cancelled
        If it is stopped.
    """
    frames, bins = levels.shape
    found: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    for i, tone in enumerate(tones):
        progress(i / len(tones))
        inside = (np.arange(len(tone.places)) + tone.start >= 0) & (np.arange(len(tone.places)) + tone.start < frames)
        columns = np.arange(tone.start, tone.start + len(tone.places))[inside]
        for number in range(1, PARTIALS + 1):
            places = number * tone.places[inside]
            if not len(places) or places.max() > bins - 2:
                break
            peaks, out = _standing_out(levels, columns, places)
            if out.mean() >= LEAST_SHARE:
                found.append((columns[out], peaks[out]))
    if not found:
        return nothing(bins, frames)
    columns = np.concatenate([each for each, _ in found])
    order = np.argsort(columns, kind="stable")
    columns, rows = columns[order], np.concatenate([each for _, each in found])[order]

    def coverage(part: Region) -> Bytes:
        out = np.zeros((part.high - part.low, part.stop - part.start), np.uint8)
        mine = slice(*np.searchsorted(columns, (part.start, part.stop)))
        for aside in range(-LOBE, LOBE + 1):
            there = rows[mine] + aside - part.low
            within = (there >= 0) & (there < len(out))
            out[there[within], columns[mine][within] - part.start] = 255
        return out

    whole = Region(int(rows.min()) - LOBE, int(rows.max()) + LOBE + 1, int(columns[0]), int(columns[-1]) + 1)
    made = made_in_chunks(bins, frames, whole, coverage)
    # Found here and kept, so that whoever shows it does not wait for it.
    _ = made.bounds
    return made


def _standing_out(
    levels: Levels, columns: NDArray[np.intp], places: Doubles
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The peak near a place in each frame, and whether it is one that stands out as a partial does."""
    last, reach = levels.shape[1] - 1, int(np.ceil(NEARBY))
    middle = nearest(places)
    rows = np.clip(middle[:, None] + np.arange(-AROUND, AROUND + 1), 0, last)
    heights = level_db(levels[columns[:, None], rows])
    each = np.arange(len(columns))
    peak = AROUND - reach + np.argmax(heights[:, AROUND - reach : AROUND + reach + 1], axis=1)
    top = heights[each, peak]
    low = int(LOW_QUANTILE * (heights.shape[1] - 1))
    around = np.partition(heights, low, axis=1)[:, low]
    out = (top >= around + CLEAR_DB) & (top >= heights[each, peak - 1]) & (top >= heights[each, peak + 1])
    return rows[each, peak], out
