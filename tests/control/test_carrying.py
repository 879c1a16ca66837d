"""What a layer or a group holds in the selection, taken elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from tests.control.scenes import acts, change, ids, masks, select_box
from workbench.document.acts import groups as group_acts

BOX = (40, 80, 10, 30)
HERE = np.s_[40:80, 10:30]


@pytest.fixture
def boxed(separated):
    select_box(separated, *BOX)
    return separated


def bounds(desk):
    b = desk.selection.area.bounds
    return b.low, b.high, b.start, b.stop


def test_it_is_cut_where_it_was_and_lies_where_it_comes_to_and_the_parts_sum_to_one(boxed, settle):
    before = masks(boxed)
    boxed.carrying.carry(40, 7)
    settle()
    after = masks(boxed)
    np.testing.assert_allclose(after[0, 47:87, 50:70], before[0][HERE], atol=1e-5)
    assert after[0][HERE].max() < 1e-6 and np.abs(after.sum(axis=0) - 1).max() < 1e-5
    assert bounds(boxed) == (47, 87, 50, 70)
    assert acts(boxed)[-1] == "Move a piece of Component 1"
    boxed.document.undo()
    assert bounds(boxed) == BOX
    np.testing.assert_array_equal(masks(boxed), before)


def test_where_it_meets_itself_it_is_what_it_was_before(boxed, settle):
    before = masks(boxed)[0]
    boxed.carrying.carry(5, -3)
    settle()
    np.testing.assert_allclose(masks(boxed)[0, 37:77, 15:35], before[HERE], atol=1e-5)
    assert masks(boxed)[0, 77:80, 10:30].max() < 1e-6 and masks(boxed)[0, 40:80, 10:15].max() < 1e-6


def test_soft_edges_go_along_softly(boxed, settle):
    boxed.selection.set_area(boxed.selection.area.feathered(3))
    weight, before = boxed.selection.area.at(np.arange(257), np.arange(126)), masks(boxed)[0]
    boxed.carrying.carry(60, 0)
    settle()
    after, there = masks(boxed)[0], np.roll(weight, 60, axis=1)
    moved = np.roll(before, 60, axis=1)
    expected = (before * (1 - weight)) * (1 - there) + moved * there
    np.testing.assert_allclose(after[:, :120], expected[:, :120], atol=1e-5)


def test_what_is_carried_further_is_the_piece_that_it_was(boxed, settle):
    before = masks(boxed)[0]
    for frames, bins in ((50, 0), (0, 100), (-50, 0), (0, -100), (3, 0)):
        boxed.carrying.nudge(frames, bins)
        settle()
    np.testing.assert_allclose(masks(boxed)[0, 40:80, 13:33], before[HERE], atol=1e-5)
    # What lay under it on its way is as it was.
    np.testing.assert_allclose(masks(boxed)[0, 140:180, 60:80], before[140:180, 60:80], atol=1e-6)
    assert acts(boxed).count("Move a piece of Component 1") == 1 and len(boxed.document.state.edits) == 2


def test_nudges_faster_than_the_work_all_count(boxed, settle):
    for _ in range(12):
        boxed.carrying.nudge(1, 1)
    settle()
    assert bounds(boxed) == (52, 92, 22, 42)
    assert acts(boxed).count("Move a piece of Component 1") == 1


def test_a_selection_that_was_made_between_begins_another_piece(boxed, settle):
    boxed.carrying.nudge(1, 0)
    settle()
    select_box(boxed, 100, 120, 50, 60)
    boxed.carrying.nudge(1, 0)
    settle()
    assert bounds(boxed) == (100, 120, 51, 61)
    assert acts(boxed)[-2:] == ["Move a piece of Component 1"] * 2


def test_a_group_is_carried_as_a_whole(separated, settle):
    state, made = group_acts.group_layers(separated.document.recorded_state, ids(separated)[:2], "Pair")
    separated.document.act("group", state)
    separated.selection.select_group(made)
    select_box(separated, *BOX)
    before = masks(separated)[:2].sum(axis=0)
    separated.carrying.carry(40, 0)
    settle()
    after = masks(separated)[:2].sum(axis=0)
    np.testing.assert_allclose(after[40:80, 50:70], before[HERE], atol=1e-5)
    assert after[HERE].max() < 1e-6 and acts(separated)[-1] == "Move a piece of Pair"


def test_one_layer_of_all_leaves_a_rest(desk, settle):
    select_box(desk, *BOX)
    desk.carrying.carry(40, 0)
    settle()
    assert len(desk.document.layers) == 2
    assert masks(desk)[0][HERE].max() < 1e-6 and masks(desk)[0, 40:80, 50:70].min() > 1 - 1e-5


def test_a_locked_layer_is_not_carried_and_that_is_said(boxed, settle, told):
    change(boxed, ids(boxed)[0], locked=True)
    count = len(boxed.document.steps)
    boxed.carrying.carry(40, 0)
    settle()
    assert len(boxed.document.steps) == count and told.refused and bounds(boxed) == BOX


def test_without_a_selection_it_is_asked_for(separated, settle, told):
    separated.carrying.carry(1, 0)
    settle()
    assert told.refused[0].startswith("Select something first") and not separated.document.state.edits


def test_what_was_changed_meanwhile_is_not_overwritten(boxed, settle, told):
    boxed.carrying.carry(40, 0)
    change(boxed, ids(boxed)[1], name="another")
    settle()
    assert "changed meanwhile" in told.refused[-1] and not boxed.document.state.edits
