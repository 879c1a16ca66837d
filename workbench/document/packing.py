"""The document's data as JSON and arrays, and back. What is shared is written once and named by its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from enum import Enum
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from workbench.document.packed_references import packed_references, unpacked_references
from workbench.document.runs import model_fits
from workbench.document.state import SLOTS, GroupMix, LayerMix, RememberedMix, Run, StackState, State
from workbench.masks.edits import effects
from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import Brush, Ruler, Shape
from workbench.masks.edits.edits import Edit, Operation, Paint, Tile
from workbench.masks.edits.effects import CombineKind, Effect, Measure
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.clips import Clip
from workbench.masks.model.grid import TILE, Region
from workbench.masks.model.layers import Group, Layer, Part
from workbench.masks.model.models import Factors, Model, Shares
from workbench.masks.stack import Stack
from workbench.separation.settings import RunSettings
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis

Arrays = dict[str, NDArray[Any]]
EFFECTS = {
    each.__name__: each
    for each in (
        effects.Fill,
        effects.Invert,
        effects.Scale,
        effects.Threshold,
        Filter,
        effects.Combine,
        effects.Move,
        effects.Restore,
        effects.Sharpened,
    )
}
STORED_AS = {("Combine", "kind"): "way"}
"""Fields of effects that project files know by another name."""
TABLES = ("models", "layers", "tiles", "areas", "edits", "lists", "sources", "references")


class Packer:
    """Collects tables and arrays; every method gives what stands for an object in JSON, of schema 6."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Any]] = {name: [] for name in TABLES}
        self.arrays: Arrays = {}
        self._known: dict[int, tuple[object, int]] = {}

    def _number(self, table: str, thing: object) -> tuple[int, bool]:
        """The number of an object in a table, and whether it is new there."""
        if id(thing) in self._known:
            return self._known[id(thing)][1], False
        number = len(self.tables[table])
        # Keeps the object, so that its identity is not another's.
        self._known[id(thing)] = thing, number
        self.tables[table].append(None)
        return number, True

    def run(self, run: Run) -> dict[str, Any]:
        """A run with its factors."""
        return {
            "settings": asdict(run.settings),
            "name": run.name,
            "number": run.number,
            "held": list(run.held),
            "costs": list(run.costs),
            "model": self.model(run.factors),
        }

    def model(self, model: Model) -> int:
        """Factors, or masks given for every bin."""
        number, new = self._number("models", model)
        if new:
            if isinstance(model, Shares):
                self.arrays[f"model{number}_masks"] = model.masks
            else:
                self.arrays[f"model{number}_W"], self.arrays[f"model{number}_H"] = model.W, model.H
            self.tables["models"][number] = "shares" if isinstance(model, Shares) else "factors"
        return number

    def state(self, state: State) -> dict[str, Any]:
        """A state; runs go by their numbers."""
        return {
            "analysis": asdict(state.analysis),
            "next_id": state.next_id,
            "shown": state.shown,
            "stacks": [
                {
                    "id": each.id,
                    "name": each.name,
                    "layers": self._layers(each.layers),
                    "edits": self._list(each.edits),
                    "run": each.run,
                    "groups": _finite([asdict(g) for g in each.groups]),
                }
                for each in state.stacks
            ],
            "mixes": [None if each is None else _finite(asdict(each)) for each in state.mixes],
            **packed_references(state, self.tables["references"]),
        }

    def _layers(self, layers: tuple[Layer, ...]) -> int:
        number, new = self._number("layers", layers)
        if new:
            self.tables["layers"][number] = [_finite(asdict(layer)) for layer in layers]
        return number

    def _list(self, edits: tuple[Edit, ...]) -> int:
        number, new = self._number("lists", edits)
        if new:
            self.tables["lists"][number] = [self._edit(edit) for edit in edits]
        return number

    def _edit(self, edit: Edit) -> int:
        number, new = self._number("edits", edit)
        if new:
            if isinstance(edit, Paint):
                keys = [
                    (row, column, part, self._tile(values))
                    for (row, column), tile in sorted(edit.tiles.items())
                    for part, values in tile.items()
                ]
                self.arrays[f"edit{number}_tiles"] = np.array(keys, np.int64).reshape(-1, 4)
                self.tables["edits"][number] = {"effect": "Paint"}
            else:
                area: Any = None
                if isinstance(edit.area, Area):
                    area = self._area(edit.area)
                elif isinstance(edit.area, Trace):
                    within = None if edit.area.within is None else self._area(edit.area.within)
                    area = {"paths": [self._path(path) for path in edit.area.paths], "within": within}
                self.tables["edits"][number] = {**self._effect(edit.effect), "area": area}
        return number

    def _effect(self, effect: Effect) -> dict[str, Any]:
        entry: dict[str, Any] = {"effect": type(effect).__name__}
        for each in fields(effect):
            value = getattr(effect, each.name)
            stored = STORED_AS.get((type(effect).__name__, each.name), each.name)
            entry[stored] = self._source(value) if isinstance(value, (Stack, Clip)) else _finite(value)
        return entry

    def _source(self, stack: Stack | Clip) -> int:
        number, new = self._number("sources", stack)
        if new and isinstance(stack, Clip):
            self.arrays[f"clip{number}"] = stack.values
            self.tables["sources"][number] = {"clip": [stack.region.low, stack.region.start]}
        elif new and isinstance(stack, Stack):
            self.tables["sources"][number] = {
                "layers": self._layers(stack.layers),
                "edits": self._list(stack.edits),
                "model": None if stack.factors is None else self.model(stack.factors),
                "bins": stack.bins,
                "frames": stack.frames,
            }
        return number

    def _tile(self, values: NDArray[np.float32]) -> int:
        number, new = self._number("tiles", values)
        if new:
            self.tables["tiles"][number] = values
        return number

    def _area(self, area: Area) -> int:
        number, new = self._number("areas", area)
        if new:
            distinct = {id(tile): tile for tile in area.tiles.values()}
            place = {key: i for i, key in enumerate(distinct)}
            keys = [(row, column, place[id(tile)]) for (row, column), tile in area.tiles.items()]
            self.arrays[f"area{number}_cover"] = area.cover
            self.arrays[f"area{number}_keys"] = np.array(keys, np.int64).reshape(-1, 3)
            self.arrays[f"area{number}_tiles"] = np.array(list(distinct.values()), np.uint8).reshape(-1, TILE, TILE)
            self.tables["areas"][number] = [area.bins, area.frames]
        return number

    def _path(self, path: Path) -> dict[str, Any]:
        return {
            "brush": _finite(asdict(path.brush)),
            "ruler": _finite(asdict(path.ruler)),
            "points": path.points.tolist(),
            "build_up": path.build_up,
        }

    def finish(self) -> dict[str, Any]:
        """The tables as JSON; the tiles go to the arrays."""
        tiles = self.tables.pop("tiles")
        self.arrays["tiles"] = np.array(tiles, np.float32).reshape(-1, TILE, TILE)
        return self.tables


