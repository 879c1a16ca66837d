"""Edits: painted tiles, and operations with their parameters and area. Plain data, evaluated on the bins asked for.

The ordered list of edits is never baked over the whole plane. Edits name parts (see `layers.Part`);
a part that is no longer in the stack is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from workbench.masks.edits.area import Area
from workbench.masks.edits.effects import Combine, Effect, Held, LayerEffect, Move, Near, Recall
from workbench.masks.edits.traces import Covered, Trace
from workbench.masks.model.bundles import Bundles
from workbench.masks.model.grid import TILE, Array, Grid, Indices, Reach, Region, in_tile, lattice
from workbench.masks.model.sharing import NOTHING, Masks, fill_unpainted
from workbench.spectral.stft import Analysis

Tile = Mapping[int, Masks]
"""Part id to float32 (TILE, TILE), rows frequency, columns time; NaN where the part is not painted."""
FILTER_EFFORT = 30
"""As so many simple operations counts a filter, which asks for the blocks around."""
PIECES = 4
"""So many pieces of a stroke take as long as a simple operation."""
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

    def touches(self, region: Region) -> bool:
        """Whether it lies under a region."""
        return self.region.common(region).bins_held > 0

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage of bins inside the region, float32 (R, C)."""
        return self.values[np.ix_(rows - self.region.low, columns - self.region.start)]


