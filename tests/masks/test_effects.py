"""Every effect against the formula that its docstring names, computed slowly on the whole plane in float64."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from tests.conftest import random_stack
from workbench.masks.edits import areas
from workbench.masks.edits.edits import Cover, Operation
from workbench.masks.edits.effects import (
    Combine,
    CombineKind,
    Fill,
    Invert,
    Measure,
    Move,
    Recall,
    Restore,
    Scale,
    Sharpened,
    Threshold,
)
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.hand.painting import TileStroke
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.spectral.level import FLOOR_DB, STEP_DB
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)
SAMPLES = 9000


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def after(stack, effect, area=None):
    return everywhere(replace(stack, edits=(*stack.edits, Operation(effect, area))))


@pytest.fixture
def stack():
    made = random_stack(4, ANALYSIS, SAMPLES, seed=5)
    levels = np.random.default_rng(0).integers(60, 256, (made.frames, made.bins)).astype(np.uint8)
    layers = (*made.layers[:3], replace(made.layers[3], locked=True))
    return replace(made, layers=layers, levels=levels)


def mine(stack, layer=0):
    return stack.layers[layer].part_ids


def check_layer(stack, effect, goal, layer=0):
    """The layer's mask becomes `goal` as far as there is room; the others keep their proportions."""
    before = everywhere(stack).astype(np.float64)
    got = after(stack, effect)
    locked = before[3]
    np.testing.assert_allclose(got[layer], np.clip(goal, 0, 1 - locked), atol=2e-5)
    np.testing.assert_array_equal(got[3], before[3].astype(np.float32))
    others = [i for i in range(3) if i != layer]
    room = before[others].sum(axis=0)
    share = (1 - locked - got[layer]) / room
    for i in others:
        np.testing.assert_allclose(got[i], before[i] * share, atol=2e-5)


def test_effects_on_one_layer_follow_their_formulas(stack):
    before = everywhere(stack).astype(np.float64)
    a, locked = before[0], stack.locked_parts()
    db = FLOOR_DB + STEP_DB * stack.levels.T.astype(float)
    own = 20 * np.log10(a) + db
    rest = 20 * np.log10(a / (1 - a))
    check_layer(stack, Fill(locked, mine(stack), 0.4), np.full_like(a, 0.4))
    check_layer(stack, Invert(locked, mine(stack)), 1 - before[3] - a)
    check_layer(stack, Scale(locked, mine(stack), 1.7), 1.7 * a)
    check_layer(stack, Threshold(locked, mine(stack), low=0.3), np.where(a >= 0.3, a, 0))
    check_layer(stack, Threshold(locked, mine(stack), high=0.3), np.where(a <= 0.3, a, 0))
    between = Threshold(locked, mine(stack), Measure.RATIO, -15, -3)
    check_layer(stack, between, np.where((rest >= -15) & (rest <= -3), a, 0))
    soft = Threshold(locked, mine(stack), Measure.LEVEL, low=-60, knee=12)
    check_layer(stack, soft, a * np.clip(1 + (own + 60) / 12, 0, 1))
    check_layer(stack, Combine(locked, mine(stack), CombineKind.UNION, mine(stack, 1)), np.maximum(a, before[1]))
    check_layer(stack, Combine(locked, mine(stack), CombineKind.INTERSECTION, mine(stack, 1)), np.minimum(a, before[1]))
    check_layer(
        stack, Combine(locked, mine(stack), CombineKind.DIFFERENCE, mine(stack, 3)), np.minimum(a, 1 - before[3])
    )


def reference_filter(kind, a, rows, columns):
    size = (2 * rows + 1, 2 * columns + 1)
    if kind == "median":
        return ndimage.median_filter(a, size, mode="nearest")
    least, greatest = (
        lambda x: ndimage.minimum_filter(x, size, mode="nearest"),
        lambda x: ndimage.maximum_filter(x, size, mode="nearest"),
    )
    simple = {
        "erode": least,
        "dilate": greatest,
        "open": lambda x: greatest(least(x)),
        "close": lambda x: least(greatest(x)),
    }
    if kind in simple:
        return simple[kind](a)
    bells = [np.cos(np.pi / 2 * np.arange(-n, n + 1) / (n + 1)) ** 2 for n in (rows, columns)]
    soft = ndimage.convolve1d(a, bells[0] / bells[0].sum(), axis=0, mode="nearest")
    soft = ndimage.convolve1d(soft, bells[1] / bells[1].sum(), axis=1, mode="nearest")
    return soft if kind == "blur" else a + (a - soft)


