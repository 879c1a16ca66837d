"""Strokes: from the coverage under the brush to painted tiles.

A stroke is computed from the edits as they were when it began and from the greatest coverage each bin has had
since, so that going over a place twice within a stroke adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.files import UserError
from workbench.masks.edits import TILE, Edit, Grid, Invert, Paint, Region, Threshold, Tile, lattice
from workbench.masks.sharing import Flags, Masks, fill_unpainted, reassign, towards
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

Array = NDArray[np.float32]
SAME = 1e-6
"""Masks nearer than this are the same: erasing drops the painted value."""


class PaintingRefused(UserError):
    """The stroke can change nothing; the message says why."""


@dataclass(frozen=True)
class Stroke:
    """What a stroke does to the bins it covers.

    Attributes
    ----------
    layer : int
        Index of the layer in the stack.
    target : float or None
        Value to paint towards, 0 … 1; None erases: all unlocked layers go back towards their computed masks.
        (Were it only the one layer, strokes that two layers made in one place could never be erased:
        what one gives back would go to the other painted one.)
    """

    layer: int
    target: float | None


def check(stack: Stack, layer: int) -> None:
    """Raise PaintingRefused where an edit of the layer cannot change anything."""
    chosen = stack.layers[layer]
    if chosen.locked:
        raise PaintingRefused(f"“{chosen.name}” is locked; unlock it to change its mask.")
    if not any(not other.locked for i, other in enumerate(stack.layers) if i != layer):
        if len(stack.layers) == 1:
            raise PaintingRefused("Add a second layer or factorise first: one layer alone always holds everything.")
        raise PaintingRefused("Every other layer is locked, so none can make room; unlock one.")


class StrokePainter:
    """A stroke under way: `extend` with coverage, read `edits` at any time.

    Parameters
    ----------
    stack : Stack
        The stack when the stroke begins.
    stroke : Stroke

    Raises
    ------
    PaintingRefused
        If the layer is locked, or no unlocked other layer can make room.
    """

    def __init__(self, stack: Stack, stroke: Stroke) -> None:
        check(stack, stroke.layer)
        self._stack = stack
        self._stroke = stroke
        last = stack.edits[-1] if stack.edits else None
        self._before: tuple[Edit, ...] = stack.edits[:-1] if isinstance(last, Paint) else stack.edits
        self._start: Paint = last if isinstance(last, Paint) else Paint()
        self._tiles: dict[tuple[int, int], Tile] = dict(self._start.tiles)
        self._coverage: dict[tuple[int, int], Array] = {}
        locked = set(stack.locked_parts())
        mine = set(stack.layers[stroke.layer].part_ids)
        self._target: Flags = np.array([p in mine for p in stack.parts], bool)
        self._locked: Flags = np.array([p in locked for p in stack.parts], bool)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The stack's edits with the stroke so far."""
        if not self._tiles:
            return self._before
        return (*self._before, Paint(dict(self._tiles)))

    def extend(self, region: Region, coverage: Array) -> Region | None:
        """Add coverage (R, C) over a region of bins; returns the rectangle of bins that changed."""
        region_in = region.clipped(self._stack.bins, self._stack.frames)
        coverage = coverage[
            region_in.low - region.low : region_in.high - region.low,
            region_in.start - region.start : region_in.stop - region.start,
        ]
        hit_rows, hit_columns = np.nonzero(coverage.any(axis=1))[0], np.nonzero(coverage.any(axis=0))[0]
        if not len(hit_rows):
            return None
        coverage = coverage[hit_rows[0] : hit_rows[-1] + 1, hit_columns[0] : hit_columns[-1] + 1]
        low, start = region_in.low + int(hit_rows[0]), region_in.start + int(hit_columns[0])
        changed = Region(low, low + coverage.shape[0], start, start + coverage.shape[1])
        rows, columns = np.arange(changed.low, changed.high), np.arange(changed.start, changed.stop)
        total = self._accumulate(changed, coverage)
        values = self._paint(rows, columns, total)
        self._store(changed, values, total > 0)
        return changed

    def _accumulate(self, region: Region, coverage: Array) -> Array:
        """Greatest coverage so far, over the region."""
        out = coverage.copy()
        for key, tile_part, part in _pieces(region):
            held = self._coverage.setdefault(key, np.zeros((TILE, TILE), np.float32))
            np.maximum(held[tile_part], coverage[part], out=held[tile_part])
            out[part] = held[tile_part]
        return out

    def _paint(self, rows: NDArray[np.intp], columns: NDArray[np.intp], coverage: Array) -> Masks:
        """New painted values (P, R, C), NaN where a part stays unpainted."""
        grid = Grid(rows, columns, self._stack.parts)
        computed = self._stack.computed(rows, columns)
        under = computed
        for edit in self._before:
            under = edit.apply(under, computed, grid)
        painted = self._painted(grid)
        masks = fill_unpainted(painted, under)
        mine = masks[self._target].sum(axis=0)
        if self._stroke.target is None:
            new = towards(masks, computed, self._locked, coverage)
        else:
            # Clamped before the mix, so that the strength means the same beside locked layers as elsewhere.
            room = np.clip(1 - masks[self._locked].sum(axis=0), 0, 1)
            goal = np.minimum(np.float32(self._stroke.target), room)
            new = reassign(masks, computed, self._target, self._locked, mine + coverage * (goal - mine))
        hit = coverage > 0
        stored = self._target | self._locked
        if self._stroke.target is None and self._before:
            # What lies beneath is then not the model's masks, so sharing the rest would not bring them back.
            stored = np.ones_like(stored)
        keep = ~np.isnan(painted) | (stored[:, None, None] & hit)
        values = np.where(keep, np.where(hit, new, painted), np.float32(np.nan)).astype(np.float32)
        if self._stroke.target is None:
            same = hit & (np.abs(new - under).max(axis=0) <= SAME)
            values[:, same] = np.nan
        return values

    def _painted(self, grid: Grid) -> Masks:
        """Values painted before the stroke began, NaN elsewhere."""
        region = Region(int(grid.rows[0]), int(grid.rows[-1]) + 1, int(grid.columns[0]), int(grid.columns[-1]) + 1)
        out = np.full((len(grid.parts), len(grid.rows), len(grid.columns)), np.nan, np.float32)
        order = {part: i for i, part in enumerate(grid.parts)}
        for key, tile_part, piece in _pieces(region):
            for part, values in self._start.tiles.get(key, {}).items():
                if part in order:
                    out[order[part]][piece] = values[tile_part]
        return out

    def _store(self, region: Region, values: Masks, hit: Flags) -> None:
        parts = self._stack.parts
        for key, tile_part, piece in _pieces(region):
            touched = hit[piece]
            if not touched.any():
                continue
            tile: dict[int, Masks] = dict(self._tiles.get(key, {}))
            for index, part in enumerate(parts):
                new = values[index][piece]
                if part not in tile and np.isnan(new[touched]).all():
                    continue
                held = tile[part].copy() if part in tile else np.full((TILE, TILE), np.nan, np.float32)
                held[tile_part] = np.where(touched, new, held[tile_part])
                tile[part] = held
            tile = {part: held for part, held in tile.items() if not np.isnan(held).all()}
            if tile:
                self._tiles[key] = tile
            else:
                self._tiles.pop(key, None)


