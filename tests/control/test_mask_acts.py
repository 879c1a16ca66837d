"""Acts on the present layer's mask, within what is selected or everywhere."""

import numpy as np
import pytest

from tests.acting import region_masks
from tests.control.scenes import RATE, acts, change, ids, masks, names, open_tones, select_box, separate, settled
from workbench.document.acts import groups as group_acts
from workbench.document.acts import stacks as stack_acts
from workbench.masks.model.grid import Region
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

BOX = (40, 80, 10, 30)


@pytest.fixture
def boxed(separated):
    select_box(separated, *BOX)
    return separated


def inside(desk):
    low, high, start, stop = BOX
    return desk.document.stack.evaluate(np.arange(low, high), np.arange(start, stop))


def assert_sums(desk):
    assert np.abs(masks(desk).sum(axis=0) - 1).max() < 1e-5


def test_what_is_selected_is_given_taken_and_given_back(boxed):
    computed = masks(boxed)
    boxed.masks.fill()
    assert np.allclose(inside(boxed)[0], 1)
    boxed.masks.take_away()
    assert np.allclose(inside(boxed)[0], 0)
    assert_sums(boxed)
    boxed.masks.restore()
    assert np.allclose(masks(boxed), computed)
    assert acts(boxed)[-3:] == ["Fill Component 1", "Take from Component 1", "Clear edits in the selection"]


@pytest.mark.parametrize("act", ["fill", "take_away", "restore", "cut_to_new", "lift_to_new", "copy"])
def test_without_a_selection_it_is_asked_for(separated, told, act):
    count = len(acts(separated))
    getattr(separated.masks, act)()
    assert len(acts(separated)) == count and told.refused[0].startswith("Select something first")


def test_a_locked_layer_is_left_alone(boxed, told):
    change(boxed, ids(boxed)[0], locked=True)
    count = len(acts(boxed))
    for act in (boxed.masks.fill, boxed.masks.cut_to_new, boxed.masks.invert, boxed.masks.normalise):
        act()
    boxed.masks.split_time(1.0)
    settled(boxed)
    assert len(acts(boxed)) == count and len(told.refused) == 5


def test_the_selection_is_assigned_to_a_layer_which_is_then_present(boxed):
    boxed.masks.assign(2)
    assert boxed.selection.index == 2 and np.allclose(inside(boxed)[2], 1)
    boxed.masks.assign(17)
    assert boxed.selection.index == 2


def test_a_new_layer_takes_what_the_present_one_holds_of_the_selection(boxed):
    before = inside(boxed)[0]
    boxed.masks.cut_to_new()
    assert names(boxed)[:2] == ["Component 1", "Component 1 cut"] and boxed.selection.index == 1
    assert np.allclose(inside(boxed)[1], before) and np.allclose(inside(boxed)[0], 0)
    boxed.selection.select(ids(boxed)[0])
    boxed.masks.cut_to_new()
    assert names(boxed)[1] == "Component 1 cut 2"
    boxed.document.undo()
    assert boxed.selection.present.name == "Component 1"


def test_a_new_layer_takes_everything_that_is_selected(boxed):
    boxed.masks.lift_to_new()
    assert boxed.selection.present.name == "Selection" and np.allclose(inside(boxed)[-1], 1)
    assert_sums(boxed)


def test_a_layer_is_split_at_a_time_and_at_a_frequency(separated):
    whole = masks(separated)[0]
    separated.masks.split_time(1.0)
    frame = separated.document.state.analysis.frame_at(1.0, RATE)
    assert names(separated)[1] == "Component 1 after 1.00 s"
    first, second = masks(separated)[:2]
    assert np.allclose(first[:, :frame], whole[:, :frame]) and np.allclose(second[:, frame:], whole[:, frame:])
    assert not first[:, frame:].any() and not second[:, :frame].any()
    separated.masks.split_frequency(1000.0)
    assert separated.selection.present.name == "Component 1 after 1.00 s above 1000 Hz"
    assert not masks(separated)[2][: separated.document.state.analysis.bin_at(1000.0, RATE)].any()


def test_there_must_be_something_on_both_sides(separated, told):
    count = len(acts(separated))
    separated.masks.split_time(0.0)
    separated.masks.split_time(99.0)
    separated.masks.split_frequency(0.0)
    assert len(acts(separated)) == count and len(told.refused) == 3


def test_a_mask_is_copied_and_pasted_where_it_was_and_elsewhere(boxed, settle, told):
    held = inside(boxed)[0]
    boxed.masks.copy()
    settle()
    assert told.said == ["Copied the mask of Component 1"]
    boxed.selection.select(ids(boxed)[1])
    boxed.masks.paste()
    assert acts(boxed)[-1] == "Paste into Component 2" and np.allclose(inside(boxed)[1], held, atol=1e-3)
    boxed.masks.paste(boxed.document.state.analysis.second_of(60, RATE))
    there = region_masks(boxed.document.stack, Region(40, 80, 60, 80))[1]
    assert acts(boxed)[-1] == "Paste into Component 2 at the playhead" and np.allclose(there, held, atol=1e-3)
    assert_sums(boxed)


