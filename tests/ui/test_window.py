"""The window as a whole, driven by real events (offscreen)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, middle, press, wheel
from workbench.control.tools import Tool
from workbench.separation.settings import RunSettings


def test_every_control_has_a_name_a_tip_and_an_accessible_name(factorised):
    press(factorised, Qt.Key.Key_G)
    # A source, so that there is a mark with its controls, and chips.
    press(factorised, Qt.Key.Key_P, SHIFT)
    QTest.mouseClick(factorised.window.panes.spectrogram, LEFT, NONE, middle(factorised))
    assert factorised.desk.document.state.marks
    acts = (
        "export",
        "keys",
        "sound",
        "suggestGroups",
        "references",
        "showScores",
        "walk",
        "exportMasks",
        "exportFigure",
    )
    for act in acts:
        factorised.window.actions_.by_name[act].trigger()
    dialogs = {"exportDialog", "keysDialog", "soundDialog", "suggestDialog", "referencesDialog"}
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


def test_the_owner_is_told_anew_when_an_edit_comes_under_a_pointer_at_rest(factorised):
    program, view = factorised, factorised.window.panes.spectrogram
    QTest.mouseMove(view, middle(program))
    pump(program.application)
    owner = program.desk.document.layers[3]
    program.desk.selection.select(owner.id)
    press(program, Qt.Key.Key_A, CTRL)
    press(program, Qt.Key.Key_F, SHIFT)
    text = program.window.panes.readout.text
    assert pump(program.application, lambda: text().endswith(f"{owner.name} 100 %"), 5)
    press(program, Qt.Key.Key_Z, CTRL)
    assert pump(program.application, lambda: not text().endswith(f"{owner.name} 100 %"), 5)


def test_every_speed_is_shown_whole(opened):
    speed = opened.window.panes.transport.listen.speed
    for place in range(speed.count()):
        speed.setCurrentIndex(place)
        assert speed.shown_text() == speed.itemText(place)


def test_time_selection_by_drag_and_by_shift(opened):
    audition, at = opened.desk.playback, middle(opened)
    opened.desk.tools.choose(Tool.SELECT)
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

    def light() -> bool:
        return factorised.window.panes.stack.grab().toImage().pixelColor(2, 2).lightness() > 128

    assert pump(factorised.application, lambda: light() == (name == "light"), 10)


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


def test_menus_under_the_right_button(factorised):
    program = factorised
    QTest.mouseClick(program.window.panes.spectrogram, Qt.MouseButton.RightButton, NONE, middle(program))
    menu = program.window.place_menu
    assert menu.isVisible() and "maskMenu" in [each.menu().objectName() for each in menu.actions() if each.menu()]
    menu.close()
    row = program.window.panes.stack.rows[2]
    QTest.mouseClick(row, Qt.MouseButton.RightButton, NONE, QPoint(60, 40))
    assert program.desk.selection.index == 2
    menu = program.window.menuBar().findChild(QMenu, "layersMenu")
    assert menu.isVisible()
    menu.close()


def test_the_tools_stand_side_by_side_where_a_screen_is_low(opened):
    program, palette = opened, opened.window.panes.palette
    for height, columns in ((800, 1), (520, 2), (800, 1)):
        program.window.resize(1024, height)
        assert pump(program.application, lambda columns=columns: palette._columns == columns, 5)
        pump(program.application)
        assert program.window.height() == height
        places = [button.geometry() for button in palette.buttons.values()]
        assert all(palette.rect().contains(place) for place in places)
        assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
