"""MPEG audio (MP3, MP2): its frames, one by one, for no header tells of all of them (ISO 11172-3, ISO 13818-3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from workbench.audio.files.layout import Fault, Layout, Stream
from workbench.audio.files.spliced import Span, Spliced
from workbench.audio.files.tags import before_tags, behind_padding, behind_tags, says_anything
from workbench.audio.files.window import WINDOW, Window

SYNC = re.compile(rb"\xff[\xe0-\xff][^\xf0-\xff]", re.DOTALL)
"""How a frame begins: with eleven ones; and its bit rate is none of the last."""
TRIMMED = 2 * 4095 + 529
"""Samples that a decoder may leave out of a file: what encoders put before and behind, at most as much as they can say
(12 bits each), and what the decoder itself is late."""
USUAL_FRAMES = 6
"""Of silence, in front and behind together."""
TAG = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10)
"""That says nothing."""
OTHERS = (b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM", b"riff", b"caff", b".snd", b"fLaC", b"OggS")
"""How files begin that are joined to others."""
VBRI_COUNT = 50
"""Where in a frame Fraunhofer's encoder says how many there are."""
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
        Where it says so in a way that decoders know (Xing, Info).
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

    def goes_on(self, other: Frame, data: bytes, tagged: bool) -> bool:
        """Whether another frame belongs to it: behind all that were declared, or behind a tag where nothing was, a file
        begins whose first frame takes nothing from those before. (Pieces of what is sent have tags between, too.)"""
        if other.kind != self.first.kind or other.mono != self.first.mono:
            return False
        if other.kind[1] != 3 and data[2] >> 4 != self.head[2] >> 4:
            # Decoders count what there is of these layers by the first bit rate.
            return False
        return not (self.full or (tagged and not self.declared)) or not _stands_alone(data, other)

    @property
    def sounding(self) -> int:
        """Frames of sound."""
        return self.frames - (self.declared is not None)

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
        count, start = self.sounding.to_bytes(4, "big"), self.spans[0].start
        if self.count_at is not None:
            file.seek(start)
            told = _believed(bytearray(file.read(self.first.length)), self.first)
            if self.declared != self.sounding:
                place = self.count_at - start
                told[place : place + 4] = count
                if told[place - 1] & 2:
                    # What it says of the bytes is not true either.
                    length = sum(each.stop - each.start for each in self.spans)
                    told[place + 4 : place + 8] = length.to_bytes(4, "big")
            pieces[:1] = [bytes(told), Span(start + len(told), self.spans[0].stop)]
        elif self.count_at is None and self.first.kind[1] == 3 and (self.varies or self.declared is not None):
            if self.declared is not None:
                # Told in a way that decoders take for sound (VBRI).
                pieces[0] = Span(start + self.first.length, self.spans[0].stop)
            pieces.insert(0, _told(self.head, count))
        # Else the decoder looks beside the file first, as if it had a name, for the rest of a Macintosh file.
        pieces.insert(0, TAG)
        least = max(0, (self.sounding - 1) * self.first.samples - TRIMMED)
        return Stream(Spliced(file, pieces), counted=False, least=least)


def _believed(told: bytearray, first: Frame) -> bytearray:
    """A first frame that tells how many there are, with nothing where a frame of sound has what belongs to it: decoders
    know it by that. Where it says that more is to be left out than encoders put in front and behind, and its checksum
    is not right either, it says nothing of that (LAME's tag, revision 1)."""
    told[first.begin : first.side] = bytes(first.side - first.begin)
    delays, end = first.side + 141, first.side + 154
    if len(told) >= end + 2:
        both = int.from_bytes(told[delays : delays + 3], "big")
        much = (both >> 12) + (both & 0xFFF) > USUAL_FRAMES * first.samples
        if much and _checksum(told[:end]) != int.from_bytes(told[end : end + 2], "big"):
            told[delays : delays + 3] = bytes(3)
    return told


def _checksum(data: bytearray) -> int:
    """CRC-16 with the polynomial 0x8005, reflected, from 0 on."""
    out = 0
    for byte in data:
        out ^= byte
        for _ in range(8):
            out = out >> 1 ^ (0xA001 if out & 1 else 0)
    return out


