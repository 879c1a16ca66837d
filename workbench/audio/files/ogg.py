"""Ogg files: pages, and the streams that are chained in them (RFC 3533)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from workbench.audio.files.layout import Fault, Layout, Stream
from workbench.audio.files.spliced import Span, Spliced
from workbench.audio.files.tags import says_anything
from workbench.audio.files.window import Window

MAGIC = b"OggS"
HEAD = 27
"""Bytes of a page before its table."""
FIRST, LAST = 2, 4
"""Flags of a page."""
SERIAL, CHECKSUM = 14, 22
"""Where in a page they are."""
SOUNDS = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
"""With which the first packets of streams of sound begin."""
OPUS_RATE, LEAST_RATE = 48000, 8000
"""Hz, of Opus, and what it can have been at least before."""
POLYNOMIAL = 0x04C11DB7


@dataclass(frozen=True)
class Page:
    """Where a page is, and what its head says."""

    start: int
    stop: int
    flags: int
    position: int
    serial: int
    number: int
    checksum: int


def chained(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The layout of an Ogg file, and where it ends.

    Each chain link is a stream. A missing last flag is none of its faults: who writes as long as it takes leaves it
    out; but pages that are missing, incomplete, or not as they were written are.
    """
    pages, faults = _pages(file, start, stop)
    if not pages:
        return Layout((Stream(Spliced(file, [Span(start, stop)])),)), stop
    links, beside = [], False
    for link in _links(pages):
        mine, others = _first_sound(file, link)
        links.append(mine)
        beside |= others
    for link in links:
        if not _is_whole(file, link):
            faults.add(Fault.DAMAGED)
    streams = tuple(Stream(Spliced(file, _mended(file, link))) for link in links)
    return Layout(streams, frozenset(faults), beside=beside), stop


def _pages(file: BinaryIO, start: int, stop: int) -> tuple[list[Page], set[Fault]]:
    """All pages that are complete, and what is wrong between and behind them."""
    out: list[Page] = []
    faults: set[Fault] = set()
    at = start
    while at < stop:
        page = _page(file, at)
        if page is not None and page.stop <= stop:
            out.append(page)
            at = page.stop
            continue
        found = _find(file, at + 1, stop)
        if found is None:
            # What begins a page and is over before that ends was cut off.
            if page is not None or _starts(file, at, MAGIC[: stop - at]):
                faults.add(Fault.CUT)
            elif out and says_anything(Window(file, stop), at):
                faults.add(Fault.DAMAGED)
            break
        if not _starts(file, at, b"ID3"):
            # (Some put a tag before each of those that were joined.)
            faults.add(Fault.DAMAGED)
        at = found
    return out, faults


def _starts(file: BinaryIO, at: int, magic: bytes = MAGIC) -> bool:
    file.seek(at)
    return file.read(len(magic)) == magic


def _page(file: BinaryIO, at: int) -> Page | None:
    file.seek(at)
    head = file.read(HEAD)
    if len(head) < HEAD or head[:4] != MAGIC or head[4] != 0:
        return None
    flags, position, serial, number, checksum, count = struct.unpack("<BqIIIB", head[5:])
    table = file.read(count)
    if len(table) < count:
        return None
    return Page(at, at + HEAD + count + sum(table), flags, position, serial, number, checksum)


def _find(file: BinaryIO, at: int, stop: int) -> int | None:
    """Where the next page may begin."""
    while at < stop:
        file.seek(at)
        data = file.read(1 << 16)
        place = data.find(MAGIC)
        if place >= 0:
            return at + place
        if len(data) <= len(MAGIC):
            return None
        at += len(data) - len(MAGIC) + 1
    return None


def _links(pages: list[Page]) -> list[list[Page]]:
    """Pages by link: a link begins with the first pages of its streams, after others of one before."""
    out: list[list[Page]] = []
    before = 0
    for page in pages:
        first = page.flags & FIRST
        if not out or (first and not before):
            out.append([])
        out[-1].append(page)
        before = first
    return out


def _first_sound(file: BinaryIO, link: list[Page]) -> tuple[list[Page], bool]:
    """The pages of the first stream of sound in a link, or all where none is known; and whether there are others."""
    sounds = []
    for page in link:
        if page.flags & FIRST:
            file.seek(page.start + HEAD)
            head = file.read(64)
            if any(magic in head for magic in SOUNDS):
                sounds.append(page.serial)
    if not sounds:
        return link, False
    return [page for page in link if page.serial == sounds[0]], len(set(sounds)) > 1


