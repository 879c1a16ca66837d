"""The pane of scores, by real events (offscreen)."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, dialog, press, run, settle
from workbench.ui.base import theme
from workbench.ui.stack.room_bar import REACHED
from workbench.ui.stack.scores_panel import ORACLE, REFERENCE, ROOM, SDR, SI_SDR, SOURCE, decibels_of


@pytest.fixture
def scored(mixed, tmp_path):
    """Three parts, factorised into four components, with all references, measured and shown."""
    run(mixed, components=4, iterations=20)
    mixed.desk.references.add([tmp_path / "stems"])
    settle(mixed)
    press(mixed, Qt.Key.Key_F9)
    measured(mixed)
    return mixed


def measured(program):
    scoring = program.desk.scoring

    def still() -> bool:
        return not (
            scoring.left or program.desk.runner.jobs or scoring._later.isActive() or scoring._showing.isActive()
        )

    assert pump(program.application, still, 20)
    pump(program.application)


def items(program):
    """All items of the table, groups before their layers."""
    table = program.window.panes.scores.table
    out = []
    for i in range(table.topLevelItemCount()):
        item = table.topLevelItem(i)
        out += [item, *(item.child(k) for k in range(item.childCount()))]
    return out


def click(program, item, column):
    table = program.window.panes.scores.table
    table.scrollToItem(item)
    rect = table.visualItemRect(item)
    x = table.columnViewportPosition(column) + table.columnWidth(column) // 2
    place = rect.center()
    place.setX(x)
    QTest.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    pump(program.application)


def choose(program, text):
    menu = program.window.panes.scores.findChild(QMenu, "scoresMenu")
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()
    pump(program.application)


def test_an_empty_pane_invites_to_add_references(mixed):
    press(mixed, Qt.Key.Key_F9)
    panel = mixed.window.panes.scores
    assert not panel.invitation.visibleRegion().isEmpty() and panel.table.isHidden()
    assert not panel.copy.isEnabled() and not panel.evaluate.isEnabled()
    QTest.mouseClick(panel.open, LEFT)
    pump(mixed.application)
    dialog(mixed, "referencesDialog").close()


def test_every_layer_has_its_numbers_and_they_follow_the_masks(scored):
    panel, rows = scored.window.panes.scores, scored.desk.scoring.rows
    assert not panel.table.visibleRegion().isEmpty() and panel.status.text() == "up to date"
    names = dict(scored.desk.scoring.references)
    for item, row in zip(items(scored), rows, strict=True):
        assert (item.text(SOURCE), item.text(REFERENCE)) == (row.source.name, names[row.reference])
        assert (item.text(SDR), item.text(SI_SDR)) == (decibels_of(row.score.sdr), decibels_of(row.score.si_sdr))
        assert item.text(ORACLE) == decibels_of(row.oracle.sdr) and item.data(ROOM, REACHED) == row.reached
        assert item.text(ROOM).endswith("dB left")
    before = [item.text(SDR) for item in items(scored)]
    press(scored, Qt.Key.Key_I, CTRL)
    measured(scored)
    assert [item.text(SDR) for item in items(scored)] != before
    press(scored, Qt.Key.Key_Z, CTRL)
    measured(scored)
    assert [item.text(SDR) for item in items(scored)] == before


def test_groups_stand_over_their_layers_and_a_click_selects(scored):
    selection, document = scored.desk.selection, scored.desk.document
    click(scored, items(scored)[2], SOURCE)
    assert selection.layer == document.layers[2].id
    selection.select(document.layers[0].id)
    pump(scored.application)
    assert scored.window.panes.scores.table.currentItem() is items(scored)[0]
    selection.select(document.layers[1].id, add=True)
    press(scored, Qt.Key.Key_G)
    measured(scored)
    group = next(item for item in items(scored) if item.childCount())
    assert group.childCount() == 2 and group.text(SDR) != "–"
    click(scored, group, SOURCE)
    assert selection.group == document.groups[0].id
    group.setExpanded(False)
    selection.select(document.layers[0].id)
    pump(scored.application)
    assert group.isExpanded(), "what is selected is seen"
    press(scored, Qt.Key.Key_N)
    measured(scored)
    assert next(item for item in items(scored) if item.childCount()).isExpanded(), "what was unfolded stays so"


def test_another_reference_is_chosen_from_a_menu(scored):
    item = items(scored)[0]
    other = next(name for _, name in scored.desk.scoring.references if name != item.text(REFERENCE))
    click(scored, item, REFERENCE)
    choose(scored, other)
    assert item.text(REFERENCE) == other and "by hand" in item.toolTip(REFERENCE)
    table = scored.window.panes.scores.table
    table.setCurrentItem(item)
    QTest.keyClick(table, Qt.Key.Key_Return)
    pump(scored.application)
    choose(scored, "None")
    assert (item.text(REFERENCE), item.text(SDR), item.text(ROOM)) == ("none", "–", "")
    click(scored, item, REFERENCE)
    choose(scored, "That which it is most like")
    assert item.text(SDR) != "–" and scored.desk.document.step == 5


def test_the_table_is_copied(scored):
    QTest.mouseClick(scored.window.panes.scores.copy, LEFT)
    assert QGuiApplication.clipboard().text() == scored.desk.scoring.csv()


def test_nothing_is_measured_for_a_pane_that_is_not_seen(scored):
    press(scored, Qt.Key.Key_F4)
    press(scored, Qt.Key.Key_I, CTRL)
    settle(scored)
    assert scored.desk.scoring.left
    press(scored, Qt.Key.Key_F9)
    measured(scored)
    assert scored.window.panes.scores.status.text() == "up to date"


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_bar_is_seen_in_both_themes(scored, name):
    scored.desk.stem_stacks.make_masks(False)
    measured(scored)
    scored.window.set_theme(name)
    pump(scored.application)
    panel = scored.window.panes.scores
    # The selected row has the colours of the selection; the one below it the theme's.
    item = items(scored)[1]
    panel.table.scrollToItem(item)
    image = panel.table.viewport().grab().toImage()
    rect = panel.table.visualItemRect(item)
    at = panel.table.columnViewportPosition(ROOM) + 40
    assert item.data(ROOM, REACHED) == pytest.approx(1.0, abs=0.02)
    assert image.pixelColor(at, rect.center().y()).name() == theme.current().accent
    assert panel.table.columnWidth(ROOM) > 150


def test_without_museval_the_window_says_so(scored, monkeypatch):
    monkeypatch.setitem(sys.modules, "museval", None)
    QTest.mouseClick(scored.window.panes.scores.evaluate, LEFT)
    settle(scored)
    assert "museval" in scored.window.notice.text.text()
