"""A file to be looked through."""

from __future__ import annotations

from typing import BinaryIO

WINDOW = 1 << 20
"""Bytes at hand."""


class Window:
    """A file, of which some is at hand; it is taken to end at `stop`."""

    def __init__(self, file: BinaryIO, stop: int) -> None:
        self._file, self.stop = file, stop
        self._at, self._data = 0, b""

    def bytes(self, at: int, count: int) -> bytes:
        """Bytes from a place on; fewer at the end."""
        if not self._at <= at or at + count > self._at + len(self._data):
            self._file.seek(at)
            self._at, self._data = at, self._file.read(min(WINDOW, self.stop - at) if at < self.stop else 0)
        return self._data[at - self._at : at - self._at + count]
