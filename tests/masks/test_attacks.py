"""Taps go where something begins, without the lag of the hand."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.masks.insight.attacks import aligned, strengths


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
