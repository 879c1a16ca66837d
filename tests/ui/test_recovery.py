"""What the window offers after an end that came early, of damaged projects, and of what was open lately."""

from __future__ import annotations

import shutil

import pytest
import soundfile
from PySide6.QtCore import QCoreApplication, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QMessageBox

from tests.acting import change_layer
from tests.conftest import pump, tone_mix
from workbench.app import build
from workbench.document.journal.recovery import left_behind as held_back
from workbench.document.project import load_project
from workbench.document.versions import versions_of


@pytest.fixture
def start(tmp_path):
    """Starts the program with a folder of its own."""
    programs = []

    def begin(home="home"):
        settings = QSettings(str(tmp_path / f"{home}.ini"), QSettings.Format.IniFormat)
        program = build(["test"], settings, tmp_path / home)
        program.window.show()
        programs.append(program)
        return program

    yield begin
    for program in programs:
        program.window.close_now()
        program.close()
        program.window.deleteLater()
        pump(program.application)
        QCoreApplication.sendPostedEvents(None)
        assert not program.reporter.reports, "\n".join(program.reporter.reports)


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, tone_mix(1.0, 8000), 8000, subtype="PCM_16")
    return path


def left_behind(home):
    """What is offered, to this program and to others."""
    out = held_back(home)
    for each in out:
        each.release()
    return out


def opened(program, path):
    before = program.desk.document.recording
    program.window.files.open(path)
    assert pump(program.application, lambda: program.desk.document.recording is not before, 20)
    pump(program.application, lambda: not program.desk.runner.jobs, 20)
    return program


def saved(program, path, **more):
    program.desk.saving.save(path, **more)
    assert pump(program.application, lambda: not program.desk.saving.saving and path.exists(), 20)
    pump(program.application)


def dialog(program, name, kind=QDialog):
    pump(program.application, lambda: program.window.findChild(kind, name) is not None, 5)
    return program.window.findChild(kind, name)


def test_unsaved_work_is_shown_and_taken_up_by_return(start, song, tmp_path):
    first = opened(start(), song)
    document = first.desk.document
    change_layer(document, "Rename it", document.layers[0].id, name="Bläser")
    assert first.desk.journalling.settle()
    shutil.copytree(tmp_path / "home", tmp_path / "killed")
    second = start("killed")
    second.desk.journalling.look()
    shown = dialog(second, "recoveryDialog")
    assert shown.isVisible() and not shown.isModal()
    assert "song.wav" in shown.list.item(0).text() and "Rename it" in shown.list.item(0).text()
    QTest.keyClick(shown.list, Qt.Key.Key_Return)
    assert pump(second.application, lambda: second.desk.document.recording is not None, 20)
    assert second.desk.document.layers[0].name == "Bläser" and second.window.isWindowModified()
    pump(second.application, lambda: not second.desk.runner.jobs, 20)
    # What is open is not offered again; closed by the user without saving, it is gone.
    home = tmp_path / "killed" / "journals"
    assert pump(second.application, lambda: len(list(home.iterdir())) == 1, 10) and left_behind(home) == []


def test_unsaved_work_is_discarded_only_after_asking_and_stays_otherwise(start, song, tmp_path):
    first = opened(start(), song)
    change_layer(first.desk.document, "Rename", first.desk.document.layers[0].id, name="Bläser")
    assert first.desk.journalling.settle()
    shutil.copytree(tmp_path / "home", tmp_path / "killed")
    second = start("killed")
    second.desk.journalling.look()
    shown = dialog(second, "recoveryDialog")
    shown.later.click()
    assert len(left_behind(tmp_path / "killed" / "journals")) == 1
    second.desk.journalling.look()
    pump(second.application, lambda: not second.desk.runner.jobs, 10)
    shown = [each for each in second.window.findChildren(QDialog, "recoveryDialog") if each.isVisible()][-1]
    QTest.keyClick(shown.list, Qt.Key.Key_Delete)
    box = shown.findChild(QMessageBox, "discardBox")
    assert len(list((tmp_path / "killed" / "journals").iterdir())) == 1
    assert left_behind(tmp_path / "killed" / "journals") == [], "another window does not offer what this one does"
    box.button(QMessageBox.StandardButton.Discard).click()
    pump(second.application)
    assert left_behind(tmp_path / "killed" / "journals") == []
    assert not [each for each in second.window.findChildren(QDialog, "recoveryDialog") if each.isVisible()]


