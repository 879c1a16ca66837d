"""Sound at another rate, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

Float = NDArray[np.float32]


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
