"""Entries by their numbers, and what lies in pools: areas, strokes, painted tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.document.packed import schema_edits
from workbench.document.packed.pools import POOLS, Arrays
from workbench.document.packed.schema import TABLES, Tables
from workbench.masks.edits.area import Area
from workbench.masks.edits.edits import Paint
from workbench.masks.edits.traces import Path, Trace

Thing = TypeVar("Thing")


class PlacePacker:
    """Gives entries their numbers, and writes what is large and shared to pools."""

    def __init__(self) -> None:
        self.pools = dict.fromkeys(POOLS, 0)
        """How much is in each pool."""
        self._tables: dict[str, list[Any]] = {name: [] for name in TABLES}
        self._counts = dict.fromkeys(TABLES, 0)
        self._waiting: dict[str, list[NDArray[Any]]] = {name: [] for name in POOLS}
        self._arrays: Arrays = {}
        self._held: set[str] = set()
        self._known: dict[tuple[str, int], tuple[object, int]] = {}

    def take(self) -> tuple[Tables, Arrays]:
        """Entries and arrays that came since this was asked last."""
        tables = Tables(**{name: entries for name, entries in self._tables.items() if entries})
        arrays = self._arrays
        for name, waiting in self._waiting.items():
            if waiting:
                kind = POOLS[name]
                arrays[name] = np.concatenate([np.asarray(each, kind.dtype) for each in waiting])
        self._tables = {name: [] for name in TABLES}
        self._waiting = {name: [] for name in POOLS}
        self._arrays = {}
        return tables, arrays

    def once(self, table: str, thing: Thing, entry: Callable[[Thing], Any]) -> int:
        """The number of a thing in a table; its entry is made where it is new. What it is made of comes before it."""
        # By the table too: all empty tuples are one object.
        key = table, id(thing)
        if key in self._known:
            return self._known[key][1]
        made = entry(thing)
        number = self._counts[table]
        self._counts[table] += 1
        self._tables[table].append(made)
        # Keeps the thing, so that its identity is not another's.
        self._known[key] = thing, number
        return number

    def number(self, table: str, thing: object) -> int:
        """The number of a thing that was packed."""
        return self._known[table, id(thing)][1]

    def hold(self, name: str, array: NDArray[Any]) -> None:
        """The array of an entry, once."""
        if name not in self._held:
            self._held.add(name)
            self._arrays[name] = array

    def _pooled(self, pool: str, thing: NDArray[Any]) -> int:
        """Where an item lies in a pool; the same object lies there once."""
        key = pool, id(thing)
        if key not in self._known:
            self._known[key] = thing, self._put(pool, thing[None])[0]
        return self._known[key][1]

    def _put(self, pool: str, items: NDArray[Any]) -> tuple[int, int]:
        first = self.pools[pool]
        if len(items):
            self._waiting[pool].append(items)
            self.pools[pool] += len(items)
        return first, len(items)

    # -- places ----------------------------------------------------------------------------------------

    def place(self, place: object) -> schema_edits.PlaceEntry:
        """Where an edit acts or of which bins something is said: an area by its number, or strokes."""
        if isinstance(place, Trace):
            within = None if place.within is None else self.area(place.within)
            return schema_edits.TraceEntry(paths=tuple(self._path(path) for path in place.paths), within=within)
        assert isinstance(place, Area)
        return self.area(place)

    def area(self, area: Area) -> int:
        """An area."""
        return self.once("areas", area, self._area)

    def _area(self, area: Area) -> schema_edits.AreaEntry:
        keys = [(row, column, self._pooled("area_tiles", tile)) for (row, column), tile in area.tiles.items()]
        cover, _ = self._put("covers", area.cover.reshape(-1))
        rows = np.array(keys, np.int64).reshape(-1, 3)
        return schema_edits.AreaEntry(bins=area.bins, frames=area.frames, cover=cover, keys=self._put("keys", rows))

    def _path(self, path: Path) -> schema_edits.PathEntry:
        brush, ruler = path.brush, path.ruler
        return schema_edits.PathEntry(
            brush=schema_edits.BrushEntry(
                shape=brush.shape,
                size=float(brush.size),
                hardness=float(brush.hardness),
                harmonics=brush.harmonics,
                width=float(brush.width),
            ),
            ruler=schema_edits.RulerEntry(
                scale=ruler.scale,
                hz_per_bin=float(ruler.hz_per_bin),
                pixels_per_frame=float(ruler.pixels_per_frame),
                pixels_per_position=float(ruler.pixels_per_position),
                lowest=float(ruler.lowest),
            ),
            # A stroke that is drawn on gives out views of one array, to which points are added.
            points=self._put("points", path.points.copy()),
            build_up=path.build_up,
        )

    def painted(self, paint: Paint) -> schema_edits.PaintEntry:
        """Painted tiles."""
        keys = [
            (row, column, part, self._pooled("tiles", values))
            for (row, column), tile in sorted(paint.tiles.items())
            for part, values in tile.items()
        ]
        return schema_edits.PaintEntry(keys=self._put("painted", np.array(keys, np.int64).reshape(-1, 4)))
