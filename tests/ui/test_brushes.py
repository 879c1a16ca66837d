"""What the painting tools and their brushes do, by real events (offscreen)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.ui.gestures import CTRL, drag, mask_under, middle, press
from workbench.masks.edits.brush import Shape


def test_each_painting_tool_has_its_own_options_and_does_its_work(factorised):
    program, tools = factorised, factorised.desk.tools
    at = middle(program)
    press(program, Qt.Key.Key_E)
    tools.set_size(90)
    press(program, Qt.Key.Key_B)
    assert tools.size == 40
    press(program, Qt.Key.Key_E)
    assert tools.size == 90
    for key, word in (
        (Qt.Key.Key_O, "Smooth"),
        (Qt.Key.Key_Y, "Blur"),
        (Qt.Key.Key_J, "Blur"),
        (Qt.Key.Key_A, "Sharp"),
    ):
        press(program, key)
        steps, before = program.desk.document.step, mask_under(program, 0, at)
        drag(program, at - QPoint(20, 0), at + QPoint(20, 0))
        assert program.desk.document.step == steps + 1 and word in program.desk.document.undo_name
        assert mask_under(program, 0, at) != before


def test_brush_shapes_by_key_and_what_they_cover(factorised):
    program, tools = factorised, factorised.desk.tools
    at = middle(program)
    press(program, Qt.Key.Key_B)
    seen = []
    for _ in range(5):
        seen.append(tools.options.brush.shape)
        assert program.window.panes.tool_bar.options.shape.currentData() is seen[-1]
        press(program, Qt.Key.Key_Period)
    assert seen == list(Shape) and tools.options.brush.shape is Shape.ROUND
    press(program, Qt.Key.Key_Comma)
    assert tools.options.brush.shape is Shape.COMB and program.window.panes.tool_bar.options.harmonics.isVisible()
    tools.set_brush(shape=Shape.TIME)
    drag(program, at, at + QPoint(5, 0))
    assert mask_under(program, 0, at - QPoint(0, 150)) == pytest.approx(1, abs=1e-3)
    assert mask_under(program, 0, at + QPoint(60, 0)) < 1


def test_what_builds_up_does_not_depend_on_how_often_the_mouse_tells_its_place(factorised):
    program, tools = factorised, factorised.desk.tools
    at = middle(program)
    press(program, Qt.Key.Key_B)
    tools.set(strength=0.2, build_up=True)
    before, values = mask_under(program, 0, at), []
    for steps in (4, 40):
        drag(program, at - QPoint(60, 0), at + QPoint(60, 0), steps=steps)
        values.append(mask_under(program, 0, at))
        press(program, Qt.Key.Key_Z, CTRL)
    assert values[0] == pytest.approx(values[1], abs=0.02)
    tools.set(build_up=False)
    drag(program, at - QPoint(60, 0), at + QPoint(60, 0))
    assert before < mask_under(program, 0, at) < values[0] - 0.1
