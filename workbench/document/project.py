"""Project files: a zip of JSON and NPY with a schema version, written beside and renamed.

``project.json`` holds everything but arrays; arrays are NPY members without pickled objects. The
recording is kept by reference: relative to the project file and absolute.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.audio.recording import Recording
from workbench.document.settings import METHODS, RunSettings
from workbench.document.state import Run, State
from workbench.files import UserError, replacing
from workbench.masks.edits import TILE, Binary, Edit, Invert, Paint, Threshold, Tile
from workbench.masks.layers import Layer, Part
from workbench.masks.models import Factors, Model, Shares
from workbench.spectral.stft import Analysis

SCHEMA = 2
SUFFIX = ".workbench"
_OPERATIONS = {"threshold": Threshold, "invert": Invert, "binary": Binary}


class ProjectError(UserError):
    """The project can't be read or written; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Project:
    """What a project file holds.

    Attributes
    ----------
    path : Path
        The project file.
    recording : Path
        Where its recording was found.
    rate, channels, samples : int
        What the recording must be.
    state : State
    runs : dict of int to Run
    """

    path: Path
    recording: Path
    rate: int
    channels: int
    samples: int
    state: State
    runs: dict[int, Run]

    def check(self, recording: Recording) -> None:
        """Raise ProjectError if a recording is not the one that the project was made with."""
        found = (recording.rate, recording.channels, len(recording.samples))
        if found != (self.rate, self.channels, self.samples):
            raise ProjectError(
                f"“{self.recording.name}” has changed since “{self.path.name}” was saved; "
                "put the original recording back in its place."
            )


