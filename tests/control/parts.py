"""A recording whose parts are known, as files and on a desk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from tests.control.scenes import ANALYSIS, RATE, SECONDS
from workbench.audio.recording import Recording
from workbench.control.desk import Desk
from workbench.document.state import fresh_state
from workbench.spectral.pyramid import analyse_levels


def parts(seconds: float = SECONDS, rate: int = RATE) -> dict[str, np.ndarray]:
    """Low notes, high notes and bursts of noise, stereo."""
    rng = np.random.default_rng(1)
    t = np.arange(round(seconds * rate)) / rate
    beat = np.floor(t * 6).astype(int)
    low = np.sin(2 * np.pi * np.cumsum(rng.choice([150, 190, 230], beat[-1] + 1)[beat]) / rate)
    high = np.sin(2 * np.pi * np.cumsum(rng.choice([900, 1300, 1700], beat[-1] + 1)[beat]) / rate)
    noise = rng.standard_normal(len(t)) * np.exp(-(t * 4 % 1) * 12)
    sounds = {"Low": (0.2 * low, 0.8), "High": (0.15 * high, 1.1), "Noise": (0.2 * noise, 1.0)}
    return {name: (x[:, None] * [1.0, side]).astype(np.float32) for name, (x, side) in sounds.items()}


def written(folder: Path, sounds: dict[str, np.ndarray], rate: int = RATE) -> list[Path]:
    """A file for each."""
    folder.mkdir(exist_ok=True)
    for name, samples in sounds.items():
        soundfile.write(folder / f"{name}.wav", samples, rate, subtype="FLOAT")
    return [folder / f"{name}.wav" for name in sounds]


def open_parts(desk: Desk, folder: Path, seconds: float = SECONDS) -> list[Path]:
    """Open the sum of the parts at once; the files of the parts."""
    sounds = parts(seconds)
    mix = np.sum(list(sounds.values()), axis=0)
    soundfile.write(folder / "mix.wav", mix, RATE, subtype="FLOAT")
    desk.document.open(Recording(mix, RATE, folder / "mix.wav"), analyse_levels(mix, ANALYSIS), fresh_state(ANALYSIS))
    return written(folder / "stems", sounds)
