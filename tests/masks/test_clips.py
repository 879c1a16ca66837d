"""Pieces of masks: copied, and given back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import random_stack
from workbench.masks.edits import areas
from workbench.masks.edits.edits import Operation, held_arrays
from workbench.masks.edits.effects import Combine, CombineKind, Fill, Invert
from workbench.masks.hand.clips import MOST_CLIPPED, Clip, clip, recalled
from workbench.masks.model.grid import Region
from workbench.progress import Cancelled
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)
SAMPLES = 9000


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def stop(share):
    raise Cancelled


@pytest.fixture
def stack():
    made = random_stack(3, ANALYSIS, SAMPLES, seed=4)
    levels = np.random.default_rng(1).integers(0, 255, (made.frames, made.bins)).astype(np.uint8)
    return replace(made, levels=levels)


@given(st.integers(0, 1000))
def test_a_clip_holds_what_the_stack_held_and_survives_another_window(seed):
    stack = random_stack(3, ANALYSIS, SAMPLES, seed)
    area = areas.rectangle(Region(20, 60, 30, 90), stack.bins, stack.frames)
    taken = clip(stack, stack.layers[1].part_ids, area)
    assert isinstance(taken, Clip)
    rows, columns = np.arange(0, 129, 3), np.arange(0, stack.frames, 5)
    expected = np.where(area.at(rows, columns) > 0, stack.evaluate(rows, columns)[1], 0)
    np.testing.assert_allclose(taken.masks_of((), rows, columns)[0], expected, atol=1e-6)
    effect = Combine((), stack.layers[0].part_ids, CombineKind.REPLACE, (), taken, 0, 0)
    new = Analysis(512, 128)
    moved = (Operation(effect, area).resampled(ANALYSIS, new, SAMPLES),)
    wide = random_stack(3, new, SAMPLES, seed)
    mask = everywhere(replace(wide, edits=moved))[0]
    source = taken.values
    got = mask[45:115:2, 20:40]
    near = source[np.rint(np.arange(45, 115, 2) / 2).astype(int) - 20][
        :, np.rint(np.arange(20, 40) * 2).astype(int) - 30
    ]
    np.testing.assert_allclose(got, near, atol=1e-6)


def test_a_very_long_piece_is_the_stack_itself():
    stack = random_stack(2, ANALYSIS, SAMPLES)
    frames = MOST_CLIPPED // stack.bins + 1
    long = replace(stack, frames=frames, factors=None)
    assert clip(long, stack.layers[0].part_ids, None) is long


def test_copying_stops_where_the_user_asks(stack):
    with pytest.raises(Cancelled):
        clip(stack, stack.layers[0].part_ids, None, stop)


def test_memory_counts_what_is_shared_once(stack):
    area = areas.rectangle(Region(20, 60, 30, 90), stack.bins, stack.frames)
    taken = clip(stack, stack.layers[1].part_ids, area)
    mine = stack.layers[0].part_ids
    paste = Operation(Combine((), mine, CombineKind.REPLACE, (), taken), area)
    recall = Operation(Combine((), mine, CombineKind.REPLACE, mine, stack), area)
    held = held_arrays((paste, paste, recall))
    assert sum(nbytes for _, nbytes in held.values()) == taken.values.nbytes + area.nbytes + stack.factors.nbytes


def test_a_place_is_given_back_with_soft_edges_and_locked_layers_kept(stack):
    area = areas.rectangle(Region(30, 70, 40, 80), stack.bins, stack.frames).feathered(3)
    first = stack.layers[0].part_ids
    later = replace(stack, edits=(Operation(Invert((), first)), Operation(Fill((), first, 0.2), area)))
    layers = (*stack.layers[:2], replace(stack.layers[2], locked=True))
    later = replace(later, layers=layers)
    now, before = everywhere(later), everywhere(stack)
    edits = recalled(later, stack, area)
    got = everywhere(replace(later, edits=edits))
    weight = area.at(np.arange(stack.bins), np.arange(stack.frames))
    np.testing.assert_allclose(got[2], now[2], atol=1e-6)
    share = before[:2] / before[:2].sum(axis=0) * (1 - now[2])
    np.testing.assert_allclose(got[:2], now[:2] + weight * (share - now[:2]), atol=1e-5)
    with pytest.raises(Cancelled):
        recalled(later, stack, area, stop)
