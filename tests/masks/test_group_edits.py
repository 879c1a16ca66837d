"""An edit of a group is an edit of the sum of its layers' masks, which they share in proportion."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import random_stack
from workbench.errors import UserError
from workbench.masks.edits.areas import rectangle
from workbench.masks.edits.edits import Cover, Operation
from workbench.masks.edits.effects import Combine, CombineKind, Fill, Invert, Measure, Scale, Threshold
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.hand.clips import Clip
from workbench.masks.hand.painting import TileStroke, brush_effect, check, filter_effect
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Part
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(128, 32)
SAMPLES = 2600
GROUP = (0, 2, 4)
PLANE = Region(0, ANALYSIS.bins, 0, ANALYSIS.frames(SAMPLES))


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def after(stack, effect, weight=None):
    area = None if weight is None else Cover(PLANE, weight.astype(np.float32))
    return everywhere(replace(stack, edits=(*stack.edits, Operation(effect, area))))


def scene(seed=0, locked=(), empty=()):
    """Five layers of which three are a group; some locked, and some without any share in the lower bins."""
    stack = random_stack(5, ANALYSIS, SAMPLES, seed)
    layers = tuple(
        replace(layer, locked=i in locked, parts=(Part(layer.parts[0].id),) if i in empty else layer.parts)
        for i, layer in enumerate(stack.layers)
    )
    stack = replace(stack, layers=layers)
    area = rectangle(Region(0, 30, 0, stack.frames), stack.bins, stack.frames)
    gone = tuple(Operation(Fill((), layer.part_ids, 0.0), area) for i, layer in enumerate(layers) if i in (0, 4))
    return replace(stack, edits=gone)


def split(total, have, fallback):
    """A total among some, as they have it; where they have nothing as the model has it, else to the first of them."""
    if sum(have) > 1e-30:
        return [total * each / sum(have) for each in have]
    if sum(fallback) > 1e-30:
        return [total * each / sum(fallback) for each in fallback]
    return [total if i == 0 else 0.0 for i in range(len(have))]


def reference(stack, goal, weight):
    """The rule, bin by bin: `goal` is what the group's mask is to become."""
    masks = everywhere(stack).astype(np.float64)
    computed = stack.computed(np.arange(stack.bins), np.arange(stack.frames)).astype(np.float64)
    locked = [i for i, layer in enumerate(stack.layers) if layer.locked]
    free_members = [i for i in GROUP if i not in locked]
    free_others = [i for i in range(len(stack.layers)) if i not in GROUP and i not in locked]
    out = masks.copy()
    for bin_ in np.ndindex(masks.shape[1:]):
        m, c = masks[:, *bin_], computed[:, *bin_]
        whole, kept = sum(m[i] for i in GROUP), sum(m[i] for i in GROUP if i in locked)
        room = 1 - sum(m[i] for i in locked if i not in GROUP)
        new = whole + weight[bin_] * (min(max(goal[bin_], kept), room) - whole)
        for inside, total in ((free_members, new - kept), (free_others, room - new)):
            shares = split(max(total, 0.0), [m[i] for i in inside], [c[i] for i in inside])
            for i, share in zip(inside, shares, strict=True):
                out[i, *bin_] = share
    return out


LOCKS = [(), (2,), (1,), (0, 3), (2, 4, 1)]


@pytest.mark.parametrize("locked", LOCKS)
@pytest.mark.parametrize("empty", [(), (0, 4)])
def test_what_is_given_to_a_group_and_taken_from_it_is_so_in_proportion(locked, empty):
    stack = scene(1, locked, empty)
    parts, locks = stack.parts_of(GROUP), stack.locked_parts()
    whole = everywhere(stack)[list(GROUP)].sum(axis=0).astype(np.float64)
    weight = np.random.default_rng(3).random(whole.shape)
    weight[:, ::3] = 0.0
    for effect, goal in (
        (Fill(locks, parts, 1.0), np.ones_like(whole)),
        (Fill(locks, parts, 0.0), np.zeros_like(whole)),
        (Fill(locks, parts, 0.6), np.full_like(whole, 0.6)),
        (Scale(locks, parts, 1.4), 1.4 * whole),
        (Threshold(locks, parts, Measure.MASK, 0.55, knee=0.2), whole * np.clip(1 + (whole - 0.55) / 0.2, 0, 1)),
    ):
        got = after(stack, effect, weight)
        np.testing.assert_allclose(got, reference(stack, goal, weight), atol=2e-5)
        for i in locked:
            np.testing.assert_array_equal(got[i], everywhere(stack)[i])
        np.testing.assert_array_equal(got[:, weight == 0], everywhere(stack)[:, weight == 0])


@pytest.mark.parametrize("kind", [FilterKind.MEDIAN, FilterKind.BLUR, FilterKind.SHARPEN, FilterKind.CLOSE])
@pytest.mark.parametrize("locked", [(), (2,)])
def test_a_filter_looks_at_the_groups_mask(kind, locked):
    stack = scene(2, locked)
    # One layer that holds what the group holds, filtered alone, says what the group's mask becomes.
    merged = replace(stack.layers[0], parts=tuple(p for i in GROUP for p in stack.layers[i].parts), locked=False)
    alone = replace(stack, layers=(merged, *(stack.layers[i] for i in (1, 3))))
    goal = after(alone, Filter((), merged.part_ids, kind, 2, 1))
    count = len(merged.parts)
    got = after(stack, Filter(stack.locked_parts(), stack.parts_of(GROUP), kind, 2, 1))
    wanted = reference(stack, goal[:count].sum(axis=0), np.ones(goal.shape[1:]))
    np.testing.assert_allclose(got, wanted, atol=2e-5)