class Unpacker:
    """Gives objects for what `Packer` wrote; equal numbers give one object.

    Raises
    ------
    KeyError, TypeError, IndexError, ValueError
        If the data is damaged.
    """

    def __init__(self, tables: Mapping[str, list[Any]], arrays: Arrays) -> None:
        self._tables, self._arrays = tables, arrays
        self._known: dict[tuple[str, int], Any] = {}

    def run(self, entry: Mapping[str, Any], bins: int, frames: int) -> Run:
        """A run of a plane of (bins, frames)."""
        settings = _unpack_settings(entry["settings"])
        costs = tuple(float(cost) for cost in entry["costs"])
        model = self.model(entry["model"])
        if not model_fits(model, bins, frames):
            raise ValueError("a run does not fit the recording")
        return Run(settings, model, costs, entry["name"], tuple(entry["held"]), int(entry.get("number", 0)))

    def model(self, number: int) -> Model:
        """Factors, or masks given for every bin."""
        if ("models", number) not in self._known:
            if self._tables["models"][number] == "shares":
                self._known["models", number] = Shares(np.asarray(self._arrays[f"model{number}_masks"], np.float16))
            else:
                w, h = (np.asarray(self._arrays[f"model{number}_{name}"], np.float32) for name in "WH")
                self._known["models", number] = Factors(w, h)
        model: Model = self._known["models", number]
        return model

    def state(self, entry: Mapping[str, Any]) -> State:
        """A state."""
        stacks = tuple(
            StackState(
                each["id"],
                each["name"],
                self._layers(each["layers"]),
                self._edits(each["edits"]),
                each["run"],
                tuple(Group(**_with_gain(group)) for group in each["groups"]),
            )
            for each in entry["stacks"]
        )
        if entry["shown"] not in {stack.id for stack in stacks}:
            raise ValueError("no stack is shown")
        mixes = tuple(None if each is None else _unpack_mix(each) for each in entry["mixes"])
        if len(mixes) != SLOTS:
            raise ValueError("mixes are missing")
        held = unpacked_references(entry, self._tables["references"])
        return State(Analysis(**entry["analysis"]), stacks, entry["shown"], int(entry["next_id"]), mixes, *held)

    def _layers(self, number: int) -> tuple[Layer, ...]:
        if ("layers", number) not in self._known:
            held = tuple(_unpack_layer(entry) for entry in self._tables["layers"][number])
            if not held:
                raise ValueError("no layer")
            self._known["layers", number] = held
        layers: tuple[Layer, ...] = self._known["layers", number]
        return layers

    def _edits(self, number: int) -> tuple[Edit, ...]:
        if ("lists", number) not in self._known:
            self._known["lists", number] = tuple(self._edit(each) for each in self._tables["lists"][number])
        edits: tuple[Edit, ...] = self._known["lists", number]
        return edits

    def _edit(self, number: int) -> Edit:
        if ("edits", number) not in self._known:
            entry = self._tables["edits"][number]
            self._known["edits", number] = self._paint(number) if entry["effect"] == "Paint" else self._operation(entry)
        edit: Edit = self._known["edits", number]
        return edit

    def _paint(self, number: int) -> Paint:
        tiles: dict[tuple[int, int], dict[int, NDArray[np.float32]]] = {}
        for row, column, part, tile in self._arrays[f"edit{number}_tiles"].tolist():
            if ("tiles", tile) not in self._known:
                self._known["tiles", tile] = np.asarray(self._arrays["tiles"][tile], np.float32)
            tiles.setdefault((row, column), {})[part] = self._known["tiles", tile]
        plain: dict[tuple[int, int], Tile] = dict(tiles)
        return Paint(plain)

    def _operation(self, entry: Mapping[str, Any]) -> Operation:
        kind = EFFECTS[entry["effect"]]
        values: dict[str, Any] = {}
        types = get_type_hints(kind)
        for each in fields(kind):
            value = entry[STORED_AS.get((kind.__name__, each.name), each.name)]
            if each.name == "source":
                values[each.name] = None if value is None else self._source(value)
            elif types[each.name] in (Measure, FilterKind, CombineKind):
                values[each.name] = types[each.name](value)
            else:
                values[each.name] = _infinite(value)
        held = entry["area"]
        area: Area | Trace | None = None
        if isinstance(held, dict):
            within = None if held["within"] is None else self._area(held["within"])
            area = Trace(tuple(_unpack_path(path) for path in held["paths"]), within)
        elif held is not None:
            area = self._area(held)
        return Operation(kind(**values), area)

    def _source(self, number: int) -> Stack | Clip:
        if ("sources", number) in self._known:
            pass
        elif "clip" in (entry := self._tables["sources"][number]):
            values = np.asarray(self._arrays[f"clip{number}"], np.float32)
            low, start = entry["clip"]
            region = Region(low, low + values.shape[0], start, start + values.shape[1])
            self._known["sources", number] = Clip(region, values)
        else:
            factors = None if entry["model"] is None else self.model(entry["model"])
            layers, edits = self._layers(entry["layers"]), self._edits(entry["edits"])
            self._known["sources", number] = Stack(layers, factors, edits, entry["bins"], entry["frames"])
        source: Stack | Clip = self._known["sources", number]
        return source

    def _area(self, number: int) -> Area:
        if ("areas", number) not in self._known:
            bins, frames = self._tables["areas"][number]
            held = np.asarray(self._arrays[f"area{number}_tiles"], np.uint8)
            tiles = {(row, column): held[i] for row, column, i in self._arrays[f"area{number}_keys"].tolist()}
            cover = np.asarray(self._arrays[f"area{number}_cover"], np.uint8)
            self._known["areas", number] = Area(bins, frames, cover, tiles)
        area: Area = self._known["areas", number]
        return area


