"""Edits: painted tiles, and operations with their parameters and area. Plain data, evaluated on the bins asked for.

The ordered list of edits is never baked over the whole plane. Edits name parts (see `layers.Part`);
a part that is no longer in the stack is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workbench.masks.edits.area import Area
from workbench.masks.edits.effects import Combine, Effect, LayerEffect, Memory, Move, Recall
from workbench.masks.edits.traces import Trace
from workbench.masks.model.grid import TILE, Array, Grid, Indices, Reach, Region, in_tile, lattice
from workbench.masks.model.sharing import NOTHING, Masks, fill_unpainted
from workbench.spectral.stft import Analysis

Tile = Mapping[int, Masks]
"""Part id to float32 (TILE, TILE), rows frequency, columns time; NaN where the part is not painted."""
WHOLE = Region(0, 1 << 40, 0, 1 << 40)
"""Holds every plane, however long."""


@dataclass(frozen=True, eq=False)
class Cover:
    """How strongly each bin of a region is covered, float32 (bins, frames): a stroke while the hand still moves."""

    region: Region
    values: Array

    @property
    def bounds(self) -> Region:
        """The region."""
        return self.region

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.values.nbytes

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage of bins inside the region, float32 (R, C)."""
        return self.values[np.ix_(rows - self.region.low, columns - self.region.start)]


