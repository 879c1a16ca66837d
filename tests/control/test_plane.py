"""Pixels, seconds, axis positions, hertz, frames and bins: there and back."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect

from tests.control.scenes import ANALYSIS, RATE, SECONDS, open_tones, point
from workbench.control.plane import Plane, Pointer
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis

SCALES = st.sampled_from(FrequencyScale)
STARTS, SPANS, SHARES = st.floats(0, 1.5), st.floats(0.05, 2), st.floats(0, 1)


@pytest.fixture(scope="module")
def plane(application):
    """A plane over two seconds, without a desk: examples share it."""

    class Opened:
        document = Document()

    viewport = Viewport(Opened.document)
    plane = Plane(Opened.document, viewport)
    plane.set_canvas(QRect(30, 10, 400, 200), 1.0)
    open_tones(Opened)
    plane.viewport = viewport
    return plane


def look(plane, scale, start, span):
    plane.viewport.set_scale(scale)
    plane.viewport.fit()
    plane.viewport.show_time(start, start + span)


@given(SCALES, STARTS, SPANS, SHARES, SHARES)
def test_points_and_places(plane, scale, start, span, across, up):
    look(plane, scale, start, span)
    point = QPointF(30 + 400 * across, 10 + 200 * up)
    place = plane.second_at(point.x()), plane.position_at(point.y())
    back = plane.point_of(place)
    assert (back.x(), back.y()) == pytest.approx((point.x(), point.y()), abs=1e-6)
    v = plane.viewport
    assert v.start - 1e-9 <= place[0] <= v.stop + 1e-9 and v.low - 1e-9 <= place[1] <= v.high + 1e-9
    assert plane.place_at(point) == pytest.approx(place, abs=1e-9)


@given(st.floats(-500, 1500), st.floats(-500, 900))
def test_places_lie_within_the_recording(plane, x, y):
    look(plane, FrequencyScale.LOG, 0.3, 0.5)
    second, position = plane.place_at(QPointF(x, y))
    v = plane.viewport
    assert 0 <= second <= v.duration and v.bottom <= position <= v.top
    assert 0 <= plane.frame_at(second) < 126 and 0 <= plane.bin_at(position) < ANALYSIS.bins


@given(st.integers(0, 125))
def test_frames_and_seconds(plane, frame):
    second = ANALYSIS.second_of(frame, RATE)
    assert plane.frame_at(second) == frame
    assert plane.frame_places(second) == pytest.approx(frame)


@given(SCALES, st.integers(0, ANALYSIS.bins - 1))
def test_bins_and_positions(plane, scale, bin_):
    look(plane, scale, 0, 2)
    hz = ANALYSIS.hz_of(bin_, RATE)
    position = float(scale.position(hz))
    assume(position > plane.viewport.bottom + 1e-3 or bin_ == 0)
    assert plane.bin_at(position) == bin_
    if position > plane.viewport.bottom + 1e-3:
        assert plane.hz_of(position) == pytest.approx(hz, abs=1e-6)
        assert plane.bin_places(position) == pytest.approx(bin_, abs=1e-6)


@pytest.mark.parametrize("scale", list(FrequencyScale))
def test_the_foot_of_the_axis_reaches_down_to_0_hz(plane, scale):
    look(plane, scale, 0, 2)
    bottom = plane.viewport.bottom
    assert plane.bin_at(bottom) == 0 and plane.bin_places(bottom) == 0
    assert plane.region_between((0, bottom), (2, plane.viewport.top)).low == 0
    assert plane.region_in_view.low == 0 and plane.region_in_view.high == ANALYSIS.bins


@given(SCALES, STARTS, STARTS, SHARES, SHARES)
def test_a_region_holds_both_its_places_whatever_their_order(plane, scale, one, other, low, high):
    look(plane, scale, 0, 2)
    v = plane.viewport
    places = [(second, v.bottom + share * (v.top - v.bottom)) for second, share in ((one, low), (other, high))]
    region = plane.region_between(*places)
    assert region == plane.region_between(*places[::-1])
    for second, position in places:
        assert region.start <= plane.frame_at(second) < region.stop
        assert region.low <= plane.bin_at(position) < region.high
    assert region.low in map(plane.bin_at, (places[0][1], places[1][1])) and region.bins_held > 0


@given(SCALES, STARTS, SPANS, SHARES, SHARES)
def test_the_rulers_pixels_are_those_of_the_screen(plane, scale, start, span, across, up):
    look(plane, scale, start, span)
    one, other = QPointF(30 + 400 * across, 10 + 200 * up), QPointF(30, 10)
    (x, y), (x0, y0) = plane.ruler_point(one), plane.ruler_point(other)
    assert x - x0 == pytest.approx(one.x() - other.x(), abs=1e-5)
    assert y - y0 == pytest.approx(other.y() - one.y(), abs=1e-5)
    ruler = plane.ruler()
    assert float(ruler.x(float(plane.frame_places(plane.second_at(one.x()))))) == pytest.approx(x, abs=1e-6)


def test_the_axes_have_an_entry_for_every_pixel_of_the_screen(plane):
    look(plane, FrequencyScale.LOG, 0, 2)
    plane.set_canvas(QRect(30, 10, 400, 200), 2.0)
    rows, columns = plane.axes
    assert (len(rows.spread), len(columns.spread)) == (400, 800)
    plane.set_canvas(QRect(30, 10, 400, 200), 1.0)
    assert (len(plane.axes[0].spread), plane.pixel_ratio, plane.canvas.width()) == (200, 1.0, 400)


def test_who_draws_is_told_of_canvas_view_and_window(desk):
    told = []
    desk.plane.changed.connect(lambda: told.append(1))
    desk.plane.set_canvas(desk.plane.canvas, 1.0)
    assert not told
    new = Analysis(1024, 256)
    for act in (
        lambda: desk.plane.set_canvas(QRect(0, 0, 300, 100), 1.0),
        lambda: desk.viewport.show_time(0.5, 1.0),
        lambda: desk.document.set_analysis("w", new, analyse_levels(desk.document.recording.samples, new)),
        lambda: open_tones(desk, seconds=1.0),
    ):
        told.clear()
        act()
        assert told
    assert desk.plane.second_at(300) == SECONDS / 2


def test_the_pointer_is_over_the_canvas_or_nowhere(desk):
    pointer, told = Pointer(desk.plane), []
    pointer.moved.connect(lambda: told.append(pointer.place))
    pointer.put(QPointF(200, 100))
    assert pointer.place == pytest.approx((1.0, desk.plane.position_at(100)))
    pointer.put(QPointF(500, 100))
    assert pointer.point is None and pointer.place is None
    pointer.put(None)
    assert told[1:] == [None, None] and np.isfinite(told[0]).all()


def test_a_stroke_is_where_it_was_drawn_whatever_is_seen_now(desk):
    plane, viewport = desk.plane, desk.viewport
    places = [(0.4, 0.3), (1.1, 0.6), (1.7, 0.8)]
    points = [point(desk, *place) for place in places]
    drawn = [plane.place_at(each) for each in points]
    ruler, line = plane.ruler(), np.array([plane.ruler_point(each) for each in points])
    viewport.show_time(0.5, 1.5)
    viewport.zoom_frequency(1.5, (viewport.low + viewport.high) / 2)
    for got, place in zip(plane.points_of(ruler, line), drawn, strict=True):
        there = plane.point_of(place)
        assert abs(got.x() - there.x()) < 0.01 and abs(got.y() - there.y()) < 0.01
