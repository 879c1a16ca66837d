"""From schema 9 to 10: what was inline becomes entries of tables, and arrays of areas and edits go to the pools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.document.packed.pools import POOLS, Arrays
from workbench.document.packed.schema import SCHEMA, TABLES
from workbench.document.packed.words import Damage, written

Json = dict[str, Any]


def with_pools(document: Json, arrays: Arrays) -> tuple[Json, Json, Arrays]:
    """``project.json``, tables and arrays of schema 10 for those of schema 9.

    Raises
    ------
    KeyError, TypeError, IndexError, AttributeError, ValueError
        If the data is damaged.
    """
    upgrade = _Upgrade(document["tables"], arrays)
    steps = [{"name": step["name"], "state": upgrade.state(step["state"])} for step in document["steps"]]
    runs = [
        {"id": int(number), "run": {**run, "held": list(run.get("held", ()))}}
        for number, run in document["runs"].items()
    ]
    reference = {"checksums": [], **document["recording"]}
    head = {"schema": SCHEMA, "recording": reference, "steps": steps, "present": document["present"], "runs": runs}
    pools = upgrade.pooled()
    return {**head, "pools": {name: len(pool) for name, pool in pools.items()}}, upgrade.tables, {**arrays, **pools}


class _Upgrade:
    """Tables of schema 10 from those of 9, and the states that name their entries."""

    def __init__(self, old: Mapping[str, Any], arrays: Arrays) -> None:
        self._arrays = arrays
        self._pools: dict[str, list[NDArray[Any]]] = {name: [] for name in POOLS}
        self._lengths = dict.fromkeys(POOLS, 0)
        self._numbers: dict[tuple[str, str], int] = {}
        self.tables: Json = {name: [] for name in TABLES}
        self._put("tiles", arrays["tiles"])
        self.tables["areas"] = [self._area(number, *plane) for number, plane in enumerate(old["areas"])]
        self._sources = [self._source(number, each) for number, each in enumerate(old["sources"])]
        self.tables["edits"] = [self._edit(number, each) for number, each in enumerate(old["edits"])]
        self.tables["edit_lists"] = [{"items": each} for each in old["lists"]]
        self.tables["layer_lists"] = [
            {"items": [self._once("layers", _with_gain(layer)) for layer in layers]} for layers in old["layers"]
        ]
        self.tables["marks"] = [{**mark, "place": self._place(mark["place"])} for mark in old["marks"]]
        self.tables["mark_lists"] = [
            {"items": each["marks"], "like": each["like"], "first": each["first"], "last": each["last"]}
            for each in old["said"]
        ]
        self.tables["known"] = [self._known(number, each) for number, each in enumerate(old.get("known", ()))]
        self.tables["models"] = [self._model(number, each) for number, each in enumerate(old["models"])]
        self._references = [
            [self._once("references", {"relative": "", **each}) for each in references]
            for references in old["references"]
        ]

    def pooled(self) -> Arrays:
        """The pools."""
        return {
            name: np.concatenate([np.zeros((0, *kind.item), kind.dtype), *self._pools[name]]).astype(kind.dtype)
            for name, kind in POOLS.items()
        }

    def state(self, entry: Json) -> int:
        """The number of a state."""
        mixes = [None if each is None else self._once("mixes", _mix(each)) for each in entry["mixes"]]
        state = {
            "analysis": entry["analysis"],
            "stacks": [self._stack(each) for each in entry["stacks"]],
            "shown": entry["shown"],
            "next_id": entry["next_id"],
            "mixes": mixes,
            "references": self._references[entry["references"]],
            "assigned": entry["assigned"],
            "area": entry["area"],
            "remembered": self._remembered(entry["remembered"]),
        }
        return self._append("states", state)

    def _remembered(self, held: Any) -> int | None:
        items = [self._once("remembered", each) for each in held]
        return self._once("remembered_lists", {"items": items}) if items else None

    def _stack(self, entry: Json) -> int:
        groups = [self._once("groups", _with_gain(group)) for group in entry["groups"]]
        known = entry.get("known", [])
        stack = {
            **{name: entry[name] for name in ("id", "name", "layers", "edits", "run", "marks")},
            "groups": self._once("group_lists", {"items": groups}) if groups else None,
            "known": self._once("known_lists", {"items": known}) if known else None,
        }
        return self._once("stacks", stack)

    def _append(self, table: str, entry: Json) -> int:
        self.tables[table].append(entry)
        return len(self.tables[table]) - 1

    def _once(self, table: str, entry: Json) -> int:
        """The number of an entry; equal ones are one."""
        key = table, json.dumps(entry, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = self._append(table, entry)
        return self._numbers[key]

    def _put(self, pool: str, items: NDArray[Any]) -> tuple[int, int]:
        first, kind = self._lengths[pool], POOLS[pool]
        items = np.asarray(items)
        if items.shape[1:] != kind.item or not np.can_cast(items.dtype, kind.dtype, "same_kind"):
            raise Damage(f"the array {pool} is another one")
        self._pools[pool].append(items)
        self._lengths[pool] += len(items)
        return first, len(items)

    def _area(self, number: int, bins: int, frames: int) -> Json:
        tiles, _ = self._put("area_tiles", self._arrays[f"area{number}_tiles"])
        keys = np.asarray(self._arrays[f"area{number}_keys"]).reshape(-1, 3) + np.array([0, 0, tiles])
        cover, _ = self._put("covers", self._arrays[f"area{number}_cover"].reshape(-1))
        return {"bins": bins, "frames": frames, "cover": cover, "keys": self._put("keys", keys)}

    def _place(self, place: Any) -> Any:
        if isinstance(place, int):
            return place
        return {"paths": [self._path(path) for path in place["paths"]], "within": place["within"]}

    def _path(self, path: Json) -> Json:
        points = np.array(path["points"], np.float64).reshape(-1, 3)
        return {**path, "points": self._put("points", points)}

    def _edit(self, number: int, entry: Json) -> Json:
        if entry["effect"] == "Paint":
            return {"effect": "Paint", "keys": self._put("painted", self._arrays[f"edit{number}_tiles"].reshape(-1, 4))}
        entry = {**entry, "area": None if entry["area"] is None else self._place(entry["area"])}
        if entry["effect"] == "Combine":
            kind, place = (None, None) if entry["source"] is None else self._sources[entry["source"]]
            entry.update(source=place if kind == "sources" else None, clip=place if kind == "clips" else None)
        return entry

    def _source(self, number: int, entry: Json) -> tuple[str, int]:
        """In which table a source of masks is now, and its number there."""
        if "clip" not in entry:
            return "sources", self._append("sources", entry)
        values = self._arrays[f"clip{number}"]
        low, start = entry["clip"]
        place = self._append("clips", {"low": low, "start": start, "shape": values.shape})
        # Clips were numbered with the other sources.
        self._arrays[f"clip{place}"] = values
        return "clips", place

    def _known(self, number: int, entry: Json) -> Json:
        return {**entry, "shape": self._arrays[f"hold{number}"].shape} if entry["kind"] == "hold" else entry

    def _model(self, number: int, entry: Any) -> Json:
        if isinstance(entry, dict):
            sources, _, bands = self._arrays[f"model{number}_shares"].shape
            words = [{**word, "place": self._place(word["place"])} for word in entry["words"]]
            return {"kind": "sources", "model": entry["components"], "sources": sources, "bands": bands, "words": words}
        if entry == "shares":
            components, frames, bins = self._arrays[f"model{number}_masks"].shape
            return {"kind": "shares", "bins": bins, "frames": frames, "components": components}
        w, h = self._arrays[f"model{number}_W"], self._arrays[f"model{number}_H"]
        length = w.shape[2] if w.ndim == 3 else None
        return {"kind": "factors", "bins": len(w), "frames": h.shape[1], "components": w.shape[1], "length": length}


def _with_gain(entry: Json) -> Json:
    return {**entry, "gain_db": written(float(entry["gain_db"]))}


def _mix(entry: Json) -> Json:
    return {name: [_with_gain(each) for each in entry[name]] for name in ("layers", "groups")}
