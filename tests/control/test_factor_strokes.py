"""Drawing in templates and activations: heard at once, one act at the end."""

import numpy as np
import pytest

from tests.control.scenes import acts, change, ids, open_tones, previewing, separate
from workbench.control.factor_strokes import drawn_template
from workbench.control.tools import Tool
from workbench.document.acts import stacks as stack_acts


@pytest.fixture
def pens(separated):
    separated.tools.choose(Tool.BRUSH)
    return separated


def test_a_stroke_in_an_activation_is_one_act(pens):
    count, pen = len(acts(pens)), pens.activation_strokes
    assert pen.begin(1) and pen.busy and pen.component == 1
    assert pen.peak == pytest.approx(float(pens.document.run.factors.H[1].max()))
    pen.draw(10, 10, 0.5)
    pen.draw(20, 21, 0.5)
    assert previewing(pens) and np.allclose(pens.document.run.factors.H[1, 10:22], 0.5)
    pen.end()
    assert not pen.busy and not previewing(pens)
    assert acts(pens)[count:] == ["Draw the activation of Component 2"]
    assert np.allclose(pens.document.run.factors.H[1, 10:22], 0.5)
    pens.document.undo()
    assert not np.allclose(pens.document.run.factors.H[1, 10:22], 0.5)


def test_a_stroke_in_a_template_draws_its_spectrum(pens):
    pens.template_strokes.begin(0)
    pens.template_strokes.draw(5, 9, 0.25)
    pens.template_strokes.end()
    assert np.allclose(pens.document.run.factors.W[5:10, 0], 0.25)
    assert acts(pens)[-1] == "Draw the template of Component 1"


def test_the_course_in_time_of_a_template_stays():
    template = np.array([[1, 3], [0, 0]], np.float32)
    out = drawn_template(template, 0, 1, np.array([2, 4], np.float32))
    assert np.allclose(out, [[0.5, 1.5], [2, 2]])


def test_the_eraser_draws_nothing(pens):
    pens.tools.choose(Tool.ERASER)
    pens.activation_strokes.begin(0)
    pens.activation_strokes.draw(3, 6, 0.7)
    pens.activation_strokes.end()
    assert not pens.document.run.factors.H[0, 3:7].any()


def test_a_press_without_a_move_is_no_act(pens):
    count = len(acts(pens))
    pens.activation_strokes.begin(0)
    pens.activation_strokes.end()
    assert len(acts(pens)) == count


def test_cancelled_it_never_was(pens):
    before, count = pens.document.run, len(acts(pens))
    pens.activation_strokes.begin(0)
    pens.activation_strokes.draw(3, 6, 0.7)
    pens.activation_strokes.cancel()
    pens.activation_strokes.draw(9, 9, 0.7)
    assert pens.document.run is before and not previewing(pens) and len(acts(pens)) == count


def test_a_locked_layer_is_not_drawn_in(pens, told):
    change(pens, ids(pens)[2], locked=True)
    assert not pens.activation_strokes.begin(2) and "locked" in told.refused[0]


def test_without_factors_there_is_nothing_to_draw_in(desk):
    assert not desk.activation_strokes.begin(0)


def test_a_fader_may_move_during_a_stroke(pens):
    pens.activation_strokes.begin(0)
    pens.activation_strokes.draw(3, 6, 0.7)
    pens.mixing.set_gain(pens.document.layers[0], -6.0)
    pens.activation_strokes.draw(9, 9, 0.7)
    pens.activation_strokes.end()
    assert np.allclose(pens.document.run.factors.H[0, 3:10], 0.7) and pens.document.layers[0].gain_db == -6.0


@pytest.mark.parametrize("with_run", [False, True])
def test_another_stack_shown_ends_a_stroke_without_a_trace(pens, with_run):
    pens.document.act("two", stack_acts.new_stack(pens.document.recorded_state, "Two"))
    if with_run:
        separate(pens, 2, seed=1)
    pens.stacks.show_next(1)
    runs, count = set(pens.document.runs), len(acts(pens))
    pens.activation_strokes.begin(3)
    pens.activation_strokes.draw(3, 6, 0.7)
    pens.stacks.show_next(1)
    pens.activation_strokes.draw(9, 9, 0.7)
    pens.activation_strokes.end()
    assert not pens.activation_strokes.busy and not previewing(pens)
    assert set(pens.document.runs) == runs and len(acts(pens)) == count


def test_another_run_ends_a_stroke(pens):
    pens.activation_strokes.begin(3)
    pens.activation_strokes.draw(3, 6, 0.7)
    separate(pens, 2, seed=1)
    pens.activation_strokes.end()
    assert acts(pens)[-1] == "Separate" and pens.document.run.factors.components == 2 and not previewing(pens)


def test_a_second_press_ends_the_first_stroke_as_an_act(pens):
    count = len(acts(pens))
    pens.activation_strokes.begin(0)
    pens.activation_strokes.draw(3, 6, 0.7)
    pens.activation_strokes.begin(1)
    pens.activation_strokes.draw(3, 6, 0.7)
    pens.activation_strokes.end()
    assert acts(pens)[count:] == ["Draw the activation of Component 1", "Draw the activation of Component 2"]


def test_another_recording_ends_a_stroke(pens):
    pens.activation_strokes.begin(0)
    pens.activation_strokes.draw(3, 6, 0.7)
    open_tones(pens)
    pens.activation_strokes.end()
    assert not acts(pens) and not pens.activation_strokes.busy
