"""MPEG audio (MP3, MP2): its frames, one by one, for no header tells of all of them (ISO 11172-3, ISO 13818-3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from workbench.audio.files.layout import Fault, Layout, Stream
from workbench.audio.files.spliced import Span, Spliced

WINDOW = 1 << 20
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
    """The head of a frame: how many bytes it has, what the next one must share, and where its sound begins."""

    length: int
    kind: tuple[int, int, int]
    """Bits of version and layer, and the rate."""
    mono: bool
    side: int
    """Bytes of head and side information."""


@dataclass
class _Run:
    """Frames one after the other that are decoded in one go."""

    kind: tuple[int, int, int]
    mono: bool
    declared: int | None
    """Frames that its first one says there are, itself not among them."""
    spans: list[Span] = field(default_factory=list)
    frames: int = 0

    def add(self, start: int, stop: int) -> None:
        self.frames += 1
        if self.spans and self.spans[-1].stop == start:
            start = self.spans.pop().start
        self.spans.append(Span(start, stop))

    @property
    def full(self) -> bool:
        return self.declared is not None and self.frames > self.declared


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
    if layer == 1:
        length = (12000 * kilobits // hz + padding) * 4
    else:
        samples = 576 if layer == 3 and version != 3 else 1152
        length = samples * 125 * kilobits // hz + padding
    side = {(3, False): 32, (3, True): 17, (2, False): 17, (2, True): 9}[3 if version == 3 else 2, mono]
    return Frame(length, (version, layer, hz), mono, 4 + (0 if head[1] & 1 else 2) + side)


def is_mpeg(file: BinaryIO, start: int, stop: int) -> bool:
    """Whether a file begins with frames, behind tags and the rest of one."""
    window = _Window(file, stop)
    at = _behind_tags(window, start)
    return _found(window, at, min(stop, at + LONGEST)) is not None


def frames_of(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The layout of such a file, and where it ends."""
    window = _Window(file, stop)
    faults: set[Fault] = set()
    runs = list(_runs(window, start, faults))
    for run in runs:
        if run.declared is not None and run.frames - 1 < run.declared:
            faults.add(Fault.CUT)
    if runs and runs[-1].full:
        # All are there that there should be: what is left of one more is nobody's.
        faults.discard(Fault.CUT)
    streams = tuple(
        Stream(Spliced(file, run.spans), counted=False) for run in runs if run.frames > (run.declared is not None)
    )
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
        declared = _declared(window.bytes(at, head.side + 18), head)
        begins = run is None or run.kind != head.kind or run.mono != head.mono or run.full or declared is not None
        if begins:
            if run is not None:
                yield run
            run = _Run(head.kind, head.mono, declared)
        assert run is not None
        run.add(at, at + head.length)
        at, lost = at + head.length, False
    if run is not None:
        yield run


def _declared(data: bytes, head: Frame) -> int | None:
    """How many frames the first one of a file says there are, if it is one that says so (Xing, Info, VBRI)."""
    if data[head.side : head.side + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(data[head.side + 4 : head.side + 8], "big")
        return int.from_bytes(data[head.side + 8 : head.side + 12], "big") if flags & 1 else None
    if data[36:40] == b"VBRI":
        return int.from_bytes(data[50:54], "big")
    return None


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
        data = window.bytes(at, min(LONGEST, stop - at))
        place = data.find(b"\xff")
        if place < 0:
            at += max(1, len(data))
        elif _holds(window, at + place):
            return at + place
        else:
            at += place + 1
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
        elif head[:8] == b"APETAGEX" and len(head) == 32:
            # The size has the footer in it, and no header; a footer that comes alone has its items before it.
            at += 32 + int.from_bytes(head[12:16], "little") if head[23] & 0x20 else 32
        else:
            return min(at, window.stop)
