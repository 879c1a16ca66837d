"""Decoding what is sound in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.audio.files.kinds import layout_of
from workbench.audio.files.layout import Fault, Stream
from workbench.audio.speakers import AS_IN_OGG, AS_IN_WAV, MAPPED, Speaker, Speakers, speakers_of
from workbench.progress import Progress, part, silent

Float = NDArray[np.float32]
CHANNEL_MAP = 0x1100
"""libsndfile's command SFC_GET_CHANNEL_MAP_INFO, which soundfile does not wrap."""
BLOCK = 1 << 19
"""Samples of all channels that are decoded at a time."""
ENDLESS = 1 << 40
"""A decoder that says it has so many frames does not know."""


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


def decode(file: BinaryIO, progress: Progress = silent) -> Sound:
    """Decode an open file whole, with all that was joined in it.

    Raises
    ------
    soundfile.SoundFileError
        If no sound begins it.
    OSError
        If it can't be read.
    """
    layout = layout_of(file)
    faults, other = set(layout.faults), False
    pieces: list[Float] = []
    first: tuple[int, Speakers] | None = None
    sizes = [len(stream.file) for stream in layout.streams]
    for i, stream in enumerate(layout.streams):
        begin, end = (sum(sizes[:count]) / max(1, sum(sizes)) for count in (i, i + 1))
        try:
            samples, found, whole = _decoded(stream, part(progress, begin, end))
        except soundfile.SoundFileError:
            if first is None:
                raise
            faults.add(Fault.DAMAGED)
            continue
        if not whole and Fault.CUT not in faults:
            faults.add(Fault.DAMAGED if i + 1 < len(layout.streams) else Fault.CUT)
        first = first or found
        if found == first:
            pieces.append(samples)
        else:
            other = True
    assert first is not None
    joined = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    return Sound(joined, first[0], frozenset(faults), other, layout.behind, first[1])


def _decoded(stream: Stream, progress: Progress) -> tuple[Float, tuple[int, Speakers], bool]:
    """Samples of a stream, their rate and loudspeakers, and whether they are all that there should be."""
    blocks: list[Float] = []
    whole = True
    with soundfile.SoundFile(stream.file) as sound:
        channels, declared = sound.channels, sound.frames if stream.counted and sound.frames < ENDLESS else 0
        count, got = max(1, BLOCK // channels), 0
        while whole:
            buffer = np.full((count, channels), np.nan, np.float32)
            try:
                block = sound.read(dtype="float32", always_2d=True, out=buffer)
            except soundfile.LibsndfileError:
                # What came before the damage is in the buffer, though nobody says how much of it.
                block = buffer[: count - int(np.argmin(np.isnan(buffer[::-1, 0])))]
                if np.isnan(buffer[:, 0]).all():
                    block = buffer[:0]
                whole = False
            if not len(block):
                break
            blocks.append(block if len(block) == count else block.copy())
            got += len(block)
            progress(min(1.0, stream.file.tell() / max(1, len(stream.file))))
        kind = sound.samplerate, _speakers(sound)
    if stream.file.error is not None:
        raise stream.file.error
    samples = np.concatenate(blocks) if blocks else np.zeros((0, channels), np.float32)
    # An error behind all that there should be, as where an Ogg file has no last flag, is none.
    whole = got >= declared if declared else whole
    return samples, kind, whole and (stream.check is None or stream.check(samples))


def _speakers(sound: soundfile.SoundFile) -> Speakers:
    """Where the channels of a file belong: as it says, or as in others of its kind."""
    count = sound.channels
    numbers = soundfile._ffi.new("int[]", count)
    if count > 2 and soundfile._snd.sf_command(sound._file, CHANNEL_MAP, numbers, 4 * count):
        return tuple(MAPPED.get(int(each), Speaker.UNKNOWN) for each in numbers)
    return speakers_of(count, AS_IN_OGG if sound.format == "OGG" else AS_IN_WAV)
