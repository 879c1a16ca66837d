"""Onsets: what begins at once over many frequencies, and how far it goes over frequency and time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workbench.masks.edits.area import Area, nothing
from workbench.masks.edits.areas import of_plane
from workbench.masks.model.grid import Region
from workbench.spectral.level import FLOOR_DB, STEP_DB, Levels, level_db
from workbench.spectral.stft import Analysis

RISE_DB = 6.0
"""By how much an attack is louder than what sounded a window before."""
ABOVE_DB = 3.0
"""It is over where it is not louder by more than this than before it began."""
TONAL_DB = 4.0
"""What does not stand out over frequency by more than this is no partial where something begins: bins of a hiss differ
by as much."""
HOLE = 12
"""Bins without an attack that do not end its extent: another sound covers it there."""
NEARBY = 16
"""Bins on either side of a place that tell when the attack is."""
WIDELY = 24
"""Bins on either side of a place that begin together in an attack."""
LONGEST_SECONDS = 3.0


def is_onset(levels: Levels, row: int, column: int, analysis: Analysis) -> bool:
    """Whether what is in a bin and frame goes over frequency rather than through time.

    The median over frequency is held against the medians over the two windows before and after it, of which the
    greater counts: so the attack of a tone is a part of the tone (after Fitzgerald, *Harmonic/percussive separation
    using median filtering*, DAFx 2010).
    """
    reach = 2 * analysis.overlap
    # Of three bins the loudest, each time: a tone may move by a bin.
    low, high = max(row - NEARBY, 0), row + NEARBY + 1
    over = float(np.median(ndimage.maximum_filter1d(levels[column, low:high], 3)))
    near = levels[max(column - reach, 0) : column + reach + 1, max(row - 1, 0) : row + 2].max(axis=1)
    here = min(column, reach)
    sides = near[: here + 1], near[here:]
    lasting = max(float(np.median(side)) for side in sides)
    return over >= lasting - TONAL_DB / STEP_DB


def begins(levels: Levels, row: int, column: int, analysis: Analysis) -> bool:
    """Whether half of the bins around one get louder by `RISE_DB` or more within a window, in a frame or just before.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    row, column : int
        The bin and frame.
    analysis
        That of the recording.
    """
    near = slice(max(row - WIDELY, 0), row + WIDELY + 1)
    frames = np.arange(max(column - analysis.overlap + 1, 0), min(column + 3, len(levels)))
    before = np.maximum(frames - analysis.overlap, 0)
    rises = level_db(levels[frames, near]) - level_db(levels[before, near])
    return bool(((rises >= RISE_DB).mean(axis=1) >= 0.5).any())


def onset_at(levels: Levels, row: int, column: int, reach: int, fall: float, analysis: Analysis, rate: float) -> Area:
    """The attack near a place, over all frequencies that begin with it, until each of them has died away.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    row, column : int
        The place.
    reach : int
        Frames that it may be off.
    fall : float
        A frequency is over where it has fallen by so many dB below its loudest frame, where it is no louder than
        before, or where it begins anew.
    analysis, rate
        Those of the recording.

    Returns
    -------
    Area
        Empty where nothing begins there.
    """
    frames, bins = levels.shape
    window = analysis.overlap
    first = column - reach - 3 * window
    last = min(column + reach + analysis.frame_at(LONGEST_SECONDS, rate), frames)
    # What sounds with the recording's first frame has begun there.
    held = np.pad(levels[max(first, 0) : last], ((max(-first, 0), 0), (0, 0)))
    # Of noise neighbouring bins go up and down by themselves; their means do not.
    power = 10.0 ** (level_db(held.T) / 10)
    smooth = 10 * np.log10(np.maximum(ndimage.uniform_filter(power, (3, 3), mode="nearest"), 10.0 ** (FLOOR_DB / 10)))
    rises = smooth[:, window:] - smooth[:, :-window]
    low, high = max(row - NEARBY, 0), row + NEARBY + 1
    near = slice(column - reach - 2 * window - first, column + reach - first + 1)
    attack = near.start + int(np.argmax(np.maximum(rises[low:high, near], 0).sum(axis=0))) + window
    begun = rises[:, max(attack - window - 1, 0) : attack - window + 2].max(axis=1) >= RISE_DB
    rows = _extent(begun, row)
    if not len(rows):
        return nothing(bins, frames)
    sounding = np.zeros((len(rows), smooth.shape[1]), bool)
    for i in np.nonzero(begun[rows])[0]:
        start, stop = _course(smooth[rows[i]], attack, window, fall)
        sounding[i, start:stop] = True
    region = Region(int(rows[0]), int(rows[-1]) + 1, max(first, 0), last)
    return of_plane(sounding[:, max(-first, 0) :], region, bins, frames)


def _extent(begun: NDArray[np.bool_], row: int) -> NDArray[np.intp]:
    """The bins around a place over which an attack goes, with its holes."""
    padded = np.pad(begun, HOLE)
    closed = ndimage.binary_closing(padded, np.ones(HOLE + 1))[HOLE:-HOLE]
    labels, _ = ndimage.label(closed)
    if not labels[row]:
        return np.zeros(0, np.intp)
    return np.nonzero(labels == labels[row])[0]


def _course(heights: NDArray[np.float64], attack: int, window: int, fall: float) -> tuple[int, int]:
    """First frame of what begins in one bin at an attack, and the one behind its last."""
    before = float(np.median(heights[max(attack - 3 * window, 0) : max(attack - window, 1)]))
    stop = min(attack + window, len(heights))
    loudest = attack + int(np.argmax(heights[attack:stop])) if stop > attack else attack
    least = max(float(heights[loudest]) - fall, before + ABOVE_DB)
    start = loudest
    while start > 0 and loudest - start < 2 * window and heights[start - 1] >= least:
        start -= 1
    end, lowest = loudest + 1, float(heights[loudest])
    while end < len(heights) and heights[end] >= least:
        lowest = min(lowest, float(heights[end]))
        if heights[end] > lowest + RISE_DB:
            break
        end += 1
    return start, end