def save_project(path: Path, recording: Recording, state: State, runs: dict[int, Run]) -> None:
    """Write a project; the old file stays until the new one is whole.

    Raises
    ------
    ProjectError
        If the file can't be written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    document = {
        "schema": SCHEMA,
        "recording": _reference(path, recording),
        "analysis": asdict(state.analysis),
        "layers": [_pack_layer(layer) for layer in state.layers],
        "next_id": state.next_id,
        "run": _pack_run(state, runs, arrays),
        "run_name": runs[state.run].name if state.run in runs else "",
        "run_held": list(runs[state.run].held) if state.run in runs else [],
        "edits": [_pack_edit(i, edit, arrays) for i, edit in enumerate(state.edits)],
    }
    try:
        with replacing(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            file.writestr("project.json", json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
            for name, array in arrays.items():
                with file.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
    except OSError as error:
        raise ProjectError(f"“{path}” can't be written: {os.strerror(error.errno or 0)}.") from error


def load_project(path: Path) -> Project:
    """Read a project file.

    Raises
    ------
    ProjectError
        If it is none, is damaged, was written by a newer version, or its recording is not to be found.
    """
    if not path.exists():
        raise ProjectError(f"There is no file “{path}”; check its name.")
    try:
        with zipfile.ZipFile(path) as file:
            document = json.loads(file.read("project.json"))
            if document["schema"] > SCHEMA:
                raise ProjectError(f"“{path.name}” was written by a newer version of this program; update to open it.")
            arrays = {
                name[:-4]: np.lib.format.read_array(io.BytesIO(file.read(name)), allow_pickle=False)
                for name in file.namelist()
                if name.endswith(".npy")
            }
        return _unpack(path, document, arrays)
    except OSError as error:
        raise ProjectError(f"“{path.name}” can't be read: {os.strerror(error.errno or 0)}.") from error
    except (zipfile.BadZipFile, KeyError, TypeError, IndexError, AttributeError, EOFError, zlib.error) as error:
        raise ProjectError(f"“{path.name}” is no project of this program, or it is damaged.") from error
    except ProjectError:
        raise
    except ValueError as error:
        raise ProjectError(f"“{path.name}” is damaged: {error}") from error


def _reference(path: Path, recording: Recording) -> dict[str, Any]:
    source = recording.path.resolve()
    try:
        relative = os.path.relpath(source, path.resolve().parent)
    except ValueError:  # another drive on Windows
        relative = ""
    return {
        "path": str(source), "relative": relative.replace(os.sep, "/"), "rate": recording.rate,
        "channels": recording.channels, "samples": len(recording.samples),
    }  # fmt: skip


def _pack_layer(layer: Layer) -> dict[str, Any]:
    entry = asdict(layer)
    if layer.gain_db == float("-inf"):
        entry["gain_db"] = None  # JSON knows no infinity
    return entry


def _unpack_layer(entry: dict[str, Any]) -> Layer:
    gain = float("-inf") if entry["gain_db"] is None else float(entry["gain_db"])
    return Layer(**{**entry, "gain_db": gain, "parts": tuple(Part(**part) for part in entry["parts"])})


def _pack_run(state: State, runs: dict[int, Run], arrays: dict[str, NDArray[Any]]) -> dict[str, Any] | None:
    run = runs.get(state.run) if state.run is not None else None
    if run is None:
        return None
    if isinstance(run.factors, Shares):
        arrays["shares"] = run.factors.masks
    else:
        arrays["W"], arrays["H"] = run.factors.W, run.factors.H
    arrays["costs"] = np.array(run.costs, np.float64)
    return asdict(run.settings)


def _pack_edit(index: int, edit: Edit, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    if isinstance(edit, Paint):
        entries = [(row, column, part) for (row, column), tile in sorted(edit.tiles.items()) for part in tile]
        arrays[f"edit{index}_keys"] = np.array(entries, np.int64).reshape(-1, 3)
        values = [edit.tiles[row, column][part] for row, column, part in entries]
        arrays[f"edit{index}_values"] = np.array(values, np.float32).reshape(-1, TILE, TILE)
        return {"kind": "paint"}
    kind = next(name for name, each in _OPERATIONS.items() if isinstance(edit, each))
    return {"kind": kind, **asdict(edit)}


def _unpack(path: Path, document: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Project:
    analysis = Analysis(**document["analysis"])
    reference = document["recording"]
    layers = tuple(_unpack_layer(entry) for entry in document["layers"])
    if not layers:
        raise ValueError("it holds no layer.")
    edits = tuple(_unpack_edit(i, entry, arrays) for i, entry in enumerate(document["edits"]))
    runs: dict[int, Run] = {}
    if document["run"] is not None:
        costs = tuple(float(c) for c in arrays["costs"])
        asked = {key: _tuples(value) for key, value in document["run"].items()}
        # Written before hits had a threshold of their own.
        asked.setdefault("percussive_separation", asked.get("separation", 1.0))
        settings = RunSettings(**asked)
        if settings.method not in METHODS:
            raise ValueError(f"it names an unknown method, “{settings.method}”.")
        model = _unpack_model(arrays, analysis, analysis.frames(reference["samples"]))
        held = tuple(document["run_held"]) if "run_held" in document else ()
        runs[1] = Run(settings, model, costs, document.get("run_name", "saved"), held)
    state = State(analysis, layers, edits, 1 if runs else None, int(document["next_id"]))
    return Project(
        path, _find_recording(path, reference), int(reference["rate"]), int(reference["channels"]),
        int(reference["samples"]), state, runs,
    )  # fmt: skip


def _unpack_model(arrays: dict[str, NDArray[Any]], analysis: Analysis, frames: int) -> Model:
    if "shares" in arrays:
        masks = np.asarray(arrays["shares"], np.float16)
        if masks.ndim != 3 or masks.shape[1:] != (frames, analysis.bins):
            raise ValueError("its masks do not fit its recording.")
        return Shares(masks)
    w, h = np.asarray(arrays["W"], np.float32), np.asarray(arrays["H"], np.float32)
    if w.ndim not in (2, 3) or (w.shape[0], h.shape) != (analysis.bins, (w.shape[1], frames)):
        raise ValueError("its templates and activations do not fit its recording.")
    return Factors(w, h)


def _unpack_edit(index: int, entry: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Edit:
    kind, fields = entry["kind"], {k: _tuples(v) for k, v in entry.items() if k != "kind"}
    if kind != "paint":
        edit: Edit = _OPERATIONS[kind](**fields)
        return edit
    tiles: dict[tuple[int, int], dict[int, NDArray[np.float32]]] = {}
    keys, values = arrays[f"edit{index}_keys"], np.asarray(arrays[f"edit{index}_values"], np.float32)
    for (row, column, part), painted in zip(keys.tolist(), values, strict=True):
        tiles.setdefault((row, column), {})[part] = painted
    plain: dict[tuple[int, int], Tile] = dict(tiles)
    return Paint(plain)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _find_recording(path: Path, reference: dict[str, Any]) -> Path:
    candidates = [path.parent / reference["relative"]] if reference["relative"] else []
    candidates += [Path(reference["path"]), path.parent / Path(reference["path"]).name]
    for candidate in candidates:
        if candidate.is_file():
            return Path(candidate)
    raise ProjectError(
        f"The recording “{candidates[-1].name}” of “{path.name}” is not where it was; put it beside the project file."
    )
