"""Make `old.flac` from `demo.flac`: folded down to mono, at 22.05 kHz, with a second of hiss before it and under it.

Run once, from this folder, where the demo has changed: ``python make_old.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr

RATE = 22050
HISS = 0.02
FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Write the file."""
    samples, rate = soundfile.read(FOLDER / "demo.flac", dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate, RATE)
    quiet = np.concatenate([np.zeros(RATE, np.float32), mono])
    hiss = np.random.default_rng(0).normal(0, HISS, quiet.shape)
    soundfile.write(FOLDER / "old.flac", quiet + hiss, RATE, "PCM_16")


if __name__ == "__main__":
    main()
