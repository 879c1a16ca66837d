"""A disk that has no more room is told, and leaves nothing behind."""

from __future__ import annotations

import resource
import signal

import numpy as np
import pytest

from workbench.exchange import factors_csv, flucoma, masks_npy, masks_npz, masks_png, masks_wav
from workbench.exchange.masks import planes_of_array
from workbench.spectral.stft import Analysis

ANALYSIS, RATE = Analysis(256, 64), 8000


@pytest.fixture
def little_room():
    """No file may be larger than some bytes, as on a disk that is nearly full."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def planes():
    masks = np.random.default_rng(0).random((3, ANALYSIS.bins, 500)).astype(np.float32)
    return planes_of_array(["a", "b", "c"], masks / masks.sum(axis=0), ANALYSIS, RATE)


@pytest.mark.parametrize(
    ("write", "suffix"),
    [(masks_npy.write, "npy"), (masks_npz.write, "npz"), (masks_wav.write, "wav"), (masks_png.write, "png")],
)
def test_masks(write, suffix, tmp_path, little_room):
    with pytest.raises(OSError, match="too large"):
        write(tmp_path / f"m.{suffix}", planes())
    assert list(tmp_path.iterdir()) == []


def test_factors(tmp_path, little_room):
    rng = np.random.default_rng(0)
    w, h = rng.random((ANALYSIS.bins, 90)).astype(np.float32), rng.random((90, 500)).astype(np.float32)
    with pytest.raises(OSError, match="too large"):
        flucoma.write(tmp_path / "f.wav", w, h, ANALYSIS, RATE)
    with pytest.raises(OSError, match="too large"):
        factors_csv.write(tmp_path / "f.csv", w, h, ["x"] * 90, np.arange(len(w)) * 1.0, np.arange(500) * 1.0)
    assert list(tmp_path.iterdir()) == []
