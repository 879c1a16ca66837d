"""A stroke is seen while the hand moves, and is one act when it is let go."""

import numpy as np
import pytest

from tests.control.scenes import acts, change, ids, masks, names, open_tones, point, previewing, select_box, settled
from workbench.control.tools import Tool
from workbench.document.acts import groups as group_acts
from workbench.document.acts import stacks as stack_acts


@pytest.fixture
def brush(separated):
    separated.tools.choose(Tool.BRUSH)
    separated.tools.set_size(40)
    separated.selection.select(ids(separated)[1])
    return separated


def press(desk, take_away=False):
    desk.strokes.begin(point(desk, 0.5), take_away)


def stroke(desk, take_away=False):
    press(desk, take_away)
    desk.strokes.move(point(desk, 1.0))
    desk.strokes.end()


def test_a_stroke_is_seen_while_it_goes_on_and_is_one_act_at_its_end(brush):
    count, before = len(acts(brush)), masks(brush)
    press(brush)
    shown = masks(brush)
    assert brush.strokes.busy and previewing(brush) and shown[1].max() > before[1].max()
    brush.strokes.move(point(brush, 1.0))
    assert len(acts(brush)) == count
    brush.strokes.end()
    assert not brush.strokes.busy and not previewing(brush)
    assert acts(brush)[count:] == ["Paint Component 2"]
    assert np.abs(masks(brush).sum(axis=0) - 1).max() < 1e-5
    brush.document.undo()
    assert np.array_equal(masks(brush), before)


@pytest.mark.parametrize(
    ("tool", "take_away", "name"),
    [
        (Tool.BRUSH, True, "Take from Component 2"),
        (Tool.SMOOTH, False, "Smooth Component 2"),
        (Tool.BLUR_TIME, False, "Blur Component 2 along time"),
        (Tool.BLUR_FREQUENCY, False, "Blur Component 2 along frequency"),
        (Tool.SHARPEN, False, "Sharpen Component 2"),
    ],
)
def test_every_painting_tool_names_its_act(brush, tool, take_away, name):
    brush.tools.choose(tool)
    stroke(brush, take_away)
    assert acts(brush)[-1] == name


def test_the_eraser_goes_back_to_the_computed_masks(brush):
    before = masks(brush)
    stroke(brush)
    brush.tools.choose(Tool.ERASER)
    brush.tools.set_size(80)
    stroke(brush)
    assert acts(brush)[-1] == "Erase Component 2" and np.allclose(masks(brush), before)


def test_a_cancelled_stroke_never_was(brush):
    count, before = len(acts(brush)), masks(brush)
    press(brush)
    brush.strokes.cancel()
    brush.strokes.move(point(brush, 1.0))
    brush.strokes.end()
    assert len(acts(brush)) == count and not previewing(brush) and np.array_equal(masks(brush), before)


def test_a_fader_may_move_during_a_stroke(brush):
    press(brush)
    brush.mixing.set_gain(brush.selection.present, -6.0)
    brush.strokes.move(point(brush, 1.0))
    brush.strokes.end()
    assert acts(brush)[-2:] == ["Gain of Component 2", "Paint Component 2"]
    assert brush.selection.present.gain_db == -6.0


def test_another_stack_shown_ends_a_stroke_without_a_trace(brush):
    brush.document.act("two", stack_acts.duplicate_stack(brush.document.recorded_state, "Two"))
    count = len(acts(brush))
    press(brush)
    brush.stacks.show_next(1)
    brush.strokes.move(point(brush, 1.0))
    brush.strokes.end()
    assert len(acts(brush)) == count and not previewing(brush) and not brush.strokes.busy


def test_a_lock_set_meanwhile_ends_a_stroke(brush):
    press(brush)
    change(brush, ids(brush)[0], locked=True)
    brush.strokes.move(point(brush, 1.0))
    assert not brush.strokes.busy and not previewing(brush)


def test_another_recording_ends_a_stroke(brush):
    press(brush)
    # The same project again: layers and edits are alike, but it is another plane.
    open_tones(brush, seconds=1.0, state=brush.document.recorded_state)
    brush.strokes.move(point(brush, 0.6))
    brush.strokes.end()
    assert not acts(brush) and not previewing(brush)


def test_a_second_press_ends_the_first_stroke_as_an_act(brush):
    count = len(acts(brush))
    press(brush)
    brush.strokes.begin(point(brush, 1.5), False)
    assert len(acts(brush)) == count + 1 and brush.strokes.busy
    brush.strokes.end()
    assert len(acts(brush)) == count + 2


def test_a_stroke_that_can_do_nothing_says_why(brush, told):
    change(brush, ids(brush)[1], locked=True)
    press(brush)
    assert not brush.strokes.busy and "locked" in told.refused[0]


def test_the_first_stroke_makes_the_layer_that_it_needs(desk, told):
    desk.tools.choose(Tool.BRUSH)
    press(desk)
    assert desk.strokes.busy and previewing(desk) and names(desk) == ["Everything", "Layer 1"]
    assert names_recorded(desk) == ["Everything"]
    desk.strokes.move(point(desk, 1.0))
    desk.strokes.end()
    assert acts(desk) == ["Paint Layer 1"] and desk.selection.present.name == "Layer 1"
    everything, painted = masks(desk)
    assert painted.max() == 1 and np.allclose(everything, 1 - painted)
    assert len({each.colour for each in desk.document.layers}) == 2
    assert not told.refused and "Layer 1" in told.said[0]
    stroke(desk)
    assert acts(desk) == ["Paint Layer 1", "Paint Layer 1"] and len(told.said) == 1
    desk.document.undo()
    desk.document.undo()
    assert names(desk) == ["Everything"] and desk.selection.present.name == "Everything"
    desk.document.redo()
    assert np.array_equal(masks(desk), [everything, painted])


