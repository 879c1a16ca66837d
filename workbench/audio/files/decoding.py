"""Decoding what is sound in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.audio.files.checking import Checking
from workbench.audio.files.flac import SIP
from workbench.audio.files.kinds import layout_of
from workbench.audio.files.layout import Fault, Stream
from workbench.audio.speakers import AS_IN_OGG, AS_IN_WAV, MAPPED, Speaker, Speakers, speakers_of
from workbench.errors import UserError
from workbench.progress import Progress, part, silent
from workbench.scratch import USUAL, Rows, Scratch
from workbench.signals import undisturbed

Float = NDArray[np.float32]
CHANNEL_MAP = 0x1100
"""libsndfile's command SFC_GET_CHANNEL_MAP_INFO, which soundfile does not wrap."""
BLOCK = 1 << 19
"""Samples of all channels that are decoded at a time."""
FLAC_STEP = 4096
"""Frames that are passed over at first where one is damaged: about what stands or falls together."""
MOST_UNREAD = 4 * SIP
"""Bytes that a decoder of FLAC leaves at most at the end of a file."""
ENDLESS = 1 << 40
"""A decoder that says it has so many frames does not know."""
SWELLING = 64
"""Times its bytes that a file is believed to hold: who says more may be damaged, and is taken as it comes."""

Watch = Callable[[Float, int, int], object]
"""Sees samples while they are decoded: where all of them come to be, shape (n, C), their rate in Hz, and how many are
there for good. Where it is told fewer than before, all may be others. What is put together from parts is not shown."""


def unwatched(samples: Float, rate: int, ready: int) -> None:
    """For whoever does not want to know."""


@dataclass(frozen=True, eq=False)
class Sound:
    """What was decoded.

    Attributes
    ----------
    samples : float32, shape (n, C)
    rate : int
        Hz.
    faults : frozenset of Fault
    other : bool
        Whether a part at another rate or with other channels is left out.
    behind : int
        Bytes behind it that are not known.
    speakers : tuple of Speaker
        Where its channels belong.
    """

    samples: Float
    rate: int
    faults: frozenset[Fault]
    other: bool
    behind: int
    speakers: Speakers


def decode(file: BinaryIO, progress: Progress = silent, scratch: Scratch = USUAL, watch: Watch = unwatched) -> Sound:
    """Decode an open file whole, with all that was joined in it.

    Parameters
    ----------
    scratch : Scratch
        Where the samples are put.
    watch : callable
        Sees those of its first part on the way.

    Raises
    ------
    UserError
        `scratch.no_room`: they have no place there.
    soundfile.SoundFileError
        If no sound begins it.
    OSError
        If it can't be read.
    """
    layout = layout_of(file)
    faults, other, behind = set(layout.faults), layout.beside, layout.behind
    pieces: list[Float] = []
    first: tuple[int, Speakers] | None = None
    ends = [0, *accumulate(len(stream.file) for stream in layout.streams)]
    for i, stream in enumerate(layout.streams):
        begin, end = (each / max(1, ends[-1]) for each in ends[i : i + 2])
        try:
            samples, found, fault = _decoded(stream, part(progress, begin, end), scratch, unwatched if i else watch)
        except soundfile.SoundFileError:
            if first is None and i + 1 == len(layout.streams):
                raise
            faults.add(Fault.DAMAGED)
            continue
        if fault is not None and Fault.CUT not in faults:
            # What is followed by another was not cut at its end.
            faults.add(Fault.DAMAGED if i + 1 < len(layout.streams) else fault)
        unread = len(stream.file) - stream.file.reached
        if fault is None and stream.sipped and unread > MOST_UNREAD:
            behind += unread
        if not any(map(len, pieces)):
            # What holds nothing does not say what the others are.
            first, pieces = found, []
        if found == first:
            pieces.append(samples)
        else:
            other = True
    assert first is not None
    return Sound(_joined(pieces, scratch), first[0], frozenset(faults), other, behind, first[1])


def _joined(pieces: Sequence[Float], scratch: Scratch) -> Float:
    """Samples one after the other."""
    if len(pieces) == 1:
        return pieces[0]
    rows = scratch.rows(pieces[0].shape[1], np.float32)
    for piece in pieces:
        for begin in range(0, len(piece), BLOCK):
            rows.append(piece[begin : begin + BLOCK])
    return rows.array()


