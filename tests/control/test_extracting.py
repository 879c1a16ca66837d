"""Getting a sound out: what is asked, what comes into the document, and how marks refine it."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.control.hand import click
from tests.control.scenes import acts, change, ids, names, open_tones, select_box, separate
from workbench.control.desk import Desk
from workbench.control.saying import Says
from workbench.control.tools import Tool
from workbench.document.acts.layers import merge_layers, remove_layer
from workbench.document.acts.stacks import duplicate_stack, new_stack, remove_stack
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


def mask(desk, layer, rows, columns) -> np.ndarray:
    """The mask of a layer, by its name."""
    stack = desk.document.stack
    return stack.layer_mask(names(desk).index(layer), rows, columns)


def holds_what_was_selected(desk, layer) -> bool:
    """Whether a layer holds the tone at 550 Hz where it was selected and struck again, and not that at 220."""
    ours, other = (mask(desk, layer, np.array([row]), np.arange(desk.document.stack.frames))[0] for row in (35, 14))
    return ours[38:42].mean() > 0.7 and ours[59:63].mean() > 0.7 and other[47:52].mean() < 0.3


@pytest.fixture
def struck(desk) -> Desk:
    """A part of the tone at 550 Hz is selected."""
    select_box(desk, 33, 38, 36, 44)
    return desk


@pytest.fixture
def out(struck, settle) -> Desk:
    """It is got out."""
    struck.extracting.get_out()
    settle()
    return struck


def test_the_sound_and_the_rest_are_sources_by_the_marks_that_the_example_is_in_one_step(struck, settle, told):
    before = struck.document.recorded_state
    struck.extracting.get_out()
    settle()
    assert names(struck) == ["Rest", "Sound 1"] and acts(struck) == ["Get out Sound 1"]
    assert struck.selection.present.name == "Sound 1" and struck.document.state.present.name == "Sources"
    assert "similar events helped" in told.said[-1] and not told.refused + told.troubled
    assert holds_what_was_selected(struck, "Sound 1")
    stack = struck.document.stack
    everywhere = stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))
    np.testing.assert_allclose(everywhere.sum(axis=0), 1, atol=1e-5)
    # At last what was selected, which so counts where marks meet; before it what is like it, and what is beside them.
    marks = struck.marks.marks
    assert not marks[-1].denies and {each.denies for each in marks} == {True, False}
    assert struck.marks.source_of(marks[0]).name == "Sound 1"
    b = marks[-1].place.bounds
    assert 33 <= b.low < b.high <= 38 and 36 <= b.start < b.stop <= 44
    struck.document.undo()
    assert struck.document.recorded_state is before


def test_further_clicks_refine_it_and_taking_marks_back_takes_it_back(out):
    rows, columns = np.array([14]), np.arange(40, 60)
    first, low = out.document.stack.factors.shares, mask(out, "Sound 1", rows, columns).mean()
    out.tools.choose(Tool.POINT)
    assert not out.marking.new
    share = float(out.viewport.scale.position(220.0) - out.viewport.low) / out.viewport.height
    # The pointer says more of the sound that was got out; Ctrl says what it is not.
    click(out, 0.8, share)
    assert names(out) == ["Rest", "Sound 1"] and mask(out, "Sound 1", rows, columns).mean() > low + 0.3
    click(out, 0.8, share, Says.NOT)
    assert mask(out, "Sound 1", rows, columns).mean() < low + 0.1
    for mark in out.marks.marks[-2:]:
        out.marks.remove(mark)
    assert np.array_equal(out.document.stack.factors.shares, first)
    for mark in out.marks.marks:
        out.marks.remove(mark)
    assert not out.marks.marks and not holds_what_was_selected(out, out.document.layers[-1].name)


def test_another_sound_is_a_further_source_of_the_same_stack(out, settle):
    before = out.document.recorded_state
    select_box(out, 82, 86, 46, 54)
    out.extracting.get_out()
    settle()
    assert names(out) == ["Rest", "Sound 1", "Sound 2"] and len(out.document.state.stacks) == 1
    assert len({layer.colour for layer in out.document.layers}) == 3
    # What was said of the first is still said.
    assert out.document.state.marks[: len(before.marks)] == before.marks and holds_what_was_selected(out, "Sound 1")


def test_beside_other_work_it_has_a_stack_of_its_own_from_blind_components(struck, settle):
    run = separate(struck, 3)
    was = struck.document.recorded_state.present
    struck.extracting.get_out()
    settle()
    assert names(struck) == ["Rest", "Sound 1"] and struck.document.state.stacks[0] is was
    assert struck.document.state.run != run and holds_what_was_selected(struck, "Sound 1")


def test_what_is_painted_is_an_example_too_and_a_group_counts_as_a_whole(desk, settle, told):
    desk.layers.add()
    desk.layers.rename(desk.selection.present, "Empty")
    desk.layers.add()
    select_box(desk, 33, 38, 36, 44)
    desk.masks.fill()
    desk.areas.deselect()
    desk.selection.select(ids(desk)[1])
    # Nothing is painted into the one layer, but into its group.
    assert not desk.extracting.has_example
    desk.selection.select(ids(desk)[2], add=True)
    desk.layers.group()
    desk.layers.rename(desk.selection.source, "Rest")
    desk.selection.select_group(desk.document.groups[0].id)
    desk.extracting.get_out()
    settle()
    # A sound of that name does not become the rest.
    assert names(desk) == ["Rest", "Rest 2"] and holds_what_was_selected(desk, "Rest 2")
    assert acts(desk)[-1] == "Get out Rest 2" and told.said[-1].startswith("Rest 2 is got out")
    assert len(desk.document.state.stacks) == 2


def test_what_is_painted_into_a_source_is_more_of_it(out, settle):
    select_box(out, 82, 86, 46, 54)
    out.masks.fill()
    out.areas.deselect()
    count = len(out.marks.marks)
    out.extracting.get_out()
    settle()
    assert names(out) == ["Rest", "Sound 1"] and len(out.marks.marks) > count
    assert acts(out)[-1] == "Get out Sound 1" and out.document.state.edits


@pytest.mark.parametrize("where", ["under the pointer", "in the list"])
def test_a_mark_is_an_example_of_its_source(pointing, settle, where):
    share = float(pointing.viewport.scale.position(550.0) - pointing.viewport.low) / pointing.viewport.height
    click(pointing, 0.64, share)
    (mark,) = pointing.marks.marks
    if where == "under the pointer":
        pointing.pointer.put(pointing.plane.rect_of(mark.place.bounds).center())
    else:
        pointing.mark_choice.set_listed(True)
    pointing.pointing.get_out()
    settle()
    assert names(pointing) == ["Rest", "Source 1"] and acts(pointing)[-1] == "Get out Source 1"
    # The mark is there once, and more is said by it.
    assert pointing.marks.marks[0] is mark and len(pointing.marks.marks) > 1
    assert not any(each.place.at(*inside(mark)).max() > 0.5 for each in pointing.marks.marks[1:])


def inside(mark):
    """The bins and frames of a mark."""
    b = mark.place.bounds
    return np.arange(b.low, b.high), np.arange(b.start, b.stop)


def test_where_nothing_is_selected_it_is_the_sound_under_the_pointer(desk, settle, told):
    desk.pointing.get_out()
    assert told.refused and not desk.runner.running("extract")
    position = float(desk.viewport.scale.position(550.0))
    desk.pointer.put(QPointF(desk.plane.x_of(0.62), desk.plane.y_of(position) + 3))
    desk.pointing.get_out()
    settle()
    assert names(desk) == ["Rest", "Sound 1"] and holds_what_was_selected(desk, "Sound 1")
    # What is selected goes before what is pointed at.
    select_box(desk, 0, desk.document.stack.bins, 0, desk.document.stack.frames)
    desk.pointing.get_out()
    settle()
    assert "no rest" in told.troubled[-1]


def test_everything_is_no_example(struck, settle, told):
    struck.areas.select_all()
    struck.extracting.get_out()
    settle()
    assert "no rest" in told.troubled[-1] and not acts(struck)


def test_nothing_comes_of_it_where_it_is_stopped_or_the_window_or_the_recording_is_another(struck, settle, told):
    # It needs the components, which can be stopped.
    struck.extracting.get_out()
    assert {job.key for job in struck.runner.named_jobs} == {"extract", "blind"}
    struck.runner.cancel("blind")
    settle()
    assert not acts(struck) and "not got out" in told.refused[-1]
    struck.extracting.get_out()
    new = Analysis(1024, 256)
    struck.document.set_analysis("window", new, analyse_levels(struck.document.recording.samples, new))
    settle()
    assert acts(struck) == ["window"] and "changed meanwhile" in told.refused[-1]
    select_box(struck, 60, 80, 18, 22)
    struck.extracting.get_out()
    open_tones(struck, seconds=1.0)
    settle()
    assert names(struck) == ["Everything"]


def test_it_goes_to_the_stack_where_it_was_asked_for(out, settle, told):
    document = out.document
    first, before = document.state.shown, document.state.marks
    out.extracting.get_out_like(out.marks.marks[-1])
    document.act("new", new_stack(document.recorded_state, "Other"))
    other = document.state.present
    settle()
    # What is looked at stays; what was asked for is where it was asked.
    assert document.state.present is other and acts(out)[-1] == "Get out Sound 1" and len(document.state.stacks) == 2
    assert "in the stack “Sources”" in told.said[-1]
    document.show_stack(first)
    assert names(out) == ["Rest", "Sound 1"] and document.state.marks[: len(before)] == before
    assert len(document.state.marks) > len(before)
    # The stack itself goes; a copy of it, with the same ids, is another one.
    said, asked = len(told.said), document.state.marks
    out.extracting.get_out_like(out.marks.marks[-1])
    document.act("copy", duplicate_stack(document.recorded_state, "Copy"))
    document.show_stack(first)
    document.act("remove", remove_stack(document.recorded_state))
    document.show_stack(document.state.stacks[-1].id)
    settle()
    assert acts(out)[-1] == "remove" and "is gone" in told.refused[-1] and len(told.said) == said
    assert [stack.name for stack in document.state.stacks] == ["Other", "Copy"]
    assert document.state.stacks[1].marks == asked


@pytest.mark.parametrize("gone", ["mark", "layer", "merged layer", "painted layer"])
def test_where_what_it_began_from_is_gone_nothing_changes(out, settle, told, gone):
    document = out.document
    source = document.layers[-1].id
    if gone == "painted layer":
        out.layers.add()
        source = out.selection.layer
        select_box(out, 82, 86, 46, 54)
        out.masks.fill()
        out.areas.deselect()
        out.extracting.get_out()
    else:
        out.extracting.get_out_like(out.marks.marks[-1])
    assert out.runner.running("extract")
    if gone == "mark":
        document.undo()
    elif gone == "merged layer":
        # The mark is there, but is of the rest now.
        document.act("merge", merge_layers(document.recorded_state, ids(out)))
    else:
        document.act("remove", remove_layer(document.recorded_state, source))
    after, said = document.recorded_state, len(told.said)
    settle()
    assert document.recorded_state is after and len(told.refused) == 1 and len(told.said) == said
    assert "is gone" in told.refused[0]


def test_a_locked_source_is_refused_at_once(out, told):
    change(out, out.document.layers[-1].id, locked=True)
    out.extracting.get_out_like(out.marks.marks[-1])
    assert "locked" in told.refused[-1] and not out.runner.running("extract")


def test_undo_while_it_is_searched_for_takes_back_the_search_and_no_click(out, settle, told):
    select_box(out, 20, 40, 10, 30)
    before = out.document.recorded_state
    out.extracting.get_out()
    assert out.under_way.can_undo
    out.under_way.undo()
    settle()
    assert out.document.recorded_state is before and not out.extracting.searching
    assert told.said[-1] == "The sound is not got out"
    out.under_way.undo()
    assert out.document.recorded_state is not before
