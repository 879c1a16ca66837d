"""Arrays come and go without a copy: views that may only be read, recordings made of samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from workbench.audio.full_scale import LOUDEST, QUIETEST
from workbench.audio.recording import Recording, load
from workbench.errors import UserError
from workbench.masks.model.models import Factors
from workbench.storage import replacing

Float = NDArray[np.float32]
MOST_RATE = 10_000_000
LARGE = 0xFFFF0000
"""Bytes from which on a WAV file is an RF64."""


def read_only(array: Float) -> Float:
    """The same memory, which may not be written to through this view."""
    view = array.view()
    view.flags.writeable = False
    return view


def recording_of(samples: ArrayLike, rate: int, name: str) -> Recording:
    """A recording of samples; float32 of shape (n, C) is taken without a copy, (n,) as mono.

    Raises
    ------
    UserError
        `api.samples`: they are no sound. `api.samples_scale`: they are far from ±1. `api.rate`: the rate is none.
    """
    given = np.asarray(samples)
    if given.ndim not in (1, 2) or not given.size or not np.issubdtype(given.dtype, np.floating):
        raise UserError("api.samples", kind=f"{given.dtype} of shape {given.shape}")
    if rate != int(rate) or not 1 <= rate <= MOST_RATE:
        raise UserError("api.rate", rate=rate)
    held = read_only(np.asarray(given, np.float32))
    held = held[:, None] if held.ndim == 1 else held
    low, high = float(held.min()), float(held.max())
    if not np.isfinite([low, high]).all():
        raise UserError("api.samples_not_finite")
    peak = max(high, -low)
    if peak and not QUIETEST <= peak <= LOUDEST:
        raise UserError("api.samples_scale", peak=peak)
    return Recording(held, int(rate), Path(name))


def factors_of(w: ArrayLike, h: ArrayLike, bins: int, frames: int) -> Factors:
    """Templates (F, K) or (F, K, T) and activations (K, N); float32 is taken without a copy.

    Raises
    ------
    UserError
        `api.factors`: their shapes do not fit each other or the recording, or a value is negative or no number.
    """
    left, right = read_only(np.asarray(w, np.float32)), read_only(np.asarray(h, np.float32))
    fits = left.ndim in (2, 3) and right.ndim == 2 and left.shape[0] == bins and right.shape == (left.shape[1], frames)
    if not fits or not left.size or not all(np.isfinite(each).all() and each.min() >= 0 for each in (left, right)):
        raise UserError("api.factors", w=left.shape, h=right.shape, bins=bins, frames=frames)
    return Factors(left, right)


def saved_beside(recording: Recording, project: Path) -> Recording:
    """Write a recording that is in no file beside a project, as 32-bit float WAV, so that the project can name it.

    A file that is there already is taken where it holds the same samples.

    Raises
    ------
    UserError
        `api.recording_in_the_way`: there is another file of that name.
    """
    path = project.with_suffix(".wav").absolute()
    if not path.exists():
        large = recording.samples.nbytes > LARGE
        with replacing(path) as partial:
            soundfile.write(partial, recording.samples, recording.rate, "FLOAT", format="RF64" if large else "WAV")
    there = load(path)
    if there.rate != recording.rate or there.checksums[0] != recording.checksums[0]:
        raise UserError("api.recording_in_the_way", path=path)
    return replace(recording, path=path, file_checksum=there.file_checksum)