def _told(head: bytes, count: bytes) -> bytes:
    """A first frame that says nothing but how many follow (Xing)."""
    for bits in range(1, 15):
        other = bytes([head[0], head[1] | 1, bits << 4 | head[2] & 0x0C, head[3]])
        found = frame(other)
        if found is not None and found.length >= found.side + 12:
            said = other + bytes(found.side - 4) + b"Xing" + (1).to_bytes(4, "big") + count
            return said.ljust(found.length, b"\0")
    return b""


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
    window = Window(file, stop)
    at = behind_padding(window, start)
    return _found(window, at, min(stop, at + LONGEST)) is not None


def frames_of(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The layout of such a file, and where it ends."""
    window = Window(file, stop)
    window.stop = before_tags(window, start, stop)
    found = _Frames(window, start)
    runs = list(found)
    # (Some count the frame that says so.)
    if any(run.declared and run.sounding < run.declared - 1 for run in runs):
        found.faults.add(Fault.CUT)
    streams = tuple(run.stream(file) for run in runs if run.sounding)
    end = stop if found.end == window.stop else found.end
    return Layout(streams or (Stream(Spliced(file, [Span(start, stop)])),), frozenset(found.faults)), end


class _Frames:
    """Looks through a file, run by run; what is wrong with it, and where it ends, is known afterwards."""

    def __init__(self, window: Window, start: int) -> None:
        self._window, self._start = window, start
        self.faults: set[Fault] = set()
        self.end = window.stop

    def __iter__(self) -> Iterator[_Run]:
        window, run, lost, tagged = self._window, None, False, False
        at = behind_padding(window, self._start)
        while at < window.stop:
            head = frame(window.bytes(at, 4))
            if head is None or at + head.length > window.stop or (lost and not _holds(window, at)):
                behind = behind_tags(window, at)
                if behind > at:
                    at, lost, tagged = behind, False, True
                    continue
                if run is not None and window.bytes(at, 4) in OTHERS:
                    self.end = at
                    break
                found = _found(window, at + 1, window.stop)
                if found is None:
                    self._end(at, head, run)
                    break
                tagged = before_tags(window, at, found) == at
                if not tagged and (run is not None or found - at > LONGEST // 2):
                    # (What begins within a frame has lost no more than that.)
                    self.faults.add(Fault.DAMAGED)
                at, lost = found, True
                continue
            data = window.bytes(at, max(head.side + 22, VBRI_COUNT + 4))
            count_at, declared = _count(data, head)
            if run is None or count_at is not None or not run.goes_on(head, data, tagged):
                if run is not None:
                    yield run
                told = count_at is not None and count_at != VBRI_COUNT
                run = _Run(head, data[:4], declared, at + count_at if told and count_at is not None else None)
            run.add(at, at + head.length)
            at, lost, tagged = at + head.length, False, False
        if run is not None:
            yield run

    def _end(self, at: int, head: Frame | None, run: _Run | None) -> None:
        """No more frames are found from a place on."""
        if run is None:
            return
        if run.full or not says_anything(self._window, at):
            # All are there that there should be: what is left is no part of it.
            self.end = at if head is None else self._window.stop
            if not run.full and (head is not None or self._window.bytes(at, 1) == b"\xff"):
                self.faults.add(Fault.CUT)
        else:
            self.faults.add(Fault.CUT if head is not None else Fault.DAMAGED)


def _count(data: bytes, head: Frame) -> tuple[int | None, int | None]:
    """Where the first frame of a file says how many frames there are, if it is one that says so (Xing, Info, VBRI); and
    how many."""
    place = None
    if data[head.side : head.side + 4] in (b"Xing", b"Info") and data[head.side + 7] & 1:
        place = head.side + 8
    elif data[36:40] == b"VBRI":
        place = VBRI_COUNT
    return place, None if place is None else int.from_bytes(data[place : place + 4], "big")


def _stands_alone(data: bytes, head: Frame) -> bool:
    """Whether a frame takes nothing from those before: where its main data begins is 0."""
    bits = 9 if head.kind[0] == 3 else 8
    begin = int.from_bytes(data[head.begin : head.begin + 2], "big") >> (16 - bits)
    return head.kind[1] != 3 or begin == 0


def _holds(window: Window, at: int) -> bool:
    """Whether two frames that belong together begin here, or one that ends the file."""
    one = frame(window.bytes(at, 4))
    if one is None:
        return False
    if at + one.length == window.stop:
        return True
    other = frame(window.bytes(at + one.length, 4))
    return other is not None and other.kind == one.kind


def _found(window: Window, at: int, stop: int) -> int | None:
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
