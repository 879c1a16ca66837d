"""Groups in the mask stack, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from tests.acting import change_group
from tests.conftest import pump
from tests.rig import residual_db
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, click, dialog, drop, group, press
from workbench.audio.renderer import render_all
from workbench.masks.pictures.picture import Show


def numbers(program):
    """Components of the layers, in order."""
    return [layer.components[0] for layer in program.desk.document.layers]


def middle_of(row):
    return row.geometry().center().y()


def test_g_makes_a_group_of_the_selected_layers(factorised):
    program, panel = factorised, factorised.window.panes.stack
    made = group(program, 1, 3)
    assert numbers(program) == [0, 1, 3, 2]
    assert [layer.group for layer in program.desk.document.layers] == [0, made, made, 0]
    assert [row.layer.name for row in panel.group_rows] == ["Group 1"]
    assert program.desk.selection.group == made and panel.group_rows[0].property("current")
    press(program, Qt.Key.Key_G, SHIFT)
    assert not program.desk.document.groups and not panel.group_rows
    press(program, Qt.Key.Key_G, SHIFT)
    assert "no group" in program.window.notice.text.text()
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_Z, CTRL)
    assert numbers(program) == [0, 1, 2, 3]


def test_keys_and_faders_of_a_group_are_those_of_its_sound(factorised):
    program, document = factorised, factorised.desk.document
    group(program, 0, 1)
    press(program, Qt.Key.Key_M)
    assert document.groups[0].mute and not any(layer.mute for layer in document.layers)
    assert residual_db(render_all(document.scene, layers=[2, 3]), render_all(document.scene)) < -100
    click(program, 0)
    press(program, Qt.Key.Key_M, SHIFT)
    press(program, Qt.Key.Key_S, SHIFT)
    assert not document.groups[0].mute and document.groups[0].solo
    assert residual_db(render_all(document.scene, layers=[0, 1]), render_all(document.scene)) < -100
    row = program.window.panes.stack.group_rows[0]
    QTest.mouseClick(row.lock, LEFT)
    assert [layer.locked for layer in document.layers] == [True, True, False, False] and row.lock.isChecked()
    QTest.mouseClick(row.lock, LEFT)
    assert not any(layer.locked for layer in document.layers)
    click(program, 3)
    press(program, Qt.Key.Key_S, SHIFT)
    assert "G makes one" in program.window.notice.text.text()


def test_the_mask_of_a_group_is_the_sum_of_its_layers(factorised):
    program, window = factorised, factorised.window
    group(program, 1, 2)
    pump(program.application, lambda: not window.panes.stack._rows.thumbnails._timer.isActive(), 5)
    shades = window.panes.stack._rows.thumbnails._grey.astype(float)
    np.testing.assert_allclose(255 - shades[1], (255 - shades[2]) + (255 - shades[3]), atol=2.5)
    QTest.mouseDClick(window.panes.stack.group_rows[0], LEFT, NONE, QPoint(90, 20))
    pump(program.application)
    assert window.panes.image.show is Show.MASK
    assert window.panes.image.look().selected == (1, 2)


def test_a_folded_group_hides_its_layers(factorised):
    program, panel = factorised, factorised.window.panes.stack
    group(program, 0, 2)
    QTest.mouseClick(panel.group_rows[0].fold, LEFT)
    assert [row.isHidden() for row in panel.rows] == [True, True, False, False]
    QTest.mouseClick(panel.group_rows[0].fold, LEFT)
    assert not any(row.isHidden() for row in panel.rows)


def test_keys_move_layers_in_and_out_of_groups_and_groups_as_a_whole(factorised):
    program, document, alt = factorised, factorised.desk.document, Qt.KeyboardModifier.AltModifier
    made = group(program, 1, 2)
    click(program, 3)
    steps = document.step
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 1, 2, 3] and document.layers[3].group == made
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 1, 3, 2] and document.step == steps + 2
    for _ in range(2):
        press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 3, 1, 2] and [x.group for x in document.layers] == [0, 0, made, made]
    click(program, 0)
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    # It is the first already: no step.
    assert document.step == steps + 4
    # By keys to the group's own row, and down with all of it.
    click(program, 2)
    press(program, Qt.Key.Key_Up, alt)
    assert program.desk.selection.group == made
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 1, 2, 3]
    press(program, Qt.Key.Key_Left, alt)
    assert [row.isHidden() for row in program.window.panes.stack.rows] == [False, True, True, False]


def test_rows_stay_the_same_where_the_order_changes(factorised):
    program, panel = factorised, factorised.window.panes.stack
    before = {row.layer.id: row for row in panel.rows}
    group(program, 1, 3)
    assert {row.layer.id: row for row in panel.rows} == before
    assert [row.objectName() for row in panel.rows] == ["layer1Row", "layer2Row", "layer3Row", "layer4Row"]
    assert panel.rows[2].mute.objectName() == "layer3Mute" and panel.rows[2].layer.components == (3,)


def test_what_is_not_heard_steps_back_in_the_picture_and_groups_have_colours(factorised):
    program, document = factorised, factorised.desk.document
    made = group(program, 0, 1)
    change_group(document, "colour", made, colour="#ff0000")
    click(program, 3)
    press(program, Qt.Key.Key_M)
    colours = program.window.panes.image.look().colours
    assert np.ptp(colours[3]) == 0 and np.ptp(colours[0]) > 0
    assert program.window.panes.image.show is Show.GROUPS
    press(program, Qt.Key.Key_C)
    assert program.window.panes.image.show is Show.COLOURS
    assert np.abs(program.window.panes.image.look().colours[0] - (0, 0, 1)).max() > 0.2
    for _ in range(4):
        press(program, Qt.Key.Key_C)
    np.testing.assert_allclose(program.window.panes.image.look().colours[:2], [(0, 0, 1)] * 2)


def test_a_group_has_a_name_by_f2(factorised):
    program = factorised
    group(program, 0, 2)
    press(program, Qt.Key.Key_F2)
    row = program.window.panes.stack.group_rows[0]
    QTest.keyClicks(row.name, "Drums")
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    assert program.desk.document.groups[0].name == "Drums"


def test_layers_are_dragged_into_groups_and_out(factorised):
    program, panel = factorised, factorised.window.panes.stack
    made = group(program, 0, 1)
    pump(program.application, seconds=0.05)
    document = program.desk.document
    # Onto the group's own row, below its middle: the first of its layers.
    drop(program, f"layer {document.layers[3].id}", middle_of(panel.group_rows[0]) + 6)
    assert numbers(program) == [3, 0, 1, 2] and [x.group for x in document.layers] == [made] * 3 + [0]
    # Just below the last of them: still inside; farther down: outside.
    last = panel.rows[2]
    place = last.parentWidget().place_at(last.geometry().bottom())
    assert (place.group, place.before) == (made, 0)
    drop(program, f"layer {document.layers[0].id}", panel.rows[3].geometry().bottom() + 20)
    assert numbers(program) == [0, 1, 2, 3] and document.layers[3].group == 0
    # Layers that are selected together go together.
    click(program, 2)
    click(program, 3, CTRL)
    drop(program, f"layer {document.layers[2].id}", middle_of(panel.rows[0]) + 4)
    assert all(layer.group == made for layer in document.layers)
    # The last one leaves: the group is gone.
    for _ in range(4):
        click(program, 0)
        drop(program, f"layer {document.layers[0].id}", panel.rows[-1].geometry().bottom() + 20)
    assert not document.groups


def test_a_group_is_dragged_as_a_whole(factorised):
    program, panel = factorised, factorised.window.panes.stack
    made = group(program, 0, 1)
    pump(program.application, seconds=0.05)
    drop(program, f"group {made}", panel.rows[3].geometry().bottom() + 20)
    assert numbers(program) == [2, 3, 0, 1]
    group(program, 0, 1)
    other = program.desk.document.groups[0].id
    pump(program.application, seconds=0.05)
    # Into another group it does not go, but before it.
    drop(program, f"group {made}", middle_of(panel.rows[0]) + 4)
    assert numbers(program) == [0, 1, 2, 3]
    assert [layer.group for layer in program.desk.document.layers] == [made, made, other, other]


def test_the_picture_is_in_group_colours_once_there_are_groups(factorised):
    program, image = factorised, factorised.window.panes.spectrogram
    show = program.window.panes.tool_bar.show_box
    assert show.currentData() is Show.COLOURS
    group(program, 0, 2)
    assert show.currentData() is Show.GROUPS
    press(program, Qt.Key.Key_Z, CTRL)
    assert show.currentData() is Show.COLOURS and image.isVisible()
    # What the user chose stays.
    show.setCurrentIndex(show.findData(Show.LEVEL))
    group(program, 0, 2)
    assert show.currentData() is Show.LEVEL
    show.setCurrentIndex(show.findData(Show.COLOURS))
    group(program, 1)
    assert show.currentData() is Show.COLOURS


def test_a_colour_is_chosen_by_hand_and_kept(factorised, tmp_path):
    program, panel = factorised, factorised.window.panes.stack
    group(program, 0, 2)
    for row, keys in ((panel.rows[2], False), (panel.group_rows[0], True)):
        if keys:
            QTest.mouseClick(row, LEFT, NONE, QPoint(90, 20))
            press(program, Qt.Key.Key_K, CTRL)
        else:
            QTest.mouseClick(row.colour, LEFT)
        chooser = dialog(program, "colourDialog")
        chooser.setCurrentColor(QColor("#12ab34"))
        chooser.accept()
        pump(program.application)
    assert program.desk.document.layers[2].colour == program.desk.document.groups[0].colour == "#12ab34"
    assert [step.name for step in program.desk.document.steps[-2:]] == ["Recolour Component 2", "Recolour Group 1"]
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_Z, CTRL)
    assert "#12ab34" not in {each.colour for each in (*program.desk.document.layers, *program.desk.document.groups)}
