"""Wand, domination, clips, oracles and the report on masks, against slow formulas."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import random_stack, tone_mix
from workbench.errors import UserError
from workbench.masks.edits import areas
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Combine, Fill, Invert
from workbench.masks.edits.resampling import resample_edits
from workbench.masks.hand.clips import MOST_CLIPPED, Clip, clip, recalled
from workbench.masks.insight.finding import alike, dominated
from workbench.masks.insight.oracles import oracle_masks, rest_of
from workbench.masks.insight.statistics import greatest, locked_share, report, sampled
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Shares
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis, analyse

ANALYSIS = Analysis(256, 64)
SAMPLES = 9000


def go_on(share):
    return True


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def plane(area):
    return area.read(np.arange(area.bins), np.arange(area.frames)) > 0


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


@pytest.mark.parametrize("like", ["level", "shares"])
@pytest.mark.parametrize("connected", [True, False])
def test_the_wand_selects_what_is_like_the_place(stack, like, connected):
    within, place, tolerance = Region(10, 100, 20, 120), (50, 60), 40.0
    got = plane(alike(stack, *place, within, like, tolerance, connected))
    if like == "level":
        near = np.abs(stack.levels.T.astype(float) - stack.levels[place[1], place[0]]) * 0.5 <= tolerance
    else:
        masks = everywhere(stack)
        near = np.abs(masks - masks[:, place[0], place[1]][:, None, None]).sum(axis=0) / 2 <= tolerance / 100
    inside = np.zeros_like(near)
    inside[10:100, 20:120] = near[10:100, 20:120]
    np.testing.assert_array_equal(got, flooded(inside, place) if connected else inside)
    assert got[place]


def test_the_wand_refuses_more_than_can_be_searched_at_once(stack):
    long = replace(stack, frames=10_000_000)
    with pytest.raises(UserError, match="zoom in"):
        alike(long, 5, 5, Region(0, 129, 0, 10_000_000), "level", 6, True)


def test_a_layer_dominates_where_its_mask_is_the_largest(stack):
    found = dominated(stack, 1, Region(0, stack.bins, 0, stack.frames), go_on)
    masks = everywhere(stack)
    np.testing.assert_array_equal(plane(found), (masks[1] > masks[0]) & (masks[1] > masks[2]))
    assert dominated(stack, 1, Region(0, stack.bins, 0, stack.frames), lambda _: False) is None


@given(st.integers(0, 1000))
def test_a_clip_holds_what_the_stack_held_and_survives_another_window(seed):
    stack = random_stack(3, ANALYSIS, SAMPLES, seed)
    area = areas.rectangle(Region(20, 60, 30, 90), stack.bins, stack.frames)
    taken = clip(stack, stack.layers[1].part_ids, area, go_on)
    assert isinstance(taken, Clip)
    rows, columns = np.arange(0, 129, 3), np.arange(0, stack.frames, 5)
    expected = np.where(area.at(rows, columns) > 0, stack.evaluate(rows, columns)[1], 0)
    np.testing.assert_allclose(taken.masks_of((), rows, columns)[0], expected, atol=1e-6)
    effect = Combine((), stack.layers[0].part_ids, "replace", (), taken, 0, 0)
    new = Analysis(512, 128)
    moved = resample_edits((Operation(effect, area),), ANALYSIS, new, SAMPLES)
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
    assert clip(long, stack.layers[0].part_ids, None, go_on) is long


def test_a_place_is_given_back_with_soft_edges_and_locked_layers_kept(stack):
    area = areas.rectangle(Region(30, 70, 40, 80), stack.bins, stack.frames).feathered(3)
    first = stack.layers[0].part_ids
    later = replace(stack, edits=(Operation(Invert((), first)), Operation(Fill((), first, 0.2), area)))
    layers = (*stack.layers[:2], replace(stack.layers[2], locked=True))
    later = replace(later, layers=layers)
    now, before = everywhere(later), everywhere(stack)
    edits = recalled(later, stack, area, go_on)
    got = everywhere(replace(later, edits=edits))
    weight = area.at(np.arange(stack.bins), np.arange(stack.frames))
    np.testing.assert_allclose(got[2], now[2], atol=1e-6)
    share = before[:2] / before[:2].sum(axis=0) * (1 - now[2])
    np.testing.assert_allclose(got[:2], now[:2] + weight * (share - now[:2]), atol=1e-5)
    assert recalled(later, stack, area, lambda _: False) is None


def test_oracle_masks_are_the_ideal_ratio_and_the_arg_max():
    stems = [tone_mix(0.5, 8000, 2, seed) for seed in (1, 2, 3)]
    power = np.stack([np.mean(np.abs(analyse(s, ANALYSIS, 0, ANALYSIS.frames(len(s)))) ** 2, axis=0) for s in stems])
    ratio = oracle_masks(stems, ANALYSIS, False, 2.0, go_on)
    assert isinstance(ratio, Shares)
    np.testing.assert_allclose(ratio.masks, power / power.sum(axis=0), atol=2e-3)
    binary = oracle_masks(stems, ANALYSIS, True, 2.0, go_on)
    np.testing.assert_array_equal(binary.masks.argmax(axis=0), power.argmax(axis=0))
    assert oracle_masks(stems, ANALYSIS, True, 2.0, lambda _: False) is None
    mix = np.sum(stems, axis=0)
    assert rest_of(mix, stems) is None
    np.testing.assert_allclose(rest_of(mix, stems[:2]), stems[2], atol=1e-6)


def test_the_report_measures_energy_levels_and_overlaps():
    samples = tone_mix(SAMPLES / 8000, 8000, 2)[:SAMPLES]
    stack = random_stack(3, ANALYSIS, SAMPLES, seed=2)
    found = report(stack, samples, 8000, ANALYSIS, go_on, spans=7)
    power = np.mean(np.abs(analyse(samples, ANALYSIS, 0, stack.frames)) ** 2, axis=0).T
    masks = everywhere(stack).astype(float)
    np.testing.assert_allclose(found.energy, (masks**2 * power).sum(axis=(1, 2)) / power.sum(), rtol=1e-4)
    reference = (ANALYSIS.window / 4) ** 2
    expected = 10 * np.log10((masks[1] ** 2 * power).sum(axis=1) / stack.frames / reference)
    np.testing.assert_allclose(found.over_frequency[1], expected, atol=0.01)
    span = np.arange(stack.frames) * 7 // stack.frames
    expected = [
        10 * np.log10((masks[2] ** 2 * power)[:, span == i].sum() / (span == i).sum() / reference) for i in range(7)
    ]
    np.testing.assert_allclose(found.over_time[2], expected, atol=0.01)
    both = (np.minimum(masks[0], masks[1]) * power).sum()
    least = min((masks[0] * power).sum(), (masks[1] * power).sum())
    assert found.overlap[0, 1] == pytest.approx(both / least, rel=1e-4) == found.overlap[1, 0]
    assert report(stack, samples, 8000, ANALYSIS, lambda _: False) is None


def test_samples_of_a_mask_are_its_values_within_an_area(stack):
    area = areas.rectangle(Region(5, 40, 10, 60), stack.bins, stack.frames)
    everything = everywhere(stack)[1]
    values = sampled(stack, 1, "mask", area, Region(0, stack.bins, 0, stack.frames))
    np.testing.assert_allclose(np.sort(values), np.sort(everything[5:40, 10:60].ravel()), atol=1e-6)
    assert greatest(stack, 1, area) == pytest.approx(everything[5:40, 10:60].max(), abs=1e-6)
    locked = Stack(
        (stack.layers[0], replace(stack.layers[1], locked=True), stack.layers[2]),
        stack.factors,
        (),
        stack.bins,
        stack.frames,
    )
    assert locked_share(locked, area.bounds, area) == pytest.approx(everything[5:40, 10:60].max(), abs=1e-6)
    both = replace(locked, layers=tuple(replace(layer, locked=True) for layer in locked.layers))
    assert locked_share(both, area.bounds) == pytest.approx(1, abs=1e-5), "what they hold together"
    assert locked_share(stack, area.bounds, area) == 0
