"""Arrays for which there is no room in memory, put aside in a file that nobody else sees."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock
from typing import IO

import numpy as np

from workbench.masks.model.grid import Array

UNIT = 1 << 14
"""Bytes that are given out at once: one plane of a block."""
LINGERS = 0.5
"""Seconds without work after which the thread that writes ends."""
SHARE_OF_FREE = 4
"""At most one in so many of the bytes that are free where the file lies."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where an array is in the file.

    Attributes
    ----------
    units : tuple of int
    shape : tuple of int
        Of the array.
    """

    units: tuple[int, ...]
    shape: tuple[int, ...]


class Aside:
    """A file of at most so many bytes, made when the first array comes. Any thread may ask.

    It has no name, so that the system takes it away with the program, however that ends. It lies where temporary files
    are kept on the disk: the ordinary place for them is memory on many systems.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_units = most_bytes // UNIT
        self._lock = Lock()
        self._file: IO[bytes] | None = None
        self._waiting: SimpleQueue[tuple[Place, Array, Callable[[bool], None]]] = SimpleQueue()
        self._writing = False
        self._free: list[int] = []
        self._used = 0
        """Units that were ever given out."""

    def reserve(self, shape: tuple[int, ...]) -> Place | None:
        """Room for a float32 array; None where there is none."""
        count = -(-4 * int(np.prod(shape)) // UNIT)
        with self._lock:
            if self._file is None and not self._opened():
                return None
            fresh = max(0, count - len(self._free))
            if self._used + fresh > self._most_units:
                return None
            units = [self._free.pop() for _ in range(count - fresh)]
            units += range(self._used, self._used + fresh)
            self._used += fresh
        return Place(tuple(units), shape)

    def release(self, place: Place) -> None:
        """Its room may be given to others."""
        with self._lock:
            self._free.extend(reversed(place.units))

    def write(self, place: Place, values: Array, then: Callable[[bool], None]) -> None:
        """Have an array written where there is room for it, by another thread.

        Parameters
        ----------
        then : callable
            Told there whether it was: not where the disk won't have it.
        """
        with self._lock:
            self._waiting.put((place, values, then))
            if self._writing:
                return
            self._writing = True
        threading.Thread(target=self._write_all, name="aside", daemon=True).start()

    def _write_all(self) -> None:
        while True:
            try:
                place, values, then = self._waiting.get(timeout=LINGERS)
            except Empty:
                with self._lock:
                    if self._waiting.empty():
                        self._writing = False
                        return
                continue
            then(self._written(place, values))

    def _written(self, place: Place, values: Array) -> bool:
        data = np.ascontiguousarray(values, np.float32).data.cast("B")
        try:
            for i, unit in enumerate(place.units):
                self._write_at(unit * UNIT, data[i * UNIT : (i + 1) * UNIT])
        except OSError:
            # The disk is full, or gone: it is left to others, and what is not remembered is evaluated again.
            self._give_up()
            return False
        return True

    def read(self, place: Place, out: Array) -> bool:
        """Fill an array with what is at a place; False where the disk does not give it back.

        While it is read the place may have been given to another: whoever asks has to look afterwards.
        """
        data = out.data.cast("B")
        try:
            return all(
                self._read_at(unit * UNIT, piece) == len(piece)
                for i, unit in enumerate(place.units)
                if (piece := data[i * UNIT : (i + 1) * UNIT])
            )
        except OSError:
            # As above.
            return False

    def _give_up(self) -> None:
        self._most_units = 0
        assert self._file is not None
        # If it can't be made shorter, it goes with the program.
        with contextlib.suppress(OSError):
            self._file.truncate(0)

    def _opened(self) -> bool:
        if self._most_units == 0:
            return False
        folder = None if sys.platform == "win32" or "TMPDIR" in os.environ else "/var/tmp"
        try:
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
            weakref.finalize(self, self._file.close)
            free = shutil.disk_usage(folder or tempfile.gettempdir()).free
        except OSError:
            # There is no place for it: as where it is full.
            self._most_units = 0
            return False
        self._most_units = min(self._most_units, free // SHARE_OF_FREE // UNIT)
        return True

    if sys.platform == "win32":

        def _write_at(self, offset: int, data: memoryview) -> None:
            assert self._file is not None
            with self._lock:
                self._file.seek(offset)
                self._file.write(data)

        def _read_at(self, offset: int, data: memoryview) -> int:
            assert self._file is not None
            with self._lock:
                self._file.seek(offset)
                return self._file.readinto(data)  # type: ignore[attr-defined]

    else:

        def _write_at(self, offset: int, data: memoryview) -> None:
            assert self._file is not None
            if os.pwrite(self._file.fileno(), data, offset) != len(data):
                raise OSError("the disk took less than there is")

        def _read_at(self, offset: int, data: memoryview) -> int:
            assert self._file is not None
            return os.preadv(self._file.fileno(), [data], offset)
