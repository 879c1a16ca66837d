from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.conftest import begin, random_stack
from workbench.masks.edits.brush import Brush, Ruler, Shape, coverage
from workbench.masks.edits.edits import Operation, without_parts
from workbench.masks.edits.effects import Invert, Sharpened, Threshold
from workbench.masks.edits.resampling import resample_edits
from workbench.masks.hand.painting import PaintingRefused
from workbench.masks.model.grid import TILE, Region
from workbench.masks.model.sharing import fill_unpainted, reassign
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def stroke(stack, layer, target, region, coverage=1.0):
    painter = begin(stack, layer, target)
    shape = (region.high - region.low, region.stop - region.start)
    painter.extend(region, np.full(shape, coverage, np.float32))
    return replace(stack, edits=painter.edits)


PATCH = Region(20, 90, 30, 100)


def test_a_stroke_paints_its_target_and_the_others_make_room_in_proportion():
    stack = random_stack(3, ANALYSIS, 9000)
    before, after = everywhere(stack), everywhere(stroke(stack, 1, 0.7, PATCH, 0.5))
    inside = np.zeros(before.shape[1:], bool)
    inside[20:90, 30:100] = True
    np.testing.assert_array_equal(after[:, ~inside], before[:, ~inside])
    np.testing.assert_allclose(after[1, inside], 0.5 * before[1, inside] + 0.5 * 0.7, atol=1e-5)
    np.testing.assert_allclose(after[0, inside] / after[2, inside], before[0, inside] / before[2, inside], rtol=1e-3)
    np.testing.assert_allclose(after.sum(axis=0), 1, atol=1e-6)


def test_going_over_a_place_twice_within_a_stroke_adds_nothing():
    stack = random_stack(3, ANALYSIS, 9000)
    painter = begin(stack, 0, 1.0)
    half = np.full((70, 70), 0.5, np.float32)
    painter.extend(PATCH, half)
    once = everywhere(replace(stack, edits=painter.edits))
    painter.extend(PATCH, half)
    np.testing.assert_allclose(everywhere(replace(stack, edits=painter.edits)), once, atol=1e-6)


def test_locked_layers_keep_their_share_and_cap_the_stroke():
    stack = random_stack(3, ANALYSIS, 9000)
    locked = replace(stack, layers=(stack.layers[0], replace(stack.layers[1], locked=True), stack.layers[2]))
    before, after = everywhere(stack), everywhere(stroke(locked, 0, 1.0, PATCH))
    np.testing.assert_allclose(after[1], before[1], atol=1e-6)
    np.testing.assert_allclose(after[0, 20:90, 30:100], 1 - before[1, 20:90, 30:100], atol=1e-5)


def test_where_the_others_hold_nothing_they_come_back_by_their_computed_shares():
    stack = stroke(random_stack(3, ANALYSIS, 9000), 0, 1.0, PATCH)
    computed = everywhere(replace(stack, edits=()))
    after = everywhere(stroke(stack, 0, 0.0, PATCH))
    share = computed[1] / (computed[1] + computed[2])
    np.testing.assert_allclose(after[1, 20:90, 30:100], share[20:90, 30:100], atol=1e-5)


def test_erasing_brings_back_the_computed_mask_and_drops_the_tiles():
    stack = stroke(random_stack(3, ANALYSIS, 9000), 0, 1.0, PATCH)
    stack = stroke(stack, 1, 1.0, Region(30, 60, 40, 70))
    erased = stroke(stack, 1, None, PATCH)
    np.testing.assert_allclose(everywhere(erased), everywhere(replace(stack, edits=())), atol=1e-5)
    assert erased.edits == ()


def test_erasing_brings_the_computed_masks_back_from_under_an_operation_too():
    stack = random_stack(3, ANALYSIS, 9000)
    groups = tuple(layer.part_ids for layer in stack.layers)
    erased = stroke(replace(stack, edits=(Operation(Sharpened((), groups)),)), 0, None, PATCH)
    got, computed = everywhere(erased), everywhere(stack)
    np.testing.assert_allclose(got[:, 20:90, 30:100], computed[:, 20:90, 30:100], atol=1e-5)


