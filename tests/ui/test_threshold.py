"""The threshold and its preview, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.acting import change_layer
from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, dialog, drag, drop, mask_under, middle, pixels, press, rendered
from workbench.control.tools import Tool
from workbench.masks.edits.effects import Threshold


def test_threshold_previews_and_applies(factorised):
    program = factorised
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(0.6)
    pump(program.application)
    assert isinstance(program.desk.document.state.edits[-1].effect, Threshold)
    assert program.desk.document.recorded_state.edits == ()
    press(program, Qt.Key.Key_Escape)
    assert program.desk.document.state.edits == ()
    program.window.panes.threshold.low.setValue(0.65)
    press(program, Qt.Key.Key_Return)
    assert program.desk.document.recorded_state.edits[-1].effect.low == pytest.approx(0.65)


def test_threshold_limits_are_dragged_on_the_histogram(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.threshold
    at = middle(program)
    press(program, Qt.Key.Key_T)
    bars = panel.histogram
    assert pump(program.application, lambda: len(np.unique(pixels(bars).reshape(-1, 4), axis=0)) > 2, 10), "bars"
    assert panel.isVisible()
    QTest.mousePress(bars, LEFT, NONE, QPoint(bars.width() // 2, 20))
    QTest.mouseMove(bars, QPoint(bars.width() * 3 // 4, 20))
    pump(program.application)
    assert panel.low.value() == pytest.approx(0.75, abs=0.03)
    assert isinstance(document.state.edits[-1].effect, Threshold) and document.recorded_state.edits == ()
    QTest.mouseRelease(bars, LEFT, NONE, QPoint(bars.width() * 3 // 4, 20))
    panel.keep.setCurrentIndex(panel.keep.findData("between"))
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Left, SHIFT)
    limits = program.desk.thresholding.limits
    assert limits.low == pytest.approx(0.75, abs=0.03) and limits.high == pytest.approx(0.89, abs=0.02)
    panel.measure.setCurrentIndex(panel.measure.findData("level"))
    panel.keep.setCurrentIndex(panel.keep.findData("above"))
    panel.low.setValue(-40)
    panel.knee.setValue(6)
    press(program, Qt.Key.Key_Return)
    effect = document.recorded_state.edits[-1].effect
    assert (effect.measure, effect.low, effect.knee) == ("level", -40, 6)
    assert document.undo_name == "Threshold Component 1 −40.0 dB"
    mask = document.stack.layer_mask(0, np.arange(document.stack.bins), np.arange(document.stack.frames))
    levels = -127.5 + 0.5 * document.stack.levels.T
    assert not mask[levels < -47].any() and mask.any()
    # Within a selection only.
    press(program, Qt.Key.Key_Z, CTRL)
    drag(program, at, at + QPoint(60, 60))
    assert program.desk.selection.area is not None
    panel.low.setValue(-1)
    press(program, Qt.Key.Key_Return)
    assert document.recorded_state.edits[-1].area is program.desk.selection.area


def test_a_threshold_on_the_only_layer_makes_room_for_the_rest(opened):
    program, document = opened, opened.desk.document
    press(program, Qt.Key.Key_T)
    panel = program.window.panes.threshold
    panel.measure.setCurrentIndex(panel.measure.findData("level"))
    panel.low.setValue(-50)
    pump(program.application)
    assert [layer.name for layer in document.layers] == ["Everything", "Rest"]
    press(program, Qt.Key.Key_Return)
    assert [layer.name for layer in document.recorded_state.layers] == ["Everything", "Rest"] and document.step == 1
    total = rendered(program, 0) + rendered(program, 1)
    np.testing.assert_allclose(total, document.recording.samples, atol=1e-5)
    assert np.abs(rendered(program, 1)).max() > 0


def test_a_layer_that_is_only_tried_out_is_no_layer_yet(opened):
    program, document, panel = opened, opened.desk.document, opened.window.panes.stack
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.measure.setCurrentIndex(1)
    program.window.panes.threshold.low.setValue(-50)
    assert pump(program.application, lambda: len(panel.rows) == 2, 10)
    rest, step = panel.rows[1], document.step
    for act in (
        lambda: QTest.keyClick(rest.gain, Qt.Key.Key_Left),
        lambda: QTest.keyClick(rest.pan, Qt.Key.Key_Left),
        lambda: QTest.mouseClick(rest.mute, LEFT),
        lambda: QTest.mouseClick(rest.lock, LEFT),
    ):
        program.window.notice.hide()
        act()
        pump(program.application)
        assert "only tried out" in program.window.notice.text.text() and program.window.notice.isVisible()
        assert document.step == step and rest.layer == document.layers[1]
        assert not rest.mute.isChecked() and not rest.lock.isChecked() and rest.gain_text.text() == "+0.0 dB"
    drop(program, rest.drag_name, 2)
    assert document.step == step
    press(program, Qt.Key.Key_Return)
    assert document.step == step + 1
    QTest.mouseClick(rest.mute, LEFT)
    assert document.layers[1].mute


def test_a_locked_only_layer_has_no_threshold(opened):
    program, document = opened, opened.desk.document
    change_layer(document, "lock", document.layers[0].id, None, locked=True)
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(-40)
    press(program, Qt.Key.Key_Return)
    assert document.recorded_state.edits == () and "is locked" in program.window.notice.text.text()


def test_tools_leave_a_preview_behind_them(factorised):
    program, document = factorised, factorised.desk.document
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(0.9)
    pump(program.application)
    assert document.state.edits
    press(program, Qt.Key.Key_V)
    assert document.state.edits == () and not program.window.panes.threshold.isVisible()
    assert program.desk.tools.tool is Tool.SELECT


def test_the_threshold_is_shown_again_when_the_mask_dialog_closes(factorised):
    program, document = factorised, factorised.desk.document
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(0.7)
    pump(program.application)
    shown = mask_under(program, 0, middle(program))
    press(program, Qt.Key.Key_M, CTRL)
    pump(program.application)
    dialog(program, "maskDialog").reject()
    assert pump(program.application, lambda: mask_under(program, 0, middle(program)) == shown, 10)
    assert document.state.edits
    assert isinstance(document.state.edits[-1].effect, Threshold)


def test_what_was_typed_counts_and_undo_works_from_a_field(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.threshold
    press(program, Qt.Key.Key_T)
    panel.low.setFocus()
    panel.low.selectAll()
    QTest.keyClicks(panel.low, "0.77")
    QTest.keyClick(panel.low, Qt.Key.Key_Return)
    pump(program.application)
    assert document.recorded_state.edits[-1].effect.low == pytest.approx(0.77)
    panel.low.setFocus()
    QTest.keyClick(panel.low, Qt.Key.Key_Z, CTRL)
    pump(program.application)
    assert document.recorded_state.edits == ()


def test_a_preview_goes_with_its_layer_and_comes_back_after_another_act(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.threshold
    press(program, Qt.Key.Key_T)
    panel.low.setValue(0.6)
    pump(program.application)
    assert document.state.edits
    change_layer(document, "mute", document.layers[1].id, None, mute=True)
    pump(program.application)
    assert document.state.edits and document.state.layers[1].mute, "another act leaves what is tried"
    program.desk.selection.select(document.layers[2].id)
    pump(program.application)
    assert document.state.edits == () and not program.desk.thresholding.pending
    press(program, Qt.Key.Key_M, CTRL)
    assert pump(program.application, lambda: document.state.edits, 10)
    change_layer(document, "unmute", document.layers[1].id, None, mute=False)
    assert pump(program.application, lambda: document.state.edits, 10)
    assert not document.recorded_state.edits
    dialog(program, "maskDialog").reject()
