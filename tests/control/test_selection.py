"""What is selected follows the document."""

from pathlib import Path

import numpy as np
import pytest

from tests.acting import select_time
from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.control.selection import Selection
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.state import fresh_state
from workbench.masks.edits import areas
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 128)


@pytest.fixture
def document():
    document = Document()
    samples = tone_mix(1.0, 8000)
    document.open(Recording(samples, 8000, Path("t.wav")), analyse_levels(samples, ANALYSIS), fresh_state(ANALYSIS))
    frames = ANALYSIS.frames(len(samples))
    start = Factors(np.ones((ANALYSIS.bins, 4), np.float32), np.ones((4, frames), np.float32))
    document.begin_run("run", RunSettings(components=4), start, True)
    return document


@pytest.fixture
def selection(document):
    selection = Selection(document)
    selection.select(document.layers[0].id)
    return selection


def ids(document):
    return [layer.id for layer in document.layers]


def test_what_made_a_layer_is_selected_again_when_it_is_undone(document, selection):
    selection.select(ids(document)[2])
    state, made = layer_acts.add_layer(document.recorded_state, "New")
    document.act("new", state)
    selection.select(made)
    document.undo()
    assert selection.layer == ids(document)[2]


def test_where_the_selected_layer_goes_the_one_in_its_place_is_selected(document, selection):
    told = []
    selection.layer_chosen.connect(lambda: told.append("chosen"))
    selection.layer_changed.connect(lambda: told.append("changed"))
    selection.select(ids(document)[3])
    document.act("remove", layer_acts.remove_layer(document.recorded_state, ids(document)[0]))
    selection.select(ids(document)[0])
    told.clear()
    document.act("remove", layer_acts.remove_layer(document.recorded_state, selection.layer))
    assert selection.index >= 0 and told == ["changed"]


def test_every_stack_has_its_own_selected_layer(document, selection):
    document.act("two", stack_acts.new_stack(document.recorded_state, "Two"))
    assert selection.layer == document.layers[0].id
    document.show_stack(0)
    selection.select(ids(document)[2])
    document.show_stack(document.state.stacks[1].id)
    document.show_stack(0)
    assert selection.layer == ids(document)[2]


def test_picked_layers_hold_the_present_one_and_stand_in_the_order_of_the_stack(document, selection):
    a, b, c, _ = ids(document)
    selection.select(c)
    selection.select(a, add=True)
    assert selection.picked == (a, c) and selection.layer == a and selection.before == c
    selection.select(b)
    assert selection.picked == (b,)


def test_a_group_is_selected_as_a_whole_while_there_is_one(document, selection):
    state, group = group_acts.group_layers(document.recorded_state, ids(document)[:2], "A")
    document.act("group", state)
    selection.select_group(group)
    assert (selection.group, selection.shown_indices, selection.layer) == (group, (0, 1), ids(document)[0])
    document.undo()
    assert selection.group == 0 and selection.shown_indices == (0,)


def test_the_area_follows_another_window(document, selection):
    area = areas.rectangle(Region(40, 80, 10, 30), document.stack.bins, document.stack.frames)
    selection.set_area(area)
    new = Analysis(1024, 256)
    document.set_analysis("wider", new, analyse_levels(document.recording.samples, new))
    assert (selection.area.bins, selection.area.frames) == (document.stack.bins, document.stack.frames)
    assert selection.area.at(np.array([100]), np.array([10]))[0, 0] == 1
    document.undo()
    assert selection.area.at(np.array([60]), np.array([20]))[0, 0] == 1
    selection.set_area(areas.nothing(document.stack.bins, document.stack.frames))
    assert selection.area is None


def test_a_press_on_the_present_layer_tells_nothing(document, selection):
    told = []
    other = Selection(document)
    document.opened.emit()
    other.layer_changed.connect(lambda: told.append("changed"))
    other.select(other.layer)
    assert told == []


def test_a_group_added_to_what_is_selected_keeps_the_present_layer_picked(document, selection):
    a, b, c, _ = ids(document)
    state, group = group_acts.group_layers(document.recorded_state, [b, c], "A")
    document.act("group", state)
    document.opened.emit()
    assert selection.picked == (a,)
    selection.select_group(group, add=True)
    assert selection.picked == (a, b, c)


def test_a_preview_without_the_selected_group_does_not_deselect_it(document, selection):
    state, group = group_acts.group_layers(document.recorded_state, ids(document)[:2], "A")
    document.act("group", state)
    selection.select_group(group)
    told = []
    selection.layer_changed.connect(lambda: told.append(selection.group))
    document.preview(group_acts.group_all(document.recorded_state, [("B", ids(document)[2:])]))
    assert selection.group == 0
    document.end_preview()
    assert selection.group == group and told == [0, group]
    document.preview(group_acts.group_all(document.recorded_state, []))
    document.act("dissolve", group_acts.dissolve_group(document.recorded_state, group))
    assert selection.group == 0


def test_the_layer_before_is_swapped_with(document, selection):
    a, b, _, _ = ids(document)
    selection.select(b)
    selection.swap()
    assert (selection.layer, selection.before) == (a, b)
    selection.swap()
    assert selection.layer == b


def test_a_layer_that_is_not_there_is_not_selected(document, selection):
    selection.select(999)
    selection.select_group(999)
    assert selection.layer == ids(document)[0] and selection.group == 0


def test_the_users_choice_is_told_apart_from_what_follows(document, selection):
    told = []
    selection.layer_changed.connect(lambda: told.append("changed"))
    selection.layer_chosen.connect(lambda: told.append("chosen"))
    selection.select(ids(document)[1])
    assert told == ["changed", "chosen"]
    selection.select(ids(document)[1], add=True)
    assert told == ["changed", "chosen"]


def test_the_selection_has_followed_before_any_view_is_told(document, selection):
    selection.select(ids(document)[3])
    seen = []
    for signal in (document.layers_changed, document.stacks_changed, document.factors_changed, document.masks_changed):
        signal.connect(lambda *_: seen.append(selection.index))
    document.undo()
    assert seen and all(index == 0 for index in seen)


def test_another_recording_begins_with_its_first_layer(document, selection):
    selection.select(ids(document)[2])
    selection.set_area(areas.everything(document.stack.bins, document.stack.frames))
    samples = tone_mix(0.5, 8000)
    document.open(Recording(samples, 8000, Path("u.wav")), analyse_levels(samples, ANALYSIS), fresh_state(ANALYSIS))
    assert (selection.index, selection.before, selection.group, selection.area) == (0, 0, 0, None)


def test_time_is_selected_in_whole_frames_and_told_in_seconds(document, selection):
    select_time(document, selection, 0.2, 0.4)
    start, stop = selection.frames
    assert selection.seconds == pytest.approx(((start - 0.5) * 128 / 8000, (stop - 0.5) * 128 / 8000))
    select_time(document, selection, *selection.seconds)
    assert selection.frames == (start, stop)
    selection.set_area(areas.rectangle(Region(3, 9, 0, 1000), document.stack.bins, document.stack.frames))
    assert selection.frames is None and selection.seconds is None


def test_selected_seconds_lie_within_the_recording(document, selection):
    select_time(document, selection, -1.0, 0.1)
    assert selection.seconds[0] == 0.0
    select_time(document, selection, 0.9, 5.0)
    assert selection.seconds[1] == 1.0