def test_a_damaged_project_opens_to_a_version_or_to_what_is_rescued(start, song, tmp_path):
    program = opened(start(), song)
    document, path = program.desk.document, tmp_path / "mine.workbench"
    saved(program, path)
    change_layer(document, "Rename", document.layers[0].id, name="later")
    saved(program, path)
    assert len(versions_of(path)) == 1
    data = path.read_bytes()
    program.window.files.open(song)
    pump(program.application, lambda: document.path is None, 20)
    path.write_bytes(data[: len(data) - 60])
    for chosen, name in ((0, "Everything"), (1, "later")):
        program.window.files.open(path)
        assert pump(program.application, lambda: program.window.findChildren(QMessageBox, "damagedBox"), 10)
        box = program.window.findChildren(QMessageBox, "damagedBox")[-1]
        buttons = [each for each in box.buttons() if box.buttonRole(each) == QMessageBox.ButtonRole.AcceptRole]
        assert len(buttons) == 2 and buttons[1].text().startswith("Rescue")
        before = document.recording
        buttons[chosen].click()
        assert pump(program.application, lambda before=before: document.recording is not before, 20)
        assert document.layers[0].name == name and document.path is None and document.dirty
        document.mark_saved(document.recorded_state, document.runs, tmp_path / "other.workbench")


def test_what_was_open_lately_is_in_the_menu_and_in_the_empty_window(start, song, tmp_path):
    first = opened(start(), song)
    saved(first, tmp_path / "mine & yours.workbench")
    first.window.close_now()
    second = start()
    cards = second.window.invitation.recent
    assert cards.isVisible() and cards.count() == 2 and "mine & yours" in cards.item(0).text()
    menu = second.window.findChild(QMenu, "recentMenu")
    menu.aboutToShow.emit()
    names = [each.text() for each in menu.actions()]
    assert "mine && yours.workbench" in names[0] and "song.wav" in names[1]
    QTest.keyClick(cards, Qt.Key.Key_Return)
    assert pump(second.application, lambda: second.desk.document.recording is not None, 20)
    assert second.desk.document.path == tmp_path / "mine & yours.workbench"
    menu.aboutToShow.emit()
    menu.findChild(object, "forgetRecent").trigger()
    menu.aboutToShow.emit()
    assert [each.isEnabled() for each in menu.actions()] == [False]


def test_the_save_dialog_puts_the_recording_inside(start, song, tmp_path):
    program = opened(start(), song)
    program.window.saves.save_as()
    shown = dialog(program, "saveDialog", QFileDialog)
    assert len(shown.nameFilters()) == 2
    shown.selectNameFilter(shown.nameFilters()[1])
    shown.filesSelected.emit([str(tmp_path / "sent.workbench")])
    assert pump(program.application, lambda: (tmp_path / "sent.workbench").exists(), 20)
    pump(program.application, lambda: not program.desk.saving.saving, 20)
    shown.close()
    found = load_project(tmp_path / "sent.workbench")
    assert found.embedded is not None and program.desk.document.embedded is not None
    # Saved again it stays so.
    song.unlink()
    change_layer(program.desk.document, "Rename", program.desk.document.layers[0].id, name="again")
    program.window.saves.save()
    pump(program.application, lambda: not program.desk.document.dirty, 20)
    found = load_project(tmp_path / "sent.workbench")
    assert found.embedded is not None and found.state.layers[0].name == "again" and len(found.sound().samples) == 8000
