"""Sound at another rate, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from workbench.scratch import USUAL

Float = NDArray[np.float32]
BLOCK = 1 << 20
"""Samples that are converted at once."""


def length_at(samples: int, old: int, new: int) -> int:
    """How many samples a sound has at another rate: the nearest whole number."""
    return round(samples * new / old)


def resampled(blocks: Iterable[Float], old: int, new: int, channels: int, samples: int) -> Iterator[Float]:
    """Blocks at another rate, in time with those that come (by soxr, very high quality: linear, and of linear phase).

    Parameters
    ----------
    blocks : iterable of float32, shape (n, C)
    old, new : int
        Hz.
    channels : int
        C.
    samples : int
        Of all blocks together.

    Yields
    ------
    float32, shape (n, C)
        `length_at` samples in all.
    """
    if old == new:
        yield from blocks
        return
    stream = soxr.ResampleStream(old, new, channels, dtype="float32", quality="VHQ")
    left = length_at(samples, old, new)
    for block in blocks:
        out = stream.resample_chunk(np.ascontiguousarray(block, np.float32))[:left]
        left -= len(out)
        yield out
    out = stream.resample_chunk(np.zeros((0, channels), np.float32), last=True)[:left]
    yield out
    if left > len(out):
        # The last sample of soxr may lie a step before that of the rounded length.
        yield np.zeros((left - len(out), channels), np.float32)


def converted(sound: Float, old: int, new: int, prepare: Callable[[Float], Float] = lambda block: block) -> Float:
    """A whole sound at another rate, piece by piece, where long ones are kept (`scratch`).

    Parameters
    ----------
    sound : float32, shape (n, C)
    old, new : int
        Hz.
    prepare : callable
        Makes of each block (m, C) the one that counts, (m, D).

    Returns
    -------
    float32, shape (`length_at`, D)
    """
    blocks = (prepare(sound[first : first + BLOCK]) for first in range(0, len(sound), BLOCK))
    channels = prepare(sound[:1]).shape[1]
    out, at = USUAL.zeros((length_at(len(sound), old, new), channels), np.float32), 0
    for block in resampled(blocks, old, new, channels, len(sound)):
        out[at : at + len(block)] = block
        at += len(block)
    return out
