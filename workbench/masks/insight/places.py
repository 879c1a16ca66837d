"""Who holds a place: the shares of the parts of a stack in the sound there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.spectral.pyramid import level_db

MOST_BINS, MOST_FRAMES = 32, 32
"""Of a place that holds more, evenly chosen ones are looked at."""


def shares_at(stack: Stack, region: Region) -> NDArray[np.float64]:
    """What each part holds of the energy in a few bins and frames.

    Where nothing sounds, or the levels are not known, all bins count alike.

    Parameters
    ----------
    region : Region
        With at least one bin within the plane.

    Returns
    -------
    float64, shape (P,)
        In the order of the stack's parts; they sum to one.
    """
    inside = region.clipped(stack.bins, stack.frames)
    rows = _spread(inside.low, inside.high, MOST_BINS)
    columns = _spread(inside.start, inside.stop, MOST_FRAMES)
    masks = stack.evaluate(rows, columns).astype(np.float64)
    if stack.levels is None:
        return np.asarray(masks.mean(axis=(1, 2)))
    power = 10.0 ** (level_db(stack.levels[np.ix_(columns, rows)].T) / 10)
    return np.asarray((masks * (power / power.sum())).sum(axis=(1, 2)))


def _spread(first: int, stop: int, most: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(first, stop - 1, min(stop - first, most)).astype(np.intp))
