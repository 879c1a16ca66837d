"""References as JSON, and back; and where the sound files of a project are."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench.document.state import Reference, State

Assigned = tuple[tuple[int, int], ...]


def packed_references(state: State, table: list[Any]) -> dict[str, Any]:
    """What stands for the references of a state and what they are assigned to; equal ones are once in the table."""
    entries = [{**asdict(each), "path": str(each.path)} for each in state.references]
    if entries not in table:
        table.append(entries)
    return {"references": table.index(entries), "assigned": [list(pair) for pair in state.assigned]}


def unpacked_references(entry: Mapping[str, Any], table: Sequence[Any]) -> tuple[tuple[Reference, ...], Assigned]:
    """References and what they are assigned to.

    Raises
    ------
    KeyError, TypeError, IndexError, ValueError
        If the data is damaged.
    """
    references = tuple(_reference(each) for each in table[entry["references"]])
    return references, tuple((int(source), int(reference)) for source, reference in entry["assigned"])


def _reference(entry: Mapping[str, Any]) -> Reference:
    offset, gain = float(entry["offset"]), float(entry["gain_db"])
    if not math.isfinite(offset) or not math.isfinite(gain):
        raise ValueError("a reference is nowhere")
    return Reference(int(entry["id"]), entry["name"], Path(entry["path"]), entry["checksum"], offset, gain)


# -- files of a project ----------------------------------------------------------------------------------


def whereabouts(project: Path, sound: Path) -> dict[str, str]:
    """Where a sound file is: absolutely, and as seen from the project file."""
    source = sound.resolve()
    try:
        relative = os.path.relpath(source, project.resolve().parent)
    except ValueError:  # another drive on Windows
        relative = ""
    return {"path": str(source), "relative": relative.replace(os.sep, "/")}


def found(project: Path, entry: Mapping[str, Any]) -> Path | None:
    """A sound file of a project: where it was as seen from the project, where it was, or beside the project."""
    candidates = [project.parent / entry["relative"]] if entry["relative"] else []
    candidates += [Path(entry["path"]), project.parent / Path(entry["path"]).name]
    return next((each for each in candidates if each.is_file()), None)
