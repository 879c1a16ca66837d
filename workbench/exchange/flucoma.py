"""Factors as FluCoMa keeps them in buffers, as WAV files of 32-bit float: a channel for each component.

Bases have F samples at a rate of rate / FFT size, activations N at rate / hop (BufNMF; WAV knows whole rates alone).
FluCoMa counts ⌊n / hop⌋ + 1 frames, which is one less than here where the hop does not divide the recording.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from workbench.errors import UserError
from workbench.exchange.factors import MOST_COMPONENTS, Float, ReadFactors, activations, flat, templates
from workbench.exchange.sets import check_free
from workbench.exchange.wav import new_wav, open_wav
from workbench.spectral.stft import Analysis


def paths_of(path: Path) -> tuple[Path, Path]:
    """The files of bases and activations that ``STEM.wav`` stands for."""
    return path.with_name(f"{path.stem} bases.wav"), path.with_name(f"{path.stem} activations.wav")


def write(path: Path, W: Float, H: Float, analysis: Analysis, rate: float) -> list[Path]:
    """Write factors; returns the paths of bases and activations.

    Parameters
    ----------
    path : Path
        ``STEM.wav``, see `paths_of`.

    Raises
    ------
    UserError
        `exchange.exists`, `exchange.patterns`.
    OSError
        As the system reports it.
    """
    paths = paths_of(path)
    check_free(paths)
    buffers = ((flat(W), rate / analysis.window), (H.T, rate / analysis.hop))
    with ExitStack() as named:
        for target, (samples, own_rate) in zip(paths, buffers, strict=True):
            add = named.enter_context(new_wav(target, own_rate, samples.shape[1], len(samples)))
            add(np.ascontiguousarray(samples, np.float32))
        check_free(paths)
    return list(paths)


def read(path: Path, bins: int, frames: int) -> ReadFactors:
    """Bases or activations of a file: which, its length says, or else its name.

    Raises
    ------
    UserError
        As `wav.open_wav`, `factors.checked`; `exchange.neither`, `exchange.too_many_components`.
    """
    with open_wav(path) as sound:
        length, count = sound.frames, sound.channels
        if length not in (bins, frames, frames - 1):
            raise UserError("exchange.neither", name=path.name, found=f"{length} × {count}", bins=bins, frames=frames)
        if count > MOST_COMPONENTS:
            raise UserError("exchange.too_many_components", name=path.name, components=count, most=MOST_COMPONENTS)
        samples = sound.read(dtype="float32", always_2d=True)
        if len(samples) != length:
            raise ValueError("shorter than its head says")
    if length == bins and not (length in (frames, frames - 1) and "activation" in path.stem.lower()):
        return ReadFactors(W=templates(samples, bins, path.name))
    if length == frames - 1:
        # The last frame stands for the one that is missing.
        samples = np.concatenate([samples, samples[-1:]])
    return ReadFactors(H=activations(samples.T, frames, path.name))
