"""Files made of chunks (WAV, RF64, W64, AIFF, CAF; AU beside them): where the sound is, and how long it really is.

What a header says of its length is often untrue: a recorder died before it wrote it, it was written to a pipe, it does
not fit into 32 bits, or the file was cut. What is there is given to the decoder under a header that tells the truth.

Sources: Multimedia Programming Interface and Data Specifications 1.0 (1991), RIFF; EBU Tech 3306 (2009), RF64; Sony
Pictures, Wave64 (2004); Apple, AIFF-C (1991) and Core Audio Format 1.0; Sun, audio(5).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from workbench.audio.files.layout import Fault, Layout, Stream
from workbench.audio.files.mpeg import frames_of
from workbench.audio.files.spliced import Span, Spliced, patched
from workbench.audio.files.tags import SMALL

GUID = bytes.fromhex("f3acd3118cd100c04f8edb8a")
"""Behind four letters, in W64."""
WRAP = 1 << 32
FLOATS = {b"fl32": 6, b"FL32": 6, b"fl64": 7, b"FL64": 7}
"""Names of floats in AIFF-C, and what AU has for them."""
MOST_CHUNKS = 100_000
PLAIN = (1, 3, 6, 7, 0xFFFE)
"""Formats of WAV files of which each frame stands for itself: whole numbers, floats, A-law, µ-law, and what says so
elsewhere."""
COMMON = (b"data", b"LIST", b"fact", b"fmt ", b"bext", b"SSND", b"COMM")
"""Names of chunks by which one is known even where it stands wrongly."""
MPEG = (0x50, 0x55)
"""Of those that hold frames of MPEG."""
TOLD = (2, 0x11)
"""Formats whose head tells how many frames a packet has (ADPCM)."""
PACKET = 320
"""So many others have at most (GSM)."""


@dataclass(frozen=True)
class Form:
    """How files of one kind are written.

    Attributes
    ----------
    first : int
        Where the first chunk begins.
    letters : int
        Bytes of a chunk's name.
    size : str
        Of its length, as `struct` has it.
    whole : bool
        Whether that counts name and length, too.
    align : int
        Chunks begin at multiples of it.
    sound : bytes
        Name of the chunk of the samples.
    skip : int
        Bytes in it before them.
    outer : tuple of (int, int)
        Where the length of the whole file is written, and what of the file it leaves out; none for CAF.
    """

    first: int
    letters: int
    size: str
    whole: bool
    align: int
    sound: bytes
    skip: int = 0
    outer: tuple[int, int] | None = (4, 8)

    @property
    def head(self) -> int:
        """Bytes of a chunk's head."""
        return self.letters + struct.calcsize(self.size)


WAV = Form(12, 4, "<I", False, 2, b"data")
RIFX = Form(12, 4, ">I", False, 2, b"data")
W64 = Form(40, 16, "<Q", True, 8, b"data" + GUID, outer=(16, 0))
AIFF = Form(12, 4, ">I", False, 2, b"SSND", 8)
CAF = Form(8, 4, ">q", False, 1, b"data", 4, None)


@dataclass(frozen=True)
class Chunk:
    """Name, where it begins, where what it holds begins, and how long it says that is."""

    name: bytes
    at: int
    begin: int
    declared: int


