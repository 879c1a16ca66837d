"""A second button that goes down while the hand holds one: what the hand does goes on (offscreen)."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, SHIFT, lane_of, mask_under, middle, press
from workbench.control.tools import Tool

MIDDLE, RIGHT = Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
OTHERS = pytest.mark.parametrize(
    "other", [(MIDDLE, NONE), (RIGHT, NONE), (RIGHT, SHIFT)], ids=["middle", "right", "size"]
)


def drag_with_another_press(program, pane, start, end, other, button=LEFT, keys=NONE):
    """Hold a button from one point to another; half-way another one goes down, moves along and comes up."""
    button_too, keys_too = other
    half = (start + end) / 2
    QTest.mousePress(pane, button, keys, start)
    QTest.mouseMove(pane, start + (half - start) / 2)
    pump(program.application, seconds=0.01)
    QTest.mousePress(pane, button_too, keys_too, start + (half - start) / 2)
    QTest.mouseMove(pane, half)
    pump(program.application, seconds=0.01)
    QTest.mouseRelease(pane, button_too, keys_too, half)
    QTest.mouseMove(pane, half + (end - half) / 2)
    QTest.mouseMove(pane, end)
    pump(program.application, seconds=0.01)
    assert QApplication.activePopupWidget() is None, "no menu under a hand that is busy"
    QTest.mouseRelease(pane, button, keys, end)
    pump(program.application, seconds=0.01)


def over_v(program):
    return partial(drag_with_another_press, program, program.window.panes.spectrogram)


def view(program):
    v = program.desk.viewport
    return v.start, v.stop, v.low, v.high


@OTHERS
def test_a_stroke_goes_on_and_is_one_act(factorised, other):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    size, seen, steps = program.desk.tools.size, view(program), len(program.desk.document.steps)
    over_v(program)(at - QPoint(80, 0), at + QPoint(80, 0), other)
    assert len(program.desk.document.steps) == steps + 1 and "Paint" in program.desk.document.undo_name
    for place in (-75, -30, 0, 30, 75):
        assert mask_under(program, 0, at + QPoint(place, 0)) == pytest.approx(1.0, abs=1e-3)
    assert (program.desk.tools.size, view(program)) == (size, seen)


def test_a_button_that_came_up_unseen_ends_the_stroke(factorised):
    """Released over another window, or under a grab of the system's: the hand that moves on draws nothing more."""
    program, at, view_ = factorised, middle(factorised), factorised.window.panes.spectrogram
    press(program, Qt.Key.Key_B)
    steps = len(program.desk.document.steps)
    QTest.mousePress(view_, LEFT, NONE, at - QPoint(80, 0))
    QTest.mouseMove(view_, at - QPoint(40, 0))
    pump(program.application, seconds=0.01)
    place = QPointF(at + QPoint(60, 0))
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    QApplication.sendEvent(view_, QMouseEvent(kind, place, view_.mapToGlobal(place), none, none, NONE))
    pump(program.application, seconds=0.01)
    assert len(program.desk.document.steps) == steps + 1 and not program.window.panes.hand.holds
    assert mask_under(program, 0, at - QPoint(60, 0)) == pytest.approx(1.0, abs=1e-3)
    QTest.mousePress(view_, LEFT, NONE, at)
    QTest.mouseRelease(view_, LEFT, NONE, at)
    assert len(program.desk.document.steps) == steps + 2, "the next press is a stroke of its own"


@OTHERS
def test_a_selection_goes_on(factorised, other):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    seen = view(program)
    start, end = at - QPoint(80, 40), at + QPoint(80, 40)
    over_v(program)(start, end, other)
    plane, bounds = program.desk.plane, program.desk.selection.area.bounds
    assert bounds == plane.region_between(plane.place_at(start), plane.place_at(end)) and view(program) == seen
    assert not program.desk.selecting.busy


@OTHERS
def test_a_scrub_goes_on(factorised, other):
    program, plane = factorised, factorised.desk.plane
    y, seen = plane.canvas.bottom() + 8, view(factorised)
    start, end = (QPoint(round(plane.x_of(second)), y) for second in (0.5, 2.5))
    over_v(program)(start, end, other)
    assert program.desk.playback.position == pytest.approx(2.5, abs=0.02) and view(program) == seen
    assert program.desk.selection.area is None


@pytest.mark.parametrize("other", [(LEFT, NONE), (RIGHT, NONE), (RIGHT, SHIFT)], ids=["left", "right", "size"])
def test_a_pan_goes_on(factorised, other):
    program, at = factorised, middle(factorised)
    program.desk.viewport.show_time(1.0, 2.0)
    held = program.desk.plane.second_at(at.x() + 60)
    press(program, Qt.Key.Key_B)
    steps, size = len(program.desk.document.steps), program.desk.tools.size
    over_v(program)(at + QPoint(60, 0), at - QPoint(60, 0), other, MIDDLE)
    assert program.desk.plane.second_at(at.x() - 60) == pytest.approx(held, abs=0.01)
    assert len(program.desk.document.steps) == steps and program.desk.tools.size == size


@pytest.mark.parametrize("other", [(LEFT, NONE), (MIDDLE, NONE)], ids=["left", "middle"])
def test_resizing_the_brush_goes_on(factorised, other):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    steps, size, seen = len(program.desk.document.steps), program.desk.tools.size, view(program)
    over_v(program)(at, at + QPoint(80, 0), other, RIGHT, SHIFT)
    assert program.desk.tools.size == pytest.approx(size + 80)
    assert (len(program.desk.document.steps), view(program)) == (steps, seen)


@OTHERS
@pytest.mark.parametrize("name", ["templates", "activations"])
def test_a_stroke_in_the_curves_goes_on_and_is_one_act(factorised, name, other):
    program, document = factorised, factorised.desk.document
    pane = getattr(program.window.panes, name)
    program.desk.tools.choose(Tool.ERASER)
    lane, steps = lane_of(pane, 1), len(document.steps)
    if name == "activations":
        start, end = (QPoint(round(pane.time_to_x(second)), round(lane.center().y())) for second in (0.5, 2.5))
    else:
        x, y = round(lane.center().x()), round(lane.center().y())
        start, end = QPoint(x, y + 80), QPoint(x, y - 80)
    drag_with_another_press(program, pane, start, end, other)
    assert len(document.steps) == steps + 1 and document.undo_name.startswith("Draw the")
    curve = document.run.factors.H[1] if name == "activations" else document.run.factors.W[:, 1]
    silent = np.flatnonzero(curve == 0)
    if name == "activations":
        first, last = (document.state.analysis.frame_at(second, 16000) for second in (0.55, 2.45))
        assert set(range(first, last)) <= set(silent)
    else:
        assert len(silent) and np.all(np.diff(silent) == 1), "one line, without a gap"
        first = pane.entries(start.toPointF(), lane)[0]
        last = pane.entries(end.toPointF(), lane)[0]
        assert {first, last} <= set(silent)
