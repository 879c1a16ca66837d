"""No dialog holds the window up: each is opened as a user opens it, while sound could play (offscreen)."""

from __future__ import annotations

import pytest
import soundfile
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget

from tests.acting import change_layer
from tests.conftest import pump, tone_mix
from tests.rig import missing_programs, null_sink
from tests.ui.gestures import LEFT, dialog, settle

OPENERS = ("keys", "manual", "glossary")
"""Actions that open a dialog though nothing is asked in it: their names do not end in …"""


def visible(program) -> set[QDialog]:
    return {each for each in program.application.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()}


def opens(program, act, name: str = "", holds: bool = False) -> QDialog:
    """Do an act that opens a dialog, at once or when a job is done; the act does not wait for it. Answers the dialog.

    None holds the window up, unless it is one that `holds` it.
    """
    before, turned, returned = visible(program), [], []

    def turn() -> None:
        turned.append(True)
        held = QApplication.activeModalWidget()
        if held is not None and not returned:
            held.close()

    # An event loop within the act would come to it before the act returns.
    QTimer.singleShot(0, turn)
    act()
    returned.append(True)
    assert not turned, "an event loop within the act"
    assert pump(program.application, lambda: visible(program) - before, 30)
    (found,) = visible(program) - before
    assert found.isModal() == holds, found.objectName()
    assert QApplication.activeModalWidget() is (found if holds else None)
    assert found.objectName() and (not name or found.objectName() == name)
    return found


def close(program, found: QDialog) -> None:
    found.close()
    settle(program)


def test_what_ends_in_dots_opens_a_dialog_and_none_is_modal(factorised):
    program, actions = factorised, factorised.window.actions_.by_name
    asking = [name for name, action in actions.items() if action.text().partition("\t")[0].endswith("…")]
    assert len(asking) > 10
    seen = []
    for name in (*asking, *OPENERS):
        found = opens(program, actions[name].trigger)
        seen.append(found.objectName())
        close(program, found)
    assert len(set(seen)) == len(seen)


def test_choosing_a_colour_is_not_modal(factorised):
    program, row = factorised, factorised.window.panes.stack.rows[1]
    found = opens(program, lambda: QTest.mouseClick(row.colour, LEFT), "colourDialog")
    found.setCurrentColor("#123456")
    found.accept()
    assert program.desk.document.layers[1].colour == "#123456"


def test_the_question_about_unsaved_work_keeps_the_window_from_going_on(factorised):
    program, document = factorised, factorised.desk.document
    change_layer(document, "mute", document.layers[0].id, mute=True)
    before = document.recorded_state
    program.desk.playback.play()
    for ask in (program.window.close, program.window.actions_.by_name["demo"].trigger):
        box = opens(program, ask, "unsavedBox", holds=True)
        assert box.windowModality() is Qt.WindowModality.WindowModal and box.parent() is program.window
        program.window.close()
        pump(program.application)
        (asked,) = (each for each in program.window.findChildren(QDialog, "unsavedBox") if each.isVisible())
        assert program.desk.playback.playing, "sound goes on"
        close(program, asked)
        assert program.window.isVisible() and document.recorded_state is before
        assert QApplication.activeModalWidget() is None, "and with the answer the window does"
    program.desk.playback.stop()


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("export", "exportDialog"),
        ("open", "openDialog"),
        ("saveAs", "saveDialog"),
        ("renameStack", "renameStackDialog"),
    ],
)
def test_what_is_asked_for_twice_is_open_once(factorised, action, name):
    program = factorised
    for _ in range(3):
        program.window.actions_.by_name[action].trigger()
        pump(program.application)
    (found,) = visible(program)
    assert found.objectName() == name
    close(program, found)


@pytest.mark.sound
@pytest.mark.skipif(bool(missing_programs("pulseaudio")), reason="PulseAudio is not installed")
def test_the_sound_dialog_tells_what_waits_how_soon_an_edit_is_heard_and_how_the_system_serves_it(factorised):
    program = factorised
    found = opens(program, program.window.actions_.by_name["sound"].trigger, "soundDialog")
    with null_sink(44100, refresh=False):
        program.desk.playback.set_loops(True)
        program.desk.playback.look_again()
        program.desk.playback.play()

        def shown(name: str) -> str:
            return found.findChild(QLabel, name).text()

        def milliseconds(name: str) -> float:
            text = shown(name)
            return float(text.removesuffix(" ms")) if text.endswith(" ms") else 0.0

        assert pump(program.application, lambda: milliseconds("soundRing") > 1500, 20)
        assert 20 < milliseconds("soundPath") < 350
        assert shown("soundPriority").split(";")[0] in ("Real time", "Raised", "Ordinary", "The system's own for sound")
        program.desk.playback.stop()
        assert pump(program.application, lambda: not program.desk.playback.playing, 10)
    close(program, found)


def test_the_question_about_clipping_is_not_modal(workbench, tmp_path):
    program = workbench
    soundfile.write(tmp_path / "loud.wav", tone_mix(1.0) * 30, 8000, subtype="FLOAT")
    program.window.show()
    program.desk.opening.open(tmp_path / "loud.wav")
    assert pump(program.application, lambda: program.desk.document.recording, 10)
    program.window.actions_.by_name["export"].trigger()
    export = dialog(program, "exportDialog")
    export.files.folder.setText(str(tmp_path / "out"))
    export.sound.format.setCurrentIndex(2)
    close(program, opens(program, lambda: QTest.mouseClick(export.go, LEFT), "clippingBox"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("action", "owner", "button"),
    [
        ("export", "exportDialog", "exportBrowse"),
        ("references", "referencesDialog", "referencesAdd"),
        ("suggestGroups", "suggestDialog", "suggestFiles"),
    ],
)
def test_the_choosers_of_dialogs_are_not_modal(factorised, action, owner, button):
    program = factorised
    first = opens(program, program.window.actions_.by_name[action].trigger, owner)
    chooser = opens(program, lambda: first.findChild(QWidget, button).click())
    assert first.isVisible()
    close(program, chooser)
    close(program, first)


def test_the_choosers_of_the_settings_are_not_modal(factorised):
    program = factorised
    settings = opens(program, program.window.actions_.by_name["allSettings"].trigger, "settingsDialog")
    program.desk.wishes.set(method="patterns", templates="drums", activations="events")
    pump(program.application)
    buttons = [each for each in settings.findChildren(QPushButton) if each.text().endswith("…")]
    assert len(buttons) >= 2, "for the drums and for the onsets"
    for button in buttons:
        close(program, opens(program, button.click))
    close(program, settings)


def test_the_memory_of_recordings_is_the_users_to_say(opened, monkeypatch):
    from workbench.scratch import USUAL

    monkeypatch.setattr(USUAL, "budget", USUAL.budget)
    opened.window.actions_["memory"].trigger()
    found = dialog(opened, "memoryDialog")
    found.budget.setValue(100)
    assert USUAL.budget == 100 * 2**20 and "GB free" in found.disk.text()
    opened.window.memory.keep()
    USUAL.budget = 0
    opened.window.memory.restore()
    assert USUAL.budget == 100 * 2**20, "and it is remembered"
