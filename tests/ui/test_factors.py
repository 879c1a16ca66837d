"""Drawing in templates and activations, and the Morph slider, by events in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.acting import change_layer
from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, comes_to_show_costs, lane_of, middle, pixels, rendered, run, still, stroke
from workbench.control.tools import Tool


def test_drawing_an_activation_is_seen_and_heard_at_once_and_undone(factorised):
    program, document = factorised, factorised.desk.document
    pane, tools = program.window.panes.activations, program.desk.tools
    lane = lane_of(pane, 1)
    tools.choose(Tool.ERASER)
    before, h = rendered(program, 1), document.run.factors.H.copy()
    x = [int(pane.time_to_x(s)) for s in (0.5, 1.5)]
    y = int(lane.center().y())
    QTest.mousePress(pane, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x[0], y))
    QTest.mouseMove(pane, QPoint(x[1], y))
    pump(program.application)
    during = rendered(program, 1)
    assert program.desk.selection.layer == document.layers[1].id
    assert np.sum(during[12000:20000] ** 2) < 1e-3 * np.sum(before[12000:20000] ** 2), "heard before it is let go"
    QTest.mouseRelease(pane, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x[1], y))
    pump(program.application)
    now = document.run.factors.H
    assert np.array_equal(now[[0, 2, 3]], h[[0, 2, 3]]) and document.undo_name.startswith("Draw the activation")
    total = sum(rendered(program, i) for i in range(4))
    np.testing.assert_allclose(total, document.recording.samples, atol=1e-6)
    document.undo()
    assert np.array_equal(document.run.factors.H, h)
    np.testing.assert_array_equal(rendered(program, 1), before)
    tools.choose(Tool.BRUSH)
    top = int(lane.top() + lane.height() * 0.06)
    stroke(program, pane, QPoint(x[0], top), QPoint(x[1], top))
    assert document.run.factors.H[1].max() == pytest.approx(h[1].max(), rel=0.05)
    frames = slice(round(0.6 * 16000 / 512), round(1.4 * 16000 / 512))
    assert (document.run.factors.H[1, frames] > 0.9 * h[1].max()).all()


def test_drawing_a_template_changes_its_bins_alone(factorised):
    program, document = factorised, factorised.desk.document
    pane = program.window.panes.templates
    program.desk.tools.choose(Tool.ERASER)
    w = document.run.factors.W.copy()
    lane = lane_of(pane, 2)
    y = int(lane.top()) + pane.height() // 2
    stroke(program, pane, QPoint(int(lane.center().x()), y), QPoint(int(lane.center().x()), y + 20))
    now = document.run.factors.W
    changed = np.flatnonzero((now != w).any(axis=1))
    assert len(changed) and (now[changed, 2] == 0).all()
    assert np.array_equal(np.delete(now, 2, axis=1), np.delete(w, 2, axis=1))
    stack = document.stack
    mask = stack.layer_mask(2, changed[:5], np.arange(50))
    assert mask.max() == 0
    program.window.actions_.by_name["undo"].trigger()
    assert np.array_equal(document.run.factors.W, w)


def test_a_stroke_in_the_curves_can_be_cancelled_and_a_lock_guards(factorised):
    program, document = factorised, factorised.desk.document
    pane = program.window.panes.activations
    program.desk.tools.choose(Tool.BRUSH)
    lane = lane_of(pane, 0)
    at = QPoint(int(pane.time_to_x(1.0)), int(lane.center().y()))
    h = document.run.factors.H
    QTest.mousePress(pane, LEFT, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseMove(pane, at + QPoint(30, 0))
    pump(program.application)
    assert document.run.factors.H is not h
    QTest.keyClick(program.window, Qt.Key.Key_Escape)
    QTest.mouseRelease(pane, LEFT, Qt.KeyboardModifier.NoModifier, at)
    pump(program.application)
    assert document.run.factors.H is h and not document.undo_name.startswith("Draw")
    change_layer(document, "lock", document.layers[0].id, locked=True)
    stroke(program, pane, at, at + QPoint(30, 0))
    assert document.run.factors.H is h and "locked" in program.window.notice.text.text()


def test_clicking_a_curve_with_the_select_tool_only_selects(factorised):
    program, document = factorised, factorised.desk.document
    factors = document.run.factors
    for pane in (program.window.panes.activations, program.window.panes.templates):
        stroke(program, pane, lane_of(pane, 3).center().toPoint())
        assert program.desk.selection.layer == document.layers[3].id and document.run.factors is factors
        program.desk.selection.select(document.layers[0].id)


def test_the_morph_slider_is_heard_while_it_moves_and_kept_when_let_go(factorised):
    program, document = factorised, factorised.desk.document
    panel = program.window.panes.factorise
    w = document.run.factors.W.copy()
    program.desk.selection.select(document.layers[0].id)
    panel.morph.target.setCurrentIndex(panel.morph.target.findText(document.layers[1].name))
    before = rendered(program, 0)
    slider = panel.morph.slider
    slider.setValue(50)
    pump(program.application)
    half = document.run.factors.W
    told = []
    document.factors_changed.connect(lambda: told.append(document.run.factors))
    slider.setValue(60)
    assert told and told[-1] is document.run.factors, "the panes follow every step"
    slider.setValue(50)
    assert not np.allclose(half[:, 0], w[:, 0]) and np.array_equal(half[:, 1:], w[:, 1:])
    assert half[:, 0].sum() == pytest.approx(w[:, 0].sum(), rel=1e-4)
    assert not np.allclose(rendered(program, 0), before)
    slider.setValue(100)
    slider.let_go.emit()
    pump(program.application)
    expected = w[:, 1] / w[:, 1].sum() * w[:, 0].sum()
    np.testing.assert_allclose(document.run.factors.W[:, 0], expected, rtol=1e-4, atol=1e-9)
    assert document.undo_name == "Morph 100 %" and slider.get() == 0
    document.undo()
    assert np.array_equal(document.run.factors.W, w)


def test_a_lock_guards_against_the_morph(factorised):
    program, document = factorised, factorised.desk.document
    panel, factors = program.window.panes.factorise, document.run.factors
    change_layer(document, "lock", document.layers[0].id, locked=True)
    program.desk.selection.select(document.layers[0].id)
    panel.morph.slider.setValue(50)
    panel.morph.slider.let_go.emit()
    pump(program.application)
    assert document.run.factors is factors and "locked" in program.window.notice.text.text()


def test_morph_between_two_runs(factorised):
    program, document = factorised, factorised.desk.document
    panel = program.window.panes.factorise
    first = document.state.run
    run(program, seed=9)
    here, there = document.run.factors, document.runs[first].factors
    texts = [panel.morph.target.itemText(i) for i in range(panel.morph.target.count())]
    panel.morph.target.setCurrentIndex(next(i for i, text in enumerate(texts) if text.startswith("run")))
    panel.morph.slider.setValue(100)
    panel.morph.slider.let_go.emit()
    pump(program.application)
    now = document.run.factors
    # Runs of one method have one scale: at the end the activations are those of the other run.
    np.testing.assert_allclose(np.sort(now.H.sum(axis=1)), np.sort(there.H.sum(axis=1)), rtol=1e-3)
    document.undo()
    assert document.run.factors is here


def test_strokes_do_not_fill_the_list_of_runs(factorised):
    program = factorised
    panel, pane = program.window.panes.factorise, program.window.panes.activations
    program.desk.tools.choose(Tool.ERASER)
    for second in (0.5, 1.0, 1.5):
        at = QPoint(int(pane.time_to_x(second)), int(lane_of(pane, 0).center().y()))
        stroke(program, pane, at, at + QPoint(8, 0))
    assert panel.runs.list.count() == 2 and comes_to_show_costs(program, 2)


def test_curves_wait_while_a_stroke_on_the_spectrogram_follows_the_hand(factorised):
    """And are brought up to date when it is done."""
    program, pane, view = factorised, factorised.window.panes.activations, factorised.window.panes.spectrogram
    program.desk.tools.choose(Tool.BRUSH)
    QTest.mousePress(view, LEFT, NONE, middle(program))
    before, document = still(program, pane), program.desk.document
    change_layer(document, "recolour", document.layers[0].id, colour="#ff00ff")
    assert np.array_equal(still(program, pane), before) and program.desk.strokes.busy
    QTest.mouseRelease(view, LEFT, NONE, middle(program))
    assert pump(program.application, lambda: not np.array_equal(pixels(pane), before), 5)
