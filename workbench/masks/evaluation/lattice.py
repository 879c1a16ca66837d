"""The bins and frames on which masks are looked at, cut into blocks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workbench.masks.model.grid import Indices, Reach, Region
from workbench.masks.model.reduced import Cells

HIGH = 128
"""Rows of a block."""
WIDE = 32
"""Columns of a block: half a second of sound or less, so that what is heard first is evaluated soon."""
WIDE_IN_PICTURES = 128
"""The same where nothing is played: fewer blocks cost less."""

DENSE = 6
"""Where at least one of so many bins is asked for, all are evaluated, and remembered for those who ask for others."""
MOST_VIEWS = 64
"""That are remembered: zooming in from minutes to seconds and out again passes some forty."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """Rows and columns of the plane: all of them, or those that a picture shows.

    Two lattices are the same only if they are one object: what is remembered is so of one lattice.

    Attributes
    ----------
    rows, columns : int
        Increasing bins and frames.
    wide : int
        Columns of a block.
    cells : Cells or None
        What its bins and frames stand for in the model, where that is more than these themselves.
    exact : bool
        Edits are evaluated everywhere, for whoever asks for other bins next, and looked at where these are.
    """

    rows: Indices
    columns: Indices
    wide: int = WIDE_IN_PICTURES
    cells: Cells | None = None
    exact: bool = False

    def block(self, row: int, column: int) -> Block:
        """The block in a row and column of blocks."""
        return Block(self, row, column)

    @cached_property
    def _widened(self) -> dict[tuple[Reach, int, int], Lattice]:
        return {}

    def with_neighbours(self, reach: Reach, bins: int, frames: int) -> Lattice:
        """The same with the bins and frames at a distance, inside a plane of so many; always the same lattice."""
        key = reach, bins, frames
        if key not in self._widened:
            rows, columns = (
                np.unique(np.clip(each[:, None] + (-far, 0, far), 0, count - 1))
                for each, far, count in ((self.rows, reach[0], bins), (self.columns, reach[1], frames))
            )
            self._widened[key] = Lattice(rows, columns, self.wide)
        return self._widened[key]

    @property
    def left_out(self) -> float:
        """Bins of the rectangle that it spans over those that it has, 1 where it has all."""
        return sparseness(self.rows, self.columns)

    def spanned(self, region: Region) -> tuple[slice, slice]:
        """Which rows and columns lie within a region."""
        low, high = np.searchsorted(self.rows, (region.low, region.high))
        start, stop = np.searchsorted(self.columns, (region.start, region.stop))
        return slice(int(low), int(high)), slice(int(start), int(stop))


class Lattices:
    """Those of the views that were looked at last: who comes back to one finds what was evaluated of it."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[bytes, bytes, int, int], Lattice] = OrderedDict()

    def of(self, rows: Indices, columns: Indices, row_end: int, column_end: int) -> Lattice:
        """That of cells with such first bins and frames; always the same lattice, while it is remembered.

        Where it has most bins it is `exact`.
        """
        key = rows.tobytes(), columns.tobytes(), row_end, column_end
        if key not in self._known:
            cells, dense = Cells(rows, columns, row_end, column_end), sparseness(rows, columns) <= DENSE
            self._known[key] = Lattice(rows, columns, cells=cells, exact=dense)
        lattice = self._known[key]
        self._known.move_to_end(key)
        if len(self._known) > MOST_VIEWS:
            self._known.popitem(last=False)
        return lattice


def sparseness(rows: Indices, columns: Indices) -> float:
    """Bins of the rectangle that some rows and columns span over those that they have, at least 1."""
    spanned = (int(rows[-1]) - int(rows[0]) + 1) * (int(columns[-1]) - int(columns[0]) + 1)
    return spanned / (len(rows) * len(columns))


def whole(bins: int, frames: int) -> Lattice:
    """Every bin and frame of the plane."""
    return Lattice(np.arange(bins), np.arange(frames), WIDE)


@dataclass(frozen=True)
class Block:
    """A piece of a lattice of at most `HIGH` rows, and as many columns as its lattice says."""

    lattice: Lattice
    row: int
    column: int

    @cached_property
    def rows(self) -> Indices:
        """Its bins."""
        return self.lattice.rows[self.row * HIGH : (self.row + 1) * HIGH]

    @cached_property
    def columns(self) -> Indices:
        """Its frames."""
        wide = self.lattice.wide
        return self.lattice.columns[self.column * wide : (self.column + 1) * wide]

    @cached_property
    def region(self) -> Region:
        """The rectangle of the plane that holds it."""
        return Region(int(self.rows[0]), int(self.rows[-1]) + 1, int(self.columns[0]), int(self.columns[-1]) + 1)


def pieces(rows: slice, columns: slice, wide: int) -> list[tuple[int, int, tuple[slice, slice], tuple[slice, slice]]]:
    """The blocks under a rectangle of a lattice, given by places on it.

    Returns
    -------
    list of (row, column, inside, place)
        Row and column of a block, the slices of it that are under the rectangle, and where they are in the rectangle.
    """
    across, along = _cut(rows, HIGH), _cut(columns, wide)
    return [(row, column, (r, c), (at_r, at_c)) for row, r, at_r in across for column, c, at_c in along]


def _cut(span: slice, size: int) -> list[tuple[int, slice, slice]]:
    out = []
    for block in range(span.start // size, -(-span.stop // size)):
        lo, hi = max(span.start, block * size), min(span.stop, (block + 1) * size)
        out.append((block, slice(lo - block * size, hi - block * size), slice(lo - span.start, hi - span.start)))
    return out
