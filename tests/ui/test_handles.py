"""A selection in the hand: moved, resized, turned, nudged, and what the layer holds there carried along."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, middle, pixels, press, select_rectangle, settle, trail
from workbench.control.handles import Grip
from workbench.spectral.scales import FrequencyScale

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def boxed(factorised):
    """A rectangle is selected, with the tool in hand."""
    select_rectangle(factorised)
    return factorised


def area(program):
    return program.desk.selection.area


def steps(program) -> list[str]:
    return [step.name for step in program.desk.document.steps[2 : program.desk.document.step + 1]]


def handle(program, grip: Grip) -> QPoint:
    return program.desk.handling.handles.places[grip].toPoint()


def rect(program):
    """Left, top, right, bottom of the selection in pixels."""
    return np.array(program.desk.plane.rect_of(area(program).bounds).getCoords())


def key(program, which, keys=NONE):
    QTest.keyClick(program.window.panes.spectrogram, which, keys)
    pump(program.application)


def hover(program, at: QPoint):
    QTest.mouseMove(program.window.panes.spectrogram, at)
    pump(program.application)
    return program.window.panes.spectrogram.cursor().shape()


def held(program, of=None) -> np.ndarray:
    of = of or area(program)
    return of.read(np.arange(of.bins), np.arange(of.frames))


def mask(program) -> np.ndarray:
    stack = program.desk.document.stack
    return stack.layer_mask(program.desk.selection.index, np.arange(stack.bins), np.arange(stack.frames))


def test_a_drag_within_it_moves_it_and_one_beside_it_selects_anew(boxed):
    program, at, before = boxed, middle(boxed), rect(boxed)
    drag(program, at, at + QPoint(90, -50))
    np.testing.assert_allclose(rect(program) - before, [90, -50, 90, -50], atol=8)
    assert steps(program) == ["Select", "Move selection"]
    drag(program, at + QPoint(-150, 60), at + QPoint(-100, 90))
    assert rect(program)[2] < at.x() - 80 and steps(program)[-1] == "Select"
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_Z, CTRL)
    np.testing.assert_array_equal(rect(program), before)


def test_a_click_within_it_deselects_and_is_the_first_corner_of_a_polygon(boxed):
    program, at = boxed, middle(boxed)
    QTest.mouseClick(program.window.panes.spectrogram, LEFT, NONE, at)
    assert area(program) is None and steps(program) == ["Select", "Deselect"]
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_P)
    for corner in (QPoint(-10, -20), QPoint(20, 0), QPoint(0, 30)):
        QTest.mouseClick(program.window.panes.spectrogram, LEFT, NONE, at + corner)
    assert program.desk.selecting.busy and len(program.desk.selecting.points) == 3
    press(program, Qt.Key.Key_Return)
    assert rect(program)[2] - rect(program)[0] < 60


def test_handles_resize_it_and_the_side_across_stays(boxed):
    program, before = boxed, rect(boxed)
    for grip, by, moved in (
        (Grip.RIGHT, QPoint(40, 30), [0, 0, 40, 0]),
        (Grip.TOP, QPoint(30, -40), [0, -40, 40, 0]),
        (Grip.BOTTOM_LEFT, QPoint(-40, 30), [-40, -40, 40, 30]),
    ):
        drag(program, handle(program, grip), handle(program, grip) + by)
        np.testing.assert_allclose(rect(program) - before, moved, atol=9)
    assert steps(program) == ["Select"] + ["Resize selection"] * 3
    press(program, Qt.Key.Key_Z, CTRL)
    drag(program, handle(program, Grip.LEFT), handle(program, Grip.LEFT) + QPoint(30, 0))
    np.testing.assert_allclose(rect(program) - before, [30, -40, 40, 0], atol=9)


@pytest.mark.parametrize("scale", list(FrequencyScale))
def test_a_turn_is_that_of_the_screen_and_a_whole_one_gives_the_selection_back(boxed, scale):
    program = boxed
    program.desk.viewport.set_scale(scale)
    pump(program.application)
    drag(program, QPoint(200, 100), QPoint(360, 180))
    before = held(program).copy()
    width, height = rect(program)[2:] - rect(program)[:2]
    centre = program.desk.handling.handles.at(0.5, 0.5)
    start = handle(program, Grip.TURN)
    quarter = QPoint(round(centre.x() + centre.y() - start.y()), round(centre.y()))
    drag(program, start, quarter)
    turned = rect(program)
    assert steps(program)[-1] == "Turn selection"
    # Bins are as large as they are where it is now.
    np.testing.assert_allclose(turned[2:] - turned[:2], [height, width], atol=24)
    frame = program.desk.handling.handles.frame
    assert abs((frame[1] - frame[0]).x()) < 4, "the frame is turned, too"
    for _ in range(3):
        start = handle(program, Grip.TURN)
        way = start - centre.toPoint()
        drag(program, start, centre.toPoint() + QPoint(-way.y(), way.x()))
    assert (held(program) != before).mean() < 0.02
    for _ in range(4):
        press(program, Qt.Key.Key_Z, CTRL)
    np.testing.assert_array_equal(held(program), before)


def test_keys_turn_it_by_steps_and_all_are_one(boxed):
    program, before = boxed, held(boxed).copy()
    for _ in range(6):
        press(program, Qt.Key.Key_BracketRight, ALT)
    frame = program.desk.handling.handles.frame
    assert abs((frame[1] - frame[0]).x()) < 1e-6, "a quarter of a turn"
    assert steps(program) == ["Select", "Turn selection"]
    for _ in range(6):
        press(program, Qt.Key.Key_BracketLeft, ALT)
    np.testing.assert_array_equal(held(program), before)
    press(program, Qt.Key.Key_D, CTRL)
    press(program, Qt.Key.Key_BracketLeft, ALT)
    assert "Select something first" in program.window.notice.text.text()


def test_shift_holds_a_drag_straight(boxed):
    program, at, view = boxed, middle(boxed), boxed.window.panes.spectrogram
    before = rect(program)
    QTest.mousePress(view, LEFT, NONE, at)
    to = QPointF(at + QPoint(70, 30))
    QApplication.sendEvent(
        view, QMouseEvent(QEvent.Type.MouseMove, to, view.mapToGlobal(to), Qt.MouseButton.NoButton, LEFT, SHIFT)
    )
    QTest.mouseRelease(view, LEFT, NONE, to.toPoint())
    after = rect(program)
    assert after[0] > before[0] + 50 and after[1] == before[1] and after[3] == before[3]


def test_esc_while_dragging_leaves_it_as_it_was(boxed):
    program, at, view = boxed, middle(boxed), boxed.window.panes.spectrogram
    before, count = area(program), len(program.desk.document.steps)
    QTest.mousePress(view, LEFT, NONE, at)
    QTest.mouseMove(view, at + QPoint(70, 30))
    assert program.desk.handling.way is not None
    press(program, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, NONE, at + QPoint(70, 30))
    assert area(program) is before and program.desk.handling.way is None
    assert len(program.desk.document.steps) == count


def test_esc_while_time_is_drawn_leaves_what_was_selected(boxed):
    program, at, view = boxed, middle(boxed), boxed.window.panes.spectrogram
    press(program, Qt.Key.Key_V)
    before, count = area(program), len(program.desk.document.steps)
    QTest.mousePress(view, LEFT, NONE, at + QPoint(100, 0))
    QTest.mouseMove(view, at + QPoint(180, 0))
    assert program.desk.selection.seconds[0] > program.desk.plane.second_at(at.x() + 80), "it is heard meanwhile"
    press(program, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, NONE, at + QPoint(180, 0))
    assert area(program) is before and len(program.desk.document.steps) == count


def test_a_time_range_keeps_all_frequencies_and_a_band_all_of_time(boxed):
    program, at = boxed, middle(boxed)
    bins, frames = program.desk.document.stack.bins, program.desk.document.stack.frames
    for tool, start, end, grips in (
        (Qt.Key.Key_V, QPoint(-20, 0), QPoint(60, 0), {Grip.LEFT, Grip.RIGHT}),
        (Qt.Key.Key_U, QPoint(0, -20), QPoint(0, 60), {Grip.TOP, Grip.BOTTOM}),
    ):
        press(program, Qt.Key.Key_D, CTRL)
        press(program, tool)
        drag(program, at + start, at + end)
        assert set(program.desk.handling.handles.places) == grips
        before = area(program).bounds
        drag(program, at + QPoint(10, 10), at + QPoint(60, 60))
        after = area(program).bounds
        if Grip.LEFT in grips:
            assert after.start > before.start and (after.low, after.high) == (0, bins)
        else:
            assert after.low < before.low and (after.start, after.stop) == (0, frames)


def test_arrows_nudge_and_are_one_step_and_pan_without_a_selection(boxed):
    program, viewport = boxed, boxed.desk.viewport
    program.desk.viewport.set_scale(FrequencyScale.LINEAR)
    viewport.zoom_time(2.0, 1.5)
    before, start = area(program), viewport.start
    for which in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up):
        key(program, which)
    np.testing.assert_array_equal(held(program), held(program, before.moved(1, 2)))
    key(program, Qt.Key.Key_Left, SHIFT)
    key(program, Qt.Key.Key_Down, SHIFT)
    np.testing.assert_array_equal(held(program), held(program, before.moved(-9, -8)))
    assert steps(program) == ["Select", "Move selection"] and viewport.start == start
    press(program, Qt.Key.Key_Z, CTRL)
    assert area(program) is before
    key(program, Qt.Key.Key_Up)
    key(program, Qt.Key.Key_Down)
    assert steps(program) == ["Select"], "there and back is nothing to undo"
    press(program, Qt.Key.Key_D, CTRL)
    key(program, Qt.Key.Key_Right)
    assert viewport.start > start
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_B)
    start = viewport.start
    key(program, Qt.Key.Key_Left)
    assert viewport.start < start and area(program) is before, "a brush nudges nothing"


def test_on_a_logarithmic_axis_a_nudge_comes_back_exactly(boxed):
    program, before = boxed, held(boxed).copy()
    for which in (Qt.Key.Key_Up,) * 3 + (Qt.Key.Key_Down,) * 3:
        key(program, which)
    np.testing.assert_array_equal(held(program), before)


def test_the_cursor_says_what_a_press_would_do(boxed):
    program, at, shapes = boxed, middle(boxed), Qt.CursorShape
    assert hover(program, at) == shapes.SizeAllCursor
    assert hover(program, handle(program, Grip.RIGHT)) == shapes.SizeHorCursor
    assert hover(program, handle(program, Grip.BOTTOM)) == shapes.SizeVerCursor
    assert hover(program, handle(program, Grip.TOP_LEFT)) == shapes.SizeFDiagCursor
    assert hover(program, handle(program, Grip.TOP_RIGHT)) == shapes.SizeBDiagCursor
    assert hover(program, handle(program, Grip.TURN)) == shapes.BitmapCursor
    assert hover(program, at + QPoint(140, 0)) == shapes.CrossCursor
    press(program, Qt.Key.Key_B)
    assert hover(program, at) == shapes.BlankCursor


def test_the_outline_follows_the_hand_before_the_area_is_made(boxed):
    program, at, view = boxed, middle(boxed), boxed.window.panes.spectrogram
    before = area(program)
    QTest.mousePress(view, LEFT, NONE, at)
    seen = []
    for x in (60, 120):
        QTest.mouseMove(view, at + QPoint(x, 0))
        pump(program.application, seconds=0.01)
        shown = pixels(view)
        # White handles where the right side is now.
        corner = program.desk.handling.handles.places[Grip.RIGHT].toPoint()
        assert (shown[corner.y(), corner.x(), :3] > 240).all()
        seen.append(corner.x())
    assert area(program) is before and seen[1] - seen[0] == pytest.approx(60, abs=8)
    QTest.mouseRelease(view, LEFT, NONE, at + QPoint(120, 0))
    assert area(program) is not before


def test_a_lasso_is_moved_bin_by_bin(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_Q)
    trail(program, *[at + QPoint(round(80 * np.cos(t)), round(60 * np.sin(t))) for t in np.linspace(0, 6.2, 40)])
    before = held(program).copy()
    drag(program, at, at + QPoint(50, 0))
    moved = round(50 / program.desk.plane.pixels_of_eye[0, 0])
    np.testing.assert_array_equal(held(program)[:, moved:], before[:, :-moved])


def test_ctrl_alt_and_a_drag_move_what_the_layer_holds(boxed):
    program, at = boxed, middle(boxed)
    before, here = mask(program), held(program) == 255
    drag(program, at, at + QPoint(150, 0), keys=CTRL | ALT)
    settle(program)
    frames = round(150 / program.desk.plane.pixels_of_eye[0, 0])
    there = np.roll(here, frames, axis=1)
    after = mask(program)
    np.testing.assert_allclose(after[there], before[here], atol=1e-5)
    assert after[here & ~there].max() < 1e-6
    np.testing.assert_allclose(after[~here & ~there], before[~here & ~there], atol=1e-6)
    np.testing.assert_array_equal(held(program) == 255, there)
    assert steps(program) == ["Select", "Move a piece of Component 1"]
    press(program, Qt.Key.Key_Z, CTRL)
    np.testing.assert_array_equal(held(program) == 255, here)
    np.testing.assert_allclose(mask(program), before, atol=1e-6)


def test_with_shift_as_well_it_is_copied(boxed):
    program, at = boxed, middle(boxed)
    before, here = mask(program), held(program) == 255
    drag(program, at, at + QPoint(-150, 20), keys=CTRL | ALT | SHIFT)
    settle(program)
    there = held(program) == 255
    assert steps(program) == ["Select", "Copy a piece of Component 1"]
    only_here = here & ~there
    np.testing.assert_allclose(mask(program)[only_here], before[only_here], atol=1e-6)
    bounds = area(program).bounds
    assert bounds.start < 30 and there.any()


def test_ctrl_and_arrows_carry_it_bin_by_bin_as_one_step(boxed):
    program = boxed
    before, here = mask(program), held(program) == 255
    for which, keys in ((Qt.Key.Key_Right, CTRL | SHIFT), (Qt.Key.Key_Up, CTRL), (Qt.Key.Key_Right, CTRL)):
        key(program, which, keys)
        settle(program)
    there = np.roll(here, (1, 11), axis=(0, 1))
    np.testing.assert_array_equal(held(program) == 255, there)
    np.testing.assert_allclose(mask(program)[there], before[here], atol=1e-5)
    assert steps(program) == ["Select", "Move a piece of Component 1"]
    # Another layer's piece is another step.
    program.desk.selection.select(program.desk.document.layers[1].id)
    key(program, Qt.Key.Key_Left, CTRL)
    settle(program)
    assert steps(program)[1:] == ["Move a piece of Component 1", "Move a piece of Component 2"]
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_Z, CTRL)
    program.desk.selection.select(program.desk.document.layers[0].id)
    np.testing.assert_allclose(mask(program), before, atol=1e-6)
    assert steps(program) == ["Select"]


def test_nothing_is_lost_where_there_is_no_room(boxed):
    program, before = boxed, area(boxed)
    count = len(program.desk.document.steps)
    for _ in range(14):
        key(program, Qt.Key.Key_Left, SHIFT)
    assert area(program) is not None and program.window.notice.isVisible()
    press(program, Qt.Key.Key_Z, CTRL)
    assert area(program) is before and len(program.desk.document.steps) == count + 1
    program.desk.carrying.carry(-4000, 0)
    settle(program)
    assert "no room" in program.window.notice.text.text() and area(program) is before
    assert program.desk.document.state.edits == ()


def test_alt_click_still_asks_whose_place_it_is(boxed):
    program, at = boxed, middle(boxed)
    told = []
    program.window.panes.hand.owner_wanted.connect(told.append)
    QTest.mouseClick(program.window.panes.spectrogram, LEFT, ALT, at)
    QTest.mouseClick(program.window.panes.spectrogram, LEFT, CTRL | ALT, at + QPoint(200, 0))
    assert told == [False, False] and steps(program) == ["Select"]
