import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from workbench.masks.edits import areas
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import Join
from workbench.masks.model.grid import TILE, Region
from workbench.spectral.stft import Analysis

BINS, FRAMES = 129, 300


def plane(area: Area) -> np.ndarray:
    return area.read(np.arange(area.bins), np.arange(area.frames))


def random_area(seed: int) -> tuple[Area, np.ndarray]:
    """An area and its bins, with uniform parts, edges and single bins."""
    rng = np.random.default_rng(seed)
    held = np.zeros((BINS, FRAMES), np.uint8)
    for _ in range(3):
        low, start = rng.integers(0, BINS), rng.integers(0, FRAMES)
        held[low : low + rng.integers(1, 140), start : start + rng.integers(1, 250)] = rng.choice([255, 255, 90])
    return areas.of_plane(held, Region(0, BINS, 0, FRAMES), BINS, FRAMES), held


@given(st.integers(0, 10_000))
def test_an_area_is_what_it_was_made_of_on_any_grid(seed):
    area, held = random_area(seed)
    np.testing.assert_array_equal(plane(area), held)
    rng = np.random.default_rng(seed)
    rows, columns = np.unique(rng.integers(0, BINS, 30)), np.unique(rng.integers(0, FRAMES, 40))
    np.testing.assert_allclose(area.at(rows, columns), held[np.ix_(rows, columns)] / 255, atol=1e-6)
    hit_rows, hit_columns = np.nonzero(held)
    expected = Region(hit_rows.min(), hit_rows.max() + 1, hit_columns.min(), hit_columns.max() + 1)
    bounds = area.bounds
    # Wholly covered tiles are not looked into, so the bounds end where tiles do.
    assert bounds.low <= expected.low < bounds.low + TILE and bounds.start <= expected.start < bounds.start + TILE
    assert expected.high <= bounds.high and expected.stop <= bounds.stop


@given(st.integers(0, 10_000))
def test_areas_combine_as_sets(seed):
    (one, a), (two, b) = random_area(seed), random_area(seed + 1)
    np.testing.assert_array_equal(plane(one.union(two)), np.maximum(a, b))
    np.testing.assert_array_equal(plane(one.intersection(two)), np.minimum(a, b))
    np.testing.assert_array_equal(plane(one.minus(two)), np.minimum(a, 255 - b))
    np.testing.assert_array_equal(plane(one.inverted()), 255 - a)
    np.testing.assert_array_equal(plane(one.inverted().inverted()), a)
    assert not one.minus(areas.everything(BINS, FRAMES))


@pytest.mark.parametrize("join", list(Join))
def test_what_is_found_joins_what_is_selected(join):
    (before, a), (found, b) = random_area(1), random_area(2)
    expected = {
        Join.NEW: b,
        Join.ADD: np.maximum(a, b),
        Join.SUBTRACT: np.minimum(a, 255 - b),
        Join.INTERSECT: np.minimum(a, b),
    }
    np.testing.assert_array_equal(plane(areas.joined(before, found, join)), expected[join])
    alone = plane(areas.joined(None, found, join))
    np.testing.assert_array_equal(alone, b if join in (Join.NEW, Join.ADD) else np.zeros_like(b))


@given(st.integers(0, 10_000), st.sampled_from([1, 3, 10]))
def test_growing_shrinking_and_feathering_are_filters_of_the_whole_plane(seed, by):
    area, held = random_area(seed)
    np.testing.assert_array_equal(plane(area.grown(by)), ndimage.maximum_filter(held, 2 * by + 1, mode="nearest"))
    np.testing.assert_array_equal(plane(area.shrunk(by)), ndimage.minimum_filter(held, 2 * by + 1, mode="nearest"))
    soft = ndimage.gaussian_filter(held.astype(np.float32), by / 2, radius=2 * by, mode="nearest")
    np.testing.assert_allclose(plane(area.feathered(by)), soft, atol=0.51)


