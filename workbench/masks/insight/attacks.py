"""Attacks at the times that a hand tapped: its lag found from what was tapped along with, and which bins begin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.masks.edits.area import Area, Bytes, made_in_chunks, nothing
from workbench.masks.model.grid import Region
from workbench.spectral.level import STEP_DB, Levels, level_db
from workbench.spectral.stft import Analysis

ENOUGH = 4
"""With fewer taps nothing is said of the hand's lag."""
SURELY = 1.5
"""A lag is believed where so many times as much begins under the taps as without it."""
RISE_DB = 6.0
"""By how much a bin is louder at an attack than before."""
LOUDER_DB = 10.0
"""What is louder at one attack than at half of them by more than this is another sound, which began with it there: of a
hi-hat that is struck with every kick and every snare nine tenths of the energy would be theirs."""


def strengths(levels: Levels, frame: int, reach: int) -> np.ndarray:
    """How much begins in each frame around one, shape (2·reach + 1,): Σ_f max(0, a_fn − a_f(n−1)), a the root of the
    amplitude; zero beyond the recording (spectral flux: Bello et al., *A tutorial on onset detection in music signals*,
    IEEE Trans. Speech Audio Process. 13(5), 2005).

    Parameters
    ----------
    levels : uint8, shape (N, F)
    """
    table = (10.0 ** (level_db(np.arange(256, dtype=np.uint8)) / 40)).astype(np.float32)
    out = np.zeros(2 * reach + 1, np.float32)
    first, last = max(frame - reach, 1), min(frame + reach + 1, len(levels))
    if first < last:
        rise = np.diff(table[levels[first - 1 : last]], axis=0)
        out[first - frame + reach : last - frame + reach] = np.maximum(rise, 0).sum(axis=1)
    return out


def aligned(levels: Levels, frames: Sequence[int], lag: int, near: int) -> tuple[list[int], int]:
    """Taps put where something begins.

    What all taps are late by in common is the shift at which most begins under them; then each goes to the strongest
    attack near it.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    frames : sequence of int
        Where it was tapped.
    lag : int
        Frames that all may be off, either way.
    near : int
        Frames that each may be off beside.

    Returns
    -------
    frames : list of int
        Rising, each once.
    late : int
        Frames that the hand was late; negative where it was early.
    """
    reach = lag + near
    every = [strengths(levels, frame, reach) for frame in frames]
    shift = 0
    if len(every) >= ENOUGH:
        # Each tap has one vote, however loud it is there; a little blurred, as no hand is even.
        votes = sum((each / max(float(each.max()), 1e-9) for each in every), np.zeros(2 * reach + 1))
        blurred = np.convolve(votes, np.bartlett(2 * near + 3), "same")[near : near + 2 * lag + 1]
        best = int(np.argmax(blurred)) - lag
        # Among taps that fit nothing some shift is always the best.
        shift = best if blurred[best + lag] > SURELY * blurred[lag] else 0
    middle = reach + shift
    found = set()
    for frame, each in zip(frames, every, strict=True):
        around = each[middle - near : middle + near + 1]
        # Where nothing begins the tap stays where the hand was.
        best = int(np.argmax(around)) - near if around.any() else 0
        found.add(min(max(frame + shift + best, 0), len(levels) - 1))
    return sorted(found), -shift


def begun(levels: Levels, frames: Sequence[int], analysis: Analysis) -> Area:
    """The bins in which something begins at attacks, for a window from then on: what sounds on through them is none.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    frames : sequence of int
        Those of the attacks.
    analysis : Analysis
        That of the levels.
    """
    count, bins = levels.shape
    window, rise = analysis.overlap, round(RISE_DB / STEP_DB)
    places = [frame for frame in sorted(set(frames)) if 0 <= frame < count]
    if not places:
        return nothing(bins, count)
    # The frames of a window before an attack see it already.
    before = np.array([_loudest(levels, place - 2 * window, place - window + 2) for place in places], np.int16)
    after = np.array([_loudest(levels, place, place + window) for place in places], np.int16)
    usual = np.median(after, axis=0) + LOUDER_DB / STEP_DB
    begins = (after >= before + rise) & (after <= usual)

    def coverage(part: Region) -> Bytes:
        out = np.zeros((part.high - part.low, part.stop - part.start), np.uint8)
        rows = slice(part.low, part.high)
        for place, on, least in zip(places, begins, before + rise // 2, strict=True):
            start, stop = max(place - 1, part.start), min(place + window, part.stop)
            if start < stop:
                held = on[rows] & (levels[start:stop, rows] >= least[rows])
                out[:, start - part.start : stop - part.start][held.T] = 255
        return out

    out = made_in_chunks(bins, count, Region(0, bins, places[0] - 1, places[-1] + window), coverage)
    # Found here and kept, so that whoever shows it does not wait for it.
    _ = out.bounds
    return out


def _loudest(levels: Levels, start: int, stop: int) -> np.ndarray:
    """Of each bin in frames start … stop − 1, as far as there are such; what was before the recording is silent."""
    found: np.ndarray = levels[max(start, 0) : max(stop, 0)].max(axis=0, initial=0)
    return found
