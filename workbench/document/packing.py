"""The document's data as JSON and arrays. What is shared is written once and named by its number."""

from __future__ import annotations

from dataclasses import asdict, fields
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.document.packed_references import packed_references
from workbench.document.state import Run, State
from workbench.masks.edits import effects
from workbench.masks.edits.area import Area
from workbench.masks.edits.edits import Edit, Paint
from workbench.masks.edits.effects import Effect
from workbench.masks.edits.filters import Filter
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.clips import Clip
from workbench.masks.hand.marks import Mark
from workbench.masks.model.grid import TILE
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors, Shares
from workbench.masks.model.sources import MaskModel
from workbench.masks.stack import Stack
from workbench.separation.holds import Hold
from workbench.separation.known import Known, Onsets

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
TABLES = ("models", "layers", "tiles", "areas", "edits", "lists", "marks", "said", "sources", "references", "known")


class Packer:
    """Collects tables and arrays; every method gives what stands for an object in JSON, of schema 9."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Any]] = {name: [] for name in TABLES}
        self.arrays: Arrays = {}
        self._known: dict[tuple[str, int], tuple[object, int]] = {}
        self._said: tuple[tuple[Mark, ...], int | None] = (), None
        """The marks of a stack that were packed last, and their number."""

    def _number(self, table: str, thing: object) -> tuple[int, bool]:
        """The number of an object in a table, and whether it is new there."""
        # By the table too: all empty tuples are one object.
        key = table, id(thing)
        if key in self._known:
            return self._known[key][1], False
        number = len(self.tables[table])
        # Keeps the object, so that its identity is not another's.
        self._known[key] = thing, number
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

    def model(self, model: MaskModel) -> int:
        """Factors, masks given for every bin, or sources."""
        number, new = self._number("models", model)
        if new:
            self.tables["models"][number] = self._held(model, f"model{number}")
        return number

    def _held(self, model: MaskModel, name: str) -> str | dict[str, Any]:
        """What stands for a model in its table; its arrays get names that begin with `name`."""
        if isinstance(model, Shares):
            self.arrays[f"{name}_masks"] = model.masks
            return "shares"
        if isinstance(model, Factors):
            self.arrays[f"{name}_W"], self.arrays[f"{name}_H"] = model.W, model.H
            return "factors"
        self.arrays[f"{name}_shares"] = model.shares
        words = [
            {"source": w.source, "place": self._place(w.cover), "weight": w.weight, "denies": w.denies, "size": w.size}
            for w in model.words
        ]
        return {"components": self.model(model.components_of), "words": words}

    def _marks(self, marks: tuple[Mark, ...] | None) -> int | None:
        """All marks of a stack, as what differs from those before: a step that says one more holds one more."""
        if marks is None:
            return None
        number, new = self._number("said", marks)
        if new:
            (before, like), fewer = self._said, min(len(marks), len(self._said[0]))
            first = next((i for i in range(fewer) if marks[i] is not before[i]), fewer)
            rest = fewer - first
            last = next((i for i in range(rest) if marks[-1 - i] is not before[-1 - i]), rest)
            others = [self._mark(mark) for mark in marks[first : len(marks) - last]]
            self.tables["said"][number] = {"like": like, "first": first, "last": last, "marks": others}
            self._said = marks, number
        return number

    def _mark(self, mark: Mark) -> int:
        number, new = self._number("marks", mark)
        if new:
            entry = {"place": self._place(mark.place), "weight": mark.weight, "denies": mark.denies, "name": mark.name}
            self.tables["marks"][number] = {"id": mark.id, "source": mark.source, **entry}
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
                    "marks": self._marks(each.marks),
                    "known": [self._word(known) for known in each.known],
                }
                for each in state.stacks
            ],
            "mixes": [None if each is None else _finite(asdict(each)) for each in state.mixes],
            "area": None if state.area is None else self._area(state.area),
            "remembered": [{"name": each.name, "area": self._area(each.area)} for each in state.remembered],
            **packed_references(state, self.tables["references"]),
        }

    def _word(self, known: Known) -> int:
        number, new = self._number("known", known)
        if new and isinstance(known, Hold):
            self.arrays[f"hold{number}"] = known.values
            entry = {"curve": known.curve.value, "weight": known.weight, "power": known.power}
            self.tables["known"][number] = {"kind": "hold", "part": known.part, **entry}
        elif new and isinstance(known, Onsets):
            self.tables["known"][number] = {"kind": "onsets", **_finite(asdict(known))}
        elif new:
            self.tables["known"][number] = {"kind": "notes", **_finite(asdict(known))}
        return number

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
                area = None if edit.area is None else self._place(edit.area)
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

    def _place(self, place: object) -> int | dict[str, Any]:
        """Where an edit acts or of which bins something is said: an area by its number, or strokes."""
        if isinstance(place, Trace):
            within = None if place.within is None else self._area(place.within)
            return {"paths": [self._path(path) for path in place.paths], "within": within}
        assert isinstance(place, Area)
        return self._area(place)

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
