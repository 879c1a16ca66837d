"""Keys: which there are, what they do, and the list of them (offscreen)."""

from __future__ import annotations

import html

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from tests.conftest import pump
from tests.ui.gestures import CTRL, SHIFT, dialog, drag, mask_under, middle, press


def test_every_action_has_a_name_and_no_two_share_a_key(opened):
    seen: dict[str, str] = {}
    for name, action in opened.window.actions_.by_name.items():
        assert action.objectName() == name and action.toolTip()
        for key in action.shortcuts():
            assert key.toString() not in seen, (name, seen)
            seen[key.toString()] = name
    assert len(seen) > 30


def test_space_plays_whatever_has_the_focus_except_while_typing(factorised):
    program, window, playback = factorised, factorised.window, factorised.desk.playback
    for widget in (
        window.panes.spectrogram,
        window.panes.factorise.factorise,
        window.panes.factorise.components,
        window.panes.tool_bar.scale_box,
        window.panes.stack.rows[0].mute,
        window.panes.transport.loop,
    ):
        widget.setFocus()
        target, playing = QApplication.focusWidget(), playback.playing
        QTest.keyClick(target, Qt.Key.Key_Space)
        assert pump(program.application, lambda playing=playing: playback.playing != playing, 5), target.objectName()
    assert not playback.playing
    assert not program.desk.factorising.running and not program.desk.document.layers[0].mute
    window.panes.stack.rename_selected()
    QTest.keyClicks(window.panes.stack.rows[0].name, "a b")
    pump(program.application)
    assert not playback.playing and window.panes.stack.rows[0].name.text() == "a b"


def test_keys_are_listed(opened):
    press(opened, Qt.Key.Key_Question, SHIFT)
    assert opened.window.findChild(QDialog, "keysDialog").isVisible()


def listed(program) -> tuple[list[str], list[str]]:
    """Keys of actions, and gestures of the mouse, as the list of keys has them."""
    program.window.actions_.by_name["keys"].trigger()
    shown, keys, gestures = dialog(program, "keysDialog"), [], []
    into = keys
    for text in shown.findChildren(QLabel):
        if text.property("role") == "title":
            into = gestures if text.text() == "Mouse" else keys
        elif text.text().startswith("<b>"):
            into.append(html.unescape(text.text().removeprefix("<b>").removesuffix("</b>")))
    shown.close()
    return keys, gestures


def test_the_list_of_keys_is_that_of_the_actions(factorised):
    program = factorised
    keys, gestures = listed(program)
    actions = [action for action in program.window.findChildren(QAction) if action.shortcuts()]
    assert len(actions) > 60
    held = ["  ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in x.shortcuts()) for x in actions]
    # What the keyboard's filter catches is no shortcut of an action; a test of its own says that it plays.
    assert sorted(keys) == sorted([*held, "Space", "Shift+Space"])
    assert gestures


def test_every_key_does_its_action_and_no_other(opened):
    """No widget that has the focus, and no other shortcut, takes a key away."""
    program, told = opened, []
    actions = [action for action in program.window.findChildren(QAction) if action.shortcuts()]
    for action in actions:
        action.triggered.disconnect()
        action.triggered.connect(lambda _=False, by=action: told.append(by.objectName()))
        action.setEnabled(True)
        action.setVisible(True)
    for widget in (program.window.panes.spectrogram, program.window.panes.transport.loop):
        widget.setFocus()
        for action in actions:
            for key in action.shortcuts():
                told.clear()
                QTest.keySequence(widget, key)
                assert told == [action.objectName()], key.toString()
    # Else the system takes the keys that were held with the last one to be held from then on.
    QTest.keyClick(program.window, Qt.Key.Key_Control)


def test_space_plays_and_shift_space_plays_from_the_pointer(factorised, monkeypatch):
    program, told = factorised, []
    monkeypatch.setattr(program.desk.player, "play", lambda *place: told.append(place))
    program.desk.playback.seek(0.25)
    QTest.keyClick(program.window.panes.spectrogram, Qt.Key.Key_Space)
    QTest.mouseMove(program.window.panes.spectrogram, middle(program))
    pump(program.application)
    QTest.keyClick(program.window.panes.spectrogram, Qt.Key.Key_Space, SHIFT)
    assert len(told) == 2 and told[1][0] > told[0][0]


@pytest.mark.parametrize("number", range(1, 10))
def test_ctrl_and_a_number_give_the_selection_to_that_layer(factorised, number):
    program, document, at = factorised, factorised.desk.document, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(50, 30), at + QPoint(50, 30))
    key = getattr(Qt.Key, f"Key_{number}")
    if number > 4:
        press(program, key, CTRL)
        assert document.state.edits == (), "there is no such layer"
        for _ in range(5):
            press(program, Qt.Key.Key_N)
    press(program, key, CTRL)
    assert mask_under(program, number - 1, at) == pytest.approx(1, abs=1e-5)
    assert program.desk.selection.index == number - 1
