"""Taps go where something begins, without the lag of the hand."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.masks.insight.attacks import aligned, begun, strengths
from workbench.spectral.stft import Analysis


def clicks(frames, places, bins=40):
    """Levels with sounds that begin at some frames and die away."""
    out = np.full((frames, bins), 20.0)
    for place in places:
        out[place:] = np.maximum(out[place:], 200 - 6.0 * np.arange(frames - place)[:, None])
    return out.astype(np.uint8)


PLACES = [30, 61, 95, 124, 160]


def test_strength_is_where_it_begins_and_nothing_is_beyond_the_ends():
    levels = clicks(200, PLACES)
    around = strengths(levels, 61, 10)
    assert int(np.argmax(around)) == 10 and around[:10].max() == 0
    assert not strengths(levels, -50, 5).any() and not strengths(levels, 400, 5).any()


@pytest.mark.parametrize("late", [-8, 0, 5, 11])
def test_the_lag_is_found_and_every_tap_is_put_to_its_attack(late):
    rng = np.random.default_rng(late + 20)
    taps = [place + late + int(rng.integers(-2, 3)) for place in PLACES]
    found, told = aligned(clicks(200, PLACES), taps, 13, 3)
    assert found == PLACES and abs(told - late) <= 3


def test_one_tap_says_nothing_of_the_hand_and_goes_to_an_attack_near():
    assert aligned(clicks(200, PLACES), [63], 13, 3) == ([61], 0)
    assert aligned(clicks(200, PLACES), [75], 13, 3) == ([75], 0), "nothing begins there: it stays"


def test_taps_beyond_the_ends_are_put_to_them():
    found, _ = aligned(clicks(200, PLACES), [-4, 500], 13, 3)
    assert found == [0, 199]


ANALYSIS = Analysis(64, 16)
BINS = ANALYSIS.bins


def struck(places, low, high, level=200):
    """Levels over quiet in which bins low … high − 1 begin at some frames and die away."""
    out = np.full((200, BINS), 20.0)
    for place in places:
        decay = level - 6.0 * np.arange(200 - place)
        out[place:, low:high] = np.maximum(out[place:, low:high], decay[:, None])
    return out


def covered(area):
    return area.at(np.arange(BINS), np.arange(200)) > 0


def test_what_begins_at_an_attack_counts_for_a_window_and_what_sounds_on_through_it_does_not():
    levels = struck(PLACES, 5, 12)
    levels[:, 20] = 230
    held = covered(begun(levels.astype(np.uint8), [*PLACES, 500], ANALYSIS))
    expected = np.zeros_like(held)
    for place in PLACES:
        expected[5:12, place : place + ANALYSIS.overlap] = True
    assert np.array_equal(held, expected)


def test_a_louder_sound_that_begins_at_some_of_the_attacks_is_another_one():
    hats, kick = struck(PLACES, 20, 30, 120), struck(PLACES[1:3], 2, 30, 220)
    levels = np.maximum(hats, kick).astype(np.uint8)
    held = covered(begun(levels, PLACES, ANALYSIS))
    assert held[20:30, PLACES[0]].all() and not held[:, PLACES[1]].any() and not held[:20].any()
    assert covered(begun(levels, PLACES[1:3], ANALYSIS))[2:30, PLACES[1]].all(), "tapped for itself it is all there"


def test_what_begins_with_the_recording_has_begun_and_nothing_is_nothing():
    held = covered(begun(struck([0], 5, 12).astype(np.uint8), [0], ANALYSIS))
    assert held[5:12, 0].all()
    assert not begun(struck([0], 5, 12).astype(np.uint8), [100], ANALYSIS)
    assert not begun(struck([0], 5, 12).astype(np.uint8), [], ANALYSIS)
