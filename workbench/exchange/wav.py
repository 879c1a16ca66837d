"""WAV: numbers as 32-bit float samples, in up to 1024 channels; as FluCoMa's and other programs' buffers are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import soundfile

from workbench.exchange.reading import reading
from workbench.storage import replacing

KIND = "WAV"
MOST_BYTES = 2**32 - 2**20
"""What fits into a plain WAV file; larger ones are RF64, its extension by the EBU, under the same suffix."""
MOST_RATE = 2**31 - 1


@contextmanager
def open_wav(path: Path) -> Iterator[soundfile.SoundFile]:
    """A file to be read.

    Raises
    ------
    UserError
        As `reading`, also of what goes wrong in the block.
    """
    with reading(path, KIND), path.open("rb") as file, soundfile.SoundFile(file) as sound:
        if sound.format not in ("WAV", "WAVEX", "RF64", "W64", "AIFF", "FLAC", "CAF"):
            raise ValueError(sound.format)
        yield sound


@contextmanager
def new_wav(path: Path, rate: float, channels: int, frames: int) -> Iterator[soundfile.SoundFile]:
    """A file of 32-bit float to be written, with the nearest whole sample rate.

    Parameters
    ----------
    frames : int
        How many there will be.

    Raises
    ------
    UserError, OSError
        As `replacing`.
    """
    form = "WAV" if 4 * channels * frames < MOST_BYTES else "RF64"
    whole = min(max(1, round(rate)), MOST_RATE)
    with (
        replacing(path) as partial,
        partial.open("r+b") as file,
        soundfile.SoundFile(file, "w", whole, channels, "FLOAT", format=form) as sound,
    ):
        yield sound