def _unpack_settings(entry: Mapping[str, Any]) -> RunSettings:
    span = entry.get("selection")
    return RunSettings(**{**entry, "selection": None if span is None else (int(span[0]), int(span[1]))})


def _unpack_layer(entry: Mapping[str, Any]) -> Layer:
    return Layer(**{**_with_gain(entry), "parts": tuple(Part(**part) for part in entry["parts"])})


def _unpack_mix(entry: Mapping[str, Any]) -> RememberedMix:
    layers = tuple(LayerMix(**_with_gain(each)) for each in entry["layers"])
    return RememberedMix(layers, tuple(GroupMix(**_with_gain(each)) for each in entry["groups"]))


def _with_gain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of what has a fader, which may be all the way down."""
    return {**entry, "gain_db": float(entry["gain_db"])}


def _unpack_path(entry: Mapping[str, Any]) -> Path:
    brush = {**entry["brush"], "shape": Shape(entry["brush"]["shape"])}
    ruler = {**entry["ruler"], "scale": FrequencyScale(entry["ruler"]["scale"])}
    points = np.array(entry["points"], np.float64).reshape(-1, 3)
    return Path(Brush(**brush), Ruler(**ruler), points, bool(entry["build_up"]))


def _finite(value: Any) -> Any:
    """Values for JSON, which knows no infinity and no enumerations."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_finite(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and np.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def _infinite(value: Any) -> Any:
    """Back from `_finite`; lists become tuples."""
    if isinstance(value, list):
        return tuple(_infinite(each) for each in value)
    return float(value) if value in ("inf", "-inf") else value
