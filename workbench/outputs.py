"""A set of files that one command writes: all of them or none, and never in place of what others wrote.

What is being written stands in a folder ``.workbench.TOKEN.part`` within the folder that it is for, TOKEN being 32
hexadecimal digits, and is moved when all is there. A manifest tells what was written: the name, the size and the
SHA-256 of every file. Of an earlier set only files that still hold exactly these bytes give way to the next one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from workbench.errors import UserError

MANIFEST = ".workbench-files.json"
BEFORE = "before"
"""Where the files of the earlier set wait, within what is being written."""
ENDS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that end a command."""
NAMED = 5
"""Of files that stand in the way, so many are named."""


@dataclass(frozen=True)
class Outputs:
    """Where files are to be written, and what becomes of those of an earlier set.

    Attributes
    ----------
    folder : Path
        Where the files are written to at first; it has the folders of their names.
    kept : tuple of str
        Files of an earlier set that were changed since, and stay.
    removed : tuple of str
        Files of an earlier set that go, because the new set has none of their names.
    """

    folder: Path
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def check_free(folder: Path, names: Sequence[str], used: Sequence[Path] = ()) -> None:
    """Make sure that files of some names may be written to a folder, which need not exist yet.

    Raises
    ------
    UserError
        `outputs.in_the_way`: there are such files, and no earlier set has written exactly these bytes, or they are
        among those that are `used`.
    """
    known = _manifest(folder)
    there = [name for name in names if os.path.lexists(folder / name)]
    foreign = [name for name in there if _is_used(folder / name, used) or not _is_ours(folder, name, known)]
    if foreign:
        raise UserError("outputs.in_the_way", folder=folder, files=_listed(foreign))


@contextmanager
def output_set(folder: Path, names: Sequence[str], used: Sequence[Path] = ()) -> Iterator[Outputs]:
    """A folder to write a set of files to; they come to their places when the block ends well, else nothing changes.

    Parameters
    ----------
    folder : Path
        Where they belong; made where it is not there.
    names : sequence of str
        Their names, with ``/`` between folders.
    used : sequence of Path
        Files that are read meanwhile or belong to what is: whoever wrote them, they stay.

    Raises
    ------
    UserError
        As `check_free`; or if there can be no such folder.
    OSError
        As the system reports it.
    """
    check_free(folder, names, used)
    made = _make_folders(folder)
    staging = folder / f".workbench.{uuid4().hex}.part"
    try:
        staging.mkdir()
        for inner in {Path(name).parent for name in names}:
            (staging / inner).mkdir(parents=True, exist_ok=True)
        known = _manifest(folder)
        there = {name for name in known if os.path.lexists(folder / name) and not _is_used(folder / name, used)}
        ours = {name for name in there if _is_ours(folder, name, known)}
        gone = ours - set(names)
        yield Outputs(staging, tuple(sorted(there - ours)), tuple(sorted(gone)))
        # Once more: it may have taken hours.
        check_free(folder, names, used)
        _take_places(folder, staging, names, sorted(ours))
        made = []
    except UserError as error:
        path = error.values.get("path")
        if isinstance(path, Path) and path.is_relative_to(staging):
            # Told by the name that it was to have.
            error.values["path"] = folder / path.relative_to(staging)
        raise
    finally:
        if not _holds_files(staging / BEFORE):
            shutil.rmtree(staging, ignore_errors=True)
        for each in reversed(made):
            # Only what is empty goes.
            with contextlib.suppress(OSError):
                each.rmdir()


def _take_places(folder: Path, staging: Path, names: Sequence[str], ours: Sequence[str]) -> None:
    """Move what was written to its place, and what gives way for it; back again where that fails."""
    manifest = {name: _described(staging / name) for name in names}
    (staging / MANIFEST).write_text(json.dumps({"files": manifest}, indent=1), encoding="utf-8")
    before = staging / BEFORE
    moves: list[tuple[Path, Path]] = []

    def move(here: Path, there: Path) -> None:
        there.parent.mkdir(parents=True, exist_ok=True)
        # Told first, so that whatever interrupts it is taken back.
        moves.append((here, there))
        os.replace(here, there)

    with _undisturbed():
        try:
            for name in (*ours, MANIFEST):
                if name in ours or (folder / name).is_file():
                    move(folder / name, before / name)
            for name in (*names, MANIFEST):
                move(staging / name, folder / name)
        except BaseException as error:
            left = [here for here, there in reversed(moves) if not _moved_back(there, here)]
            if left:
                names = _listed([each.name for each in left])
                raise UserError("outputs.not_put_back", folder=before, files=names) from error
            raise
        shutil.rmtree(before, ignore_errors=True)


def _moved_back(there: Path, here: Path) -> bool:
    """Take a move back that was made, or begun; answers whether the file is where it was."""
    try:
        os.replace(there, here)
    except FileNotFoundError:
        # It was not made.
        return True
    except OSError:
        return False
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nobody ends the command in these moments: Ctrl+C and its kind count afterwards."""
    kinds = [each for each in ENDS if hasattr(signal, each)]
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    before = {kind: signal.signal(getattr(signal, kind), lambda number, _: asked.append(number)) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(getattr(signal, kind), handler)
        for number in asked:
            signal.raise_signal(number)


def _holds_files(folder: Path) -> bool:
    return folder.is_dir() and any(each.is_file() for each in folder.rglob("*"))


def _is_used(path: Path, used: Sequence[Path]) -> bool:
    """Whether a file is one of some that are read."""
    return any(each.exists() and path.exists() and os.path.samefile(path, each) for each in used)


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder; answers those that were not there."""
    missing = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError("headless.no_folder", folder=folder, reason=error) from error
    return missing[::-1]


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _is_ours(folder: Path, name: str, known: dict[str, Any]) -> bool:
    """Whether a file still is what an earlier set wrote."""
    path = folder / name
    if name not in known or path.is_symlink() or not path.is_file():
        return False
    try:
        # A file of another size need not be read.
        return bool(path.stat().st_size == known[name].get("bytes") and _described(path) == known[name])
    except OSError:
        return False


def _manifest(folder: Path) -> dict[str, Any]:
    """What an earlier set wrote, by name; nothing where none did, or where that can't be told."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {
            name: each
            for name, each in files.items()
            # Never out of the folder.
            if isinstance(each, dict) and not Path(name).is_absolute() and ".." not in Path(name).parts
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(sorted(names)[:NAMED]) + (f" and {more} more" if more > 0 else "")
