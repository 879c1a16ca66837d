import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.compat import reference
from workbench.nmf.compat.flucoma.nmf_morph import Segment, morph, segments, transport

PLAIN = np.array([1, 5, 2, 1, 4, 2, 1, 3, 1, 2, 1.0])
"""Peaks at 1, 4, 7 and 9, valleys at 3, 6 and 8."""


def templates(bins, components, seed):
    return np.random.default_rng(seed).gamma(0.7, 1.0, (bins, components)) + 1e-3


def regular(w):
    """Every column can be cut."""
    try:
        return all(reference.morph_segments(a) for a in w.T)
    except IndexError:
        return False


# -- segments and transport --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spectrum", "expected"),
    [
        # With a valley to spare the last peak gets what is left, up to the last bin but one.
        ([3, 1, 4, 1, 5, 1, 2, 0, 1], [(0, 2, 3, 8), (3, 4, 5, 6), (5, 6, 8, 3)]),
        # Without it the last peak is dropped.
        (PLAIN, [(0, 1, 3, 8), (3, 4, 6, 7), (6, 7, 8, 4)]),
        # One peak between two valleys.
        ([3, 1, 4, 1, 5], [(0, 2, 3, 8)]),
        # One peak before two valleys, the second behind a plateau: two segments around the same peak.
        ([1, 5, 1, 3, 3, 2, 4, 4], [(0, 1, 2, 6), (2, 1, 7, 13)]),
    ],
)
def test_segments_by_hand(spectrum, expected):
    actual = segments(np.array(spectrum, float))
    assert [s[:3] for s in actual] == [e[:3] for e in expected]
    assert [s.mass * sum(spectrum) for s in actual] == pytest.approx([e[3] for e in expected])


@pytest.mark.parametrize(
    "spectrum",
    [
        [1.0],
        [1, 2],
        [1, 2, 3, 4],
        [1, 3, 1],
        [3, 1, 3],
        [0, 0, 0, 0],
        [2, 2, 2, 2],
        [3, 1, 2, 5, 1, 1],
        [1, 3, 2, 2, 3, 1],
    ],
    ids=str,
)
def test_spectra_that_cannot_be_cut(spectrum):
    assert segments(np.array(spectrum, float)) == []


@given(st.lists(st.integers(0, 4), min_size=1, max_size=14))
def test_segments_equal_the_slow_loop(spectrum):
    a = np.array(spectrum, float)
    try:
        expected = reference.morph_segments(a)
    except IndexError:
        expected = []
    actual = segments(a)
    assert [s[:3] for s in actual] == [e[:3] for e in expected]
    assert [s.mass for s in actual] == pytest.approx([e[3] for e in expected])
    assert all(s.mass > 0 for s in actual)


def test_transport_by_hand():
    a = [Segment(0, 1, 2, 0.5), Segment(2, 3, 4, 0.5)]
    b = [Segment(0, 1, 2, 0.25), Segment(2, 3, 4, 0.75)]
    assert transport(a, b) == [(0, 0, 0.25), (0, 1, 0.25), (1, 1, 0.5)]
    # A tie uses up the target first; what is then left of the source, nothing, moves on.
    assert transport(a, a) == [(0, 0, 0.5), (0, 1, 0.0), (1, 1, 0.5)]


@given(st.integers(0, 200))
def test_transport_equals_the_slow_loop(seed):
    w = templates(30, 2, seed)
    a, b = segments(w[:, 0]), segments(w[:, 1])
    assert [tuple(m) for m in transport(a, b)] == reference.morph_moves(a, b)


# -- the morph ---------------------------------------------------------------------------------------


