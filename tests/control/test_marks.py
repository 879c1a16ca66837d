"""Acts on the marks that were made: each is one step, and undo gives exactly what was before."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from tests.acting import change_layer
from tests.control.hand import click, drag
from tests.control.scenes import acts, ids, masks, names, point
from workbench.control.marking import Says
from workbench.control.tools import Tool
from workbench.document.acts import masks as mask_acts
from workbench.document.acts.sources import add_mark, marks_as_edits
from workbench.document.state import mask_model
from workbench.masks.edits.areas import rectangle
from workbench.masks.insight.assignment import moved
from workbench.masks.model.grid import Region


@pytest.fixture
def marked(pointing):
    """Two sources with a mark each."""
    click(pointing, 0.4, 0.3)
    click(pointing, 1.3, 0.7)
    return pointing


def test_each_mark_has_its_source(marked):
    assert [marked.marks.source_of(mark).name for mark in marked.marks.marks] == ["Source 1", "Source 2"]


def test_a_mark_taken_back_leaves_exactly_what_was_before_it(marked):
    click(marked, 0.9, 0.5, Says.MORE)
    before, state = masks(marked), marked.document.recorded_state
    click(marked, 0.4, 0.4, Says.MORE)
    with_it = masks(marked)
    assert not np.array_equal(with_it, before)
    last = marked.marks.marks[-1]
    marked.marks.remove(last)
    assert acts(marked)[-1] == "Take a mark back" and marked.marks.marks == state.marks
    assert np.array_equal(masks(marked), before)
    marked.document.undo()
    assert np.array_equal(masks(marked), with_it)
    marked.document.redo()
    assert np.array_equal(masks(marked), before)
    marked.marks.remove(last)
    assert acts(marked)[-2:] != ["Take a mark back"] * 2
    # Undone instead, it leaves no less.
    marked.document.undo()
    marked.document.undo()
    assert marked.document.state is state and np.array_equal(masks(marked), before)


def test_a_mark_taken_back_from_between_others_is_as_if_it_had_never_been_made(marked):
    first, second = ids(marked)[1:]
    box = marked.marks.marks[0].place
    base = marked.document.recorded_state
    for layer, denies in ((second, False), (first, True), (first, False)):
        marked.document.act("mark", add_mark(marked.document.recorded_state, layer, box, 0.7, denies))
    marked.marks.remove(marked.marks.marks[3])
    state = add_mark(add_mark(base, second, box, 0.7), first, box, 0.7)
    assert [(m.source, m.denies) for m in marked.marks.marks] == [(m.source, m.denies) for m in state.marks]
    never = mask_model(state, marked.document.runs)
    assert np.array_equal(marked.document.stack.factors.shares, never.shares)
    stack = replace(marked.document.stack, factors=never)
    assert np.array_equal(stack.evaluate(np.arange(stack.bins), np.arange(stack.frames)), masks(marked))


def test_the_drag_of_a_weight_is_one_act(marked):
    count, mark = len(acts(marked)), marked.marks.marks[0]
    before = masks(marked)
    for weight in (0.9, 0.6, 0.3):
        marked.marks.weigh(mark, weight)
    assert acts(marked)[count:] == ["Weight of a mark"] and marked.marks.marks[0].weight == 0.3
    marked.marks.weighed()
    marked.marks.weigh(marked.marks.marks[0], 0.5)
    assert acts(marked)[count:] == ["Weight of a mark"] * 2
    marked.document.undo()
    assert marked.marks.marks[0].weight == 0.3
    marked.document.undo()
    assert np.array_equal(masks(marked), before)


def test_a_mark_of_no_weight_is_as_if_it_were_not_there(marked):
    last = marked.marks.marks[-1]
    marked.marks.weigh(last, 0.0)
    silent = masks(marked)
    marked.marks.weighed()
    marked.marks.remove(marked.marks.marks[-1])
    assert not silent[2].any() and np.array_equal(masks(marked), silent[:2]), "its source went with it"


def test_a_mark_is_given_to_another_source(marked):
    first, second = marked.document.layers[1:]
    marked.marks.give(marked.marks.marks[0], second)
    assert acts(marked)[-1] == "Give a mark to Source 2"
    assert [marked.marks.source_of(mark) for mark in marked.marks.marks] == [second, second]
    marked.layers.add()
    count = len(acts(marked))
    # What holds only what was painted can't have one.
    marked.marks.give(marked.marks.marks[0], marked.document.layers[-1])
    assert len(acts(marked)) == count and first.id in ids(marked)


def test_a_mark_is_turned_round_and_back(marked):
    before = masks(marked)
    marked.marks.turn(marked.marks.marks[0])
    assert marked.marks.marks[0].denies and not np.array_equal(masks(marked), before)
    marked.marks.turn(marked.marks.marks[0])
    assert not marked.marks.marks[0].denies and np.array_equal(masks(marked), before)


def effects(desk, settle):
    """What each mark came to, once somebody has asked."""
    desk.mark_effects.want(desk.marks.marks)
    settle()
    return [desk.mark_effects.of(mark) for mark in desk.marks.marks]


def test_what_a_mark_came_to_is_a_share_of_the_sound(marked, settle):
    document = marked.document
    assert [marked.mark_effects.of(mark) for mark in marked.marks.marks] == [None, None], "nobody has asked"
    before = effects(marked, settle)
    assert all(0 < effect <= 1 for effect in before)
    # It is what taking it back moves.
    run, state = document.run, document.recorded_state
    now = document.sources_of(run.factors, run.settings.power, state)
    marked.marks.remove(marked.marks.marks[0])
    alone = document.sources_of(run.factors, run.settings.power, document.recorded_state)
    assert before[0] == moved(alone, now)
    assert marked.mark_effects.of(marked.marks.marks[0]) is None, "what it came to beside another is not known alone"
    assert effects(marked, settle) != before[1:]
    document.undo()
    assert [marked.mark_effects.of(mark) for mark in marked.marks.marks] == before, "remembered"
    marked.marks.weigh(marked.marks.marks[0], 0.0)
    assert effects(marked, settle)[0] == 0
    marked.stacks.add("Other")
    assert effects(marked, settle) == []


def test_the_chosen_mark_is_the_one_that_was_picked_or_made_last(marked):
    choice, (first, second) = marked.mark_choice, marked.marks.marks
    changes = []
    choice.changed.connect(lambda: changes.append(choice.chosen))
    assert choice.chosen is second and choice.outlined is None
    choice.choose(first)
    choice.choose(first)
    assert changes == [first]
    choice.set_listed(True)
    assert choice.outlined is first
    marked.marks.weigh(first, 0.5)
    assert choice.chosen is marked.marks.marks[0], "it is the same mark"
    click(marked, 0.9, 0.5, Says.MORE)
    newest = marked.marks.marks[-1]
    assert choice.chosen is newest
    # Where the chosen one goes its neighbour is chosen, and none where it was the last.
    choice.choose(marked.marks.marks[1])
    marked.marks.remove(marked.marks.marks[1])
    assert choice.chosen is newest
    marked.stacks.add("Other")
    assert choice.chosen is None
    marked.stacks.show_next(1)
    assert choice.chosen is newest


def test_a_mark_that_is_moved_or_owns_a_click_is_chosen(pointing):
    click(pointing, 0.5, 0.9)
    click(pointing, 1.3, 0.9)
    first, second = pointing.marks.marks
    centre = pointing.plane.rect_of(first.place.bounds).center()
    pointing.pointer.put(centre)
    pointing.pointing.select_owner()
    assert pointing.mark_choice.chosen is first
    pointing.mark_choice.choose(second)
    pointing.marking.begin(centre, Says.THIS)
    pointing.marking.move(centre + QPointF(12, 0))
    assert pointing.mark_choice.chosen.id == first.id
    pointing.marking.cancel()
    # With another tool in hand no mark is seen there.
    pointing.mark_choice.choose(second)
    pointing.tools.choose(Tool.SELECT)
    pointing.pointing.select_owner()
    assert pointing.mark_choice.chosen is second


def test_the_chosen_mark_is_brought_into_view(marked):
    viewport, choice = marked.viewport, marked.mark_choice
    choice.choose(marked.marks.marks[0])
    whole = viewport.start, viewport.stop, viewport.low, viewport.high
    choice.reveal()
    assert (viewport.start, viewport.stop, viewport.low, viewport.high) == whole, "it is seen"
    # Zoomed in elsewhere: as near as before, with the mark in the middle.
    viewport.show_time(1.2, 1.8)
    viewport.zoom_frequency(1.5, viewport.high)
    span, height = viewport.span, viewport.height
    choice.reveal()
    assert (viewport.span, viewport.height) == pytest.approx((span, height))
    assert in_view(marked, choice.chosen)
    # What is larger than the view is seen as a whole.
    viewport.show_time(1.2, 1.22)
    viewport.zoom_frequency(9, viewport.high)
    choice.reveal()
    assert in_view(marked, choice.chosen) and viewport.span > 0.02
    marked.stacks.add("Other")
    choice.reveal()


def in_view(desk, mark):
    """Whether a mark is wholly seen, as far as the axis goes down."""
    rect, canvas = desk.plane.rect_of(mark.place.bounds), QRectF(desk.plane.canvas).adjusted(-1, -1, 1, 1)
    rect.setBottom(min(rect.bottom(), desk.plane.y_of(desk.viewport.bottom)))
    return canvas.contains(rect)


def test_a_source_goes_with_its_only_mark_as_one_step(marked, told):
    before, count = masks(marked), len(acts(marked))
    second = marked.marks.marks[1]
    marked.marks.remove(second)
    assert names(marked) == ["Rest", "Source 1"] and len(acts(marked)) == count + 1
    assert told.said[-1] == "“Source 2” went with its only mark"
    marked.document.undo()
    assert names(marked) == ["Rest", "Source 1", "Source 2"] and np.array_equal(masks(marked), before)
    marked.selection.select(ids(marked)[2])
    # One of which something else is said stays, and is told to be empty where that is only where it does not sound.
    click(marked, 0.9, 0.5, Says.MORE)
    marked.marks.remove(second)
    assert names(marked)[-1] == "Source 2" and len(marked.marks.marks) == 2
    marked.marks.turn(marked.marks.marks[-1])
    assert told.said[-1].startswith("“Source 2” is empty: nothing says where it sounds.")
    marked.marks.remove(marked.marks.marks[-1])
    assert names(marked) == ["Rest", "Source 1"]


@pytest.mark.parametrize("what", ["name", "gain_db", "mute", "edit", "group"])
def test_a_source_that_was_worked_on_stays_when_its_only_mark_goes(marked, told, what):
    source = ids(marked)[2]
    if what == "edit":
        filled(marked, source, Region(60, 90, 40, 60))
    elif what == "group":
        marked.selection.select(source)
        marked.layers.group()
    else:
        changed = {"name": {"name": "Bass", "automatic": False}, "gain_db": {"gain_db": -3.0}, "mute": {"mute": True}}
        change_layer(marked.document, what, source, **changed[what])
    marked.marks.remove(marked.marks.marks[-1])
    assert source in ids(marked) and "is empty" in told.said[-1]
    # The other source gives its mark away, and is empty too.
    marked.marks.give(marked.marks.marks[0], marked.document.layers[ids(marked).index(source)])
    assert "“Source 1” is empty" in told.said[-1]


def test_a_lock_keeps_what_is_said_of_a_source(marked, told, until):
    change_layer(marked.document, "lock", ids(marked)[2], locked=True)
    first, second = marked.marks.marks
    before, count = masks(marked), len(acts(marked))
    spoken = marked.document.layers[2]
    for refused in (
        lambda: marked.marks.remove(second),
        lambda: marked.marks.weigh(second, 0.5),
        lambda: marked.marks.turn(second),
        lambda: marked.marks.give(second, marked.document.layers[1]),
        lambda: marked.marks.give(first, spoken),
        lambda: click(marked, 0.9, 0.5, Says.MORE),
        lambda: click(marked, 0.9, 0.5, Says.NOT),
        lambda: drag(marked, (0.5, 0.5), (0.9, 0.5), says=Says.MORE),
        lambda: marked.marks.grab(second),
    ):
        del told.refused[:]
        refused()
        assert "“Source 2” is locked" in told.refused[-1]
        assert len(acts(marked)) == count and np.array_equal(masks(marked), before)
    # Nothing is lit that a click would not give; of others may be spoken, and a click for another source goes.
    marked.marking.choose_new()
    marked.pointer.put(point(marked, 0.9))
    until(lambda: marked.marking.lit is not None)
    marked.marking.choose(spoken.id)
    until(lambda: marked.marking.lit is None)
    marked.marking.choose_new()
    click(marked, 0.9, 0.5)
    assert names(marked)[-1] == "Source 3"


def test_marks_are_those_of_the_stack_that_is_shown(marked):
    marked.stacks.add("Other")
    assert marked.marks.marks == ()
    marked.stacks.show_next(1)
    assert len(marked.marks.marks) == 2


def test_a_source_that_goes_takes_its_marks_along(marked):
    marked.selection.select(ids(marked)[1])
    marked.layers.remove()
    assert names(marked) == ["Rest", "Source 2"]
    assert [marked.marks.source_of(mark).name for mark in marked.marks.marks] == ["Source 2"]


def test_without_sources_there_are_no_marks(desk):
    assert desk.marks.marks == ()


def filled(desk, layer, region, value=1.0):
    """A box filled into a layer's mask."""
    stack = desk.document.stack
    box = rectangle(region, stack.bins, stack.frames)
    desk.document.act("fill", mask_acts.fill(desk.document.recorded_state, layer, value, box))


