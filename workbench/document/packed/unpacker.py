"""Places, edits, marks and sources from entries and arrays; the way back of `packer`. What it gives is valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.document.packed import schema, schema_edits
from workbench.document.packed.known import Known
from workbench.document.packed.models import Models, plane_of
from workbench.document.packed.pools import Source
from workbench.document.packed.words import Damage
from workbench.masks.edits import effects
from workbench.masks.edits.area import MIXED, Area
from workbench.masks.edits.brush import Brush, Ruler
from workbench.masks.edits.edits import Edit, Operation, Paint, Tile
from workbench.masks.edits.filters import Filter
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.clips import Clip
from workbench.masks.hand.marks import Mark
from workbench.masks.model.grid import TILE, Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import MaskModel, Sources, Word
from workbench.masks.stack import Stack

ROUNDING = 1e-3
"""By how much painted values may be above one together."""
MOST_SHARE = 1e6
FARTHEST = 1e12
"""Pixels from the beginning of a ruler."""
WIDEST_FILTER = 135_000
"""Bins times frames that a filter looks at to a side: 64 of each, and as many as another window makes of them."""


class Unpacker:
    """Gives objects for what `Packer` wrote; equal numbers give one object.

    Parameters
    ----------
    tables : mapping of str to sequence
        Entries by table.
    source : Source
        Of the arrays.
    models : Models
        Those of all planes.
    bins, frames : int
        F and N of the plane on which all edits and marks are.

    Raises
    ------
    Damage
        Every method, where the data is not what it should be.
    """

    def __init__(
        self, tables: Mapping[str, Sequence[Any]], source: Source, models: Models, bins: int, frames: int
    ) -> None:
        self._known = Known(tables)
        self._source, self._models = source, models
        self._bins, self._frames = bins, frames
        self._pools: dict[str, NDArray[Any]] = {}
        self._tiles: dict[tuple[str, int], NDArray[Any]] = {}
        self._sums: set[tuple[int, ...]] = set()

    def read(self, table: str, number: int) -> Edit | Mark | Area:
        """An edit, a mark or an area."""
        if table == "edits":
            return self._edit(number)
        if table == "marks":
            return self._known.once("marks", number, self._mark)
        return self.area(number)

    # -- pools -----------------------------------------------------------------------------------------

    def _pool(self, name: str) -> NDArray[Any]:
        if name not in self._pools:
            pool = self._source.pool(name)
            if name == "tiles" and not (np.isnan(pool) | ((pool >= 0) & (pool <= 1 + ROUNDING))).all():
                raise Damage("painted masks are not between 0 and 1")
            self._pools[name] = pool
        return self._pools[name]

    def _span(self, name: str, first: int, count: int) -> NDArray[Any]:
        pool = self._pool(name)
        if first + count > len(pool):
            raise Damage(f"the end of the array {name} is missing")
        return pool[first : first + count]

    def _tile(self, pool: str, number: int) -> NDArray[Any]:
        """A tile; the same number is one object."""
        key = pool, number
        if key not in self._tiles:
            self._tiles[key] = self._span(pool, number, 1)[0]
        return self._tiles[key]

    # -- places ----------------------------------------------------------------------------------------

    def place(self, entry: schema_edits.PlaceEntry) -> Area | Trace:
        """Where an edit acts, or of which bins something is said."""
        if isinstance(entry, int):
            return self.area(entry)
        within = None if entry.within is None else self.area(entry.within)
        return Trace(tuple(self._path(path) for path in entry.paths), within)

    def area(self, number: int) -> Area:
        """An area of the plane."""
        return self._known.once("areas", number, self._area)

    def _area(self, entry: schema_edits.AreaEntry) -> Area:
        if (entry.bins, entry.frames) != (self._bins, self._frames):
            raise Damage("an area is of another recording")
        rows, columns = -(-entry.bins // TILE), -(-entry.frames // TILE)
        cover = self._span("covers", entry.cover, rows * columns).reshape(rows, columns)
        keys = self._span("keys", *entry.keys)
        inside = (keys >= 0).all() and (keys[:, :2] < (rows, columns)).all()
        if not inside or cover.max(initial=0) > MIXED:
            raise Damage("an area reaches beyond the recording")
        tiles = {(row, column): self._tile("area_tiles", tile) for row, column, tile in keys.tolist()}
        if any((row, column) not in tiles for row, column in np.argwhere(cover == MIXED).tolist()):
            raise Damage("parts of an area are missing")
        return Area(entry.bins, entry.frames, cover, tiles)

    def _path(self, entry: schema_edits.PathEntry) -> Path:
        points = self._span("points", *entry.points)
        held = entry.ruler
        names = ("hz_per_bin", "pixels_per_frame", "pixels_per_position", "lowest")
        ruler = Ruler(held.scale, **{name: getattr(held, name) for name in names})
        strengths = points[:, 2]
        if not len(points) or not (np.abs(points) <= FARTHEST).all() or not ((strengths >= 0) & (strengths <= 1)).all():
            raise Damage("a stroke has no place")
        with np.errstate(over="ignore"):
            if not np.isfinite(ruler.hz(points[:, 1]) / ruler.hz_per_bin).all():
                raise Damage("a stroke has no frequency")
        brush = Brush(entry.brush.shape, entry.brush.size, entry.brush.hardness, entry.brush.harmonics)
        brush = Brush(brush.shape, brush.size, brush.hardness, brush.harmonics, entry.brush.width)
        return Path(brush, ruler, points, entry.build_up)

    # -- edits -----------------------------------------------------------------------------------------

    def edits(self, number: int) -> tuple[Edit, ...]:
        """A list of edits."""
        return self._known.listed("edit_lists", number, self._edit)

    def _edit(self, number: int) -> Edit:
        return self._known.once("edits", number, self._edited)

    def _edited(self, entry: schema_edits.EditEntry) -> Edit:
        if isinstance(entry, schema_edits.PaintEntry):
            return self._paint(entry)
        return Operation(self._effect(entry), None if entry.area is None else self.place(entry.area))

    def _paint(self, entry: schema_edits.PaintEntry) -> Paint:
        tiles: dict[tuple[int, int], dict[int, NDArray[np.float32]]] = {}
        numbers: dict[tuple[int, int], list[int]] = {}
        for row, column, part, tile in self._span("painted", *entry.keys).tolist():
            if min(row, column, part, tile) < 0 or row * TILE >= self._bins or column * TILE >= self._frames:
                raise Damage("something was painted beyond the recording")
            tiles.setdefault((row, column), {})[part] = self._tile("tiles", tile)
            numbers.setdefault((row, column), []).append(tile)
        for key, tile in tiles.items():
            held = tuple(numbers[key])
            if held not in self._sums:
                if (np.nansum(np.stack(list(tile.values())), axis=0) > 1 + ROUNDING).any():
                    raise Damage("painted masks sum to more than one")
                self._sums.add(held)
        plain: dict[tuple[int, int], Tile] = dict(tiles)
        return Paint(plain)

    def _effect(self, entry: Any) -> effects.Effect:
        match entry:
            case schema_edits.FillEntry():
                return effects.Fill(entry.locked, entry.parts, entry.value)
            case schema_edits.InvertEntry():
                return effects.Invert(entry.locked, entry.parts)
            case schema_edits.ScaleEntry():
                return effects.Scale(entry.locked, entry.parts, entry.factor)
            case schema_edits.ThresholdEntry():
                low, high = float(entry.low), float(entry.high)
                return effects.Threshold(entry.locked, entry.parts, entry.measure, low, high, float(entry.knee))
            case schema_edits.FilterEntry():
                if (entry.rows + 1) * (entry.columns + 1) > WIDEST_FILTER:
                    raise Damage("a filter looks too far")
                return Filter(entry.locked, entry.parts, entry.kind, entry.rows, entry.columns, entry.amount)
            case schema_edits.CombineEntry():
                return self._combine(entry)
            case schema_edits.MoveEntry():
                return effects.Move(entry.locked, entry.parts, entry.to)
            case schema_edits.RestoreEntry():
                return effects.Restore(entry.locked)
            case _:
                return effects.Sharpened(entry.locked, entry.groups, float(entry.exponent))

    def _combine(self, entry: schema_edits.CombineEntry) -> effects.Combine:
        if entry.source is not None and entry.clip is not None:
            raise Damage("a mask is taken from two places")
        source: Stack | Clip | None = None
        if entry.source is not None:
            source = self._known.once("sources", entry.source, self._stack)
        elif entry.clip is not None:
            number = entry.clip
            source = self._known.once("clips", number, lambda clip: self._clip(number, clip))
        kind, shift = entry.way, (entry.rows, entry.columns)
        return effects.Combine(entry.locked, entry.parts, kind, entry.other, source, *shift)

    def _clip(self, number: int, entry: schema_edits.ClipEntry) -> Clip:
        values = self._source.array(f"clip{number}", np.float32, entry.shape)
        if not ((values >= 0) & (values <= 1 + ROUNDING)).all():
            raise Damage("a copied mask is not between 0 and 1")
        bins, frames = entry.shape
        return Clip(Region(entry.low, entry.low + bins, entry.start, entry.start + frames), values)

    def _stack(self, entry: schema_edits.StackSourceEntry) -> Stack:
        if (entry.bins, entry.frames) != (self._bins, self._frames):
            raise Damage("a copied mask is of another recording")
        model = None if entry.model is None else self.mask_model(entry.model)
        layers = self.layers(entry.layers)
        check_layers(layers)
        return Stack(layers, self._fitting(model), self.edits(entry.edits), entry.bins, entry.frames)

    def layers(self, number: int) -> tuple[Layer, ...]:
        """A list of layers."""
        return self._known.listed("layer_lists", number, lambda each: self._known.once("layers", each, _layer))

    # -- marks -----------------------------------------------------------------------------------------

    def marks(self, number: int) -> tuple[Mark, ...]:
        """A list of marks."""
        return self._known.listed("mark_lists", number, lambda each: self._known.once("marks", each, self._mark))

    def _mark(self, entry: schema.MarkEntry) -> Mark:
        return Mark(entry.id, entry.source, self.place(entry.place), entry.weight, entry.denies, entry.name)

    # -- models ----------------------------------------------------------------------------------------

    def _fitting(self, model: MaskModel | None) -> MaskModel | None:
        """A model, which must be of the plane."""
        base = model.components_of if isinstance(model, Sources) else model
        if base is not None and plane_of(base) != (self._bins, self._frames):
            raise Damage("a factorisation does not fit the recording")
        return model

    def mask_model(self, number: int) -> MaskModel:
        """Factors, masks given for every bin, or sources."""
        entry = self._known.entry("models", number)
        if isinstance(entry, schema.SourcesEntry):
            return self._known.once("models", number, lambda entry: self._sources(number, entry))
        return self._models.model(number)

    def _sources(self, number: int, entry: schema.SourcesEntry) -> Sources:
        base = self._models.model(entry.model)
        if not isinstance(base, Factors):
            raise Damage("sources share no components")
        shares = self._models.array(number, "shares", np.float32, (entry.sources, base.components, entry.bands))
        # Masks are scaled so that they sum to one. What is NaN is not above 0 either.
        if not ((shares >= 0) & (shares <= MOST_SHARE)).all():
            raise Damage("sources have shares that are none")
        if any(each.source >= entry.sources for each in entry.words):
            raise Damage("a mark is of no source")
        words = tuple(Word(w.source, self.place(w.place), w.weight, w.denies, w.size) for w in entry.words)
        return Sources(base, shares, words)


def _layer(entry: schema.LayerEntry) -> Layer:
    return Layer(
        entry.id,
        entry.name,
        entry.colour,
        tuple(Part(part.id, part.component) for part in entry.parts),
        float(entry.gain_db),
        entry.pan,
        entry.mute,
        entry.solo,
        entry.locked,
        entry.automatic,
        entry.group,
    )


def check_layers(layers: Sequence[Layer]) -> None:
    """Whether layers are those of a stack: each part and each component is in one of them.

    Raises
    ------
    Damage
        If they are not.
    """
    parts = [part for layer in layers for part in layer.parts]
    components = [part.component for part in parts if part.component is not None]
    for held in ([layer.id for layer in layers], [part.id for part in parts], components):
        if len(set(held)) < len(held):
            raise Damage("a layer, part or component is there twice")
    if not layers:
        raise Damage("a stack has no layer")
