"""The real widgets, driven by real events (offscreen)."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMessageBox,
    QWidget,
)  # fmt: skip

from tests.conftest import pump, tone_mix
from workbench.document.settings import RunSettings
from workbench.masks.edits import Paint, Threshold
from workbench.masks.picture import Show
from workbench.ui.tools import Tool

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def press(program, key, keys=NONE):
    QTest.keyClick(program.window, key, keys)
    pump(program.application)


def drag(program, start: QPoint, end: QPoint, button=LEFT, keys=NONE, steps=6):
    view = program.window.spectrogram
    QTest.mousePress(view, button, keys, start)
    for i in range(1, steps + 1):
        at = QPoint(start.x() + (end.x() - start.x()) * i // steps, start.y() + (end.y() - start.y()) * i // steps)
        QTest.mouseMove(view, at)
        pump(program.application, seconds=0.005)
    QTest.mouseRelease(view, button, keys, end)
    pump(program.application)


def middle(program) -> QPoint:
    return program.window.spectrogram.canvas.center()


def wheel(program, steps, keys=NONE):
    view, at = program.window.spectrogram, QPointF(middle(program))
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton, keys,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(view, event)
    pump(program.application)


def mask_under(program, layer, point: QPoint) -> float:
    view, v = program.window.spectrogram, program.window.viewport
    analysis = program.document.state.analysis
    row = round(v.bin_at(view.y_to_position(point.y()), analysis))
    column = round(v.frame_at(view.x_to_time(point.x()), analysis))
    return float(program.document.stack.layer_mask(layer, np.array([row]), np.array([column]))[0, 0])


def test_every_control_has_a_name_a_tip_and_an_accessible_name(factorised):
    factorised.window.files.export_dialog()
    factorised.window.keys_dialog()
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    lacking = []
    names: dict[str, int] = {}
    for widget in factorised.window.findChildren(QWidget):
        if not isinstance(widget, kinds) or widget.objectName().startswith("qt_"):
            continue
        inner = isinstance(widget.parent(), (QAbstractSpinBox, QComboBox))
        scroll = widget.parent() is not None and widget.parent().objectName().startswith("qt_scrollarea")
        if (
            inner
            or scroll
            or "DockWidgetTitleButton" in type(widget).__name__
            or "ExtensionButton" in type(widget).__name__
        ):
            continue
        if widget.metaObject().className().startswith(("QDockWidgetTitle", "QToolBarExtension", "QScrollBar")):
            continue
        if not (widget.objectName() and widget.toolTip() and widget.accessibleName()):
            lacking.append((type(widget).__name__, widget.objectName(), widget.toolTip(), widget.accessibleName()))
        names[widget.objectName()] = names.get(widget.objectName(), 0) + 1
    assert lacking == []
    assert {name for name, count in names.items() if count > 1} == set()


def test_every_action_has_a_name_and_no_two_share_a_key(opened):
    seen: dict[str, str] = {}
    for name, action in opened.window.acts.items():
        assert action.objectName() == name and action.toolTip()
        for key in action.shortcuts():
            assert key.toString() not in seen, (name, seen)
            seen[key.toString()] = name
    assert len(seen) > 30


def test_factorise_shows_components_while_it_iterates(opened):
    program = opened
    program.window.factorise_panel.forever.setChecked(True)
    seen = []
    program.document.factors_changed.connect(lambda: seen.append(len(program.document.run.costs)))
    QTest.mouseClick(program.window.factorise_panel.factorise, LEFT)
    assert pump(program.application, lambda: len(seen) > 5, 10)
    assert program.session.factorising and program.window.transport.cancel.isVisible()
    QTest.mouseClick(program.window.transport.cancel, LEFT)
    assert pump(program.application, lambda: not program.session.factorising, 5)
    assert seen == sorted(seen) and len(program.document.layers) == 10
    costs = program.document.run.costs
    assert len(costs) >= seen[-1] and costs[-1] < costs[0]


def test_continue_goes_on_from_the_present_factors(factorised):
    before = factorised.document.run
    press(factorised, Qt.Key.Key_Return, CTRL | SHIFT)
    assert pump(factorised.application, lambda: not factorised.session.factorising, 20)
    after = factorised.document.run
    assert after is not before and after.costs[0] <= before.costs[-1] * (1 + 1e-5)


def test_a_run_is_one_step_and_undoing_past_it_cancels_it(opened):
    program = opened
    program.session.factorise(RunSettings(components=3, iterations=None), program.document.state.analysis, True)
    assert pump(program.application, lambda: program.document.run and program.document.run.costs, 10)
    press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.name for layer in program.document.layers] == ["Everything"]
    assert pump(program.application, lambda: not program.session.factorising, 5)


def test_a_stroke_paints_the_selected_layer_as_one_step(factorised):
    program, at = factorised, middle(factorised)
    program.document.select(program.document.layers[2].id)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(80, 10))
    assert mask_under(program, 2, at + QPoint(40, 5)) == pytest.approx(1.0, abs=1e-3)
    assert "Paint" in program.document.undo_name
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.document.state.edits == ()
    press(program, Qt.Key.Key_Y, CTRL)
    assert isinstance(program.document.state.edits[0], Paint)
    drag(program, at, at + QPoint(80, 10), keys=CTRL)
    assert mask_under(program, 2, at + QPoint(40, 5)) == pytest.approx(0.0, abs=1e-3)
    press(program, Qt.Key.Key_E)
    program.window.tools.set_size(200)
    program.window.tools.set_hardness(1.0)
    drag(program, at - QPoint(20, 0), at + QPoint(100, 10))
    assert program.document.state.edits == ()


def test_escape_takes_a_stroke_back_under_way(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    QTest.mousePress(program.window.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.spectrogram, at + QPoint(30, 0))
    pump(program.application)
    assert program.document.state.edits
    press(program, Qt.Key.Key_Escape)
    assert program.document.state.edits == ()
    QTest.mouseRelease(program.window.spectrogram, LEFT, NONE, at)
    assert "Paint" not in program.document.undo_name


def test_painting_one_layer_alone_says_what_to_do(opened):
    press(opened, Qt.Key.Key_B)
    drag(opened, middle(opened), middle(opened) + QPoint(20, 0))
    assert opened.window.notice.isVisible() and "factorise first" in opened.window.notice.text.text()


def test_brush_size_by_key_and_by_shift_right_drag(factorised):
    tools = factorised.window.tools
    press(factorised, Qt.Key.Key_2)
    assert tools.tool is Tool.BRUSH
    size = tools.size
    press(factorised, Qt.Key.Key_BracketRight)
    assert tools.size > size
    press(factorised, Qt.Key.Key_BracketLeft)
    assert tools.size == pytest.approx(size)
    drag(factorised, middle(factorised), middle(factorised) + QPoint(60, 0), Qt.MouseButton.RightButton, SHIFT)
    assert tools.size == pytest.approx(size + 60, abs=2)


def test_threshold_previews_and_applies(factorised):
    program = factorised
    press(program, Qt.Key.Key_T)
    program.window.tool_bar.level.setValue(120)
    pump(program.application)
    assert isinstance(program.document.state.edits[-1], Threshold)
    assert program.document.recorded_state.edits == ()
    press(program, Qt.Key.Key_Escape)
    assert program.document.state.edits == ()
    program.window.tool_bar.level.setValue(130)
    press(program, Qt.Key.Key_Return)
    assert program.document.recorded_state.edits[-1].level == pytest.approx(0.65)


def test_layers_by_mouse_and_keys(factorised):
    program, panel = factorised, factorised.window.stack_panel
    QTest.mouseClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    assert program.document.selected == panel.rows[1].layer.id
    QTest.mouseClick(panel.rows[3], LEFT, CTRL, QPoint(60, 20))
    press(program, Qt.Key.Key_E, CTRL)
    assert [layer.components for layer in program.document.layers] == [(0,), (1, 3), (2,)]
    press(program, Qt.Key.Key_N)
    assert program.document.layers[-1].name == "Layer 1" and program.document.selected_index == 3
    press(program, Qt.Key.Key_F2)
    QTest.keyClicks(panel.rows[3].name, "Voice m s")
    QTest.keyClick(panel.rows[3].name, Qt.Key.Key_Return)
    assert program.document.layers[3].name == "Voice m s" and not program.document.layers[3].mute
    press(program, Qt.Key.Key_M)
    press(program, Qt.Key.Key_S)
    press(program, Qt.Key.Key_K)
    layer = program.document.layers[3]
    assert layer.mute and layer.solo and layer.locked
    press(program, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier | SHIFT)
    assert program.document.layers[2].name == "Voice m s"
    for _ in range(7):
        press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.components for layer in program.document.layers] == [(0,), (1,), (2,), (3,)]


def test_gain_slider_is_one_step_and_double_click_is_neutral(factorised):
    program, row = factorised, factorised.window.stack_panel.rows[0]
    slider = row.gain
    QTest.mousePress(slider, LEFT, NONE, QPoint(20, 8))
    QTest.mouseMove(slider, QPoint(10, 8))
    QTest.mouseMove(slider, QPoint(14, 8))
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(14, 8))
    assert program.document.layers[0].gain_db < 0
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.document.layers[0].gain_db == 0.0
    press(program, Qt.Key.Key_Y, CTRL)
    QTest.mouseDClick(row.gain, LEFT, NONE, QPoint(14, 8))
    assert program.document.layers[0].gain_db == 0.0


def test_zoom_pan_fit_and_scales(opened):
    v = opened.window.viewport
    wheel(opened, 3)
    assert v.stop - v.start < 2 and (v.low, v.high) == (v.bottom, v.top)
    wheel(opened, 2, CTRL)
    assert v.high - v.low < v.top - v.bottom
    start = v.start
    drag(opened, middle(opened), middle(opened) - QPoint(50, 0), Qt.MouseButton.MiddleButton)
    assert v.start > start
    press(opened, Qt.Key.Key_F)
    assert (v.start, v.stop, v.low, v.high) == (0, v.duration, v.bottom, v.top)
    bar = opened.window.tool_bar
    for index in range(bar.scale_box.count()):
        bar.scale_box.setCurrentIndex(index)
        pump(opened.application)
        assert v.low == v.bottom and v.high == pytest.approx(v.top)


def test_pointer_is_told_in_time_frequency_note_level_and_shares(factorised):
    view = factorised.window.spectrogram
    x = int(view.time_to_x(1.5))
    y = int(view.position_to_y(float(factorised.window.viewport.scale.position(550.0))))
    QTest.mouseMove(view, QPoint(x, y))
    pump(factorised.application)
    text = factorised.window.pointer_text.text()
    assert "0:01." in text and "Hz" in text and "♯5" in text and "dB" in text and "%" in text


def test_the_picture_shows_what_the_masks_say(factorised):
    """Selected mask, large: white where it is 0, black where it is 1; a painted place turns black."""
    program, at = factorised, middle(factorised)
    program.window.tool_bar.show_box.setCurrentIndex(2)
    assert program.window.spectrogram.show_what is Show.MASK
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    QTest.mouseMove(program.window.spectrogram, QPoint(2, 2))
    assert pump(program.application, lambda: False, 0.2) is False
    image = program.window.spectrogram.grab().toImage()
    for point in (at + QPoint(20, 1), at + QPoint(-120, 90), at + QPoint(150, 60)):
        # A pixel may show the bin beside the one that its corner is in.
        index, around = program.document.selected_index, [QPoint(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        expected = [255 * (1 - mask_under(program, index, point + step)) for step in around]
        assert min(abs(image.pixelColor(point).red() - each) for each in expected) <= 6


def test_time_selection_by_drag_and_by_shift(opened):
    audition, at = opened.audition, middle(opened)
    drag(opened, at, at + QPoint(100, 0))
    start, stop = audition.selection
    assert stop > start
    drag(opened, at + QPoint(110, 0), at + QPoint(180, 0), keys=SHIFT)
    assert audition.selection[0] == start and audition.selection[1] > stop
    press(opened, Qt.Key.Key_Escape)
    assert audition.selection is None
    QTest.mouseDClick(opened.window.spectrogram, LEFT, NONE, at)
    assert audition.position == pytest.approx(opened.window.spectrogram.x_to_time(at.x()), abs=0.02)
    press(opened, Qt.Key.Key_Home)
    assert audition.position == 0


def test_space_plays_whatever_has_the_focus_except_while_typing(factorised, monkeypatch):
    program, window = factorised, factorised.window
    toggled = []
    monkeypatch.setattr(program.audition, "toggle", lambda: toggled.append(1))
    for widget in (window.spectrogram, window.factorise_panel.factorise, window.factorise_panel.components,
                   window.tool_bar.scale_box, window.stack_panel.rows[0].mute, window.transport.loop):  # fmt: skip
        widget.setFocus()
        target = QApplication.focusWidget()
        QTest.keyClick(target, Qt.Key.Key_Space)
    assert len(toggled) == 6
    assert not program.session.factorising and not program.document.layers[0].mute
    window.stack_panel.rename_selected()
    QTest.keyClicks(window.stack_panel.rows[0].name, "a b")
    assert len(toggled) == 6 and window.stack_panel.rows[0].name.text() == "a b"


def test_the_sum_of_the_layers_is_measured(factorised):
    residual = factorised.window.stack_panel.residual
    assert pump(factorised.application, lambda: "dB" in residual.text(), 10)
    assert float(residual.text().split(":")[1].split()[0].replace("−", "-")) < -100


@pytest.mark.parametrize("kind", ["text", "empty", "folder", "missing"])
def test_bad_input_is_said_and_leaves_the_session_as_it_was(factorised, tmp_path, kind):
    path = tmp_path / "bad.wav"
    if kind == "text":
        path.write_text("words " * 100)
    elif kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    state = factorised.document.state
    factorised.session.open(path)
    assert pump(factorised.application, factorised.window.notice.isVisible, 5)
    assert "bad.wav" in factorised.window.notice.text.text()
    assert factorised.document.state is state


def test_damaged_sound_opens_with_a_remark(workbench, tmp_path):
    x = tone_mix(1.0)
    x[5] = np.nan
    soundfile.write(tmp_path / "nan.wav", x, 8000, subtype="FLOAT")
    workbench.window.show()
    workbench.session.open(tmp_path / "nan.wav")
    assert pump(workbench.application, workbench.window.notice.isVisible, 5)
    assert workbench.document.recording is not None and "not finite" in workbench.window.notice.text.text()


@pytest.mark.parametrize(
    ("samples", "channels", "rate"), [(0.0, 1, 8000), (1, 1, 44100), (100, 8, 192000), (3000, 3, 8000)]
)
def test_odd_recordings_simply_work(workbench, tmp_path, samples, channels, rate):
    x = (
        np.zeros((8000, channels))
        if samples == 0.0
        else tone_mix(samples / rate + 1e-9, rate, channels)[: int(samples)]
    )
    soundfile.write(tmp_path / "odd.wav", x, rate, subtype="FLOAT")
    workbench.window.show()
    workbench.session.open(tmp_path / "odd.wav")
    assert pump(workbench.application, lambda: workbench.document.recording, 5)
    workbench.window.factorise_panel.iterations.setValue(5)
    workbench.window.factorise(True)
    assert pump(workbench.application, lambda: workbench.document.run and not workbench.session.factorising, 10)
    press(workbench, Qt.Key.Key_B)
    drag(workbench, middle(workbench), middle(workbench) + QPoint(30, 5))
    workbench.window.grab()
    stack = workbench.document.stack
    masks = stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)


def test_above_two_channels_pan_is_off_and_says_why(workbench, tmp_path):
    soundfile.write(tmp_path / "four.wav", tone_mix(0.5, 8000, 4), 8000)
    workbench.window.show()
    workbench.session.open(tmp_path / "four.wav")
    assert pump(workbench.application, lambda: workbench.document.recording, 5)
    pan = workbench.window.stack_panel.rows[0].pan
    assert not pan.isEnabled() and "4 channels" in pan.toolTip()


def test_project_round_trip_through_the_window(factorised, tmp_path):
    program = factorised
    press(program, Qt.Key.Key_B)
    drag(program, middle(program), middle(program) + QPoint(50, 0))
    assert program.document.dirty and program.window.isWindowModified()
    program.session.save(tmp_path / "mine")
    assert pump(program.application, lambda: not program.document.dirty, 5)
    layers, before = program.document.layers, program.document.stack
    program.session.open(tmp_path / "mine.workbench")
    assert pump(program.application, lambda: program.document.stack is not before, 5)
    assert program.document.layers == layers and not program.document.dirty
    rows, columns = np.arange(before.bins), np.arange(before.frames)
    np.testing.assert_array_equal(program.document.stack.evaluate(rows, columns), before.evaluate(rows, columns))


def test_closing_with_unsaved_work_asks(factorised):
    program = factorised
    program.window.close()
    pump(program.application)
    assert program.window.isVisible()
    box = program.window.findChild(QMessageBox, "unsavedBox")
    assert box is not None and not box.isModal()
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Cancel), LEFT)
    pump(program.application)
    assert program.window.isVisible()
    program.window.close()
    pump(program.application)
    box = next(b for b in program.window.findChildren(QMessageBox, "unsavedBox") if b.isVisible())
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Discard), LEFT)
    assert pump(program.application, lambda: not program.window.isVisible(), 5)


def export(program, folder, form):
    program.window.files.export_dialog()
    dialog = program.window.findChild(QDialog, "exportDialog")
    dialog.folder.setText(str(folder))
    dialog.format.setCurrentIndex(form)
    QTest.mouseClick(dialog.go, LEFT)


def test_export_writes_what_is_asked(factorised, tmp_path):
    program = factorised
    export(program, tmp_path / "out", 2)
    wrote = tmp_path / "out" / "tones mix.wav"
    assert pump(program.application, lambda: not program.runner.jobs and len(list(wrote.parent.glob("*.wav"))) == 5, 10)
    assert sorted(p.name for p in wrote.parent.iterdir()) == [
        "01 Component 1.wav", "02 Component 2.wav", "03 Component 3.wav", "04 Component 4.wav", "tones mix.wav",
    ]  # fmt: skip
    assert soundfile.info(wrote).subtype == "PCM_16"
    parts = [soundfile.read(p)[0] for p in sorted(wrote.parent.glob("0*.wav"))]
    expected = soundfile.read(program.document.recording.path)[0]
    np.testing.assert_allclose(sum(parts), expected, atol=4 * 2**-15)


@pytest.mark.parametrize(("answer", "subtype"), [(0, "FLOAT"), (1, "PCM_16"), (2, None)])
def test_a_format_that_would_clip_warns_and_offers_float(workbench, tmp_path, answer, subtype):
    program = workbench
    soundfile.write(tmp_path / "loud.wav", tone_mix(1.0) * 30, 8000, subtype="FLOAT")
    program.window.show()
    program.session.open(tmp_path / "loud.wav")
    assert pump(program.application, lambda: program.document.recording, 5)
    export(program, tmp_path / "out", 2)
    assert pump(program.application, lambda: program.window.findChild(QMessageBox, "clippingBox"), 10)
    box = program.window.findChild(QMessageBox, "clippingBox")
    assert not box.isModal() and "dB above full scale" in box.text()
    texts = ["Write 32-bit float", "Clip", "Cancel"]
    button = next(b for b in box.buttons() if b.text().replace("&", "") == texts[answer])
    QTest.mouseClick(button, LEFT)
    pump(program.application, lambda: (tmp_path / "out" / "loud mix.wav").exists() and not program.runner.jobs, 3)
    if subtype is None:
        assert not (tmp_path / "out").exists()
        return
    assert soundfile.info(tmp_path / "out" / "loud mix.wav").subtype == subtype
    peak = np.abs(soundfile.read(tmp_path / "out" / "loud mix.wav")[0]).max()
    assert (peak > 1) == (subtype == "FLOAT")


def test_another_window_size_is_one_step(factorised):
    program, panel = factorised, factorised.window.factorise_panel
    panel.window_size.setCurrentIndex(panel.window_size.findData(1024))
    assert panel.hop.currentData() == 256
    program.window.factorise(False)
    assert pump(program.application, lambda: program.document.state.analysis.window == 1024, 5)
    assert pump(program.application, lambda: not program.session.factorising and not program.runner.jobs, 10)
    assert program.document.stack.factors.W.shape == (513, 4)
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.document.state.analysis.window == 2048 and panel.window_size.currentData() == 2048
    program.window.grab()


def test_keys_are_listed(opened):
    press(opened, Qt.Key.Key_Question, SHIFT)
    assert opened.window.findChild(QDialog, "keysDialog").isVisible()


def test_a_defect_reaches_a_dialog_with_a_report(opened):
    def defect():
        raise RuntimeError("something impossible")

    try:
        defect()
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    assert pump(opened.application, lambda: opened.window.findChild(QDialog, "reportDialog"), 5)
    dialog = opened.window.findChild(QDialog, "reportDialog")
    assert "something impossible" in dialog.report.toPlainText() and "PySide6" in dialog.report.toPlainText()
    QTest.mouseClick(dialog.findChild(QWidget, "reportCopy"), LEFT)
    assert "something impossible" in QApplication.clipboard().text()


def test_panes_come_back_as_they_were_left(opened, tmp_path):
    from PySide6.QtCore import QSettings

    from workbench.app import build

    dock = opened.window.docks[0]
    dock.hide()
    opened.window._closing = True
    opened.window.close()
    again = build(["test"], QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    try:
        again.window.show()
        pump(again.application)
        assert again.window.docks[0].isHidden() and not again.window.docks[1].isHidden()
    finally:
        again.window.close()
        again.close()
        again.window.deleteLater()
        pump(again.application)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_themes_change_at_once(factorised, name):
    factorised.window.set_theme(name)
    pump(factorised.application, seconds=0.2)
    colour = factorised.window.stack_panel.grab().toImage().pixelColor(2, 2)
    assert (colour.lightness() > 128) == (name == "light")


def test_empty_window_invites(workbench):
    workbench.window.show()
    pump(workbench.application)
    assert workbench.window.invitation.isVisible()
    QTest.mouseClick(workbench.window.invitation.demo, LEFT)
    assert pump(workbench.application, lambda: workbench.document.recording, 10)
    assert Path(workbench.document.recording.path).name == "demo.flac" and not workbench.window.invitation.isVisible()


def test_opening_another_recording_while_factorising_starts_clean(opened, tmp_path):
    program = opened
    program.session.factorise(RunSettings(components=3, iterations=None), program.document.state.analysis, True)
    assert pump(program.application, lambda: program.document.run and program.document.run.costs, 10)
    soundfile.write(tmp_path / "other.wav", tone_mix(1.0), 8000)
    program.session.open(tmp_path / "other.wav")
    assert pump(program.application, lambda: program.document.recording.rate == 8000, 10)
    assert pump(program.application, lambda: not program.runner.jobs, 10)
    assert [layer.name for layer in program.document.layers] == ["Everything"] and not program.document.dirty


def test_stopping_at_once_keeps_the_masks_whole(opened):
    program = opened
    program.window.factorise(True)
    program.session.cancel_factorisation()
    assert pump(program.application, lambda: not program.session.factorising, 10)
    stack = program.document.stack
    masks = stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)


def test_export_while_factorising_writes_one_consistent_moment(opened, tmp_path):
    program = opened
    program.session.factorise(RunSettings(components=3, iterations=None), program.document.state.analysis, True)
    assert pump(program.application, lambda: program.document.run and program.document.run.costs, 10)
    export(program, tmp_path / "out", 0)
    assert pump(program.application, lambda: len(list((tmp_path / "out").glob("*.wav"))) == 4, 20)
    parts = [soundfile.read(p)[0] for p in sorted((tmp_path / "out").glob("0*.wav"))]
    np.testing.assert_allclose(sum(parts), program.document.recording.samples, atol=1e-5)
    program.session.cancel_factorisation()
    assert pump(program.application, lambda: not program.session.factorising, 5)


def test_solo_stays_when_another_layer_is_selected(factorised):
    program, panel = factorised, factorised.window.stack_panel
    press(program, Qt.Key.Key_S)
    QTest.mouseClick(panel.rows[2], LEFT, NONE, QPoint(60, 20))
    assert program.document.layers[0].solo


def test_solo_follows_the_selection_on_wish(factorised):
    program, panel = factorised, factorised.window.stack_panel
    program.window.acts["soloFollows"].trigger()
    for index in (1, 3):
        QTest.mouseClick(panel.rows[index], LEFT, NONE, QPoint(60, 20))
        assert [layer.solo for layer in program.document.layers] == [i == index for i in range(4)]
    press(program, Qt.Key.Key_Delete)
    assert len(program.document.layers) == 3
    press(program, Qt.Key.Key_Z, CTRL)
    assert len(program.document.layers) == 4 and program.document.redo_name


def test_the_merged_layer_is_selected(factorised):
    program, panel = factorised, factorised.window.stack_panel
    QTest.mouseClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    QTest.mouseClick(panel.rows[3], LEFT, CTRL, QPoint(60, 20))
    press(program, Qt.Key.Key_E, CTRL)
    assert program.document.layers[program.document.selected_index].components == (1, 3)


def test_a_fader_moved_during_a_stroke_leaves_the_stroke(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    QTest.mousePress(program.window.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.spectrogram, at + QPoint(20, 0))
    pump(program.application)
    program.document.change_layer("Mute", program.document.layers[1].id, mute=True)
    QTest.mouseMove(program.window.spectrogram, at + QPoint(40, 0))
    pump(program.application)
    QTest.mouseRelease(program.window.spectrogram, LEFT, NONE, at + QPoint(40, 0))
    assert "Paint" in program.document.undo_name and program.document.layers[1].mute
    assert mask_under(program, 0, at + QPoint(10, 1)) == pytest.approx(1, abs=1e-3)


def test_undo_during_a_stroke_takes_back_only_the_stroke(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    QTest.mousePress(program.window.spectrogram, LEFT, NONE, at)
    QTest.mouseMove(program.window.spectrogram, at + QPoint(20, 0))
    pump(program.application)
    name = program.document.undo_name
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.document.undo_name == name and program.document.state.edits == ()
    QTest.mouseRelease(program.window.spectrogram, LEFT, NONE, at)


def test_pan_follows_the_channels_of_what_is_opened(opened, tmp_path):
    assert opened.window.stack_panel.rows[0].pan.isEnabled()
    soundfile.write(tmp_path / "four.wav", tone_mix(0.5, 8000, 4), 8000)
    opened.session.open(tmp_path / "four.wav")
    assert pump(opened.application, lambda: opened.document.recording.channels == 4, 5)
    assert not opened.window.stack_panel.rows[0].pan.isEnabled()


def test_only_the_newest_of_two_openings_counts(opened, tmp_path):
    program = opened
    soundfile.write(tmp_path / "long.wav", tone_mix(60.0, 44100), 44100)
    soundfile.write(tmp_path / "short.wav", tone_mix(0.5), 8000)
    program.session.open(tmp_path / "long.wav")
    program.session.open(tmp_path / "short.wav")
    assert pump(program.application, lambda: not program.runner.jobs, 20)
    assert program.document.recording.path.name == "short.wav"


def test_work_done_while_another_file_loads_is_asked_about(factorised, recording_file):
    program = factorised
    program.document.mark_saved(program.document.recorded_state, program.document.run, recording_file)
    program.session.open(recording_file)
    program.document.change_layer("Mute", program.document.layers[0].id, mute=True)
    assert pump(program.application, lambda: program.window.findChild(QMessageBox, "unsavedBox"), 10)
    assert program.document.layers[0].mute
    box = program.window.findChild(QMessageBox, "unsavedBox")
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Cancel), LEFT)


def test_a_project_saved_late_does_not_name_another_recording(factorised, tmp_path):
    program = factorised
    soundfile.write(tmp_path / "other.wav", tone_mix(0.5), 8000)
    recording = program.document.recording
    program.session.save(tmp_path / "mine.workbench")
    job = program.runner.jobs[-1]
    job.wait(5)
    program.document.open(recording.__class__(recording.samples[:8000], 16000, tmp_path / "other.wav"),
                          program.document.levels)  # fmt: skip
    assert pump(program.application, lambda: not program.runner.jobs, 5)
    assert program.document.path is None


def test_without_a_sound_device_the_window_says_so_and_works(workbench, recording_file):
    workbench.player.look_again()
    pump(workbench.application, seconds=0.5)
    if workbench.player.devices:
        pytest.skip("this machine has a sound device")
    workbench.window.show()
    workbench.session.open(recording_file)
    assert pump(workbench.application, lambda: "sound" in workbench.window.notice.text.text(), 10)
    assert workbench.window.transport.trouble.text() == "No sound"
    workbench.window.factorise_panel.iterations.setValue(3)
    workbench.window.factorise(True)
    assert pump(workbench.application, lambda: not workbench.session.factorising, 10)
    assert len(workbench.document.layers) == 10


@pytest.mark.parametrize("where", ["slot", "event", "timer", "thread"])
def test_exceptions_anywhere_reach_the_report(opened, where, monkeypatch):
    import threading

    from PySide6.QtCore import QTimer

    def defect(*_):
        raise ZeroDivisionError("on purpose")

    window = opened.window
    if where == "slot":
        window.transport.loop.toggled.connect(defect)
        QTest.mouseClick(window.transport.loop, LEFT)
    elif where == "event":
        monkeypatch.setattr(window.spectrogram, "_paint_playhead", defect)
        window.spectrogram.repaint()
    elif where == "timer":
        QTimer.singleShot(0, defect)
    else:
        thread = threading.Thread(target=defect)
        thread.start()
        thread.join()
    assert pump(opened.application, lambda: window.findChild(QDialog, "reportDialog"), 5)
    monkeypatch.undo()
    assert "on purpose" in window.findChild(QDialog, "reportDialog").report.toPlainText()
    window.findChild(QDialog, "reportDialog").close()


def test_a_new_layer_comes_into_view(factorised):
    program, panel = factorised, factorised.window.stack_panel
    for _ in range(9):
        press(program, Qt.Key.Key_N)
    assert pump(program.application, lambda: not panel.rows[-1].visibleRegion().isEmpty(), 2)


def test_what_is_not_heard_steps_back(factorised):
    program, panel = factorised, factorised.window.stack_panel
    # The thumbnails follow the last result after a moment.
    assert pump(program.application, lambda: not panel._timer.isActive(), 10)
    before = panel.rows[1].thumbnail.grab().toImage().pixelColor(40, 20)
    press(program, Qt.Key.Key_S)
    after = panel.rows[1].thumbnail.grab().toImage().pixelColor(40, 20)
    assert before != after
    press(program, Qt.Key.Key_S)
    assert panel.rows[1].thumbnail.grab().toImage().pixelColor(40, 20) == before


def test_double_click_on_a_row_shows_its_mask_large_and_back(factorised):
    program, panel, view = factorised, factorised.window.stack_panel, factorised.window.spectrogram
    QTest.mouseDClick(panel.rows[2], LEFT, NONE, QPoint(60, 20))
    assert view.show_what is Show.MASK
    pump(program.application, seconds=0.1)
    QTest.mouseClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    assert view.show_what is Show.MASK and program.document.selected_index == 1
    QTest.mouseDClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    assert view.show_what is Show.COLOURS


def test_saving_at_the_end_stops_the_factorisation_and_asks_no_second_time(opened, tmp_path):
    program = opened
    program.session.factorise(RunSettings(components=3, iterations=None), program.document.state.analysis, True)
    assert pump(program.application, lambda: program.document.run and program.document.run.costs, 10)
    program.session.save(tmp_path / "mine.workbench")
    assert pump(program.application, lambda: program.document.path, 5)
    pump(program.application, seconds=0.3)
    assert program.document.dirty, "the run went on"
    program.window.close()
    box = program.window.findChild(QMessageBox, "unsavedBox")
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Save), LEFT)
    assert pump(program.application, lambda: not program.window.isVisible(), 10)
    assert not program.document.dirty
