"""Arrays that last, in pages of their own."""

from __future__ import annotations

from mmap import PAGESIZE, mmap

import numpy as np

from workbench.masks.model.grid import Array


def whole_pages(nbytes: int) -> int:
    """What so many bytes take."""
    return -(-nbytes // PAGESIZE) * PAGESIZE


def lasting(values: Array) -> Array:
    """A copy in pages of its own, which go back to the system when it goes.

    Were what lasts among what comes and goes, the program would grow to several times of what it holds.
    """
    if not values.size:
        return values.copy()
    out = np.frombuffer(mmap(-1, values.nbytes), np.float32).reshape(values.shape)
    out[:] = values
    return out
