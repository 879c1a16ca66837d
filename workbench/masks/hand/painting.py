"""Strokes: from the coverage under the brush to edits.

A stroke is computed from the edits as they were when it began and from the coverage each bin has gathered since.
What a stroke does to few bins is stored in tiles; a stroke over more is kept as its path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import coverage, covered
from workbench.masks.edits.edits import Cover, Edit, Operation, Paint, Tile
from workbench.masks.edits.effects import Effect, Fill, LayerEffect, Recall, Restore
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.edits.traces import Path, Trace, gathered
from workbench.masks.model.grid import TILE, Array, Grid, Region, tiles_under
from workbench.masks.model.sharing import Flags, Masks, fill_unpainted
from workbench.masks.stack import Stack

SAME = 1e-6
"""Masks nearer than this are the same: erasing drops the painted value."""
MOST_TILED = 16_000
"""Bins under the brush up to which a stroke is stored in tiles: many paths in one place take long to evaluate anew."""
MOST_WORK = 100
"""Edits that may be laid over blocks beneath a stroke in tiles while the hand waits: some hundredths of a second."""


class PaintingRefused(UserError):
    """An edit of a layer can change nothing; the code says why."""


def check(stack: Stack, layers: Sequence[int]) -> None:
    """Make sure that an edit of a layer, or of a group, can change something.

    Parameters
    ----------
    layers : sequence of int
        Index of the layer, or those of all layers of the group.

    Raises
    ------
    PaintingRefused
        `masks.locked`: the layer is. `masks.group_locked`: all of them are. `masks.only_layer`: there is no other.
        `masks.others_locked`: no other can make room.
    """
    chosen = [stack.layers[i] for i in layers]
    if all(each.locked for each in chosen):
        if len(chosen) == 1:
            raise PaintingRefused("masks.locked", name=chosen[0].name)
        raise PaintingRefused("masks.group_locked")
    others = [each for i, each in enumerate(stack.layers) if i not in set(layers)]
    if not others:
        raise PaintingRefused("masks.only_layer")
    if all(each.locked for each in others):
        raise PaintingRefused("masks.others_locked")


def brush_effect(stack: Stack, layers: Sequence[int], value: float) -> Fill:
    """What a brush does that brings the mask of a layer, or of a group, to a value.

    Parameters
    ----------
    layers : sequence of int
        As for `check`.
    value : float
        0 … 1.

    Raises
    ------
    PaintingRefused
        As `check`.
    """
    check(stack, layers)
    return Fill(stack.locked_parts(), stack.parts_of(layers), value)


def filter_effect(stack: Stack, layers: Sequence[int], kind: FilterKind, rows: int, columns: int) -> Filter:
    """What a brush does that filters the mask of a layer or group, see `filters.Filter`; raises as `check`."""
    check(stack, layers)
    return Filter(stack.locked_parts(), stack.parts_of(layers), kind, rows, columns)


def eraser_effect(stack: Stack, layers: Sequence[int]) -> Restore:
    """What the eraser does; raises as `check`."""
    check(stack, layers)
    return Restore(stack.locked_parts())


class PathStroke:
    """A stroke kept as its path, for brushes over very many bins.

    Parameters
    ----------
    stack : Stack
        The stack when the stroke begins.
    effect : Effect
    start : Path
        A path of one point: brush, ruler and where the stroke begins.
    within : Area, optional
        Only there it changes anything.
    """

    def __init__(self, stack: Stack, effect: Effect, start: Path, within: Area | None = None) -> None:
        self._stack, self._effect, self._path, self._within = stack, effect, start, within
        self._edits = self._with_path()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The stack's edits with the stroke so far."""
        return self._edits

    def _with_path(self) -> tuple[Edit, ...]:
        return (*self._stack.edits, Operation(self._effect, Trace((self._path,), self._within)))

    def draw_to(self, x: float, y: float, strength: float) -> Region | None:
        """Go on to another point."""
        if (x, y) != (self._path.points[-1][0], self._path.points[-1][1]):
            self._path = self._path.extended(x, y, strength)
            self._edits = self._with_path()
        low, high, start, stop = (int(v) for v in self._path.regions[-1])
        reach, passes = self._effect.reach, self._effect.passes
        region = Region(low, high, start, stop).widened((reach[0] * passes, reach[1] * passes))
        region = region.clipped(self._stack.bins, self._stack.frames)
        if self._within is not None:
            region = region.common(self._within.bounds)
        return region if region.bins_held else None


