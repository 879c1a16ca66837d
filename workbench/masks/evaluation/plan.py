"""A list of edits, and which of them matter to a rectangle of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.edits import Edit, common
from workbench.masks.evaluation.lattice import Block
from workbench.masks.model.grid import Region

FEW = 8
"""So many edits are looked at one by one sooner than all at once."""


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
    def beginnings(self) -> dict[int, tuple[Edit, ...]]:
        """Those that were asked for, by their length."""
        return {}

    @cached_property
    def asked(self) -> set[Block]:
        """Blocks of which it was asked what touches them."""
        return set()

    def before(self, edit: int) -> tuple[Edit, ...]:
        """The edits before one of them; always the same tuple."""
        return self.beginnings.setdefault(edit, self.edits[:edit])

    def touching(self, first: int, region: Region) -> list[int]:
        """The edits from `first` on that may change masks in a region, if those before them are known."""
        if len(self.edits) - first <= FEW:
            near = [i for i in range(first, len(self.edits)) if self.edits[i].bounds.common(region).bins_held]
        else:
            low, high, start, stop = self.bounds[first:].T
            under = (low < region.high) & (high > region.low) & (start < region.stop) & (stop > region.start)
            near = (np.flatnonzero(under) + first).tolist()
        return [i for i in near if self.edits[i].touches(region)]


def planned(edits: tuple[Edit, ...], before: Plan | None = None) -> Plan:
    """The plan of some edits; those that it shares with a former one are not looked at again."""
    same = 0 if before is None else common(before.edits, edits)
    fresh = np.array([_bounds(edit) for edit in edits[same:]], np.int64).reshape(-1, 4)
    known = fresh[:0] if before is None else before.bounds[:same]
    out = Plan(edits, np.concatenate([known, fresh]))
    if before is not None:
        out.beginnings.update({count: each for count, each in before.beginnings.items() if count <= same})
    return out


def _bounds(edit: Edit) -> tuple[int, int, int, int]:
    bounds = edit.bounds
    return bounds.low, bounds.high, bounds.start, bounds.stop
