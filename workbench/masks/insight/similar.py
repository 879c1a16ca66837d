"""Similar events: where else the recording sounds as in a selection, by spectrum and course in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy import ndimage

from workbench.errors import UserError
from workbench.masks.edits.area import Area, Bytes, made_in_chunks
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.progress import Progress, silent
from workbench.spectral.level import STEP_DB, Levels
from workbench.spectral.stft import Analysis

Doubles = NDArray[np.float64]

AT_ONCE = 2_000_000
"""Values that are transformed together."""
QUIETEST_DB = 60.0
"""What lies farther below the selection's loudest bin counts as that far below."""
LONGEST = 4096
"""Frames of a selection that are compared; of a longer one its first."""
BESIDE = 2
"""Bins on either side of a selection that count too: a partial is told by what it stands out of, and an attack by the
quiet of the window before it."""


def likeness(levels: Levels, area: Area, analysis: Analysis, progress: Progress = silent) -> Doubles:
    """How like a selection the recording is, wherever the selection is moved to in time.

    The correlation coefficient of the levels in dB under the selection with those under the moved one, weighted by its
    coverage: 1 where they differ by their loudness at most. (Normalised cross-correlation; Lewis, *Fast normalized
    cross-correlation*, Vision Interface 1995.) `BESIDE` bins around it and the window before it count as well. Parts
    that leave the recording count as silence.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    area : Area
        With something in it.
    analysis : Analysis
        That of the levels.

    Returns
    -------
    float64, shape (N,)
        From −1 to 1, by the frame in which the moved selection begins. All zero where the selection is of one level.

    Raises
    ------
    Cancelled
        If it is stopped.
    """
    bounds, frames, before = area.bounds, len(levels), analysis.overlap
    rows = np.arange(max(bounds.low - BESIDE, 0), min(bounds.high + BESIDE, area.bins))
    length = min(bounds.stop - bounds.start, LONGEST)
    weight = _widened(area.at(rows, np.arange(bounds.start, bounds.start + length)).astype(np.float64), before)
    inside = levels[bounds.start : bounds.start + length, rows].T
    least = max(int(inside[weight[:, before:] > 0].max()) - round(QUIETEST_DB / STEP_DB), 0)

    def heights(some: slice) -> Doubles:
        """Levels above silence with a window of silence before them, shape (R, before + N)."""
        held = levels[:, rows[some][0] : rows[some][-1] + 1].T
        return np.pad(np.maximum(held.astype(np.float64) - least, 0.0), ((0, 0), (before, 0)))

    total = float(weight.sum())
    here = slice(bounds.start, bounds.start + before + length)
    size = scipy.fft.next_fast_len(frames + 2 * before + length, real=True)
    step = max(1, AT_ONCE // size)
    pieces = [slice(low, low + step) for low in range(0, len(rows), step)]
    patch = np.concatenate([heights(some)[:, here] for some in pieces])
    own = weight * (patch - float((weight * patch).sum()) / total)
    spread = float((own * (patch - float((weight * patch).sum()) / total)).sum())
    if spread <= 1e-9:
        return np.zeros(frames)
    together, first, second = np.zeros(frames), np.zeros(frames), np.zeros(frames)
    for some in pieces:
        there = heights(some)
        for out, moved, fixed in (
            (together, there, own[some]),
            (first, there, weight[some]),
            (second, there**2, weight[some]),
        ):
            out += _correlated(moved, fixed, size)[:frames]
        progress(min(some.stop, len(rows)) / len(rows))
    varied = second - first**2 / total
    out = np.divide(together, np.sqrt(spread * np.maximum(varied, 0)), out=np.zeros(frames), where=varied > 1e-6)
    return np.clip(out, -1.0, 1.0)


def _widened(weight: Doubles, before: int) -> Doubles:
    """Weights that reach `BESIDE` bins farther, and so many frames earlier, which are added; shape (R, before + T)."""
    taller = ndimage.maximum_filter1d(weight, 2 * BESIDE + 1, axis=0, mode="constant")
    padded = np.pad(taller, ((0, 0), (before, 0)))
    # Each frame with the greatest of those that follow it within the window.
    return np.asarray(ndimage.maximum_filter1d(padded, before + 1, axis=1, mode="constant", origin=-(before // 2)))


def _correlated(moved: Doubles, fixed: Doubles, size: int) -> Doubles:
    """Σ over rows and frames of fixed(t) moved(n + t), for every n."""
    spectra = scipy.fft.rfft(moved, size, axis=1) * np.conj(scipy.fft.rfft(fixed, size, axis=1))
    out: Doubles = scipy.fft.irfft(spectra.sum(axis=0), size)
    return out


def similar_events(
    stack: Stack, area: Area, least: float, analysis: Analysis, progress: Progress = silent
) -> list[int]:
    """The frames in which events begin that are like a selection; the selection itself is none of them.

    Two that overlap by more than half are one.

    Parameters
    ----------
    least : float
        From which correlation on a place is like it; see `likeness`.

    Raises
    ------
    UserError
        `masks.levels_unknown`: the mix was not measured.
    Cancelled
        If it is stopped.
    """
    if stack.levels is None:
        raise UserError("masks.levels_unknown")
    bounds = area.bounds
    course = likeness(stack.levels, area, analysis, progress)
    return events(course, least, max(1, (bounds.stop - bounds.start) // 2), bounds.start)


def events(course: Doubles, threshold: float, length: int, own: int) -> list[int]:
    """The frames in which similar events begin: peaks above a threshold that are farther apart than they last.

    Parameters
    ----------
    course : float64, shape (N,)
        As `likeness` gives it.
    threshold : float
    length : int
        Frames that must lie between two of them.
    own : int
        Where the selection itself begins; it is no event of its own.

    Returns
    -------
    list of int
        Rising.
    """
    taken = [own]
    order = np.nonzero(course >= threshold)[0]
    free = np.ones(len(course), bool)
    free[max(own - length + 1, 0) : own + length] = False
    for frame in order[np.argsort(-course[order], kind="stable")]:
        if free[frame]:
            taken.append(int(frame))
            free[max(frame - length + 1, 0) : frame + length] = False
    return sorted(taken[1:])


def repeated(area: Area, begins: Sequence[int]) -> Area:
    """An area with copies of it that begin in other frames; what leaves the recording is lost."""
    bounds = area.bounds
    length = bounds.stop - bounds.start
    starts = np.array(sorted({bounds.start, *begins}), np.intp)
    rows = np.arange(bounds.low, bounds.high)
    held = area.read(rows, np.arange(bounds.start, bounds.stop))

    def coverage(part: Region) -> Bytes:
        out = np.zeros((part.high - part.low, part.stop - part.start), np.uint8)
        for start in starts[np.searchsorted(starts, part.start - length, "right") : np.searchsorted(starts, part.stop)]:
            a, b = max(int(start), part.start), min(int(start) + length, part.stop)
            into = out[:, a - part.start : b - part.start]
            np.maximum(into, held[part.low - bounds.low : part.high - bounds.low, a - start : b - start], out=into)
        return out

    whole = Region(bounds.low, bounds.high, int(starts[0]), int(starts[-1]) + length)
    return made_in_chunks(area.bins, area.frames, whole.clipped(area.bins, area.frames), coverage)
