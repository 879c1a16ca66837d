"""What is listened to: keys, the toggles of the transport, the brush, scrubbing, by real events (offscreen)."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from tests.acting import change_layer, select_time
from tests.conftest import pump
from tests.rig import residual_db
from tests.ui.gestures import LEFT, NONE, SHIFT, middle, press, trail
from workbench.audio.loudness import measured
from workbench.audio.renderer import render_all
from workbench.audio.scene import PLAIN, Hear
from workbench.control.listening import Where
from workbench.control.tools import Tool


def heard(program):
    return render_all(program.desk.heard.scene())


def hover(program, point: QPoint):
    view, at = program.window.panes.spectrogram, QPointF(point)
    none = Qt.MouseButton.NoButton
    QApplication.sendEvent(view, QMouseEvent(QEvent.Type.MouseMove, at, view.mapToGlobal(at), none, none, NONE))
    pump(program.application, seconds=0.06)


def select_rectangle(program):
    press(program, Qt.Key.Key_R)
    at = middle(program)
    trail(program, at, at + QPoint(80, 60), at + QPoint(120, 90))
    assert program.desk.selection.area is not None


def test_by_default_the_scene_of_the_document_is_heard(factorised):
    assert factorised.desk.heard.scene() is factorised.desk.document.scene
    assert factorised.desk.heard.ear is PLAIN


def test_i_is_the_original_as_loud_as_the_mix(factorised):
    program, document = factorised, factorised.desk.document
    change_layer(document, "mute", document.layers[0].id, mute=True)
    change_layer(document, "gain", document.layers[1].id, gain_db=-12.0)
    press(program, Qt.Key.Key_I)
    assert pump(program.application, lambda: program.desk.listening.original_db != 0.0, 10)
    assert program.window.panes.transport.listen.original.isChecked()
    out, mix = heard(program), render_all(document.scene)
    loudness = [measured([x], 16000, 2).lufs for x in (out, mix)]
    assert loudness[0] == pytest.approx(loudness[1], abs=0.7)
    ratio = out[1000:] / np.where(document.recording.samples[1000:] == 0, 1, document.recording.samples[1000:])
    assert np.ptp(ratio) < 1e-3
    # It follows the mix.
    before = program.desk.listening.original_db
    change_layer(document, "gain", document.layers[1].id, gain_db=0.0)
    assert pump(program.application, lambda: program.desk.listening.original_db > before + 0.5, 10)
    press(program, Qt.Key.Key_I)
    assert program.desk.heard.scene() is document.scene
    assert not program.window.panes.transport.listen.original.isChecked()


def test_d_is_what_the_mix_takes_away(factorised):
    program, document = factorised, factorised.desk.document
    change_layer(document, "mute", document.layers[2].id, mute=True)
    press(program, Qt.Key.Key_D)
    assert residual_db(render_all(document.scene, layers=[2]), heard(program)) < -100
    QTest.mouseClick(program.window.panes.transport.listen.removed, LEFT)
    assert program.desk.listening.what is Hear.MIX


def test_h_is_only_the_selection_and_shift_h_all_but_it(factorised):
    program = factorised
    press(program, Qt.Key.Key_H)
    assert (
        program.desk.listening.where is Where.EVERYWHERE and "Nothing is selected" in program.window.notice.text.text()
    )
    select_rectangle(program)
    press(program, Qt.Key.Key_H)
    inside = heard(program)
    button = program.window.panes.transport.listen.part
    assert button.isChecked() and button.text() == "Selection"
    press(program, Qt.Key.Key_H, SHIFT)
    outside = heard(program)
    assert button.text() == "Outside"
    assert residual_db(render_all(program.desk.document.scene), inside.astype(float) + outside) < -100
    assert np.sum(inside**2) < np.sum(outside**2)
    # Without a selection everything is heard again.
    press(program, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert (
        program.desk.listening.where is Where.EVERYWHERE and program.desk.heard.scene() is program.desk.document.scene
    )


def test_a_selected_span_of_time_can_be_listened_to_without_the_rest(opened):
    program = opened
    select_time(program.desk.document, program.desk.selection, 1.0, 1.5)
    press(program, Qt.Key.Key_H)
    out, rate = heard(program), program.desk.document.recording.rate
    window = program.desk.document.state.analysis.window
    assert np.abs(out[: rate - window]).max() == 0
    np.testing.assert_allclose(
        out[rate + window : int(1.5 * rate) - window],
        program.desk.document.recording.samples[rate + window : int(1.5 * rate) - window],
        atol=1e-5,
    )


def test_z_hears_only_what_is_under_the_brush(factorised):
    program = factorised
    program.desk.tools.choose(Tool.BRUSH)
    program.desk.tools.set_size(60)
    hover(program, middle(program))
    press(program, Qt.Key.Key_Z)
    ear = program.desk.heard.ear
    assert program.desk.listening.where is Where.BRUSH and ear.area is not None
    bounds, analysis = ear.area.bounds, program.desk.document.state.analysis
    row = float(program.desk.plane.bin_places(program.desk.plane.position_at(middle(program).y())))
    assert bounds.low <= row < bounds.high < ear.area.bins * 0.6
    seconds = (bounds.stop - bounds.start) * analysis.hop / 16000
    assert 0.15 < seconds < 0.6
    span = program.desk.playback.looped
    assert span[0] <= program.desk.plane.second_at(middle(program).x()) <= span[1]
    # It follows the pointer.
    hover(program, middle(program) + QPoint(120, 0))
    assert pump(program.application, lambda: program.desk.playback.looped[0] > span[0], 2)
    out = heard(program)
    power = np.sum(out**2, axis=1)
    loud = np.flatnonzero(power > power.max() * 1e-3) / 16000
    assert loud.max() - loud.min() < 1.0
    press(program, Qt.Key.Key_Z)
    assert program.desk.playback.looped is None and program.desk.heard.scene() is program.desk.document.scene


def test_another_recording_is_heard_as_it_is_and_the_former_is_let_go(factorised, recording_file):
    program = factorised
    press(program, Qt.Key.Key_D)
    assert program.desk.heard.scene() is not program.desk.document.scene
    press(program, Qt.Key.Key_I)
    former = weakref.ref(program.desk.document.recording)
    program.desk.opening.open(recording_file)
    assert pump(
        program.application,
        lambda: program.desk.document.recording is not former() and not program.desk.runner.jobs,
        10,
    )
    assert program.desk.heard.scene() is program.desk.document.scene

    def gone():
        gc.collect()
        return former() is None

    assert pump(program.application, gone, 5)


def test_speed_by_keys(opened):
    box = opened.window.panes.transport.listen.speed
    QTest.keyClicks(opened.window, ">")
    assert opened.desk.playback.speed == 2.0 and box.currentText() == "2 ×"
    QTest.keyClicks(opened.window, "<<<")
    assert opened.desk.playback.speed == 0.5 and box.currentText() == "½ ×"


class Asked:
    """The player's part of the audition, as the commands that it would get."""

    def __init__(self, program, monkeypatch):
        self.told = []
        for name in ("play", "scrub", "stop", "seek"):
            monkeypatch.setattr(program.desk.player, name, lambda *args, name=name: self.told.append((name, *args)))


