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
    out = empty_pages(values.shape)
    out[:] = values
    return out


def empty_pages(shape: tuple[int, ...]) -> Array:
    """A float32 array in pages of its own."""
    count = int(np.prod(shape))
    if not count:
        return np.empty(shape, np.float32)
    return np.frombuffer(mmap(-1, 4 * count), np.float32).reshape(shape)
