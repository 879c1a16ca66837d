"""Sound at another rate, block by block."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rig import residual_db
from workbench.audio.resampling import length_at, resampled


def converted(samples, old, new, block=1000):
    blocks = (samples[i : i + block] for i in range(0, len(samples), block))
    return np.concatenate(list(resampled(blocks, old, new, samples.shape[1], len(samples))))


@given(
    st.integers(1, 5000),
    st.sampled_from([8000, 11025, 22050, 44100, 48000, 96000]),
    st.sampled_from([8000, 16000, 44100, 48000, 88200, 192000]),
    st.integers(1, 3000),
)
def test_the_length_is_the_nearest_whole_number(samples, old, new, block):
    got = converted(np.ones((samples, 2), np.float32), old, new, block)
    assert got.shape == (round(samples * new / old), 2) == (length_at(samples, old, new), 2)
    assert got.dtype == np.float32


@pytest.mark.parametrize(("old", "new"), [(44100, 48000), (48000, 44100), (44100, 96000), (8000, 48000)])
def test_a_tone_is_the_same_tone_at_its_own_time(old, new):
    hz, seconds = 1234.5, 2.0

    def tone(rate):
        t = np.arange(round(seconds * rate)) / rate
        # Faded in and out: an edge has all frequencies.
        return (np.sin(2 * np.pi * hz * t) * np.sin(np.pi * t / seconds) ** 2)[:, None].astype(np.float32)

    got = converted(tone(old), old, new)
    assert residual_db(tone(new), got) < -115


def test_what_the_new_rate_has_no_room_for_is_gone():
    t = np.arange(96000) / 48000
    high = (np.sin(2 * np.pi * 20000 * t) * np.hanning(len(t)))[:, None].astype(np.float32)
    assert np.abs(converted(high, 48000, 22050)).max() < 1e-5


def test_it_is_linear_and_does_not_depend_on_the_blocks():
    rng = np.random.default_rng(0)
    one, other = (rng.uniform(-0.5, 0.5, (20_000, 2)).astype(np.float32) for _ in range(2))
    both = converted(one + other, 44100, 48000)
    assert residual_db(both, converted(one, 44100, 48000) + converted(other, 44100, 48000)) < -125
    assert residual_db(both, converted(one + other, 44100, 48000, block=7777)) < -125


def test_at_its_own_rate_it_is_passed_on():
    block = np.ones((10, 1), np.float32)
    assert next(resampled([block], 44100, 44100, 1, 10)) is block