def _mended(file: BinaryIO, link: list[Page]) -> list[Span | bytes]:
    """The pieces of a link, the last of which is marked as such: else the decoder gives up some samples before.

    Where the head of Opus does not tell at which rate the sound was before, it is decoded at that of Opus: the decoder
    would take the least.
    """
    out: list[Span | bytes] = [Span(page.start, page.stop) for page in link]
    if not link[-1].flags & LAST:
        last = _unsigned(file, link[-1])
        last[5] |= LAST
        out[-1] = _signed(last)
    first = _unsigned(file, link[0])
    head = first.find(b"OpusHead")
    if head >= 0 and int.from_bytes(first[head + 12 : head + 16], "little") < LEAST_RATE and len(link) > 1:
        first[head + 12 : head + 16] = OPUS_RATE.to_bytes(4, "little")
        out[0] = _signed(first)
    return out


def renumber(file: BinaryIO, serial: int) -> None:
    """Give all pages of a file of one stream a serial number (32 bits)."""
    pages, _ = _pages(file, 0, file.seek(0, 2))
    for i in range(0, len(pages), 256):
        some = pages[i : i + 256]
        contents = [_unsigned(file, page) for page in some]
        for content in contents:
            content[SERIAL : SERIAL + 4] = struct.pack("<I", serial)
        for page, content, checksum in zip(some, contents, checksums(contents), strict=True):
            content[CHECKSUM : CHECKSUM + 4] = struct.pack("<I", int(checksum))
            file.seek(page.start)
            file.write(content)


def _signed(page: bytearray) -> bytes:
    """A page with its checksum, which it is given without."""
    page[CHECKSUM : CHECKSUM + 4] = struct.pack("<I", int(checksums([page])[0]))
    return bytes(page)


def _unsigned(file: BinaryIO, page: Page) -> bytearray:
    """The bytes of a page, with no checksum."""
    file.seek(page.start)
    out = bytearray(file.read(page.stop - page.start))
    out[CHECKSUM : CHECKSUM + 4] = bytes(4)
    return out


def _is_whole(file: BinaryIO, link: list[Page]) -> bool:
    """Whether no page is missing, and all are as they were written."""
    numbers: dict[int, int] = {}
    for page in link:
        if numbers.get(page.serial, page.number - 1) != page.number - 1:
            return False
        numbers[page.serial] = page.number
    return all(_checked(file, link[i : i + 256]) for i in range(0, len(link), 256))


def _checked(file: BinaryIO, pages: list[Page]) -> bool:
    """Whether the checksums of some pages are right."""
    return checksums([_unsigned(file, page) for page in pages]).tolist() == [page.checksum for page in pages]


def checksums(pages: list[bytearray]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """CRC-32 of several pages as Ogg has it: the polynomial 0x04C11DB7, not reflected, from 0 on."""
    order = sorted(range(len(pages)), key=lambda i: -len(pages[i]))
    lengths = np.array([len(pages[i]) for i in order])
    longest = int(lengths[0]) if len(lengths) else 0
    data = np.zeros((longest, len(pages)), np.uint8)
    for column, i in enumerate(order):
        data[: len(pages[i]), column] = np.frombuffer(bytes(pages[i]), np.uint8)
    table = _table()
    out = np.zeros(len(pages), np.uint32)
    # The longest are first, so that those that still have a byte there are the first ones.
    counts = len(pages) - np.searchsorted(lengths[::-1], np.arange(longest), side="right")
    for byte, count in zip(data, counts, strict=True):
        now = out[:count]
        out[:count] = (now << np.uint32(8)) ^ table[(now >> np.uint32(24)).astype(np.uint8) ^ byte[:count]]
    result = np.empty_like(out)
    result[order] = out
    return result


def _table() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    out = np.arange(256, dtype=np.uint64) << np.uint64(24)
    for _ in range(8):
        high = out & np.uint64(0x80000000) != 0
        out = ((out << np.uint64(1)) & np.uint64(0xFFFFFFFF)) ^ np.where(high, np.uint64(POLYNOMIAL), np.uint64(0))
    return out.astype(np.uint32)
