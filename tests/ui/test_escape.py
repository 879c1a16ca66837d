"""Esc leaves the innermost thing under way, one at a time (offscreen)."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.acting import select_time
from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, SHIFT, lane_of, middle, press, settle
from workbench.control.tools import Tool


def begin_selection(program):
    select_time(program.desk.document, program.desk.selection, 0.5, 1.5)
    return lambda: program.desk.selection.area is not None


def begin_notice(program):
    program.window.notice.say("something to read")
    return program.window.notice.isVisible


def begin_job(program):
    def work(job):
        while True:
            job.report(-1)

    job = program.desk.runner.run("Without an end", work)
    return lambda: not job.cancelled


def begin_walk(program):
    press(program, Qt.Key.Key_W, SHIFT)
    return lambda: program.desk.walking.walking


def begin_preview(program):
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(0.6)
    return lambda: program.desk.document.state is not program.desk.document.recorded_state


def begin_polygon(program):
    press(program, Qt.Key.Key_P)
    for corner in (QPoint(-80, -50), QPoint(80, -50), QPoint(80, 50)):
        QTest.mouseClick(program.window.panes.spectrogram, LEFT, NONE, middle(program) + corner)
    return lambda: program.desk.selecting.busy


def begin_drag(program):
    press(program, Qt.Key.Key_R)
    # Beside what is selected, which would be taken along.
    at = QPoint(program.desk.plane.canvas.left() + 20, middle(program).y())
    QTest.mousePress(program.window.panes.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.panes.spectrogram, at + QPoint(40, 30))
    return lambda: program.desk.selecting.busy


def begin_move(program):
    press(program, Qt.Key.Key_R)
    at = middle(program)
    QTest.mousePress(program.window.panes.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.panes.spectrogram, at + QPoint(40, 30))
    return lambda: program.desk.handling.busy


def begin_stroke(program):
    press(program, Qt.Key.Key_B)
    at = middle(program)
    QTest.mousePress(program.window.panes.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.panes.spectrogram, at + QPoint(40, 0))
    return lambda: program.desk.strokes.busy


def begin_curve(program):
    program.desk.tools.choose(Tool.BRUSH)
    pane = program.window.panes.activations
    at = lane_of(pane, 0).center().toPoint()
    QTest.mousePress(pane, LEFT, NONE, at)
    QTest.mouseMove(pane, at + QPoint(40, 0))
    return lambda: program.desk.activation_strokes.busy


@pytest.mark.parametrize("innermost", [begin_preview, begin_polygon, begin_drag, begin_move, begin_stroke, begin_curve])
def test_each_press_leaves_one_thing_from_the_innermost_out(factorised, innermost):
    program, steps = factorised, len(factorised.desk.document.steps)
    settle(program)
    # From the outermost in; a stroke is painted within the selection.
    begins = (begin_selection, begin_notice, begin_job, begin_walk, innermost)
    under_way = [begin(program) for begin in begins]
    pump(program.application)
    while under_way:
        assert all(each() for each in under_way), begins[len(under_way) - 1].__name__
        press(program, Qt.Key.Key_Escape)
        assert not under_way.pop()(), begins[len(under_way)].__name__
    press(program, Qt.Key.Key_Escape)
    settle(program)
    assert [step.name for step in program.desk.document.steps[steps:]] == ["Select", "Deselect"]


def test_of_several_jobs_the_last_that_was_asked_for_is_left_first(factorised):
    program = factorised
    settle(program)
    first, second = begin_job(program), begin_job(program)
    press(program, Qt.Key.Key_Escape)
    assert first() and not second()
    settle_one = pump(program.application, lambda: len(program.desk.runner.named_jobs) == 1, 10)
    press(program, Qt.Key.Key_Escape)
    assert settle_one and not first()


def test_a_job_is_seen_again_when_another_that_came_later_has_ended(opened):
    program, bar, gates = opened, opened.window.panes.transport, [threading.Event(), threading.Event()]
    for number, gate in enumerate(gates):
        program.desk.runner.run(f"Job {number}", lambda job, gate=gate: gate.wait(20))
    assert bar.job_label.text() == "Job 1"
    gates[1].set()
    assert pump(program.application, lambda: bar.job_label.text() == "Job 0", 10)
    assert bar.job_label.isVisible() and bar.cancel.isVisible()
    gates[0].set()
    assert pump(program.application, lambda: bar.job_label.isHidden(), 10)
