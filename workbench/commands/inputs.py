"""Which files a command works on, and where what comes of each belongs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.audio.files import ffmpeg
from workbench.audio.files.heads import is_sound

SUFFIXES = {
    *(".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".caf", ".au", ".snd", ".sph", ".nist"),
    *(".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2"),
    *ffmpeg.SUFFIXES,
}
"""Endings by which a file is taken for sound that is damaged or needs ffmpeg too, so that it is told of."""


@dataclass(frozen=True)
class Input:
    """A sound file, and the folder for what comes of it, relative to that of all."""

    path: Path
    place: Path


def files_of(given: Sequence[Path], recursive: bool, out: Path) -> list[Input]:
    """The files that are given, and the sound files of folders, in order; each once, with a place of its own.

    What is below `out` is the work of commands before and none of the input. Hidden files and folders are passed over.

    Parameters
    ----------
    given : sequence of Path
        Files and folders. What is no folder is taken for a file, whether it is there or not.
    recursive : bool
        Folders within folders, too: their structure is kept.
    out : Path
        Where the results go.
    """
    found: dict[Path, Input] = {}
    for each in given:
        if not each.is_dir():
            found.setdefault(each.resolve(), Input(each, Path(_stem(each))))
            continue
        # Of one folder alone its name says nothing.
        root = Path() if len(given) == 1 else Path(each.resolve().name)
        for path in _sounds(each, recursive, out.resolve()):
            inside = path.parent.relative_to(each) if recursive else Path()
            found.setdefault(path.resolve(), Input(path, root / inside / _stem(path)))
    return _told_apart(list(found.values()))


def _sounds(folder: Path, recursive: bool, out: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        place = Path(here)
        folders[:] = sorted(
            each for each in folders if recursive and not each.startswith(".") and (place / each).resolve() != out
        )
        for name in sorted(names):
            path = place / name
            if not name.startswith(".") and path.is_file() and (path.suffix.lower() in SUFFIXES or is_sound(path)):
                yield path


def _stem(path: Path) -> str:
    return path.stem.rstrip(". ") or path.name


def _told_apart(inputs: list[Input]) -> list[Input]:
    """The same with places that differ: by the endings of the files, or else by numbers."""
    places = [each.place for each in inputs]
    for alike in _equal(places):
        for i in alike:
            places[i] = places[i].with_name(inputs[i].path.name)
    taken = {_key(place) for place in places}
    for first, *others in _equal(places):
        number = 1
        for i in others:
            while _key(new := places[first].with_name(f"{places[first].name} {(number := number + 1)}")) in taken:
                pass
            places[i] = new
            taken.add(_key(new))
    return [Input(each.path, place) for each, place in zip(inputs, places, strict=True)]


def _equal(places: Sequence[Path]) -> list[list[int]]:
    """Indices of places that some file system takes for one."""
    same: dict[str, list[int]] = {}
    for i, place in enumerate(places):
        same.setdefault(_key(place), []).append(i)
    return [each for each in same.values() if len(each) > 1]


def _key(place: Path) -> str:
    return place.as_posix().casefold()