def test_edits_become_marks_that_count_everywhere(marked, settle, told):
    box, source = Region(60, 90, 40, 60), ids(marked)[1]
    filled(marked, source, box)
    edited = masks(marked)
    marked.marks.turn_edits()
    settle()
    assert acts(marked)[-1] == "Turn edits into marks" and told.nothing
    assert not marked.document.state.edits
    mark = marked.marks.marks[-1]
    assert marked.marks.source_of(mark).id == source and not mark.denies
    # It is where the edit gave the source what it had not.
    bounds = mark.place.bounds
    assert box.low <= bounds.low < bounds.high <= box.high and box.start <= bounds.start < bounds.stop <= box.stop
    assert np.abs(masks(marked).sum(axis=0) - 1).max() < 1e-5
    marked.document.undo()
    assert np.array_equal(masks(marked), edited)


def test_marks_become_edits_that_hold_there_and_nowhere_else(marked):
    places = [mark.place.bounds for mark in marked.marks.marks]
    marked.marks.turn_marks()
    assert acts(marked)[-1] == "Turn marks into edits" and marked.marks.marks == ()
    found, rest = masks(marked), np.ones(masks(marked)[0].shape, bool)
    for index, box in enumerate(places, 1):
        assert found[index, box.low : box.high, box.start : box.stop].min() > 0.9
        rest[box.low : box.high, box.start : box.stop] = False
    assert found[0, rest].min() > 0.99
    marked.document.undo()
    assert len(marked.marks.marks) == 2


