"""Ridges against partials of which the frequency is known in every frame."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.masks.synthesis import RATE, levels_of, noise, partial, places_of, plane, seconds
from workbench.masks.insight.ridges import area_of, follow, peaks, snapped, vertex
from workbench.masks.model.grid import Region
from workbench.progress import Cancelled
from workbench.spectral.stft import Analysis

ANALYSES = [Analysis(512, 128), Analysis(1024, 256), Analysis(2048, 256)]
T = seconds(2.0)


def stop(share):
    raise Cancelled


def followed(samples, hz, analysis, at=1.0, fall=30.0):
    """The ridge from where a partial is at a second, its levels, and where it truly is."""
    levels = levels_of(samples, analysis)
    column = analysis.frame_at(at, RATE)
    row = round(float(places_of(hz, np.array([column]), analysis)[0]))
    ridge = follow(levels, row, column, fall, analysis)
    return ridge, levels, places_of(hz, np.arange(ridge.start, ridge.stop), analysis)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_peaks_are_greater_than_what_is_below_and_no_less_than_what_is_above(values):
    column = np.array(values, float)
    slow = [k for k in range(1, len(values) - 1) if values[k - 1] < values[k] >= values[k + 1]]
    assert peaks(column).tolist() == slow
    assert peaks(column, 3, 7).tolist() == [k for k in slow if 3 <= k < 7]


@settings(max_examples=20)
@given(st.floats(20.0, 100.0), st.sampled_from(ANALYSES))
def test_a_place_between_bins_is_found_to_a_tenth_of_a_bin(place, analysis):
    hz = np.full(len(T), float(analysis.hz_of(place, RATE)))
    levels = levels_of(partial(hz), analysis)
    column = levels[len(levels) // 2].astype(float)
    assert vertex(column, int(np.argmax(column))) == pytest.approx(place, abs=0.1)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_click_beside_a_partial_snaps_to_it(analysis):
    hz = 1000 + 100 * T
    levels = levels_of(partial(hz) + noise(len(T), 0.001), analysis)
    column = analysis.frame_at(1.0, RATE)
    true = float(places_of(hz, np.array([column]), analysis)[0])
    for off in range(-4, 5):
        row = round(true) + off
        found = snapped(levels, row, column, Region(row - 5, row + 6, column - 1, column + 2))
        assert found is not None and abs(found[0] - true) <= 1.5


def test_of_two_partials_the_hand_means_the_nearer_unless_it_is_much_weaker():
    analysis = ANALYSES[1]
    low, high = (np.full(len(T), float(analysis.hz_of(place, RATE))) for place in (40, 52))
    near = Region(35, 58, 80, 83)
    even = levels_of(partial(low) + partial(high), analysis)
    assert snapped(even, 43, 81, near) == (40, 81) and snapped(even, 49, 81, near) == (52, 81)
    weak = levels_of(partial(low) + partial(high, 0.003), analysis)
    assert snapped(weak, 48, 81, near)[0] == 40


def test_silence_has_nothing_to_snap_to():
    assert snapped(np.zeros((9, 30), np.uint8), 5, 4, Region(0, 30, 0, 9)) is None


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize(
    "hz",
    [
        pytest.param(np.full(len(T), 1000.0), id="steady"),
        pytest.param(800 * 2 ** (T / 2), id="glide of an octave"),
        pytest.param(1500 + 400 * np.abs(T - 1), id="there and back"),
        pytest.param(1200 * (1 + 0.01 * np.sin(2 * np.pi * 5 * T)), id="vibrato"),
    ],
)
def test_a_partial_is_followed_from_end_to_end(analysis, hz):
    ridge, levels, true = followed(partial(hz) + noise(len(T), 0.0005), hz, analysis)
    assert ridge.start == 0 and ridge.stop >= len(levels) - 1
    off = np.abs(ridge.places - true)
    # The turn of a glide is rounded by the window, and so are the ends of the recording.
    assert np.median(off) < 0.1 and off.max() < 1.0


@settings(max_examples=15)
@given(st.floats(0.2, 0.6), st.floats(1.2, 1.7), st.sampled_from(ANALYSES))
def test_it_ends_where_the_partial_does(begin, end, analysis):
    hz = np.full(len(T), 1500.0)
    sounding = np.where((begin <= T) & (end > T), 0.3, 0.0)
    ridge, _, _ = followed(partial(hz, sounding) + noise(len(T), 0.001), hz, analysis, at=0.9)
    window = analysis.window / RATE
    assert abs(analysis.second_of(ridge.start, RATE) - begin) <= window
    assert abs(analysis.second_of(ridge.stop, RATE) - end) <= window


@pytest.mark.parametrize("fall", [12.0, 24.0, 36.0])
def test_a_decaying_partial_ends_by_the_fall_that_is_asked_for(fall):
    analysis = ANALYSES[1]
    hz = np.full(len(T), 1500.0)
    ridge, _, _ = followed(partial(hz, 0.3 * np.exp(-3 * T)) + noise(len(T), 1e-5), hz, analysis, at=0.1, fall=fall)
    # e^(−3 t) falls by 26 dB a second.
    assert analysis.second_of(ridge.stop, RATE) == pytest.approx(fall / (20 * np.log10(np.e) * 3), abs=0.06)
    assert ridge.heights.min() >= ridge.heights.max() - fall and ridge.loudest < 10


@pytest.mark.parametrize("analysis", ANALYSES)
def test_of_two_that_cross_each_goes_on_as_it_came(analysis):
    # So fast that they are one peak for a few windows at most, and no faster than a partial may be.
    speed = min(float(analysis.hz_of(3, RATE)) / (analysis.window / RATE), 2000.0)
    rising, falling = 3000 + speed * (T - 1), 3000 - speed * (T - 1)
    for hz in (rising, falling):
        samples = partial(rising) + partial(falling, 0.25, 1.0) + noise(len(T), 0.0005)
        ridge, levels, true = followed(samples, hz, analysis, at=0.2)
        assert ridge.stop >= len(levels) - 2 and ridge.start <= 2
        assert np.abs(ridge.places - true)[-len(true) // 4 :].max() < 1.0


def test_noise_is_followed_nowhere():
    analysis = ANALYSES[1]
    levels = levels_of(noise(len(T), 0.1), analysis)
    lengths = []
    for column in range(20, 140, 12):
        row = int(np.argmax(levels[column, 40:400])) + 40
        lengths.append(len(follow(levels, row, column, 30.0, analysis).places))
    # The window overlaps itself, so that a peak of noise lasts two windows as a rule.
    assert np.median(lengths) <= 4 * analysis.overlap


def test_the_area_is_the_main_lobe_and_holds_the_partial():
    analysis = ANALYSES[1]
    hz = 1000 + 200 * T
    samples = partial(hz) + noise(len(T), 0.0003)
    ridge, levels, true = followed(samples, hz, analysis)
    covered = plane(area_of([ridge], levels, analysis))
    rows, columns = np.nonzero(covered)
    assert np.abs(rows - true[columns - ridge.start]).max() <= 4
    power = 10.0 ** (levels.T / 20)
    assert power[covered].sum() > 0.99 * power.sum()


def test_following_can_be_stopped():
    analysis = ANALYSES[1]
    hz = np.full(len(T), 1000.0)
    levels = levels_of(partial(hz), analysis)
    with pytest.raises(Cancelled):
        follow(levels, round(analysis.bin_place(1000.0, RATE)), 40, 30.0, analysis, progress=stop)
