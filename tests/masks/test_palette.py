"""The colours of layers are far from each other to every eye, and a new layer takes one that is used least."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.masks.model.palette import PALETTE, least_used, palette_colour

EYES = {
    # Machado, Oliveira & Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency,
    # IEEE TVCG 15(6), 2009, severity 1, on linear RGB.
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
JUST_SEEN = 0.02
"""A difference in OKLab that is just seen side by side."""


def linear(colour: str) -> np.ndarray:
    """Linear RGB (IEC 61966-2-1) of '#rrggbb'."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """OKLab (Björn Ottosson, 2020) of linear RGB, shape (…, 3)."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.cbrt(np.clip(rgb, 0, 1) @ cones.T) @ lab.T


def least_distance(colours, eye) -> float:
    seen = oklab(np.clip(np.array([linear(each) for each in colours]) @ EYES[eye].T, 0, 1))
    apart = np.linalg.norm(seen[:, None] - seen, axis=-1)
    return float(apart[~np.eye(len(apart), dtype=bool)].min())


# The palette before had ten colours, of which two were 0.006 apart to deuteranopes: blue and violet were one.
@pytest.mark.parametrize(
    ("count", "normal", "least"), [(6, 0.18, 0.11), (10, 0.16, 0.10), (16, 0.10, 0.06), (24, 0.085, 0.05)]
)
def test_the_first_colours_are_far_from_each_other_to_every_eye(count, normal, least):
    assert len(PALETTE) == 24
    assert least_distance(PALETTE[:count], "normal") > normal
    for eye in EYES:
        assert least_distance(PALETTE[:count], eye) > least > 2 * JUST_SEEN, eye


def test_no_colour_is_dark_glaring_or_grey():
    lightness, a, b = oklab(np.array([linear(each) for each in PALETTE])).T
    assert lightness.min() > 0.55 and lightness.max() < 0.95
    assert np.hypot(a, b).min() > 0.03 and np.hypot(a, b).max() < 0.23


def test_colours_repeat_only_when_all_are_used():
    used: list[str] = []
    for _ in range(24):
        used.append(least_used(used))
    assert sorted(used) == sorted(PALETTE)
    for _ in range(24):
        used.append(least_used(used))
        assert used[-1] != used[-2]
    assert {used.count(colour) for colour in PALETTE} == {2}


@given(st.lists(st.sampled_from(PALETTE)), st.integers(0, 60))
def test_a_new_layer_takes_a_colour_that_is_used_least(used, first):
    got = least_used(used, first)
    assert used.count(got) == min(used.count(colour) for colour in PALETTE)


def test_a_component_has_its_own_colour_where_that_is_free():
    assert [least_used([], i) for i in range(30)] == [palette_colour(i) for i in range(30)]
    assert least_used([palette_colour(3)], 3) == palette_colour(4)


def test_a_colour_chosen_by_hand_counts_for_the_one_that_is_most_like_it():
    assert least_used(["#2f9bff"]) == PALETTE[1]
