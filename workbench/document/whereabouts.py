"""Where the sound files of a project are, whichever system and folder it is opened on."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import Protocol
from urllib.parse import quote_from_bytes, unquote_to_bytes


class Sound(Protocol):
    """What a project file says of a sound file."""

    @property
    def path(self) -> str:
        """Where it was, on the system that wrote the file."""

    @property
    def relative(self) -> str:
        """Where it was as seen from the project file, with slashes."""


def whereabouts(project: Path, sound: Path) -> dict[str, str]:
    """Where a sound file is: absolutely, and as seen from the project file."""
    source = sound.resolve()
    try:
        relative = os.path.relpath(source, project.resolve().parent)
    except ValueError:  # another drive on Windows
        relative = ""
    return {"path": in_words(str(source)), "relative": in_words(relative.replace(os.sep, "/"))}


AS_BYTES = "bytes:"
"""A path that is no text begins so; its bytes follow, percent-encoded."""


def in_words(path: str) -> str:
    """A path as text: names of files need be none."""
    if path.startswith(AS_BYTES) or any("\ud800" <= letter <= "\udfff" for letter in path):
        return AS_BYTES + quote_from_bytes(os.fsencode(path))
    return path


def from_words(text: str) -> str:
    """The path that `in_words` made a text of."""
    if text.startswith(AS_BYTES):
        return os.fsdecode(unquote_to_bytes(text.removeprefix(AS_BYTES)))
    return text


def found(project: Path, sound: Sound) -> Path | None:
    """A sound file of a project: where it was as seen from the project, where it was, or beside the project.

    Whichever system it was saved on: there names may be written with other separators, in another case, or with
    accents apart. Other machines are not asked for what a file says that they have: on Windows that tells them who
    asks. What is there is found by the person who opens it, unless the project lies there as well.
    """
    path, relative = from_words(sound.path), from_words(sound.relative)
    candidates = [project.parent / relative] if relative else []
    candidates += [Path(path), project.parent / name_of(path)]
    candidates = [each for each in candidates if _machine(each) in ("", _machine(project))]
    try:
        there = next((each for each in candidates if each.is_file()), None)
        return there or _alike(candidates)
    except (OSError, ValueError):
        # What can't be a path here is none.
        return None


def name_of(path: str) -> str:
    """The last part of a path of any system."""
    return re.split(r"[\\/]", path)[-1]


def _machine(path: Path) -> str:
    """The other machine on which a path lies, as Windows has it; "" for what lies on this one."""
    drive = PureWindowsPath(str(path)).drive.casefold()
    return drive if drive.startswith("\\\\") else ""


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
