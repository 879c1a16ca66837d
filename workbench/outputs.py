"""A set of files that one command writes: all of them or none, and never in place of what others wrote.

What is being written stands in a folder ``.workbench.TOKEN.part`` within the folder that it is for, TOKEN being 32
hexadecimal digits, and is moved when all is there. A manifest tells what was written: the name, the size and the
SHA-256 of every file, and what they were made from, where that is told. Of an earlier set only files that still hold
exactly these bytes give way to the next one, and only those of the set that was there when the next one began: what
another command wrote meanwhile stays.

As the files of `workbench.storage`, such a folder is locked (`flock`) from its making to its end. So one that belongs
to the same user and is not locked was left behind by a command that was killed, and the next set for the same folder
removes it; but never where files of an earlier set still wait in it, nor what can't be locked (on some network file
systems, and on Windows, such folders stay).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from workbench.errors import UserError
from workbench.signals import undisturbed

if sys.platform != "win32":
    import fcntl

MANIFEST = ".workbench-files.json"
BEFORE = "before"
"""Where the files of the earlier set wait, within what is being written."""
PATIENCE = 10.0
"""Seconds that one waits for another who holds the lock of a folder; it may be who began the command."""
NAMED = 5
"""Of files that stand in the way, so many are named."""
Stamp = tuple[int, int, int]
"""What tells a file that is as it was: its number, its size and when it was changed."""


@dataclass
class Outputs:
    """Where files are to be written, and what became of those of an earlier set; that is known when all is in place.

    Attributes
    ----------
    folder : Path
        Where the files are written to at first; it has the folders of their names.
    kept : tuple of str
        Files of an earlier set that were changed since, and stayed.
    removed : tuple of str
        Files of an earlier set that went, because the new set has none of their names.
    """

    folder: Path
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def told(self) -> list[str]:
        """What became of them, in words."""
        became = ("Removed files of", self.removed), ("Kept what was changed since", self.kept)
        return [f"{what} the command before: {', '.join(names)}" for what, names in became if names]


def check_free(folder: Path, names: Sequence[str], used: Sequence[Path] = ()) -> None:
    """Make sure that files of some names may be written to a folder, which need not exist yet.

    Raises
    ------
    UserError
        `outputs.in_the_way`: there are such files, or files where their folders must be, and no earlier set has
        written exactly these bytes, or they are among those that are `used`.
    """
    there = _taken(folder, names)
    known = {name: each for name, each in _manifest(folder).items() if name in there}
    _refuse(folder, there - _ours(folder, known, used).keys())


def is_whole(folder: Path, about: Mapping[str, object]) -> bool:
    """Whether a folder holds a whole set of files, as they were written, that was made from the same.

    Parameters
    ----------
    about : mapping
        What `output_set` was told that they were made from.
    """
    read = _read(folder)
    files = _manifest(folder)
    return bool(files) and read.get("about") == about and all(_is(folder / name, each) for name, each in files.items())


@contextmanager
def output_set(
    folder: Path, names: Sequence[str], used: Sequence[Path] = (), about: Mapping[str, object] | None = None
) -> Iterator[Outputs]:
    """A folder to write a set of files to; they come to their places when the block ends well, else nothing changes.

    Parameters
    ----------
    folder : Path
        Where they belong; made where it is not there.
    names : sequence of str
        Their names, with ``/`` between folders.
    used : sequence of Path
        Files that are read meanwhile or belong to what is: whoever wrote them, they stay.
    about : mapping, optional
        What they are made from, as JSON has it, for `is_whole`.

    Raises
    ------
    UserError
        As `check_free`, at the beginning and at the end; or if there can be no such folder.
    OSError
        As the system reports it.
    """
    seen = _manifest(folder)
    check_free(folder, names, used)
    with _staging(folder) as staging:
        for inner in {Path(name).parent for name in names}:
            (staging / inner).mkdir(parents=True, exist_ok=True)
        outputs = Outputs(staging)
        try:
            yield outputs
            _take_places(outputs, folder, names, used, seen, about)
        except UserError as error:
            path = error.values.get("path")
            if isinstance(path, Path) and path.is_relative_to(staging):
                # Told by the name that it was to have.
                error.values["path"] = folder / path.relative_to(staging)
            raise


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A new folder within a folder, which is made where it is not there; neither stays where it is of no use."""
    missing = _missing(folder)
    staging = folder / f".workbench.{uuid4().hex}.part"
    with ExitStack() as opened:
        try:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UserError("headless.no_folder", folder=folder, reason=error) from error
            # Else another command could take it for a stale one before it is locked.
            with _locked(folder):
                remove_left_behind(folder)
                staging.mkdir()
                opened.enter_context(_locked(staging))
            yield staging
        finally:
            with undisturbed():
                if not _holds_files(staging / BEFORE):
                    shutil.rmtree(staging, ignore_errors=True)
                _remove_empty(missing)