def form_of(head: bytes) -> Form | None:
    """How a file is written that begins with these bytes; None where it is not made of chunks."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return WAV
    if head[:4] == b"RIFX" and head[8:12] == b"WAVE":
        return RIFX
    if head[:4] == b"riff" and head[24:28] == b"wave":
        return W64
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return AIFF
    return CAF if head[:4] == b"caff" else None


def chunked(file: BinaryIO, start: int, stop: int, form: Form) -> tuple[Layout, int]:
    """The layout of such a file, which begins at `start` of another and ends at `stop` at the latest.

    Returns
    -------
    layout : Layout
    end : int
        Where it ends.
    """
    chunks = _chunks(file, start, stop, form)
    sound = next((chunk for chunk in reversed(chunks) if chunk.name == form.sound), None)
    if sound is None:
        return Layout((Stream(Spliced(file, [Span(start, stop)])),)), stop
    wide = next((chunk for chunk in chunks if chunk.name == b"ds64" and form is WAV), None)
    # Of several that should hold the samples all but the last are empty; and of RIFF, ds64 is none of its chunks.
    junk = [chunk for chunk in chunks if chunk.name == form.sound and chunk is not sound]
    if wide is not None and _bytes(file, start, 4) == b"RIFF":
        junk, wide = [*junk, wide], None
    declared = sound.declared - form.skip
    if wide is not None and sound.declared >= WRAP - 1:
        declared = struct.unpack("<Q", _bytes(file, wide.begin + 8, 8))[0]
    begin = sound.begin + form.skip
    length, end = max(0, stop - begin), stop
    # Some count the head, too.
    cut = declared > length and not _unknown(declared) and declared not in (stop - start, stop - start - 8)
    if 0 <= declared <= length and not (wide is None and _overflown(file, form, begin, declared)):
        length, end = _told(file, Span(start, stop), form, begin, declared, wide is not None)
    kind = _format(file, chunks) if form is WAV else 0
    if kind in MPEG:
        # No header tells of all frames.
        found, _ = frames_of(file, begin, begin + length)
        return Layout(found.streams, found.faults | ({Fault.CUT} if cut else set())), end
    # The decoder takes what is behind the samples of some kinds for samples.
    last = begin + length if form in (WAV, RIFX, W64) else end
    pieces = _with_lengths(file, Span(start, last), form, sound, wide, length, [chunk.at for chunk in junk])
    pieces = _without(pieces, _unpadded(chunks, form))
    most, filled = _packed(file, chunks, kind)
    streams = [Stream(Spliced(file, pieces), most=most, filled=filled)]
    while form in (WAV, RIFX) and wide is None and _bytes(file, end, 4) == form.sound and end + form.head < stop:
        # Some write what came later into a chunk of its own, under the same head.
        more = _chunk(file, end, form)
        length = stop - more.begin if _unknown(more.declared) else min(more.declared, stop - more.begin)
        cut |= more.declared > length and not _unknown(more.declared)
        whole = _with_lengths(file, Span(start, sound.begin + length), form, sound, None, length, ())
        head = _without(whole, [*_unpadded(chunks, form), Span(sound.begin, sound.begin + length)])
        streams.append(Stream(Spliced(file, [*head, Span(more.begin, more.begin + length)])))
        end = _behind(file, Span(start, stop), form, more.begin + length)
    return Layout(tuple(streams), frozenset({Fault.CUT} if cut else ())), end


def sun(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The same of a file of Sun's (AU)."""
    order = ">" if _bytes(file, start, 4) == b".snd" else "<"
    begin, declared = struct.unpack(order + "II", _bytes(file, start + 4, 8))
    length = max(0, stop - start - begin)
    known = 0 < declared < WRAP - 1
    cut = known and declared > length
    if known:
        length = min(declared, length)
    end = min(stop, start + begin + length)
    pieces = patched(Span(start, end), [(start + 8, struct.pack(order + "I", min(length, WRAP - 1)))])
    return Layout((Stream(Spliced(file, pieces)),), frozenset({Fault.CUT} if cut else ())), end


def _bytes(file: BinaryIO, at: int, count: int) -> bytes:
    if at >= file.seek(0, os.SEEK_END):
        # Lengths that are untrue lead to where a file can't be asked for.
        return bytes(count)
    file.seek(at)
    return file.read(count).ljust(count, b"\0")


def _chunks(file: BinaryIO, start: int, stop: int, form: Form) -> list[Chunk]:
    """All chunks up to that of the samples."""
    out: list[Chunk] = []
    at = start + form.first
    while at + form.head <= stop and len(out) < MOST_CHUNKS:
        chunk = _chunk(file, at, form)
        out.append(chunk)
        found = chunk.name == form.sound and chunk.declared > form.skip
        if found or chunk.declared < 0:
            break
        at = _next(file, chunk, start, form)
        if form_of(_bytes(file, at, 40)) is not None:
            # Another file begins.
            break
    return out


def _chunk(file: BinaryIO, at: int, form: Form) -> Chunk:
    head = _bytes(file, at, form.head)
    (size,) = struct.unpack(form.size, head[form.letters :])
    return Chunk(head[: form.letters], at, at + form.head, size - form.head if form.whole else size)