def test_an_operation_of_a_layer_that_is_gone_does_nothing():
    stack = random_stack(3, ANALYSIS, 9000)
    mine = stack.layers[0].part_ids
    for effect in (Invert((), mine), Threshold((), mine, low=0.5)):
        left = replace(stack, layers=stack.layers[1:], edits=(Operation(effect),))
        np.testing.assert_allclose(everywhere(left).sum(axis=0), 1, atol=1e-6)


def test_later_factors_still_shape_what_nobody_painted():
    stack = stroke(random_stack(3, ANALYSIS, 9000, seed=1), 0, 0.25, PATCH)
    other = random_stack(3, ANALYSIS, 9000, seed=2)
    moved = everywhere(replace(stack, factors=other.factors))
    plain = everywhere(other)
    np.testing.assert_allclose(moved[0, 20:90, 30:100], 0.25, atol=1e-6)
    np.testing.assert_allclose(moved[1, 50, 60] / moved[2, 50, 60], plain[1, 50, 60] / plain[2, 50, 60], rtol=1e-4)


def test_refusals_say_why():
    stack = random_stack(2, ANALYSIS, 9000)
    first, second = stack.layers
    with pytest.raises(PaintingRefused, match="is locked"):
        begin(replace(stack, layers=(replace(first, locked=True), second)), 0, 1.0)
    with pytest.raises(PaintingRefused, match="Every other layer is locked"):
        begin(replace(stack, layers=(first, replace(second, locked=True))), 0, 1.0)
    with pytest.raises(PaintingRefused, match="one layer alone"):
        begin(replace(stack, layers=(first,)), 0, 1.0)


def test_a_stroke_never_changes_tiles_of_the_past():
    stack = stroke(random_stack(3, ANALYSIS, 9000), 0, 0.5, PATCH)
    kept = {key: {p: v.copy() for p, v in tile.items()} for key, tile in stack.edits[0].tiles.items()}
    stroke(stack, 1, 1.0, Region(0, 128, 0, 120))
    for key, tile in kept.items():
        for part, values in tile.items():
            np.testing.assert_array_equal(stack.edits[0].tiles[key][part], values)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_sharing_rules_conserve(seed, parts):
    rng = np.random.default_rng(seed)
    shape = (parts, 3, 4)
    under = rng.dirichlet(np.ones(parts), (3, 4)).transpose(2, 0, 1).astype(np.float32)
    under *= rng.random(shape) < 0.8
    under = np.where(under.sum(axis=0) > 0, under / np.maximum(under.sum(axis=0), 1e-9), 1 / parts).astype(np.float32)
    values = rng.dirichlet(np.ones(parts + 1), (3, 4)).transpose(2, 0, 1)[:parts].astype(np.float32)
    values[rng.random(shape) < 0.5] = np.nan
    filled = fill_unpainted(values, under)
    np.testing.assert_allclose(filled.sum(axis=0), 1, atol=1e-5)
    assert filled.min() >= 0
    target = np.zeros(parts, bool)
    target[0] = True
    locked = (rng.random(parts) < 0.4) & ~target
    new = reassign(filled, under, target, locked, rng.random((3, 4)).astype(np.float32))
    np.testing.assert_allclose(new.sum(axis=0), 1, atol=1e-5)
    np.testing.assert_array_equal(new[locked], filled[locked])


@pytest.mark.parametrize("tiny", [1e-45, 1e-40, 1e-35, 1e-25])
def test_shares_next_to_nothing_never_leave_the_range_of_numbers(tiny):
    masks = np.array([1.0, tiny, tiny / 2], np.float32)[:, None, None]
    target = np.array([True, False, False])
    out = reassign(masks, masks, target, ~target & False, np.zeros((1, 1), np.float32))
    assert np.isfinite(out).all() and out.sum() == pytest.approx(1) and out[0] == 0
    values = np.array([0.25, np.nan, np.nan], np.float32)[:, None, None]
    filled = fill_unpainted(values, masks)
    assert np.isfinite(filled).all() and filled.sum() == pytest.approx(1) and filled[0] == 0.25


