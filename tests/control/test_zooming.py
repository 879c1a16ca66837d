"""Zooming to the selection shows it, with a little around it."""

from __future__ import annotations

import pytest

from tests.acting import select_time
from tests.control.scenes import open_tones, select_box


@pytest.fixture
def shown(desk):
    open_tones(desk)
    return desk


def test_a_span_of_time_fills_the_view_and_all_frequencies_stay(shown):
    low, high = shown.viewport.low, shown.viewport.high
    select_time(shown.document, shown.selection, 0.5, 1.0)
    shown.zooming.to_selection()
    v, (begin, end) = shown.viewport, shown.selection.seconds
    assert v.start < begin < end < v.stop and v.span < 1.3 * (end - begin)
    assert (v.low, v.high) == (low, high)


def test_a_box_fills_it_along_both_axes(shown):
    select_box(shown, 20, 60, 10, 40)
    shown.zooming.to_selection()
    v, bounds = shown.viewport, shown.selection.area.bounds
    analysis, rate = shown.document.state.analysis, shown.document.recording.rate
    low, high = (float(v.scale.position(analysis.hz_of(each, rate))) for each in (bounds.low, bounds.high))
    assert v.low < low < high < v.high and high - low > 0.6 * v.height
    assert v.span < 1.3 * (shown.selection.seconds[1] - shown.selection.seconds[0])


def test_without_a_selection_it_says_so_and_stays(shown, told):
    before = shown.viewport.start, shown.viewport.stop
    shown.zooming.to_selection()
    assert (shown.viewport.start, shown.viewport.stop) == before and "Nothing is selected" in told.said[0]
