"""Arrays for which there is no room in memory, put aside in a file that nobody else sees."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock
from typing import IO

import numpy as np

from workbench.masks.model.grid import Array
from workbench.scratch import folder

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

    The system takes it away with the program, however that ends: it has no name (on Windows one, of a file that goes
    when it is closed).
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_units = most_bytes // UNIT
        self._lock, self._access = Lock(), Lock()
        self._file: IO[bytes] | None = None
        self._waiting: SimpleQueue[tuple[Place, Array, Callable[[bool], None]]] = SimpleQueue()
        self._writing = self._given_up = False
        self._free: list[int] = []
        self._used = 0
        """Units that were ever given out."""

    @property
    def held(self) -> int:
        """Units that are given out now."""
        return self._used - len(self._free)

    def holds(self, shape: tuple[int, ...]) -> bool:
        """Whether there would be room for a float32 array, if there were no others."""
        return not self._given_up and _units(shape) <= self._most_units

    def reserve(self, shape: tuple[int, ...]) -> Place | None:
        """Room for a float32 array; None where there is none."""
        count = _units(shape)
        with self._lock:
            if self._given_up or (self._file is None and not self._opened()):
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

    def write(self, place: Place, values: Array, then: Callable[[bool], None]) -> bool:
        """Have an array written where there is room for it, by another thread; False if that can't be begun.

        Parameters
        ----------
        then : callable
            Told there whether it was: not where the disk won't have it.
        """
        with self._lock:
            if not self._writing:
                try:
                    threading.Thread(target=self._write_all, name="aside", daemon=True).start()
                except RuntimeError:
                    # There are as many threads as there may be, or the program ends.
                    return False
                self._writing = True
            self._waiting.put((place, values, then))
        return True

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
        if self._given_up:
            return False
        data = np.ascontiguousarray(values, np.float32).data.cast("B")
        try:
            for offset, inside in _pieces(place, len(data)):
                self._write_at(offset, data[inside])
        except OSError:
            # The disk is full, or gone: it is left to others, and what is not remembered is evaluated again. Nothing
            # is read from now on: what comes to be written behind the new end would make zeros of all before it.
            self._given_up = True
            with self._access, contextlib.suppress(OSError):
                # If it can't be made shorter, it goes with the program.
                self._opened_file.truncate(0)
            return False
        return True

    def read(self, place: Place, out: Array) -> bool:
        """Fill an array with what is at a place; False where the disk does not give it back.

        While it is read the place may have been given to another: whoever asks has to look afterwards.
        """
        data = out.data.cast("B")
        try:
            for offset, inside in _pieces(place, len(data)):
                piece = data[inside]
                if self._given_up or self._read_at(offset, piece) != len(piece):
                    return False
        except OSError:
            # As above.
            return False
        return not self._given_up

    def _opened(self) -> bool:
        if self._most_units == 0:
            return False
        try:
            self._file = tempfile.TemporaryFile(dir=folder(), buffering=0)  # noqa: SIM115
            free = shutil.disk_usage(folder()).free
        except OSError:
            # There is no place for it: as where it is full.
            self._given_up = True
            return False
        # Not as the program ends: it may be written to until then, and its number would be another file's.
        weakref.finalize(self, self._file.close).atexit = False
        self._most_units = min(self._most_units, free // SHARE_OF_FREE // UNIT)
        return True

    @property
    def _opened_file(self) -> IO[bytes]:
        assert self._file is not None
        return self._file

    if sys.platform == "win32":

        def _write_at(self, offset: int, data: memoryview) -> None:
            with self._access:
                self._opened_file.seek(offset)
                count = self._opened_file.write(data)
            if count != len(data):
                raise OSError("the disk took less than there is")

        def _read_at(self, offset: int, data: memoryview) -> int:
            with self._access:
                self._opened_file.seek(offset)
                return self._opened_file.readinto(data)  # type: ignore[attr-defined]

    else:

        def _write_at(self, offset: int, data: memoryview) -> None:
            if os.pwrite(self._opened_file.fileno(), data, offset) != len(data):
                raise OSError("the disk took less than there is")

        def _read_at(self, offset: int, data: memoryview) -> int:
            return os.preadv(self._opened_file.fileno(), [data], offset)


def _units(shape: tuple[int, ...]) -> int:
    return -(-4 * int(np.prod(shape)) // UNIT)


def _pieces(place: Place, length: int) -> Iterator[tuple[int, slice]]:
    """Where in the file each piece of so many bytes is: as few as the units that lie one after the other allow."""
    units, first = place.units, 0
    for i in range(1, len(units) + 1):
        if i == len(units) or units[i] != units[i - 1] + 1:
            yield units[first] * UNIT, slice(first * UNIT, min(i * UNIT, length))
            first = i
