"""Rectangles, grids and tiles of the time–frequency plane: on which bins masks are wanted, and how they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.masks.model.sharing import Flags
from workbench.spectral.level import level_db

Array = NDArray[np.float32]
Indices = NDArray[np.intp]
Reach = tuple[int, int]

TILE = 64


@dataclass(frozen=True)
class Region:
    """Half-open rectangle of bins [low, high) × frames [start, stop)."""

    low: int
    high: int
    start: int
    stop: int

    def clipped(self, bins: int, frames: int) -> Region:
        """The part of it within a plane of (bins, frames)."""
        low, start = max(self.low, 0), max(self.start, 0)
        return Region(low, max(low, min(self.high, bins)), start, max(start, min(self.stop, frames)))

    @property
    def bins_held(self) -> int:
        """Number of time–frequency bins."""
        return max(0, self.high - self.low) * max(0, self.stop - self.start)

    def joined(self, other: Region) -> Region:
        """Smallest rectangle that holds both; empty ones count for nothing."""
        if not self.bins_held or not other.bins_held:
            return other if other.bins_held else self
        return Region(
            min(self.low, other.low),
            max(self.high, other.high),
            min(self.start, other.start),
            max(self.stop, other.stop),
        )

    def common(self, other: Region) -> Region:
        """What lies in both; empty where nothing does."""
        low, start = max(self.low, other.low), max(self.start, other.start)
        return Region(low, max(low, min(self.high, other.high)), start, max(start, min(self.stop, other.stop)))

    def widened(self, reach: Reach) -> Region:
        """Larger by some bins and frames on every side."""
        return Region(self.low - reach[0], self.high + reach[0], self.start - reach[1], self.stop + reach[1])


@dataclass(frozen=True, eq=False)
class Grid:
    """The bins on which masks are wanted.

    Attributes
    ----------
    rows, columns : int
        Increasing frequency-bin and frame indices.
    parts : tuple of int
        The parts' ids, in the order of the masks.
    levels : uint8, shape (N, F), or None
        Levels of the mix, of the whole plane.
    """

    rows: Indices
    columns: Indices
    parts: tuple[int, ...]
    levels: NDArray[np.uint8] | None = None

    def flags(self, ids: Sequence[int]) -> Flags:
        """Which of the parts are among `ids`, shape (P,)."""
        chosen = set(ids)
        return np.array([part in chosen for part in self.parts], bool)

    @property
    def ages(self) -> Indices:
        """The parts' ids, which grow from the oldest part to the newest, shape (P,)."""
        return np.array(self.parts, np.intp)

    def inside(self, region: Region) -> tuple[slice, slice]:
        """Which rows and columns lie within a region."""
        low, high = np.searchsorted(self.rows, (region.low, region.high))
        start, stop = np.searchsorted(self.columns, (region.start, region.stop))
        return slice(int(low), int(high)), slice(int(start), int(stop))

    def cut(self, rows: slice, columns: slice) -> Grid:
        """Some of its rows and columns."""
        return Grid(self.rows[rows], self.columns[columns], self.parts, self.levels)

    def db(self) -> Array:
        """Levels of the mix in dB (a full-scale sine is 0), shape (R, C).

        Raises
        ------
        UserError
            `masks.levels_unknown`: the mix was not measured.
        """
        if self.levels is None:
            raise UserError("masks.levels_unknown")
        return level_db(self.levels[self.columns[:, None], self.rows].T).astype(np.float32)


def lattice(rows: Indices, columns: Indices) -> Iterator[tuple[int, int]]:
    """Keys of the tiles that a grid of increasing bins and frames spans."""
    if len(rows) and len(columns):
        across = range(int(columns[0]) // TILE, int(columns[-1]) // TILE + 1)
        for row in range(int(rows[0]) // TILE, int(rows[-1]) // TILE + 1):
            for column in across:
                yield row, column


def in_tile(indices: Indices, tile: int) -> tuple[slice, Indices]:
    """Which of some increasing indices lie in a tile, and where in it they are."""
    lo, hi = np.searchsorted(indices, (tile * TILE, (tile + 1) * TILE))
    return slice(int(lo), int(hi)), indices[lo:hi] - tile * TILE


def tiles_under(region: Region) -> list[tuple[tuple[int, int], tuple[slice, slice], tuple[slice, slice]]]:
    """The tiles under a region: of each its key, the slices of it under the region, and those of the region over it."""
    out = []
    rows, columns = np.array([region.low, region.high - 1]), np.array([region.start, region.stop - 1])
    for row, column in lattice(rows, columns):
        lo, hi = max(region.low, row * TILE), min(region.high, (row + 1) * TILE)
        first, last = max(region.start, column * TILE), min(region.stop, (column + 1) * TILE)
        tile_part = (slice(lo - row * TILE, hi - row * TILE), slice(first - column * TILE, last - column * TILE))
        piece = (slice(lo - region.low, hi - region.low), slice(first - region.start, last - region.start))
        out.append(((row, column), tile_part, piece))
    return out
