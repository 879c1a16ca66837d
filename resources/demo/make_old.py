"""Make `old.flac` from `demo.flac`: folded down to mono, with hiss under it and a second of nothing but hiss before it.

Run once, from this folder, where the demo has changed: ``python make_old.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

HISS = 0.02
FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Write the file."""
    samples, rate = soundfile.read(FOLDER / "demo.flac", dtype="float32", always_2d=True)
    quiet = np.concatenate([np.zeros(rate, np.float32), samples.mean(axis=1)])
    hiss = np.random.default_rng(0).normal(0, HISS, quiet.shape)
    soundfile.write(FOLDER / "old.flac", quiet + hiss, rate, "PCM_16")


if __name__ == "__main__":
    main()
