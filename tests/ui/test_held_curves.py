"""Holding curves by hand in the real window: the menu over a curve, its keys, and what is seen of it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, dialog, finish, lane_of, pixels
from workbench.document.acts import known as known_acts
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.separation.holds import Curve
from workbench.separation.known import Onsets

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def open_menu(program, pane, component, reason=QContextMenuEvent.Reason.Mouse):
    place = lane_of(pane, component).center().toPoint()
    QApplication.sendEvent(pane, QContextMenuEvent(reason, place, pane.mapToGlobal(place)))
    pump(program.application)
    menu = pane._menu
    assert menu.isVisible()
    return menu


def choose(program, menu, name):
    action = menu.findChild(QAction, name)
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    pump(program.application)


@pytest.mark.parametrize("curve", Curve)
def test_the_menu_of_a_curve_holds_it_lets_go_and_says_which(factorised, curve):
    program, holding = factorised, factorised.desk.holding
    panes = program.window.panes
    pane = panes.templates if curve is Curve.TEMPLATE else panes.activations
    before = pixels(pane)
    choose(program, open_menu(program, pane, 2), "hold100")
    assert holding.held(2, curve).weight == 1 and program.desk.selection.layer == program.desk.document.layers[2].id
    assert "held" in pane._told_of(program.desk.document.layers[2].id, 2)
    held = pixels(pane)
    assert (held != before).any()
    menu = open_menu(program, pane, 2)
    assert [each.objectName() for each in menu.actions() if each.isChecked()] == ["hold100"]
    choose(program, menu, "hold50")
    assert holding.held(2, curve).weight == 0.5
    choose(program, open_menu(program, pane, 2, QContextMenuEvent.Reason.Keyboard), "hold0")
    assert holding.held(2, curve) is None


def test_continue_keeps_what_the_keys_hold_and_again_lets_go(factorised):
    program, document = factorised, factorised.desk.document
    program.desk.selection.select(document.layers[1].id)
    window = program.window
    for key in (Qt.Key.Key_W, Qt.Key.Key_H):
        QTest.keyClick(window, key, CTRL_ALT)
        pump(program.application)
    w, h = document.run.factors.W.copy(), document.run.factors.H.copy()
    window.actions_.by_name["continue"].trigger()
    finish(program)
    now = document.run.factors
    assert np.array_equal(now.W[:, 1], w[:, 1]) and np.array_equal(now.H[1], h[1])
    assert not np.array_equal(now.H[0], h[0])
    for key in (Qt.Key.Key_W, Qt.Key.Key_H):
        QTest.keyClick(window, key, CTRL_ALT)
        pump(program.application)
    assert document.state.present.known == ()


@pytest.fixture
def ticked(factorised):
    """… with onsets in the lane of the second layer, which is the present one."""
    program, document = factorised, factorised.desk.document
    layer = document.layers[1]
    program.desk.selection.select(layer.id)
    word = Onsets(layer.part_ids[0], (0.5, 1.5, 2.5))
    document.act("tell", known_acts.tell(document.recorded_state, word))
    pump(program.application)
    return program


def seconds(program):
    onsets = program.desk.tapping.onsets(program.desk.document.layers[1])
    return () if onsets is None else onsets.seconds


def test_a_tick_is_dragged_taken_back_by_escape_and_removed_by_its_menu(ticked):
    program, pane = ticked, ticked.window.panes.activations
    y = int(lane_of(pane, 1).center().y())

    def at(second):
        return QPoint(round(pane.time_to_x(second)), y)

    QTest.mousePress(pane, LEFT, NONE, at(1.5))
    QTest.mouseMove(pane, at(2.0))
    assert len(seconds(program)) == 3 and abs(seconds(program)[1] - 2.0) < 0.02
    program.desk.under_way.escape(False)
    QTest.mouseRelease(pane, LEFT, NONE, at(2.0))
    assert seconds(program) == (0.5, 1.5, 2.5)
    QTest.mousePress(pane, LEFT, NONE, at(1.5))
    QTest.mouseMove(pane, at(1.8))
    QTest.mouseRelease(pane, LEFT, NONE, at(2.0))
    assert abs(seconds(program)[1] - 2.0) < 0.02 and program.desk.document.undo_name == "Move an onset of Component 2"
    for name, left in (("removeOnset", 2), ("removeOnsets", 0)):
        place = at(0.5)
        QApplication.sendEvent(pane, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, pane.mapToGlobal(place)))
        pump(program.application)
        choose(program, pane._menu, name)
        assert len(seconds(program)) == left


def test_the_key_taps_while_it_plays(ticked):
    program = ticked
    before = seconds(program)
    QTest.keyClick(program.window, Qt.Key.Key_Semicolon)
    pump(program.application)
    assert seconds(program) == before, "nothing is heard"
    program.desk.playback.play(0.0)
    QTest.keyClick(program.window, Qt.Key.Key_Semicolon)
    pump(program.application)
    assert len(seconds(program)) == 4
    program.desk.playback.stop()


def test_a_pitch_line_and_a_score_are_begun_from_the_menu_by_their_keys(opened, tmp_path):
    program, document = opened, opened.desk.document
    stack = document.stack
    analysis, rate = document.state.analysis, document.recording.rate
    low, high = analysis.bin_at(200, rate), analysis.bin_at(1000, rate)
    program.desk.selection.set_area(rectangle(Region(low, high, 0, stack.frames), stack.bins, stack.frames))
    QTest.keyClick(program.window, Qt.Key.Key_P, CTRL_ALT)
    assert pump(program.application, lambda: len(document.layers) == 2, 10)
    path = tmp_path / "Tune.csv"
    path.write_text("0.5, 1.0, 60\n1.5, 1.0, 64\n")
    QTest.keyClick(program.window, Qt.Key.Key_O, CTRL_ALT)
    asked = program.window.findChild(QFileDialog, "notesDialog")
    assert asked is not None and asked.isVisible()
    asked.filesSelected.emit([str(path)])
    asked.close()
    assert pump(program.application, lambda: document.state.present.name == "Tune", 10)
    program.window.panes.factorise.iterations.setValue(5)
    program.window.actions_.by_name["factorise"].trigger()
    finish(program)
    tune = next(each for each in document.layers if each.name == "Tune")
    pane = program.window.panes.activations
    assert len(tune.components) == 2 and lane_of(pane, tune.components[0]).isValid()


def test_what_is_known_is_listed_selects_its_layer_and_is_taken_away(ticked):
    program, document = ticked, ticked.desk.document
    QTest.keyClick(program.window, Qt.Key.Key_K, CTRL_ALT)
    pump(program.application)
    listed = dialog(program, "knownDialog")
    program.desk.holding.hold(3, Curve.TEMPLATE, 0.5)
    pump(program.application)
    texts = [listed.list.item(i).text() for i in range(listed.list.count())]
    assert texts == ["Component 2 · onsets: 3", "Component 4 · template pulled, 50 %"]
    assert listed.invitation.isHidden()
    listed.list.setFocus()
    listed.list.setCurrentRow(1)
    assert program.desk.selection.layer == document.layers[3].id
    QTest.keyClick(listed.list, Qt.Key.Key_Delete)
    pump(program.application)
    assert program.desk.holding.held(3, Curve.TEMPLATE) is None and listed.list.count() == 1
    QTest.mouseClick(listed.remove, LEFT)
    pump(program.application)
    assert document.state.present.known == () and not listed.invitation.isHidden() and not listed.remove.isEnabled()
    document.undo()
    assert listed.list.count() == 1
