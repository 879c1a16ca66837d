import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acting import region_masks
from tests.conftest import begin, random_stack
from workbench.masks.edits.edits import Operation, Paint
from workbench.masks.edits.effects import Invert, Sharpened, Threshold
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def test_masks_are_the_ratio_of_the_models():
    stack = random_stack(4, ANALYSIS, 6000)
    w, h = stack.factors.W.astype(float), stack.factors.H.astype(float)
    expected = np.einsum("fk,kn->kfn", w, h) / (w @ h)
    np.testing.assert_allclose(everywhere(stack), expected, atol=1e-5)


def test_where_the_model_is_zero_components_share_equally():
    factors = Factors(np.zeros((5, 3), np.float32), np.ones((3, 4), np.float32))
    holders = tuple(Layer(i, str(i), "#000000", (Part(i, i),)) for i in range(3))
    layers = (*holders, Layer(9, "empty", "#000000", (Part(9),)))
    masks = everywhere(Stack(layers, factors, (), 5, 4))
    np.testing.assert_allclose(masks[:3], 1 / 3, rtol=1e-6)
    assert not masks[3].any()


def test_before_any_factorisation_everything_holds_everything():
    layers = (Layer(1, "Everything", "#000000", (Part(1, 0),)), Layer(2, "new", "#000000", (Part(2),)))
    masks = everywhere(Stack(layers, None, (), 7, 9))
    assert (masks[0] == 1).all() and (masks[1] == 0).all()


def painted(stack, seed, strokes=4):
    """A stack with some strokes and operations on it."""
    rng = np.random.default_rng(seed)
    for _ in range(strokes):
        layer = int(rng.integers(len(stack.layers)))
        target = [None, 0.0, 0.3, 1.0][rng.integers(4)]
        painter = begin(stack, layer, target)
        low, start = int(rng.integers(0, stack.bins - 2)), int(rng.integers(0, stack.frames - 2))
        high, stop = low + int(rng.integers(1, 90)), start + int(rng.integers(1, 90))
        painter.extend(Region(low, high, start, stop), rng.random((high - low, stop - start)).astype(np.float32))
        edits = painter.edits
        if rng.random() < 0.3:
            mine = stack.layers[layer].part_ids
            effect = [Threshold((), mine, low=0.31), Invert((), mine), Sharpened(())][rng.integers(3)]
            edits = (*edits, Operation(effect))
        stack = Stack(stack.layers, stack.factors, edits, stack.bins, stack.frames)
    return stack


@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 2))
def test_blend_equals_the_weighted_sum_of_masks_on_any_grid(seed, layers, each):
    stack = painted(random_stack(layers, ANALYSIS, 9000, seed, each), seed)
    rng = np.random.default_rng(seed)
    rows = np.unique(rng.integers(0, stack.bins, 60))
    columns = np.unique(rng.integers(0, stack.frames, 70))
    weights = rng.random((layers, 3)).astype(np.float32)
    masks = stack.evaluate(rows, columns)
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)
    assert masks.min() >= 0 and masks.max() <= 1 + 1e-6
    expected = np.einsum("pd,prc->drc", weights[stack.owner], masks)
    np.testing.assert_allclose(stack.blend(weights, rows, columns), expected, atol=2e-5)


@given(st.integers(0, 10_000))
def test_a_grid_gives_what_the_whole_plane_gives(seed):
    stack = painted(random_stack(3, ANALYSIS, 9000, seed), seed)
    whole = everywhere(stack)
    rows, columns = np.arange(3, stack.bins, 7), np.arange(1, stack.frames, 5)
    np.testing.assert_allclose(stack.evaluate(rows, columns), whole[:, rows][:, :, columns], atol=1e-6)


def test_threshold_keeps_what_is_strong_and_gives_the_rest_to_the_others():
    stack = random_stack(3, ANALYSIS, 6000)
    before = everywhere(stack)
    after = everywhere(
        Stack(stack.layers, stack.factors, (Operation(Threshold((), (1,), low=0.4)),), stack.bins, stack.frames)
    )
    strong = before[0] >= 0.4
    np.testing.assert_allclose(after[:, strong], before[:, strong], atol=1e-6)
    assert not after[0, ~strong].any()
    np.testing.assert_allclose(
        after[1, ~strong] / after[2, ~strong], before[1, ~strong] / before[2, ~strong], rtol=1e-3
    )


def test_invert_gives_the_rest_of_the_mix_and_leaves_locked_layers():
    stack = random_stack(3, ANALYSIS, 6000)
    before = everywhere(stack)
    after = everywhere(Stack(stack.layers, stack.factors, (Operation(Invert((3,), (1,))),), stack.bins, stack.frames))
    np.testing.assert_allclose(after[2], before[2], atol=1e-6)
    np.testing.assert_allclose(after[0], 1 - before[2] - before[0], atol=1e-5)
    np.testing.assert_allclose(after.sum(axis=0), 1, atol=1e-5)


def test_binary_is_the_arg_max():
    stack = random_stack(4, ANALYSIS, 6000)
    before = everywhere(stack)
    groups = tuple(layer.part_ids for layer in stack.layers)
    after = everywhere(
        Stack(stack.layers, stack.factors, (Operation(Sharpened((), groups)),), stack.bins, stack.frames)
    )
    np.testing.assert_allclose(after, before.argmax(axis=0)[None] == np.arange(4)[:, None, None], atol=1e-6)


def test_merged_layers_hold_the_sum_with_all_edits():
    stack = painted(random_stack(4, ANALYSIS, 9000, 3), 3, 6)
    masks = everywhere(stack)
    first, second, third, fourth = stack.layers
    merged = Layer(first.id, "both", "#000000", first.parts + third.parts)
    together = Stack((merged, second, fourth), stack.factors, stack.edits, stack.bins, stack.frames)
    rows, columns = np.arange(stack.bins), np.arange(stack.frames)
    np.testing.assert_allclose(together.layer_mask(0, rows, columns), masks[0] + masks[2], atol=2e-5)
    np.testing.assert_allclose(together.layer_mask(1, rows, columns), masks[1], atol=2e-5)


def test_an_hour_costs_only_what_is_painted():
    analysis = Analysis()
    samples = 3600 * 44100
    k, n = 10, analysis.frames(samples)
    factors = Factors(np.ones((analysis.bins, k), np.float32), np.ones((k, n), np.float32))
    layers = tuple(Layer(i, str(i), "#000000", (Part(i, i),)) for i in range(k))
    stack = Stack(layers, factors, (Operation(Threshold((), (0,), low=0.5)),), analysis.bins, n)
    painter = begin(stack, 0, 1.0)
    painter.extend(Region(100, 150, n - 60, n - 10), np.ones((50, 50), np.float32))
    assert sum(e.nbytes for e in painter.edits if isinstance(e, Paint)) <= 4 * 64 * 64 * 4
    masks = region_masks(Stack(layers, factors, painter.edits, analysis.bins, n), Region(120, 121, n - 40, n - 39))
    assert masks[0, 0, 0] == pytest.approx(1.0)
