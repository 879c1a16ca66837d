"""What part of time and frequency is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.control.scenes import RATE, SECONDS, open_tones
from workbench.control.viewport import SHORTEST_SECONDS, SMALLEST_SHARE, Viewport
from workbench.document.document import Document
from workbench.spectral.scales import FrequencyScale


@pytest.fixture(scope="module")
def view(application):
    class Opened:
        document = Document()

    view = Viewport(Opened.document)
    open_tones(Opened)
    view.document = Opened.document
    return view


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("zoom_time"), st.floats(0.1, 10), st.floats(0, 2)),
        st.tuples(st.just("zoom_frequency"), st.floats(0.1, 10), st.floats(1, 7)),
        st.tuples(st.just("pan"), st.floats(-5, 5), st.floats(-9, 9)),
        st.tuples(st.just("show_time"), st.floats(-5, 5), st.floats(-5, 5)),
        st.tuples(st.just("set_scale"), st.sampled_from(FrequencyScale)),
    ),
    max_size=8,
)


@given(STEPS)
def test_what_is_seen_lies_within_the_recording(view, steps):
    view.set_scale(FrequencyScale.LOG)
    view.fit()
    for name, *values in steps:
        getattr(view, name)(*values)
        assert view.start >= 0 and view.stop <= SECONDS + 1e-9 and view.span >= SHORTEST_SECONDS - 1e-9
        assert view.low >= view.bottom - 1e-6 and view.high <= view.top * (1 + 1e-9)
        assert view.height >= (view.top - view.bottom) * SMALLEST_SHARE * 0.99


@given(st.floats(1.1, 3), st.floats(0.7, 1.3))
def test_zooming_holds_its_place(view, factor, around):
    view.fit()
    share = (around - view.start) / view.span
    view.zoom_time(factor, around)
    assert (around - view.start) / view.span == pytest.approx(share)
    view.zoom_time(1 / factor, around)
    assert (view.start, view.stop) == pytest.approx((0, SECONDS))


def test_a_recording_is_shown_whole(desk):
    desk.viewport.show_time(0.5, 1.0)
    desk.viewport.zoom_frequency(4, 3)
    open_tones(desk, seconds=1.0)
    v = desk.viewport
    assert (v.start, v.stop, v.duration, v.rate) == (0.0, 1.0, 1.0, RATE)
    assert (v.low, v.high) == (v.bottom, v.top)


def test_another_scale_shows_the_same_frequencies(desk):
    v = desk.viewport
    v.zoom_frequency(2, 5)
    seen = v.scale.frequency(v.low), v.scale.frequency(v.high)
    v.set_scale(FrequencyScale.MEL)
    assert (v.scale.frequency(v.low), v.scale.frequency(v.high)) == pytest.approx(seen)
    v.fit()
    v.set_scale(FrequencyScale.LINEAR)
    assert (v.low, v.high) == (0.0, RATE / 2)


def test_a_scale_without_the_lowest_frequencies_shows_those_that_it_has(desk):
    v = desk.viewport
    v.set_scale(FrequencyScale.LINEAR)
    v.zoom_frequency(4, 0.0)
    v.set_scale(FrequencyScale.LOG)
    assert v.low == v.bottom and v.scale.frequency(v.high) == pytest.approx(RATE / 8, rel=0.6)


def test_who_shows_it_is_told_only_of_changes(desk):
    told = []
    desk.viewport.changed.connect(lambda: told.append(1))
    desk.viewport.show_time(0.0, SECONDS)
    desk.viewport.show_time(-1.0, SECONDS - 1.0)
    assert not told
    desk.viewport.show_time(0.5, 1.0)
    desk.viewport.pan(0.1, 0.0)
    assert told == [1, 1]