def _decoded(
    stream: Stream, progress: Progress, scratch: Scratch, watch: Watch
) -> tuple[Float, tuple[int, Speakers], Fault | None]:
    """Samples of a stream, their rate and loudspeakers, and what is wrong if they are not all that there should be."""
    sound = _opened(stream)
    channels, declared = sound.channels, sound.frames if stream.counted and sound.frames < ENDLESS else 0
    kind = sound.samplerate, _speakers(sound)
    count, got, whole = max(1, BLOCK // channels), 0, True
    believed = declared * channels * np.dtype(np.float32).itemsize <= SWELLING * len(stream.file)
    rows = _rows(scratch, channels, declared if believed else 0)
    with Checking(stream.check) as checking:
        while True:
            block, sane = _read(sound, count)
            rows.append(block)
            checking.take(block)
            got += len(block)
            if rows.whole is not None:
                watch(rows.whole, sound.samplerate, got)
            progress(min(1.0, stream.file.tell() / max(1, len(stream.file))))
            if sane and len(block):
                continue
            sound.close()
            # An error behind all that there should be, as where an Ogg file has no last flag, is none.
            whole = whole and (sane or got >= declared > 0)
            further = _behind_damage(stream, got, declared) if not sane and sound.format == "FLAC" else None
            if further is None:
                break
            sound, at = further
            for begin in range(got, at, count):
                rows.append(np.zeros((min(count, at - begin), channels), np.float32))
            got = at
        as_written = checking.holds
    if stream.file.error is not None:
        raise stream.file.error
    samples: Float = rows.array()
    if stream.most is not None and len(samples) - stream.most < stream.filled:
        samples = samples[: stream.most]
    if got < max(declared, stream.least):
        return samples, kind, Fault.CUT
    return samples, kind, None if whole and as_written else Fault.DAMAGED


def _rows(scratch: Scratch, channels: int, expected: int) -> Rows:
    try:
        return scratch.rows(channels, np.float32, expected)
    except UserError:
        # A head that lies may ask for more than there is room for, and hold less.
        return scratch.rows(channels, np.float32)


def _read(sound: soundfile.SoundFile, count: int) -> tuple[Float, bool]:
    """The next frames, at most so many, and whether the decoder met no damage.

    soundfile itself seeks to where it thinks it is after each reading, which goes wrong where frames are missing.
    """
    buffer = np.empty((count, sound.channels), np.float32)
    data = soundfile._ffi.cast("float *", buffer.ctypes.data)
    with undisturbed():
        got = int(soundfile._snd.sf_readf_float(sound._file, data, count))
        sane = not soundfile._snd.sf_error(sound._file)
    return buffer if got == count else buffer[:got].copy(), sane


def _opened(stream: Stream) -> soundfile.SoundFile:
    stream.file.seek(0)
    with undisturbed():
        return soundfile.SoundFile(stream.file)


def _behind_damage(stream: Stream, got: int, declared: int) -> tuple[soundfile.SoundFile, int] | None:
    """A FLAC file opened anew, at the first frame behind damage from which on it can be read; None where there is none.

    A decoder that has met damage neither goes on nor seeks.
    """
    step = FLAC_STEP
    while got + step < declared:
        sound = _opened(stream)
        # Where seeking there fails, what is damaged reaches there too.
        with suppress(soundfile.LibsndfileError), undisturbed():
            sound.seek(got + step)
            if len(_read(sound, 1)[0]):
                sound.seek(got + step)
                return sound, got + step
        sound.close()
        step *= 2
    return None


def _speakers(sound: soundfile.SoundFile) -> Speakers:
    """Where the channels of a file belong: as it says, or as in others of its kind."""
    count = sound.channels
    numbers = soundfile._ffi.new("int[]", count)
    if count > 2 and soundfile._snd.sf_command(sound._file, CHANNEL_MAP, numbers, 4 * count):
        return tuple(MAPPED.get(int(each), Speaker.UNKNOWN) for each in numbers)
    return speakers_of(count, AS_IN_OGG if sound.format == "OGG" else AS_IN_WAV)
