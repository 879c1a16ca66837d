"""What kind of file it is, told by how it begins, and its layout."""

from __future__ import annotations

import os
from typing import BinaryIO

from workbench.audio.files import chunks, flac, mpeg, ogg
from workbench.audio.files.layout import Layout, Stream
from workbench.audio.files.spliced import Span, Spliced

MOST_JOINED = 10_000


def layout_of(file: BinaryIO) -> Layout:
    """The layout of an open file; of a kind that is not known here it is one stream, as the decoder finds it."""
    stop = file.seek(0, os.SEEK_END)
    found, at = _laid_out(file, 0, stop)
    for _ in range(MOST_JOINED):
        if at >= stop:
            break
        if not _known(file, at, stop):
            return Layout(found.streams, found.faults, found.behind + _said(file, at, stop))
        more, at = _laid_out(file, at, stop)
        found = found.joined(more)
    return found


def _laid_out(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    head = _head(file, start)
    form = chunks.form_of(head)
    if form is not None:
        return chunks.chunked(file, start, stop, form)
    if head[:4] in (b".snd", b"dns."):
        return chunks.sun(file, start, stop)
    if head[:4] == ogg.MAGIC:
        return ogg.chained(file, start, stop)
    if head[:4] == flac.MAGIC:
        return flac.joined(file, start, stop)
    if mpeg.is_mpeg(file, start, stop):
        return mpeg.frames_of(file, start, stop)
    return Layout((Stream(Spliced(file, [Span(start, stop)])),)), stop


def _known(file: BinaryIO, start: int, stop: int) -> bool:
    head = _head(file, start)
    return chunks.form_of(head) is not None or head[:4] in (b".snd", b"dns.", ogg.MAGIC, flac.MAGIC)


def _head(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return file.read(40)


def _said(file: BinaryIO, start: int, stop: int) -> int:
    """How many bytes are left that say anything: a few, zeros, and the tags of MP3 do not."""
    if stop - start <= chunks.SMALL:
        return 0
    file.seek(start)
    while data := file.read(min(1 << 16, stop - file.tell())):
        if any(data):
            return 0 if data[:3] == b"TAG" else stop - start
    return 0