@pytest.mark.parametrize("kind", list(FilterKind))
@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (0, 3), (4, 0)])
def test_filters_look_at_neighbours_as_on_the_whole_plane(stack, kind, rows, columns):
    a = everywhere(stack)[0].astype(np.float64)
    effect = Filter(stack.locked_parts(), mine(stack), kind, rows, columns)
    check_layer(stack, effect, reference_filter(kind, a, rows, columns))


def test_several_filters_on_a_sparse_grid_give_roughly_what_the_whole_plane_gives(stack):
    locked = stack.locked_parts()
    area = areas.rectangle(Region(10, 90, 20, 100), stack.bins, stack.frames)
    edits = (
        Operation(Filter(locked, mine(stack), FilterKind.MEDIAN, 2, 1)),
        Operation(Fill(locked, mine(stack, 1), 0.7), area),
        Operation(Filter(locked, mine(stack, 1), FilterKind.OPEN, 1, 3), area),
        Operation(Filter(locked, mine(stack, 2), FilterKind.BLUR, 3, 3)),
    )
    stack = replace(stack, edits=edits)
    whole = everywhere(stack)
    # Where one of a few bins is asked for, all are evaluated.
    rows, columns = np.arange(1, 129, 2), np.arange(1, stack.frames, 3)
    np.testing.assert_allclose(stack.evaluate(rows, columns), whole[:, rows[:, None], columns], atol=2e-6)
    rows, columns = np.array([0, 3, 40, 41, 90, 128]), np.arange(1, stack.frames, 17)
    found = stack.evaluate(rows, columns)
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-6)
    unfiltered = replace(stack, edits=edits[1:2]).evaluate(rows, columns)
    expected = whole[:, rows[:, None], columns]
    # Of noise, where neighbours tell nothing of each other: nearer than without the filters.
    assert np.abs(found - expected).mean() < 0.8 * np.abs(unfiltered - expected).mean()


def test_move_gives_what_one_layer_holds_to_another(stack):
    before, weight = everywhere(stack).astype(np.float64), np.zeros((stack.bins, stack.frames), np.float32)
    weight[20:60, 30:90] = 0.75
    area = Cover(Region(0, stack.bins, 0, stack.frames), weight)
    got = after(stack, Move(stack.locked_parts(), mine(stack, 0), mine(stack, 2)), area)
    np.testing.assert_allclose(got[0], before[0] * (1 - weight), atol=1e-6)
    np.testing.assert_allclose(got[2], before[2] + before[0] * weight, atol=1e-6)
    np.testing.assert_array_equal(got[[1, 3]], before[[1, 3]].astype(np.float32))


@pytest.mark.parametrize("q", [0.5, 2.0, 7.0])
def test_the_exponent_is_taken_of_what_is_unlocked(stack, q):
    before = everywhere(stack).astype(np.float64)
    groups = tuple(layer.part_ids for layer in stack.layers[:3])
    got = after(stack, Sharpened(stack.locked_parts(), groups, q))
    powers = before[:3] ** q
    np.testing.assert_allclose(got[:3], powers / powers.sum(axis=0) * (1 - before[3]), atol=1e-5)


def test_restoring_and_recalling_bring_masks_back(stack):
    region = Region(30, 70, 40, 80)
    area = areas.rectangle(region, stack.bins, stack.frames)
    computed = everywhere(stack)
    earlier = replace(stack, edits=(Operation(Fill(stack.locked_parts(), mine(stack, 1), 0.6), area),))
    later = replace(stack, edits=(*earlier.edits, Operation(Invert(stack.locked_parts(), mine(stack, 0)))))
    inside = np.zeros((stack.bins, stack.frames), bool)
    inside[30:70, 40:80] = True
    back = after(later, Restore(stack.locked_parts()), area)
    np.testing.assert_allclose(back[:, inside], computed[:, inside], atol=1e-5)
    np.testing.assert_array_equal(back[:, ~inside], everywhere(later)[:, ~inside])
    recalled = after(later, Recall(stack.locked_parts(), earlier), area)
    np.testing.assert_allclose(recalled[:, inside], everywhere(earlier)[:, inside], atol=1e-5)


def test_a_piece_of_a_mask_is_pasted_elsewhere(stack):
    other = random_stack(3, ANALYSIS, SAMPLES, seed=9)
    source = everywhere(other)[1]
    area = areas.rectangle(Region(20, 60, 80, 120), stack.bins, stack.frames)
    effect = Combine((), mine(stack), CombineKind.REPLACE, other.layers[1].part_ids, other, 5, 60)
    got = after(replace(stack, layers=random_stack(4, ANALYSIS, SAMPLES).layers), effect, area)
    np.testing.assert_allclose(got[0, 20:60, 80:120], source[15:55, 20:60], atol=1e-6)