def test_a_group_is_inverted_as_a_whole():
    stack = scene(3, locked=(2, 3))
    before = everywhere(stack).astype(np.float64)
    room = 1 - before[3]
    goal = room - before[list(GROUP)].sum(axis=0)
    got = after(stack, Invert(stack.locked_parts(), stack.parts_of(GROUP)))
    np.testing.assert_allclose(got, reference(stack, goal, np.ones(goal.shape)), atol=2e-5)


@pytest.mark.parametrize("kind", list(CombineKind))
def test_a_group_is_combined_as_a_whole(kind):
    stack = scene(4, locked=(2,))
    whole = everywhere(stack)[list(GROUP)].sum(axis=0).astype(np.float64)
    other = np.random.default_rng(0).random(whole.shape).astype(np.float32)
    goal = {
        "replace": other,
        "union": np.maximum(whole, other),
        "intersection": np.minimum(whole, other),
        "difference": np.minimum(whole, 1 - other),
    }[kind]
    taken = Clip(PLANE, other)
    got = after(stack, Combine(stack.locked_parts(), stack.parts_of(GROUP), kind, (1,), taken))
    np.testing.assert_allclose(got, reference(stack, goal, np.ones(whole.shape)), atol=2e-5)


def painted(stack, effect, weight):
    stroke = TileStroke(stack, effect)
    stroke.extend(PLANE, weight.astype(np.float32))
    return replace(stack, edits=stroke.edits)


@given(st.integers(0, 10_000))
def test_strokes_on_groups_conserve_and_leave_locked_layers_alone(seed):
    rng = np.random.default_rng(seed)
    stack = scene(seed)
    for _ in range(4):
        layers = tuple(replace(layer, locked=bool(rng.random() < 0.25)) for layer in stack.layers)
        stack = replace(stack, layers=layers)
        chosen = tuple(int(i) for i in rng.choice(5, rng.integers(1, 5), replace=False))
        try:
            effect = brush_effect(stack, chosen, float(rng.choice([0.0, 0.5, 1.0])))
        except UserError:
            continue
        before, weight = everywhere(stack), rng.random((stack.bins, stack.frames)) * (rng.random() < 0.8)
        weight[rng.random(weight.shape) < 0.3] = 0.0
        stack = painted(stack, effect, weight)
        now = everywhere(stack)
        np.testing.assert_allclose(now.sum(axis=0), 1, atol=1e-6)
        assert now.min() >= 0 and now.max() <= 1 + 1e-6
        for i, layer in enumerate(stack.layers):
            if layer.locked:
                np.testing.assert_allclose(now[i], before[i], atol=1e-6)
        np.testing.assert_allclose(now[:, weight == 0], before[:, weight == 0], atol=1e-6)


@pytest.mark.parametrize("locked", LOCKS)
def test_a_stroke_kept_in_tiles_gives_what_the_operation_gives(locked):
    stack = replace(scene(5, locked), edits=())
    weight = np.random.default_rng(1).random((stack.bins, stack.frames))
    for effect in (
        brush_effect(stack, GROUP, 1.0),
        brush_effect(stack, GROUP, 0.0),
        filter_effect(stack, GROUP, FilterKind.BLUR, 1, 1),
    ):
        np.testing.assert_allclose(everywhere(painted(stack, effect, weight)), after(stack, effect, weight), atol=2e-6)


def test_a_stroke_on_a_group_can_be_taken_back_to_the_same_proportions():
    stack = replace(scene(6), edits=())
    half = np.full((stack.bins, stack.frames), 0.5)
    less = painted(stack, brush_effect(stack, GROUP, 0.0), half)
    more = painted(less, brush_effect(less, GROUP, 1.0), half)
    before, now = everywhere(stack), everywhere(more)
    for one, two in ((0, 2), (2, 4)):
        np.testing.assert_allclose(now[one] * before[two], now[two] * before[one], atol=1e-5)


@pytest.mark.parametrize("locked", [(), (3,)])
def test_a_group_of_one_is_its_layer(locked):
    stack = scene(7, locked)
    weight = np.random.default_rng(2).random((stack.bins, stack.frames)).astype(np.float32)
    group, layer = brush_effect(stack, (1,), 0.7), Fill(stack.locked_parts(), stack.layers[1].part_ids, 0.7)
    assert group == layer
    np.testing.assert_array_equal(after(stack, group, weight), after(stack, layer, weight))


def test_a_layer_merged_from_others_is_edited_as_their_group():
    stack = scene(8)
    merged = replace(stack.layers[0], parts=tuple(p for i in GROUP for p in stack.layers[i].parts))
    joined = replace(stack, layers=(merged, stack.layers[1], stack.layers[3]))
    one, two = after(stack, brush_effect(stack, GROUP, 0.8)), after(joined, brush_effect(joined, (0,), 0.8))
    np.testing.assert_allclose(one[list(GROUP)], two[:3], atol=1e-6)


def test_what_can_change_nothing_says_why():
    with pytest.raises(UserError, match="group_locked"):
        check(scene(0, locked=GROUP), GROUP)
    with pytest.raises(UserError, match="others_locked"):
        check(scene(0, locked=(1, 3)), GROUP)
    with pytest.raises(UserError, match="only_layer"):
        check(scene(0), (0, 1, 2, 3, 4))
    check(scene(0, locked=(0, 2, 1)), GROUP)
