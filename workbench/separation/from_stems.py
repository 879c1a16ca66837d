"""A factorisation that begins from stems: each source's templates and activations are learnt from its own stem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.models import Factors
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.starts import random_start
from workbench.progress import Progress, part, silent
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis, magnitudes

ANALYSING = 0.1
"""Share of the work that a stem's spectrogram is."""


def learn_sources(
    stems: Sequence[NDArray[np.float32]], analysis: Analysis, settings: RunSettings, progress: Progress = silent
) -> Factors:
    """Components of all stems, those of each in a row; the model is at the scale of the mix.

    Nothing is fitted to the mix: iterations on it move components from their source to another. On the demo, with 8 for
    each true stem, 9.2 dB SDR become 9.0 after 5 iterations and 6.4 after 60, and 8.4 with held templates; stems with a
    bleed of −16 dB gained 0.7 dB by the first 5 and had lost 2.2 after 60.

    Parameters
    ----------
    stems : sequence of float32, shape (n, C)
        As long as the recording.
    settings : RunSettings
        Iterations, seed, divergence; `components` is the number for each stem.

    Returns
    -------
    Factors
        W (F, stems · components) and H; a silent stem has components that are nowhere.
    """
    parts = []
    for number, stem in enumerate(stems):
        its = part(progress, number / len(stems), (number + 1) / len(stems))
        V = magnitudes(stem, analysis, settings.power, part(its, 0.0, ANALYSING))
        parts.append(_learnt(V, settings, part(its, ANALYSING, 1.0)))
    return Factors(np.concatenate([w for w, _ in parts], axis=1), np.concatenate([h for _, h in parts], axis=0))


def _learnt(
    V: NDArray[np.float32], settings: RunSettings, progress: Progress
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    count, iterations = settings.components, settings.iterations or 1
    if not V.any():
        return np.full((len(V), count), 1 / len(V), np.float32), np.zeros((count, V.shape[1]), np.float32)

    def report(iteration: int, cost: float) -> bool:
        progress(min(1.0, iteration / iterations))
        return True

    W, H = random_start(V, count, settings.seed)
    found = factorise_fast(V, W, H, settings.beta_value, iterations, report)
    return found.W, found.H
