"""Suggested groups: shown, changed, accepted or left, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from tests.acting import change_layer
from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, press
from workbench.document.acts.stacks import duplicate_stack


def suggestion(program):
    press(program, Qt.Key.Key_G, CTRL)
    assert pump(program.application, lambda: program.window.findChild(QDialog, "suggestDialog"), 20)
    return program.window.findChild(QDialog, "suggestDialog")


def choose(box, data):
    index = box.findData(data)
    box.setCurrentIndex(index)
    box.activated.emit(index)


@pytest.mark.parametrize("how", ["timbre", "rhythm", "noise", "percussion", "low"])
def test_a_suggestion_is_shown_before_it_is_accepted(factorised, how):
    program, document = factorised, factorised.desk.document
    dialog = suggestion(program)
    choose(dialog.how, how)
    assert document.groups and not document.recorded_state.groups
    assert program.window.panes.stack.group_rows
    shown = [(layer.id, layer.group) for layer in document.layers]
    steps = len(document.steps)
    QTest.mouseClick(dialog.accept_button, LEFT)
    assert len(document.steps) == steps + 1
    assert [(layer.id, layer.group) for layer in document.layers] == shown
    press(program, Qt.Key.Key_Z, CTRL)
    assert not document.groups


def test_a_suggestion_can_be_changed_or_ignored(factorised):
    program, document = factorised, factorised.desk.document
    dialog = suggestion(program)
    first = document.layers[0].id
    name = document.layers[0].name
    box = next(box for box in dialog.boxes if box.accessibleName() == f"Group of {name}")
    choose(box, -1)
    assert next(layer for layer in document.layers if layer.id == first).group == 0
    steps = len(document.steps)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    pump(program.application)
    assert not document.groups and len(document.steps) == steps


def test_a_group_that_is_only_suggested_is_no_group_yet(factorised):
    program, document = factorised, factorised.desk.document
    dialog = suggestion(program)
    steps = len(document.steps)
    QTest.mouseClick(program.window.panes.stack.group_rows[0].mute, LEFT)
    assert len(document.steps) == steps and "only suggested" in program.window.notice.text.text()
    # Another act does not end what is shown.
    change_layer(document, "gain", document.layers[0].id, gain_db=-3.0)
    assert pump(program.application, lambda: document.groups and not document.recorded_state.groups, 2)
    assert document.layers[0].gain_db == -3.0
    document.act("copy", duplicate_stack(document.recorded_state, "Copy"))
    assert pump(program.application, lambda: not dialog.isVisible(), 2)
    assert not document.groups


def test_reference_sounds_name_the_groups(factorised, tmp_path):
    program, document = factorised, factorised.desk.document
    rate = 16000
    t = np.arange(rate) / rate
    soundfile.write(tmp_path / "Low.wav", 0.3 * np.sin(2 * np.pi * 220 * t), rate)
    soundfile.write(tmp_path / "High.wav", 0.3 * np.sin(2 * np.pi * 1310 * np.arange(8000) / 8000), 8000)
    dialog = suggestion(program)
    choose(dialog.how, "references")
    assert not document.groups
    dialog.take_files([tmp_path / "Low.wav", tmp_path / "High.wav"])
    assert pump(program.application, lambda: document.groups, 10)
    assert {each.name for each in document.groups} <= {"Low", "High"}
    QTest.mouseClick(dialog.accept_button, LEFT)
    assert document.recorded_state.groups


def test_one_layer_has_nothing_to_suggest(opened):
    press(opened, Qt.Key.Key_G, CTRL)
    assert "factorise first" in opened.window.notice.text.text()
