"""The components that pointing works with: found without any knowledge, beside a steady noise that is held."""

from __future__ import annotations

import numpy as np

from workbench.audio.recording import Recording
from workbench.masks.model.models import Factors
from workbench.nmf import Objective, factorise_fast, noise_floor, random_start
from workbench.progress import Progress, part, silent
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis, magnitudes

COMPONENTS = 20
"""Beside the noise. Fewer leave sounds together that marks should tell apart, more need more marks: measured.md."""
ITERATIONS, SEED = 100, 0
SETTINGS = RunSettings(components=COMPONENTS + 1, iterations=ITERATIONS, seed=SEED)
"""As what they are listed among the runs: Kullback–Leibler, on magnitudes."""
NOISE = COMPONENTS
"""Which component is the noise."""
ANALYSED = 0.1
"""Share of the time that the spectrogram takes."""


def blind_components(recording: Recording, analysis: Analysis, progress: Progress = silent) -> Factors:
    """Components of a recording, the last of them its noise floor, which is held.

    Without it hiss is a little of every component, and can be had from none.

    Raises
    ------
    Cancelled
        If it is stopped.
    """
    v = magnitudes(recording.samples, analysis, 1.0, part(progress, 0.0, ANALYSED))
    w, h = random_start(v, COMPONENTS, SEED)
    w = np.hstack([w, noise_floor(v)[:, None]]).astype(np.float32)
    h = np.vstack([h, np.ones((1, v.shape[1]))]).astype(np.float32)
    held = np.arange(COMPONENTS + 1) == NOISE
    iterating = part(progress, ANALYSED, 1.0)

    def tell(iteration: int, cost: float) -> bool:
        iterating(iteration / ITERATIONS)
        return True

    objective = Objective(1.0, hold_templates=held, hold_activations=held)
    found = factorise_fast(v, w, h, iterations=ITERATIONS, progress=tell, objective=objective)
    return Factors(found.W, found.H)
