"""Areas that are moved, resized and turned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import of_plane, polygon, rectangle
from workbench.masks.edits.brush import Ruler
from workbench.masks.edits.placing import Placing, inverse, mapped, shift, stretch, turn
from workbench.masks.model.grid import Region
from workbench.spectral.scales import FrequencyScale

BINS, FRAMES, HZ = 257, 400, 31.25
SCALES = st.sampled_from(list(FrequencyScale))
ROWS, COLUMNS = np.arange(BINS), np.arange(FRAMES)


def eye(scale: FrequencyScale = FrequencyScale.LINEAR, hz: float = HZ) -> Ruler:
    return Ruler(scale, hz, 1.0, 1.0)


def bins(area: Area) -> np.ndarray:
    return area.read(ROWS, COLUMNS)


@st.composite
def areas(draw) -> Area:
    """Boxes, and planes of noise with soft edges, from one bin to many."""
    low, high = sorted(draw(st.tuples(st.integers(0, BINS - 2), st.integers(1, BINS - 1))))
    start, stop = sorted(draw(st.tuples(st.integers(0, FRAMES - 2), st.integers(1, FRAMES - 1))))
    region = Region(low, high + 1, start, stop + 1)
    if draw(st.booleans()):
        return rectangle(region, BINS, FRAMES)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    plane = rng.choice(np.array([0, 130, 255], np.uint8), (high + 1 - low, stop + 1 - start))
    plane[0, 0] = 255
    return of_plane(plane, region, BINS, FRAMES)


@given(areas(), SCALES, st.integers(-500, 500), st.floats(-4, 4), st.floats(0.3, 3), st.floats(-3, 3))
def test_there_and_back_is_the_area_that_it_was(area, scale, frames, positions, factor, angle):
    placing = Placing(area, eye(scale))
    left, bottom, *_ = placing.box
    way = turn(angle, (left, bottom)) @ stretch(factor, 1 / factor, (left, bottom)) @ shift(frames, positions)
    there = placing.then(way)
    there.made()
    back = there.then(inverse(way)).made()
    np.testing.assert_array_equal(bins(back), bins(area))


@given(areas(), SCALES, st.sampled_from([4.0, HZ]), st.integers(-500, 500))
def test_a_move_in_time_takes_every_bin_so_many_frames_later(area, scale, hz, frames):
    """Also bins below the foot of the axis, which are drawn in one place."""
    moved = Placing(area, eye(scale, hz)).moved(frames, 0.0).made()
    np.testing.assert_array_equal(bins(moved), bins(area.moved(0, frames)))


@given(areas(), st.integers(-300, 300), st.integers(-500, 500))
def test_where_bins_are_equally_far_apart_a_move_is_one_by_bins(area, rows, columns):
    moved = Placing(area, eye()).moved(columns, rows * HZ).made()
    np.testing.assert_array_equal(bins(moved), bins(area.moved(rows, columns)))


@given(areas(), SCALES, st.floats(-3, 3), st.floats(0.2, 4), st.floats(0.2, 4), st.floats(-300, 300))
def test_it_covers_nothing_but_its_region_of_the_plane(area, scale, angle, wide, high, frames):
    placing = Placing(area, eye(scale)).then(stretch(wide, high, (100, 3))).then(turn(angle, (150, 4)))
    made, region = placing.moved(frames, 0.5).made(), placing.moved(frames, 0.5).region
    assert (made.bins, made.frames) == (BINS, FRAMES)
    outside = np.ones((BINS, FRAMES), bool)
    outside[region.low : region.high, region.start : region.stop] = False
    assert not bins(made)[outside].any()
    # Beyond the plane's last bin and frame its tiles are no part of it.
    assert made.bounds.high <= BINS and made.bounds.stop <= FRAMES


@given(st.integers(40, 120), st.integers(60, 160), st.floats(-np.pi, np.pi))
def test_a_turned_rectangle_is_the_polygon_of_its_turned_corners(high, wide, angle):
    # A pixel of the eye is a frame by a bin here, so that angles are those of the screen.
    box = rectangle(Region(128 - high // 2, 128 + high // 2, 200 - wide // 2, 200 + wide // 2), BINS, FRAMES)
    placing = Placing(box, Ruler(FrequencyScale.LINEAR, 1.0, 1.0, 1.0))
    left, bottom, right, top = placing.box
    way = turn(angle, ((left + right) / 2, (bottom + top) / 2))
    turned = placing.then(way).made()
    corners = mapped(way, np.array([(left, bottom), (right, bottom), (right, top), (left, top)]))
    drawn, made = bins(polygon(corners, BINS, FRAMES)) > 0, bins(turned) > 0
    inside = (corners >= -1).all() and (corners[:, 1] <= BINS).all()
    if inside:
        # They may differ along the border, which the polygon includes.
        assert (drawn != made).sum() <= 1.5 * 2 * (high + wide)
        assert made.sum() == pytest.approx(high // 2 * 2 * (wide // 2 * 2), rel=0.02)


@given(st.floats(-np.pi, np.pi))
def test_a_turn_is_one_of_the_screen_on_any_axis(angle):
    """On a logarithmic axis what was an upright box is a turned box of pixels, and no box of bins."""
    ruler = Ruler(FrequencyScale.LOG, HZ, 1.0, 1.0)
    pixels = np.array([[2.0, 0, 0], [0, -40.0, 400.0], [0, 0, 1]])
    placing = Placing(rectangle(Region(20, 60, 150, 250), BINS, FRAMES), ruler)
    left, bottom, right, top = placing.box
    middle = mapped(pixels, np.array([[(left + right) / 2, (bottom + top) / 2]]))[0]
    way = inverse(pixels) @ turn(angle, tuple(middle)) @ pixels
    made = bins(placing.then(way).made()) > 0
    rows, columns = np.meshgrid(ROWS[1:], COLUMNS, indexing="ij")
    points = mapped(pixels, np.stack([columns.ravel(), ruler.y(rows.ravel())], axis=1))
    back = mapped(turn(-angle, tuple(middle)), points)
    (x0, y0), (x1, y1) = mapped(pixels, np.array([(left, bottom), (right, top)]))
    depth = np.minimum.reduce([back[:, 0] - x0, x1 - back[:, 0], back[:, 1] - y1, y0 - back[:, 1]])
    clear = np.abs(depth) > 1e-6
    np.testing.assert_array_equal(made[1:].ravel()[clear], depth[clear] > 0)


def test_turning_in_many_steps_is_turning_once():
    box = rectangle(Region(60, 180, 100, 300), BINS, FRAMES)
    placing = Placing(box, eye())
    for _ in range(36):
        placing = placing.then(turn(np.pi / 18, (200, 120 * HZ)))
        placing.made()
    np.testing.assert_array_equal(bins(placing.made()), bins(box))


def test_a_band_over_minutes_costs_no_more_where_it_is_taken():
    """Tiles along its edges are one array."""
    frames = 40_000
    band = rectangle(Region(100, 200, 1000, 39_000), 1025, frames)
    moved = Placing(band, Ruler(FrequencyScale.LOG, 21.5, 1.0, 1.0)).moved(500, 0.3).made()
    assert moved.nbytes < 3 * band.nbytes
    assert moved.bounds.start == 1500 and moved.bounds.stop == 39_500
