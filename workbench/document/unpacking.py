"""The document's data from JSON and arrays; the way back of `packing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from workbench.document.packed_references import unpacked_references
from workbench.document.packing import EFFECTS, STORED_AS, Arrays
from workbench.document.runs import model_fits
from workbench.document.state import SLOTS, GroupMix, LayerMix, RememberedArea, RememberedMix, Run, StackState, State
from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import Brush, Ruler, Shape
from workbench.masks.edits.edits import Edit, Operation, Paint, Tile
from workbench.masks.edits.effects import CombineKind, Measure
from workbench.masks.edits.filters import FilterKind
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.clips import Clip
from workbench.masks.hand.marks import Mark
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group, Layer, Part
from workbench.masks.model.models import Factors, Model, Shares
from workbench.masks.model.sources import MaskModel, Sources, Word
from workbench.masks.stack import Stack
from workbench.separation.holds import Curve, Hold
from workbench.separation.known import Known, Notes, Onsets
from workbench.separation.settings import RunSettings
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis


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
        self._said: list[tuple[Mark, ...]] = []

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
        model = self.mask_model(number)
        if isinstance(model, Sources):
            raise ValueError("a run has no sources")
        return model

    def mask_model(self, number: int) -> MaskModel:
        """Factors, masks given for every bin, or sources."""
        if ("models", number) not in self._known:
            entry = self._tables["models"][number]
            if isinstance(entry, dict):
                base = self.model(entry["components"])
                shares = np.asarray(self._arrays[f"model{number}_shares"], np.float32)
                if (
                    not isinstance(base, Factors)
                    or shares.ndim != 3
                    or shares.shape[1] != base.components
                    or not shares.shape[2]
                ):
                    raise ValueError("sources do not fit their components")
                words = tuple(
                    Word(int(w["source"]), self._place(w["place"]), _weight(w), bool(w["denies"]), float(w["size"]))
                    for w in entry["words"]
                )
                self._known["models", number] = Sources(base, shares, words)
            elif entry == "shares":
                self._known["models", number] = Shares(np.asarray(self._arrays[f"model{number}_masks"], np.float16))
            else:
                w, h = (np.asarray(self._arrays[f"model{number}_{name}"], np.float32) for name in "WH")
                self._known["models", number] = Factors(w, h)
        model: MaskModel = self._known["models", number]
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
                self._marks(each["marks"]),
                tuple(self._word(number) for number in each.get("known", ())),
            )
            for each in entry["stacks"]
        )
        if entry["shown"] not in {stack.id for stack in stacks}:
            raise ValueError("no stack is shown")
        mixes = tuple(None if each is None else _unpack_mix(each) for each in entry["mixes"])
        if len(mixes) != SLOTS:
            raise ValueError("mixes are missing")
        held = unpacked_references(entry, self._tables["references"])
        area = None if entry["area"] is None else self._area(entry["area"])
        remembered = tuple(RememberedArea(str(each["name"]), self._area(each["area"])) for each in entry["remembered"])
        identity = int(entry["next_id"])
        return State(Analysis(**entry["analysis"]), stacks, entry["shown"], identity, mixes, *held, area, remembered)

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
        area = None if entry["area"] is None else self._place(entry["area"])
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
            factors = None if entry["model"] is None else self.mask_model(entry["model"])
            layers, edits = self._layers(entry["layers"]), self._edits(entry["edits"])
            self._known["sources", number] = Stack(layers, factors, edits, entry["bins"], entry["frames"])
        source: Stack | Clip = self._known["sources", number]
        return source

    def _marks(self, number: int | None) -> tuple[Mark, ...] | None:
        if number is None:
            return None
        # From the first to the last, because each is told by one before.
        for entry in self._tables["said"][len(self._said) : number + 1]:
            before = () if entry["like"] is None else self._said[entry["like"]]
            first, last = entry["first"], len(before) - entry["last"]
            if not 0 <= first <= last <= len(before):
                raise ValueError("marks do not follow those before")
            self._said.append((*before[:first], *(self._mark(each) for each in entry["marks"]), *before[last:]))
        return self._said[number]

    def _word(self, number: int) -> Known:
        if ("known", number) not in self._known:
            entry = self._tables["known"][number]
            part = int(entry["part"])
            known: Known
            if entry["kind"] == "onsets":
                known = Onsets(part, _rising(entry["seconds"]))
            elif entry["kind"] == "notes":
                spans = tuple((float(begin), float(end)) for begin, end in entry["spans"])
                known = Notes(part, float(entry["pitch"]), spans)
            else:
                values = np.asarray(self._arrays[f"hold{number}"], np.float32)
                weight, power = float(entry["weight"]), float(entry["power"])
                if not 0 <= weight <= 1 or power <= 0 or not np.isfinite(values).all() or (values < 0).any():
                    raise ValueError("a held curve is none")
                known = Hold(part, Curve(entry["curve"]), values, weight, power)
            self._known["known", number] = known
        word: Known = self._known["known", number]
        return word

    def _mark(self, number: int) -> Mark:
        if ("marks", number) not in self._known:
            entry = self._tables["marks"][number]
            place, denies = self._place(entry["place"]), bool(entry["denies"])
            said = _weight(entry), denies, str(entry.get("name", ""))
            self._known["marks", number] = Mark(int(entry["id"]), int(entry["source"]), place, *said)
        mark: Mark = self._known["marks", number]
        return mark

    def _place(self, held: int | Mapping[str, Any]) -> Area | Trace:
        if isinstance(held, int):
            return self._area(held)
        within = None if held["within"] is None else self._area(held["within"])
        return Trace(tuple(_unpack_path(path) for path in held["paths"]), within)

    def _area(self, number: int) -> Area:
        if ("areas", number) not in self._known:
            bins, frames = self._tables["areas"][number]
            held = np.asarray(self._arrays[f"area{number}_tiles"], np.uint8)
            tiles = {(row, column): held[i] for row, column, i in self._arrays[f"area{number}_keys"].tolist()}
            cover = np.asarray(self._arrays[f"area{number}_cover"], np.uint8)
            self._known["areas", number] = Area(bins, frames, cover, tiles)
        area: Area = self._known["areas", number]
        return area


def _rising(seconds: Sequence[float]) -> tuple[float, ...]:
    if sorted(seconds) != list(seconds) or not all(np.isfinite(seconds)):
        raise ValueError("onsets are out of order")
    return tuple(float(second) for second in seconds)


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


def _weight(entry: Mapping[str, Any]) -> float:
    """Of a mark."""
    weight = float(entry["weight"])
    if not 0 <= weight <= 1:
        raise ValueError("a mark has no weight")
    return weight


def _unpack_path(entry: Mapping[str, Any]) -> Path:
    brush = {**entry["brush"], "shape": Shape(entry["brush"]["shape"])}
    ruler = {**entry["ruler"], "scale": FrequencyScale(entry["ruler"]["scale"])}
    points = np.array(entry["points"], np.float64).reshape(-1, 3)
    return Path(Brush(**brush), Ruler(**ruler), points, bool(entry["build_up"]))


def _infinite(value: Any) -> Any:
    """Back from `_finite`; lists become tuples."""
    if isinstance(value, list):
        return tuple(_infinite(each) for each in value)
    return float(value) if value in ("inf", "-inf") else value
