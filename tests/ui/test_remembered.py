"""Selections that are remembered by name, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, dialog, drag, middle, press, select_rectangle

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def boxed(factorised):
    select_rectangle(factorised)
    return factorised


def names(program) -> list[str]:
    return [each.name for each in program.desk.document.state.remembered]


def key(program, which, keys):
    """A key of the window, which is clicked first: the list has its own keys."""
    program.window.activateWindow()
    program.window.panes.spectrogram.setFocus()
    assert pump(program.application, lambda: QApplication.activeWindow() is program.window, 5)
    press(program, which, keys)


def remember(program, name: str):
    """Ctrl+Alt+S, and the name typed into the list."""
    key(program, Qt.Key.Key_S, CTRL | ALT)
    found = dialog(program, "rememberedDialog")
    editor = found.list.findChild(QLineEdit)
    assert editor is not None, "the name can be typed at once"
    editor.selectAll()
    QTest.keyClicks(editor, name)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    pump(program.application)
    return found


def choose(program, found, row: int, keys=NONE):
    """Return on an entry, with keys held."""
    found.list.setFocus()
    found.list.setCurrentRow(row)
    QTest.keyClick(found.list, Qt.Key.Key_Return, keys)
    if keys != NONE:
        QTest.keyClick(found.list, Qt.Key.Key_Control)
    pump(program.application)


def test_one_is_remembered_by_the_name_that_is_typed_and_taken_again(boxed):
    program, before = boxed, boxed.desk.selection.area
    found = remember(program, "Voice")
    assert names(program) == ["Voice"] and [found.list.item(0).text()] == ["Voice"]
    key(program, Qt.Key.Key_D, CTRL)
    choose(program, found, 0)
    assert program.desk.selection.area is before
    assert program.desk.document.undo_name == "Select “Voice”"
    key(program, Qt.Key.Key_Z, CTRL)
    assert program.desk.selection.area is None


def test_shift_adds_it_ctrl_subtracts_it_and_both_intersect(boxed):
    program, at, one = boxed, middle(boxed), boxed.desk.selection.area
    found = remember(program, "one")
    drag(program, at + QPoint(100, -40), at + QPoint(200, 40))
    two = program.desk.selection.area
    for keys, expected in ((SHIFT, one.union(two)), (CTRL, two), (SHIFT, one.union(two)), (SHIFT | CTRL, one)):
        choose(program, found, 0, keys)
        assert program.desk.selection.area.same_as(expected), keys
    steps = [step.name for step in program.desk.document.steps[-4:]]
    assert steps[:2] == ["Add to the selection", "Subtract from the selection"]
    assert steps[-1] == "Intersect with the selection"


def test_they_are_renamed_and_taken_away_and_undo_brings_them_back(boxed):
    program = boxed
    found = remember(program, "one")
    remember(program, "two")
    found = dialog(program, "rememberedDialog")
    assert names(program) == ["one", "two"]
    found.list.setFocus()
    found.list.setCurrentRow(0)
    QTest.keyClick(found.list, Qt.Key.Key_F2)
    editor = found.list.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "  ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    pump(program.application)
    assert names(program) == ["one", "two"] and found.list.item(0).text() == "one", "an empty name is none"
    found.list.setCurrentRow(1)
    QTest.keyClick(found.list, Qt.Key.Key_Delete)
    pump(program.application)
    assert names(program) == ["one"] and found.list.count() == 1
    QTest.mouseClick(found.forget, LEFT)
    assert names(program) == [] and not found.take.isEnabled() and found.invitation.isVisible()
    key(program, Qt.Key.Key_Z, CTRL)
    key(program, Qt.Key.Key_Z, CTRL)
    assert names(program) == ["one", "two"] and found.list.count() == 2


def test_with_nothing_selected_it_says_what_to_do(factorised):
    press(factorised, Qt.Key.Key_S, CTRL | ALT)
    assert "Select something first" in factorised.window.notice.text.text()
    assert not [each for each in QApplication.topLevelWidgets() if each.objectName() == "rememberedDialog"]
    press(factorised, Qt.Key.Key_A, CTRL | ALT)
    found = dialog(factorised, "rememberedDialog")
    assert found.invitation.isVisible() and not found.take.isEnabled()
    QTest.mouseClick(found.remember, LEFT)
    assert names(factorised) == []


def test_the_project_has_them(boxed, tmp_path):
    program = boxed
    remember(program, "Voice")
    area = program.desk.selection.area
    program.desk.saving.save(tmp_path / "work.workbench")
    assert pump(program.application, lambda: not program.desk.document.dirty, 20)
    program.desk.opening.open(tmp_path / "work.workbench")
    assert pump(program.application, lambda: program.desk.selection.area not in (None, area), 20)
    assert program.desk.selection.area.same_as(area) and names(program) == ["Voice"]
    assert dialog(program, "rememberedDialog").list.count() == 1
    span = program.desk.selection.seconds
    assert program.desk.playback.looped == pytest.approx(span), "what was selected plays over and over"
