"""An area of the time–frequency plane with soft edges: what is selected, and where an edit acts.

An area is a lattice of tiles of which most are wholly outside or wholly inside; only the others store bins. So a
time range over an hour costs two columns of tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workbench.masks.model.grid import TILE, Array, Indices, Region, in_tile, tiles_under
from workbench.spectral.stft import Analysis

Bytes = NDArray[np.uint8]
OUTSIDE, INSIDE, MIXED = 0, 1, 2
CHUNK = 4096
"""Frames drawn at once."""
FULL = np.full((TILE, TILE), 255, np.uint8)
NONE = np.zeros((TILE, TILE), np.uint8)


@dataclass(frozen=True, eq=False)
class Area:
    """How much of every bin is covered: 0 (not) … 255 (wholly).

    Parameters
    ----------
    bins, frames : int
        F and N of the plane.
    cover : uint8, shape (tile rows, tile columns)
        OUTSIDE, INSIDE or MIXED.
    tiles : mapping of (tile row, tile column) to uint8, shape (TILE, TILE)
        Bins of the mixed tiles; equal tiles may be one array.
    """

    bins: int
    frames: int
    cover: Bytes
    tiles: Mapping[tuple[int, int], Bytes] = field(default_factory=dict)

    # -- reading -------------------------------------------------------------------------------------

    def touches(self, region: Region) -> bool:
        """Whether any tile under a region is covered."""
        held = region.clipped(self.bins, self.frames)
        rows, columns = slice(held.low // TILE, -(-held.high // TILE)), slice(held.start // TILE, -(-held.stop // TILE))
        return bool(held.bins_held) and bool((self.cover[rows, columns] != OUTSIDE).any())

    def __bool__(self) -> bool:
        return bool(self.tiles) or bool((self.cover == INSIDE).any())

    def same_as(self, other: Area) -> bool:
        """Whether the same bins are covered, each as much."""
        return (
            (self.bins, self.frames) == (other.bins, other.frames)
            and np.array_equal(self.cover, other.cover)
            and all(np.array_equal(tile, other.tiles[key]) for key, tile in self.tiles.items())
        )

    @property
    def nbytes(self) -> int:
        """Bytes held; tiles that are one array count once."""
        return self.cover.nbytes + sum({id(tile): tile.nbytes for tile in self.tiles.values()}.values())

    @cached_property
    def bounds(self) -> Region:
        """Smallest rectangle that holds all that is covered."""
        rows, _columns = np.nonzero(self.cover)
        if not len(rows):
            return Region(0, 0, 0, 0)
        out = Region(0, 0, 0, 0)
        inside_rows, inside_columns = np.nonzero(self.cover == INSIDE)
        if len(inside_rows):
            out = _tiles_region(inside_rows, inside_columns)
        # Along a band many tiles are one array, which is looked at once.
        distinct = {id(tile): _held(tile) for tile in {id(tile): tile for tile in self.tiles.values()}.values()}
        ends = [(*key, *distinct[id(tile)]) for key, tile in self.tiles.items() if distinct[id(tile)][1]]
        if ends:
            tops, lefts, low, high, start, stop = np.array(ends, np.int64).T * [[TILE], [TILE], [1], [1], [1], [1]]
            out = out.joined(
                Region(
                    int((tops + low).min()),
                    int((tops + high).max()),
                    int((lefts + start).min()),
                    int((lefts + stop).max()),
                )
            )
        return out.clipped(self.bins, self.frames)

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage 0 … 1 of the bins of a grid, float32 (R, C)."""
        return np.asarray(self.read(rows, columns) * np.float32(1 / 255), np.float32)

    def read(self, rows: Indices, columns: Indices) -> Bytes:
        """Coverage 0 … 255 at non-decreasing bins and frames, shape (R, C)."""
        if not len(rows) or not len(columns):
            return np.zeros((len(rows), len(columns)), np.uint8)
        tile_rows, tile_columns = rows // TILE, columns // TILE
        cover = self.cover[np.ix_(tile_rows, tile_columns)]
        out: Bytes = np.where(cover == INSIDE, np.uint8(255), np.uint8(0))
        here = np.unique(tile_columns)
        found: dict[int, tuple[slice, Indices]] = {}
        for row in np.unique(tile_rows).tolist():
            inside_rows, in_rows = in_tile(rows, row)
            for column in here[self.cover[row, here] == MIXED].tolist():
                if column not in found:
                    found[column] = in_tile(columns, column)
                inside_columns, in_columns = found[column]
                out[inside_rows, inside_columns] = self.tiles[row, column][in_rows[:, None], in_columns]
        return out

    def sampled(self, rows: Indices, columns: Indices) -> Bytes:
        """Coverage 0 … 255 of single bins, each given by its row and its column."""
        lattice, tiles = self._lattice
        return np.asarray(tiles[lattice[rows // TILE, columns // TILE], rows % TILE, columns % TILE])

    @cached_property
    def _lattice(self) -> tuple[Indices, Bytes]:
        """For each tile its number, and the tiles that differ one behind the other."""
        distinct = {id(NONE): NONE, id(FULL): FULL, **{id(tile): tile for tile in self.tiles.values()}}
        number = {key: i for i, key in enumerate(distinct)}
        lattice = np.where(self.cover == INSIDE, number[id(FULL)], number[id(NONE)])
        for key, tile in self.tiles.items():
            lattice[key] = number[id(tile)]
        return lattice, np.stack(list(distinct.values()))

    def pooled(self, rows: Indices, columns: Indices) -> Bytes:
        """Greatest coverage in each cell between consecutive edges, for a picture; shape (R, C).

        Over more than `CHUNK` frames, edges along time are taken to lie between tiles.
        """
        low, high, start, stop = int(rows[0]), _behind(rows), int(columns[0]), _behind(columns)
        if stop - start <= CHUNK:
            held = self.read(np.arange(low, min(high, self.bins)), np.arange(start, min(stop, self.frames)))
            starts = columns[:-1] - start
        else:
            held = self.by_tile_column[low:high, start // TILE : -(-stop // TILE)]
            starts = columns[:-1] // TILE - start // TILE
        held = np.maximum.reduceat(held, np.minimum(starts, held.shape[1] - 1), axis=1)
        return np.asarray(np.maximum.reduceat(held, np.minimum(rows[:-1] - low, len(held) - 1), axis=0))

    @cached_property
    def by_tile_column(self) -> Bytes:
        """Greatest coverage of each bin within each column of tiles, shape (F, tile columns)."""
        out = np.repeat(np.where(self.cover == INSIDE, np.uint8(255), np.uint8(0)), TILE, axis=0)
        known: dict[int, Bytes] = {}
        for (row, column), tile in self.tiles.items():
            if id(tile) not in known:
                known[id(tile)] = tile.max(axis=1)
            out[row * TILE : (row + 1) * TILE, column] = known[id(tile)]
        return out[: self.bins]

    # -- combining -----------------------------------------------------------------------------------

    def union(self, other: Area) -> Area:
        """What either covers: the greater coverage."""
        return self._combined(other, np.maximum)

    def intersection(self, other: Area) -> Area:
        """What both cover: the lesser coverage."""
        return self._combined(other, np.minimum)

    def minus(self, other: Area) -> Area:
        """What this covers and the other does not."""
        return self._combined(other.inverted(), np.minimum)

    def inverted(self) -> Area:
        """All that is not covered."""
        flip = np.array([INSIDE, OUTSIDE, MIXED], np.uint8)
        seen: dict[int, Bytes] = {}
        tiles = {key: seen.setdefault(id(tile), np.uint8(255) - tile) for key, tile in self.tiles.items()}
        return Area(self.bins, self.frames, flip[self.cover], tiles)

    def _combined(self, other: Area, rule: Callable[[Bytes, Bytes], Bytes]) -> Area:
        """Bin by bin by a rule; only where one of them is mixed bins are looked at."""
        value = np.array([0, 255, 0], np.uint8)
        cover = np.where(rule(value[self.cover], value[other.cover]) > 0, INSIDE, OUTSIDE).astype(np.uint8)
        plain = {OUTSIDE: NONE, INSIDE: FULL}
        known: dict[tuple[int, int], Bytes] = {}
        found: list[tuple[tuple[int, int], Bytes]] = []
        for row, column in zip(*np.nonzero((self.cover == MIXED) | (other.cover == MIXED)), strict=True):
            key = int(row), int(column)
            one = self.tiles[key] if self.cover[key] == MIXED else plain[int(self.cover[key])]
            two = other.tiles[key] if other.cover[key] == MIXED else plain[int(other.cover[key])]
            pair = id(one), id(two)
            if pair not in known:
                known[pair] = rule(one, two)
            found.append((key, known[pair]))
        return _packed(self.bins, self.frames, cover, found)

    # -- shaping -------------------------------------------------------------------------------------

    def grown(self, by: int) -> Area:
        """Larger by some bins and frames on every side (at most TILE)."""
        return self._filtered(lambda plane: ndimage.maximum_filter(plane, 2 * by + 1), by)

    def shrunk(self, by: int) -> Area:
        """Smaller by some bins and frames on every side; not at the edges of the plane."""
        return self._filtered(lambda plane: ndimage.minimum_filter(plane, 2 * by + 1), by)

    def feathered(self, by: int) -> Area:
        """With soft edges: a Gaussian of standard deviation `by` / 2 over bins and frames, cut off at 2 `by`."""

        def soften(plane: Bytes) -> Bytes:
            soft = ndimage.gaussian_filter(plane.astype(np.float32), by / 2, radius=2 * by)
            return np.asarray(np.rint(soft), np.uint8)

        return self._filtered(soften, 2 * by)

    def _filtered(self, rule: Callable[[Bytes], Bytes], reach: int) -> Area:
        """Apply a filter to every tile that has something else within its reach."""
        if reach <= 0:
            return self
        reach = min(reach, TILE)
        differs = ndimage.maximum_filter(self.cover, 3) != ndimage.minimum_filter(self.cover, 3)
        differs |= ndimage.maximum_filter(self.cover, 3) == MIXED
        last_row, last_column = self.cover.shape[0] - 1, self.cover.shape[1] - 1
        known: dict[tuple[object, ...], Bytes] = {}
        found: list[tuple[tuple[int, int], Bytes]] = []
        for row, column in zip(*(axis.tolist() for axis in np.nonzero(differs)), strict=True):
            near = [
                (min(max(row + i, 0), last_row), min(max(column + j, 0), last_column))
                for i in (-1, 0, 1)
                for j in (-1, 0, 1)
            ]
            # Rows and columns of equal tiles, as of a band, are filtered once.
            same: tuple[object, ...] = (
                row in (0, last_row - 1, last_row),
                column in (0, last_column - 1, last_column),
                row == last_row,
                column == last_column,
                row == 0,
                column == 0,
                *((int(self.cover[key]), id(self.tiles.get(key))) for key in near),
            )
            if same not in known:
                rows = np.clip(np.arange(row * TILE - reach, (row + 1) * TILE + reach), 0, self.bins - 1)
                columns = np.clip(np.arange(column * TILE - reach, (column + 1) * TILE + reach), 0, self.frames - 1)
                known[same] = np.ascontiguousarray(rule(self.read(rows, columns))[reach:-reach, reach:-reach])
            found.append(((row, column), known[same]))
        return _packed(self.bins, self.frames, np.where(differs, OUTSIDE, self.cover).astype(np.uint8), found)

    def moved(self, rows: int, columns: int) -> Area:
        """The same area some bins higher and some frames later; what leaves the plane is lost."""
        region = self.bounds
        there = Region(region.low + rows, region.high + rows, region.start + columns, region.stop + columns)
        inside = there.clipped(self.bins, self.frames)

        def plane(part: Region) -> Bytes:
            return self.read(np.arange(part.low, part.high) - rows, np.arange(part.start, part.stop) - columns)

        return made_in_chunks(self.bins, self.frames, inside, plane)

    def overtones(self, count: int) -> Area:
        """What is covered, and its copies at the multiples 2 … `count` of each frame's mean covered bin.

        The copies are as thick as the original: the harmonics of a tone are, whatever their number.
        """
        bounds = self.bounds
        held = np.arange(bounds.low, bounds.high)

        def plane(part: Region) -> Bytes:
            columns = np.arange(part.start, part.stop)
            source = self.read(held, columns)
            weight = source.sum(axis=0, dtype=np.float64)
            middle = (held @ source) / np.maximum(weight, 1)
            out = np.zeros((part.high - part.low, len(columns)), np.uint8)
            rows, frames = np.nonzero(source)
            for number in range(1, count + 1):
                there = bounds.low + rows + np.rint((number - 1) * middle).astype(np.intp)[frames] - part.low
                inside = (there >= 0) & (there < len(out))
                np.maximum.at(out, (there[inside], frames[inside]), source[rows[inside], frames[inside]])
            return out

        return made_in_chunks(self.bins, self.frames, Region(0, self.bins, bounds.start, bounds.stop), plane)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Area:
        """The same area of the plane of another window and hop, by the nearest bin."""
        bins, frames = new.bins, new.frames(samples)
        row_scale, column_scale = old.window / new.window, new.hop / old.hop
        bounds = self.bounds
        region = Region(
            int(bounds.low / row_scale) - 1,
            int(bounds.high / row_scale) + 2,
            int(bounds.start / column_scale) - 1,
            int(bounds.stop / column_scale) + 2,
        ).clipped(bins, frames)

        def plane(part: Region) -> Bytes:
            rows = np.rint(np.arange(part.low, part.high) * row_scale).astype(np.intp)
            columns = np.rint(np.arange(part.start, part.stop) * column_scale).astype(np.intp)
            return self.read(np.minimum(rows, self.bins - 1), np.minimum(columns, self.frames - 1))

        return made_in_chunks(bins, frames, region, plane)


def _held(tile: Bytes) -> tuple[int, int, int, int]:
    """First row and the one behind the last that a tile covers, and the same of its columns; 0 for none."""
    rows, columns = np.flatnonzero(tile.any(axis=1)), np.flatnonzero(tile.any(axis=0))
    return (int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1) if len(rows) else (0, 0, 0, 0)


def _behind(edges: Indices) -> int:
    """The bin or frame behind the last cell, which shows one at least."""
    return int(edges[-1]) + int(edges[-1] == edges[-2])


def nothing(bins: int, frames: int) -> Area:
    """No bin."""
    return Area(bins, frames, np.zeros((-(-bins // TILE), -(-frames // TILE)), np.uint8))


def made_in_chunks(bins: int, frames: int, region: Region, coverage: Callable[[Region], Bytes]) -> Area:
    """An area whose bins are computed chunk by chunk of frames, so that little is held at a time.

    Parameters
    ----------
    region : Region
        Outside it nothing is covered.
    coverage : callable
        Gives the coverage 0 … 255 of a part of the region, uint8 (bins, frames).
    """
    region = region.clipped(bins, frames)
    out = nothing(bins, frames)
    if not region.bins_held:
        return out
    found: list[tuple[tuple[int, int], Bytes]] = []
    # Equal tiles are one array: along a band's edge over an hour all are.
    known: dict[bytes, Bytes] = {}
    first = region.start // TILE * TILE
    for start in range(first, region.stop, CHUNK):
        part = Region(region.low, region.high, max(start, region.start), min(start + CHUNK, region.stop))
        found.extend((key, known.setdefault(tile.tobytes(), tile)) for key, tile in _tiles_of(coverage(part), part))
    return _packed(bins, frames, out.cover, found)


def _tiles_of(plane: Bytes, region: Region) -> Iterator[tuple[tuple[int, int], Bytes]]:
    for key, tile_part, piece in tiles_under(region):
        values = plane[piece]
        if values.size == FULL.size and values.min() == 255:
            yield key, FULL
        elif values.any():
            tile = NONE.copy()
            tile[tile_part] = values
            yield key, tile


def _packed(bins: int, frames: int, cover: Bytes, found: Iterable[tuple[tuple[int, int], Bytes]]) -> Area:
    """An area from a lattice and tiles to be put over it; uniform tiles are not stored."""
    cover = cover.copy()
    # As a list, so that no tile goes and leaves its identity to another.
    found = list(found)
    tiles: dict[tuple[int, int], Bytes] = {}
    seen: dict[tuple[int, int, int], int] = {}
    for (row, column), tile in found:
        high, wide = min(TILE, bins - row * TILE), min(TILE, frames - column * TILE)
        key = id(tile), high, wide
        if key not in seen:
            valid = tile[:high, :wide]
            seen[key] = OUTSIDE if not valid.any() else INSIDE if valid.min() == 255 else MIXED
        cover[row, column] = seen[key]
        if seen[key] == MIXED:
            tiles[row, column] = tile
    return Area(bins, frames, cover, tiles)


def _tiles_region(rows: Indices, columns: Indices) -> Region:
    return Region(
        int(rows.min()) * TILE, (int(rows.max()) + 1) * TILE, int(columns.min()) * TILE, (int(columns.max()) + 1) * TILE
    )