def test_what_is_still_being_copied_is_what_is_pasted(boxed, settle, told):
    """Ctrl+C and at once Ctrl+V, with something older copied before."""
    boxed.masks.copy()
    settle()
    select_box(boxed, 5, 9, 40, 60)
    first, third = ids(boxed)[0], ids(boxed)[2]
    boxed.selection.select(first)
    boxed.masks.copy()
    boxed.selection.select(third)
    boxed.masks.paste()
    settle()
    assert acts(boxed)[-1].startswith("Paste") and told.refused == []
    before, after = boxed.document.steps[-2].state.edits, boxed.document.steps[-1].state.edits
    assert len(after) == len(before) + 1 and after[-1].area.bounds == Region(5, 9, 40, 60)


def test_a_copy_that_is_cancelled_pastes_nothing_older(boxed, settle, told):
    boxed.masks.copy()
    settle()
    count = len(acts(boxed))
    select_box(boxed, 5, 9, 40, 60)
    boxed.masks.copy()
    boxed.masks.paste()
    boxed.runner.named_jobs[-1].cancel()
    settle()
    # It may have been done before it was cancelled.
    assert len(acts(boxed)) - count == len(told.said) - 1


def test_nothing_is_pasted_before_something_was_copied_nor_beside_the_recording(boxed, settle, told):
    boxed.masks.paste()
    boxed.masks.copy()
    settle()
    boxed.masks.paste(99.0)
    assert len(told.refused) == 2


def test_another_recording_or_window_forgets_what_was_copied(boxed, settle, told):
    boxed.masks.copy()
    settle()
    new = Analysis(1024, 256)
    boxed.document.set_analysis("wider", new, analyse_levels(boxed.document.recording.samples, new))
    boxed.masks.paste()
    assert "Nothing was copied" in told.refused[0]
    boxed.masks.copy()
    open_tones(boxed)
    settle()
    boxed.masks.paste()
    assert len(told.refused) == 2 and len(told.said) == 1


def test_copying_does_not_stop_a_copy_to_another_stack(boxed, settle, told):
    boxed.document.act("two", stack_acts.new_stack(boxed.document.recorded_state, "Two"))
    boxed.stacks.show_next(1)
    boxed.stacks.copy_layer_to(boxed.document.state.stacks[1].id)
    boxed.masks.copy()
    settle()
    assert len(told.said) == 2 and len(boxed.document.state.stacks[1].layers) == 2


def test_masks_are_inverted_made_binary_and_normalised(separated):
    before = masks(separated)[0]
    separated.masks.invert()
    assert np.allclose(masks(separated)[0], 1 - before, atol=1e-5)
    separated.document.undo()
    separated.masks.normalise()
    settled(separated)
    assert masks(separated)[0].max() == pytest.approx(1, abs=1e-5)
    separated.masks.make_binary()
    assert set(np.unique(masks(separated))) == {0.0, 1.0}
    assert_sums(separated)


def test_an_empty_mask_is_not_normalised(boxed, told):
    boxed.masks.take_away()
    boxed.masks.normalise()
    settled(boxed)
    assert "empty" in told.refused[0]


def test_edits_of_a_layer_and_all_edits_are_cleared(boxed):
    computed = masks(boxed)
    boxed.masks.clear_all()
    boxed.masks.clear_layer()
    assert acts(boxed) == ["Separate"]
    boxed.masks.fill()
    boxed.masks.clear_layer()
    assert np.allclose(masks(boxed), computed)
    boxed.masks.fill()
    boxed.masks.clear_all()
    assert not boxed.document.state.edits


def test_what_is_selected_is_given_back_as_it_was_after_a_step(boxed, settle):
    step, before = boxed.document.step, inside(boxed)
    boxed.masks.fill()
    boxed.masks.recall(step)
    settle()
    assert acts(boxed)[-1] == "Give back as at “Select”" and np.allclose(inside(boxed), before, atol=1e-3)


def test_a_step_of_another_stack_is_not_given_back(boxed, told):
    boxed.document.act("two", stack_acts.new_stack(boxed.document.recorded_state, "Two"))
    boxed.masks.recall(0)
    assert "another window, hop or stack" in told.refused[0]


def test_a_result_for_other_masks_is_dropped(boxed, settle, told):
    step = boxed.document.step
    boxed.masks.fill()
    boxed.masks.recall(step)
    separate(boxed, 2, seed=5)
    settle()
    assert acts(boxed)[-1] == "Separate" and "changed meanwhile" in told.refused[0]