class TileStroke:
    """A stroke stored in tiles: `extend` with coverage, or `draw_to` with a path, and read `edits` at any time.

    Parameters
    ----------
    stack : Stack
        The stack when the stroke begins.
    effect : Effect
        What full coverage does. `Restore` erases: it brings all unlocked layers back. (Were it only the one layer,
        strokes that two layers made in one place could never be erased: what one gives back would go to the other
        painted one.)
    start : Path, optional
        Brush, ruler and first point, for `draw_to`.
    build_up : bool
        Whether a place covered several times gets more.
    within : Area, optional
        Only there it changes anything.
    """

    def __init__(
        self,
        stack: Stack,
        effect: Effect,
        start: Path | None = None,
        build_up: bool = False,
        within: Area | None = None,
    ) -> None:
        self._stack, self._effect, self._within = stack, effect, within
        self._path, self._build_up = start, build_up if start is None else start.build_up
        last = stack.edits[-1] if stack.edits else None
        self._before: tuple[Edit, ...] = stack.edits[:-1] if isinstance(last, Paint) else stack.edits
        self._under = replace(stack, edits=self._before)
        self._start: Paint = last if isinstance(last, Paint) else Paint()
        self._tiles: dict[tuple[int, int], Tile] = dict(self._start.tiles)
        self._drawn = Region(0, 0, 0, 0)
        self._edits: tuple[Edit, ...] | None = None
        self._coverage: dict[tuple[int, int], Array] = {}
        locked = set(effect.locked)
        mine = set(effect.parts) if isinstance(effect, LayerEffect) else set()
        if (isinstance(effect, Restore) and self._before) or isinstance(effect, Recall):
            # What lies beneath is not what is to come back, so sharing the rest would not bring it.
            self._stored: Flags = np.ones(len(stack.parts), bool)
        else:
            self._stored = np.array([p in mine or p in locked for p in stack.parts], bool)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The stack's edits with the stroke so far."""
        if self._edits is None:
            paint = self._start.with_tiles(dict(self._tiles), self._drawn)
            self._edits = (*self._before, paint) if self._tiles else self._before
        return self._edits

    def draw_to(self, x: float, y: float, strength: float) -> Region | None:
        """Go on to another point."""
        assert self._path is not None
        brush, ruler, last = self._path.brush, self._path.ruler, self._path.points[-1]
        start, end = (float(last[0]), float(last[1])), (x, y)
        self._path = replace(self._path, points=np.array([(x, y, strength)]))
        region = covered(brush, ruler, start, end).clipped(self._stack.bins, self._stack.frames)
        if self._within is not None:
            region = region.common(self._within.bounds)
        if not region.bins_held:
            return None
        rows, columns = np.arange(region.low, region.high), np.arange(region.start, region.stop)
        return self.extend(region, coverage(brush, ruler, rows, columns, start, end) * np.float32(strength))

    def extend(self, region: Region, under: Array) -> Region | None:
        """Add coverage (R, C) over a region of bins; returns the rectangle of bins that changed."""
        region_in = region.clipped(self._stack.bins, self._stack.frames)
        under = under[
            region_in.low - region.low : region_in.high - region.low,
            region_in.start - region.start : region_in.stop - region.start,
        ]
        hit_rows, hit_columns = np.nonzero(under.any(axis=1))[0], np.nonzero(under.any(axis=0))[0]
        if not len(hit_rows):
            return None
        under = under[hit_rows[0] : hit_rows[-1] + 1, hit_columns[0] : hit_columns[-1] + 1]
        low, start = region_in.low + int(hit_rows[0]), region_in.start + int(hit_columns[0])
        changed = Region(low, low + under.shape[0], start, start + under.shape[1])
        total = self._accumulate(changed, under)
        if self._within is not None:
            total *= self._within.at(np.arange(changed.low, changed.high), np.arange(changed.start, changed.stop))
        self._store(changed, self._paint(changed, total), total > 0)
        self._drawn, self._edits = self._drawn.joined(changed), None
        return changed

    def _accumulate(self, region: Region, under: Array) -> Array:
        """Coverage gathered so far, over the region."""
        out = under.copy()
        for key, tile_part, part in tiles_under(region):
            held = self._coverage.setdefault(key, np.zeros((TILE, TILE), np.float32))
            held[tile_part] = gathered(held[tile_part], under[part], self._build_up)
            out[part] = held[tile_part]
        return out

    def _paint(self, region: Region, weight: Array) -> Masks:
        """New painted values (P, R, C), NaN where a part stays unpainted."""
        rows, columns = np.arange(region.low, region.high), np.arange(region.start, region.stop)
        painted = self._painted(Grid(rows, columns, self._stack.parts))
        if self._effect.reach == (0, 0):
            # The same as the general way below, without computing what lies beneath twice.
            under = self._under.evaluate(rows, columns)
            grid = Grid(rows, columns, self._stack.parts, self._stack.levels)
            computed = under if not self._before else self._stack.computed(rows, columns)
            masks = fill_unpainted(painted, under, computed, grid.ages)
            new = self._effect.change(masks, computed, grid, weight)
        else:
            under = np.zeros((0,), np.float32)
            edits = (*self._stack.edits, Operation(self._effect, Cover(region, weight)))
            new = replace(self._stack, edits=edits).evaluate(rows, columns)
            if self._stack.remembered is not None:
                self._stack.remembered.follow(edits, self._stack.edits)
        hit = weight > 0
        keep = ~np.isnan(painted) | (self._stored[:, None, None] & hit)
        values = np.where(keep, np.where(hit, new, painted), np.float32(np.nan)).astype(np.float32)
        if isinstance(self._effect, Restore):
            same = hit & (np.abs(new - under).max(axis=0) <= SAME)
            values[:, same] = np.nan
        return values

    def _painted(self, grid: Grid) -> Masks:
        """Values painted before the stroke began, NaN elsewhere."""
        region = Region(int(grid.rows[0]), int(grid.rows[-1]) + 1, int(grid.columns[0]), int(grid.columns[-1]) + 1)
        out = np.full((len(grid.parts), len(grid.rows), len(grid.columns)), np.nan, np.float32)
        order = {part: i for i, part in enumerate(grid.parts)}
        for key, tile_part, piece in tiles_under(region):
            for part, values in self._start.tiles.get(key, {}).items():
                if part in order:
                    out[order[part]][piece] = values[tile_part]
        return out

    def _store(self, region: Region, values: Masks, hit: Flags) -> None:
        parts = self._stack.parts
        for key, tile_part, piece in tiles_under(region):
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