def _pieces(region: Region) -> list[tuple[tuple[int, int], tuple[slice, slice], tuple[slice, slice]]]:
    """For each tile under a region: its key, the slices within the tile and those within the region."""
    out = []
    rows, columns = np.array([region.low, region.high - 1]), np.array([region.start, region.stop - 1])
    for row, column in lattice(rows, columns):
        lo, hi = max(region.low, row * TILE), min(region.high, (row + 1) * TILE)
        first, last = max(region.start, column * TILE), min(region.stop, (column + 1) * TILE)
        tile_part = (slice(lo - row * TILE, hi - row * TILE), slice(first - column * TILE, last - column * TILE))
        piece = (slice(lo - region.low, hi - region.low), slice(first - region.start, last - region.start))
        out.append(((row, column), tile_part, piece))
    return out


def resample_edits(edits: tuple[Edit, ...], old: Analysis, new: Analysis, samples: int) -> tuple[Edit, ...]:
    """Painted tiles carried over to another window and hop; operations know no bins and stay.

    Each new bin takes the value of the old bin nearest to its frequency and time.

    Parameters
    ----------
    samples : int
        Length of the recording.
    """
    return tuple(_resample(edit, old, new, samples) if isinstance(edit, Paint) else edit for edit in edits)


def _resample(paint: Paint, old: Analysis, new: Analysis, samples: int) -> Paint:
    bins, frames, old_frames = new.bins, new.frames(samples), old.frames(samples)
    row_scale, column_scale = old.window / new.window, new.hop / old.hop
    wanted: set[tuple[int, int]] = set()
    for row, column in paint.tiles:
        rows = np.arange(int(row * TILE / row_scale), int((row + 1) * TILE / row_scale) + 2)
        columns = np.arange(int(column * TILE / column_scale), int((column + 1) * TILE / column_scale) + 2)
        wanted.update(lattice(rows[rows < bins], columns[columns < frames]))
    tiles: dict[tuple[int, int], Tile] = {}
    for row, column in sorted(wanted):
        rows = np.arange(row * TILE, min((row + 1) * TILE, bins))
        columns = np.arange(column * TILE, min((column + 1) * TILE, frames))
        source_rows = np.minimum(np.rint(rows * row_scale).astype(np.intp), old.bins - 1)
        source_columns = np.minimum(np.rint(columns * column_scale).astype(np.intp), old_frames - 1)
        tile: dict[int, Masks] = {}
        for key in lattice(source_rows, source_columns):
            in_rows, in_columns = source_rows // TILE == key[0], source_columns // TILE == key[1]
            for part, values in paint.tiles.get(key, {}).items():
                piece = values[np.ix_(source_rows[in_rows] % TILE, source_columns[in_columns] % TILE)]
                held = tile.setdefault(part, np.full((TILE, TILE), np.nan, np.float32))
                held[np.ix_(np.nonzero(in_rows)[0], np.nonzero(in_columns)[0])] = piece
        tile = {part: held for part, held in tile.items() if not np.isnan(held).all()}
        if tile:
            tiles[row, column] = tile
    return Paint(tiles)


def without_parts(edits: tuple[Edit, ...], gone: set[int]) -> tuple[Edit, ...]:
    """Edits without what concerns only parts that left the stack; their share goes to those that stay."""
    out: list[Edit] = []
    for edit in edits:
        if isinstance(edit, (Threshold, Invert)) and set(edit.parts) <= gone:
            continue
        if isinstance(edit, Paint):
            tiles = {}
            for key, tile in edit.tiles.items():
                left = {part: values for part, values in tile.items() if part not in gone}
                if left:
                    tiles[key] = left
            if not tiles:
                continue
            edit = replace(edit, tiles=tiles)
        out.append(edit)
    return tuple(out)
