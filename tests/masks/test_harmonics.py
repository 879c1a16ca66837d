"""Harmonics against tones of which every partial is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.masks.synthesis import RATE, levels_of, noise, partial, places_of, seconds, tone
from workbench.masks.insight.harmonics import STIFFEST, expected_place, harmonics
from workbench.masks.insight.ridges import Ridge, follow
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(2048, 512)
T = seconds(1.5)


def found_from(samples, f0, number, stiffness=0.0):
    """The partials found by pointing at one of a tone, as multiples of its fundamental."""
    levels = levels_of(samples, ANALYSIS)
    column = ANALYSIS.frame_at(0.7, RATE)
    pointed = f0 * number * np.sqrt(1 + stiffness * number**2)
    row = round(float(places_of(pointed, np.array([column]), ANALYSIS)[0]))
    ridge = follow(levels, row, column, 30.0, ANALYSIS)
    out = []
    for each in harmonics(levels, ridge, 30.0, ANALYSIS):
        base = places_of(f0, np.arange(each.start, each.stop), ANALYSIS)
        out.append(float(np.median(each.places / base)))
    return out


@pytest.mark.parametrize("stiffness", [0.0, 1e-4, 8e-4])
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_every_partial_is_found_from_any_of_them(number, stiffness):
    f0 = 220 * (1 + 0.01 * np.sin(2 * np.pi * 5 * T))
    samples = tone(f0, 10, stiffness) + noise(len(T), 0.0003)
    m = np.arange(1, 11)
    np.testing.assert_allclose(found_from(samples, f0, number, stiffness), m * np.sqrt(1 + stiffness * m**2), rtol=0.01)


def test_another_tone_a_fifth_above_is_left_out():
    low, high = np.full(len(T), 200.0), np.full(len(T), 311.0)
    samples = tone(low, 8) + tone(high, 6) + noise(len(T), 0.0003)
    assert np.round(found_from(samples, high, 1), 1).tolist() == [1, 2, 3, 4, 5, 6]


def test_what_sounded_before_and_goes_on_is_another_tone():
    held = tone(np.full(len(T), 240.0), 12) + tone(np.full(len(T), 180.0), 12)
    f0 = np.full(len(T), 410.0)
    ours = tone(f0, 8, amplitude=np.where((T > 0.4) & (T < 1.1), 0.1, 0.0))
    for number in (1, 2):
        found = np.array(found_from(held + ours + noise(len(T), 0.0003), f0, number))
        np.testing.assert_allclose(found, np.rint(found), atol=0.05)
        assert {1, 2, 3} <= set(np.rint(found)) <= set(range(1, 9))


def test_a_missing_partial_is_no_end():
    f0 = np.full(len(T), 250.0)
    samples = tone(f0, 8) - partial(4 * f0, 0.1 * 4**-0.7, 4.0) + noise(len(T), 0.0003)
    assert np.round(found_from(samples, f0, 2)).tolist() == [1, 2, 3, 5, 6, 7, 8]


def test_a_lone_partial_stays_alone():
    f0 = np.full(len(T), 700.0)
    assert found_from(partial(f0) + noise(len(T), 0.0003), f0, 1) == [pytest.approx(1.0, abs=0.01)]


def test_tones_without_a_common_fundamental_are_left_apart():
    """At 220, 550 and 1310 Hz: they would be partials 2, 5 and 12 of a fundamental of which nothing else is there."""
    samples = sum(partial(np.full(len(T), hz)) for hz in (220.0, 550.0, 1310.0)) + noise(len(T), 0.0003)
    for hz in (220.0, 550.0, 1310.0):
        assert len(found_from(samples, np.full(len(T), hz), 1)) == 1


@settings(max_examples=60)
@given(st.floats(5.0, 80.0), st.floats(0.0, STIFFEST), st.integers(3, 12), st.integers(13, 30))
def test_the_fit_of_stiff_strings_is_exact(base, stiffness, known, m):
    held = {k: k * base * np.sqrt(1 + stiffness * k * k) for k in range(1, known + 1)}
    assert expected_place(held, m) == pytest.approx(m * base * np.sqrt(1 + stiffness * m * m), rel=1e-6)


def test_more_inharmonicity_than_strings_have_is_not_believed():
    held = {k: k * 20.0 * np.sqrt(1 + 0.02 * k * k) for k in range(1, 6)}
    assert expected_place(held, 10) < 10 * 20.0 * np.sqrt(1 + 0.02 * 100)


def test_what_is_no_ridge_has_no_harmonics():
    """Where nothing stands out, a ridge may have no frames."""
    nothing = Ridge(7, np.zeros(0), np.zeros(0))
    assert harmonics(np.zeros((40, ANALYSIS.bins), np.uint8), nothing, 30.0, ANALYSIS) == [nothing]
