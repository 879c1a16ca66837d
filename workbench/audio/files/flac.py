"""FLAC files: how much they say they hold, and files that were joined (RFC 9639)."""

from __future__ import annotations

import re
from functools import partial
from hashlib import md5
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from workbench.audio.files.layout import Layout, Stream
from workbench.audio.files.spliced import Span, Spliced

MAGIC = b"fLaC"
HEAD = 42
"""Bytes of the magic and the first block."""
BEGINNING = re.compile(
    rb"fLaC[\x00\x80]\x00\x00\x22|(?:RIFF|RIFX|RF64|BW64)....WAVE|FORM....AIF[FC]|riff\x2e\x91\xcf\x11"
    rb"|caff\x00\x01\x00\x00|OggS\x00\x02\x00\x00|\.snd\x00\x00[\x00-\x03].\x00|ID3[\x02-\x04]\x00[\x00-\xe0]\x00\x00",
    re.DOTALL,
)
HEADS = (b"fLaC", b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM", b"riff", b"caff", b"OggS", b".snd", b"ID3")
"""What each of these begins with: looking for words is a hundred times faster than looking for patterns."""
WINDOW = 1 << 20
BLOCK = 1 << 16
SIP = 1 << 10
"""Bytes that the decoder is given at once, so that it is known within so many where the sound ends."""
MOST_BITS = 24
"""Of samples that float32 holds exactly."""


def joined(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The layout of a FLAC file, and where it ends: each that was joined is a stream."""
    begins, stop = _begins(file, start, stop)
    spans = [Span(*each) for each in zip(begins, [*begins[1:], stop], strict=True)]
    return Layout(tuple(_stream(file, span) for span in spans)), stop


def _stream(file: BinaryIO, span: Span) -> Stream:
    file.seek(span.start)
    head = file.read(HEAD).ljust(HEAD, b"\0")
    bits, total = ((head[20] & 1) << 4 | head[21] >> 4) + 1, int.from_bytes(head[21:26], "big") & ((1 << 36) - 1)
    told = total > 0 and any(head[26:]) and bits <= MOST_BITS
    return Stream(
        Spliced(file, [span], SIP), total > 0, partial(Written, head[26:], bits) if told else None, sipped=total > 0
    )


class Written:
    """Whether the MD5 sum of samples, as whole numbers of so many bits, is the one that is told; a `Check`."""

    def __init__(self, digest: bytes, bits: int) -> None:
        self._digest, self._bits, self._found = digest, bits, md5(usedforsecurity=False)

    def take(self, samples: NDArray[np.float32]) -> None:
        """The next of them, shape (n, C)."""
        size = -(-self._bits // 8)
        for at in range(0, len(samples), BLOCK):
            whole = np.rint(samples[at : at + BLOCK] * np.float32(1 << (self._bits - 1)))
            if size == 2:
                self._found.update(whole.astype("<i2").data)
            else:
                octets = whole.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :size]
                self._found.update(np.ascontiguousarray(octets).data)

    @property
    def holds(self) -> bool:
        """Whether it is."""
        return self._found.digest() == self._digest


def _begins(file: BinaryIO, start: int, stop: int) -> tuple[list[int], int]:
    """Where FLAC files begin: at the start, and where the magic stands before a block that says what the file is; and
    where they are over, because a file of another kind begins.

    What stands in a file's blocks before its frames is none: some hold the heads of what was encoded, or pictures.
    """
    out, frames = [start], _behind_blocks(file, start, stop)
    for at in range(start + 1, stop, WINDOW):
        file.seek(at)
        data = file.read(min(WINDOW + 11, stop - at))
        for found in _words(data):
            place = at + found
            if place < frames or not BEGINNING.match(data, found):
                continue
            if data[found : found + 4] != MAGIC:
                return out, place
            if place > out[-1]:
                out.append(place)
                frames = _behind_blocks(file, place, stop)
    return out, stop


def _words(data: bytes) -> list[int]:
    """Where one of the `HEADS` stands."""
    out = []
    for word in HEADS:
        found = data.find(word)
        while found >= 0:
            out.append(found)
            found = data.find(word, found + 1)
    return sorted(out)


def _behind_blocks(file: BinaryIO, start: int, stop: int) -> int:
    """Where the blocks of metadata end that a FLAC file begins with."""
    at, last = start + len(MAGIC), False
    while not last and at + 4 <= stop:
        file.seek(at)
        head = file.read(4)
        last, at = head[0] & 0x80 != 0, at + 4 + int.from_bytes(head[1:], "big")
    # Where they are damaged, their lengths say nothing.
    return at if at < stop else start + HEAD
