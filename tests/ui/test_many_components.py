"""Two dozen components can be read: lanes that scroll, and the map of what sounds alike."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, finish
from workbench.control.tools import Tool
from workbench.ui.factors import activations, templates

COUNT = 24


@pytest.fixture
def many(opened):
    """The program with 24 components."""
    opened.desk.wishes.set(components=COUNT, iterations=20)
    opened.desk.wishes.factorise(True)
    finish(opened)
    return opened


@pytest.fixture
def mapped(many):
    """… and the map in front."""
    many.window.layout_.map.raise_()
    chart = many.window.panes.map
    assert pump(many.application, lambda: len(chart.dots()) == COUNT, 5)
    return many


def turn(program, pane, steps):
    at = QPointF(pane.lanes_area().center())
    event = QWheelEvent(
        at,
        pane.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, event)
    pump(program.application)


def in_view(pane) -> list[int]:
    """Components of whose lanes the middle is seen."""
    pane._ensure_picture()
    return [component for rect, _, component in pane._lanes if pane.lanes_area().contains(rect.center())]


@pytest.mark.parametrize(("name", "module"), [("activations", activations), ("templates", templates)])
def test_every_lane_is_large_enough_to_be_read_and_the_wheel_reaches_all(many, name, module):
    pane = getattr(many.window.panes, name)
    seen: list[int] = []
    for _ in range(2 * COUNT):
        now = in_view(pane)
        seen += [component for component in now if component not in seen]
        sides = {round(rect.height() if name == "activations" else rect.width(), 3) for rect, _, _ in pane._lanes}
        assert sides == {module.LEAST}
        assert module.LEAST >= module.LABEL, "no label reaches into the next lane"
        turn(many, pane, -1)
    order = [component for layer in many.desk.document.layers for component in layer.components]
    assert seen == order and pane._lay.bar.isVisible()
    assert pane._lay.bar.value() == pane._lay.bar.maximum()
    turn(many, pane, 2 * COUNT)
    assert in_view(pane)[0] == order[0]


@pytest.mark.parametrize("name", ["activations", "templates"])
def test_what_is_selected_elsewhere_comes_into_view_and_a_click_means_what_is_seen(many, name):
    pane, document = getattr(many.window.panes, name), many.desk.document
    for place in (COUNT - 1, 3, 12):
        layer = document.layers[place]
        many.desk.selection.select(layer.id)
        assert layer.components[0] in in_view(pane)
    for rect, layer, _ in list(pane._lanes):
        if pane.lanes_area().contains(rect.center()):
            QTest.mouseClick(pane, LEFT, NONE, rect.center().toPoint())
            assert many.desk.selection.layer == layer
            pane._ensure_picture()
    before = many.desk.selection.layer
    QTest.mouseClick(pane, LEFT, NONE, QPoint(2, pane.height() - 3))
    assert many.desk.selection.layer == before, "below the lanes there is none"


def test_a_lane_that_was_scrolled_to_is_the_one_that_is_drawn_in(many):
    pane, document = many.window.panes.activations, many.desk.document
    many.desk.tools.choose(Tool.ERASER)
    turn(many, pane, -9)
    component = in_view(pane)[1]
    rect = next(rect for rect, _, c in pane._lanes if c == component)
    before = document.run.factors.H.copy()
    start, end = (QPoint(int(pane.time_to_x(s)), int(rect.center().y())) for s in (0.5, 1.5))
    QTest.mousePress(pane, LEFT, NONE, start)
    QTest.mouseMove(pane, end)
    QTest.mouseRelease(pane, LEFT, NONE, end)
    pump(many.application)
    changed = np.flatnonzero((before != document.run.factors.H).any(axis=1))
    assert changed.tolist() == [component]


def test_few_components_fill_their_panes_and_nothing_scrolls(factorised):
    for pane in (factorised.window.panes.activations, factorised.window.panes.templates):
        assert len(in_view(pane)) == 4 and pane._lay.bar.isHidden()


def test_a_layer_that_is_pointed_at_lights_up_in_all_panes(mapped):
    chart, pane, light = mapped.window.panes.map, mapped.window.panes.activations, mapped.desk.highlight
    at, _, _, layer = chart.dots()[0]
    mapped.desk.selection.select(layer.id)
    QTest.mouseMove(chart, QPoint(1, 1))
    pump(mapped.application)
    before = pane.grab().toImage()
    QTest.mouseMove(chart, at.toPoint())
    assert light.layer == layer.id
    assert pane.grab().toImage() != before
    QTest.mouseMove(chart, QPoint(1, 1))
    assert light.layer == 0 and pane.grab().toImage() == before
    rect, owner, _ = pane._lanes[0]
    QTest.mouseMove(pane, rect.center().toPoint() + QPoint(5, 0))
    assert light.layer == owner


def test_a_click_in_the_map_selects_ctrl_adds_and_a_drag_picks_all_within(mapped):
    chart, selection = mapped.window.panes.map, mapped.desk.selection
    dots = chart.dots()
    for at, _, _, layer in (dots[0], dots[-1]):
        QTest.mouseClick(chart, LEFT, NONE, at.toPoint())
        assert selection.layer == chart._dot_at(QPointF(at.toPoint()))[3].id
        assert layer.id in selection.picked or chart._dot_at(QPointF(at.toPoint()))[3].id in selection.picked
    alone = selection.picked
    other = next(dot for dot in dots if dot[3].id not in alone and chart._dot_at(dot[0])[3].id == dot[3].id)
    QTest.mouseClick(chart, LEFT, CTRL, other[0].toPoint())
    assert set(selection.picked) == {*alone, other[3].id}
    corner = QPoint(1, 1)
    end = QPoint(chart.width() // 2, chart.height() - 2)
    QTest.mousePress(chart, LEFT, NONE, corner)
    QTest.mouseMove(chart, end)
    QTest.mouseRelease(chart, LEFT, NONE, end)
    inside = {layer.id for at, _, _, layer in dots if 1 <= at.x() <= end.x() and 1 <= at.y() <= end.y()}
    assert inside and set(selection.picked) == inside


def test_the_arrow_keys_walk_through_the_map(mapped):
    chart, selection = mapped.window.panes.map, mapped.desk.selection
    chart.setFocus()
    places = {layer.id: at for at, _, _, layer in chart.dots()}
    leftmost = min(places, key=lambda layer: places[layer].x())
    selection.select(leftmost)
    walked = [leftmost]
    for _ in range(COUNT):
        QTest.keyClick(chart, Qt.Key.Key_Right)
        if selection.layer == walked[-1]:
            break
        assert places[selection.layer].x() > places[walked[-1]].x()
        walked.append(selection.layer)
    assert len(walked) > 3


def test_alike_components_stand_near_each_other(mapped):
    """A component whose template is copied from another one stands where that one stands."""
    from workbench.masks.model.models import Factors

    document, chart = mapped.desk.document, mapped.window.panes.map
    w = document.run.factors.W.copy()
    w[:, 7] = 0.5 * w[:, 2]
    document.act_factors("copy", Factors(w, document.run.factors.H))

    def places():
        return {component: at for at, _, component, _ in chart.dots()}

    assert pump(mapped.application, lambda: (places()[7] - places()[2]).manhattanLength() < 0.01, 5)


def test_with_no_components_the_map_says_what_comes(opened):
    opened.window.layout_.map.raise_()
    pump(opened.application)
    assert opened.window.panes.map.dots() == []
    opened.window.panes.map.grab()
    QTest.mouseClick(opened.window.panes.map, LEFT, NONE, QPoint(20, 20))
    QTest.keyClick(opened.window.panes.map, Qt.Key.Key_Left)
    assert opened.desk.selection.layer
