"""The wand and where a layer dominates, against slow formulas."""

from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import random_stack
from workbench.errors import UserError
from workbench.masks.insight.finding import Likeness, alike, dominated
from workbench.masks.model.grid import Region
from workbench.progress import Cancelled
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)
SAMPLES = 9000


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def plane(area):
    return area.read(np.arange(area.bins), np.arange(area.frames)) > 0


def stop(share):
    raise Cancelled


@pytest.fixture
def stack():
    made = random_stack(3, ANALYSIS, SAMPLES, seed=4)
    levels = np.random.default_rng(1).integers(0, 255, (made.frames, made.bins)).astype(np.uint8)
    return replace(made, levels=levels)


def flooded(near, place):
    """Bins that hang together with a place, by growing step by step."""
    held = np.zeros_like(near)
    held[place] = near[place]
    while True:
        grown = held.copy()
        for i in (-1, 0, 1):
            for j in (-1, 0, 1):
                shifted = np.zeros_like(held)
                rows, columns = held.shape
                shifted[max(i, 0) : rows + min(i, 0), max(j, 0) : columns + min(j, 0)] = held[
                    max(-i, 0) : rows + min(-i, 0), max(-j, 0) : columns + min(-j, 0)
                ]
                grown |= shifted
        grown &= near
        if (grown == held).all():
            return held
        held = grown


@pytest.mark.parametrize("like", list(Likeness))
@pytest.mark.parametrize("connected", [True, False])
def test_the_wand_selects_what_is_like_the_place(stack, like, connected):
    within, place = Region(10, 100, 20, 120), (50, 60)
    if like is Likeness.LEVEL:
        differs = np.abs(stack.levels.T.astype(float) - stack.levels[place[1], place[0]]) * 0.5
    else:
        masks = everywhere(stack).astype(float)
        differs = 50 * np.abs(masks - masks[:, place[0], place[1]][:, None, None]).sum(axis=0)
    # Halfway between what two bins differ by: rounding takes none in and leaves none out.
    some = np.unique(differs[(differs > 39) & (differs < 41)])
    widest = np.argmax(np.diff(some))
    tolerance = float(some[widest] + some[widest + 1]) / 2
    got = plane(alike(stack, *place, within, like, tolerance, connected))
    near = differs <= tolerance
    inside = np.zeros_like(near)
    inside[10:100, 20:120] = near[10:100, 20:120]
    np.testing.assert_array_equal(got, flooded(inside, place) if connected else inside)
    assert got[place]


def test_the_wand_refuses_more_than_can_be_searched_at_once(stack):
    long = replace(stack, frames=10_000_000)
    with pytest.raises(UserError, match="search_too_large"):
        alike(long, 5, 5, Region(0, 129, 0, 10_000_000), Likeness.LEVEL, 6, True)


OTHERS = ((0,), (2,))


def test_a_layer_dominates_where_its_mask_is_the_largest(stack):
    found = dominated(stack, (1,), OTHERS, Region(0, stack.bins, 0, stack.frames))
    masks = everywhere(stack)
    ahead = masks[1] - np.maximum(masks[0], masks[2])
    # Masks that are blended and masks that are evaluated differ by rounding: a tie may go either way.
    clear = np.abs(ahead) > 1e-5
    assert clear.mean() > 0.99
    np.testing.assert_array_equal(plane(found)[clear], ahead[clear] > 0)
    with pytest.raises(Cancelled):
        dominated(stack, (1,), OTHERS, Region(0, stack.bins, 0, stack.frames), stop)


def test_a_group_dominates_where_the_sum_of_its_masks_is_the_largest(stack):
    found = dominated(stack, (0, 2), ((1,),), Region(0, stack.bins, 0, stack.frames))
    masks = everywhere(stack)
    ahead = masks[0] + masks[2] - masks[1]
    clear = np.abs(ahead) > 1e-5
    np.testing.assert_array_equal(plane(found)[clear], ahead[clear] > 0)
