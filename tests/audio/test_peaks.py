"""The outline of a recording is the least and the greatest sample of every span."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.audio.peaks import GROUP, peaks_of
from workbench.progress import Cancelled

SAMPLES = np.random.default_rng(0).normal(0, 0.3, (20 * GROUP + 77, 2)).astype(np.float32)
PEAKS = peaks_of(SAMPLES)


def spans(edges: np.ndarray) -> list[tuple[float, float]]:
    pieces = [SAMPLES[a : max(b, a + 1)] for a, b in pairwise(edges)]
    pieces = [piece if len(piece) else SAMPLES[-1:] for piece in pieces]
    return [(float(piece.min()), float(piece.max())) for piece in pieces]


def test_groups_are_those_of_their_frames():
    edges = np.append(np.arange(0, len(SAMPLES), GROUP), len(SAMPLES))
    np.testing.assert_array_equal(PEAKS.groups, np.array(spans(edges), np.float32))
    assert PEAKS.greatest == np.abs(SAMPLES).max()


@given(st.integers(0, len(SAMPLES)), st.lists(st.integers(0, 2 * GROUP - 1), min_size=1, max_size=30))
def test_near_spans_are_exact(first, steps):
    edges = np.minimum(first + np.cumsum([0, *steps]), len(SAMPLES))
    np.testing.assert_array_equal(PEAKS.between(edges), np.array(spans(edges), np.float32))


@given(st.integers(0, GROUP), st.integers(2 * GROUP, 6 * GROUP))
def test_far_spans_hold_all_that_is_in_them_and_at_most_a_group_more(first, step):
    edges = np.arange(first, len(SAMPLES) + 1, step)
    found = PEAKS.between(edges)
    for (low, high), a, b in zip(found, edges[:-1], edges[1:], strict=True):
        inner, outer = SAMPLES[a + GROUP : b - GROUP], SAMPLES[a // GROUP * GROUP : -(-b // GROUP) * GROUP]
        assert outer.min() <= low <= inner.min(initial=np.inf)
        assert outer.max() >= high >= inner.max(initial=-np.inf)


def test_a_click_is_seen_from_afar():
    samples = np.zeros((500 * GROUP, 1), np.float32)
    samples[123_456] = 0.9
    found = peaks_of(samples).between(np.linspace(0, len(samples), 51).astype(np.intp))
    assert found[:, 1].argmax() == 123_456 * 50 // len(samples) and found.max() == np.float32(0.9)


def test_nothing_and_a_stop():
    assert peaks_of(np.zeros((0, 2), np.float32)).between(np.array([0, 0, 0])).tolist() == [[0, 0], [0, 0]]

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        peaks_of(SAMPLES, stop)
