"""Large arrays in files that nobody else sees: the memory holds what is looked at of them, and the disk the rest.

The files have no names (on Windows they are of a kind that goes when it is closed), so that the system takes them away
with the program, however that ends.
"""

from __future__ import annotations

import errno
import math
import mmap
import os
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench.errors import UserError

BUDGET = 256 * 2**20
"""Bytes of arrays that are in memory together, unless the user says otherwise."""
SMALL = 2**16
"""Bytes of an array that is always in memory, where there is any for arrays."""
SPARED = 256 * 2**20
"""Bytes of the disk that are left to others."""
FILLED = 2**20
"""Bytes of zeros that are written at once."""


def folder() -> Path:
    """Where temporary files are kept on the disk: the ordinary place for them is memory on many systems."""
    large = Path("/var/tmp")
    ordinary = sys.platform == "win32" or "TMPDIR" in os.environ or not os.access(large, os.W_OK | os.X_OK)
    return Path(tempfile.gettempdir()) if ordinary else large


def kept(pieces: Iterable[bytes]) -> IO[bytes]:
    """A file without a name that holds these bytes, to be read from its beginning.

    Raises
    ------
    UserError
        `scratch.no_room`: the disk has no room for them. What `pieces` raises passes through.
    """
    file, size = nameless(), 0
    try:
        for piece in pieces:
            size += len(piece)
            try:
                _write(file, memoryview(piece))
            except OSError as error:
                raise _no_room(size, error) from error
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def nameless() -> IO[bytes]:
    """A file without a name, to be written and read; it goes when it is closed.

    Raises
    ------
    UserError
        `scratch.no_room`: there is no place for one.
    """
    try:
        return tempfile.TemporaryFile(dir=folder(), buffering=0)
    except OSError as error:
        raise _no_room(0, error) from error


class Scratch:
    """Where arrays are: in memory as far as they have room there together, else in files.

    Parameters
    ----------
    budget : int
        Bytes of all that are in memory at a time.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        # Arrays may go, and be given back, while another one is taken by the same thread.
        self._lock, self._taken = threading.RLock(), 0
        self.budget = budget
        """May be changed: it counts for arrays that are made from then on."""

    @property
    def left(self) -> int:
        """Bytes that there is still room for in memory."""
        return max(0, self.budget - self._taken)

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """An array of zeros, which may be written to; it lasts as long as anything of it is held.

        Raises
        ------
        UserError
            `scratch.no_room`: the disk has no room for it.
        """
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size <= min(SMALL, self.budget):
            return np.zeros(shape, dtype)
        if self._take(size):
            try:
                return self._counted(np.zeros(shape, dtype))
            except MemoryError:
                # Less than the user thought: then the disk.
                self._give_back(size)
        _check_room(size)
        try:
            with tempfile.TemporaryFile(dir=folder(), buffering=0) as file:
                _fill(file, size)
                return _mapped(file, shape, dtype)
        except OSError as error:
            raise _no_room(size, error) from error

    def rows(self, columns: int, dtype: DTypeLike, expected: int = 0) -> Rows:
        """An array of which the rows come one after the other: `expected` of them, as far as that is known.

        Raises
        ------
        UserError
            `scratch.no_room`: the disk has no room for those that are expected.
        """
        whole = self.zeros((expected, columns), dtype) if expected else None
        return Rows(columns, np.dtype(dtype), self, whole)

    def takes(self, array: NDArray[Any]) -> bool:
        """Whether an array that is in memory may stay there; if so, it counts from now on."""
        fits = self._take(array.nbytes)
        if fits:
            self._counted(array)
        return fits

    def _take(self, size: int) -> bool:
        with self._lock:
            fits = self._taken + size <= self.budget
            self._taken += size if fits else 0
        return fits

    def _counted(self, array: NDArray[Any]) -> NDArray[Any]:
        # Views hold on to it, so that it goes with the last of them.
        weakref.finalize(array, self._give_back, array.nbytes)
        return array

    def _give_back(self, size: int) -> None:
        with self._lock:
            self._taken -= size


USUAL = Scratch()
"""That of the program. How much it may take is the user's to say, as `folder` is the system's."""


class Rows:
    """Rows that are collected, in memory or in a file.

    Attributes
    ----------
    whole : array, shape (expected, columns), or None
        Where they are put as long as no more come than are expected; what has not come yet is zero.
    """

    def __init__(self, columns: int, dtype: np.dtype[Any], scratch: Scratch, whole: NDArray[Any] | None = None) -> None:
        self._columns, self._dtype, self._scratch = columns, dtype, scratch
        self.whole = whole
        self._blocks: list[NDArray[Any]] = []
        self._file: IO[bytes] | None = None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, block: NDArray[Any]) -> None:
        """Add rows (n, columns) behind the others.

        Raises
        ------
        UserError
            `scratch.no_room`: the disk has no room for them.
        """
        before = self._count
        self._count += len(block)
        if self.whole is not None:
            if self._count <= len(self.whole):
                self.whole[before : self._count] = block
                return
            # More come than were expected: they are collected as if nothing had been known.
            others, self.whole, self._count = self.whole[:before], None, 0
            for begin in range(0, before, FILLED):
                self.append(others[begin : begin + FILLED])
            self._count = before + len(block)
        if not block.size:
            return
        if self._file is None and self._scratch.takes(block):
            self._blocks.append(block)
            return
        _check_room(block.nbytes + sum(each.nbytes for each in self._blocks))
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=folder(), buffering=0)  # noqa: SIM115
                # Who is stopped while it collects leaves no file.
                weakref.finalize(self, self._file.close)
            for each in (*self._blocks, block):
                _write(self._file, np.ascontiguousarray(each, self._dtype).data.cast("B"))
            self._blocks.clear()
        except OSError as error:
            raise _no_room(self._size, error) from error

    @property
    def _size(self) -> int:
        return self._count * self._columns * self._dtype.itemsize

    def array(self) -> NDArray[Any]:
        """All of them, shape (n, columns); nothing can be added from now on.

        Raises
        ------
        UserError
            `scratch.no_room`: the file can't be looked into.
        """
        if self.whole is not None:
            return self.whole[: self._count]
        if self._file is None:
            # Its pages come as they are written to, and those of the blocks go: it is never there twice.
            out, at = np.zeros((self._count, self._columns), self._dtype), 0
            self._blocks.reverse()
            while self._blocks:
                block = self._blocks.pop()
                out[at : at + len(block)] = block
                at += len(block)
                del block
            self._scratch.takes(out)
            return out
        try:
            with self._file as file:
                return _mapped(file, (self._count, self._columns), self._dtype)
        except OSError as error:
            raise _no_room(self._size, error) from error


def _mapped(file: IO[bytes], shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    return np.ndarray(shape, dtype, buffer=mmap.mmap(file.fileno(), 0))


def _fill(file: IO[bytes], size: int) -> None:
    """Make a file so long. What is written to it later must find its place: the system ends who finds none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
        return
    zeros = memoryview(bytes(min(size, FILLED)))
    for at in range(0, size, FILLED):
        _write(file, zeros[: size - at])


def _write(file: IO[bytes], data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def _check_room(size: int) -> None:
    try:
        free = shutil.disk_usage(folder()).free
    except OSError as error:
        raise _no_room(size, error) from error
    if free < size + SPARED:
        raise _no_room(size, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def _no_room(size: int, error: OSError) -> UserError:
    return UserError("scratch.no_room", megabytes=-(-size // 10**6), folder=str(folder()), reason=error)
