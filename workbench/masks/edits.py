"""Edits: painted tiles, and operations with their parameters. Plain data, evaluated on the bins asked for.

The ordered list of edits is never baked over the whole plane. Edits name parts (see `layers.Part`);
a part that is no longer in the stack is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.masks.sharing import NOTHING, Flags, Masks, fill_unpainted, reassign

Indices = NDArray[np.intp]
Tile = Mapping[int, Masks]
"""Part id to float32 (TILE, TILE), rows frequency, columns time; NaN where the part is not painted."""

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


@dataclass(frozen=True, eq=False)
class Grid:
    """The bins on which masks are wanted: increasing frequency and frame indices, and the parts' ids in order."""

    rows: Indices
    columns: Indices
    parts: tuple[int, ...]

    def flags(self, ids: Sequence[int]) -> Flags:
        """Which of the parts are among `ids`, shape (P,)."""
        chosen = set(ids)
        return np.array([part in chosen for part in self.parts], bool)


@dataclass(frozen=True, eq=False)
class Paint:
    """Painted tiles by (row, column) of the tile lattice. Never changed in place: a stroke makes a new one."""

    tiles: Mapping[tuple[int, int], Tile] = field(default_factory=dict)

    def apply(self, masks: Masks, computed: Masks, grid: Grid) -> Masks:
        """Masks (P, R, C) with the painted values laid over."""
        values: Masks | None = None
        order = {part: i for i, part in enumerate(grid.parts)}
        for (row, column), tile in self._touching(grid.rows, grid.columns):
            inside_rows, rows = _within(grid.rows, row)
            inside_columns, columns = _within(grid.columns, column)
            for part, painted in tile.items():
                if part in order:
                    if values is None:
                        values = np.full(masks.shape, np.nan, np.float32)
                    values[order[part], inside_rows, inside_columns] = painted[rows[:, None], columns]
        return masks if values is None else fill_unpainted(values, masks)

    def _touching(self, rows: Indices, columns: Indices) -> Iterator[tuple[tuple[int, int], Tile]]:
        for key in lattice(rows, columns):
            tile = self.tiles.get(key)
            if tile is not None:
                yield key, tile

    @property
    def nbytes(self) -> int:
        """Bytes of the painted values."""
        return sum(values.nbytes for tile in self.tiles.values() for values in tile.values())


@dataclass(frozen=True)
class Threshold:
    """Keep a layer's mask where it is at least `level`; elsewhere the others take it."""

    parts: tuple[int, ...]
    locked: tuple[int, ...]
    level: float

    def apply(self, masks: Masks, computed: Masks, grid: Grid) -> Masks:
        """Masks (P, R, C) after the operation."""
        target = grid.flags(self.parts)
        mine = masks[target].sum(axis=0)
        wanted = np.where(mine >= np.float32(self.level), mine, np.float32(0))
        return reassign(masks, computed, target, grid.flags(self.locked) & ~target, wanted)


@dataclass(frozen=True)
class Invert:
    """Give a layer what it had not, as far as locked layers leave it."""

    parts: tuple[int, ...]
    locked: tuple[int, ...]

    def apply(self, masks: Masks, computed: Masks, grid: Grid) -> Masks:
        """Masks (P, R, C) after the operation."""
        target = grid.flags(self.parts)
        locked = grid.flags(self.locked) & ~target
        cap = np.clip(1 - masks[locked].sum(axis=0), 0, 1)
        return reassign(masks, computed, target, locked, cap - masks[target].sum(axis=0))


@dataclass(frozen=True)
class Binary:
    """Give each bin, as far as locked layers leave it, to the unlocked layer that holds most of it.

    `groups` lists the parts of each unlocked layer; a part that came later stands for itself.
    """

    groups: tuple[tuple[int, ...], ...]
    locked: tuple[int, ...]

    def apply(self, masks: Masks, computed: Masks, grid: Grid) -> Masks:
        """Masks (P, R, C) after the operation; ties go to the first layer."""
        locked = grid.flags(self.locked)
        known = {part for group in self.groups for part in group} | set(self.locked)
        groups = [*self.groups, *((part,) for part in grid.parts if part not in known)]
        flags = [chosen for group in groups if (chosen := grid.flags(group) & ~locked).any()]
        if len(flags) < 2:
            return masks
        sums = np.stack([masks[chosen].sum(axis=0) for chosen in flags])
        winner = sums.argmax(axis=0)
        cap = np.clip(1 - masks[locked].sum(axis=0), 0, 1)
        out = masks.copy()
        for index, chosen in enumerate(flags):
            won = winner == index
            scale = np.divide(cap, sums[index], out=np.zeros_like(cap), where=won & (sums[index] > NOTHING))
            out[chosen] = masks[chosen] * scale
        return out


Operation = Threshold | Invert | Binary
Edit = Paint | Operation


def lattice(rows: Indices, columns: Indices) -> Iterator[tuple[int, int]]:
    """Keys of the tiles that a grid of increasing bins and frames touches."""
    if len(rows) and len(columns):
        across = range(int(columns[0]) // TILE, int(columns[-1]) // TILE + 1)
        for row in range(int(rows[0]) // TILE, int(rows[-1]) // TILE + 1):
            for column in across:
                yield row, column


def _within(indices: Indices, tile: int) -> tuple[slice, Indices]:
    lo, hi = np.searchsorted(indices, (tile * TILE, (tile + 1) * TILE))
    return slice(int(lo), int(hi)), indices[lo:hi] - tile * TILE


def changed_region(before: tuple[Edit, ...], after: tuple[Edit, ...]) -> Region | None:
    """Smallest rectangle of tiles outside which two lists of edits agree; None for the whole plane."""
    old = before[-1] if before and isinstance(before[-1], Paint) else Paint()
    new = after[-1] if after and isinstance(after[-1], Paint) else Paint()
    rest_old = before[:-1] if before and before[-1] is old else before
    rest_new = after[:-1] if after and after[-1] is new else after
    if len(rest_old) != len(rest_new) or any(a is not b for a, b in zip(rest_old, rest_new, strict=True)):
        return None
    keys = old.tiles.keys() | new.tiles.keys()
    differing = [key for key in keys if old.tiles.get(key) is not new.tiles.get(key)]
    if not differing:
        return Region(0, 0, 0, 0)
    rows, columns = [key[0] for key in differing], [key[1] for key in differing]
    return Region(
        min(rows) * TILE, (max(rows) + 1) * TILE, min(columns) * TILE, (max(columns) + 1) * TILE
    )  # fmt: skip
