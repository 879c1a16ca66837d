"""Pieces of a file, with other bytes between, read as one file."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import BinaryIO, NamedTuple

FARTHEST = (1 << 63) - 1
"""To where C can seek; a head that lies may ask for more."""


class Span(NamedTuple):
    """Bytes of a file from `start` to before `stop`."""

    start: int
    stop: int


class Spliced:
    """A binary file made of pieces of another and of bytes of its own: libsndfile reads a header that tells the truth.

    What is asked of it is asked from C, where an exception goes nowhere: `error` keeps the first.

    Parameters
    ----------
    file : binary file
        Open, and able to seek.
    pieces : sequence of Span or bytes
    most : int, optional
        Bytes that are given at once at most, so that little more is read than is needed.

    Attributes
    ----------
    error : OSError or None
        What went wrong as it was read; it then seems to end.
    reached : int
        How far it was read.
    """

    def __init__(self, file: BinaryIO, pieces: Sequence[Span | bytes], most: int | None = None) -> None:
        self._most = most
        self._file, self._pieces = file, [piece for piece in pieces if _length(piece)]
        self._begins = [0, *accumulate(_length(piece) for piece in self._pieces)]
        self._at = 0
        self.error: OSError | None = None
        self.reached = 0

    def __len__(self) -> int:
        return self._begins[-1]

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As of a file."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self)}[whence]
        self._at = min(max(0, base + offset), FARTHEST)
        return self._at

    def tell(self) -> int:
        """As of a file."""
        return self._at

    def read(self, count: int) -> bytes:
        """As of a file; fewer bytes than asked for are its end, or an error."""
        out: list[bytes] = []
        count = count if self._most is None else min(count, self._most)
        while count > 0 and self._at < len(self):
            place = bisect_right(self._begins, self._at) - 1
            got = self._read(self._pieces[place], self._at - self._begins[place], count)
            if not got:
                break
            out.append(got)
            self._at += len(got)
            count -= len(got)
        self.reached = max(self.reached, self._at)
        return b"".join(out)

    def _read(self, piece: Span | bytes, offset: int, count: int) -> bytes:
        if isinstance(piece, bytes):
            return piece[offset : offset + count]
        try:
            self._file.seek(piece.start + offset)
            return self._file.read(min(count, piece.stop - piece.start - offset))
        except OSError as error:
            self.error = self.error or error
            return b""

    def readinto(self, buffer: bytearray) -> int:
        """As of a file."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def patched(span: Span, patches: Sequence[tuple[int, bytes]]) -> list[Span | bytes]:
    """Pieces that make up a span of a file, with other bytes in some places of it."""
    out: list[Span | bytes] = []
    at = span.start
    for place, data in sorted(patches):
        out += [Span(at, place), data]
        at = place + len(data)
    return [*out, Span(at, span.stop)]


def _length(piece: Span | bytes) -> int:
    return len(piece) if isinstance(piece, bytes) else max(0, piece.stop - piece.start)
