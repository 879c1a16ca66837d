"""Strokes with the brush and the eraser in the spectrogram, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.acting import change_layer
from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, group, laid_out, mask_under, middle, press
from workbench.control.tools import Tool
from workbench.masks.edits.edits import Operation, Paint


def test_a_stroke_paints_the_selected_layer_as_one_step(factorised):
    program, at = factorised, middle(factorised)
    program.desk.selection.select(program.desk.document.layers[2].id)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(80, 10))
    assert mask_under(program, 2, at + QPoint(40, 5)) == pytest.approx(1.0, abs=1e-3)
    assert "Paint" in program.desk.document.undo_name
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.desk.document.state.edits == ()
    press(program, Qt.Key.Key_Y, CTRL)
    assert isinstance(program.desk.document.state.edits[0], Paint)
    drag(program, at, at + QPoint(80, 10), keys=CTRL)
    assert mask_under(program, 2, at + QPoint(40, 5)) == pytest.approx(0.0, abs=1e-3)
    press(program, Qt.Key.Key_E)
    program.desk.tools.set_size(200)
    program.desk.tools.set_hardness(1.0)
    drag(program, at - QPoint(20, 0), at + QPoint(100, 10))
    assert program.desk.document.state.edits == ()


def test_what_a_large_eraser_erases_is_as_if_it_had_never_been_painted(factorised):
    """It is kept as its path, so that the edits are still there."""
    program, at = factorised, middle(factorised)
    before = program.desk.document.stack
    plane = np.arange(before.bins), np.arange(before.frames)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(80, 10))
    assert program.desk.document.state.edits
    press(program, Qt.Key.Key_E)
    program.desk.tools.set_size(400)
    program.desk.tools.set_hardness(1.0)
    drag(program, at - QPoint(20, 0), at + QPoint(100, 10))
    assert isinstance(program.desk.document.state.edits[-1], Operation)
    np.testing.assert_allclose(program.desk.document.stack.evaluate(*plane), before.evaluate(*plane), atol=1e-6)


def test_escape_takes_a_stroke_back_under_way(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    QTest.mousePress(program.window.panes.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.panes.spectrogram, at + QPoint(30, 0))
    pump(program.application)
    assert program.desk.document.state.edits
    press(program, Qt.Key.Key_Escape)
    assert program.desk.document.state.edits == ()
    QTest.mouseRelease(program.window.panes.spectrogram, LEFT, NONE, at)
    assert "Paint" not in program.desk.document.undo_name


def test_the_first_stroke_on_a_recording_paints_into_a_new_layer(opened):
    press(opened, Qt.Key.Key_B)
    drag(opened, middle(opened), middle(opened) + QPoint(20, 0))
    panel, document = opened.window.panes.stack, opened.desk.document
    laid_out(opened)
    assert not panel.visibleRegion().isEmpty()
    assert [row.name.text() for row in panel.rows] == ["Everything", "Layer 1"]
    assert opened.desk.selection.index == 1 and not opened.window.notice.isVisible()
    assert mask_under(opened, 1, middle(opened)) == 1 and document.layers[0].colour != document.layers[1].colour
    press(opened, Qt.Key.Key_Z, CTRL)
    assert [layer.name for layer in document.layers] == ["Everything"] and not document.state.edits


def test_a_band_is_painted_into_a_group_and_deleted_from_it_as_a_whole(factorised):
    program = factorised
    made = group(program, 0, 2)
    assert program.desk.selection.group == made
    # The group's layers are hidden: they are edited none the less.
    press(program, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    at = middle(program)
    before = [mask_under(program, i, at) for i in (0, 1)]
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(20, 0))
    painted = [mask_under(program, i, at) for i in (0, 1)]
    assert sum(painted) == pytest.approx(1, abs=1e-5) and sum(before) < 1
    assert painted[0] * before[1] == pytest.approx(painted[1] * before[0], abs=1e-4)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(30, 30), at + QPoint(30, 30))
    press(program, Qt.Key.Key_Delete)
    assert [mask_under(program, i, at) for i in (0, 1)] == pytest.approx([0, 0], abs=1e-6)
    assert [step.name for step in program.desk.document.steps[-3:]] == ["Paint Group 1", "Select", "Take from Group 1"]


def test_brush_size_by_key_and_by_shift_right_drag(factorised):
    tools = factorised.desk.tools
    # With the Point tool numbers are those of sources.
    tools.choose(Tool.SELECT)
    press(factorised, Qt.Key.Key_7)
    assert tools.tool is Tool.BRUSH
    size = tools.size
    press(factorised, Qt.Key.Key_BracketRight)
    assert tools.size > size
    press(factorised, Qt.Key.Key_BracketLeft)
    assert tools.size == pytest.approx(size)
    drag(factorised, middle(factorised), middle(factorised) + QPoint(60, 0), Qt.MouseButton.RightButton, SHIFT)
    assert tools.size == pytest.approx(size + 60, abs=2)


def test_a_fader_moved_during_a_stroke_leaves_the_stroke(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    QTest.mousePress(program.window.panes.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.panes.spectrogram, at + QPoint(20, 0))
    pump(program.application)
    change_layer(program.desk.document, "Mute", program.desk.document.layers[1].id, mute=True)
    QTest.mouseMove(program.window.panes.spectrogram, at + QPoint(40, 0))
    pump(program.application)
    QTest.mouseRelease(program.window.panes.spectrogram, LEFT, NONE, at + QPoint(40, 0))
    assert "Paint" in program.desk.document.undo_name and program.desk.document.layers[1].mute
    assert mask_under(program, 0, at + QPoint(10, 1)) == pytest.approx(1, abs=1e-3)


def test_undo_during_a_stroke_takes_back_only_the_stroke(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    QTest.mousePress(program.window.panes.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.panes.spectrogram, at + QPoint(20, 0))
    pump(program.application)
    name = program.desk.document.undo_name
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.desk.document.undo_name == name and program.desk.document.state.edits == ()
    QTest.mouseRelease(program.window.panes.spectrogram, LEFT, NONE, at)


def test_a_lock_during_a_stroke_ends_it(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    view = program.window.panes.spectrogram
    held = mask_under(program, 1, at + QPoint(40, 0))
    QTest.mousePress(view, LEFT, NONE, at)
    QTest.mouseMove(view, at + QPoint(20, 0))
    pump(program.application)
    change_layer(program.desk.document, "lock", program.desk.document.layers[1].id, None, locked=True)
    QTest.mouseMove(view, at + QPoint(60, 0))
    pump(program.application)
    QTest.mouseRelease(view, LEFT, NONE, at + QPoint(60, 0))
    pump(program.application)
    assert "Paint" not in program.desk.document.undo_name
    assert mask_under(program, 1, at + QPoint(40, 0)) == pytest.approx(held, abs=1e-6)


def test_a_pen_presses_as_hard_as_it_says(factorised):
    program = factorised
    at = middle(program)
    press(program, Qt.Key.Key_B)
    view = program.window.panes.spectrogram
    pen = QPointingDevice.primaryPointingDevice()
    event = QTabletEvent(
        QEvent.Type.TabletPress,
        pen,
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        0.25,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
    )
    QApplication.sendEvent(view, event)
    before = mask_under(program, 0, at)
    drag(program, at, at + QPoint(1, 0))
    assert mask_under(program, 0, at) == pytest.approx(before + 0.25 * (1 - before), abs=0.02)
