"""A threshold is seen and heard before it is an act, and stays so while other things are done."""

import numpy as np
import pytest

from tests.control.scenes import acts, change, ids, layer, masks, open_tones, previewing, select_box, separate, settled
from workbench.control.thresholding import Limits
from workbench.control.tools import Tool
from workbench.masks.edits.effects import Measure

HALF = Limits(Measure.MASK, 0.3)


@pytest.fixture
def threshold(separated):
    separated.tools.choose(Tool.THRESHOLD)
    return separated


def looked_at(desk):
    """Samples of what the threshold looks at; None where nothing is."""
    seen = [None]
    desk.thresholding.look(seen.append)
    settled(desk)
    return seen[-1]


def kept(desk):
    """Whether the present layer is shown only where it is strong."""
    mask = masks(desk)[desk.selection.index]
    return not ((mask > 0) & (mask < 0.3)).any()


def test_it_is_shown_while_it_is_the_tool_of_something_open(empty):
    told = []
    empty.thresholding.shown_changed.connect(told.append)
    empty.tools.choose(Tool.THRESHOLD)
    assert not empty.thresholding.shown
    open_tones(empty)
    assert empty.thresholding.shown
    empty.tools.choose(Tool.BRUSH)
    assert not empty.thresholding.shown and told == [True, False]


def test_limits_are_tried_out_and_applied_as_one_act(threshold):
    count = len(acts(threshold))
    threshold.thresholding.set(HALF)
    assert threshold.thresholding.pending and previewing(threshold) and kept(threshold)
    threshold.thresholding.set(Limits(Measure.MASK, 0.2, 0.6))
    threshold.thresholding.apply()
    assert not threshold.thresholding.pending and not previewing(threshold)
    assert acts(threshold)[count:] == ["Threshold Component 1 0.20 … 0.60"]


def test_levels_are_named_in_decibels(threshold):
    threshold.thresholding.set(Limits(Measure.LEVEL, -40.0))
    threshold.thresholding.apply()
    assert acts(threshold)[-1] == "Threshold Component 1 −40.0 dB"


def test_cancelled_the_masks_are_as_they_were(threshold):
    before = masks(threshold)
    threshold.thresholding.set(HALF)
    threshold.thresholding.cancel()
    assert not threshold.thresholding.pending and np.array_equal(masks(threshold), before)


def test_limits_that_nobody_touched_are_not_tried_out(threshold):
    threshold.thresholding.set(HALF, touch=False)
    assert not threshold.thresholding.pending and not previewing(threshold)
    assert threshold.thresholding.limits == HALF


def test_another_tool_leaves_it(threshold):
    threshold.thresholding.set(HALF)
    threshold.tools.choose(Tool.SELECT)
    assert not threshold.thresholding.pending and not previewing(threshold)


def test_another_layer_leaves_it(threshold):
    threshold.thresholding.set(HALF)
    threshold.selection.select(ids(threshold)[1])
    assert not threshold.thresholding.pending and not previewing(threshold)


def test_a_press_on_the_present_layer_does_not_leave_it(threshold):
    threshold.thresholding.set(HALF)
    threshold.selection.select(threshold.selection.layer)
    assert threshold.thresholding.pending and previewing(threshold)


def test_another_stack_and_another_recording_leave_it(threshold):
    threshold.thresholding.set(HALF)
    threshold.stacks.duplicate()
    assert not threshold.thresholding.pending and not previewing(threshold)
    threshold.thresholding.set(HALF)
    open_tones(threshold)
    assert not threshold.thresholding.pending and not previewing(threshold)


def test_after_another_act_it_is_tried_out_on_what_there_is_now(threshold):
    threshold.thresholding.set(HALF)
    change(threshold, ids(threshold)[0], name="Voice")
    assert threshold.thresholding.pending and kept(threshold) and layer(threshold, ids(threshold)[0]).name == "Voice"
    threshold.mixing.set_gain(threshold.document.layers[1], -6.0)
    assert kept(threshold)
    threshold.document.undo()
    assert threshold.thresholding.pending and kept(threshold)


def test_after_a_refused_act_it_is_still_tried_out(threshold, told):
    threshold.thresholding.set(HALF)
    threshold.layers.merge()
    threshold.mixing.recall(3)
    assert len(told.refused) == 2 and threshold.thresholding.pending and kept(threshold)


def test_another_area_moves_it_there(threshold):
    before = masks(threshold)
    threshold.thresholding.set(HALF)
    select_box(threshold, 0, 30, 0, 30)
    assert kept(threshold) is False and np.array_equal(masks(threshold)[:, 30:], before[:, 30:])
    threshold.selection.set_area(None)
    assert kept(threshold)


def test_what_is_tried_out_elsewhere_gives_way_again(threshold):
    threshold.thresholding.set(HALF)
    threshold.document.end_preview()
    threshold.thresholding.resume()
    assert previewing(threshold) and kept(threshold)


def test_a_locked_layer_is_refused_and_nothing_is_an_act(threshold, told):
    change(threshold, ids(threshold)[0], locked=True)
    count = len(acts(threshold))
    threshold.thresholding.set(HALF)
    threshold.thresholding.apply()
    assert told.refused and len(acts(threshold)) == count and not previewing(threshold)


def test_the_only_layer_gives_what_is_weak_to_a_rest(desk):
    desk.tools.choose(Tool.THRESHOLD)
    desk.thresholding.set(Limits(Measure.LEVEL, -40.0))
    desk.thresholding.apply()
    assert [each.name for each in desk.document.layers] == ["Everything", "Rest"]
    assert np.abs(masks(desk).sum(axis=0) - 1).max() < 1e-5


def test_it_looks_at_what_is_selected_or_in_view(threshold):
    everywhere = looked_at(threshold)
    select_box(threshold, 0, 10, 0, 10)
    assert len(looked_at(threshold)) == 100 < len(everywhere)


def test_it_looks_at_the_masks_as_they_are_recorded(threshold):
    before = looked_at(threshold)
    threshold.thresholding.set(HALF)
    assert np.array_equal(looked_at(threshold), before)


def test_with_nothing_open_there_is_nothing_to_look_at(empty):
    empty.tools.choose(Tool.THRESHOLD)
    empty.thresholding.set(HALF)
    assert looked_at(empty) is None and not empty.thresholding.pending


def test_who_shows_it_is_told_what_it_looks_at(threshold):
    told = []
    threshold.thresholding.context_changed.connect(lambda: told.append(1))
    for act in (
        lambda: threshold.selection.select(ids(threshold)[1]),
        lambda: select_box(threshold, 3, 9, 3, 9),
        lambda: separate(threshold, 2, seed=3),
        lambda: threshold.viewport.show_time(0.5, 1.0),
    ):
        told.clear()
        act()
        assert told
