"""Where markers and regions stand in a lane: found once a view, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.document.state import Marker

FLAG, GAP = 9, 4
"""Pixels of a flag, and between it and its name."""
NEAREST = 3
"""Pixels between two that are both drawn."""
LEAST_TEXT = 14
"""Pixels below which a name is not worth its place."""


@dataclass(frozen=True)
class Item:
    """A marker that is in sight, from pixel `left` to pixel `right`; its name ends before pixel `ahead`."""

    marker: Marker
    left: float
    right: float
    ahead: float


def spans_of(markers: Sequence[Marker]) -> NDArray[np.float64]:
    """Seconds at which markers begin and end, shape (n, 2)."""
    return np.array([(each.begin, each.end) for each in markers], np.float64).reshape(-1, 2)


def items_in(
    markers: Sequence[Marker],
    pixels: NDArray[np.float64],
    left: float,
    right: float,
    chosen: Marker | None,
    width_of: Callable[[str], float],
) -> list[Item]:
    """Those between two pixels, from left to right; of some that would lie on each other the first, and the chosen.

    Parameters
    ----------
    pixels : array, shape (n, 2)
        Where each begins and ends.
    width_of : callable
        Pixels of a name; asked where there is room for it.
    """
    begins, ends = pixels.T
    region = np.array([each.is_region for each in markers], bool)
    seen = (begins <= right) & (np.where(region, ends, begins + FLAG + GAP + 10 * LEAST_TEXT) >= left)
    kept: list[int] = []
    last = {True: -np.inf, False: -np.inf}
    for i in np.flatnonzero(seen).tolist():
        if markers[i] is chosen or begins[i] >= last[bool(region[i])] + NEAREST or ends[i] - begins[i] > NEAREST:
            last[bool(region[i])] = begins[i]
            kept.append(i)
    out: list[Item] = []
    ahead = right + 1
    for i in reversed(kept):
        begin = float(begins[i])
        if region[i]:
            stop = max(float(ends[i]), begin + 2)
        else:
            room = ahead - begin
            name = width_of(markers[i].name) if room >= FLAG + GAP + 1 else 0.0
            stop = min(begin + FLAG + 2 * GAP + name, max(ahead, begin + FLAG))
        out.append(Item(markers[i], begin, stop, min(stop, ahead)))
        # A name ends where the next marker begins.
        ahead = begin
    return [each for each in reversed(out) if each.right >= left]