def random_effect(rng, stack):
    """Any effect with any parameters."""
    locked = stack.locked_parts()
    free = [i for i, layer in enumerate(stack.layers) if not layer.locked]
    if len(free) < 2:
        return None
    first, second = rng.choice(free, 2, replace=False)
    # Now and then a group, of which a layer may be locked.
    others = [i for i in range(len(stack.layers)) if i not in (first, second) and rng.random() < 0.4]
    one, two = stack.parts_of((first, *others)), stack.layers[second].part_ids
    groups = tuple(stack.layers[i].part_ids for i in free)
    return [
        lambda: Fill(locked, one, float(rng.choice([0.0, 0.3, 1.0]))),
        lambda: Invert(locked, one),
        lambda: Scale(locked, one, float(rng.uniform(0, 3))),
        lambda: Threshold(locked, one, Measure.MASK, float(rng.random()), knee=float(rng.choice([0, 0.2]))),
        lambda: Filter(
            locked, one, FilterKind(rng.choice(list(FilterKind))), int(rng.integers(0, 3)), int(rng.integers(0, 3))
        ),
        lambda: Combine(locked, one, CombineKind(rng.choice(list(CombineKind)[1:])), two),
        lambda: Combine(locked, one, CombineKind.REPLACE, two, replace(stack, edits=stack.edits[:1]), 3, -7),
        lambda: Move(locked, one, two),
        lambda: Restore(locked),
        lambda: Recall(locked, replace(stack, edits=stack.edits[:2])),
        lambda: Sharpened(locked, groups, float(rng.choice([0.5, 2.0, np.inf]))),
    ][rng.integers(11)]()


@given(st.integers(0, 10_000))
def test_any_effects_in_any_order_conserve(seed):
    rng = np.random.default_rng(seed)
    stack = random_stack(4, ANALYSIS, SAMPLES, seed)
    for _ in range(6):
        layers = tuple(replace(layer, locked=bool(rng.random() < 0.25)) for layer in stack.layers)
        stack = replace(stack, layers=layers)
        effect = random_effect(rng, stack)
        if effect is None:
            continue
        low, start = int(rng.integers(0, 100)), int(rng.integers(0, 100))
        shape = int(rng.integers(1, 60)), int(rng.integers(1, 60))
        region = Region(low, low + shape[0], start, start + shape[1]).clipped(stack.bins, stack.frames)
        weight = rng.random((region.high - region.low, region.stop - region.start)).astype(np.float32)
        before = everywhere(stack)
        stack = replace(stack, edits=(*stack.edits, Operation(effect, Cover(region, weight))))
        now = everywhere(stack)
        np.testing.assert_allclose(now.sum(axis=0), 1, atol=1e-6)
        assert now.min() >= 0 and now.max() <= 1 + 1e-6
        for i, layer in enumerate(stack.layers):
            if layer.locked:
                np.testing.assert_array_equal(now[i], before[i])
        outside = np.ones(now.shape[1:], bool)
        outside[region.low : region.high, region.start : region.stop] = False
        np.testing.assert_array_equal(now[:, outside], before[:, outside])


@given(st.integers(0, 10_000))
def test_a_layer_that_is_added_changes_nothing_that_was_done(seed):
    rng = np.random.default_rng(seed)
    stack = random_stack(4, ANALYSIS, SAMPLES, seed)
    # Some layers hold nothing but what was painted into them.
    bare = tuple(replace(layer, parts=(Part(layer.parts[0].id),)) for layer in stack.layers[2:])
    stack = replace(stack, layers=(*stack.layers[:2], *bare))
    for _ in range(5):
        effect = random_effect(rng, stack)
        low, start = int(rng.integers(0, 100)), int(rng.integers(0, 100))
        area = areas.rectangle(Region(low, low + 40, start, start + 40), stack.bins, stack.frames)
        stack = replace(stack, edits=(*stack.edits, Operation(effect, area)))
    painter = TileStroke(stack, Fill((), mine(stack, int(rng.integers(4))), 1.0))
    painter.extend(Region(20, 90, 10, 80), np.ones((70, 70), np.float32))
    stack = replace(stack, edits=painter.edits)
    added = Layer(900, "new", "#000000", (Part(901),))
    for place in (0, 2, 4):
        layers = (*stack.layers[:place], added, *stack.layers[place:])
        now = everywhere(replace(stack, layers=layers))
        np.testing.assert_allclose(np.delete(now, place, axis=0), everywhere(stack), atol=1e-6)
