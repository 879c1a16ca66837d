"""Recordings far from full scale are brought near it: what plays, shows and separates them counts on that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

LOUDEST, QUIETEST = 16.0, 2.0**-24
"""Peaks from which on nothing is changed: 24 dB above full scale, and what one step of 24 bits is."""
WILD = 100.0
"""So many times what all the others reach is no sound: one flipped bit of an exponent makes such a sample."""
PIECE = 1 << 20
"""Frames."""
FEW = 1e-4
"""The share of samples that may be wild."""


class Change(NamedTuple):
    """What was done.

    Attributes
    ----------
    silenced : int
        Wild samples that are 0 now.
    level_db : float
        By how much the file's own samples are louder than these, 0 where nothing was changed.
    peak_db : float
        The largest of the others in the file, to full scale.
    """

    silenced: int
    level_db: float
    peak_db: float


def pieces_of(samples: Float) -> Iterator[Float]:
    """The samples piece by piece: of long recordings not all are to be in memory at once."""
    for begin in range(0, len(samples), PIECE):
        yield samples[begin : begin + PIECE]


def brought_near(samples: Float) -> Change:
    """Bring finite samples near full scale, in place.

    By a power of two, so that nothing is rounded and the file's own samples can be written again.
    """
    peak, silenced = _peak(samples), 0
    if peak > LOUDEST:
        silenced = _silence_wild(samples)
        peak = _peak(samples)
    if peak == 0.0:
        return Change(silenced, 0.0, -np.inf)
    doublings = 0
    if not QUIETEST <= peak <= LOUDEST:
        doublings = int(np.frexp(peak)[1])
        for piece in pieces_of(samples):
            np.ldexp(piece, -doublings, out=piece)
    return Change(silenced, 20 * np.log10(2.0) * doublings, float(20 * np.log10(peak)))


def _peak(samples: Float) -> float:
    return max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))


def _silence_wild(samples: Float) -> int:
    """Silence a few samples that are far above all others; answers how many."""
    few = max(1, int(FEW * samples.size))
    if samples.size <= few:
        return 0
    largest = np.zeros(0, np.float32)
    for piece in pieces_of(samples):
        # Those that are the largest of all are among the largest of their piece.
        largest = _largest(np.concatenate([largest, _largest(np.abs(piece).ravel(), few + 1)]), few + 1)
    usual = float(largest.min())
    # Where all others are silent it is an impulse.
    return sum(_silence_above(piece, np.float64(WILD) * usual) for piece in pieces_of(samples)) if usual > 0 else 0


def _largest(values: Float, count: int) -> Float:
    return values if len(values) <= count else np.partition(values, -count)[-count:]


def _silence_above(piece: Float, limit: np.float64) -> int:
    wild = np.abs(piece) > limit
    piece[wild] = 0.0
    return int(np.count_nonzero(wild))