class AnyStroke:
    """A stroke in tiles, which goes on as a path once it covers very many bins at a time.

    Parameters
    ----------
    start : Path
        A path of one point.
    within : Area, optional
        Only there it changes anything.
    """

    def __init__(self, stack: Stack, effect: Effect, start: Path, within: Area | None = None) -> None:
        self._stack, self._effect, self._path, self._within = stack, effect, start, within
        self._stroke: TileStroke | PathStroke = TileStroke(stack, effect, start, within=within)
        if self._too_much(start.bounds):
            self._stroke = PathStroke(stack, effect, start, within)

    def _too_much(self, region: Region) -> bool:
        """Whether so many bins, or ones of which so little is known, are better left to whoever looks at them."""
        held = region.clipped(self._stack.bins, self._stack.frames)
        if held.bins_held > MOST_TILED:
            return True
        rows, columns = np.arange(held.low, held.high), np.arange(held.start, held.stop)
        return self._stack.work_left(rows, columns) > MOST_WORK

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The stack's edits with the stroke so far."""
        return self._stroke.edits

    def draw_to(self, x: float, y: float, strength: float) -> Region | None:
        """Go on to another point, in pixels of the ruler; returns the rectangle of bins that changed."""
        if isinstance(self._stroke, TileStroke):
            last = self._path.points[-1]
            ahead = covered(self._path.brush, self._path.ruler, (float(last[0]), float(last[1])), (x, y))
            if self._too_much(ahead):
                # Both kinds give the same masks, so that nothing jumps.
                self._stroke = PathStroke(self._stack, self._effect, self._path, self._within)
            elif (x, y) != (float(last[0]), float(last[1])):
                self._path = self._path.extended(x, y, strength)
        return self._stroke.draw_to(x, y, strength)
