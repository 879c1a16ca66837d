"""What is marked in the mask stack is what acts act on, however it came to be selected (offscreen)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, click, drag, drop, lane_of, middle, press, stroke


def by_a_curve(program):
    """A click on a curve of the third layer."""
    stroke(program, program.window.panes.activations, lane_of(program.window.panes.activations, 2).center().toPoint())


def by_swapping(program):
    """X, back to the layer that was selected before; three are picked."""
    click(program, 1)
    click(program, 2, CTRL)
    click(program, 0, CTRL)
    press(program, Qt.Key.Key_X)


def by_cutting(program):
    """Ctrl+J on the second layer makes one after it."""
    click(program, 1)
    press(program, Qt.Key.Key_R)
    drag(program, middle(program), middle(program) + QPoint(60, 40))
    press(program, Qt.Key.Key_J, CTRL)


def by_the_walk(program):
    """The walk comes to it."""
    press(program, Qt.Key.Key_W, SHIFT)
    for _ in range(2):
        QTest.keyClick(program.window.panes.walk, Qt.Key.Key_Right)
    QTest.keyClick(program.window.panes.walk, Qt.Key.Key_Escape)
    pump(program.application)


def by_a_strip(program):
    """A click on its strip of the mixer."""
    press(program, Qt.Key.Key_F4)
    QTest.mouseClick(program.window.panes.mixer.strips[2], LEFT, NONE, QPoint(60, 6))


WAYS = pytest.mark.parametrize("way", [by_a_curve, by_swapping, by_cutting, by_the_walk, by_a_strip])


@pytest.fixture
def third(factorised, request, way):
    """The program with two layers picked, and then the third one chosen in some way; answers it and the layer."""
    click(factorised, 0)
    click(factorised, 1, CTRL)
    way(factorised)
    assert factorised.desk.selection.index == 2
    return factorised, factorised.desk.document.layers[2].id


def marked(program) -> list[int]:
    """Ids of the layers whose rows are marked."""
    return [
        row.layer.id for row in program.window.panes.stack.rows if row.property("current") or row.property("picked")
    ]


@WAYS
def test_g_groups_what_is_marked(third):
    program, layer = third
    assert marked(program) == [layer] == list(program.desk.selection.picked)
    press(program, Qt.Key.Key_G)
    assert [each.id for each in program.desk.document.layers if each.group] == [layer]


@WAYS
def test_ctrl_e_merges_what_is_marked(third):
    program, layer = third
    before = [each.id for each in program.desk.document.layers]
    press(program, Qt.Key.Key_E, CTRL)
    assert [each.id for each in program.desk.document.layers] == before, "one alone is not merged with anything"
    other = before[-1]
    click(program, len(before) - 1, CTRL)
    assert marked(program) == [layer, other]
    held = {part for each in program.desk.document.layers if each.id in (layer, other) for part in each.part_ids}
    press(program, Qt.Key.Key_E, CTRL)
    after = program.desk.document.layers
    assert len(after) == len(before) - 1
    assert set(after[2].part_ids) == held and program.desk.selection.picked == (after[2].id,)


@WAYS
def test_a_drag_moves_what_is_marked(third):
    program, layer = third
    before = [each.id for each in program.desk.document.layers]
    rows = program.window.panes.stack.rows
    drop(program, rows[2].drag_name, rows[-1].geometry().bottom() + 8)
    assert [each.id for each in program.desk.document.layers] == [x for x in before if x != layer] + [layer]
