"""Strokes with the brush and the eraser in the spectrogram, by real events (offscreen)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.acting import change_layer
from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, mask_under, middle, press
from workbench.control.tools import Tool
from workbench.masks.edits.edits import Paint


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


def test_painting_one_layer_alone_says_what_to_do(opened):
    press(opened, Qt.Key.Key_B)
    drag(opened, middle(opened), middle(opened) + QPoint(20, 0))
    assert opened.window.notice.isVisible() and "factorise first" in opened.window.notice.text.text()


def test_brush_size_by_key_and_by_shift_right_drag(factorised):
    tools = factorised.desk.tools
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
