"""A file of a journal: what it has, what is appended to it, and when the disk has it to stay."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from workbench.document.journal.changes import Mirror, Snapshot, Written
from workbench.document.journal.records import MAGIC, Record, record
from workbench.storage import sync


class Volume:
    """A file that holds all of a document from its first record on.

    Parameters
    ----------
    path : Path
        Made anew.
    mirror, snapshot
        What it begins with.

    Raises
    ------
    OSError
        If it can't be written; it is taken away again.
    """

    def __init__(self, path: Path, mirror: Mirror, snapshot: Snapshot) -> None:
        self.path = path
        self.written = Written()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            self.size = _put(self._file, [memoryview(MAGIC), *record(self.written.begin(snapshot))])
            made = self.written.change(mirror, snapshot, whole=True, afresh=True)
            assert made is not None
            self._append(made[0], list(made[1].values()))
        except BaseException:
            self.discard()
            raise
        self.first = self.size
        """Bytes that it began with."""

    def bring(self, mirror: Mirror, snapshot: Snapshot, whole: bool) -> bool:
        """Append what it lacks of a snapshot; answers whether that was anything."""
        before = self.size
        saved = self.written.saved(snapshot)
        if saved is not None:
            self._append(saved)
        made = self.written.change(mirror, snapshot, whole)
        if made is not None:
            self._append(made[0], list(made[1].values()))
        return self.size > before

    def _append(self, entry: Record, arrays: Sequence[NDArray[Any]] = ()) -> None:
        self.size += _put(self._file, record(entry, arrays))

    def replace(self, path: Path) -> None:
        """Stand in the place of another file, which nobody has open."""
        if sys.platform == "win32":
            # An open file can't be renamed.
            os.close(self._file)
        os.replace(self.path, path)
        self.path = path
        if sys.platform == "win32":
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_BINARY)

    def keep(self) -> None:
        """Wait until the disk has it and its name.

        Some file systems can't tell; what was written survives the program all the same.
        """
        with contextlib.suppress(OSError):
            os.fsync(self._file)
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                sync(self.path.parent, os.O_RDONLY)

    def close(self) -> None:
        """Let go of it; it stays on the disk."""
        os.close(self._file)

    def discard(self) -> None:
        """Take it away."""
        with contextlib.suppress(OSError):
            self.close()
            self.path.unlink()


class Keeping(threading.Thread):
    """Has the disk keep a volume, in a thread of its own: that may take seconds, in which acts go on being written.

    Attributes
    ----------
    volume : Volume
    size : int
        Bytes of it that it is about.
    over : bool
        The disk has them.
    """

    def __init__(self, volume: Volume, then: Callable[[], object]) -> None:
        super().__init__(name="journal keeping", daemon=True)
        self.volume, self.size, self.over, self._then = volume, volume.size, False, then
        self.start()

    def run(self) -> None:
        """In the thread."""
        self.volume.keep()
        self.over = True
        self._then()


def _put(file: int, pieces: Sequence[memoryview]) -> int:
    """Write all of it; returns its bytes."""
    size = 0
    for piece in pieces:
        while piece:
            count = os.write(file, piece)
            size += count
            piece = piece[count:]
    return size