def names_recorded(desk):
    return [each.name for each in desk.document.recorded_state.layers]


def test_a_first_stroke_that_is_cancelled_leaves_no_layer(desk):
    desk.tools.choose(Tool.BRUSH)
    press(desk)
    desk.strokes.cancel()
    assert names(desk) == ["Everything"] and not acts(desk) and not previewing(desk)


@pytest.mark.parametrize("target", [None, 0.0])
def test_what_is_taken_from_the_only_layer_goes_to_a_rest(desk, target):
    desk.tools.choose(Tool.BRUSH)
    if target is not None:
        desk.tools.set(target=target)
    stroke(desk, take_away=target is None)
    assert acts(desk) == ["Take from Everything"] and names(desk) == ["Everything", "Rest"]
    assert desk.selection.present.name == "Everything" and masks(desk)[0].min() == 0
    assert np.allclose(masks(desk).sum(axis=0), 1)


def test_the_first_stroke_takes_nothing_from_what_is_locked(desk, told):
    change(desk, ids(desk)[0], locked=True)
    desk.tools.choose(Tool.BRUSH)
    press(desk)
    assert not desk.strokes.busy and "locked" in told.refused[0] and names(desk) == ["Everything"]


def test_what_makes_a_layer_meanwhile_ends_the_first_stroke(desk):
    desk.tools.choose(Tool.BRUSH)
    press(desk)
    desk.layers.add()
    desk.strokes.move(point(desk, 1.0))
    assert not desk.strokes.busy and acts(desk) == ["New layer"]


@pytest.mark.parametrize("tool", [Tool.ERASER, Tool.SMOOTH, Tool.SHARPEN])
def test_the_only_layer_has_nothing_to_smooth_nor_to_erase(desk, told, tool):
    desk.tools.choose(tool)
    press(desk)
    assert not desk.strokes.busy and told.refused


def shares(desk, *indices):
    """What each of some layers has of their sum, where that is not next to nothing."""
    held = masks(desk)[list(indices)]
    whole = held.sum(axis=0)
    return np.where(whole > 1e-3, held / np.maximum(whole, 1e-3), 0), whole


@pytest.mark.parametrize("take_away", [False, True])
def test_a_stroke_on_a_group_is_one_of_all_its_layers_in_proportion(brush, take_away):
    first, _, third, *_ = ids(brush)
    brush.document.act("group", group_acts.group_layers(brush.document.recorded_state, (first, third), "Pair")[0])
    brush.selection.select_group(brush.document.groups[0].id)
    # The layers of a group stand together.
    before, whole = shares(brush, 0, 1)
    count = len(acts(brush))
    stroke(brush, take_away)
    after, now = shares(brush, 0, 1)
    assert acts(brush)[count:] == ["Take from Pair" if take_away else "Paint Pair"]
    assert (now.min() < 1e-6) if take_away else (now.max() > 1 - 1e-6)
    assert (now - whole).max() < 1e-6 if take_away else (now - whole).min() > -1e-6
    both = (whole > 1e-2) & (now > 1e-2)
    assert np.abs(after - before)[:, both].max() < 1e-3
    assert np.abs(masks(brush).sum(axis=0) - 1).max() < 1e-5


def test_a_group_that_is_all_there_is_gets_a_new_layer_beside_it(brush):
    brush.document.act("group", group_acts.group_layers(brush.document.recorded_state, ids(brush), "All")[0])
    brush.selection.select_group(brush.document.groups[0].id)
    stroke(brush)
    assert acts(brush)[-1] == "Paint Layer 1" and brush.document.layers[-1].group == 0
    assert brush.selection.present.name == "Layer 1" and masks(brush)[-1].max() == 1


def test_a_group_whose_layers_are_all_locked_says_so(brush, told):
    state = group_acts.group_layers(brush.document.recorded_state, ids(brush)[:2], "Pair")[0]
    brush.document.act("group", group_acts.lock_group(state, state.groups[0].id, True))
    brush.selection.select_group(brush.document.groups[0].id)
    press(brush)
    assert not brush.strokes.busy and "group" in told.refused[0]


def test_painting_stays_within_what_is_selected(brush, told):
    select_box(brush, 0, 20, 100, 110)
    before = masks(brush)
    brush.strokes.begin(point(brush, 0.3, 0.9), False)
    brush.strokes.end()
    assert np.array_equal(masks(brush), before) and "selection" in told.said[0]


def test_what_locks_kept_is_said(brush, told):
    change(brush, ids(brush)[0], locked=True)
    stroke(brush)
    settled(brush)
    assert "Locked layers kept" in told.said[0]


def test_a_tool_that_does_not_paint_begins_no_stroke(separated):
    press(separated)
    assert not separated.strokes.busy


def test_what_builds_up_does_not_depend_on_how_often_the_mouse_tells_its_place(brush):
    brush.tools.set(build_up=True, strength=0.3)
    for steps in (2, 41):
        brush.strokes.begin(point(brush, 0.5), False)
        for second in np.linspace(0.5, 1.5, steps)[1:]:
            brush.strokes.move(point(brush, second))
        brush.strokes.end()
        if steps == 2:
            first = masks(brush)
            brush.document.undo()
    assert np.abs(masks(brush) - first).max() < 0.05


def test_less_pressure_paints_less(brush):
    before = masks(brush)[1]
    changed = []
    for pressure in (1.0, 0.3):
        brush.strokes.begin(point(brush, 0.5), False, pressure)
        brush.strokes.end()
        changed.append((masks(brush)[1] - before).sum())
        brush.document.undo()
    assert 0 < changed[1] < changed[0]
