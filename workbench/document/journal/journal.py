"""The journal of the open document: a folder of its own on the disk, written by a thread that nobody waits for long."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from numpy.typing import NDArray

from workbench.document.journal.changes import Mirror, Snapshot, Written
from workbench.document.journal.holding import Hold
from workbench.document.journal.records import MAGIC, Record, record
from workbench.storage import sync

ACTS, PICTURE = "acts", "picture.png"
PATIENCE = 0.02
"""Seconds for which an act waits at most until it is written, which takes a few tenths of a millisecond: as long as a
thread may wait for a processor that is busy. A disk that takes longer is not waited for."""
UNDER_WAY, SHARE = 1.0, 20
"""Seconds after which what a run under way has come to is written again, and so many times what it took to write it."""
IDLE = 0.3
"""Seconds without an act after which the disk is told to keep what was written."""
LEAST_BYTES, OUTGROWN = 64 * 2**20, 3
"""A journal is begun anew when it is larger than so many bytes and so many times what it began with."""
AGAIN = 30.0
"""Seconds after which a disk that refused is tried again."""


class Journal:
    """Writes down every act of a document.

    Parameters
    ----------
    home : Path
        Where journals are; made where it is not there.
    troubled : callable
        Told, in the journal's thread, why nothing can be written, and None when it can again.
    """

    def __init__(self, home: Path, troubled: Callable[[Exception | None], object] = lambda reason: None) -> None:
        self._home, self._troubled = home, troubled
        self._wake = threading.Condition()
        self._wanted: Snapshot | None = None
        self._asked = self._taken = self._done = self._good = 0
        """How many snapshots there were, which of them the thread has seen, which it is through with, and which is in
        the file."""
        self._closing = False
        self._hold: Hold | None = None
        self._file: int | None = None
        self._written, self._mirror = Written(), Mirror()
        self._of: object = None
        self._size = self._first = 0
        self._unsynced, self._spoilt = False, False
        self._late = self._retry = self._roomless = 0.0
        """When a run under way is written, a disk that refused is tried, a file that is long is begun anew."""
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    @property
    def folder(self) -> Path | None:
        """Where it is written; None before anything is."""
        return None if self._hold is None else self._hold.folder

    @property
    def safe(self) -> bool:
        """Whether all that was taken is on the disk to stay."""
        with self._wake:
            return self._good == self._asked and not self._unsynced

    def take(self, snapshot: Snapshot) -> None:
        """Write down a document as it is; returns when it is written, or after a moment."""
        with self._wake:
            busy, last = self._asked != self._taken, self._wanted
            if last is not None and busy and last.recording is snapshot.recording:
                # What nobody has looked at yet is told with it.
                snapshot = replace(snapshot, history=last.history.then(snapshot.history))
            self._wanted = snapshot
            self._asked += 1
            number = self._asked
            self._wake.notify_all()
            if not busy:
                self._wake.wait_for(lambda: self._done >= number, PATIENCE)

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until all that was taken is written, or can't be; answers whether it is."""
        with self._wake:
            self._wake.wait_for(lambda: self._done >= self._asked, timeout)
            return self._good >= self._asked

    def close(self, remove: bool = True) -> None:
        """End; what was written goes, unless it is to be found at the next start."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(10.0)
        if self._thread.is_alive():
            # A disk that hangs: nothing is taken from under it.
            return
        if not remove:
            self._sync()
        self._end(remove)

    # -- in its own thread -------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or self._asked != self._taken, self._wait())
                snapshot, number, new = self._wanted, self._asked, self._asked != self._taken
                self._taken = number
                if self._closing and not new:
                    return
            if snapshot is None:
                continue
            if new:
                if self._of is not snapshot.recording:
                    self._mirror = Mirror()
                self._mirror.apply(snapshot.history)
            good = self._look(snapshot, new)
            with self._wake:
                self._done = number
                self._good = number if good else self._good
                self._wake.notify_all()

    def _wait(self) -> float | None:
        """Seconds until something is to be done though nobody asks."""
        now = monotonic()
        times = [each - now for each in (self._late, self._retry) if each]
        times += [IDLE] if self._unsynced else []
        return max(0.02, min(times)) if times else None

    def _look(self, snapshot: Snapshot, new: bool) -> bool:
        """Do what is to be done; answers whether the file has the snapshot."""
        now = monotonic()
        if self._retry and now < self._retry:
            return False
        if new or self._retry or (self._late and now >= self._late):
            whole = bool(self._late) and now >= self._late
            good, then = self._write(snapshot, whole), monotonic()
            if not self._written.late:
                self._late = 0.0
            elif self._late <= now:
                self._late = then + max(UNDER_WAY, SHARE * (then - now))
            return good
        self._sync()
        return not self._spoilt

    def _write(self, snapshot: Snapshot, whole: bool) -> bool:
        try:
            self._bring(snapshot, whole)
        except Exception as error:  # noqa: BLE001 - whatever it is, work must go on, and somebody must hear of it
            if not isinstance(error, OSError):
                sys.excepthook(type(error), error, error.__traceback__)
            # All is written anew when it is tried again; what is on the disk stays until then.
            self._spoilt, self._retry = True, monotonic() + AGAIN
            self._troubled(error)
            return False
        if self._retry:
            self._retry = 0.0
            self._troubled(None)
        return True

    def _bring(self, snapshot: Snapshot, whole: bool) -> None:
        """Bring the file to a snapshot."""
        if self._of is not snapshot.recording:
            self._end(remove=True)
            self._of = snapshot.recording
        if self._file is None or self._spoilt or self._hold is None or not self._hold.folder.is_dir():
            self._rewrite(snapshot)
            return
        now = monotonic()
        if self._size > max(LEAST_BYTES, OUTGROWN * self._first) and now >= self._roomless:
            try:
                self._rewrite(snapshot)
            except OSError:
                # There is no room for both: the long one goes on.
                self._roomless = now + AGAIN
            else:
                return
        saved = self._written.saved(snapshot)
        if saved is not None:
            self._append(saved)
        made = self._written.change(self._mirror, snapshot, whole)
        if made is not None:
            self._append(made[0], list(made[1].values()))
            self._mirror.written()

    def _rewrite(self, snapshot: Snapshot) -> None:
        """All of a document, in place of what was written of it."""
        if self._hold is None or not self._hold.folder.is_dir():
            self._end(remove=False)
            self._of = snapshot.recording
            self._hold = Hold.make(self._home)
        folder, written = self._hold.folder, Written()
        partial = folder / f"{ACTS}.part"
        file = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            size = _put(file, [memoryview(MAGIC), *record(written.begin(snapshot))])
            made = written.change(self._mirror, snapshot, whole=True, afresh=True)
            assert made is not None
            size += _put(file, record(made[0], list(made[1].values())))
            os.fsync(file)
            if sys.platform == "win32":
                # An open file can't be renamed, nor be replaced.
                os.close(file)
                self._close_file()
                os.replace(partial, folder / ACTS)
                file = os.open(folder / ACTS, os.O_RDWR | os.O_APPEND | os.O_BINARY)
            else:
                os.replace(partial, folder / ACTS)
                with contextlib.suppress(OSError):
                    sync(folder, os.O_RDONLY)
        except BaseException:
            with contextlib.suppress(OSError):
                os.close(file)
                partial.unlink()
            raise
        self._close_file()
        self._file, self._written, self._size, self._first = file, written, size, size
        self._mirror.written()
        self._spoilt = False

    def _append(self, entry: Record, arrays: Sequence[NDArray[Any]] = ()) -> None:
        assert self._file is not None
        self._size += _put(self._file, record(entry, arrays))
        self._unsynced = True

    def _sync(self) -> None:
        if self._file is not None:
            # Some file systems can't; what was written survives the program all the same.
            with contextlib.suppress(OSError):
                os.fsync(self._file)
        self._unsynced = False

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _end(self, remove: bool) -> None:
        """Let go of the present journal."""
        self._close_file()
        if self._hold is not None:
            if remove:
                self._hold.remove()
            else:
                self._hold.let_go()
        self._hold = self._of = None


def _put(file: int, pieces: Sequence[memoryview]) -> int:
    """Write all of it; returns its bytes."""
    size = 0
    for piece in pieces:
        while piece:
            count = os.write(file, piece)
            size += count
            piece = piece[count:]
    return size
