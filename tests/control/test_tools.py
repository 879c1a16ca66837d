"""The tool in hand, and the options of each."""

import math

import pytest

from workbench.control.tools import HARMONICS, PAINTING, SIZES, Tool, ToolSettings, WandOptions, within
from workbench.masks.edits.brush import Shape
from workbench.masks.insight.finding import Likeness


@pytest.fixture
def tools(application):
    return ToolSettings()


def test_changes_are_told_once(tools):
    told = []
    tools.changed.connect(lambda: told.append(1))
    for _ in range(2):
        tools.choose(Tool.BRUSH)
        tools.set_size(50)
        tools.set(strength=0.5)
        tools.set_wand(WandOptions(Likeness.LEVEL, 3.0, False))
    assert told == [1] * 4


def test_every_painting_tool_has_options_of_its_own(tools):
    for number, tool in enumerate(PAINTING):
        tools.choose(tool)
        tools.set_size(10 + number)
    for number, tool in enumerate(PAINTING):
        tools.choose(tool)
        assert tools.paints and tools.size == 10 + number
    tools.choose(Tool.SELECT)
    assert not tools.paints and tools.size == 10 + len(PAINTING) - 1


def test_options_stay_in_their_range(tools):
    tools.set_size(1e9)
    assert tools.size == SIZES[1]
    tools.set_size(math.nan)
    assert tools.size == SIZES[0]
    tools.set_hardness(-1)
    assert tools.hardness == 0.0
    assert within(math.nan, HARMONICS) == HARMONICS[0] and within(7, HARMONICS) == 7


def test_shapes_come_in_turn(tools):
    seen = []
    for _ in Shape:
        seen.append(tools.options.brush.shape)
        tools.next_shape(1)
    assert seen == list(Shape) and tools.options.brush.shape is seen[0]
    tools.next_shape(-1)
    assert tools.options.brush.shape is seen[-1]
