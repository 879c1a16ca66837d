"""Strokes that are kept as their path."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import random_stack
from workbench.masks.edits import areas
from workbench.masks.edits.brush import Brush, Ruler, Shape, coverage, covered
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Fill, Restore
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.painting import AnyStroke, PathStroke, TileStroke
from workbench.masks.model.grid import Region
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)
SAMPLES = 9000


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def mine(stack, layer=0):
    return stack.layers[layer].part_ids


def ruler():
    return Ruler(FrequencyScale.LOG, 31.25, 3.0, 40.0)


@given(st.integers(0, 10_000), st.sampled_from(list(Shape)), st.booleans(), st.booleans(), st.booleans())
def test_a_stroke_kept_as_its_path_gives_the_masks_of_one_kept_in_tiles(seed, shape, build_up, erase, clipped):
    rng = np.random.default_rng(seed)
    stack = random_stack(3, ANALYSIS, SAMPLES, seed)
    effect = Restore(()) if erase else Fill((), mine(stack), float(rng.choice([0.0, 0.5, 1.0])))
    if erase:
        tiles = TileStroke(stack, Fill((), mine(stack, 1), 1.0))
        tiles.extend(Region(0, 129, 20, 90), np.ones((129, 70), np.float32))
        stack = replace(stack, edits=tiles.edits)
    points = rng.uniform((0, 0), (stack.frames * 3.0, 7 * 40.0), (5, 2))
    brush = Brush(shape, float(rng.uniform(5, 60)), float(rng.random()), width=200.0)
    start = Path(brush, ruler(), np.array([[*points[0], 0.8]]), build_up)
    soft = areas.rectangle(Region(10, 80, 15, 110), stack.bins, stack.frames).feathered(3)
    within = soft if clipped else None
    strokes = TileStroke(stack, effect, start, within=within), PathStroke(stack, effect, start, within)
    for x, y in points:
        regions = [stroke.draw_to(float(x), float(y), 0.8) for stroke in strokes]
        assert regions[0] is None or regions[1] is not None
    results = [everywhere(replace(stack, edits=stroke.edits)) for stroke in strokes]
    np.testing.assert_allclose(results[1], results[0], atol=3e-5)
    if clipped:
        outside = soft.at(np.arange(stack.bins), np.arange(stack.frames)) == 0
        np.testing.assert_array_equal(results[0][:, outside], everywhere(stack)[:, outside])
    rows, columns = np.arange(2, 129, 9), np.arange(1, stack.frames, 11)
    sparse = replace(stack, edits=strokes[1].edits).evaluate(rows, columns)
    np.testing.assert_allclose(sparse, results[1][:, rows[:, None], columns], atol=1e-6)


def test_painting_a_few_pixels_over_an_hour_holds_next_to_nothing():
    stack = random_stack(2, Analysis(), 44100 * 60)
    stroke = PathStroke(stack, Fill((), mine(stack), 1.0), Path(Brush(size=400), ruler(), np.array([[9.0, 9.0, 1]])))
    for x in range(50):
        stroke.draw_to(x * 100.0, 200.0, 1.0)
    assert stroke.edits[0].area.nbytes < 2000


@pytest.mark.parametrize("build_up", [False, True])
def test_a_stroke_that_becomes_a_path_does_not_jump(build_up):
    stack = random_stack(3, Analysis(), 44100 * 20, seed=1)
    zoomed_out = Ruler(FrequencyScale.LOG, 44100 / 2048, 0.3, 45.0)
    start = Path(Brush(size=60, hardness=0.2), zoomed_out, np.array([[300.0, 120.0, 0.4]]), build_up)
    stroke = AnyStroke(stack, Fill((), mine(stack), 1.0), start)
    x, y = 300.0, 120.0
    rows, columns = np.arange(0, 1025, 8), np.arange(850, 1150, 7)
    kinds = []
    for _ in range(30):
        before = replace(stack, edits=stroke.edits).evaluate(rows, columns)
        region = stroke.draw_to(x, y, 0.4)
        after = replace(stack, edits=stroke.edits).evaluate(rows, columns)
        kinds.append(type(stroke._stroke).__name__)
        outside = np.ones((len(rows), len(columns)), bool)
        inside_rows = (rows >= region.low) & (rows < region.high)
        outside[np.ix_(inside_rows, (columns >= region.start) & (columns < region.stop))] = False
        np.testing.assert_allclose(after[:, outside], before[:, outside], atol=3e-5)
        y += 9.0
    assert kinds[0] == "TileStroke" and kinds[-1] == "PathStroke"


def test_strokes_of_one_trace_give_what_they_give_one_after_the_other():
    stack = random_stack(3, ANALYSIS, SAMPLES)
    effect = Fill((), mine(stack), 0.9)
    paths = [Path(Brush(size=90), ruler(), np.array([[x, 150, 0.5]])) for x in (100.0, 120.0, 300.0)]
    apart = everywhere(replace(stack, edits=tuple(Operation(effect, Trace((path,))) for path in paths)))
    together = everywhere(replace(stack, edits=(Operation(effect, Trace(tuple(paths))),)))
    np.testing.assert_allclose(together, apart, atol=1e-5)


@given(st.integers(0, 10_000), st.sampled_from(list(Shape)), st.booleans())
def test_a_path_that_is_drawn_on_covers_the_same_as_one_drawn_at_once(seed, shape, build_up):
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.uniform(0, 300, 40), rng.uniform(20, 300, 40), rng.choice([0.3, 1.0], 40)])
    start = Path(Brush(shape, float(rng.uniform(4, 60)), float(rng.random())), ruler(), points[:1], build_up)
    rows, columns = np.arange(3, 129), np.arange(5, 110)
    path, covered = start, start.at(rows, columns)
    for i, point in enumerate(points[1:], 1):
        longer = path.extended(*point)
        covered = longer.drawn_on(covered, i, rows, columns)
        if i == 20:
            half = longer
        path = longer
    at_once = Path(start.brush, start.ruler, points, build_up)
    np.testing.assert_array_equal(path.regions, at_once.regions)
    np.testing.assert_array_equal(covered, at_once.at(rows, columns))
    # Drawn on elsewhere from its middle, neither sees the other.
    other = half.extended(1.0, 2.0, 0.5)
    assert len(other.points) == 22 and (half.points == points[:21]).all() and (path.points == points).all()
    assert other.stroke is not path.stroke


def test_a_scribble_covers_what_it_covers_however_often_it_goes_over_a_place():
    """Pieces that can cover nothing more are not looked at; the coverage is the greatest of all."""
    rng = np.random.default_rng(4)
    points = np.column_stack([rng.uniform(50, 120, 300), rng.uniform(60, 160, 300), rng.choice([0.4, 1.0], 300)])
    path = Path(Brush(size=30.0), ruler(), points)
    rows, columns = np.arange(1, 120), np.arange(10, 60)
    expected = np.zeros((len(rows), len(columns)), np.float32)
    for a, b in zip([points[0], *points[:-1]], points, strict=True):
        held = coverage(path.brush, path.ruler, rows, columns, (a[0], a[1]), (b[0], b[1])) * np.float32(b[2])
        expected = np.maximum(expected, held)
    np.testing.assert_array_equal(path.at(rows, columns), expected)


@pytest.mark.parametrize("shape", list(Shape))
def test_the_regions_of_many_pieces_are_those_of_each(shape):
    rng = np.random.default_rng(5)
    points = np.column_stack([rng.uniform(-20, 300, 50), rng.uniform(-20, 300, 50), np.ones(50)])
    path = Path(Brush(shape, 24.0, width=90.0), ruler(), points)
    for region, a, b in zip(path.regions.tolist(), [points[0], *points[:-1]], points, strict=True):
        one = covered(path.brush, path.ruler, (a[0], a[1]), (b[0], b[1]))
        assert region == [one.low, one.high, one.start, one.stop]
        # What it covers lies within.
        rows, columns = np.arange(129), np.arange(0, 110)
        held = coverage(path.brush, path.ruler, rows, columns, (a[0], a[1]), (b[0], b[1])) > 0
        hit_rows, hit_columns = np.nonzero(held)
        if len(hit_rows):
            assert one.low <= hit_rows.min() and hit_rows.max() < one.high
            assert one.start <= hit_columns.min() and hit_columns.max() < one.stop
