"""Whose place is this: Alt+click, its key, and the menu of the right button, by a real hand."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, SHIFT, group, mask_under, middle, press
from workbench.control.tools import Tool

ALT, RIGHT = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.RightButton


def owner_index(program, point: QPoint) -> int:
    """The layer with the largest mask under a point."""
    return int(np.argmax([mask_under(program, i, point) for i in range(len(program.desk.document.layers))]))


@pytest.fixture
def spot(factorised) -> QPoint:
    """A place that one layer clearly owns, and not the one that is selected."""
    canvas = factorised.desk.plane.canvas
    for x in range(canvas.left() + 40, canvas.right() - 40, 7):
        for y in range(canvas.top() + 40, canvas.bottom() - 40, 7):
            masks = [mask_under(factorised, i, QPoint(x, y)) for i in range(4)]
            if max(masks) > 0.9 and int(np.argmax(masks)) != factorised.desk.selection.index:
                near = [owner_index(factorised, QPoint(x + i, y + j)) for i in (-1, 1) for j in (-1, 1)]
                if set(near) == {int(np.argmax(masks))}:
                    return QPoint(x, y)
    raise AssertionError("no layer owns a place")


def menu_at(program, point: QPoint) -> QMenu:
    QTest.mouseClick(program.window.panes.spectrogram, RIGHT, NONE, point)
    pump(program.application)
    menu = program.window.place_menu
    assert menu.isVisible()
    return menu


def choose(program, menu: QMenu, name: str) -> None:
    """Choose an entry by the keys that go to it."""
    action = menu.findChild(QAction, name) or next(each for each in menu.actions() if each.objectName() == name)
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    pump(program.application)
    program.window.place_menu.close()


@pytest.mark.parametrize("tool", [Tool.SELECT, Tool.WAND, Tool.BRUSH, Tool.POLYGON, Tool.THRESHOLD])
def test_alt_click_selects_who_owns_the_place_and_does_nothing_else(factorised, spot, tool):
    program = factorised
    program.desk.tools.choose(tool)
    state, wanted = program.desk.document.recorded_state, owner_index(program, spot)
    QTest.mouseClick(program.window.panes.spectrogram, LEFT, ALT, spot)
    pump(program.application)
    assert program.desk.selection.index == wanted and program.desk.selection.area is None
    assert program.desk.document.recorded_state is state and not program.desk.selecting.busy


def test_again_it_selects_the_group(factorised, spot):
    program = factorised
    wanted = owner_index(program, spot)
    made = group(program, wanted, (wanted + 1) % 4)
    view = program.window.panes.spectrogram
    program.desk.selection.select(program.desk.document.layers[3].id)
    for expected in (0, made, 0):
        QTest.mouseClick(view, LEFT, ALT, spot)
        pump(program.application)
        assert program.desk.selection.group == expected


def test_the_key_does_so_where_the_pointer_is(factorised, spot):
    program = factorised
    wanted = owner_index(program, spot)
    QTest.mouseMove(program.window.panes.spectrogram, spot)
    pump(program.application)
    press(program, Qt.Key.Key_X, SHIFT)
    assert program.desk.selection.index == wanted


def test_the_menu_names_who_holds_the_place_with_their_shares(factorised, spot):
    program = factorised
    QTest.mouseMove(program.window.panes.spectrogram, spot)
    pump(program.application)
    here = program.desk.pointing.here()
    menu = menu_at(program, spot)
    entries = [each for each in menu.actions() if each.objectName().startswith("placeLayer")]
    assert 1 <= len(entries) <= 3
    for entry, holder in zip(entries, here.layers, strict=False):
        name, share = entry.text().split("\t")
        assert name == holder.layer.name and share == f"{100 * holder.share:.0f} %"
    menu.close()


def test_solo_mute_and_why_from_the_menu(factorised, spot):
    program = factorised
    wanted = owner_index(program, spot)
    for name, field in (("soloOwner", "solo"), ("muteOwner", "mute")):
        choose(program, menu_at(program, spot), name)
        assert getattr(program.desk.document.layers[wanted], field)
        choose(program, menu_at(program, spot), name)
        assert not getattr(program.desk.document.layers[wanted], field)
    menu = menu_at(program, spot)
    why = menu.findChild(QMenu, "placeWhy")
    texts = [each.text() for each in why.actions()]
    assert texts and all("%" in text and "Component" in text for text in texts)
    menu.close()


def test_the_owner_is_grouped_from_the_menu_in_one_step(factorised, spot):
    program = factorised
    wanted = owner_index(program, spot)
    layer = program.desk.document.layers[wanted].id
    menu = menu_at(program, spot)
    choose(program, menu.findChild(QMenu, "placeGroups"), "groupNew")
    steps = program.desk.document.steps
    assert next(each for each in program.desk.document.layers if each.id == layer).group
    program.desk.under_way.undo()
    assert len(program.desk.document.steps) == len(steps) and not any(
        each.group for each in program.desk.document.layers
    )


def test_beside_the_picture_it_says_nothing_of_a_place(factorised):
    program = factorised
    corner = middle(program)
    corner.setX(3)
    menu = menu_at(program, corner)
    assert not [each for each in menu.actions() if each.objectName().startswith("placeLayer")]
    menu.close()


def test_the_menu_key_opens_it_for_the_place_of_the_pointer(factorised, spot):
    program = factorised
    view = program.window.panes.spectrogram
    QTest.mouseMove(view, spot)
    pump(program.application)
    owner = program.desk.pointing.here().owner
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, spot, view.mapToGlobal(spot)))
    menu = program.window.place_menu
    assert menu.isVisible() and any(each.text() == f"Solo “{owner.name}”" for each in menu.actions())
    menu.close()
