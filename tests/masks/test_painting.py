"""Strokes: what they paint, keep and refuse, in any order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.conftest import begin, random_stack
from workbench.masks.edits.edits import Operation, without_parts
from workbench.masks.edits.effects import Invert, Sharpened, Threshold
from workbench.masks.hand.painting import PaintingRefused
from workbench.masks.model.grid import TILE, Region
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


def test_what_can_change_nothing_is_refused():
    stack = random_stack(2, ANALYSIS, 9000)
    first, second = stack.layers
    with pytest.raises(PaintingRefused, match="locked"):
        begin(replace(stack, layers=(replace(first, locked=True), second)), 0, 1.0)
    with pytest.raises(PaintingRefused, match="others_locked"):
        begin(replace(stack, layers=(first, replace(second, locked=True))), 0, 1.0)
    with pytest.raises(PaintingRefused, match="only_layer"):
        begin(replace(stack, layers=(first,)), 0, 1.0)


def test_a_stroke_never_changes_tiles_of_the_past():
    stack = stroke(random_stack(3, ANALYSIS, 9000), 0, 0.5, PATCH)
    kept = {key: {p: v.copy() for p, v in tile.items()} for key, tile in stack.edits[0].tiles.items()}
    stroke(stack, 1, 1.0, Region(0, 128, 0, 120))
    for key, tile in kept.items():
        for part, values in tile.items():
            np.testing.assert_array_equal(stack.edits[0].tiles[key][part], values)


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
    moved = replace(
        random_stack(2, new, samples), edits=tuple(edit.resampled(old, new, samples) for edit in stack.edits)
    )
    masks = everywhere(moved)
    plain = everywhere(random_stack(2, new, samples))
    np.testing.assert_allclose(masks[0, 30 * 4 : 59 * 4, 100 // 4 : 300 // 4], 1, atol=1e-6)
    assert (masks != plain).any(axis=0).sum() == pytest.approx(30 * 4 * 200 / 4, rel=0.05)
    back = replace(stack, edits=moved.resampled(new, old, samples).edits)
    np.testing.assert_allclose(everywhere(back)[0, 31:59, 102:298], 1, atol=1e-6)


def test_values_of_a_layer_that_is_gone_go_to_those_that_stay():
    stack = stroke(random_stack(3, ANALYSIS, 9000), 0, 1.0, PATCH)
    gone = set(stack.layers[0].part_ids)
    left = replace(stack, layers=stack.layers[1:], edits=without_parts(stack.edits, gone))
    masks = everywhere(left)
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-6)


def test_tiles_are_small():
    stack = stroke(random_stack(10, Analysis(), 400_000), 0, 1.0, Region(500, 510, 300, 310))
    assert len(stack.edits[0].tiles) <= 4 and stack.edits[0].nbytes <= 4 * TILE * TILE * 4