def _take_places(
    outputs: Outputs,
    folder: Path,
    names: Sequence[str],
    used: Sequence[Path],
    seen: dict[str, Any],
    about: Mapping[str, object] | None,
) -> None:
    """Move what was written to its place, and what gives way for it; tells what became of the earlier set."""
    manifest: dict[str, object] = {"files": {name: _described(outputs.folder / name) for name in names}}
    if about is not None:
        manifest["about"] = about
    (outputs.folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    # One command at a time; and all is looked at once more, since it may have taken hours.
    with _locked(folder), undisturbed():
        now = _manifest(folder)
        known = {name: each for name, each in now.items() if seen.get(name) == each}
        ours = _ours(folder, known, used)
        # What came meanwhile is in the way by any name: without it in a manifest nobody would know whose it is.
        came = now.keys() - known.keys()
        _refuse(folder, _taken(folder, {*names, *came}) - ours.keys())
        _move_all(folder, outputs.folder, names, ours)
        others = sorted(known.keys() - set(names))
        stayed = [name for name in others if (folder / name).is_file()]
        outputs.kept = tuple(name for name in stayed if not _is_used(folder / name, used))
        outputs.removed = tuple(name for name in others if name in ours and name not in stayed)


def _move_all(folder: Path, staging: Path, names: Sequence[str], ours: dict[str, Stamp]) -> None:
    """Move the earlier files away and the new ones to their places; all back again where that fails."""
    before = staging / BEFORE
    moves: list[tuple[Path, Path, list[Path]]] = []

    def move(here: Path, there: Path) -> None:
        # Told first, so that whatever interrupts it is taken back.
        moves.append((here, there, _missing(there.parent)))
        there.parent.mkdir(parents=True, exist_ok=True)
        os.replace(here, there)

    try:
        for name, stamp in ours.items():
            # It may have been changed while the others were read.
            if _stamp(folder / name) == stamp:
                move(folder / name, before / name)
        _refuse(folder, _taken(folder, names))
        if (folder / MANIFEST).is_file():
            move(folder / MANIFEST, before / MANIFEST)
        for name in (*names, MANIFEST):
            move(staging / name, folder / name)
    except BaseException as error:
        left = []
        for here, there, missing in reversed(moves):
            if not _moved_back(there, here):
                left.append(here.name)
            # Where a folder was made a file may have been.
            _remove_empty(missing)
        if left:
            raise UserError("outputs.not_put_back", folder=before, files=_listed(left)) from error
        raise
    shutil.rmtree(before, ignore_errors=True)


def _moved_back(there: Path, here: Path) -> bool:
    """Take a move back that was made, or begun; answers whether the file is where it was."""
    try:
        os.replace(there, here)
    except (FileNotFoundError, NotADirectoryError):
        # It was not made.
        return True
    except OSError:
        return False
    return True


def _holds_files(folder: Path) -> bool:
    return folder.is_dir() and any(each.is_file() for each in folder.rglob("*"))


def _is_used(path: Path, used: Sequence[Path]) -> bool:
    """Whether a file is one of some that are read."""
    return any(each.exists() and path.exists() and os.path.samefile(path, each) for each in used)


def _missing(folder: Path) -> list[Path]:
    """The folders that are to be made where a folder is to be, the innermost first."""
    return [each for each in (folder, *folder.parents) if not os.path.lexists(each)]


def _remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders that were made, the innermost first."""
    for each in folders:
        # Only what is empty goes.
        with contextlib.suppress(OSError):
            each.rmdir()


@contextmanager
def _locked(folder: Path, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a folder, where there are locks; answers whether it is held."""
    if sys.platform == "win32":
        yield False
        return
    with ExitStack() as opened:
        held, until = False, monotonic() + (PATIENCE if wait else 0.0)
        # Where locks are not supported nobody else can have one either.
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            opened.callback(os.close, handle)
            while not (held := _taken_lock(handle)) and monotonic() < until:
                sleep(0.05)
        yield held


def _taken_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def remove_left_behind(folder: Path) -> None:
    """Remove what commands that were killed left behind in a folder, by the rule at the top of this file."""
    if sys.platform == "win32":
        return
    # It may be gone meanwhile, or be in a folder that can't be listed: no set fails of it.
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            if not re.fullmatch(r"\.workbench\.[0-9a-f]{32}\.part", entry.name):
                continue
            if not entry.is_dir(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_uid != os.geteuid():
                continue
            path = Path(entry.path)
            with _locked(path, wait=False) as held:
                if held and not _holds_files(path / BEFORE):
                    shutil.rmtree(path, ignore_errors=True)


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _taken(folder: Path, names: Iterable[str]) -> set[str]:
    """Which of some names there are already, and where a file is in place of one of their folders."""
    inner = {each.as_posix() for name in names for each in Path(name).parents[:-1]}
    in_place = {each for each in inner if os.path.lexists(folder / each) and not (folder / each).is_dir()}
    return in_place | {name for name in names if os.path.lexists(folder / name)}


def _refuse(folder: Path, foreign: Collection[str]) -> None:
    if foreign:
        raise UserError("outputs.in_the_way", folder=folder, files=_listed(foreign))


def _ours(folder: Path, known: dict[str, Any], used: Sequence[Path]) -> dict[str, Stamp]:
    """Files that still are what an earlier set wrote, and are not used; each with its stamp from before it was read."""
    stamps = {name: _stamp(folder / name) for name in known if not _is_used(folder / name, used)}
    return {name: stamp for name, stamp in stamps.items() if stamp and _is(folder / name, known[name])}


def _stamp(path: Path) -> Stamp | None:
    """What changes when a file does; None where there is none."""
    try:
        known = path.stat(follow_symlinks=False)
    except (OSError, ValueError):
        return None
    return known.st_ino, known.st_size, known.st_mtime_ns


def _is(path: Path, described: dict[str, Any]) -> bool:
    """Whether a file is what a manifest says of it."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        # A file of another size need not be read.
        return bool(path.stat().st_size == described.get("bytes") and _described(path) == described)
    except OSError:
        return False


def _manifest(folder: Path) -> dict[str, Any]:
    """What an earlier set wrote, by name; nothing where none did, or where that can't be told."""
    files = _read(folder).get("files")
    return {
        name: each
        for name, each in (files.items() if isinstance(files, dict) else ())
        # Never out of the folder.
        if isinstance(each, dict) and not Path(name).is_absolute() and ".." not in Path(name).parts
    }


def _read(folder: Path) -> dict[str, Any]:
    """What the manifest of a folder says; nothing where there is none that can be read."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _listed(names: Collection[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(sorted(names)[:NAMED]) + (f" and {more} more" if more > 0 else "")
