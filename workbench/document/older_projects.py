"""Project files of schema 1 and 2: one stack, no history, three operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.document.packing import Arrays, check_model, unpack_layer, unpack_settings
from workbench.document.state import Run, State
from workbench.masks.edits.edits import Edit, Operation, Paint, Tile
from workbench.masks.edits.effects import Effect, Invert, Sharpened, Threshold
from workbench.masks.model.models import Factors, Model, Shares
from workbench.spectral.stft import Analysis


def unpack_older(document: Mapping[str, Any], arrays: Arrays) -> tuple[State, dict[int, Run]]:
    """State and runs of such a file.

    Raises
    ------
    KeyError, TypeError, IndexError, ValueError
        If the data is damaged.
    """
    analysis = Analysis(**document["analysis"])
    layers = tuple(unpack_layer(entry) for entry in document["layers"])
    if not layers:
        raise ValueError("it holds no layer.")
    edits = tuple(_edit(i, entry, arrays) for i, entry in enumerate(document["edits"]))
    runs: dict[int, Run] = {}
    if document["run"] is not None:
        costs = tuple(float(c) for c in arrays["costs"])
        model = check_model(_model(arrays), analysis.bins, analysis.frames(document["recording"]["samples"]))
        held = tuple(document.get("run_held", ()))
        runs[1] = Run(unpack_settings(document["run"]), model, costs, document.get("run_name", "saved"), held)
    return State(analysis, layers, edits, 1 if runs else None, int(document["next_id"])), runs


def _model(arrays: Arrays) -> Model:
    if "shares" in arrays:
        return Shares(np.asarray(arrays["shares"], np.float16))
    return Factors(np.asarray(arrays["W"], np.float32), np.asarray(arrays["H"], np.float32))


def _edit(index: int, entry: Mapping[str, Any], arrays: Arrays) -> Edit:
    if entry["kind"] == "paint":
        tiles: dict[tuple[int, int], dict[int, NDArray[np.float32]]] = {}
        keys, values = arrays[f"edit{index}_keys"], np.asarray(arrays[f"edit{index}_values"], np.float32)
        for (row, column, part), painted in zip(keys.tolist(), values, strict=True):
            tiles.setdefault((row, column), {})[part] = painted
        plain: dict[tuple[int, int], Tile] = dict(tiles)
        return Paint(plain)
    locked = tuple(entry["locked"])
    if entry["kind"] == "binary":
        effect: Effect = Sharpened(locked, tuple(tuple(group) for group in entry["groups"]))
    elif entry["kind"] == "invert":
        effect = Invert(locked, tuple(entry["parts"]))
    elif entry["kind"] == "threshold":
        effect = Threshold(locked, tuple(entry["parts"]), low=float(entry["level"]))
    else:
        raise ValueError(f"it names an unknown edit, “{entry['kind']}”.")
    return Operation(effect)