def _next(file: BinaryIO, chunk: Chunk, start: int, form: Form) -> int:
    """Where the chunk behind another begins: not all who write odd lengths fill them up."""
    end = chunk.begin + chunk.declared
    aligned = _aligned(end, start, form)
    at_end, at_aligned = (_bytes(file, at, 4) for at in (end, aligned))
    unpadded = at_end in COMMON or (_is_name(at_end) and not _is_name(at_aligned))
    return end if unpadded else aligned


def _aligned(at: int, start: int, form: Form) -> int:
    return at + (start - at) % form.align


def _told(file: BinaryIO, span: Span, form: Form, begin: int, declared: int, wide: bool) -> tuple[int, int]:
    """How long the samples are of which no more is declared than there is, and where the file ends."""
    length, end = declared, _behind(file, span, form, begin + declared)
    over = (span.stop - begin - declared) // WRAP * WRAP if form.size[1] == "I" and not wide else 0
    if end >= span.stop - SMALL or form_of(_bytes(file, end, 40)) is not None:
        return length, end
    if not declared:
        # A recorder that died before it wrote how long it was.
        return span.stop - begin, span.stop
    if over:
        # More than fits into 32 bits, of which only those were written.
        length += over
        end = _behind(file, span, form, begin + length)
    return length, end


def _behind(file: BinaryIO, span: Span, form: Form, at: int) -> int:
    """Where the chunks behind the samples end; `at`, where the samples do, if what follows is none."""
    if form_of(_bytes(file, at, 40)) is not None:
        return at
    # Not all who write odd lengths fill them up.
    return max(_chain(file, span, form, each) for each in {at, _aligned(at, span.start, form)})


def _chain(file: BinaryIO, span: Span, form: Form, at: int) -> int:
    for _ in range(MOST_CHUNKS):
        if at + form.head > span.stop or form_of(_bytes(file, at, 40)) is not None:
            break
        chunk = _chunk(file, at, form)
        # (More samples are known to nobody.)
        if not _is_name(chunk.name) or chunk.name == form.sound or not 0 <= chunk.declared <= span.stop - chunk.begin:
            break
        at = min(span.stop, _next(file, chunk, span.start, form))
    return at


def _is_name(name: bytes) -> bool:
    return all(32 <= each < 127 for each in name[:4])


def _unknown(declared: int) -> bool:
    """Whether a length is one of those that are written where none is known, as into a pipe: all that fits, or half."""
    return WRAP - 256 <= declared <= WRAP or 0x7FFFF000 - SMALL <= declared <= WRAP // 2 or declared >= 1 << 62


def _overflown(file: BinaryIO, form: Form, begin: int, declared: int) -> bool:
    """Whether samples go on behind all that fits into 32 bits, as of what was written to a pipe: no chunk begins."""
    if form.size[1] != "I" or declared < WRAP - 256:
        return False
    return not any(_is_name(_bytes(file, begin + declared + pad, 4)) for pad in (0, 1))


def _format(file: BinaryIO, chunks: Sequence[Chunk]) -> int:
    """The number of a WAV file's format; 0 where it tells none."""
    found = next((each for each in chunks if each.name == b"fmt "), None)
    return 0 if found is None else int(struct.unpack("<H", _bytes(file, found.begin, 2))[0])


def _packed(file: BinaryIO, chunks: Sequence[Chunk], kind: int) -> tuple[int | None, int]:
    """How many frames a WAV file of packed samples says it holds, None of plain ones; and how many more than these it
    takes for nobody to believe it: two packets, as some end with a whole one of silence."""
    fact = next((each for each in chunks if each.name == b"fact" and each.declared >= 4), None)
    if fact is None or kind in (0, *PLAIN):
        return None, 0
    begin = next(each.begin for each in chunks if each.name == b"fmt ")
    (packet,) = struct.unpack("<H", _bytes(file, begin + 18, 2))
    return int(struct.unpack("<I", _bytes(file, fact.begin, 4))[0]) or None, 2 * (
        packet if kind in TOLD else PACKET
    ) + 1


def _unpadded(chunks: Sequence[Chunk], form: Form) -> list[Span]:
    """Chunks of odd lengths before the samples that are not filled up, which decoders don't expect."""
    pairs = pairwise(chunks if form.align == 2 else ())
    return [Span(one.at, two.at) for one, two in pairs if one.declared % 2 and two.at == one.begin + one.declared]


