"""Project files of older schemas, rewritten as the present version would have written them.

Schema 1 and 2 had one stack, no history and three operations; 2 came with more methods, and masks computed as a whole.
Schema 3 had steps, stacks and all effects; 4 groups and remembered mixes as well. All of them held the selected time
of a run in seconds, and fields of a remembered mix by their order. Schema 5 had no references, 6 no marks; 7 wrote all
marks of a stack with every step, and a source had the same share of a component at all frequencies. In 8 what was
selected of time and frequency was not saved. Up to 9 all was in one piece of JSON, and arrays were those of single
entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.document.packed.older_tables import with_pools
from workbench.document.packed.pools import Arrays
from workbench.document.state import SLOTS
from workbench.masks.model.grid import TILE
from workbench.separation.settings import frames_selected
from workbench.spectral.stft import Analysis

Json = dict[str, Any]
MIX_FIELDS: dict[str, tuple[str, ...]] = {
    "layers": ("id", "gain_db", "pan", "mute", "solo"),
    "groups": ("id", "gain_db", "pan", "width", "mute", "solo"),
}
"""The order in which a remembered mix held them."""
TABLES = ("models", "layers", "areas", "edits", "lists", "marks", "said", "sources", "references", "known")
"""Of schema 9."""


def upgraded(document: Json, arrays: Arrays) -> tuple[Json, Json, Arrays]:
    """``project.json``, tables and arrays of schema 10 for those of schema 1 … 9.

    Parameters
    ----------
    document : dict
        From ``project.json``; may be changed.
    arrays : dict of str to ndarray
        The NPY members by name.

    Raises
    ------
    KeyError, TypeError, IndexError, AttributeError, ValueError
        If the data is damaged.
    """
    if document["schema"] < 3:
        document, arrays = _with_tables(document, arrays)
    if document["schema"] < 5:
        _name_fields(document)
        _select_frames(document)
        document["schema"] = 5
    if document["schema"] < 6:
        _without_references(document)
        document["schema"] = 6
    if document["schema"] < 7:
        _without_marks(document)
        document["schema"] = 7
    if document["schema"] < 8:
        arrays = {name: _in_one_band(array) if name.endswith("_shares") else array for name, array in arrays.items()}
        _mark_by_mark(document["tables"])
        document["schema"] = 8
    if document["schema"] < 9:
        for step in document["steps"]:
            step["state"].update(area=None, remembered=[])
        document["schema"] = 9
    for run in document["runs"].values():
        run["settings"]["compare"] = run["settings"].get("compare") or None
    return with_pools(document, arrays)


# -- from 1 and 2 to 4 -------------------------------------------------------------------------------------


def _with_tables(document: Json, arrays: Arrays) -> tuple[Json, Arrays]:
    kept: Arrays = {}
    tables: dict[str, list[Any]] = {name: [] for name in TABLES}
    tiles = [np.zeros((0, TILE, TILE), np.float32)]
    for index, edit in enumerate(document["edits"]):
        if edit["kind"] == "paint":
            values = np.asarray(arrays[f"edit{index}_values"], np.float32)
            numbers = sum(map(len, tiles)) + np.arange(len(values))
            kept[f"edit{index}_tiles"] = np.column_stack([arrays[f"edit{index}_keys"], numbers])
            tiles.append(values)
        tables["edits"].append({**_effect(edit), "area": None})
    kept["tiles"] = np.concatenate(tiles)
    tables["lists"].append(list(range(len(tables["edits"]))))
    tables["layers"].append(document["layers"])
    runs = {}
    if document["run"] is not None:
        shares = "shares" in arrays
        tables["models"].append("shares" if shares else "factors")
        for old, new in (("shares", "masks"),) if shares else (("W", "W"), ("H", "H")):
            kept[f"model0_{new}"] = arrays[old]
        runs["1"] = {
            "settings": document["run"],
            "name": document.get("run_name", "saved"),
            "held": document.get("run_held", []),
            "costs": arrays["costs"].tolist(),
            "model": 0,
        }
    stack = {"id": 0, "name": "Factorisation", "layers": 0, "edits": 0, "run": 1 if runs else None}
    state = {"analysis": document["analysis"], "next_id": document["next_id"], "present": 0, "stacks": [stack]}
    return {
        "schema": 4,
        "recording": document["recording"],
        "runs": runs,
        "steps": [{"name": "", "state": state}],
        "present": 0,
        "tables": tables,
    }, kept


def _effect(edit: Mapping[str, Any]) -> Json:
    match edit["kind"]:
        case "paint":
            return {"effect": "Paint"}
        case "binary":
            return {"effect": "Sharpened", "locked": edit["locked"], "groups": edit["groups"], "exponent": "inf"}
        case "invert":
            return {"effect": "Invert", "locked": edit["locked"], "parts": edit["parts"]}
        case "threshold":
            limits = {"measure": "mask", "low": edit["level"], "high": "inf", "knee": 0.0}
            return {"effect": "Threshold", "locked": edit["locked"], "parts": edit["parts"], **limits}
        case unknown:
            raise ValueError(f"unknown edit {unknown}")


# -- from 3 and 4 to 5 -------------------------------------------------------------------------------------


def _name_fields(document: Json) -> None:
    for layers in document["tables"]["layers"]:
        for layer in layers:
            if layer["gain_db"] is None:
                layer["gain_db"] = "-inf"
    for step in document["steps"]:
        state = step["state"]
        state["shown"] = state["present"]
        state["mixes"] = [_mix(held) for held in state.get("snapshots", [None] * SLOTS)]
        for stack in state["stacks"]:
            stack.setdefault("groups", [])


def _mix(held: Mapping[str, Any] | None) -> Json | None:
    if held is None:
        return None
    return {key: [dict(zip(names, each, strict=True)) for each in held[key]] for key, names in MIX_FIELDS.items()}


def _select_frames(document: Json) -> None:
    """The selected time of every run in frames. Seconds told the edges of the first frame and the last."""
    rate = document["recording"]["rate"]
    analysis = Analysis(**document["steps"][document["present"]]["state"]["analysis"])
    for run in document["runs"].values():
        settings = run["settings"]
        # Written before hits had a threshold of their own.
        settings.setdefault("percussive_separation", settings.get("separation", 1.0))
        if settings.get("selection") is not None:
            begin, end = settings["selection"]
            settings["selection"] = list(frames_selected(analysis, begin, end, rate))


# -- from 5 to 6 -------------------------------------------------------------------------------------------


def _without_references(document: Json) -> None:
    document["tables"]["references"] = [[]]
    for step in document["steps"]:
        step["state"].update(references=0, assigned=[])


# -- from 6 to 7 -------------------------------------------------------------------------------------------


def _without_marks(document: Json) -> None:
    document["tables"]["marks"] = []
    for step in document["steps"]:
        for stack in step["state"]["stacks"]:
            stack["marks"] = None


# -- from 7 to 8 -------------------------------------------------------------------------------------------


def _in_one_band(shares: Any) -> Any:
    return np.asarray(shares)[:, :, None]


def _mark_by_mark(tables: Json) -> None:
    marks: list[Json] = []
    numbers: dict[str, int] = {}
    tables["said"] = []
    for said in tables["marks"]:
        others = []
        for mark in said:
            # What is equal was one mark in all steps.
            number = numbers.setdefault(repr(mark), len(marks))
            if number == len(marks):
                marks.append(mark)
            others.append(number)
        tables["said"].append({"like": None, "first": 0, "last": 0, "marks": others})
    tables["marks"] = marks
