"""Masks as a WAV file of 32-bit float: a channel is a mask, read out frame after frame, each from 0 Hz up.

So sample n·F + f of channel k is mask k in frame n and bin f, and the samples of the file, as they lie on the disk, are
an array (N, F, K). A channel a bin would not do: a WAV file holds 1024 channels, and the usual window has 1025 bins.
The rate is F frames of bins a hop, so that the file is as long as the recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.exchange.masks import BLOCK, MOST_MASKS, VALUES, FoundMasks, MaskPlanes
from workbench.exchange.masks_npy import grain_of
from workbench.exchange.wav import new_wav, open_wav
from workbench.progress import Progress, silent

INTEGER = {"PCM_16": 2.0**-16, "PCM_24": 2.0**-24, "PCM_32": 2.0**-32, "PCM_U8": 2.0**-8, "PCM_S8": 2.0**-8}
"""Half a step of samples that are whole numbers."""


def find(path: Path, bins: int, frames: int) -> list[FoundMasks]:
    """The masks of a file, one a channel.

    Raises
    ------
    UserError
        As `wav.open_wav`; `exchange.other_samples`, `exchange.too_many_masks`.
    """
    with open_wav(path) as sound:
        count, length, grain = sound.channels, sound.frames, 2 * INTEGER.get(sound.subtype, 0.0)
    if length != bins * frames:
        raise UserError(
            "exchange.other_samples", name=path.name, samples=length, wanted=bins * frames, bins=bins, frames=frames
        )
    if count > MOST_MASKS:
        raise UserError("exchange.too_many_masks", masks=count, most=MOST_MASKS)

    def blocks() -> Iterator[tuple[int, NDArray[np.generic]]]:
        with open_wav(path) as sound:
            for start in range(0, frames, BLOCK):
                wanted = min(BLOCK, frames - start)
                values = sound.read(wanted * bins, "float32", always_2d=True)
                if len(values) != wanted * bins:
                    raise ValueError("shorter than its head says")
                yield start, values.reshape(wanted, bins, count).transpose(2, 1, 0)

    names = (path.stem,) if count == 1 else tuple(f"{path.stem} {k + 1}" for k in range(count))
    return [FoundMasks(path.name, names, grain or grain_of(np.dtype(np.float32)), blocks)]


def write(path: Path, planes: MaskPlanes, progress: Progress = silent) -> list[Path]:
    """Write masks; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `storage.replacing`.
    """
    count, bins, frames = len(planes.names), planes.bins, planes.frames
    if count > MOST_MASKS:
        raise UserError("exchange.too_many_masks", masks=count, most=MOST_MASKS)
    hop = float(planes.seconds[1] - planes.seconds[0]) if frames > 1 else 1.0
    step = max(1, VALUES // (count * bins))
    with new_wav(path, bins / hop, count, bins * frames) as add:
        for start in range(0, frames, step):
            stop = min(start + step, frames)
            values = planes.read(range(count), slice(0, bins), slice(start, stop))
            add(np.ascontiguousarray(values.transpose(2, 1, 0)).reshape(-1, count))
            progress(stop / frames)
    return [path]
