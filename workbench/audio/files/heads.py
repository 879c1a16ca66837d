"""What the head of a sound file says, without decoding the sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import soundfile

from workbench.audio.files.kinds import layout_of
from workbench.audio.files.layout import Stream

ENDLESS = 1 << 40
"""A decoder that says it has so many frames does not know."""


@dataclass(frozen=True)
class Head:
    """What a file says of itself; of one with several streams the first, but for the frames.

    Attributes
    ----------
    container, samples : str
        What kind of file it is, and how a sample is stored, in words.
    rate : int
        Hz.
    channels : int
    frames : int or None
        Of all its streams; None where only decoding tells.
    tags : mapping of str to str
        Title, artist and the like.
    streams : int
        So many were joined.
    """

    container: str
    samples: str
    rate: int
    channels: int
    frames: int | None
    tags: Mapping[str, str] = field(default_factory=dict)
    streams: int = 1


def head_of(path: Path) -> Head:
    """Read the head of a file.

    Raises
    ------
    soundfile.SoundFileError
        If no sound begins it.
    OSError
        If it can't be read.
    """
    with path.open("rb") as file:
        layout = layout_of(file)
        heads: list[Head] = []
        for i, stream in enumerate(layout.streams):
            try:
                heads.append(_head_of(stream))
            except soundfile.SoundFileError:
                if not heads and i + 1 == len(layout.streams):
                    raise
        first, frames = heads[0], [each.frames for each in heads if each.frames is not None]
        known = len(frames) == len(layout.streams)
        return replace(first, frames=sum(frames) if known else None, streams=len(layout.streams))


def _head_of(stream: Stream) -> Head:
    stream.file.seek(0)
    with soundfile.SoundFile(stream.file) as sound:
        known = stream.counted and sound.frames < ENDLESS
        frames = int(sound.frames) if known else None
        kind = sound.format_info, sound.subtype_info
        return Head(*kind, sound.samplerate, sound.channels, frames, sound.copy_metadata())


def is_sound(path: Path) -> bool:
    """Whether a file begins as sound does."""
    try:
        head_of(path)
    except (soundfile.SoundFileError, OSError):
        return False
    return True
