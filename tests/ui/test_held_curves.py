"""Holding curves by hand in the real window: the menu over a curve, its keys, and what is seen of it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import pump
from tests.ui.gestures import finish, lane_of, pixels
from workbench.separation.holds import Curve

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
    assert document.state.present.holds == ()