class Painting(RuleBasedStateMachine):
    """Any acts in any order: sums stay one, locked layers stay, values stay in [0, 1]."""

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed):
        self.stack = random_stack(4, ANALYSIS, 9000, seed)

    @rule(
        layer=st.integers(0, 3),
        value=st.sampled_from([None, 0.0, 0.4, 1.0]),
        low=st.integers(-10, 120),
        start=st.integers(-10, 130),
        size=st.integers(1, 80),
        strength=st.sampled_from([0.2, 1.0]),
    )
    def paint(self, layer, value, low, start, size, strength):
        before = everywhere(self.stack)
        layer %= len(self.stack.layers)
        try:
            self.stack = stroke(self.stack, layer, value, Region(low, low + size, start, start + size), strength)
        except PaintingRefused:
            return
        self.check_locks(before)

    @rule(layer=st.integers(0, 3))
    def remove(self, layer):
        stack = self.stack
        if len(stack.layers) > 2 and layer < len(stack.layers):
            gone = set(stack.layers[layer].part_ids)
            layers = tuple(each for i, each in enumerate(stack.layers) if i != layer)
            self.stack = replace(stack, layers=layers, edits=without_parts(stack.edits, gone))

    @rule(layer=st.integers(0, 3))
    def lock(self, layer):
        layers = list(self.stack.layers)
        layer %= len(layers)
        layers[layer] = replace(layers[layer], locked=not layers[layer].locked)
        self.stack = replace(self.stack, layers=tuple(layers))

    @rule(layer=st.integers(0, 3), kind=st.sampled_from(["threshold", "invert", "binary"]))
    def operate(self, layer, kind):
        stack = self.stack
        layer %= len(stack.layers)
        if stack.layers[layer].locked or len(stack.edits) > 6:
            return
        before, locked, mine = everywhere(stack), stack.locked_parts(), stack.layers[layer].part_ids
        groups = tuple(each.part_ids for each in stack.layers if not each.locked)
        effect = {
            "threshold": Threshold(locked, mine, low=0.5),
            "invert": Invert(locked, mine),
            "binary": Sharpened(locked, groups),
        }[kind]
        self.stack = replace(stack, edits=(*stack.edits, Operation(effect)))
        self.check_locks(before)

    def check_locks(self, before):
        after = everywhere(self.stack)
        for i, layer in enumerate(self.stack.layers):
            if layer.locked:
                np.testing.assert_allclose(after[i], before[i], atol=2e-6)

    @invariant()
    def parts_sum_to_the_mix(self):
        if hasattr(self, "stack"):
            masks = everywhere(self.stack)
            np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-6)
            assert masks.min() >= 0 and masks.max() <= 1 + 1e-6


TestPainting = Painting.TestCase


