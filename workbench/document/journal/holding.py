"""Who has a journal: one program at a time, also while work that was left behind is offered."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import time
from pathlib import Path
from uuid import uuid4

import psutil

if sys.platform != "win32":
    import fcntl

LOCK = "lock"
ABANDONED = 60.0
"""Seconds after which a folder that never got its name is nobody's."""


class Hold:
    """A folder that no other program takes: by a lock of the system, which ends with the program, and where there are
    none by the process whose name stands in it."""

    def __init__(self, folder: Path, handle: int) -> None:
        self.folder, self._handle = folder, handle

    @classmethod
    def make(cls, home: Path) -> Hold:
        """A new folder in a home, held from its beginning.

        Raises
        ------
        OSError
            If it can't be made.
        """
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = uuid4().hex
        # Nobody looks at it before it is held; an open file keeps Windows from renaming its folder.
        hidden = home / (name if sys.platform == "win32" else f".{name}")
        hidden.mkdir(mode=0o700)
        held = cls.of(hidden)
        if held is None:
            raise OSError(f"{hidden} can't be held")
        if hidden.name != name:
            os.rename(hidden, home / name)
        held.folder = home / name
        return held

    @classmethod
    def of(cls, folder: Path) -> Hold | None:
        """Take hold of a folder; None where a program that runs has it."""
        try:
            handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            # What can't be looked at is left alone.
            return None
        if not _free(handle):
            os.close(handle)
            return None
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, _name().encode())
        return cls(folder, handle)

    @property
    def held(self) -> bool:
        """Whether it was not let go of."""
        return self._handle >= 0

    def let_go(self) -> None:
        """Leave it to others."""
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = -1

    def remove(self) -> None:
        """Remove the folder, and let go of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.let_go()


def abandoned(folder: Path) -> bool:
    """Whether a hidden folder was left by a program that ended before it had its name."""
    try:
        return time.time() - folder.stat().st_mtime > ABANDONED
    except OSError:
        return False


def _free(handle: int) -> bool:
    """Whether nobody else has it."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        except OSError:
            # There are no locks here: by the name of the process, then.
            pass
    os.lseek(handle, 0, os.SEEK_SET)
    return not _runs(os.read(handle, 1000).decode("utf-8", "replace"))


def _name() -> str:
    process = psutil.Process()
    return f"{process.pid} {process.create_time():.0f} {socket.gethostname()}"


def _runs(name: str) -> bool:
    """Whether a process of a name runs, as far as can be told from here."""
    words = name.split(maxsplit=2)
    if len(words) < 3 or not words[0].isdecimal():
        return False
    if words[2] != socket.gethostname():
        return True
    try:
        return bool(abs(psutil.Process(int(words[0])).create_time() - float(words[1])) < 2)
    except (psutil.Error, ValueError):
        return False
