"""The mask stack: faders, solo, order, merging, by real events (offscreen)."""

from __future__ import annotations

import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.conftest import pump, tone_mix
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, press
from workbench.masks.pictures.picture import Show
from workbench.ui.base import theme


def test_layers_by_mouse_and_keys(factorised):
    program, panel = factorised, factorised.window.panes.stack
    QTest.mouseClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    assert program.desk.selection.layer == panel.rows[1].layer.id
    QTest.mouseClick(panel.rows[3], LEFT, CTRL, QPoint(60, 20))
    press(program, Qt.Key.Key_E, CTRL)
    assert [layer.components for layer in program.desk.document.layers] == [(0,), (1, 3), (2,)]
    press(program, Qt.Key.Key_N)
    assert program.desk.document.layers[-1].name == "Layer 1" and program.desk.selection.index == 3
    press(program, Qt.Key.Key_F2)
    QTest.keyClicks(panel.rows[3].name, "Voice m s")
    QTest.keyClick(panel.rows[3].name, Qt.Key.Key_Return)
    assert program.desk.document.layers[3].name == "Voice m s" and not program.desk.document.layers[3].mute
    press(program, Qt.Key.Key_M)
    press(program, Qt.Key.Key_S)
    press(program, Qt.Key.Key_K)
    layer = program.desk.document.layers[3]
    assert layer.mute and layer.solo and layer.locked
    press(program, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier | SHIFT)
    assert program.desk.document.layers[2].name == "Voice m s"
    for _ in range(7):
        press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.components for layer in program.desk.document.layers] == [(0,), (1,), (2,), (3,)]


def test_gain_slider_is_one_step_and_double_click_is_neutral(factorised):
    program, row = factorised, factorised.window.panes.stack.rows[0]
    slider = row.gain
    QTest.mousePress(slider, LEFT, NONE, QPoint(20, 8))
    QTest.mouseMove(slider, QPoint(10, 8))
    QTest.mouseMove(slider, QPoint(14, 8))
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(14, 8))
    assert program.desk.document.layers[0].gain_db < 0
    press(program, Qt.Key.Key_Z, CTRL)
    assert program.desk.document.layers[0].gain_db == 0.0
    press(program, Qt.Key.Key_Y, CTRL)
    QTest.mouseDClick(row.gain, LEFT, NONE, QPoint(14, 8))
    assert program.desk.document.layers[0].gain_db == 0.0


def test_the_sum_of_the_layers_is_measured(factorised):
    residual = factorised.window.panes.stack.residual
    assert pump(factorised.application, lambda: residual.text() == "The parts add up to the recording exactly", 10)
    number = residual.toolTip().split(":")[1].split()[0]
    assert float(number.replace("−", "-")) < -100
    for db, said in ((-99.0, "that nobody hears"), (-35.4, "do not add up to the recording: a rest of −35 dB")):
        residual.show_residual(db)
        assert said in residual.text() and residual.property("role") == ("dim" if db < -60 else "hint")
    residual.show_residual(None)
    assert residual.text() == "" and residual.property("role") == "dim"


def test_where_no_channels_are_left_and_right_pan_is_off_and_says_why(workbench, tmp_path):
    soundfile.write(tmp_path / "nine.wav", tone_mix(0.5, 8000, 9), 8000)
    workbench.window.show()
    workbench.desk.opening.open(tmp_path / "nine.wav")
    assert pump(workbench.application, lambda: workbench.desk.document.recording, 5)
    pan = workbench.window.panes.stack.rows[0].pan
    assert not pan.isEnabled() and "9 channels" in pan.toolTip()


def test_solo_stays_when_another_layer_is_selected(factorised):
    program, panel = factorised, factorised.window.panes.stack
    press(program, Qt.Key.Key_S)
    QTest.mouseClick(panel.rows[2], LEFT, NONE, QPoint(60, 20))
    assert program.desk.document.layers[0].solo


def test_solo_follows_the_selection_on_wish(factorised):
    program, panel = factorised, factorised.window.panes.stack
    program.window.actions_.by_name["soloFollows"].trigger()
    for index in (1, 3):
        QTest.mouseClick(panel.rows[index], LEFT, NONE, QPoint(60, 20))
        assert [layer.solo for layer in program.desk.document.layers] == [i == index for i in range(4)]
    press(program, Qt.Key.Key_Delete)
    assert len(program.desk.document.layers) == 3
    press(program, Qt.Key.Key_Z, CTRL)
    assert len(program.desk.document.layers) == 4 and program.desk.document.redo_name


