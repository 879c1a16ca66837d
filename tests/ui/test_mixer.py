"""The mixer and the remembered mixes, by real events (offscreen)."""

from __future__ import annotations

import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.acting import change_group, change_layer
from tests.conftest import pump, tone_mix
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, group, press
from workbench.audio.player import PlayerStatus


def test_the_mixer_has_a_strip_for_every_source(factorised):
    program, mixer = factorised, factorised.window.panes.mixer
    group(program, 0, 1)
    press(program, Qt.Key.Key_F4)
    assert mixer.isVisible()
    assert [strip.title.toolTip() for strip in mixer.strips] == ["Group 1", "Component 3", "Component 4"]
    strip = mixer.strips[0]
    QTest.mouseClick(strip.mute, LEFT)
    assert program.desk.document.groups[0].mute
    strip.width_slider.setValue(0)
    assert program.desk.document.groups[0].width == 0.0
    strip.pan.setFocus()
    QTest.keyClick(strip.pan, Qt.Key.Key_Right)
    assert program.desk.document.groups[0].pan > 0
    QTest.mouseDClick(strip.width_slider, LEFT, NONE, QPoint(5, 5))
    assert program.desk.document.groups[0].width == 1.0
    top, bottom = QPoint(8, 8), QPoint(8, strip.gain.height() - 8)
    QTest.mouseClick(mixer.strips[1].gain, LEFT, NONE, bottom)
    assert program.desk.document.layers[2].gain_db == float("-inf") or program.desk.document.layers[2].gain_db < -40
    QTest.mouseClick(mixer.strips[1].gain, LEFT, NONE, top)
    assert program.desk.document.layers[2].gain_db > 3


def test_the_mixer_knows_another_recordings_channels(factorised, tmp_path):
    program = factorised
    for channels, on in ((9, False), (2, True), (6, True)):
        soundfile.write(tmp_path / f"{channels}.wav", tone_mix(0.5, 8000, channels), 8000)
        before = program.desk.document.recording
        program.desk.opening.open(tmp_path / f"{channels}.wav")
        assert pump(program.application, lambda before=before: program.desk.document.recording is not before, 5)
        assert program.window.panes.mixer.strips[0].pan.isEnabled() == on
        assert program.desk.selection.group == 0


def test_meters_move_while_it_plays(factorised):
    program, mixer = factorised, factorised.window.panes.mixer
    group(program, 0, 1)
    press(program, Qt.Key.Key_F4)
    program.desk.playback.ticked.emit(PlayerStatus(playing=True, position=1.05))
    assert all(strip.meter._level > -60 for strip in mixer.strips)
    change_group(program.desk.document, "mute", program.desk.document.groups[0].id, mute=True)
    for _ in range(80):
        mixer._not_before = 0.0
        program.desk.playback.ticked.emit(PlayerStatus(playing=True, position=1.05))
    assert mixer.strips[0].meter._level == -60 < mixer.strips[1].meter._level


def test_mixes_are_remembered_and_recalled_as_one_step(factorised):
    program, document, mixer = factorised, factorised.desk.document, factorised.window.panes.mixer
    group(program, 0, 1)
    change_group(document, "pan", document.groups[0].id, pan=-0.5)
    press(program, Qt.Key.Key_F5, SHIFT)
    change_group(document, "pan", document.groups[0].id, pan=0.5)
    change_layer(document, "mute", document.layers[3].id, mute=True)
    press(program, Qt.Key.Key_F6, SHIFT)
    assert mixer.slots[1].isChecked() and not mixer.slots[0].isChecked()
    before = document.step
    for key, pan, mute in ((Qt.Key.Key_F5, -0.5, False), (Qt.Key.Key_F6, 0.5, True), (Qt.Key.Key_F5, -0.5, False)):
        press(program, key)
        assert document.groups[0].pan == pan and document.layers[3].mute == mute
    assert document.step == before + 1 and mixer.slots[0].isChecked()
    press(program, Qt.Key.Key_Z, CTRL)
    assert document.groups[0].pan == 0.5
    QTest.mouseClick(mixer.slots[2], LEFT)
    assert document.state.mixes[2] is None and "Nothing is remembered in C" in program.window.notice.text.text()
    QTest.mouseClick(mixer.slots[2], LEFT, SHIFT)
    steps = document.step
    press(program, Qt.Key.Key_F7)
    # Nothing would change.
    assert document.step == steps
