"""WAV: numbers as 32-bit float samples, in up to 1024 channels; as FluCoMa's and other programs' buffers are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.audio.files.written import Written, without_peak_chunk
from workbench.errors import UserError
from workbench.exchange.reading import reading
from workbench.storage import replacing

Float = NDArray[np.float32]
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
    with reading(path, KIND):
        # libsndfile would not tell a folder, or one that may not be read, from a damaged file.
        path.open("rb").close()
        with soundfile.SoundFile(path) as sound:
            if sound.format not in ("WAV", "WAVEX", "RF64", "AIFF"):
                raise ValueError(sound.format)
            yield sound


@contextmanager
def new_wav(path: Path, rate: float, channels: int, frames: int) -> Iterator[Callable[[Float], None]]:
    """A file of 32-bit float to be written, with the nearest whole sample rate.

    Parameters
    ----------
    frames : int
        How many there will be.

    Yields
    ------
    callable
        Writes float32 of shape (n, channels).

    Raises
    ------
    UserError
        `audio.unwritable`: libsndfile refuses it; as `replacing`.
    OSError
        As the system reports it.
    """
    form = "WAV" if 4 * channels * frames < MOST_BYTES else "RF64"
    whole = min(max(1, round(rate)), MOST_RATE)
    with replacing(path) as partial, Written(partial) as sink:
        try:
            with soundfile.SoundFile(sink, "w", whole, channels, "FLOAT", format=form) as sound:
                # It holds the time of writing, and the same numbers are the same file.
                without_peak_chunk(sound)

                def write(samples: Float) -> None:
                    sound.write(samples)
                    if sink.error is not None:
                        raise sink.error

                yield write
        except soundfile.LibsndfileError as error:
            raise UserError("audio.unwritable", path=path, reason=error.error_string.rstrip(".")) from error
        if sink.error is not None:
            raise sink.error
