"""Opening, saving, and what is asked before work is lost, by real events (offscreen)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from tests.acting import change_layer
from tests.conftest import pump, tone_mix
from tests.ui.gestures import LEFT, dialog, drag, middle, press, settle
from workbench.separation.settings import RunSettings


def test_the_dialog_for_saving_knows_so_when_it_is_shown(factorised):
    """A dialog of the platform takes what it is told before, and nothing afterwards."""
    seen = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Show and isinstance(watched, QFileDialog):
                name = Path(watched.selectedFiles()[0]).name
                seen.append((watched.acceptMode(), watched.defaultSuffix(), name, watched.windowModality()))
            return False

    watch = Watch()
    factorised.application.installEventFilter(watch)
    press(factorised, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    factorised.application.removeEventFilter(watch)
    stem = factorised.desk.document.recording.path.stem
    save = QFileDialog.AcceptMode.AcceptSave
    assert seen == [(save, "workbench", f"{stem}.workbench", Qt.WindowModality.NonModal)]
    dialog(factorised, "saveDialog").reject()


@pytest.mark.parametrize("kind", ["text", "empty", "folder", "missing"])
def test_bad_input_is_said_and_leaves_the_session_as_it_was(factorised, tmp_path, kind):
    path = tmp_path / "bad.wav"
    if kind == "text":
        path.write_text("words " * 100)
    elif kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    state = factorised.desk.document.state
    factorised.desk.opening.open(path)
    assert pump(factorised.application, factorised.window.notice.isVisible, 5)
    assert "bad.wav" in factorised.window.notice.text.text()
    assert factorised.desk.document.state is state


def test_damaged_sound_opens_with_a_remark(workbench, tmp_path):
    x = tone_mix(1.0)
    x[5] = np.nan
    soundfile.write(tmp_path / "nan.wav", x, 8000, subtype="FLOAT")
    workbench.window.show()
    workbench.desk.opening.open(tmp_path / "nan.wav")
    assert pump(workbench.application, workbench.window.notice.isVisible, 5)
    assert workbench.desk.document.recording is not None and "not finite" in workbench.window.notice.text.text()


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
    workbench.desk.opening.open(tmp_path / "odd.wav")
    assert pump(workbench.application, lambda: workbench.desk.document.recording, 5)
    workbench.window.panes.factorise.iterations.setValue(5)
    workbench.desk.wishes.factorise(True)
    assert pump(
        workbench.application, lambda: workbench.desk.document.run and not workbench.desk.factorising.running, 10
    )
    press(workbench, Qt.Key.Key_B)
    drag(workbench, middle(workbench), middle(workbench) + QPoint(30, 5))
    workbench.window.grab()
    stack = workbench.desk.document.stack
    masks = stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)


def test_project_round_trip_through_the_window(factorised, tmp_path):
    program = factorised
    press(program, Qt.Key.Key_B)
    drag(program, middle(program), middle(program) + QPoint(50, 0))
    assert program.desk.document.dirty and program.window.isWindowModified()
    program.desk.saving.save(tmp_path / "mine")
    assert pump(program.application, lambda: not program.desk.document.dirty, 5)
    layers, before = program.desk.document.layers, program.desk.document.stack
    program.desk.opening.open(tmp_path / "mine.workbench")
    assert pump(program.application, lambda: program.desk.document.stack is not before, 5)
    assert program.desk.document.layers == layers and not program.desk.document.dirty
    rows, columns = np.arange(before.bins), np.arange(before.frames)
    np.testing.assert_array_equal(program.desk.document.stack.evaluate(rows, columns), before.evaluate(rows, columns))


def test_closing_with_unsaved_work_asks(factorised):
    program = factorised
    program.window.close()
    pump(program.application)
    assert program.window.isVisible()
    box = program.window.findChild(QMessageBox, "unsavedBox")
    assert box is not None and box.windowModality() is Qt.WindowModality.WindowModal
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Cancel), LEFT)
    pump(program.application)
    assert program.window.isVisible()
    program.window.close()
    pump(program.application)
    box = next(b for b in program.window.findChildren(QMessageBox, "unsavedBox") if b.isVisible())
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Discard), LEFT)
    assert pump(program.application, lambda: not program.window.isVisible(), 5)


def test_opening_another_recording_while_factorising_starts_clean(opened, tmp_path):
    program = opened
    program.desk.factorising.start(
        RunSettings(components=3, iterations=None), program.desk.document.state.analysis, True
    )
    assert pump(program.application, lambda: program.desk.document.run and program.desk.document.run.costs, 10)
    soundfile.write(tmp_path / "other.wav", tone_mix(1.0), 8000)
    program.desk.opening.open(tmp_path / "other.wav")
    assert pump(program.application, lambda: program.desk.document.recording.rate == 8000, 10)
    assert pump(program.application, lambda: not program.desk.runner.jobs, 10)
    assert [layer.name for layer in program.desk.document.layers] == ["Everything"] and not program.desk.document.dirty


def test_only_the_newest_of_two_openings_counts(opened, tmp_path):
    program = opened
    soundfile.write(tmp_path / "long.wav", tone_mix(60.0, 44100), 44100)
    soundfile.write(tmp_path / "short.wav", tone_mix(0.5), 8000)
    program.desk.opening.open(tmp_path / "long.wav")
    program.desk.opening.open(tmp_path / "short.wav")
    assert pump(program.application, lambda: not program.desk.runner.jobs, 20)
    assert program.desk.document.recording.path.name == "short.wav"


def test_work_done_while_another_file_loads_is_asked_about(factorised, recording_file):
    program = factorised
    program.desk.document.mark_saved(program.desk.document.recorded_state, program.desk.document.runs, recording_file)
    program.desk.opening.open(recording_file)
    change_layer(program.desk.document, "Mute", program.desk.document.layers[0].id, mute=True)
    assert pump(program.application, lambda: program.window.findChild(QMessageBox, "unsavedBox"), 10)
    assert program.desk.document.layers[0].mute
    box = program.window.findChild(QMessageBox, "unsavedBox")
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Cancel), LEFT)


def test_a_project_saved_late_does_not_name_another_recording(factorised, tmp_path):
    program = factorised
    soundfile.write(tmp_path / "other.wav", tone_mix(0.5), 8000)
    recording = program.desk.document.recording
    program.desk.saving.save(tmp_path / "mine.workbench")
    job = program.desk.runner.jobs[-1]
    job.wait(5)
    program.desk.document.open(
        recording.__class__(recording.samples[:8000], 16000, tmp_path / "other.wav"), program.desk.document.levels
    )
    assert pump(program.application, lambda: not program.desk.runner.jobs, 5)
    assert program.desk.document.path is None


def test_saving_at_the_end_stops_the_factorisation_and_asks_no_second_time(opened, tmp_path):
    program = opened
    program.desk.factorising.start(
        RunSettings(components=3, iterations=None), program.desk.document.state.analysis, True
    )
    assert pump(program.application, lambda: program.desk.document.run and program.desk.document.run.costs, 10)
    program.desk.saving.save(tmp_path / "mine.workbench")
    assert pump(program.application, lambda: program.desk.document.path, 5)
    assert pump(program.application, lambda: program.desk.document.dirty, 10), "the run went on"
    program.window.close()
    box = program.window.findChild(QMessageBox, "unsavedBox")
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Save), LEFT)
    assert pump(program.application, lambda: not program.window.isVisible(), 10)
    assert not program.desk.document.dirty


def box_answered(program, name, answer):
    """Answer a question, once it is asked; gives what it said."""
    found = program.window.findChildren
    assert pump(program.application, lambda: any(b.isVisible() for b in found(QMessageBox, name)), 10)
    box = next(b for b in found(QMessageBox, name) if b.isVisible())
    text = box.text()
    QTest.mouseClick(next(b for b in box.buttons() if b.text().replace("&", "").startswith(answer)), LEFT)
    pump(program.application)
    return text


def test_a_recording_that_was_renamed_can_be_found_by_hand(factorised, recording_file, tmp_path):
    program, project = factorised, tmp_path / "p.workbench"
    program.desk.saving.save(project)
    settle(program)
    recording_file.rename(tmp_path / "renamed.wav")
    program.desk.opening.open(project)
    assert "tones.wav" in box_answered(program, "lostBox", "Find the recording")
    chooser = dialog(program, "findRecordingDialog")
    chooser.filesSelected.emit([str(tmp_path / "renamed.wav")])
    chooser.close()
    document = program.desk.document
    assert pump(program.application, lambda: document.recording.path.name == "renamed.wav", 10)
    assert document.path == project and len(document.layers) == 4
    assert not program.window.notice.isVisible()


def test_a_project_that_somebody_else_wrote_meanwhile_is_not_replaced_without_asking(factorised, tmp_path):
    program, project = factorised, tmp_path / "p.workbench"
    document = program.desk.document
    program.desk.saving.save(project)
    settle(program)
    change_layer(document, "name", document.layers[0].id, name="mine")
    press(program, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(program)
    assert not document.dirty, "it is this window's own"
    theirs = project.read_bytes()
    # As another window does it: beside, and renamed.
    (tmp_path / "other").write_bytes(theirs)
    (tmp_path / "other").replace(project)
    change_layer(document, "name", document.layers[0].id, name="mine, again")
    for answer in ("Cancel", "Replace it"):
        assert project.read_bytes() == theirs and document.dirty
        press(program, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert "p.workbench" in box_answered(program, "changedBox", answer)
        settle(program)
    assert project.read_bytes() != theirs and not document.dirty
    # A file that is gone is written again.
    project.unlink()
    change_layer(document, "name", document.layers[0].id, name="mine, once more")
    press(program, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(program)
    assert project.exists()
