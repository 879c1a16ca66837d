"""Partials and hits of which it is known where they are."""

from __future__ import annotations

import numpy as np

from workbench.masks.edits.area import Area
from workbench.spectral.level import Levels
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

RATE = 22050


def seconds(duration: float) -> np.ndarray:
    """The time of every sample."""
    return np.arange(round(duration * RATE)) / RATE


def partial(hz: np.ndarray, amplitude: np.ndarray | float = 0.3, phase: float = 0.0) -> np.ndarray:
    """A sine whose frequency is given for every sample."""
    return amplitude * np.sin(2 * np.pi * np.cumsum(hz) / RATE + phase)


def tone(f0: np.ndarray, count: int, stiffness: float = 0.0, amplitude: np.ndarray | float = 0.1) -> np.ndarray:
    """Partials m f₀ √(1 + B m²) with the height m^−0.7."""
    return sum(
        partial(f0 * m * np.sqrt(1 + stiffness * m * m), amplitude * m**-0.7, float(m)) for m in range(1, count + 1)
    )


def noise(samples: int, amplitude: float, seed: int = 0) -> np.ndarray:
    """White noise."""
    return amplitude * np.random.default_rng(seed).standard_normal(samples)


def hit(t: np.ndarray, at: float, decay: float, amplitude: float, seed: int = 0) -> np.ndarray:
    """Noise that begins at once and decays to 1/e within so many seconds."""
    since = t - at
    return np.where(since >= 0, np.exp(-np.maximum(since, 0) / decay), 0.0) * noise(len(t), amplitude, seed)


def levels_of(samples: np.ndarray, analysis: Analysis) -> Levels:
    """Levels (N, F) as the program has them."""
    return analyse_levels(samples.astype(np.float32)[:, None], analysis).levels[0]


def places_of(hz: np.ndarray, frames: np.ndarray, analysis: Analysis) -> np.ndarray:
    """Where a frequency given for every sample lies in some frames, in bins."""
    return analysis.bin_place(hz[np.minimum(frames * analysis.hop, len(hz) - 1)], RATE)


def plane(area: Area) -> np.ndarray:
    """Which bins an area covers, shape (F, N)."""
    return area.read(np.arange(area.bins), np.arange(area.frames)) > 0
