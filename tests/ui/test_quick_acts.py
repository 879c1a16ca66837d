"""Quick acts, one upon the other: nothing raises, nothing piles up (offscreen)."""

from __future__ import annotations

import gc
import threading

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from tests.conftest import pump
from tests.ui.gestures import CTRL, dialog, press, settle

FIRST, MORE = 8, 32
"""Rounds of some 25 acts."""


def open_dialogs(program, name: str) -> list[QDialog]:
    return [each for each in program.window.findChildren(QDialog, name) if each.isVisible()]


def suggested(program) -> QDialog:
    press(program, Qt.Key.Key_G, CTRL)
    assert pump(program.application, lambda: open_dialogs(program, "suggestDialog"), 20)
    return dialog(program, "suggestDialog")


def test_tones_and_hits_that_were_moved_last_are_not_made_of_another_recording(factorised, recording_file):
    program, document = factorised, factorised.desk.document
    program.window.dialogs.tones_and_hits()
    assert pump(program.application, lambda: len(document.state.stacks) == 2, 20)
    before = document.recording
    program.desk.opening.open(recording_file)
    slider = dialog(program, "tonesDialog").harmonic

    def opened_while_it_moves() -> bool:
        if document.recording is before:
            QTest.keyClick(slider, Qt.Key.Key_Right)
        return document.recording is not before

    assert pump(program.application, opened_while_it_moves, 10)
    settle(program)
    assert document.recording is not before and len(document.state.stacks) == 1 and not document.dirty


# -- suggested groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["close", "accept", "reject"])
def test_a_suggestion_that_is_left_at_once(factorised, way):
    program, document = factorised, factorised.desk.document
    found = suggested(program)
    getattr(found, way)()
    settle(program)
    assert open_dialogs(program, "suggestDialog") == []
    assert bool(document.groups) == (way == "accept") == bool(document.recorded_state.groups)
    assert document.state is document.recorded_state


def test_another_recording_is_opened_while_groups_are_suggested(factorised, recording_file):
    program, document = factorised, factorised.desk.document
    before = document.recording
    suggested(program)
    program.desk.opening.open(recording_file)
    assert pump(program.application, lambda: document.recording is not before, 10)
    assert pump(program.application, lambda: not open_dialogs(program, "suggestDialog"), 10)
    settle(program)
    assert not document.groups and [layer.name for layer in document.layers] == ["Everything"]


def test_another_recording_is_opened_while_layers_are_compared(factorised, recording_file):
    program, document = factorised, factorised.desk.document
    before = document.recording
    press(program, Qt.Key.Key_G, CTRL)
    program.desk.opening.open(recording_file)
    assert pump(program.application, lambda: document.recording is not before, 10)
    settle(program)
    pump(program.application)
    assert open_dialogs(program, "suggestDialog") == [] and not document.groups


def test_undo_while_groups_are_suggested(factorised):
    program, document = factorised, factorised.desk.document
    press(program, Qt.Key.Key_N)
    suggested(program)
    assert document.groups
    # The layer goes that the suggestion counts with.
    document.undo()
    assert pump(program.application, lambda: not open_dialogs(program, "suggestDialog"), 10)
    settle(program)
    assert not document.groups and len(document.layers) == 4
    document.undo()
    settle(program)
    assert document.state is document.recorded_state


@pytest.mark.parametrize("way", ["close", "accept", "reject"])
def test_undo_and_at_once_the_answer(factorised, way):
    program, document = factorised, factorised.desk.document
    press(program, Qt.Key.Key_N)
    found = suggested(program)
    document.undo()
    getattr(found, way)()
    settle(program)
    assert not document.recorded_state.groups and document.state is document.recorded_state


# -- the same wish over and over -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "name"),
    [("analyse", "analysisDialog"), ("suggestGroups", "suggestDialog"), ("suggest", "componentsDialog")],
)
def test_of_twelve_wishes_one_is_worked_on_one_waits_and_one_dialog_opens(factorised, action, name):
    program, runner = factorised, factorised.desk.runner
    settle(program)
    act, begun = program.window.actions_.by_name[action], []
    runner.started.connect(begun.append)
    for _ in range(12):
        act.trigger()
        pump(program.application, seconds=0.002)
        jobs = [job for job in runner.named_jobs if not job.cancelled]
        at_work = [job for job in runner.named_jobs if job.started]
        assert len(jobs) <= 1 and len(at_work) <= 1 and len(runner.named_jobs) <= 2
    assert begun, "there was work to pile up"
    assert pump(program.application, lambda: open_dialogs(program, name), 60)
    settle(program)
    first = dialog(program, name)
    act.trigger()
    settle(program)
    # The newer one takes the place of the older.
    assert dialog(program, name) is not first


# -- a thousand acts -------------------------------------------------------------------------------------


def counts(program) -> dict[str, int]:
    """What there is of all that could pile up."""
    settle(program)
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    pump(program.application, seconds=0.05)
    # What is measured a while after the last change may have begun meanwhile.
    assert pump(program.application, lambda: not program.desk.runner.jobs, 20)
    widgets = [each for each in gc.get_objects() if isinstance(each, QWidget) and shiboken6.isValid(each)]
    return {
        "windows": len(program.application.topLevelWidgets()),
        "widgets": len(program.application.allWidgets()),
        "threads": threading.active_count(),
        "jobs": len(program.desk.runner.jobs),
        "of no parent": sum(1 for each in widgets if each.parent() is None),
        "in the window": len(program.window.findChildren(QWidget)),
    }


def a_round(program, number: int) -> None:
    """Some 25 quick acts, after which all is as it was but for the history."""
    window, actions = program.window, program.window.actions_.by_name
    for name in ("newLayer", "newLayer", "group", "dissolve", "group", "undo", "undo", "redo", "deleteLayer"):
        actions[name].trigger()
    program.desk.stacks.add("Another")
    actions["previousStack"].trigger()
    actions["nextStack"].trigger()
    actions["removeStack"].trigger()
    while program.desk.document.step > 1:
        actions["undo"].trigger()
    menu = window.menuBar().findChild(QMenu, "layersMenu")
    menu.popup(window.mapToGlobal(QPoint(50, 50)))
    menu.close()
    openers = ("keys", "sound", "export", "allSettings", "shapeMask", "references", "renameStack")
    actions[openers[number % len(openers)]].trigger()
    for each in window.findChildren(QDialog):
        if each.isVisible():
            each.close()
    program.application.processEvents()


def test_after_a_thousand_quick_acts_there_is_no_more_than_before(factorised):
    program = factorised
    assert program.desk.document.step == 1
    # What is made once, at first use, is there by then.
    for number in range(FIRST):
        a_round(program, number)
    before = counts(program)
    for number in range(MORE):
        a_round(program, number)
    after = counts(program)
    assert after == before
    assert program.desk.document.step == 1 and len(program.desk.document.layers) == 4
