"""References as JSON, and back; and where the sound files of a project are."""

from __future__ import annotations

import math
import os
import re
import unicodedata
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
    """A sound file of a project: where it was as seen from the project, where it was, or beside the project.

    Whichever system it was saved on: there names may be written with other separators, in another case, or with
    accents apart.
    """
    candidates = [project.parent / entry["relative"]] if entry["relative"] else []
    candidates += [Path(entry["path"]), project.parent / name_of(entry["path"])]
    try:
        there = next((each for each in candidates if each.is_file()), None)
        return there or _alike(candidates)
    except (OSError, ValueError):
        # What can't be a path here is none.
        return None


def name_of(path: str) -> str:
    """The last part of a path of any system."""
    return re.split(r"[\\/]", path)[-1]


def _alike(candidates: Sequence[Path]) -> Path | None:
    """The one file of a folder whose name differs only in case, or in how accents are written."""
    for candidate in candidates:
        if not candidate.parent.is_dir():
            continue
        same = [each for each in candidate.parent.iterdir() if _folded(each.name) == _folded(candidate.name)]
        if len(same) == 1 and same[0].is_file():
            return same[0]
    return None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
