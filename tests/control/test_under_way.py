"""Esc leaves the innermost thing under way; undo during a stroke takes the stroke back."""

import threading

import pytest

from tests.control.scenes import acts, ids, point, previewing, select_box
from workbench.control.shaping import Plain, ShapeWish
from workbench.control.thresholding import Limits
from workbench.control.tools import Tool
from workbench.masks.edits.areas import Join


@pytest.fixture
def stroking(separated):
    separated.tools.choose(Tool.BRUSH)
    separated.strokes.begin(point(separated, 0.5), False)
    return separated


def job(desk, name="Work"):
    """Work that goes on until it is stopped."""
    pause = threading.Event()

    def work(job):
        while True:
            job.report(-1.0)
            pause.wait(0.001)

    return desk.runner.run(name, work)


def test_esc_leaves_one_thing_after_the_other(stroking, until):
    desk, closed = stroking, []
    desk.under_way.nothing_left.connect(lambda: closed.append(1))
    older, newer = job(desk), job(desk)
    select_box(desk, 3, 9, 3, 9)
    desk.walking.begin()

    desk.under_way.escape(True)
    assert not desk.strokes.busy and not previewing(desk) and desk.walking.walking

    desk.tools.choose(Tool.POLYGON)
    desk.selecting.begin(point(desk, 0.5), Join.NEW)
    desk.shaping.preview(ShapeWish(Plain.SCALE))
    desk.under_way.escape(True)
    assert not desk.selecting.busy and previewing(desk)

    desk.under_way.escape(True)
    assert not previewing(desk) and desk.walking.walking

    desk.under_way.escape(True)
    assert not desk.walking.walking and not newer.cancelled

    for work in (newer, older):
        desk.under_way.escape(True)
        assert work.cancelled
        until(lambda work=work: work not in desk.runner.jobs)
    assert not closed

    desk.under_way.escape(True)
    assert closed == [1] and desk.selection.area is not None

    desk.under_way.escape(False)
    assert desk.selection.area is None
    desk.under_way.escape(False)
    assert closed == [1]


def test_esc_does_not_stop_work_that_is_not_shown(desk):
    hidden = job(desk, "")
    desk.under_way.escape(False)
    assert not hidden.cancelled


def test_esc_leaves_a_stroke_in_a_curve(separated):
    separated.tools.choose(Tool.BRUSH)
    separated.template_strokes.begin(0)
    separated.template_strokes.draw(3, 6, 0.7)
    assert separated.under_way.stroking
    separated.under_way.escape(False)
    assert not separated.under_way.stroking and not previewing(separated)


def test_undo_during_a_stroke_takes_the_stroke_back(stroking):
    count = len(acts(stroking))
    stroking.under_way.undo()
    assert not stroking.strokes.busy and not previewing(stroking)
    assert stroking.document.step == len(acts(stroking)) == count
    stroking.under_way.undo()
    assert stroking.document.step == count - 1
    stroking.under_way.redo()
    assert stroking.document.step == count


def test_there_is_no_redo_and_no_leap_during_a_stroke(separated):
    separated.layers.add()
    separated.under_way.undo()
    separated.tools.choose(Tool.BRUSH)
    separated.strokes.begin(point(separated, 0.5), False)
    separated.under_way.redo()
    separated.under_way.go_to(0)
    assert separated.document.step == 1 and separated.strokes.busy
    separated.strokes.cancel()
    separated.under_way.go_to(0)
    assert separated.document.step == 0
    separated.under_way.go_to(99)
    assert separated.document.step == 2


def test_return_closes_what_is_drawn_or_applies_what_is_shown(separated):
    under_way = separated.under_way
    assert not under_way.can_accept
    under_way.accept()
    separated.tools.choose(Tool.POLYGON)
    for second, share in ((0.5, 0.2), (1.0, 0.2), (1.0, 0.8)):
        separated.selecting.begin(point(separated, second, share), Join.NEW)
        separated.selecting.end()
    assert under_way.can_accept
    under_way.accept()
    assert separated.selection.area is not None and not under_way.can_accept
    separated.tools.choose(Tool.THRESHOLD)
    separated.thresholding.set(Limits())
    assert under_way.can_accept
    under_way.accept()
    assert acts(separated)[-1].startswith("Threshold") and not under_way.can_accept


def test_esc_leaves_the_threshold(separated):
    separated.tools.choose(Tool.THRESHOLD)
    separated.thresholding.set(Limits())
    separated.under_way.escape(False)
    assert not separated.thresholding.pending and not previewing(separated)


def test_with_nothing_open_keys_do_nothing(empty):
    empty.under_way.undo()
    empty.under_way.redo()
    empty.under_way.accept()
    empty.under_way.escape(False)
    assert ids(empty) == []
