"""What there is to say of a sound file or a project."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from workbench.audio.files.heads import Head, head_of
from workbench.audio.recording import load
from workbench.document.project import SUFFIX, Project, ProjectError, load_project
from workbench.document.state import Run, StackState
from workbench.errors import UserError
from workbench.masks.edits.edits import held_arrays
from workbench.wording import sentence

ZIP = b"PK\x03\x04"


def is_project(path: Path) -> bool:
    """Whether a file is to be read as a project: by its ending, or as it begins."""
    if path.suffix.lower() == SUFFIX:
        return True
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) == ZIP
    except OSError:
        # Why it can't be read is told by who reads it.
        return False


def sound_facts(path: Path) -> dict[str, Any]:
    """Facts of a sound file, which is decoded whole.

    Raises
    ------
    UserError
        If nothing of it can be read.
    """
    recording = load(path)
    try:
        head = head_of(path)
    except soundfile.SoundFileError:
        # Read by way of ffmpeg.
        channels, frames = recording.channels, len(recording.samples)
        head = Head(path.suffix.lstrip(".").upper(), "by ffmpeg", recording.rate, channels, frames)
    peak = float(np.abs(recording.samples).max(initial=0.0))
    return {
        "kind": "sound",
        "format": head.container,
        "samples": head.samples,
        "rate": recording.rate,
        "channels": recording.channels,
        "speakers": [str(each) for each in recording.speakers],
        "frames": len(recording.samples),
        "seconds": recording.duration,
        "peak_db": 20 * math.log10(peak) + float(recording.level_db) if peak else -math.inf,
        "streams": head.streams,
        "bytes": path.stat().st_size,
        "sha256": recording.file_checksum,
        "tags": dict(head.tags),
        "damaged": any(each.code in DAMAGE for each in recording.remarks),
        "remarks": [sentence(each) for each in recording.remarks],
    }


DAMAGE = frozenset({"audio.cut_short", "audio.damaged_inside", "audio.not_finite", "audio.wild"})
"""Remarks that say that something is not as it was recorded."""


def project_facts(path: Path) -> dict[str, Any]:
    """Facts of a project; its recording is looked for, and need not be there.

    Raises
    ------
    UserError
        If it can't be read.
    """
    remarks: list[UserError] = []
    try:
        project = load_project(path)
        found: Path | None = project.recording if project.embedded is None else None
    except ProjectError as error:
        if error.code != "document.no_recording":
            raise
        remarks.append(error)
        # All but the sound is in the project.
        project, found = load_project(path, Path(str(error.values["recording"]))), None
    state = project.state
    return {
        "kind": "project",
        "schema": _schema(path),
        "bytes": path.stat().st_size,
        "recording": {
            "name": project.recording.name,
            "found": found,
            "inside": project.embedded is not None,
            "rate": project.rate,
            "channels": project.channels,
            "frames": project.samples,
            "seconds": project.samples / project.rate,
        },
        "window": state.analysis.window,
        "hop": state.analysis.hop,
        "stacks": [_stack(each, each.id == state.shown) for each in state.stacks],
        "layers": [
            {
                "name": each.name,
                "components": list(each.components) if state.marks is None else [],
                "gain_db": each.gain_db,
                "pan": each.pan,
                "mute": each.mute,
                "solo": each.solo,
                "locked": each.locked,
            }
            for each in state.layers
        ],
        "groups": [
            {
                "name": each.name,
                "layers": [layer.name for layer in state.layers if layer.group == each.id],
                "gain_db": each.gain_db,
                "pan": each.pan,
                "mute": each.mute,
                "solo": each.solo,
            }
            for each in state.groups
        ],
        "runs": [_run(number, run) for number, run in sorted(project.runs.items())],
        "references": [{"name": each.name, "path": str(each.path)} for each in state.references],
        "markers": [{"name": each.name, "begin": each.begin, "end": each.end} for each in state.markers],
        "history_steps": max(0, len(project.steps) - 1),
        "sizes": _sizes(project),
        "remarks": [sentence(each) for each in remarks],
    }


def _stack(stack: StackState, present: bool) -> dict[str, Any]:
    return {
        "name": stack.name,
        "present": present,
        "layers": len(stack.layers),
        "groups": len(stack.groups),
        "edits": len(stack.edits),
        "marks": len(stack.marks or ()),
        "run": stack.run,
    }


def _run(number: int, run: Run) -> dict[str, Any]:
    settings = run.settings
    return {
        "name": run.name or f"run {number}",
        "number": run.number or number,
        "method": str(settings.method),
        "divergence": str(settings.divergence),
        "components": run.factors.components,
        "seed": settings.seed,
        "iterations": len(run.costs),
        "cost": float(run.costs[-1]) if run.costs else None,
    }


def _sizes(project: Project) -> dict[str, int]:
    """Bytes in memory of the factors, and of the edits and what is marked of the present state."""
    edits = held_arrays([edit for stack in project.state.stacks for edit in stack.edits])
    marks = {id(each.place): each.place.nbytes for stack in project.state.stacks for each in stack.marks or ()}
    return {
        "factors": sum(run.factors.nbytes for run in project.runs.values()),
        "edits": sum(size for _, size in edits.values()),
        "marks": sum(marks.values()),
    }


def _schema(path: Path) -> int:
    """The version of the file's form."""
    with zipfile.ZipFile(path) as file:
        return int(json.loads(file.read("project.json"))["schema"])
