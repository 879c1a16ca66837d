"""The journal of the open document: a folder of its own on the disk, written by a thread that nobody waits for long."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from uuid import uuid4

from workbench.document.journal.changes import Mirror, Snapshot, Written
from workbench.document.journal.records import MAGIC, Saved, record
from workbench.document.whereabouts import in_words

if sys.platform != "win32":
    import fcntl

ACTS, LOCK, PICTURE = "acts", "lock", "picture.png"
PATIENCE = 0.005
"""Seconds for which an act waits until it is written; a disk that takes longer is not waited for."""
UNDER_WAY = 5.0
"""Seconds after which what a run under way has come to is written again."""
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

    def __init__(self, home: Path, troubled: Callable[[OSError | None], object] = lambda reason: None) -> None:
        self._home, self._troubled = home, troubled
        self._wake = threading.Condition()
        self._wanted: Snapshot | None = None
        self._asked = self._taken = self._done = 0
        """How many snapshots there were, which of them the thread has seen, and which is written."""
        self._closing = False
        self._folder: Path | None = None
        self._lock: int | None = None
        self._file: int | None = None
        self._written, self._mirror = Written(), Mirror()
        self._of: object = None
        self._project: Path | None = None
        self._size = self._first = 0
        self._refused = 0.0
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    @property
    def folder(self) -> Path | None:
        """Where it is written; None before anything is."""
        return self._folder

    def take(self, snapshot: Snapshot) -> None:
        """Write down a document as it is; returns when it is written, or after a moment."""
        with self._wake:
            busy = self._asked != self._taken
            last = self._wanted
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
        """Wait until all that was taken is written; answers whether it is."""
        with self._wake:
            return self._wake.wait_for(lambda: self._done >= self._asked, timeout)

    def close(self, remove: bool = True) -> None:
        """End; what was written goes, unless it is to be found at the next start."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(10.0)
        self._end(remove)

    # -- in its own thread -------------------------------------------------------------------------------

    def _work(self) -> None:
        unsynced, late = False, 0.0
        while True:
            with self._wake:
                wait = IDLE if unsynced else (max(0.05, late - monotonic()) if late else None)
                self._wake.wait_for(lambda: self._closing or self._asked != self._taken, wait)
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
            if not new and unsynced:
                self._sync()
                unsynced = False
                continue
            unsynced = self._write(snapshot, bool(late) and monotonic() >= late) or unsynced
            late = 0.0 if not self._written.late else late if late > monotonic() else monotonic() + UNDER_WAY
            with self._wake:
                self._done = max(self._done, number)
                self._wake.notify_all()

    def _write(self, snapshot: Snapshot, whole: bool) -> bool:
        """Bring the file to a snapshot; answers whether anything was written."""
        if monotonic() < self._refused:
            return False
        try:
            if self._of is not snapshot.recording or self._file is None:
                self._begin(snapshot)
            elif self._size > max(LEAST_BYTES, OUTGROWN * self._first):
                self._rewrite(snapshot)
            else:
                if snapshot.project != self._project:
                    self._append(Saved(None if snapshot.project is None else in_words(str(snapshot.project))))
                    self._project = snapshot.project
                made = self._written.change(self._mirror, snapshot, whole)
                if made is None:
                    return False
                self._append(made[0], *made[1].values())
                self._mirror.written()
        except OSError as error:
            # All is written anew when the disk takes it again.
            self._refused = monotonic() + AGAIN
            self._close_file()
            self._troubled(error)
            return False
        if self._refused:
            self._refused = 0.0
            self._troubled(None)
        return True

    def _begin(self, snapshot: Snapshot) -> None:
        """A journal of another document, in place of the one before."""
        if self._of is not snapshot.recording:
            self._end(remove=True)
        if self._folder is None:
            self._folder = self._home / uuid4().hex
            self._folder.mkdir(parents=True, mode=0o700)
            self._lock = _locked(self._folder / LOCK)
        self._of = snapshot.recording
        self._rewrite(snapshot)

    def _rewrite(self, snapshot: Snapshot) -> None:
        """All of a document, in place of what was written of it."""
        assert self._folder is not None
        partial = self._folder / f"{ACTS}.part"
        self._close_file()
        self._written = Written()
        self._file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        self._size = 0
        self._put([memoryview(MAGIC)])
        self._append(self._written.begin(snapshot))
        self._mirror.forgotten()
        made = self._written.change(self._mirror, snapshot, whole=True)
        if made is not None:
            self._append(made[0], *made[1].values())
        self._mirror.written()
        self._project, self._first = snapshot.project, self._size
        if sys.platform == "win32":
            # An open file can't be renamed.
            os.close(self._file)
            os.replace(partial, self._folder / ACTS)
            self._file = os.open(self._folder / ACTS, os.O_WRONLY | os.O_APPEND | os.O_BINARY)
        else:
            os.replace(partial, self._folder / ACTS)

    def _append(self, entry: object, *arrays: object) -> None:
        self._put(record(entry, arrays))  # type: ignore[arg-type]

    def _put(self, pieces: list[memoryview]) -> None:
        assert self._file is not None
        for piece in pieces:
            while piece:
                count = os.write(self._file, piece)
                self._size += count
                piece = piece[count:]

    def _sync(self) -> None:
        if self._file is not None:
            # Some file systems can't; what was written survives the program all the same.
            with contextlib.suppress(OSError):
                os.fsync(self._file)

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _end(self, remove: bool) -> None:
        """Let go of the present journal."""
        self._close_file()
        if self._folder is not None and remove:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._folder = self._lock = self._of = None


def _locked(path: Path) -> int:
    """A file that is locked as long as the program runs."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if sys.platform != "win32":
        # Where locks are not supported, nobody can tell that it is in use; it is asked about then.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def in_use(folder: Path) -> bool:
    """Whether a program that runs writes a journal."""
    path = folder / LOCK
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        if sys.platform == "win32":
            return False
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False
