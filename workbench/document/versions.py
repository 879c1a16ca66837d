"""The versions of a project before the present one, kept beside it: the newest is `.NAME.1`, the oldest `.NAME.3`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from workbench.storage import replacing

KEPT = 3
LONGEST_NAME = 200
"""Bytes of a name; file systems allow 255 in all."""


def versions_of(path: Path) -> list[Path]:
    """The versions that there are of a project, from the newest."""
    target = Path(os.path.realpath(path))
    return [each for number in range(1, KEPT + 1) if (each := _version(target, number)).is_file()]


@contextmanager
def keeping_versions(path: Path) -> Iterator[Path]:
    """As `replacing`; the file that is replaced stays as its newest version, and the oldest one goes.

    Whenever the program ends meanwhile, the file and every version are whole; where the new file does not come to be,
    the versions stay as they are.
    """
    with replacing(path, _keep) as partial:
        yield partial


def _keep(path: Path) -> None:
    """Let a file be its newest version too, without moving it."""
    if not path.exists():
        return
    # By a name that the next save takes away, should this one be killed.
    newest = path.with_name(f".{_beginning(path)}.{uuid4().hex}.part")
    try:
        try:
            os.link(path, newest)
        except OSError:
            # A file system without links.
            shutil.copy2(path, newest)
        for number in range(KEPT, 1, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace(_version(path, number - 1), _version(path, number))
        os.replace(newest, _version(path, 1))
    finally:
        newest.unlink(missing_ok=True)


def _version(path: Path, number: int) -> Path:
    name = os.fsencode(path.name)
    if len(name) <= LONGEST_NAME:
        return path.with_name(f".{path.name}.{number}")
    # Another long name may begin alike.
    return path.with_name(f".{_beginning(path)}~{hashlib.sha256(name).hexdigest()[:12]}.{number}")


def _beginning(path: Path) -> str:
    return os.fsencode(path.name)[:LONGEST_NAME].decode(errors="ignore")