@given(st.integers(0, 200), st.floats(0, 1))
def test_morph_in_order_equals_the_slow_loop(seed, amount):
    w1, w2 = templates(24, 2, seed), templates(24, 2, seed + 1000)
    assert regular(w1) and regular(w2)
    expected = np.stack([reference.morph_between(w1[:, k], w2[:, k], amount) for k in range(2)], axis=1)
    np.testing.assert_allclose(morph(w1, w2, amount, assign=False), expected, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("seed", range(8))
def test_the_assignment_is_the_cheapest_by_the_running_total(seed):
    w1, w2 = templates(24, 4, seed), templates(24, 4, seed + 50)
    assert regular(w1) and regular(w2)
    costs = reference.morph_costs(w1, w2)
    best = min(itertools.permutations(range(4)), key=lambda order: sum(costs[i, j] for i, j in enumerate(order)))
    expected = morph(w1, w2[:, best], 0.4, assign=False)
    np.testing.assert_allclose(morph(w1, w2, 0.4), expected, rtol=1e-12, atol=1e-15)


def test_the_running_total_decides_differently_from_the_cost_of_each_pair():
    found = 0
    for seed in range(30):
        w1, w2 = templates(24, 3, seed), templates(24, 3, seed + 50)
        costs = reference.morph_costs(w1, w2)
        own = np.diff(costs.ravel(), prepend=0).reshape(3, 3)
        best = min(itertools.permutations(range(3)), key=lambda order: sum(own[i, j] for i, j in enumerate(order)))
        found += not np.allclose(morph(w1, w2, 0.4), morph(w1, w2[:, best], 0.4, assign=False))
    assert found


def test_halves_go_to_the_even_bin():
    a = np.array([0.0, 0, 1, 9, 1, 0.5, 1, 9, 1, 0, 1, 0])
    shifted = np.roll(a, 1)
    # Centres 3 and 4, halfway 3.5: bin 4.
    assert np.argmax(morph(a[:, None], shifted[:, None], 0.5, assign=False)[:7, 0]) == 4
    # Centres 4 and 5, halfway 4.5: bin 4 again.
    again = morph(shifted[:, None], np.roll(a, 2)[:, None], 0.5, assign=False)
    assert np.argmax(again[:7, 0]) == 4


def test_the_start_is_the_source_but_for_what_lies_beyond_its_segments():
    start = morph(PLAIN[:, None], PLAIN[:, None], 0.0)[:, 0]
    np.testing.assert_allclose(start, [*PLAIN[:8], 0, 0, 0], rtol=1e-12)


def test_what_cannot_be_cut_is_interpolated_and_then_nothing_is_assigned():
    w1, w2 = templates(24, 3, 1), templates(24, 3, 2)
    w2[:, 1] = np.linspace(0, 1, 24)
    mixed = morph(w1, w2, 0.25)
    np.testing.assert_allclose(mixed[:, 1], 0.75 * w1[:, 1] + 0.25 * w2[:, 1], rtol=1e-14)
    for k in (0, 2):
        np.testing.assert_allclose(mixed[:, k], reference.morph_between(w1[:, k], w2[:, k], 0.25), rtol=1e-11)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_kind_of_number_and_its_inputs(dtype):
    w1, w2 = templates(24, 3, 3).astype(dtype), templates(24, 3, 4).astype(dtype)
    copies = w1.copy(), w2.copy()
    assert morph(w1, w2, 0.3).dtype == dtype
    assert np.array_equal(w1, copies[0]) and np.array_equal(w2, copies[1])


@given(st.integers(1, 8), st.integers(1, 3), st.floats(0, 1), st.integers(0, 50))
def test_odd_shapes_give_finite_nonnegative_templates(bins, components, amount, seed):
    rng = np.random.default_rng(seed)
    w1, w2 = (rng.integers(0, 3, (bins, components)).astype(float) for _ in range(2))
    out = morph(w1, w2, amount)
    assert out.shape == w1.shape and np.isfinite(out).all() and (out >= 0).all()


@pytest.mark.parametrize(
    ("w1", "w2", "amount", "message"),
    [
        (np.ones((4, 2)), np.ones((4, 3)), 0.5, "same shape"),
        (np.ones(4), np.ones(4), 0.5, "same shape"),
        (-np.ones((4, 2)), np.ones((4, 2)), 0.5, "nonnegative"),
        (np.ones((4, 2)), np.full((4, 2), np.nan), 0.5, "finite"),
        (np.ones((4, 2)), np.ones((4, 2)), 1.5, "amount"),
        (np.ones((4, 2)), np.ones((4, 2)), float("nan"), "amount"),
    ],
)
def test_refuses_what_does_not_fit(w1, w2, amount, message):
    with pytest.raises(ValueError, match=message):
        morph(w1, w2, amount)
