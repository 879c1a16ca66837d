"""FLAC files: how much they say they hold, and files that were joined (RFC 9639)."""

from __future__ import annotations

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
WINDOW = 1 << 20
BLOCK = 1 << 16
MOST_BITS = 24
"""Of samples that float32 holds exactly."""


def joined(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The layout of a FLAC file, and where it ends: each that was joined is a stream."""
    begins = _begins(file, start, stop) or [start]
    spans = [Span(*each) for each in zip(begins, [*begins[1:], stop], strict=True)]
    return Layout(tuple(_stream(file, span) for span in spans)), stop


def _stream(file: BinaryIO, span: Span) -> Stream:
    file.seek(span.start)
    head = file.read(HEAD).ljust(HEAD, b"\0")
    bits, total = ((head[20] & 1) << 4 | head[21] >> 4) + 1, int.from_bytes(head[21:26], "big") & ((1 << 36) - 1)
    told = total > 0 and any(head[26:]) and bits <= MOST_BITS
    return Stream(Spliced(file, [span]), total > 0, partial(_is_as_written, head[26:], bits) if told else None)


def _is_as_written(digest: bytes, bits: int, samples: NDArray[np.float32]) -> bool:
    """Whether the MD5 sum of the samples, as whole numbers of so many bits, is the one that is told."""
    found = md5(usedforsecurity=False)
    size = -(-bits // 8)
    for at in range(0, len(samples), BLOCK):
        whole = np.rint(samples[at : at + BLOCK] * np.float32(1 << (bits - 1))).astype("<i4")
        found.update(np.ascontiguousarray(whole.view(np.uint8).reshape(-1, 4)[:, :size]).data)
    return found.digest() == digest


def _begins(file: BinaryIO, start: int, stop: int) -> list[int]:
    """Where the magic stands before a block that says what the file is."""
    out: list[int] = []
    for at in range(start, stop, WINDOW):
        file.seek(at)
        data = file.read(min(WINDOW + 7, stop - at))
        place = data.find(MAGIC)
        while place >= 0:
            if data[place + 4 : place + 8] in (b"\x00\x00\x00\x22", b"\x80\x00\x00\x22"):
                out.append(at + place)
            place = data.find(MAGIC, place + 1)
    return out
