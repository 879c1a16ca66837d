"""The versions of a project before the present one, kept beside it: the newest is `.NAME.1`, the oldest `.NAME.3`."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from workbench.storage import replacing

KEPT = 3


def versions_of(path: Path) -> list[Path]:
    """The versions that there are of a project, from the newest."""
    return [each for number in range(1, KEPT + 1) if (each := _version(path, number)).is_file()]


@contextmanager
def keeping_versions(path: Path) -> Iterator[Path]:
    """As `replacing`; the file that is replaced stays as its newest version, and the oldest one goes.

    Whenever the program ends meanwhile, the file and every version are whole.
    """
    path = Path(os.path.realpath(path))
    with replacing(path) as partial:
        yield partial
        if path.exists():
            _keep(path)


def _keep(path: Path) -> None:
    """Let a file be its newest version too, without moving it."""
    # By a name that the next save takes away, should this one be killed.
    newest = path.with_name(f".{path.name}.{uuid4().hex}.part")
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
    return path.with_name(f".{path.name}.{number}")