def test_dragging_along_the_time_axis_scrubs(opened, monkeypatch):
    program, asked = opened, Asked(opened, monkeypatch)
    view = program.window.panes.spectrogram
    y = program.desk.plane.canvas.bottom() + 8
    left, right = (QPoint(round(program.desk.plane.x_of(s)), y) for s in (1.0, 2.0))
    QTest.mousePress(view, LEFT, NONE, left)
    QTest.mouseMove(view, right)
    QTest.mouseRelease(view, LEFT, NONE, right)
    places = [args[0] for name, *args in asked.told if name == "scrub"]
    assert places[0] == pytest.approx(16000, abs=200) and places[-2] == pytest.approx(32000, abs=200)
    assert places[-1] is None
    assert program.desk.playback.position == pytest.approx(2.0, abs=0.02)
    assert program.desk.selection.seconds is None and program.desk.selection.area is None


def test_a_question_lets_go_of_the_time_axis(opened, monkeypatch):
    program, asked = opened, Asked(opened, monkeypatch)
    view, y = program.window.panes.spectrogram, program.desk.plane.canvas.bottom() + 8
    program.desk.layers.add()
    axis = QPoint(round(program.desk.plane.x_of(1.0)), y)
    QTest.mousePress(view, LEFT, NONE, axis)
    program.window.close()
    pump(program.application)
    box = program.window.findChild(QMessageBox)
    assert box.isVisible() and ("scrub", None) in asked.told
    box.reject()
    QTest.mouseRelease(view, LEFT, NONE, axis)


def test_shift_space_plays_from_the_pointer(opened, monkeypatch):
    program, asked = opened, Asked(opened, monkeypatch)
    hover(program, QPoint(round(program.desk.plane.x_of(1.25)), middle(program).y()))
    QTest.keyClick(program.window.panes.spectrogram, Qt.Key.Key_Space, SHIFT)
    assert asked.told[-1] == ("play", pytest.approx(20000, abs=200))


def test_latency_and_device_are_chosen_in_the_settings_and_remembered(opened, tmp_path):
    program, window = opened, opened.window
    window.actions_.by_name["sound"].trigger()
    dialog = window.findChild(QDialog, "soundDialog")
    index = dialog.latency.findText("60 ms")
    dialog.latency.setCurrentIndex(index)
    dialog.latency.activated.emit(index)
    assert program.desk.playback.latency == 0.06
    assert pump(program.application, lambda: program.desk.player._connection.latency == 0.06, 2)
    dialog.close()
    window.actions_.by_name["sound"].trigger()
    again = [each for each in window.findChildren(QDialog, "soundDialog") if each.isVisible()][-1]
    assert again.latency.currentText() == "60 ms"
    again.close()
    window.close_now()
    kept = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    assert float(str(kept.value("latency"))) == 0.06
