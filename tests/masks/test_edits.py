"""Lists of edits: where two differ, and what stays when a layer goes."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import random_stack
from workbench.masks.edits import areas
from workbench.masks.edits.edits import Operation, changed_region, without_parts
from workbench.masks.edits.effects import Fill
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.hand.painting import TileStroke
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)
SAMPLES = 9000


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def mine(stack, layer=0):
    return stack.layers[layer].part_ids


@given(st.integers(0, 10_000))
def test_the_changed_region_holds_every_change(seed):
    rng = np.random.default_rng(seed)
    stack = random_stack(3, ANALYSIS, SAMPLES, seed)

    def some_edits(edits):
        for _ in range(rng.integers(1, 4)):
            low, start = int(rng.integers(0, 100)), int(rng.integers(0, 100))
            area = areas.rectangle(Region(low, low + 20, start, start + 30), stack.bins, stack.frames)
            effect = [
                Fill((), mine(stack, int(rng.integers(3))), float(rng.random())),
                Filter((), mine(stack), FilterKind.BLUR, 2, 3),
            ][rng.integers(2)]
            edits = (*edits, Operation(effect, area))
        return edits

    common = some_edits(())
    one, two = some_edits(common), some_edits(common)
    tail = some_edits(())
    for before, now in ((one, two), (common, one), (one, common), ((*common, *tail), (*one, *tail))):
        region = changed_region(before, now)
        first, second = (everywhere(replace(stack, edits=edits)) for edits in (before, now))
        # But for the last bit, where parts that were one are told apart.
        changed = (np.abs(first - second) > 1e-6).any(axis=0)
        if region is not None:
            changed[max(region.low, 0) : region.high, max(region.start, 0) : region.stop] = False
            assert not changed.any()


def test_what_a_layer_leaves_behind_is_not_there_for_a_new_one():
    stack = random_stack(3, ANALYSIS, SAMPLES)
    for layer, value in ((0, 0.5), (1, 0.3), (2, 0.9)):
        painter = TileStroke(stack, Fill((), mine(stack, layer), value))
        painter.extend(Region(20, 60, 20, 60), np.ones((40, 40), np.float32))
        stack = replace(stack, edits=painter.edits)
    staying = [part for layer in stack.layers[1:] for part in layer.part_ids]
    edits = without_parts(stack.edits, set(mine(stack)), staying, mine(stack, 2))
    locked = everywhere(stack)[2]
    left = replace(stack, layers=(*stack.layers[1:], Layer(900, "new", "#000000", (Part(901),))), edits=edits)
    masks = everywhere(left)
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-6)
    assert not masks[2, 20:60, 20:60].any()
    np.testing.assert_allclose(masks[1, 20:60, 20:60], locked[20:60, 20:60], atol=1e-6)


def test_what_did_nothing_for_want_of_others_does_nothing_when_a_layer_is_added():
    stack = random_stack(2, ANALYSIS, SAMPLES)
    area = areas.rectangle(Region(20, 60, 20, 60), stack.bins, stack.frames)
    edits = (Operation(Fill((), mine(stack), 0.0), area),)
    left = without_parts(edits, set(mine(stack, 1)), mine(stack), ())
    added = Layer(900, "new", "#000000", (Part(901),))
    masks = everywhere(replace(stack, layers=(stack.layers[0], added), edits=left))
    np.testing.assert_allclose(masks[0], 1, atol=1e-6)
    assert not masks[1].any()
    # Values of a layer that were cleared before it went leave nothing over either.
    three = random_stack(3, ANALYSIS, SAMPLES)
    for layer, value in ((0, 0.5), (1, 0.3), (2, 0.9)):
        painter = TileStroke(three, Fill((), mine(three, layer), value))
        painter.extend(Region(20, 60, 20, 60), np.ones((40, 40), np.float32))
        three = replace(three, edits=painter.edits)
    cleared = without_parts(three.edits, set(mine(three, 2)))
    staying = (*mine(three), *mine(three, 1))
    edits = without_parts(cleared, set(mine(three, 2)), staying)
    masks = everywhere(replace(three, layers=(*three.layers[:2], added), edits=edits))
    assert not masks[2, 20:60, 20:60].any()
