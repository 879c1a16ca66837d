"""Getting a sound out: what is asked, what comes into the document, and what is left alone."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.control.scenes import acts, names, open_tones, select_box
from workbench.control.desk import Desk


def shares(desk, rows, columns) -> np.ndarray:
    """The masks of the layers, shape (L, R, C)."""
    stack = desk.document.stack
    return np.stack([stack.layer_mask(i, rows, columns) for i in range(len(stack.layers))])


def holds_what_was_selected(desk) -> bool:
    """Whether the first layer holds the tone at 550 Hz where it was selected and struck again, and not that at 220."""
    ours, other = (shares(desk, np.array([row]), np.arange(desk.document.stack.frames))[0, 0] for row in (35, 14))
    return ours[38:42].mean() > 0.7 and ours[59:63].mean() > 0.7 and other[47:52].mean() < 0.3


@pytest.fixture
def struck(desk) -> Desk:
    """A part of the tone at 550 Hz is selected."""
    select_box(desk, 33, 38, 36, 44)
    return desk


def test_the_sound_and_the_rest_are_two_layers_of_a_new_stack_in_one_step(struck, settle, told):
    before = struck.document.recorded_state
    struck.extracting.get_out()
    settle()
    assert names(struck) == ["Sound 1", "Rest"] and acts(struck) == ["Get out Sound 1"]
    assert struck.selection.present.name == "Sound 1" and struck.document.state.present.name == "Sound 1"
    assert len({layer.colour for layer in struck.document.layers}) == 2 and "new stack" in told.said[-1]
    assert holds_what_was_selected(struck)
    everywhere = shares(struck, np.arange(struck.document.stack.bins), np.arange(struck.document.stack.frames))
    np.testing.assert_allclose(everywhere.sum(axis=0), 1, atol=1e-5)
    struck.document.undo()
    assert struck.document.recorded_state is before


def test_another_sound_gets_another_name(struck, settle):
    struck.extracting.get_out()
    settle()
    struck.document.show_stack(0)
    select_box(struck, 82, 86, 46, 54)
    struck.extracting.get_out()
    settle()
    assert names(struck) == ["Sound 2", "Rest"] and len(struck.document.state.stacks) == 3


def test_what_is_painted_into_a_layer_is_an_example_too(struck, settle):
    struck.layers.add()
    struck.masks.fill()
    struck.layers.rename(struck.selection.present, "Bell")
    struck.areas.deselect()
    struck.extracting.get_out()
    settle()
    assert names(struck) == ["Bell", "Rest"] and holds_what_was_selected(struck)


def test_a_layer_that_is_called_rest_does_not_swallow_the_rest(struck, settle):
    struck.layers.add()
    struck.masks.fill()
    struck.layers.rename(struck.selection.present, "Rest")
    struck.areas.deselect()
    struck.extracting.get_out()
    settle()
    assert names(struck) == ["Rest", "Rest 2"]


def test_where_nothing_is_selected_it_is_the_sound_under_the_pointer(desk, settle, told):
    desk.pointing.get_out()
    assert told.refused and not desk.runner.jobs
    position = float(desk.viewport.scale.position(550.0))
    desk.pointer.put(QPointF(desk.plane.x_of(0.62), desk.plane.y_of(position) + 3))
    desk.pointing.get_out()
    settle()
    assert names(desk) == ["Sound 1", "Rest"] and holds_what_was_selected(desk)
    # What is selected goes before what is pointed at.
    select_box(desk, 0, desk.document.stack.bins, 0, desk.document.stack.frames)
    desk.pointing.get_out()
    settle()
    assert "no rest" in told.troubled[-1]


def test_without_an_example_it_is_asked_for(desk, told):
    desk.extracting.get_out()
    assert told.refused and not desk.runner.jobs and not acts(desk)


def test_everything_is_no_example(struck, settle, told):
    struck.areas.select_all()
    struck.extracting.get_out()
    settle()
    assert "no rest" in told.troubled[-1] and not acts(struck)


def test_nothing_comes_of_it_where_it_is_stopped_or_another_recording_is_open(struck, settle):
    struck.extracting.get_out()
    struck.runner.cancel("extract")
    settle()
    assert not acts(struck)
    struck.extracting.get_out()
    open_tones(struck, seconds=1.0)
    settle()
    assert names(struck) == ["Everything"]
