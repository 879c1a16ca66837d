"""Attacks at the times that a hand tapped: its lag found from what was tapped along with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.spectral.pyramid import Levels, level_db

ENOUGH = 4
"""With fewer taps nothing is said of the hand's lag."""
SURELY = 1.5
"""A lag is believed where so many times as much begins under the taps as without it."""


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