def test_resampled_strokes_stay_where_they_were():
    old, new = Analysis(256, 64), Analysis(1024, 256)
    samples = 40000
    stack = stroke(random_stack(2, old, samples), 0, 1.0, Region(30, 60, 100, 300))
    moved = replace(random_stack(2, new, samples), edits=resample_edits(stack.edits, old, new, samples))
    masks = everywhere(moved)
    plain = everywhere(random_stack(2, new, samples))
    np.testing.assert_allclose(masks[0, 30 * 4 : 59 * 4, 100 // 4 : 300 // 4], 1, atol=1e-6)
    assert (masks != plain).any(axis=0).sum() == pytest.approx(30 * 4 * 200 / 4, rel=0.05)
    back = replace(stack, edits=resample_edits(moved.edits, new, old, samples))
    np.testing.assert_allclose(everywhere(back)[0, 31:59, 102:298], 1, atol=1e-6)


def test_values_of_a_layer_that_is_gone_go_to_those_that_stay():
    stack = stroke(random_stack(3, ANALYSIS, 9000), 0, 1.0, PATCH)
    gone = set(stack.layers[0].part_ids)
    left = replace(stack, layers=stack.layers[1:], edits=without_parts(stack.edits, gone))
    masks = everywhere(left)
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-6)


PIXELS = Ruler(FrequencyScale.LINEAR, 1.0, 1.0, 1.0)
"""One pixel a bin and a frame."""
WIDE = np.arange(0, 101)


def test_brush_covers_what_the_cursor_shows():
    full = coverage(Brush(size=20, hardness=1.0), PIXELS, WIDE, WIDE, (50, 50), (50, 50))
    y, x = np.nonzero(full > 0.5)
    assert np.hypot(x - 50, y - 50).max() <= 11 and len(x) == pytest.approx(np.pi * 100, rel=0.2)
    soft = coverage(Brush(size=20, hardness=0.0), PIXELS, WIDE, WIDE, (50, 50), (50, 50))
    assert soft[50, 50] == pytest.approx(1, abs=0.02) and soft[50, 55] == pytest.approx(0.5, abs=0.1)
    line = coverage(Brush(size=8, hardness=1.0), PIXELS, WIDE, WIDE, (20, 50), (80, 50))
    assert (line[50, 20:80] == 1).all()


def test_a_bin_larger_than_the_brush_is_painted_when_the_brush_is_on_it():
    large = Ruler(FrequencyScale.LINEAR, 1.0, 100.0, 150.0)
    held = coverage(Brush(size=6), large, np.arange(2), np.arange(2), (10, 140), (10, 140))
    assert held[1, 0] == 1 and held[0, 0] == 0 and not held[:, 1].any()


@given(st.integers(0, 10_000), st.sampled_from([Shape.ROUND, Shape.BOX]))
def test_a_drawn_brush_covers_what_all_its_places_cover(seed, shape):
    rng = np.random.default_rng(seed)
    start, end = rng.uniform(20, 80, 2), rng.uniform(20, 80, 2)
    brush = Brush(shape, 16, 1.0)
    drawn = coverage(brush, PIXELS, WIDE, WIDE, tuple(start), tuple(end))
    places = [tuple(start + t * (end - start)) for t in np.linspace(0, 1, 400)]
    stamped = np.max([coverage(brush, PIXELS, WIDE, WIDE, place, place) for place in places], axis=0)
    # A bin that the rim only grazes may be told differently.
    assert np.mean(drawn != stamped) < (0.003 if shape is Shape.BOX else 0.01)


def test_strips_cover_all_frequencies_or_all_times():
    strip = coverage(Brush(Shape.TIME, 10, 1.0), PIXELS, WIDE, WIDE, (30, 5), (40, 90))
    assert (strip[:, 26:45] == 1).all() and not strip[:, :24].any() and not strip[:, 47:].any()
    strip = coverage(Brush(Shape.FREQUENCY, 10, 1.0), PIXELS, WIDE, WIDE, (30, 20), (40, 20))
    assert (strip[16:25] == 1).all() and not strip[:14].any() and not strip[27:].any()


def test_the_comb_covers_the_overtones_of_what_is_under_the_pointer():
    ruler = Ruler(FrequencyScale.LOG, 10.0, 2.0, 60.0)
    y = float(ruler.y_of_hz(200.0))
    brush = Brush(Shape.COMB, 8, 1.0, harmonics=4, width=30.0)
    held = coverage(brush, ruler, np.arange(120), WIDE, (40, y), (120, y))
    inside = held[:, 40]
    lines = [20 * h for h in (1, 2, 3, 4)]
    assert (inside[lines] == 1).all() and inside.sum() == pytest.approx(4 * 5, abs=4) and not inside[90:].any()
    # Overtones of a glide move as many times faster as their number says.
    glide = coverage(brush, ruler, np.arange(120), WIDE, (40, y), (120, float(ruler.y_of_hz(300.0))))
    middle = float(ruler.hz((y + float(ruler.y_of_hz(300.0))) / 2)) / 10
    assert glide[round(3 * middle), 40] == 1 and glide[round(3 * middle) - 6, 40] == 0


def test_tiles_are_small():
    stack = stroke(random_stack(10, Analysis(), 400_000), 0, 1.0, Region(500, 510, 300, 310))
    assert len(stack.edits[0].tiles) <= 4 and stack.edits[0].nbytes <= 4 * TILE * TILE * 4
