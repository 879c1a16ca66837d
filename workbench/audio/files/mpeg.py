"""MPEG audio (MP3, MP2): its frames, one by one, for no header tells of all of them (ISO 11172-3, ISO 13818-3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from workbench.audio.files.layout import Fault, Layout, Stream
from workbench.audio.files.spliced import Span, Spliced

WINDOW = 1 << 20
SYNC = re.compile(rb"\xff[\xe0-\xff][^\xf0-\xff]", re.DOTALL)
"""How a frame begins: with eleven ones; and its bit rate is none of the last."""
TRIMMED = 5
"""Frames that a decoder may leave out of a file: what encoders put before and behind, and what lacks those before."""
LONGEST = 1 << 12
"""Bytes that a frame has at most, and some more."""
KILOBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates by version (2 with 2.5) and layer."""
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Sample rates by the bits of the version."""


class Frame(NamedTuple):
    """What the head of a frame says.

    Attributes
    ----------
    length : int
        Bytes.
    kind : tuple of int
        Bits of the version, layer, and rate in Hz: of the next frame they are the same.
    mono : bool
    begin : int
        Where the side information begins, behind head and checksum.
    side : int
        Where it ends.
    samples : int
        That it stands for.
    """

    length: int
    kind: tuple[int, int, int]
    mono: bool
    begin: int
    side: int
    samples: int


@dataclass
class _Run:
    """Frames one after the other that are decoded in one go.

    Attributes
    ----------
    first : Frame
    head : bytes
        Of the first frame.
    declared : int or None
        Frames that the first one says there are, itself not among them; None where it does not say.
    count_at : int or None
        Where it says so.
    """

    first: Frame
    head: bytes
    declared: int | None
    count_at: int | None
    spans: list[Span] = field(default_factory=list)
    frames: int = 0
    lengths: set[int] = field(default_factory=set)

    def add(self, start: int, stop: int) -> None:
        self.frames += 1
        self.lengths.add(stop - start)
        if self.spans and self.spans[-1].stop == start:
            start = self.spans.pop().start
        self.spans.append(Span(start, stop))

    @property
    def sounding(self) -> int:
        """Frames of sound."""
        return self.frames - (self.count_at is not None)

    @property
    def full(self) -> bool:
        return bool(self.declared) and self.sounding >= (self.declared or 0)

    @property
    def varies(self) -> bool:
        """Whether its bit rate does: of one bit rate the lengths are a byte apart at most."""
        return max(self.lengths) - min(self.lengths) > 1

    def stream(self, file: BinaryIO) -> Stream:
        """Under a head that tells how many frames there are, where the decoder would have to guess."""
        pieces: list[Span | bytes] = list(self.spans)
        count = self.sounding.to_bytes(4, "big")
        if self.count_at is not None and self.declared != self.sounding:
            first = self.spans[0]
            pieces[:1] = [Span(first.start, self.count_at), count, Span(self.count_at + 4, first.stop)]
        elif self.count_at is None and self.first.kind[1] == 3 and self.varies:
            pieces.insert(0, _told(self.head, count))
        least = max(0, self.sounding - TRIMMED) * self.first.samples
        return Stream(Spliced(file, pieces), counted=False, least=least)


def _told(head: bytes, count: bytes) -> bytes:
    """A first frame that says nothing but how many follow (Xing)."""
    for bits in range(1, 15):
        other = bytes([head[0], head[1] | 1, bits << 4 | head[2] & 0x0C, head[3]])
        found = frame(other)
        if found is not None and found.length >= found.side + 12:
            said = other + bytes(found.side - 4) + b"Xing" + (1).to_bytes(4, "big") + count
            return said.ljust(found.length, b"\0")
    return b""


class _Window:
    """A file, of which some is at hand."""

    def __init__(self, file: BinaryIO, stop: int) -> None:
        self._file, self.stop = file, stop
        self._at, self._data = 0, b""

    def bytes(self, at: int, count: int) -> bytes:
        """Bytes from a place on; fewer at the end."""
        if not self._at <= at or at + count > self._at + len(self._data):
            self._file.seek(at)
            self._at, self._data = at, self._file.read(min(WINDOW, self.stop - at) if at < self.stop else 0)
        return self._data[at - self._at : at - self._at + count]


def frame(head: bytes) -> Frame | None:
    """What the four bytes of a frame's head say; None where they are none, or of free format."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 4 or bits in (0, 15) or rate == 3:
        return None
    hz = RATES[version][rate]
    kilobits = KILOBITS[1 if version == 3 else 2, layer][bits - 1]
    padding, mono = head[2] >> 1 & 1, head[3] >> 6 == 3
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    length = (12000 * kilobits // hz + padding) * 4 if layer == 1 else samples * 125 * kilobits // hz + padding
    side = {(3, False): 32, (3, True): 17, (2, False): 17, (2, True): 9}[3 if version == 3 else 2, mono]
    begin = 4 if head[1] & 1 else 6
    return Frame(length, (version, layer, hz), mono, begin, begin + side, samples)


def is_mpeg(file: BinaryIO, start: int, stop: int) -> bool:
    """Whether a file begins with frames, behind tags and the rest of one."""
    window = _Window(file, stop)
    at = _behind_tags(window, start)
    return _found(window, at, min(stop, at + LONGEST)) is not None


def behind_tags(file: BinaryIO, start: int, stop: int) -> int:
    """Where the tags end that a file begins with."""
    return _behind_tags(_Window(file, stop), start)


def frames_of(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The layout of such a file, and where it ends."""
    window = _Window(file, stop)
    window.stop = _before_tags(window, start, stop)
    faults: set[Fault] = set()
    runs = list(_runs(window, start, faults))
    if any(run.declared and run.sounding < run.declared for run in runs):
        faults.add(Fault.CUT)
    elif runs and runs[-1].full:
        # All are there that there should be: what is left of one more is nobody's.
        faults.discard(Fault.CUT)
    streams = tuple(run.stream(file) for run in runs if run.sounding)
    return Layout(streams or (Stream(Spliced(file, [Span(start, stop)])),), frozenset(faults)), stop


def _runs(window: _Window, start: int, faults: set[Fault]) -> Iterator[_Run]:
    at, run, lost = _behind_tags(window, start), None, False
    while at < window.stop:
        head = frame(window.bytes(at, 4))
        if head is None or at + head.length > window.stop or (lost and not _holds(window, at)):
            behind = _behind_tags(window, at)
            if behind > at:
                # A tag begins another file.
                at, lost = behind, False
                if run is not None:
                    yield run
                run = None
                continue
            found = _found(window, at + 1, window.stop)
            if found is None:
                if run is not None and any(window.bytes(at, LONGEST)):
                    faults.add(Fault.CUT if head is not None or window.stop - at < 4 else Fault.DAMAGED)
                break
            if run is not None or found - at > LONGEST // 2:
                # (What begins within a frame has lost no more than that.)
                faults.add(Fault.DAMAGED)
            at, lost = found, True
            continue
        data = window.bytes(at, head.side + 22)
        count_at, declared = _count(data, head)
        other = run is None or run.first.kind != head.kind or run.first.mono != head.mono
        # Behind all that were declared another file begins, if its first frame takes nothing from those before.
        if other or count_at is not None or (run is not None and run.full and _stands_alone(data, head)):
            if run is not None:
                yield run
            run = _Run(head, data[:4], declared, None if count_at is None else at + count_at)
        assert run is not None
        run.add(at, at + head.length)
        at, lost = at + head.length, False
    if run is not None:
        yield run


def _count(data: bytes, head: Frame) -> tuple[int | None, int | None]:
    """Where the first frame of a file says how many frames there are, if it is one that says so (Xing, Info, VBRI); and
    how many."""
    place = None
    if data[head.side : head.side + 4] in (b"Xing", b"Info") and data[head.side + 7] & 1:
        place = head.side + 8
    elif data[36:40] == b"VBRI":
        place = 50
    return place, None if place is None else int.from_bytes(data[place : place + 4], "big")


def _stands_alone(data: bytes, head: Frame) -> bool:
    """Whether a frame takes nothing from those before: where its main data begins is 0."""
    bits = 9 if head.kind[0] == 3 else 8
    begin = int.from_bytes(data[head.begin : head.begin + 2], "big") >> (16 - bits)
    return head.kind[1] != 3 or begin == 0


def _holds(window: _Window, at: int) -> bool:
    """Whether two frames that belong together begin here, or one that ends the file."""
    one = frame(window.bytes(at, 4))
    if one is None:
        return False
    if at + one.length == window.stop:
        return True
    other = frame(window.bytes(at + one.length, 4))
    return other is not None and other.kind == one.kind


def _found(window: _Window, at: int, stop: int) -> int | None:
    """Where the next two frames begin that belong together."""
    while at < stop:
        data = window.bytes(at, min(WINDOW, stop - at))
        for found in SYNC.finditer(data):
            if _holds(window, at + found.start()):
                return at + found.start()
        at += max(1, len(data) - 2)
        if len(data) < 3:
            return None
    return None


def _behind_tags(window: _Window, at: int) -> int:
    """Where the tags end that begin at a place: ID3v2, ID3v1, APE."""
    while True:
        head = window.bytes(at, 32)
        if head[:3] == b"ID3" and len(head) >= 10 and not any(each & 0x80 for each in head[6:10]):
            size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
            at += 10 + size + (10 if head[5] & 0x10 else 0)
        elif head[:3] == b"TAG":
            at += 128
        elif head[:11] == b"LYRICSBEGIN" and (end := _lyrics_end(window, at)):
            at = end
        elif head[:8] == b"APETAGEX" and len(head) == 32:
            # The size has the footer in it, and no header.
            at += 32 + int.from_bytes(head[12:16], "little") if head[23] & 0x20 else 32
        else:
            return min(at, window.stop)


def _lyrics_end(window: _Window, at: int) -> int:
    data = window.bytes(at, min(WINDOW, window.stop - at))
    ends = [place + 9 for end in (b"LYRICS200", b"LYRICSEND") if (place := data.find(end)) > 0]
    return at + min(ends) if ends else 0


def _before_tags(window: _Window, start: int, stop: int) -> int:
    """Where the tags begin that end a file: those that are told by their end alone."""
    while stop - start > 160:
        foot = window.bytes(stop - 32, 32)
        if window.bytes(stop - 128, 3) == b"TAG":
            stop -= 128
        elif foot[:8] == b"APETAGEX" and not foot[23] & 0x20:
            stop -= max(32, int.from_bytes(foot[12:16], "little")) + (32 if foot[23] & 0x80 else 0)
        elif foot[-9:] == b"LYRICS200" and foot[-15:-9].isdigit():
            stop -= int(foot[-15:-9]) + 15
        else:
            break
    return max(start, stop)
