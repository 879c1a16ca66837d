"""The noise floor of noise whose level is known, with and without tones and hits over it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.nmf import noise_floor

BINS, FRAMES = 257, 400


def noise(seed, level=1.0):
    """Magnitudes of complex Gaussian noise of a root mean square for each bin."""
    rng = np.random.default_rng(seed)
    return (
        level * np.abs(rng.standard_normal((BINS, FRAMES)) + 1j * rng.standard_normal((BINS, FRAMES))) / 2**0.5
    ).astype(np.float32)


@settings(max_examples=10)
@given(st.integers(0, 1000), st.floats(1e-4, 1e3))
def test_of_noise_alone_it_is_the_mean_magnitude(seed, level):
    found = noise_floor(noise(seed, level))
    assert found.shape == (BINS,) and found.dtype == np.float32
    # A low percentile of the neighbours lies a little below.
    decibels = 20 * np.log10(found / (level * np.pi**0.5 / 2))
    assert decibels.min() > -2.5 and decibels.max() < 1.0


def test_it_follows_the_colour_of_the_noise():
    slope = np.linspace(0, -30, BINS)
    decibels = 20 * np.log10(noise_floor(noise(0, 10 ** (slope[:, None] / 20))) / (np.pi**0.5 / 2))
    assert np.abs(decibels - slope)[20:-20].max() < 5


def test_tones_that_always_sound_and_hits_do_not_raise_it():
    plain = noise(1)
    busy = plain.copy()
    busy[20:-10:16] += 50
    busy[:, ::20] += 200
    raised = 20 * np.log10(noise_floor(busy) / noise_floor(plain))
    assert np.abs(raised).max() < 1.5


@pytest.mark.parametrize("shape", [(3, 1), (1, 5), (257, 20)])
def test_silence_and_the_smallest_spectrograms_have_next_to_none(shape):
    found = noise_floor(np.zeros(shape, np.float32))
    assert np.isfinite(found).all() and (found >= 0).all() and found.max() < 1e-20
