import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf import reference_starts
from workbench.nmf.convolutive import conv_model
from workbench.nmf.templates import learnt_templates, pitch_hz, pitched_templates


def lit(template):
    return np.flatnonzero(template).tolist()


def test_pitches_in_hertz():
    np.testing.assert_allclose(pitch_hz(np.array([69, 81, 57, 60])), [440, 880, 220, 261.6255653], rtol=1e-9)
    assert float(pitch_hz(69.5)) == pytest.approx(440 * 2 ** (0.5 / 12))


odd_pitches = st.integers(20, 100).map(lambda pitch: pitch + 0.0037)
"""None lies halfway between two bins."""


@given(
    st.lists(odd_pitches, min_size=1, max_size=2),
    st.sampled_from([8000.0, 44100.0]),
    st.sampled_from([128, 250, 512]),
    st.sampled_from([0.0, 0.31, 0.75, 3.7]),
    st.sampled_from([0.0, 0.29, 0.75]),
    st.integers(1, 30),
    st.sampled_from([0.0, 1.0, 2.0]),
)
def test_templates_equal_the_slow_rule(pitches, rate, window, up, down, harmonics, decay):
    out = pitched_templates(
        pitches, rate, window, tolerance_up=up, tolerance_down=down, harmonics=harmonics, decay=decay
    )
    assert out.shape == (window // 2 + 1, len(pitches)) and out.dtype == np.float32
    for k, pitch in enumerate(pitches):
        slow = reference_starts.pitched_template(pitch, rate, window, up, down, harmonics, decay)
        np.testing.assert_allclose(out[:, k], slow, rtol=1e-5)


@pytest.mark.parametrize("decay", [0.0, 1.0, 2.0])
def test_partials_of_a_known_pitch(decay):
    # 440 Hz in bins of 10 Hz; up to 4 kHz there are nine partials.
    out = pitched_templates([69, 57], 8000, 800, tolerance_up=0, tolerance_down=0, decay=decay)
    assert lit(out[:, 0]) == list(range(44, 400, 44)) and lit(out[:, 1]) == list(range(22, 401, 22))
    np.testing.assert_allclose(out[44::44, 0] / out[44, 0], np.arange(1.0, 10) ** -decay, rtol=1e-6)
    few = pitched_templates([69], 8000, 800, tolerance_up=0, tolerance_down=0, harmonics=3, decay=decay)
    assert lit(few[:, 0]) == [44, 88, 132]


def test_tolerance_widens_every_partial_in_proportion():
    out = pitched_templates([69], 8000, 800, tolerance_up=1, tolerance_down=2, harmonics=3)[:, 0]
    expected = []
    for g in (1, 2, 3):
        low, high = 44 * g * 2 ** (-2 / 12), 44 * g * 2 ** (1 / 12)
        expected += range(int(np.ceil(low)), int(np.floor(high)) + 1)
    assert lit(out) == expected


def test_where_partials_meet_the_stronger_counts():
    # An octave of tolerance: the second partial reaches down to the first, which counts up to its own end.
    out = pitched_templates([69], 8000, 800, tolerance_up=7, tolerance_down=11.99, harmonics=2, decay=2)[:, 0]
    end = int(np.floor(44 * 2 ** (7 / 12)))
    np.testing.assert_allclose(out[44 : end + 1], out[44])
    np.testing.assert_allclose(out[end + 1 : 89], out[44] / 4)


def test_a_pitch_too_low_for_the_bins_still_has_its_nearest_ones():
    # 27.5 Hz in bins of 31.25 Hz: a range of a quarter tone is far below one bin.
    out = pitched_templates([21], 8000, 256, tolerance_up=0.25, tolerance_down=0.25, harmonics=4)[:, 0]
    assert lit(out) == [round(27.5 * g / 31.25) for g in range(1, 5)]
    assert lit(pitched_templates([-20], 8000, 256, harmonics=1)[:, 0]) == [0]


def test_nothing_is_put_where_partials_are_above_half_the_rate():
    # Partials at 44.2, 88.4 … of bins up to 88: the second is nearest to the last bin, and yet above it.
    pitch = 69 + 12 * np.log2(44.2 / 44)
    out = pitched_templates([pitch], 1760, 176, tolerance_up=0, tolerance_down=0)[:, 0]
    assert lit(out) == [44]
    # A fundamental at half the rate has the last bin.
    assert lit(pitched_templates([69], 880, 88, tolerance_up=1, tolerance_down=0)[:, 0]) == [44]


@pytest.mark.parametrize("length", [1, 2, 5])
def test_templates_have_unit_sum_and_are_the_same_in_every_frame(length):
    pitches = [30, 61.5, 100]
    flat = pitched_templates(pitches, 44100, 2048)
    out = pitched_templates(pitches, 44100, 2048, length=length)
    assert out.shape == ((1025, 3) if length == 1 else (1025, 3, length)) and out.dtype == np.float32
    np.testing.assert_allclose(out.reshape(1025, 3, -1).sum(axis=(0, 2)), 1, rtol=1e-5)
    for frame in np.moveaxis(out.reshape(1025, 3, -1), 2, 0):
        np.testing.assert_allclose(frame, flat / length, rtol=1e-6)


def test_no_pitches_give_no_templates():
    assert pitched_templates([], 44100, 2048).shape == (1025, 0)


@pytest.mark.parametrize("pitch", [110.0, 127.0])
def test_pitches_above_half_the_rate_are_refused(pitch):
    with pytest.raises(ValueError, match=f"Pitch {pitch:g} is above half the sample rate"):
        pitched_templates([60, pitch], 8000, 1024)


@pytest.mark.parametrize("wrong", [{"harmonics": 0}, {"tolerance_up": -1}, {"tolerance_down": -0.1}, {"length": 0}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="at least"):
        pitched_templates([60], 44100, 2048, **wrong)


# -- learnt -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_spectrum_of_a_single_tone_is_found(dtype):
    rng = np.random.default_rng(0)
    spectrum = rng.gamma(0.3, 1, 40) + 1e-4
    v = np.outer(spectrum, rng.random(60)).astype(dtype)
    w = learnt_templates(v, 1)
    assert w.shape == (40, 1) and w.dtype == dtype
    np.testing.assert_allclose(w[:, 0], spectrum / spectrum.sum(), rtol=1e-4)


def test_two_tones_are_told_apart():
    spectra = np.zeros((20, 2))
    spectra[3:9, 0], spectra[12:15, 1] = 1 / 6, 1 / 3
    h = np.zeros((2, 50))
    h[0, :25], h[1, 25:] = 2, 5
    w = learnt_templates(spectra @ h, 2, seed=1)
    order = np.argsort(w[3])[::-1]
    np.testing.assert_allclose(w[:, order], spectra, atol=1e-3)


def test_a_template_of_frames_finds_a_decaying_stroke():
    rng = np.random.default_rng(2)
    # Low bins ring for longer than high ones: no single spectrum says so.
    fall = np.linspace(0.9, 0.3, 12)[:, None] ** np.arange(8)
    stroke = rng.uniform(0.5, 1, 12)[:, None] * fall
    onsets = np.zeros((1, 60))
    onsets[0, [0, 15, 30, 45]] = 1, 0.5, 0.8, 0.7
    v = conv_model(stroke[:, None], onsets)
    w = learnt_templates(v, 1, length=8, iterations=30)
    assert w.shape == (12, 1, 8)
    found = w[:, 0]
    np.testing.assert_allclose(found.sum(), 1, rtol=1e-6)
    alike = np.vdot(found, stroke) / np.linalg.norm(found) / np.linalg.norm(stroke)
    assert alike > 0.95
    assert (np.diff(found.sum(axis=0)) < 0).all()
    centres = found @ np.arange(8) / found.sum(axis=1)
    assert (np.diff(centres) < 0).all()


@pytest.mark.parametrize("length", [1, 3])
def test_the_seed_is_that_of_the_start(length):
    v = np.random.default_rng(3).random((9, 30))
    once, again, other = (learnt_templates(v, 2, seed, length, 5) for seed in (1, 1, 2))
    assert np.array_equal(once, again) and not np.array_equal(once, other)


@pytest.mark.parametrize("length", [1, 3])
@pytest.mark.parametrize("v", [np.zeros((5, 6)), np.zeros((5, 0))])
def test_nothing_is_learnt_from_silence(v, length):
    with pytest.raises(ValueError, match="no sound to learn from"):
        learnt_templates(v, 1, length=length)