@dataclass(frozen=True, eq=False)
class Paint:
    """Painted tiles by (row, column) of the tile lattice. Never changed in place: a stroke makes a new one."""

    tiles: Mapping[tuple[int, int], Tile] = field(default_factory=dict)

    reach: Reach = field(default=(0, 0), init=False)
    passes: int = field(default=1, init=False)
    by_bin: bool = field(default=True, init=False)

    @cached_property
    def bounds(self) -> Region:
        """Rectangle that holds all tiles."""
        out = Region(0, 0, 0, 0)
        for row, column in self.tiles:
            out = out.joined(_tile(row, column))
        return out

    def with_tiles(self, tiles: Mapping[tuple[int, int], Tile], changed: Region) -> Paint:
        """Others of its tiles, which differ from its own only within a region."""
        out = Paint(tiles)
        keys = changed.low // TILE, -(-changed.high // TILE), changed.start // TILE, -(-changed.stop // TILE)
        # What is known of the others stays.
        out.__dict__["bounds"] = self.bounds.joined(Region(*(each * TILE for each in keys)))
        return out

    def effort(self, region: Region) -> int:
        """What it takes to lay it over a block in a region, by that of a simple operation."""
        return 1

    def touches(self, region: Region) -> bool:
        """Whether a tile lies under a region."""
        return bool(self._under(region))

    def same_within(self, other: Paint, region: Region) -> bool:
        """Whether the tiles under a region are the same as another's."""
        mine, others = self._under(region), other._under(region)
        return mine == others and all(self.tiles[key] is other.tiles[key] for key in mine)

    def _under(self, region: Region) -> list[tuple[int, int]]:
        rows = range(region.low // TILE, (region.high - 1) // TILE + 1)
        columns = range(region.start // TILE, (region.stop - 1) // TILE + 1)
        if len(rows) * len(columns) < len(self.tiles):
            return [(row, column) for row in rows for column in columns if (row, column) in self.tiles]
        return sorted(key for key in self.tiles if key[0] in rows and key[1] in columns)

    def lay(self, bundles: Bundles, grid: Grid, near: Near, covered: Covered) -> None:
        """Lay the painted values over masks."""
        for rows, columns, keys in self._blocks(grid.rows, grid.columns):
            painted = sorted({part for key in keys for part in self.tiles[key]}.intersection(grid.parts))
            bundles.tell_apart([(part,) for part in painted])
            masks, order = bundles.masks(rows, columns), {part: i for i, part in enumerate(bundles.ids)}
            values = np.full_like(masks, np.nan)
            for row, column in keys:
                inside_rows, tile_rows = in_tile(grid.rows[rows], row)
                inside_columns, tile_columns = in_tile(grid.columns[columns], column)
                for part, held in self.tiles[row, column].items():
                    if part in order:
                        values[order[part], inside_rows, inside_columns] = held[tile_rows[:, None], tile_columns]
            filled = fill_unpainted(values, masks, bundles.computed(rows, columns), np.array(bundles.ids))
            bundles.put(masks, filled, rows, columns)

    def _blocks(self, rows: Indices, columns: Indices) -> list[tuple[slice, slice, list[tuple[int, int]]]]:
        """Painted tiles that a grid touches, by column of tiles: rows and columns of the grid, and keys."""
        by_column: dict[int, list[int]] = {}
        region = Region(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
        for row, column in self._under(region):
            by_column.setdefault(column, []).append(row)
        out = []
        for column, held in by_column.items():
            across = in_tile(columns, column)[0]
            low, high = in_tile(rows, min(held))[0].start, in_tile(rows, max(held))[0].stop
            if across.stop > across.start and high > low:
                out.append((slice(low, high), across, [(row, column) for row in held]))
        return out

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
    def by_bin(self) -> bool:
        """Whether what it makes of a bin is the same whatever other bins are asked for, on any lattice."""
        return self.reach == (0, 0) and not (isinstance(self.effect, (Combine, Recall)) and self.effect.source)

    @property
    def bounds(self) -> Region:
        """Rectangle outside which it changes nothing."""
        return WHOLE if self.area is None else self.area.bounds

    def effort(self, region: Region) -> int:
        """What it takes to lay it over a block in a region, by that of a simple operation."""
        pieces = self.area.effort(region) // PIECES if isinstance(self.area, Trace) else 0
        return pieces + (1 if self.reach == (0, 0) else FILTER_EFFORT)

    def touches(self, region: Region) -> bool:
        """Whether it may change anything in a region."""
        return self.area is None or self.area.touches(region)

    def lay(self, bundles: Bundles, grid: Grid, near: Near, covered: Covered) -> None:
        """Change masks."""
        rows, columns = grid.inside(self.bounds)
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return
        inner = grid.cut(rows, columns)
        if self.area is None:
            weight = np.ones((len(inner.rows), len(inner.columns)), np.float32)
        elif isinstance(self.area, Trace):
            weight = self.area.at(inner.rows, inner.columns, covered)
        else:
            weight = self.area.at(inner.rows, inner.columns)
        if not weight.any():
            return
        bundles.tell_apart(self.effect.named(grid.parts))
        masks, computed = bundles.masks(rows, columns), bundles.computed(rows, columns)
        inner = Grid(inner.rows, inner.columns, bundles.ids, grid.levels)
        bundles.put(masks, self.effect.change(masks, computed, inner, weight, near), rows, columns)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Operation:
        """The same effect in the same area under another window and hop; `samples` is the recording's length."""
        area = self.area
        if area is not None and not isinstance(area, Cover):
            area = area.resampled(old, new, samples)
        return Operation(self.effect.resampled(old, new, samples), area)


Edit = Paint | Operation


def changed_region(before: tuple[Edit, ...], after: tuple[Edit, ...]) -> Region | None:
    """Smallest rectangle outside which two lists of edits agree; None for the whole plane."""
    same = common(before, after)
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
            out = out.joined(_tile(row, column))
        return out
    return None


def _tile(row: int, column: int) -> Region:
    return Region(row * TILE, (row + 1) * TILE, column * TILE, (column + 1) * TILE)


def _extent(edit: Edit) -> Region:
    if isinstance(edit, Paint):
        return _between(Paint(), edit) or Region(0, 0, 0, 0)
    return edit.bounds


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


def held_arrays(edits: Sequence[Edit]) -> Held:
    """What edits hold in memory: what a step of the history costs."""
    out: Held = {}
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


def added_arrays(before: tuple[Edit, ...], after: tuple[Edit, ...]) -> Held:
    """What some edits hold in memory that others, of which they mostly are the same, do not."""
    same = common(before, after)
    old, new = before[same:], after[same:]
    if old and new and isinstance(old[0], Paint) and isinstance(new[0], Paint):
        # Of a stroke only the tiles that it changed are looked at.
        differing = {key: tile for key, tile in new[0].tiles.items() if old[0].tiles.get(key) is not tile}
        known = {key: old[0].tiles[key] for key in differing if key in old[0].tiles}
        old, new = (Paint(known), *old[1:]), (Paint(differing), *new[1:])
    if any(not isinstance(edit, Paint) and not _drawn_alone(edit) for edit in new):
        # An area or a source may be that of any edit before.
        old = (*old, *(edit for edit in before[:same] if not isinstance(edit, Paint)))
    held = held_arrays(old)
    return {key: each for key, each in held_arrays(new).items() if key not in held}


def _drawn_alone(edit: Operation) -> bool:
    """Whether it holds nothing but what the hand drew."""
    area, effect = edit.area, edit.effect
    return isinstance(area, Trace) and area.within is None and not isinstance(effect, (Combine, Recall))


def common(one: tuple[object, ...], other: tuple[object, ...]) -> int:
    """How many things two lists, of edits or of steps, have in common at their beginnings."""
    if one is other:
        return len(one)
    shortest = min(len(one), len(other))
    # Comparing tuples of the same objects takes no time; most differ in the last edit alone.
    for count in (shortest, shortest - 1):
        if count >= 0 and one[:count] == other[:count]:
            return count
    return next(i for i in range(shortest) if one[i] is not other[i])
