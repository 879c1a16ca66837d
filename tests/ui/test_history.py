"""The history panel, and edits that are cleared or given back, by real events (offscreen)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.acting import change_layer
from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, drag, mask_under, middle, press, settle
from workbench.ui.base import theme
from workbench.ui.base.controls import fit


def test_the_history_panel_goes_to_any_step_and_gives_a_place_back(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.history
    at = middle(program)
    panel.parent().raise_()
    pump(program.application, seconds=0.1)
    computed = mask_under(program, 0, at + QPoint(20, 0))
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    drag(program, at + QPoint(0, 60), at + QPoint(40, 60))

    def pictured() -> bool:
        items = [panel.list.item(i) for i in range(panel.list.count())]
        return len(items) == len(document.steps) and all(not each.icon().isNull() for each in items)

    assert pump(program.application, pictured, 10)
    texts = [panel.list.item(i).text() for i in range(panel.list.count())]
    assert texts[0] == "As it was opened" and texts[-2:] == ["Paint Component 1"] * 2
    assert panel.list.currentRow() == len(texts) - 1

    def click(row: int, button=LEFT) -> None:
        QTest.mouseClick(panel.list.viewport(), button, NONE, panel.list.visualItemRect(panel.list.item(row)).center())
        pump(program.application)

    click(1)
    assert document.step == 1 and document.state.edits == () and document.redo_name == "Paint Component 1"
    click(3)
    assert document.step == 3
    # Only within the selection, the masks come back as they were before the strokes.
    press(program, Qt.Key.Key_R)
    drag(program, at + QPoint(5, -30), at + QPoint(60, 30))
    panel.list.setCurrentRow(1)
    panel.recall.click()
    settle(program)
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(computed, abs=1e-5)
    assert mask_under(program, 0, at + QPoint(20, 60)) == pytest.approx(1, abs=1e-3)
    assert "Give back" in document.undo_name and document.steps[4].name == "Select" and document.step == 5


def test_locked_layers_stay_when_edits_are_cleared_or_given_back(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(60, 0))
    held = mask_under(program, 0, at + QPoint(20, 0))
    change_layer(document, "lock", document.layers[0].id, None, locked=True)
    program.window.actions_.by_name["clearEdits"].trigger()
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(held, abs=1e-6)
    press(program, Qt.Key.Key_Z, CTRL)
    program.window.actions_.by_name["clearLayer"].trigger()
    assert "locked" in program.window.notice.text.text()
    # A lock that comes while masks are being given back counts.
    press(program, Qt.Key.Key_R)
    drag(program, at + QPoint(0, -20), at + QPoint(50, 20))
    change_layer(document, "unlock", document.layers[0].id, None, locked=False)
    program.desk.masks.recall(1)
    change_layer(document, "lock", document.layers[0].id, None, locked=True)
    settle(program)
    assert "meanwhile" in program.window.notice.text.text()
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(held, abs=1e-6)


def test_the_history_is_written_in_the_colours_of_the_theme(factorised):
    window = factorised.window
    window.layout_.history.raise_()
    for name in ("light", "dark"):
        window.set_theme(name)
        assert pump(factorised.application, lambda: window.panes.history.list.count() > 1, 5)
        present = window.panes.history.list.item(factorised.desk.document.step)
        assert present.foreground().color().name() == QColor(theme.current().text).name()


def test_windows_are_no_larger_than_the_screen(factorised):
    widget = QWidget()
    room = widget.screen().availableSize()
    fit(widget, 10, 12)
    assert widget.size() == QSize(10, 12)
    fit(widget, room.width() + 300, room.height() + 40)
    assert widget.size() == room
