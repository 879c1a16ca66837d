"""Samples become whole numbers."""

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from workbench.audio.quantising import dither_source, quantised


@given(st.sampled_from([16, 24]), st.integers(0, 1000))
def test_without_dither_each_sample_is_the_nearest_step(bits, seed):
    block = np.random.default_rng(seed).uniform(-1, 1, (300, 2)).astype(np.float32)
    got = quantised(block, bits).astype(float) / (2.0**15 if bits == 16 else 2.0**31)
    assert np.abs(got - np.clip(block, -1, 1 - 2.0 ** (1 - bits))).max() <= 2.0**-bits


@given(st.sampled_from([16, 24]))
def test_what_is_on_the_steps_comes_back_bit_for_bit(bits):
    rng = np.random.default_rng(1)
    steps = rng.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (500, 1))
    block = (steps / 2.0 ** (bits - 1)).astype(np.float32)
    got = quantised(block, bits, dither_source(1))
    np.testing.assert_array_equal(got.astype(np.int64) >> (0 if bits == 16 else 8), steps)
    assert not quantised(np.zeros((100, 2), np.float32), bits, dither_source(1)).any(), "silence stays silent"


@pytest.mark.parametrize("bits", [16, 24])
def test_above_full_scale_it_clips_and_does_not_wrap(bits):
    got = quantised(np.array([[-3.0], [-1.0], [1.0], [7.5]], np.float32), bits)
    lowest, highest = (-(2**15), 2**15 - 1) if bits == 16 else (-(2**31), 2**31 - 256)
    assert got.ravel().tolist() == [lowest, lowest, highest, highest]


def test_dither_makes_the_error_noise_of_no_mean_whose_power_does_not_follow_the_sound():
    step = 2.0**-15
    for level in (0.0, 0.1, 0.25, 0.5, 0.77):
        # A constant between two steps: rounded plainly the error is the same for ever.
        block = np.full((200_000, 1), (100 + level) * step, np.float32)
        block[0] += np.float32(step / 3)
        error = quantised(block, 16, dither_source(3))[1:] - (100 + level)
        assert abs(error.mean()) < 0.005
        # A quarter of a squared step: a twelfth of rounding, two twelfths of two uniform noises.
        assert error.var() == pytest.approx(0.25, rel=0.02)


def test_a_tone_below_half_a_step_is_heard_in_dithered_sound_alone():
    tone = (0.4 * 2.0**-15 * np.sin(2 * np.pi * 0.01 * np.arange(100_000))[:, None]).astype(np.float32)
    assert not quantised(tone, 16).any()
    dithered = quantised(tone, 16, dither_source(5)).astype(float)
    found = 2 * (dithered * np.sin(2 * np.pi * 0.01 * np.arange(100_000))[:, None]).mean()
    assert found == pytest.approx(0.4, abs=0.02)


def test_the_same_seed_is_the_same_dither_and_another_one_is_not_like_it():
    block = np.random.default_rng(0).uniform(-0.5, 0.5, (50_000, 2)).astype(np.float32)
    one, again, other = (quantised(block, 16, dither_source(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    errors = np.stack([(each - block * 2.0**15).ravel() for each in (one, other)])
    # Both share the error of rounding in part; what was added is of its own.
    assert abs(np.corrcoef(errors)[0, 1]) < 0.05


def test_what_libsndfile_is_given_it_writes(tmp_path):
    block = np.random.default_rng(0).uniform(-1.2, 1.2, (500, 2)).astype(np.float32)
    for container in ("WAV", "FLAC"):
        for bits in (16, 24):
            path = tmp_path / f"{container}{bits}"
            with soundfile.SoundFile(path, "w", 8000, 2, f"PCM_{bits}", format=container) as file:
                file.write(quantised(block, bits))
            back = soundfile.read(path, dtype="float64")[0]
            np.testing.assert_allclose(back, np.clip(block, -1, 1 - 2.0 ** (1 - bits)), atol=2.0**-bits)
