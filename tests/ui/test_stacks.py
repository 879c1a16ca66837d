"""Several stacks: made, shown, renamed, removed, copied between; by real events (offscreen)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from tests.ui.gestures import CTRL, dialog, drag, mask_under, middle, press, settle


def test_stacks_are_made_shown_by_key_renamed_and_removed(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    painted = mask_under(program, 0, at + QPoint(20, 0))
    program.window.actions_.by_name["duplicateStack"].trigger()
    assert document.state.present.name == "Factorisation copy"
    drag(program, at, at + QPoint(40, 0), keys=CTRL)
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(0, abs=1e-3)
    steps = document.step
    press(program, Qt.Key.Key_PageUp)
    assert document.state.present.name == "Factorisation"
    assert mask_under(program, 0, at + QPoint(20, 0)) == painted
    press(program, Qt.Key.Key_PageDown)
    assert document.state.present.name == "Factorisation copy" and document.step == steps, "looking is no step"
    box = program.window.panes.stack.stacks
    assert [box.itemText(i) for i in range(box.count())] == ["Factorisation", "Factorisation copy"]
    program.window.panes.stack.rename_stack()
    name = dialog(program, "renameStackDialog")
    name.setTextValue("Try")
    name.accept()
    assert document.state.present.name == "Try" and box.currentText() == "Try"
    program.window.actions_.by_name["removeStack"].trigger()
    assert document.state.present.name == "Factorisation" and len(document.state.stacks) == 1
    program.window.actions_.by_name["removeStack"].trigger()
    assert "last stack stays" in program.window.notice.text.text()
    for _ in range(3):
        press(program, Qt.Key.Key_Z, CTRL)
    assert [each.name for each in document.state.stacks] == ["Factorisation", "Factorisation copy"]


def test_a_mask_copied_to_another_stack_takes_from_the_layers_there(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    value = mask_under(program, 2, at)
    program.desk.selection.select(document.layers[2].id)
    press(program, Qt.Key.Key_N, CTRL | Qt.KeyboardModifier.AltModifier)
    assert [layer.name for layer in document.layers] == ["Everything"]
    press(program, Qt.Key.Key_PageUp)
    program.desk.selection.select(document.layers[2].id)
    menu = program.window.menuBar().findChild(QMenu, "copyToStackMenu")
    assert [action.text() for action in menu.actions()] == ["Factorisation 2"]
    menu.actions()[0].trigger()
    settle(program)
    press(program, Qt.Key.Key_PageDown)
    assert [layer.name for layer in document.layers] == ["Everything", "Component 3"]
    assert mask_under(program, 1, at) == pytest.approx(value, abs=1e-6)
    assert mask_under(program, 0, at) == pytest.approx(1 - value, abs=1e-6)


def test_a_stack_remembers_its_selected_layer(factorised):
    program, document = factorised, factorised.desk.document
    program.window.actions_.by_name["duplicateStack"].trigger()
    program.desk.selection.select(document.layers[3].id)
    press(program, Qt.Key.Key_PageUp)
    program.desk.selection.select(document.layers[1].id)
    press(program, Qt.Key.Key_PageDown)
    assert program.desk.selection.index == 3
    press(program, Qt.Key.Key_PageUp)
    assert program.desk.selection.index == 1
