"""The window as a whole, driven by real events (offscreen)."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QWidget,
)

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, mask_under, middle, press, wheel
from workbench.masks.pictures.picture import Show
from workbench.separation.settings import RunSettings


def test_every_control_has_a_name_a_tip_and_an_accessible_name(factorised):
    press(factorised, Qt.Key.Key_G)
    for act in ("export", "keys", "sound", "suggestGroups", "walk"):
        factorised.window.actions_.by_name[act].trigger()
    dialogs = {"exportDialog", "keysDialog", "soundDialog", "suggestDialog"}
    assert pump(
        factorised.application,
        lambda: dialogs <= {each.objectName() for each in factorised.window.findChildren(QDialog)},
        10,
    )
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
            # Of the tabs between docks, which Qt makes itself.
            or widget.objectName() in ("ScrollLeftButton", "ScrollRightButton")
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
    for name, action in opened.window.actions_.by_name.items():
        assert action.objectName() == name and action.toolTip()
        for key in action.shortcuts():
            assert key.toString() not in seen, (name, seen)
            seen[key.toString()] = name
    assert len(seen) > 30


def test_factorise_shows_components_while_it_iterates(opened):
    program = opened
    program.window.panes.factorise.forever.setChecked(True)
    seen = []
    program.desk.document.factors_changed.connect(lambda: seen.append(len(program.desk.document.run.costs)))
    QTest.mouseClick(program.window.panes.factorise.factorise, LEFT)
    assert pump(program.application, lambda: len(seen) > 5, 10)
    assert program.desk.factorising.running and program.window.panes.transport.cancel.isVisible()
    QTest.mouseClick(program.window.panes.transport.cancel, LEFT)
    assert pump(program.application, lambda: not program.desk.factorising.running, 5)
    assert seen == sorted(seen) and len(program.desk.document.layers) == 10
    costs = program.desk.document.run.costs
    assert len(costs) >= seen[-1] and costs[-1] < costs[0]


def test_continue_goes_on_from_the_present_factors(factorised):
    before = factorised.desk.document.run
    press(factorised, Qt.Key.Key_Return, CTRL | SHIFT)
    assert pump(factorised.application, lambda: not factorised.desk.factorising.running, 20)
    after = factorised.desk.document.run
    assert after is not before and after.costs[0] <= before.costs[-1] * (1 + 1e-5)


def test_a_run_is_one_step_and_undoing_past_it_cancels_it(opened):
    program = opened
    program.desk.factorising.start(
        RunSettings(components=3, iterations=None), program.desk.document.state.analysis, True
    )
    assert pump(program.application, lambda: program.desk.document.run and program.desk.document.run.costs, 10)
    press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.name for layer in program.desk.document.layers] == ["Everything"]
    assert pump(program.application, lambda: not program.desk.factorising.running, 5)


def test_zoom_pan_fit_and_scales(opened):
    v = opened.desk.viewport
    wheel(opened, 3)
    assert v.stop - v.start < 2 and (v.low, v.high) == (v.bottom, v.top)
    wheel(opened, 2, CTRL)
    assert v.high - v.low < v.top - v.bottom
    start = v.start
    drag(opened, middle(opened), middle(opened) - QPoint(50, 0), Qt.MouseButton.MiddleButton)
    assert v.start > start
    press(opened, Qt.Key.Key_F)
    assert (v.start, v.stop, v.low, v.high) == (0, v.duration, v.bottom, v.top)
    bar = opened.window.panes.tool_bar
    for index in range(bar.scale_box.count()):
        bar.scale_box.setCurrentIndex(index)
        pump(opened.application)
        assert v.low == v.bottom and v.high == pytest.approx(v.top)


def test_pointer_is_told_in_time_frequency_note_level_and_shares(factorised):
    view = factorised.window.panes.spectrogram
    x = int(factorised.desk.plane.x_of(1.5))
    y = int(factorised.desk.plane.y_of(float(factorised.desk.viewport.scale.position(550.0))))
    QTest.mouseMove(view, QPoint(x, y))
    pump(factorised.application)
    text = factorised.window.panes.readout.text()
    assert "0:01." in text and "Hz" in text and "♯5" in text and "dB" in text and "%" in text


def test_the_picture_shows_what_the_masks_say(factorised):
    """Selected mask, large: white where it is 0, black where it is 1; a painted place turns black."""
    program, at = factorised, middle(factorised)
    program.window.panes.tool_bar.show_box.setCurrentIndex(2)
    assert program.window.panes.image.show is Show.MASK
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    QTest.mouseMove(program.window.panes.spectrogram, QPoint(2, 2))
    assert pump(program.application, lambda: False, 0.2) is False
    image = program.window.panes.spectrogram.grab().toImage()
    for point in (at + QPoint(20, 1), at + QPoint(-120, 90), at + QPoint(150, 60)):
        # A pixel may show the bin beside the one that its corner is in.
        index, around = program.desk.selection.index, [QPoint(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        expected = [255 * (1 - mask_under(program, index, point + step)) for step in around]
        assert min(abs(image.pixelColor(point).red() - each) for each in expected) <= 6


def test_time_selection_by_drag_and_by_shift(opened):
    audition, at = opened.desk.playback, middle(opened)
    drag(opened, at, at + QPoint(100, 0))
    start, stop = opened.desk.selection.seconds
    assert stop > start
    drag(opened, at + QPoint(110, 0), at + QPoint(180, 0), keys=SHIFT)
    assert opened.desk.selection.seconds[0] == start and opened.desk.selection.seconds[1] > stop
    press(opened, Qt.Key.Key_Escape)
    assert opened.desk.selection.seconds is None
    QTest.mouseDClick(opened.window.panes.spectrogram, LEFT, NONE, at)
    assert audition.position == pytest.approx(opened.desk.plane.second_at(at.x()), abs=0.02)
    press(opened, Qt.Key.Key_Home)
    assert audition.position == 0


def test_space_plays_whatever_has_the_focus_except_while_typing(factorised, monkeypatch):
    program, window = factorised, factorised.window
    toggled = []
    monkeypatch.setattr(program.desk.playback, "toggle", lambda: toggled.append(1))
    for widget in (
        window.panes.spectrogram,
        window.panes.factorise.factorise,
        window.panes.factorise.components,
        window.panes.tool_bar.scale_box,
        window.panes.stack.rows[0].mute,
        window.panes.transport.loop,
    ):
        widget.setFocus()
        target = QApplication.focusWidget()
        QTest.keyClick(target, Qt.Key.Key_Space)
    assert len(toggled) == 6
    assert not program.desk.factorising.running and not program.desk.document.layers[0].mute
    window.panes.stack.rename_selected()
    QTest.keyClicks(window.panes.stack.rows[0].name, "a b")
    assert len(toggled) == 6 and window.panes.stack.rows[0].name.text() == "a b"


def test_another_window_size_is_one_step(factorised):
    program, panel = factorised, factorised.window.panes.factorise
    panel.window_size.setCurrentIndex(panel.window_size.findData(1024))
    assert panel.hop.currentData() == 256
    program.desk.wishes.factorise(False)
    assert pump(program.application, lambda: program.desk.document.state.analysis.window == 1024, 5)
    assert pump(program.application, lambda: not program.desk.factorising.running and not program.desk.runner.jobs, 10)
    assert program.desk.document.stack.factors.W.shape == (513, 4)
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.desk.document.state.analysis.window == 2048 and panel.window_size.currentData() == 2048
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
    assert len(opened.reporter.take_reports()) == 1


def test_panes_come_back_as_they_were_left(opened, tmp_path):
    from PySide6.QtCore import QSettings

    from workbench.app import build

    dock = opened.window.layout_.docks[0]
    dock.hide()
    opened.window.close_now()
    again = build(["test"], QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    try:
        again.window.show()
        pump(again.application)
        assert again.window.layout_.docks[0].isHidden() and not again.window.layout_.docks[1].isHidden()
    finally:
        again.window.close()
        again.close()
        again.window.deleteLater()
        pump(again.application)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_themes_change_at_once(factorised, name):
    factorised.window.set_theme(name)
    pump(factorised.application, seconds=0.2)
    colour = factorised.window.panes.stack.grab().toImage().pixelColor(2, 2)
    assert (colour.lightness() > 128) == (name == "light")


def test_empty_window_invites(workbench):
    workbench.window.show()
    pump(workbench.application)
    assert workbench.window.invitation.isVisible()
    QTest.mouseClick(workbench.window.invitation.demo, LEFT)
    assert pump(workbench.application, lambda: workbench.desk.document.recording, 10)
    assert (
        Path(workbench.desk.document.recording.path).name == "demo.flac" and not workbench.window.invitation.isVisible()
    )


def test_stopping_at_once_keeps_the_masks_whole(opened):
    program = opened
    program.desk.wishes.factorise(True)
    program.desk.factorising.stop()
    assert pump(program.application, lambda: not program.desk.factorising.running, 10)
    stack = program.desk.document.stack
    masks = stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)


def test_without_a_sound_device_the_window_says_so_and_works(workbench, recording_file):
    workbench.desk.player.look_again()
    pump(workbench.application, seconds=0.5)
    if workbench.desk.player.devices:
        pytest.skip("this machine has a sound device")
    workbench.window.show()
    workbench.desk.opening.open(recording_file)
    assert pump(workbench.application, lambda: "sound" in workbench.window.notice.text.text(), 10)
    assert workbench.window.panes.transport.trouble.text() == "No sound"
    workbench.window.panes.factorise.iterations.setValue(3)
    workbench.desk.wishes.factorise(True)
    assert pump(workbench.application, lambda: not workbench.desk.factorising.running, 10)
    assert len(workbench.desk.document.layers) == 10


@pytest.mark.parametrize("where", ["slot", "event", "timer", "thread"])
def test_exceptions_anywhere_reach_the_report(opened, where, monkeypatch):
    import threading

    from PySide6.QtCore import QTimer

    def defect(*_):
        raise ZeroDivisionError("on purpose")

    window = opened.window
    if where == "slot":
        window.panes.transport.loop.toggled.connect(defect)
        QTest.mouseClick(window.panes.transport.loop, LEFT)
    elif where == "event":
        monkeypatch.setattr(window.panes.spectrogram, "_paint_playhead", defect)
        window.panes.spectrogram.repaint()
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
    assert all("on purpose" in report for report in opened.reporter.take_reports())
