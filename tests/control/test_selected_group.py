"""With a group selected as a whole, what is done is done to all of it."""

import numpy as np
import pytest

from tests.control.scenes import acts, ids, masks, select_box, settled
from workbench.control.shaping import Plain, ShapeWish
from workbench.control.thresholding import Limits
from workbench.control.tools import Tool
from workbench.document.acts import groups as group_acts
from workbench.masks.edits.effects import CombineKind
from workbench.masks.edits.filters import FilterKind


@pytest.fixture
def paired(separated):
    """The first and the third of four layers are the selected group; they stand first."""
    first, _, third, _ = ids(separated)
    state = group_acts.group_layers(separated.document.recorded_state, (first, third), "Pair")[0]
    separated.document.act("group", state)
    separated.selection.select_group(separated.document.groups[0].id)
    return separated


def whole(desk):
    return masks(desk)[:2].sum(axis=0)


def assert_in_proportion(before, now):
    """The two layers share their sum as before, and so do the other two."""
    for one, two in ((0, 1), (2, 3)):
        assert np.allclose(now[one] * before[two], now[two] * before[one], atol=1e-5)
    assert np.allclose(now.sum(axis=0), 1, atol=1e-5)


def test_the_source_is_the_group_or_the_present_layer(paired):
    assert paired.selection.source is paired.document.groups[0]
    assert [paired.selection.shows(each) for each in paired.document.layers] == [True, True, False, False]
    paired.selection.select(ids(paired)[3])
    assert paired.selection.source is paired.selection.present
    assert [paired.selection.shows(each) for each in paired.document.layers] == [False, False, False, True]


def test_a_threshold_keeps_the_groups_mask(paired):
    before, held = masks(paired), whole(paired)
    paired.tools.choose(Tool.THRESHOLD)
    seen = []
    paired.thresholding.look(seen.append)
    settled(paired)
    assert np.allclose(np.sort(seen[0])[[0, -1]], (held.min(), held.max()), atol=0.05)
    paired.thresholding.set(Limits(low=0.6))
    paired.thresholding.apply()
    assert acts(paired)[-1] == "Threshold Pair 0.60"
    clear = np.abs(held - 0.6) > 1e-5
    assert np.allclose(whole(paired)[clear], np.where(held >= 0.6, held, 0)[clear], atol=1e-5)
    assert_in_proportion(before, masks(paired))


@pytest.mark.parametrize("wish", [ShapeWish(FilterKind.MEDIAN), ShapeWish(Plain.SCALE, factor=0.5)])
def test_operations_with_numbers_are_on_the_group(paired, wish):
    before, held = masks(paired), whole(paired)
    paired.shaping.preview(wish)
    assert_in_proportion(before, masks(paired))
    paired.shaping.apply("shape", wish)
    assert_in_proportion(before, masks(paired))
    if wish.kind is Plain.SCALE:
        assert np.allclose(whole(paired), held / 2, atol=1e-5)
    else:
        assert np.abs(np.diff(whole(paired))).mean() < np.abs(np.diff(held)).mean()


def test_a_group_is_what_another_mask_is_joined_with(paired):
    stack, group, held = paired.document.state.shown, paired.document.groups[0].id, masks(paired)
    paired.selection.select(ids(paired)[2])
    paired.shaping.apply("union", ShapeWish(CombineKind.UNION, other=(stack, group)))
    assert np.allclose(masks(paired)[2], np.maximum(held[2], held[:2].sum(axis=0)), atol=1e-5)


def test_where_a_group_dominates_it_holds_more_than_any_other_source(paired, settle):
    held = masks(paired)
    paired.areas.select_dominated()
    settle()
    most = held[:2].sum(axis=0) > held[2:].max(axis=0)
    area = paired.selection.area
    assert (area.at(*map(np.arange, most.shape)) > 0.5).sum() == pytest.approx(most.sum(), rel=0.02)
    # The other two as a group hold more together.
    paired.document.act("group", group_acts.group_layers(paired.document.recorded_state, ids(paired)[2:], "Others")[0])
    paired.selection.set_area(None)
    paired.areas.select_dominated()
    settle()
    most = held[:2].sum(axis=0) > held[2:].sum(axis=0)
    assert (paired.selection.area.at(*map(np.arange, most.shape)) > 0.5).sum() == pytest.approx(most.sum(), rel=0.02)


def test_a_group_is_split_and_its_layers_stay(paired):
    before = whole(paired)
    paired.masks.split_time(1.0)
    frame = paired.document.state.analysis.frame_at(1.0, 8000)
    after = masks(paired)[2]
    assert paired.selection.present.name == "Pair after 1.00 s"
    assert np.allclose(after[:, frame:], before[:, frame:], atol=1e-6) and not after[:, :frame].any()


def test_the_merged_layers_of_a_group_are_what_the_group_is(paired):
    before, group = whole(paired), paired.document.groups[0]
    paired.layers.merge()
    merged = paired.document.layers[0]
    assert (merged.name, merged.colour, merged.group) == (group.name, group.colour, group.id)
    held = paired.document.stack.layer_mask(0, *map(np.arange, before.shape))
    assert len(paired.document.layers) == 3 and np.allclose(held, before, atol=1e-5)
    paired.document.undo()
    assert len(paired.document.layers) == 4


def test_solo_follows_to_all_layers_of_a_group(paired):
    paired.layers.set_solo_follows(True)
    assert [layer.solo for layer in paired.document.layers] == [True, True, False, False]
    paired.selection.select(ids(paired)[3])
    assert [layer.solo for layer in paired.document.layers] == [False, False, False, True]
    paired.layers.set_solo_follows(False)
    assert not any(layer.solo for layer in paired.document.layers)


@pytest.mark.parametrize("act", ["fill", "take_away", "invert", "cut_to_new", "normalise"])
def test_every_edit_is_one_step_that_is_taken_back(paired, act):
    select_box(paired, 40, 80, 10, 30)
    count, before = len(acts(paired)), masks(paired)
    getattr(paired.masks, act)()
    settled(paired)
    assert len(acts(paired)) == count + 1 and "Pair" in acts(paired)[-1]
    paired.document.undo()
    assert np.array_equal(masks(paired), before)


def test_a_group_that_is_only_suggested_is_not_edited(paired, told):
    """A preview shows a group that the document has not: what would change it says so."""
    state = group_acts.group_layers(paired.document.recorded_state, ids(paired)[2:], "Suggested")[0]
    paired.document.preview(state)
    paired.selection.select_group(state.groups[-1].id)
    select_box(paired, 40, 80, 10, 30)
    count = len(acts(paired))
    for act in (paired.masks.fill, paired.masks.invert, paired.masks.normalise, paired.masks.cut_to_new):
        act()
    assert len(acts(paired)) == count and len(told.refused) == 4
