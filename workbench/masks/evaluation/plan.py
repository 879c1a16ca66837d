"""A list of edits, and which of them matter to a rectangle of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.edits import Edit, Paint, common
from workbench.masks.model.grid import Region


@dataclass(frozen=True, eq=False)
class Plan:
    """Edits with their bounds at hand, so that a thousand cost hardly more to look through than one.

    Attributes
    ----------
    edits : tuple of Edit
    bounds : int64, shape (E, 4)
        Low, high, start and stop of each.
    """

    edits: tuple[Edit, ...]
    bounds: NDArray[np.int64]

    @cached_property
    def _beginnings(self) -> dict[int, tuple[Edit, ...]]:
        return {}

    def before(self, edit: int) -> tuple[Edit, ...]:
        """The edits before one of them; always the same tuple."""
        return self._beginnings.setdefault(edit, self.edits[:edit])

    def touching(self, first: int, region: Region) -> list[int]:
        """The edits from `first` on that may change masks in a region, if those before them are known."""
        low, high, start, stop = self.bounds[first:].T
        near = (low < region.high) & (high > region.low) & (start < region.stop) & (stop > region.start)
        return [i for i in (np.flatnonzero(near) + first).tolist() if self.edits[i].touches(region)]


def planned(edits: tuple[Edit, ...], before: Plan | None = None) -> Plan:
    """The plan of some edits; those that it shares with a former one are not looked at again."""
    same = 0 if before is None else common(before.edits, edits)
    fresh = np.array([_bounds(edit) for edit in edits[same:]], np.int64).reshape(-1, 4)
    known = fresh[:0] if before is None else before.bounds[:same]
    return Plan(edits, np.concatenate([known, fresh]))


def _bounds(edit: Edit) -> tuple[int, int, int, int]:
    bounds = edit.bounds
    return bounds.low, bounds.high, bounds.start, bounds.stop


def apart(one: Plan, other: Plan, region: Region) -> tuple[list[int], list[int]]:
    """In which edits two lists differ that may change a region: those of the one, and of the other.

    What was done beside the region, at which a filter behind it looks, need not be told: of lists that differ before a
    filter, the filter is among those in which they do.
    """
    same = common(one.edits, other.edits)
    of_one, of_other = one.touching(same, region), other.touching(same, region)
    if of_one[:1] == of_other[:1] == [same]:
        first, second = one.edits[same], other.edits[same]
        if isinstance(first, Paint) and isinstance(second, Paint) and first.same_within(second, region):
            # The same stroke's tiles, grown elsewhere.
            return of_one[1:], of_other[1:]
    return of_one, of_other