def _without(pieces: list[Span | bytes], holes: Sequence[Span]) -> list[Span | bytes]:
    """Pieces of a file without some spans of it."""
    for hole in holes:
        out: list[Span | bytes] = []
        for piece in pieces:
            if isinstance(piece, bytes):
                out.append(piece)
            else:
                out += [Span(piece.start, min(piece.stop, hole.start)), Span(max(piece.start, hole.stop), piece.stop)]
        pieces = out
    return pieces


def _with_lengths(
    file: BinaryIO, span: Span, form: Form, sound: Chunk, wide: Chunk | None, length: int, junk: Sequence[int] = ()
) -> list[Span | bytes]:
    """The file with lengths that are true, and chunks that begin in some places passed over."""
    total, size = span.stop - span.start, form.skip + length + (form.head if form.whole else 0)
    if form.size[1] == "I" and wide is None and max(total, size) >= WRAP - 1:
        return _as_wide(file, span.start, form, sound, length)
    patches = [(each, b"JUNK" + (GUID if form is W64 else b"")) for each in junk]
    if _bytes(file, span.start, 4) == b"BW64":
        patches.append((span.start, b"RF64"))
    if wide is not None:
        patches.append((wide.begin, struct.pack("<QQ", total - 8, length)))
        size = min(size, WRAP - 1) if sound.declared < WRAP - 1 else WRAP - 1
    patches.append((sound.at + form.letters, struct.pack(form.size, size)))
    if form.outer is not None and wide is None:
        place, less = form.outer
        patches.append((span.start + place, struct.pack(form.size, total - less)))
    if form is AIFF:
        patches += _frames(file, span.start, sound, length)
    return patched(span, patches)


def _frames(file: BinaryIO, start: int, sound: Chunk, length: int) -> list[tuple[int, bytes]]:
    """How many frames an AIFF file holds, where they can be counted."""
    common, kind = _common(file, start, sound)
    if common is None or common.declared < 18:
        return []
    channels, _, bits = struct.unpack(">HIH", _bytes(file, common.begin, 8))
    each = channels * -(-bits // 8)
    if not each or kind not in (b"NONE", b"sowt", b"twos", b"in24", b"in32", *FLOATS):
        return []
    return [(common.begin + 2, struct.pack(">I", min(length // each, WRAP - 1)))]


def _common(file: BinaryIO, start: int, sound: Chunk) -> tuple[Chunk | None, bytes]:
    """The chunk of an AIFF file that tells its kind of samples, and their name."""
    found = next((each for each in _chunks(file, start, sound.at, AIFF) if each.name == b"COMM"), None)
    named = found is not None and found.declared >= 22
    return found, _bytes(file, found.begin + 18, 4) if found is not None and named else b"NONE"


def _as_wide(file: BinaryIO, start: int, form: Form, sound: Chunk, length: int) -> list[Span | bytes]:
    """A file whose lengths do not fit into 32 bits, under a head into which they do: RF64 for WAV, AU for AIFF."""
    samples = Span(sound.begin + form.skip, sound.begin + form.skip + length)
    if form is WAV:
        head = Span(start + form.first, sound.at)
        total = 12 + 36 + head.stop - head.start + 8 + length
        wide = b"ds64" + struct.pack("<IQQQI", 28, total - 8, length, 0, 0)
        return [b"RF64\xff\xff\xff\xffWAVE" + wide, head, b"data\xff\xff\xff\xff", samples]
    common, kind = _common(file, start, sound)
    if form is not AIFF or common is None or kind not in (b"NONE", b"twos", b"sowt", *FLOATS):
        return [Span(start, samples.stop)]
    channels, _, bits, exponent, mantissa = struct.unpack(">HIHHQ", _bytes(file, common.begin, 18))
    rate = round(mantissa * 2.0 ** (exponent - 16383 - 63))
    coding = FLOATS.get(kind, {8: 2, 16: 3, 24: 4, 32: 5}.get(bits, 0))
    order, magic = ("<", b"dns.") if kind == b"sowt" else (">", b".snd")
    return [struct.pack(order + "4sIIIII", magic, 24, WRAP - 1, coding, rate, channels), samples]
