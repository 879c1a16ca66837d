"""Exporting from the window (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox

from tests.acting import change_group, change_layer
from tests.conftest import pump, tone_mix
from tests.rig import residual_db
from tests.ui.gestures import LEFT, group, press
from workbench.audio.renderer import render_all
from workbench.separation.settings import RunSettings


def export(program, folder, form):
    program.window.exports.show_dialog(program.window.files.folder)
    dialog = program.window.findChild(QDialog, "exportDialog")
    dialog.files.folder.setText(str(folder))
    dialog.sound.format.setCurrentIndex(form)
    QTest.mouseClick(dialog.go, LEFT)


def test_export_writes_what_is_asked(factorised, tmp_path):
    program = factorised
    export(program, tmp_path / "out", 2)
    wrote = tmp_path / "out" / "tones mix.wav"
    assert pump(
        program.application, lambda: not program.desk.runner.jobs and len(list(wrote.parent.glob("*.wav"))) == 5, 10
    )
    assert sorted(p.name for p in wrote.parent.iterdir()) == [
        "01 Component 1.wav",
        "02 Component 2.wav",
        "03 Component 3.wav",
        "04 Component 4.wav",
        "tones mix.wav",
    ]
    assert soundfile.info(wrote).subtype == "PCM_16"
    parts = [soundfile.read(p)[0] for p in sorted(wrote.parent.glob("0*.wav"))]
    expected = soundfile.read(program.desk.document.recording.path)[0]
    # Half a step of rounding each, and at most a step of dither.
    np.testing.assert_allclose(sum(parts), expected, atol=4 * 1.5 * 2**-15)


@pytest.mark.parametrize(("answer", "subtype"), [(0, "FLOAT"), (1, "PCM_16"), (2, None)])
def test_a_format_that_would_clip_warns_and_offers_float(workbench, tmp_path, answer, subtype):
    program = workbench
    soundfile.write(tmp_path / "loud.wav", tone_mix(1.0) * 30, 8000, subtype="FLOAT")
    program.window.show()
    program.desk.opening.open(tmp_path / "loud.wav")
    assert pump(program.application, lambda: program.desk.document.recording, 5)
    export(program, tmp_path / "out", 2)
    assert pump(program.application, lambda: program.window.findChild(QMessageBox, "clippingBox"), 10)
    box = program.window.findChild(QMessageBox, "clippingBox")
    assert not box.isModal() and "dB above full scale" in box.text()
    texts = ["Write 32-bit float", "Clip", "Cancel"]
    button = next(b for b in box.buttons() if b.text().replace("&", "") == texts[answer])
    QTest.mouseClick(button, LEFT)
    pump(program.application, lambda: (tmp_path / "out" / "loud mix.wav").exists() and not program.desk.runner.jobs, 3)
    if subtype is None:
        assert not (tmp_path / "out").exists()
        return
    assert soundfile.info(tmp_path / "out" / "loud mix.wav").subtype == subtype
    peak = np.abs(soundfile.read(tmp_path / "out" / "loud mix.wav")[0]).max()
    assert (peak > 1) == (subtype == "FLOAT")


def test_export_while_factorising_writes_one_consistent_moment(opened, tmp_path):
    program = opened
    program.desk.factorising.start(
        RunSettings(components=3, iterations=None), program.desk.document.state.analysis, True
    )
    assert pump(program.application, lambda: program.desk.document.run and program.desk.document.run.costs, 10)
    export(program, tmp_path / "out", 0)
    assert pump(program.application, lambda: len(list((tmp_path / "out").glob("*.wav"))) == 4, 20)
    parts = [soundfile.read(p)[0] for p in sorted((tmp_path / "out").glob("0*.wav"))]
    np.testing.assert_allclose(sum(parts), program.desk.document.recording.samples, atol=1e-5)
    program.desk.factorising.stop()
    assert pump(program.application, lambda: not program.desk.factorising.running, 5)


def test_export_offers_the_groups(factorised, tmp_path):
    program = factorised
    group(program, 0, 1)
    press(program, Qt.Key.Key_D)
    change_group(program.desk.document, "gain", program.desk.document.groups[0].id, gain_db=-6.0)
    program.window.exports.show_dialog(program.window.files.folder)
    dialog = program.window.findChild(QDialog, "exportDialog")
    assert (
        dialog.parts.groups.isVisible() and dialog.parts.groups.isChecked() and "3 files" in dialog.parts.groups.text()
    )
    assert "what is taken away" in dialog.parts.heard.text()
    dialog.files.folder.setText(str(tmp_path / "out"))
    dialog.parts.heard.setChecked(True)
    index = dialog.sound.loudness.findData("lufs")
    dialog.sound.loudness.setCurrentIndex(index)
    dialog.sound.loudness.activated.emit(index)
    dialog.sound.level.setValue(-23.0)
    QTest.mouseClick(dialog.go, LEFT)
    names = {"tones heard.wav", "tones mix.wav", "01 Group 1.wav", "02 Component 3.wav", "03 Component 4.wav"}
    assert pump(
        program.application,
        lambda: not program.desk.runner.jobs and {p.name for p in (tmp_path / "out").glob("*")} == names,
        10,
    )
    samples = program.desk.document.recording.samples
    parts = [soundfile.read(p, always_2d=True)[0] for p in sorted((tmp_path / "out").glob("0*.wav"))]
    assert residual_db(samples, sum(parts)) < -100
    assert "LUFS" in program.window.status.text()
    got = soundfile.read(tmp_path / "out" / "tones heard.wav", always_2d=True)[0]
    taken = render_all(program.desk.heard.scene())
    gain = np.sqrt(np.sum(got**2) / np.sum(taken**2))
    assert gain != pytest.approx(1.0, abs=0.01) and residual_db(taken * gain, got) < -100


def test_parts_after_the_faders_of_which_nothing_is_heard_are_told(factorised, tmp_path):
    program = factorised
    for layer in program.desk.document.layers:
        change_layer(program.desk.document, "mute", layer.id, mute=True)
    program.window.actions_.by_name["export"].trigger()
    dialog = program.window.findChild(QDialog, "exportDialog")
    dialog.files.folder.setText(str(tmp_path / "out"))
    dialog.parts.mix.setChecked(False)
    dialog.parts.faders.setCurrentIndex(1)
    QTest.mouseClick(dialog.go, LEFT)
    pump(program.application, seconds=0.05)
    assert "nothing to write" in program.window.notice.text.text() and not (tmp_path / "out").exists()


def asked_to_export(program):
    program.window.actions_.by_name["export"].trigger()
    return next(each for each in program.window.findChildren(QDialog, "exportDialog") if each.isVisible())


def test_the_next_export_begins_as_the_last_one_of_the_recording(factorised, tmp_path):
    program = factorised
    dialog = asked_to_export(program)
    assert (
        dialog.files.folder.text().endswith("tones parts")
        and dialog.parts.mix.isChecked()
        and dialog.parts.layers.isChecked()
    )
    dialog.files.folder.setText(str(tmp_path / "mine"))
    dialog.parts.mix.setChecked(False)
    dialog.parts.heard.setChecked(True)
    dialog.sound.format.setCurrentIndex(3)
    dialog.sound.loudness.setCurrentIndex(dialog.sound.loudness.findData("lufs"))
    dialog.sound.loudness.activated.emit(dialog.sound.loudness.currentIndex())
    dialog.sound.level.setValue(-20.0)
    chosen = dialog.choices()
    QTest.mouseClick(dialog.go, LEFT)
    assert pump(program.application, lambda: not program.desk.runner.jobs, 10)
    again = asked_to_export(program)
    assert again.choices() == chosen and again.parts.layers.isChecked()
    again.reject()
    pump(program.application)
    other = tmp_path / "other.wav"
    soundfile.write(other, tone_mix(0.5), 8000)
    program.desk.opening.open(other)
    assert pump(program.application, lambda: program.desk.document.recording.path == other, 10)
    fresh = asked_to_export(program)
    assert fresh.files.folder.text() == str(tmp_path / "mine" / "other parts"), (
        "no file takes another recording's place"
    )
    assert fresh.parts.heard.isChecked() and not fresh.parts.mix.isChecked() and fresh.sound.level.value() == -20.0
    fresh.reject()
    program.window._settings.setValue("exports", '{"x": {"nonsense": 1}}')
    pump(program.application)
    assert asked_to_export(program).parts.mix.isChecked(), "what can't be read is as if it were not there"


def test_the_dialog_follows_groups_and_what_is_heard_and_goes_with_its_recording(factorised, tmp_path):
    program = factorised
    dialog = asked_to_export(program)
    assert dialog.parts.groups.isHidden() and dialog.parts.layers.isChecked()
    program.desk.selection.select(program.desk.document.layers[1].id, add=True)
    program.window.actions_.by_name["group"].trigger()
    assert dialog.parts.groups.isVisible() and dialog.parts.groups.isChecked() and not dialog.parts.layers.isChecked()
    program.window.actions_.by_name["hearRemoved"].trigger()
    assert "what is taken away" in dialog.parts.heard.text()
    assert asked_to_export(program) is dialog
    soundfile.write(tmp_path / "other.wav", tone_mix(0.5), 8000)
    program.desk.document.open(
        program.desk.document.recording.__class__(tone_mix(1.0, 16000), 16000, tmp_path / "other.wav"),
        program.desk.document.levels,
    )
    assert not dialog.isVisible()


def test_a_folder_that_can_not_be_is_told_before_anything_is_written(factorised, tmp_path):
    program = factorised
    (tmp_path / "file").write_text("mine")
    dialog = asked_to_export(program)
    for text, said in (
        ("  ", "There is no folder for the files yet"),
        ("parts", "“parts” does not say where it is"),
        (str(tmp_path / "file" / "below"), f"“{tmp_path / 'file'}” is a file"),
    ):
        dialog.files.folder.setText(text)
        QTest.mouseClick(dialog.go, LEFT)
        assert dialog.isVisible() and said in dialog.notice.text() and not program.desk.exporting.running
    dialog.files.folder.setText(f" {tmp_path / 'new' / 'deep'} ")
    QTest.mouseClick(dialog.go, LEFT)
    assert pump(program.application, lambda: len(list((tmp_path / "new" / "deep").glob("*.wav"))) == 5, 10)
    assert pump(program.application, lambda: not program.desk.runner.jobs, 10)


def test_an_export_that_fails_is_read_about_before_the_window_goes(opened, tmp_path):
    program, window = opened, opened.window
    (tmp_path / "out" / "tones mix.wav").mkdir(parents=True)
    export(program, tmp_path / "out", 0)
    window.close()
    (box,) = window.findChildren(QMessageBox, "writingBox")
    QTest.mouseClick(box.defaultButton(), LEFT)
    assert pump(program.application, lambda: window.notice.isVisible(), 10)
    assert not pump(program.application, lambda: not window.isVisible(), 0.3)


def test_what_would_clip_is_decided_upon_before_the_window_goes(workbench, tmp_path):
    program, window = workbench, workbench.window
    soundfile.write(tmp_path / "loud.wav", tone_mix(1.0) * 30, 8000, subtype="FLOAT")
    window.show()
    program.desk.opening.open(tmp_path / "loud.wav")
    assert pump(program.application, lambda: program.desk.document.recording, 5)
    export(program, tmp_path / "out", 2)
    window.close()
    (box,) = window.findChildren(QMessageBox, "writingBox")
    QTest.mouseClick(box.defaultButton(), LEFT)
    assert pump(program.application, lambda: window.findChildren(QMessageBox, "clippingBox"), 10)
    assert not pump(program.application, lambda: not window.isVisible(), 0.3)
    (question,) = window.findChildren(QMessageBox, "clippingBox")
    QTest.mouseClick(next(b for b in question.buttons() if "float" in b.text()), LEFT)
    assert pump(program.application, lambda: not window.isVisible(), 10)
    assert len(list((tmp_path / "out").glob("*.wav"))) == 2


@pytest.mark.parametrize("answer", ["Quit when they are done", "Quit without them", "Cancel"])
def test_quitting_while_files_are_written_asks(opened, tmp_path, answer):
    program, window = opened, opened.window
    export(program, tmp_path / "out", 0)
    window.close()
    window.close()
    pump(program.application, lambda: window.findChildren(QMessageBox, "writingBox"), 1)
    (box,) = window.findChildren(QMessageBox, "writingBox")
    assert window.isVisible() and box.isModal()
    QTest.mouseClick(next(b for b in box.buttons() if b.text().replace("&", "") == answer), LEFT)
    if answer == "Cancel":
        assert pump(program.application, lambda: not program.desk.runner.jobs, 10) and window.isVisible()
    assert pump(program.application, lambda: window.isVisible() == (answer == "Cancel"), 10)
    if answer != "Quit without them":
        assert len(list((tmp_path / "out").glob("*.wav"))) == 2


def test_a_recording_far_above_full_scale_is_told_and_can_be_written_as_loud_as_it_was(workbench, tmp_path):
    program, samples = workbench, tone_mix(1.0) * 32768
    soundfile.write(tmp_path / "loud.wav", samples, 8000, subtype="FLOAT")
    program.window.show()
    program.desk.opening.open(tmp_path / "loud.wav")
    assert pump(program.application, lambda: program.desk.document.recording, 5)
    assert "above full scale" in program.window.notice.text.text()
    assert np.abs(program.desk.document.recording.samples).max() <= 1, "nothing above full scale goes to a device"
    program.window.exports.show_dialog(tmp_path)
    dialog = program.window.findChild(QDialog, "exportDialog")
    dialog.files.folder.setText(str(tmp_path / "out"))
    dialog.sound.loudness.setCurrentIndex(dialog.sound.loudness.findText("as loud as the file"))
    dialog.sound.loudness.activated.emit(dialog.sound.loudness.currentIndex())
    level = program.desk.document.recording.level_db
    assert not dialog.sound.level.isEnabled() and dialog.sound.level.value() == pytest.approx(level, abs=0.05)
    QTest.mouseClick(dialog.go, LEFT)
    wrote = tmp_path / "out" / "loud mix.wav"
    assert pump(program.application, lambda: wrote.exists() and not program.desk.runner.jobs, 10)
    np.testing.assert_allclose(soundfile.read(wrote)[0], samples, atol=1e-6 * np.abs(samples).max())
