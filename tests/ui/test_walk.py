"""The audition walk, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.conftest import pump
from tests.rig import residual_db
from tests.ui.gestures import CTRL, SHIFT, click, press
from workbench.audio.renderer import render_all
from workbench.audio.scene import Hear
from workbench.document.acts.layers import remove_layer


def test_the_walk_hears_each_layer_alone_and_sorts_by_keys(factorised):
    program, window, document = factorised, factorised.window, factorised.desk.document
    click(program, 0)
    press(program, Qt.Key.Key_W, SHIFT)
    bar, _walk = window.panes.walk, program.desk.walking
    assert bar.isVisible() and bar.count.text() == "1 of 4"
    ear = program.desk.heard.ear
    assert ear.what is Hear.LAYERS and ear.layers == (document.layers[0].id,)
    heard = render_all(program.desk.heard.scene())
    assert residual_db(render_all(document.scene, layers=[0]), heard) < -100
    span = program.desk.playback.looped
    assert span[1] - span[0] == pytest.approx(1.0, abs=0.1)
    # 1 makes the first group and goes on, 1 again puts the next layer into it, 2 makes another.
    for key in (Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_2):
        QTest.keyClick(bar, key)
        pump(program.application)
    assert bar.count.text() == "4 of 4"
    names = {each.id: each.name for each in document.groups}
    found = [names.get(layer.group, "") for layer in document.layers]
    assert found == ["Group 1", "Group 1", "Group 2", ""]
    QTest.keyClick(bar, Qt.Key.Key_F2)
    QTest.keyClicks(bar.name, "Flute 1")
    QTest.keyClick(bar.name, Qt.Key.Key_Return)
    assert document.layers[3].name == "Flute 1" and bar.count.text() == "4 of 4"
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert bar.count.text() == "3 of 4"
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible() and program.desk.heard.scene() is document.scene
    assert program.desk.playback.looped is None


def test_return_asks_for_the_name_of_the_group_and_u_puts_off(factorised):
    program, bar, document = factorised, factorised.window.panes.walk, factorised.desk.document
    click(program, 0)
    press(program, Qt.Key.Key_W, SHIFT)
    first = [layer.id for layer in document.layers]

    def name_group(text, ends=Qt.Key.Key_Return):
        QTest.keyClick(bar, Qt.Key.Key_Return)
        assert bar.group_name.isVisible() and bar.group_name.hasFocus()
        QTest.keyClicks(bar.group_name, text)
        QTest.keyClick(bar.group_name, ends)
        pump(program.application)
        assert not bar.group_name.isVisible() and bar.hasFocus()

    QTest.keyClick(bar, Qt.Key.Key_U)
    assert bar.count.text() == "1 of 4" and program.desk.selection.layer == first[1]
    name_group("1 u Drums", Qt.Key.Key_Escape)
    assert not document.groups and program.desk.walking.walking and program.desk.selection.layer == first[1]
    name_group("Drum set 1")
    assert bar.count.text() == "2 of 4"
    # What begins like a group is completed.
    name_group("drum")
    name_group("Bass")
    assert [group.name for group in document.groups] == ["Drum set 1", "Bass"]
    assert bar.count.text() == "4 of 4" and program.desk.selection.layer == first[0]
    names = {each.id: each.name for each in document.groups}
    found = {layer.id: names.get(layer.group, "") for layer in document.layers}
    assert [found[each] for each in first] == ["", "Drum set 1", "Drum set 1", "Bass"]
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert not program.desk.walking.walking


def test_the_rest_steps_back_in_the_picture_while_a_layer_is_heard(factorised):
    program, image = factorised, factorised.window.panes.image
    click(program, 0)
    before = image.look().colours
    press(program, Qt.Key.Key_W, SHIFT)
    for heard in (0, 1):
        colours = image.look().colours
        assert [bool(np.ptp(each)) for each in colours] == [i == heard for i in range(4)]
        QTest.keyClick(program.window.panes.walk, Qt.Key.Key_Right)
    QTest.keyClick(program.window.panes.walk, Qt.Key.Key_Escape)
    assert np.array_equal(image.look().colours, before)


def test_a_number_keeps_its_group_on_the_walk_and_undo_goes_back(factorised):
    program, bar, walk = factorised, factorised.window.panes.walk, factorised.desk.walking
    document = program.desk.document
    press(program, Qt.Key.Key_W, SHIFT)
    first = [layer.id for layer in document.layers]
    # The second group is made of a layer above which nothing stands: it comes first in the stack.
    QTest.keyClick(bar, Qt.Key.Key_Right)
    QTest.keyClick(bar, Qt.Key.Key_1)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    QTest.keyClick(bar, Qt.Key.Key_2)
    assert [each.name for each in document.groups] == ["Group 2", "Group 1"]
    QTest.keyClick(bar, Qt.Key.Key_Right)
    QTest.keyClick(bar, Qt.Key.Key_1)
    names = {each.id: each.name for each in document.groups}
    found = {layer.id: names.get(layer.group, "") for layer in document.layers}
    assert [found[each] for each in first] == ["Group 2", "Group 1", "Group 1", ""]
    QTest.keyClick(bar, Qt.Key.Key_9)
    assert "no group 9" in program.window.status.text()
    assert bar.count.text() == "4 of 4"
    for place in ("3 of 4", "1 of 4", "2 of 4"):
        press(program, Qt.Key.Key_Z, CTRL)
        assert bar.count.text() == place
    assert not document.groups
    walk.end()


def test_the_walk_ends_where_its_layers_go(factorised):
    program, bar, walk = factorised, factorised.window.panes.walk, factorised.desk.walking
    document = program.desk.document
    press(program, Qt.Key.Key_W, SHIFT)
    QTest.keyClick(bar, Qt.Key.Key_Right)
    second, third = document.layers[1].id, document.layers[2].id
    # The layer before goes: the walk is where it was, and then at the next one.
    document.act("delete", remove_layer(document.recorded_state, document.layers[0].id))
    QTest.keyClick(bar, Qt.Key.Key_Right)
    assert program.desk.selection.layer == third and bar.count.text() == "2 of 3"
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert program.desk.selection.layer == second
    # A recording that is opened again has none of these layers.
    before = document.recording
    program.desk.opening.open(before.path)
    assert pump(program.application, lambda: document.recording is not before, 10)
    assert not walk.walking and not bar.isVisible() and program.desk.playback.looped is None
    assert program.desk.heard.scene() is document.scene


def test_the_keys_still_answer_after_a_click_elsewhere(factorised):
    program, panes = factorised, factorised.window.panes
    click(program, 0)
    press(program, Qt.Key.Key_W, SHIFT)
    for elsewhere in (panes.stack.rows[3], panes.spectrogram, panes.stack.rows[1].gain):
        elsewhere.setFocus(Qt.FocusReason.MouseFocusReason)
        assert pump(program.application, panes.walk.hasFocus, 5)
    # Not while something is typed.
    panes.factorise.components.setFocus(Qt.FocusReason.MouseFocusReason)
    pump(program.application)
    assert not panes.walk.hasFocus()
    program.desk.walking.end()
    panes.spectrogram.setFocus()
    pump(program.application)
    assert not panes.walk.hasFocus()
