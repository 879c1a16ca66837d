"""The journal of the open document: a folder of its own on the disk, written by a thread that nobody waits for long."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic

from workbench.document.journal.changes import Mirror, Snapshot
from workbench.document.journal.holding import Hold
from workbench.document.journal.volume import Keeping, Volume

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
        self._mirror = Mirror()
        self._volume: Volume | None = None
        self._next: Volume | None = None
        """One that is begun anew: it takes the place of the other when the disk has it. Both are written until then."""
        self._keeping: Keeping | None = None
        self._kept = 0
        """Bytes of the volume that the disk has to stay."""
        self._of: object = None
        self._spoilt = False
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
            return self._good == self._asked and not self._spoilt and self._behind == 0

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
        keeping = self._keeping
        if keeping is not None:
            keeping.join(10.0)
        if self._thread.is_alive() or (keeping is not None and keeping.is_alive()):
            # A disk that hangs: nothing is taken from under it.
            return
        if not remove and self._volume is not None:
            self._volume.keep()
        self._end(remove)

    # -- in its own thread -------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(self._is_awake, self._wait())
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

    def _is_awake(self) -> bool:
        kept = self._keeping is not None and self._keeping.over
        return self._closing or self._asked != self._taken or kept

    def _wait(self) -> float | None:
        """Seconds until something is to be done though nobody asks."""
        now = monotonic()
        times = [each - now for each in (self._late, self._retry) if each]
        times += [IDLE] if self._keeping is not None or self._behind else []
        return max(0.02, min(times)) if times else None

    @property
    def _behind(self) -> int:
        """Bytes that the disk may not have yet."""
        return 0 if self._volume is None else self._volume.size - self._kept

    def _look(self, snapshot: Snapshot, new: bool) -> bool:
        """Do what is to be done; answers whether the file has the snapshot."""
        now = monotonic()
        self._heed_kept()
        if self._retry and now < self._retry:
            return False
        if new or self._retry or (self._late and now >= self._late):
            whole = bool(self._late) and now >= self._late
            good, then = self._write(snapshot, whole), monotonic()
            if self._volume is None or not self._volume.written.late:
                self._late = 0.0
            elif self._late <= now:
                self._late = then + max(UNDER_WAY, SHARE * (then - now))
            return good
        wanted = self._next or (self._volume if self._behind else None)
        if self._keeping is None and wanted is not None:
            self._keep(wanted)
        return not self._spoilt

    def _keep(self, volume: Volume) -> None:
        def then() -> None:
            with self._wake:
                self._wake.notify_all()

        self._keeping = Keeping(volume, then)

    def _heed_kept(self) -> None:
        """Follow what the disk has come to keep."""
        keeping = self._keeping
        if keeping is None or not keeping.over:
            return
        self._await_keeping()
        if keeping.volume is self._next and self._volume is not None:
            self._volume.close()
            try:
                self._next.replace(self._volume.path)
            except OSError:
                # The folder is gone, or closed: what is there stays, and is begun anew with the next act.
                self._next.discard()
                self._next = None
            self._volume, self._next, self._kept = self._next, None, 0
        elif keeping.volume is self._volume:
            self._kept = keeping.size

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
        if self._volume is None or self._spoilt or self._hold is None or not self._hold.folder.is_dir():
            self._begin(snapshot)
            return
        self._volume.bring(self._mirror, snapshot, whole)
        now = monotonic()
        try:
            if self._next is not None:
                self._next.bring(self._mirror, snapshot, whole)
            elif now >= self._roomless and self._volume.size > max(LEAST_BYTES, OUTGROWN * self._volume.first):
                self._next = self._part(self._hold.folder, snapshot)
        except OSError:
            # There is no room for both: the long one goes on.
            self._roomless = now + AGAIN
            self._drop_next()
        self._mirror.written()
        if self._next is not None and self._keeping is None:
            self._keep(self._next)

    def _begin(self, snapshot: Snapshot) -> None:
        """All of a document, in place of what was written of it."""
        if self._hold is None or not self._hold.folder.is_dir():
            self._end(remove=False)
            self._of = snapshot.recording
            self._hold = Hold.make(self._home)
        self._drop_next()
        volume, place = self._part(self._hold.folder, snapshot), self._hold.folder / ACTS
        try:
            if place.exists():
                # What is there is good as far as it goes, and gives way to what the disk has.
                volume.keep()
            self._close_volume()
            volume.replace(place)
        except BaseException:
            volume.discard()
            raise
        self._volume, self._kept, self._spoilt = volume, 0, False
        self._mirror.written()

    def _part(self, folder: Path, snapshot: Snapshot) -> Volume:
        return Volume(folder / f"{ACTS}.part", self._mirror, snapshot)

    def _drop_next(self) -> None:
        if self._next is not None:
            self._await_keeping()
            self._next.discard()
            self._next = None

    def _close_volume(self) -> None:
        if self._volume is not None:
            self._await_keeping()
            self._volume.close()
            self._volume, self._kept = None, 0

    def _await_keeping(self) -> None:
        """Nothing is closed while the disk is asked to keep it: its number may be given to another file."""
        if self._keeping is not None:
            self._keeping.join()
            self._keeping = None

    def _end(self, remove: bool) -> None:
        """Let go of the present journal."""
        self._drop_next()
        self._close_volume()
        if self._hold is not None:
            if remove:
                self._hold.remove()
            else:
                self._hold.let_go()
        self._hold = self._of = None
