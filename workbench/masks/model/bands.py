"""Bands of frequency that overlap and grow wider upwards."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BEND = 128.0
"""How soon they widen: below a hundredth or so of all bins they are equally wide, above that in proportion."""


@lru_cache(maxsize=16)
def bands(bins: int, count: int) -> NDArray[np.float32]:
    """How far each bin belongs to each band, float32 (count, F), 0 … 1; the bands of a bin sum to one.

    Triangles whose tips are equally far apart in ln(1 + `BEND` · f / f_N), f_N the highest frequency. So they are the
    same frequencies under any window.
    """
    place = np.log1p(BEND * np.arange(bins) / max(1, bins - 1)) / np.log1p(BEND) * (count - 1)
    out: NDArray[np.float32] = np.maximum(1 - np.abs(place - np.arange(count)[:, None]), 0).astype(np.float32)
    out.setflags(write=False)
    return out