@dataclass(frozen=True, eq=False)
class Paint:
    """Painted tiles by (row, column) of the tile lattice. Never changed in place: a stroke makes a new one."""

    tiles: Mapping[tuple[int, int], Tile] = field(default_factory=dict)

    reach: Reach = field(default=(0, 0), init=False)
    passes: int = field(default=1, init=False)

    @property
    def bounds(self) -> Region:
        """The whole plane: tiles are looked up where they are."""
        return WHOLE

    def apply(self, masks: Masks, computed: Masks, grid: Grid, wide: tuple[Masks, Grid]) -> None:
        """Lay the painted values over masks (P, R, C), in place."""
        order = {part: i for i, part in enumerate(grid.parts)}
        for rows, columns, keys in self._blocks(grid.rows, grid.columns):
            values = np.full((len(masks), rows.stop - rows.start, columns.stop - columns.start), np.nan, np.float32)
            for row, column in keys:
                inside_rows, tile_rows = in_tile(grid.rows[rows], row)
                inside_columns, tile_columns = in_tile(grid.columns[columns], column)
                for part, painted in self.tiles[row, column].items():
                    if part in order:
                        held = painted[tile_rows[:, None], tile_columns]
                        values[order[part], inside_rows, inside_columns] = held
            masks[:, rows, columns] = fill_unpainted(values, masks[:, rows, columns], grid.ages)

    def _blocks(self, rows: Indices, columns: Indices) -> list[tuple[slice, slice, list[tuple[int, int]]]]:
        """Painted tiles that a grid touches, by column of tiles: rows and columns of the grid, and keys."""
        by_column: dict[int, list[int]] = {}
        for row, column in self._touching(rows, columns):
            by_column.setdefault(column, []).append(row)
        out = []
        for column, held in by_column.items():
            across = in_tile(columns, column)[0]
            low, high = in_tile(rows, min(held))[0].start, in_tile(rows, max(held))[0].stop
            if across.stop > across.start and high > low:
                out.append((slice(low, high), across, [(row, column) for row in held]))
        return out

    def _touching(self, rows: Indices, columns: Indices) -> list[tuple[int, int]]:
        if not len(rows) or not len(columns) or not self.tiles:
            return []
        low, high, start, stop = int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
        spanned = (high // TILE - low // TILE + 1) * (stop // TILE - start // TILE + 1)
        if spanned < len(self.tiles):
            return [key for key in lattice(rows, columns) if key in self.tiles]
        inside = (low // TILE, high // TILE, start // TILE, stop // TILE)
        return sorted(k for k in self.tiles if inside[0] <= k[0] <= inside[1] and inside[2] <= k[1] <= inside[3])

    def rows_touched(self, rows: Indices, columns: Indices) -> set[int]:
        """Rows of painted tiles that a grid touches."""
        return {row for row, _ in self._touching(rows, columns)}

    @property
    def nbytes(self) -> int:
        """Bytes of the painted values."""
        return sum(values.nbytes for tile in self.tiles.values() for values in tile.values())

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Paint:
        """The same values under another window and hop: each new bin takes that of the old one nearest to it.

        `samples` is the length of the recording.
        """
        bins, frames, old_frames = new.bins, new.frames(samples), old.frames(samples)
        row_scale, column_scale = old.window / new.window, new.hop / old.hop
        wanted: set[tuple[int, int]] = set()
        for row, column in self.tiles:
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
                for part, values in self.tiles.get(key, {}).items():
                    piece = values[np.ix_(source_rows[in_rows] % TILE, source_columns[in_columns] % TILE)]
                    held = tile.setdefault(part, np.full((TILE, TILE), np.nan, np.float32))
                    held[np.ix_(np.nonzero(in_rows)[0], np.nonzero(in_columns)[0])] = piece
            tile = {part: held for part, held in tile.items() if not np.isnan(held).all()}
            if tile:
                tiles[row, column] = tile
        return Paint(tiles)


@dataclass(frozen=True, eq=False)
class Operation:
    """An effect within an area, or on the whole plane for None."""

    effect: Effect
    area: Area | Trace | Cover | None = None

    @property
    def reach(self) -> Reach:
        """Bins and frames on every side at whose masks one pass looks."""
        return self.effect.reach

    @property
    def passes(self) -> int:
        """How often it looks so far."""
        return self.effect.passes

    @property
    def bounds(self) -> Region:
        """Rectangle outside which it changes nothing."""
        return WHOLE if self.area is None else self.area.bounds

    def apply(self, masks: Masks, computed: Masks, grid: Grid, wide: tuple[Masks, Grid]) -> None:
        """Change masks (P, R, C), in place."""
        rows, columns = grid.inside(self.bounds)
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return
        inner = grid.cut(rows, columns)
        if self.area is None:
            weight = np.ones((len(inner.rows), len(inner.columns)), np.float32)
        else:
            weight = self.area.at(inner.rows, inner.columns)
            if not weight.any():
                return
        held = masks[:, rows, columns]
        masks[:, rows, columns] = self.effect.change(held, computed[:, rows, columns], inner, weight, wide)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Operation:
        """The same effect in the same area under another window and hop; `samples` is the recording's length."""
        area = self.area
        if area is not None and not isinstance(area, Cover):
            area = area.resampled(old, new, samples)
        return Operation(self.effect.resampled(old, new, samples), area)


Edit = Paint | Operation


def changed_region(before: tuple[Edit, ...], after: tuple[Edit, ...]) -> Region | None:
    """Smallest rectangle outside which two lists of edits agree; None for the whole plane."""
    same = 0
    while same < min(len(before), len(after)) and before[same] is after[same]:
        same += 1
    old, new = before[same:], after[same:]
    if not old and not new:
        return Region(0, 0, 0, 0)
    # An edit that became another in its place, with equal ones behind it.
    while old and new and old[-1] is new[-1]:
        old, new = old[:-1], new[:-1]
    behind = after[same + len(new) :]
    region = _between(old[0], new[0]) if len(old) == 1 == len(new) else None
    if region is None and (len(old), len(new)) in ((0, 1), (1, 0)):
        region = _between(*((old or (Paint(),))[:1] + (new or (Paint(),))[:1]))
    if region is None:
        region = Region(0, 0, 0, 0)
        for edit in (*old, *new):
            region = region.joined(_extent(edit))
    for edit in behind:
        region = region.widened((edit.reach[0] * edit.passes, edit.reach[1] * edit.passes))
    return None if region.high >= WHOLE.high and region.stop >= WHOLE.stop else region


def _between(old: Edit, new: Edit) -> Region | None:
    """Where two edits differ, if that can be told more closely than by all that they cover."""
    if isinstance(old, Paint) and isinstance(new, Paint):
        differing = [key for key in old.tiles.keys() | new.tiles.keys() if old.tiles.get(key) is not new.tiles.get(key)]
        out = Region(0, 0, 0, 0)
        for row, column in differing:
            tile = Region(row * TILE, (row + 1) * TILE, column * TILE, (column + 1) * TILE)
            out = out.joined(tile)
        return out
    if (
        isinstance(old, Operation)
        and isinstance(new, Operation)
        and old.effect == new.effect
        and isinstance(old.area, Trace)
        and isinstance(new.area, Trace)
        and old.area.within is new.area.within
    ):
        known = {id(path) for path in old.area.paths} & {id(path) for path in new.area.paths}
        return Trace(tuple(p for p in (*old.area.paths, *new.area.paths) if id(p) not in known)).bounds
    return None


def _extent(edit: Edit) -> Region:
    if isinstance(edit, Paint):
        return _between(Paint(), edit) or Region(0, 0, 0, 0)
    return edit.bounds


def with_operation(edits: tuple[Edit, ...], effect: Effect, area: Area | Trace | Cover | None) -> tuple[Edit, ...]:
    """Edits with one more; strokes that do the same one after the other become one operation."""
    last = edits[-1] if edits else None
    if (
        isinstance(last, Operation)
        and isinstance(area, Trace)
        and isinstance(last.area, Trace)
        and last.effect == effect
        and effect.reach == (0, 0)
        and last.area.within is area.within
    ):
        return (*edits[:-1], Operation(effect, Trace((*last.area.paths, *area.paths), area.within)))
    return (*edits, Operation(effect, area))


def without_parts(
    edits: tuple[Edit, ...], gone: set[int], staying: Sequence[int] = (), locked: Sequence[int] = ()
) -> tuple[Edit, ...]:
    """Edits without what concerns only some parts, as after these left the stack.

    Where all parts that stay are painted, those that are not locked take what was painted for the others; so a layer
    that comes later finds nothing left over. Elsewhere it goes to those that are not painted.

    Parameters
    ----------
    staying : sequence of int
        Parts of the stack afterwards; empty where the parts stay and only what was done to them is taken away.
    locked : sequence of int
        Of these the locked ones.
    """
    out: list[Edit] = []
    for edit in edits:
        if isinstance(edit, Operation):
            if not (isinstance(edit.effect, (LayerEffect, Move)) and set(edit.effect.parts) <= gone) and not (
                isinstance(edit.effect, LayerEffect) and _alone(edit.effect, staying)
            ):
                out.append(edit)
            continue
        tiles = {}
        for key, tile in edit.tiles.items():
            left = {part: values for part, values in tile.items() if part not in gone}
            if staying and set(left) >= set(staying):
                left = _filled_up(left, staying, locked)
            if left:
                tiles[key] = left
        if tiles:
            out.append(replace(edit, tiles=tiles))
    return tuple(out)


def _alone(effect: LayerEffect, staying: Sequence[int]) -> bool:
    """Whether nobody is left to make room, so that the effect does nothing: nor may it once a layer is added."""
    return bool(staying) and not set(staying) - set(effect.parts) - set(effect.locked)


def _filled_up(tile: Tile, staying: Sequence[int], locked: Sequence[int]) -> dict[int, Masks]:
    """Painted values that sum to one wherever every part of the stack is painted."""
    values = np.stack([tile[part] for part in staying])
    free = np.array([part not in set(locked) for part in staying])
    if not free.any():
        free[:] = True
    full = ~np.isnan(values).any(axis=0)
    room = np.clip(1 - values[~free].sum(axis=0), 0, 1)
    have = values[free].sum(axis=0)
    scaled = values[free] * np.divide(room, have, out=np.zeros_like(have), where=have > NOTHING)
    scaled = np.where(have > NOTHING, scaled, room / free.sum())
    values[free] = np.where(full, scaled, values[free])
    return {**tile, **dict(zip(staying, values, strict=True))}


def painted_parts(edits: Sequence[Edit]) -> set[int]:
    """Ids of the parts that hold something made by hand: painted values, or what an operation gave them."""
    out: set[int] = set()
    for edit in edits:
        if isinstance(edit, Paint):
            out |= {part for tile in edit.tiles.values() for part in tile}
        elif isinstance(edit.effect, Move):
            out |= set(edit.effect.to)
        elif isinstance(edit.effect, LayerEffect) and (edit.area is not None or isinstance(edit.effect, Combine)):
            out |= set(edit.effect.parts)
    return out


def held_arrays(edits: Sequence[Edit]) -> Memory:
    """What edits hold in memory: what a step of the history costs."""
    out: Memory = {}
    for edit in edits:
        if isinstance(edit, Paint):
            for tile in edit.tiles.values():
                out.update({id(values): (values, values.nbytes) for values in tile.values()})
            continue
        area = edit.area
        if isinstance(area, Trace):
            out.update({id(path): (path, path.points.nbytes) for path in area.paths})
            area = area.within
        if area is not None:
            out[id(area)] = area, area.nbytes
        if isinstance(edit.effect, (Combine, Recall)) and edit.effect.source is not None:
            out.update(edit.effect.source.memory)
    return out