def test_the_merged_layer_is_selected(factorised):
    program, panel = factorised, factorised.window.panes.stack
    QTest.mouseClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    QTest.mouseClick(panel.rows[3], LEFT, CTRL, QPoint(60, 20))
    press(program, Qt.Key.Key_E, CTRL)
    assert program.desk.document.layers[program.desk.selection.index].components == (1, 3)


def test_pan_follows_the_channels_of_what_is_opened(opened, tmp_path):
    assert opened.window.panes.stack.rows[0].pan.isEnabled()
    for channels, on in ((9, False), (6, True)):
        soundfile.write(tmp_path / "many.wav", tone_mix(0.5, 8000, channels), 8000)
        opened.desk.opening.open(tmp_path / "many.wav")
        assert pump(opened.application, lambda n=channels: opened.desk.document.recording.channels == n, 5)
        assert opened.window.panes.stack.rows[0].pan.isEnabled() == on


def test_a_new_layer_comes_into_view(factorised):
    program, panel = factorised, factorised.window.panes.stack
    for _ in range(9):
        press(program, Qt.Key.Key_N)
    assert pump(program.application, lambda: not panel.rows[-1].visibleRegion().isEmpty(), 2)


def test_what_is_not_heard_steps_back(factorised):
    program, panel = factorised, factorised.window.panes.stack
    # The thumbnails follow the last result after a moment.
    assert pump(program.application, lambda: panel._rows.thumbnails.fresh, 10)
    before = panel.rows[1].thumbnail.grab().toImage().pixelColor(40, 20)
    press(program, Qt.Key.Key_S)
    after = panel.rows[1].thumbnail.grab().toImage().pixelColor(40, 20)
    assert before != after
    press(program, Qt.Key.Key_S)
    assert panel.rows[1].thumbnail.grab().toImage().pixelColor(40, 20) == before


def test_double_click_on_a_row_shows_its_mask_large_and_back(factorised):
    program, panel = factorised, factorised.window.panes.stack
    QTest.mouseDClick(panel.rows[2], LEFT, NONE, QPoint(60, 20))
    assert program.window.panes.image.show is Show.MASK
    pump(program.application, seconds=0.1)
    QTest.mouseClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    assert program.window.panes.image.show is Show.MASK and program.desk.selection.index == 1
    QTest.mouseDClick(panel.rows[1], LEFT, NONE, QPoint(60, 20))
    assert program.window.panes.image.show is Show.COLOURS


def test_a_fader_that_is_held_while_its_layer_goes(factorised):
    program, panel = factorised, factorised.window.panes.stack
    press(program, Qt.Key.Key_N)
    press(program, Qt.Key.Key_F4)
    for fader in (panel.rows[4].gain, program.window.panes.mixer.strips[4].pan):
        QTest.mousePress(fader, LEFT, NONE, QPoint(20, 8))
        program.window.actions_.by_name["deleteLayer"].trigger()
        # The row goes for good when the hand's events are dealt with.
        QTest.mouseMove(fader, QPoint(10, 8))
        QTest.mouseMove(fader, QPoint(30, 20))
        QTest.mouseRelease(fader, LEFT, NONE, QPoint(30, 20))
        pump(program.application)
        assert len(program.desk.document.layers) == 4
        while len(program.desk.document.layers) == 4:
            press(program, Qt.Key.Key_Z, CTRL)
    assert not program.window.notice.isVisible()


def test_another_theme_dresses_the_rows_that_are_there(factorised):
    program, window = factorised, factorised.window
    rows = window.panes.stack.rows
    program.desk.selection.select(rows[1].layer.id)
    window.actions_["mute"].trigger()
    window.set_theme("dark")
    dark = [row.lock.icon().pixmap(16, 16).toImage() for row in rows]
    window.set_theme("light")
    assert window.panes.stack.rows == rows, "they are not made anew"
    assert all(row.lock.icon().pixmap(16, 16).toImage() != icon for row, icon in zip(rows, dark, strict=True))
    assert theme.LIGHT.dim in rows[1].name.styleSheet() and theme.LIGHT.dim not in rows[0].name.styleSheet()
