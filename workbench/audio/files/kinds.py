"""What kind of file it is, told by how it begins, and its layout."""

from __future__ import annotations

import os
from typing import BinaryIO

from workbench.audio.files import chunks, flac, mpeg, ogg, sphere
from workbench.audio.files.layout import Layout, Stream
from workbench.audio.files.spliced import Span, Spliced
from workbench.audio.files.tags import behind_padding, says_anything
from workbench.audio.files.window import Window

MOST_JOINED = 10_000


def layout_of(file: BinaryIO) -> Layout:
    """The layout of an open file; of a kind that is not known here it is one stream, as the decoder finds it."""
    stop = file.seek(0, os.SEEK_END)
    found, at = _laid_out(file, 0, stop)
    parts = [found]
    while at < stop and len(parts) < MOST_JOINED and _known(file, at, stop):
        found, at = _laid_out(file, at, stop)
        parts.append(found)
    return Layout(
        tuple(stream for part in parts for stream in part.streams),
        frozenset().union(*(part.faults for part in parts)),
        sum(part.behind for part in parts) + (stop - at if says_anything(Window(file, stop), at) else 0),
        any(part.beside for part in parts),
    )


def _laid_out(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    start = _behind_tag(file, start, stop)
    head = _head(file, start)
    form = chunks.form_of(head)
    if form is not None:
        return chunks.chunked(file, start, stop, form)
    if head[:4] in (b".snd", b"dns."):
        return chunks.sun(file, start, stop)
    if head[:4] == ogg.MAGIC:
        return ogg.chained(file, start, stop)
    if head[:4] == sphere.MAGIC:
        return sphere.sphere(file, start, stop)
    if head[:4] == flac.MAGIC:
        return flac.joined(file, start, stop)
    if mpeg.is_mpeg(file, start, stop):
        return mpeg.frames_of(file, start, stop)
    return Layout((Stream(Spliced(file, [Span(start, stop)])),)), stop


def _behind_tag(file: BinaryIO, start: int, stop: int) -> int:
    """Where a file begins that has a tag in front, as MP3 has it: some put it before others too."""
    behind = behind_padding(Window(file, stop), start)
    return behind if behind > start and _has_magic(_head(file, behind)) else start


def _known(file: BinaryIO, start: int, stop: int) -> bool:
    """Whether another file begins; frames of MPEG, which have no magic, behind a tag alone."""
    if _has_magic(_head(file, _behind_tag(file, start, stop))):
        return True
    return _head(file, start)[:3] == b"ID3" and mpeg.is_mpeg(file, start, stop)


def _has_magic(head: bytes) -> bool:
    return chunks.form_of(head) is not None or head[:4] in (b".snd", b"dns.", ogg.MAGIC, flac.MAGIC, sphere.MAGIC)


def _head(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return file.read(40)
