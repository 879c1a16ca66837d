import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import ShortTimeFFT

from tests.conftest import tone_mix
from workbench.errors import UserError
from workbench.spectral.stft import Analysis, analyse, hann, magnitudes, overlap_norm, synthesise
from workbench.wording import sentence

ANALYSES = st.sampled_from([Analysis(64, 16), Analysis(64, 32), Analysis(128, 16), Analysis(512, 128)])


def slow_frame(x: np.ndarray, analysis: Analysis, j: int) -> np.ndarray:
    """Σ_n x(n) w(n) e^(−2πikn/N), written out, for one channel."""
    size = analysis.window
    n = np.arange(size)
    at = j * analysis.hop - size // 2 + n
    inside = (at >= 0) & (at < len(x))
    piece = np.where(inside, x[np.clip(at, 0, len(x) - 1)], 0.0)
    w = 0.5 - 0.5 * np.cos(2 * np.pi * n / size)
    k = np.arange(analysis.bins)
    return (piece * w) @ np.exp(-2j * np.pi * np.outer(n, k) / size)


@given(ANALYSES, st.integers(1, 700), st.integers(1, 3))
def test_frames_equal_the_definition(analysis, samples, channels):
    x = np.random.default_rng(samples).standard_normal((samples, channels)).astype(np.float32)
    total = analysis.frames(samples)
    got = analyse(x, analysis, 0, total)
    assert got.dtype == np.complex64 and got.shape == (channels, total, analysis.bins)
    for j in {0, total // 2, total - 1}:
        for c in range(channels):
            np.testing.assert_allclose(got[c, j], slow_frame(x[:, c].astype(float), analysis, j), atol=2e-4)


def test_frames_equal_scipys():
    x = tone_mix(1.0)[:, 0]
    analysis = Analysis(256, 64)
    oracle = ShortTimeFFT(hann(256).astype(float), 64, 8000, phase_shift=None)
    theirs = oracle.stft(x.astype(float), p0=0, p1=analysis.frames(len(x)))
    ours = analyse(x[:, None], analysis, 0, analysis.frames(len(x)))[0].T
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@given(ANALYSES, st.integers(1, 2000))
def test_overlap_add_gives_the_samples_back(analysis, samples):
    x = np.random.default_rng(samples).uniform(-1, 1, (samples, 1)).astype(np.float32)
    total = analysis.frames(samples)
    windows = synthesise(analyse(x, analysis, 0, total), analysis)[0]
    out = np.zeros((total + analysis.overlap) * analysis.hop, np.float64)
    for j in range(total):
        out[j * analysis.hop : j * analysis.hop + analysis.window] += windows[j]
    for b in range(total + analysis.overlap - 1):
        out[b * analysis.hop : (b + 1) * analysis.hop] /= overlap_norm(analysis, b, total)
    half = analysis.window // 2
    np.testing.assert_allclose(out[half : half + samples], x[:, 0], atol=3e-5)


def test_all_channels_are_analysed_not_their_sum():
    side = tone_mix(0.5, channels=1)
    x = np.concatenate([side, -side], axis=1)
    v = magnitudes(x, Analysis(256, 64))
    mono = magnitudes(side, Analysis(256, 64))
    np.testing.assert_allclose(v, mono, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("power", [1.0, 2.0, 0.5])
def test_v_is_the_mean_power_to_the_half_exponent(power):
    x = tone_mix(0.3, channels=3)
    analysis = Analysis(128, 32)
    spectrum = analyse(x, analysis, 0, analysis.frames(len(x)))
    expected = np.mean(np.abs(spectrum.astype(complex)) ** 2, axis=0) ** (power / 2)
    np.testing.assert_allclose(magnitudes(x, analysis, power), expected.T, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(("window", "hop"), [(1000, 250), (2048, 500), (2048, 2048), (32, 8), (2048, 0)])
def test_bad_windows_are_refused_in_a_sentence(window, hop):
    with pytest.raises(UserError) as refused:
        Analysis(window, hop)
    assert re.match(r"The (window|hop) must .*\d", sentence(refused.value))
