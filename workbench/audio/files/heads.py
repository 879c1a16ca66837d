"""What the head of a sound file says, without decoding the sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import soundfile

from workbench.audio.files.kinds import layout_of

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
        heads = []
        for stream in layout.streams:
            stream.file.seek(0)
            with soundfile.SoundFile(stream.file) as sound:
                known = stream.counted and sound.frames < ENDLESS
                heads.append(
                    Head(
                        sound.format_info,
                        sound.subtype_info,
                        sound.samplerate,
                        sound.channels,
                        sound.frames if known else None,
                        sound.copy_metadata(),
                    )
                )
        first, frames = heads[0], [each.frames for each in heads]
        whole = None if None in frames else sum(each for each in frames if each is not None)
        return Head(first.container, first.samples, first.rate, first.channels, whole, first.tags, len(heads))


def is_sound(path: Path) -> bool:
    """Whether a file begins as sound does."""
    try:
        head_of(path)
    except (soundfile.SoundFileError, OSError):
        return False
    return True