def test_there_must_be_something_to_turn(desk, marked, told, settle):
    marked.marks.turn_edits()
    assert "no edits" in told.refused[-1]
    marked.stacks.add("Other")
    marked.marks.turn_marks()
    assert "no marks" in told.refused[-1]
    marked.marks.turn_edits()
    assert "point at a sound first" in told.refused[-1]
    settle()


def test_what_was_done_meanwhile_is_not_undone_by_turning(marked, settle, told):
    filled(marked, ids(marked)[1], Region(60, 90, 40, 60))
    marked.marks.turn_edits()
    filled(marked, ids(marked)[2], Region(10, 20, 10, 20))
    settle()
    assert acts(marked)[-1] == "fill" and len(marked.document.state.edits) == 2
    assert told.refused == ["The masks were changed meanwhile; ask again."]


def test_turning_costs_nobody_what_was_painted(marked, told, settle):
    """A layer that is no source, or is locked, has nothing that could take its place."""
    marked.layers.add()
    painted = ids(marked)[-1]
    filled(marked, painted, Region(60, 90, 40, 60))
    before = masks(marked)
    marked.marks.turn_edits()
    settle()
    assert "would lose" in told.refused[-1] and np.array_equal(masks(marked), before)


def test_a_lock_keeps_marks_from_turning(marked, told):
    before = masks(marked)
    change_layer(marked.document, "lock", ids(marked)[1], locked=True)
    marked.marks.turn_marks()
    assert "locked" in told.refused[-1] and len(marked.marks.marks) == 2
    assert np.array_equal(masks(marked), before)


@pytest.mark.parametrize("weight", [0.0, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("denies", [False, True])
def test_what_turns_raises_where_a_source_is_and_lowers_where_it_is_not(marked, weight, denies):
    mark = marked.marks.marks[0]
    if denies:
        marked.marks.turn(mark)
    marked.marks.weigh(marked.marks.marks[0], weight)
    state = marked.document.recorded_state
    alone = state.with_present(marks=state.marks[:1])
    bare = marked.document.stack_of(state.with_present(marks=()))
    turned = marked.document.stack_of(marks_as_edits(alone))
    box = mark.place.bounds
    rows, columns = np.arange(box.low, box.high), np.arange(box.start, box.stop)
    before, after = (stack.evaluate(rows, columns)[1] for stack in (bare, turned))
    assert (after <= before + 1e-6).all() if denies else (after >= before - 1e-6).all()
    if not weight:
        assert np.array_equal(after, before)
