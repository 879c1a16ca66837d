"""Samples become whole numbers: rounded to the nearest step, with dither where 16 bits are too few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def dither_source(seed: int) -> np.random.Generator:
    """Where the dither of one file comes from: the same seed gives the same file again."""
    return np.random.Generator(np.random.PCG64(seed))


def quantised(
    block: Float, bits: int, dither: np.random.Generator | None = None
) -> NDArray[np.int16] | NDArray[np.int32]:
    """Samples as whole numbers, clipped at full scale.

    libsndfile would do the same for FLAC, but rounds down for WAV, which is an offset of half a step.

    Parameters
    ----------
    block : float32, shape (n, C)
    bits : int
        16 or 24.
    dither : Generator or None
        Adds noise of triangular density, two steps wide, to what is between the steps. What is on them as a whole, as
        the sound of a 16-bit file that nothing was done to, and silence, stays as it is.

    Returns
    -------
    int16 or int32, shape (n, C)
        24 bits are the upper ones of 32, as libsndfile takes them.
    """
    full = 1 << bits - 1
    steps = block * np.float32(full)
    nearest = np.rint(steps)
    if dither is not None and not np.array_equal(nearest, steps):
        noise = dither.random(block.shape, np.float32) - dither.random(block.shape, np.float32)
        nearest = np.rint(steps + noise)
    whole: Float = np.clip(nearest, -full, full - 1)
    if bits == 16:
        return whole.astype(np.int16)
    return np.left_shift(whole.astype(np.int32), 32 - bits)