def test_a_rectangle_and_a_polygon_hold_their_bins():
    region = Region(10, 100, 60, 290)
    held = np.zeros((BINS, FRAMES), np.uint8)
    held[10:100, 60:290] = 255
    np.testing.assert_array_equal(plane(areas.rectangle(region, BINS, FRAMES)), held)
    corners = np.array([(60, 10), (289, 10), (289, 99), (60, 99)], float)
    np.testing.assert_array_equal(plane(areas.polygon(corners, BINS, FRAMES)), held)
    triangle = plane(areas.polygon(np.array([(20.0, 20), (120, 20), (20, 120)]), BINS, FRAMES))
    row, column = np.mgrid[:BINS, :FRAMES]
    inside = (row > 20) & (column > 20) & (row + column < 139)
    assert (triangle[inside] == 255).all()
    assert not triangle[(row < 19) | (column < 19) | (row + column > 142)].any()


def test_a_lasso_within_one_bin_selects_that_bin():
    area = areas.polygon(np.array([(20.1, 30.1), (20.2, 30.1), (20.2, 30.2)]), BINS, FRAMES)
    assert plane(area).sum() == 255 and plane(area)[30, 20] == 255


def test_an_hour_costs_its_border():
    bins, frames = 1025, 310_000
    for region in (Region(0, bins, 1000, 300_000), Region(100, 200, 0, frames)):
        area = areas.rectangle(region, bins, frames)
        assert area.nbytes < 200_000 and area.grown(5).nbytes < 250_000
        assert area.at(np.array([150]), np.array([2000, 299_000])).all()
        assert not area.inverted().at(np.array([150]), np.array([2000])).any()


@pytest.mark.parametrize("count", [2, 5])
def test_overtones_are_copies_at_the_multiples_of_the_fundamental(count):
    held = np.zeros((BINS, FRAMES), np.uint8)
    held[19:22, 50:150] = 255
    out = plane(areas.of_plane(held, Region(0, BINS, 0, FRAMES), BINS, FRAMES).overtones(count))
    expected = np.zeros_like(held)
    for number in range(1, count + 1):
        expected[20 * number - 1 : 20 * number + 2, 50:150] = 255
    np.testing.assert_array_equal(out, expected)


def test_an_area_moves_and_what_leaves_the_plane_is_lost():
    area, held = random_area(3)
    expected = np.zeros_like(held)
    expected[40:, 100:] = held[:-40, :-100]
    np.testing.assert_array_equal(plane(area.moved(40, 100)), expected)


def test_an_area_stays_where_it_was_under_another_window():
    old, new, samples = Analysis(256, 64), Analysis(1024, 256), 40_000
    area = areas.rectangle(Region(30, 60, 100, 300), old.bins, old.frames(samples))
    moved = area.resampled(old, new, samples)
    inside = plane(moved)
    assert (inside[30 * 4 : 59 * 4, 100 // 4 + 1 : 300 // 4 - 1] == 255).all()
    assert np.count_nonzero(inside) == pytest.approx(30 * 4 * 200 / 4, rel=0.05)


def test_pictures_show_areas_thinner_than_a_pixel():
    bins, frames = 1025, 310_000
    area = areas.rectangle(Region(0, bins, 150_000, 150_003), bins, frames)
    columns = np.linspace(0, frames, 1001).astype(np.intp)
    seen = area.pooled(np.arange(0, bins, 8), columns)
    assert seen.any() and seen.any(axis=0).sum() <= 2


def test_cells_at_the_edge_of_a_picture_show_their_own_frame_and_bin():
    area = areas.rectangle(Region(3, 4, 5, 6), 10, 10)
    seen = area.pooled(np.array([2, 2, 3, 3]), np.array([4, 4, 5, 5]))
    assert seen.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 255]]
    assert not area.pooled(np.array([3, 4, 4]), np.array([5, 6, 6]))[:, 1].any()