def test_nothing_happens_while_nothing_is_open(empty, told):
    for act in (empty.masks.fill, empty.masks.invert, empty.masks.make_binary, empty.masks.normalise):
        act()
    for act in (empty.masks.cut_to_new, empty.masks.lift_to_new, empty.masks.copy, empty.masks.clear_all):
        act()
    empty.masks.split_time(1.0)
    empty.masks.split_frequency(1.0)
    empty.masks.assign(0)
    assert told.nothing


# -- a group as a whole ----------------------------------------------------------------------------------


@pytest.fixture
def paired(boxed):
    """The first and the third layer are the selected group; they stand first."""
    first, _, third, *_ = ids(boxed)
    boxed.document.act("group", group_acts.group_layers(boxed.document.recorded_state, (first, third), "Pair")[0])
    boxed.selection.select_group(boxed.document.groups[0].id)
    return boxed


def test_what_is_selected_is_given_to_a_group_and_taken_from_it(paired):
    before = inside(paired)
    paired.masks.fill()
    held = inside(paired)
    assert np.allclose(held[:2].sum(axis=0), 1)
    assert np.allclose(held[0] * before[1], held[1] * before[0], atol=1e-5)
    paired.layers.remove_or_take_away()
    assert np.allclose(inside(paired)[:2], 0, atol=1e-6)
    assert acts(paired)[-2:] == ["Fill Pair", "Take from Pair"]
    assert_sums(paired)


def test_a_locked_layer_of_a_group_keeps_what_it_holds(paired):
    change(paired, paired.document.layers[0].id, locked=True)
    before = inside(paired)
    paired.masks.take_away()
    held = inside(paired)
    assert np.array_equal(held[0], before[0]) and np.allclose(held[1], 0, atol=1e-6)
    paired.masks.cut_to_new()
    assert np.array_equal(inside(paired)[0], before[0])


def test_delete_without_a_selection_takes_no_layer_of_a_group_away(paired):
    paired.selection.set_area(None)
    paired.layers.remove_or_take_away()
    assert acts(paired)[-1] == "Dissolve Pair" and [each.group for each in paired.document.layers] == [0] * 4


def test_a_group_is_cut_copied_and_cleared_as_a_whole(paired, settle, told):
    held = inside(paired)[:2].sum(axis=0)
    paired.masks.copy()
    settle()
    assert told.said == ["Copied the mask of Pair"]
    paired.masks.cut_to_new()
    assert names(paired) == ["Component 1", "Component 3", "Pair cut", "Component 2", "Component 4"]
    assert paired.selection.present.group == 0 and np.allclose(inside(paired)[2], held, atol=1e-6)
    paired.document.undo()
    paired.selection.select(ids(paired)[2])
    paired.masks.paste()
    assert np.allclose(inside(paired)[2], held, atol=1e-6)
    paired.document.undo()
    computed = masks(paired)
    paired.selection.select_group(paired.document.groups[0].id)
    paired.masks.fill()
    paired.masks.clear_layer()
    assert acts(paired)[-1] == "Clear edits of Pair" and np.allclose(masks(paired), computed)


def test_a_group_is_inverted_and_normalised_as_a_whole(paired):
    paired.selection.set_area(None)
    whole = masks(paired)[:2].sum(axis=0)
    paired.masks.invert()
    assert np.allclose(masks(paired)[:2].sum(axis=0), 1 - whole, atol=1e-5)
    paired.document.undo()
    paired.masks.normalise()
    settled(paired)
    assert masks(paired)[:2].sum(axis=0).max() == pytest.approx(1, abs=1e-5)


def test_what_is_cut_from_a_layer_in_a_group_stays_in_the_group(paired):
    paired.selection.select(ids(paired)[0])
    paired.masks.cut_to_new()
    assert [each.group for each in paired.document.layers] == [paired.document.groups[0].id] * 3 + [0, 0]


def test_a_group_is_copied_to_another_stack_as_one_layer(paired, settle):
    held = masks(paired)[:2].sum(axis=0)
    paired.document.act("two", stack_acts.new_stack(paired.document.recorded_state, "Two"))
    two = paired.document.state.shown
    paired.stacks.show_next(1)
    paired.selection.select_group(paired.document.groups[0].id)
    paired.stacks.copy_layer_to(two)
    settle()
    paired.stacks.show(two)
    assert names(paired) == ["Everything", "Pair"] and np.allclose(masks(paired)[1], held, atol=1e-3)


def test_the_only_layer_gives_to_a_new_one_what_is_selected(desk):
    select_box(desk, *BOX)
    desk.masks.fill()
    assert names(desk) == ["Everything", "Selection"] and np.allclose(inside(desk)[1], 1)
    desk.document.undo()
    desk.selection.select(ids(desk)[0])
    desk.masks.take_away()
    assert names(desk) == ["Everything", "Rest"] and np.allclose(inside(desk), [0 * inside(desk)[0], inside(desk)[1]])
    assert_sums(desk)
    desk.document.undo()
    assert names(desk) == ["Everything"]
