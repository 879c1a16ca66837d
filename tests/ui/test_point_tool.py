"""Pointing at sounds with the mouse: what lights up, what the hand says by it, and the list of marks."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, middle, pixels, press, still, trail
from tests.ui.pointing import at, chips, click, hover, leave, marks, names
from workbench.control.tools import Tool


def panel(program):
    return program.window.panes.marks


def canvas_of(program) -> np.ndarray:
    """The canvas as it is drawn, without alpha."""
    canvas, shown = program.desk.plane.canvas, pixels(program.window.panes.spectrogram)
    ratio = program.window.panes.spectrogram.devicePixelRatioF()
    top, left, bottom, right = (
        round(edge * ratio) for edge in (canvas.top(), canvas.left(), canvas.bottom(), canvas.right())
    )
    return shown[top:bottom, left:right, :3].astype(float)


def test_the_point_tool_is_in_hand_when_the_window_opens(pointing):
    assert pointing.desk.tools.tool is Tool.POINT and pointing.desk.marking.active
    assert chips(pointing).isVisible() and chips(pointing).another.isChecked()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_belongs_to_the_place_stays_bright_and_the_rest_steps_back(pointing, theme):
    pointing.window.set_theme(theme)
    leave(pointing)
    still(pointing, pointing.window.panes.spectrogram)
    plain = canvas_of(pointing)
    hover(pointing, at(pointing, 0.5, 0.35))
    left = canvas_of(pointing).sum(axis=2) / np.maximum(plain.sum(axis=2), 1)
    share, seen = shares_of(pointing), plain.sum(axis=2) > 90
    # How bright a point stays goes with the share of it that a click would have.
    most, least = (np.quantile(share[seen], q) for q in (0.95, 0.05))
    assert most - least > 0.3
    bright, dim = (left[seen & (share >= most)].mean(), left[seen & (share <= least)].mean())
    assert bright > 0.8 and bright - dim > 0.5 * (most - least)
    # Elsewhere something else is lit.
    lit = canvas_of(pointing)
    hover(pointing, at(pointing, 0.2, 0.8))
    assert pump(pointing.application, lambda: not np.array_equal(canvas_of(pointing), lit), 10)
    leave(pointing)
    assert np.abs(canvas_of(pointing) - plain).mean() < 1


def shares_of(program) -> np.ndarray:
    """The share of what is lit in every pixel of the canvas."""
    sources, number = program.desk.marking.lit
    rows, columns = program.desk.plane.axes
    values = sources.values(np.arange(sources.components), rows.cells, columns.cells)
    share = values[number] / np.maximum(values.sum(axis=0), 1e-30)
    height, width = canvas_of(program).shape[:2]
    return share[rows.spread][:, columns.spread][::-1][:height, :width]


def test_a_click_makes_a_source_and_undo_takes_it_back(pointing):
    click(pointing, middle(pointing))
    assert names(pointing) == ["Rest", "Source 1"] and len(marks(pointing)) == 1
    assert [chip.text() for chip in chips(pointing).chips] == ["Source 1", "Rest"]
    press(pointing, Qt.Key.Key_Z, CTRL)
    assert names(pointing) == ["Everything"]
    assert not any(chip.isVisible() for chip in chips(pointing).chips)
    press(pointing, Qt.Key.Key_Z, CTRL | SHIFT)
    assert names(pointing) == ["Rest", "Source 1"]


def test_shift_and_ctrl_say_more_of_the_selected_source(marked):
    click(marked, at(marked, 0.5, 0.2), SHIFT)
    click(marked, at(marked, 0.5, 0.8), CTRL)
    assert names(marked) == ["Rest", "Source 1", "Source 2"]
    part = marked.desk.document.layers[2].parts[0].id
    assert [(mark.source, mark.denies) for mark in marks(marked)[2:]] == [(part, False), (part, True)]


def test_chips_choose_whom_a_click_is_for(marked):
    first, second, rest = chips(marked).chips
    assert not first.isChecked() and chips(marked).another.isChecked()
    QTest.mouseClick(first, LEFT)
    pump(marked.application)
    assert first.isChecked() and not chips(marked).another.isChecked()
    assert marked.desk.selection.present.name == "Source 1"
    click(marked, at(marked, 0.5, 0.2))
    assert names(marked) == ["Rest", "Source 1", "Source 2"]
    assert marked.desk.marks.source_of(marks(marked)[-1]).name == "Source 1"
    QTest.mouseClick(chips(marked).another, LEFT)
    click(marked, at(marked, 0.5, 0.8))
    assert names(marked)[-1] == "Source 3" and rest.isVisible() and second.isVisible()


def test_number_keys_choose_sources_with_the_point_tool_and_tools_with_others(marked):
    press(marked, Qt.Key.Key_2)
    assert marked.desk.tools.tool is Tool.POINT and chips(marked).chips[1].isChecked()
    press(marked, Qt.Key.Key_0)
    assert chips(marked).another.isChecked()
    press(marked, Qt.Key.Key_B)
    press(marked, Qt.Key.Key_2)
    assert marked.desk.tools.tool is Tool.RECTANGLE
    press(marked, Qt.Key.Key_P, SHIFT)
    assert marked.desk.tools.tool is Tool.POINT


def test_a_drag_is_one_mark_and_is_seen_while_it_goes_on(pointing):
    view, document = pointing.window.panes.spectrogram, pointing.desk.document
    QTest.mousePress(view, LEFT, NONE, at(pointing, 0.2, 0.5))
    for across in (0.25, 0.3, 0.35):
        QTest.mouseMove(view, at(pointing, across, 0.5))
        pump(pointing.application)
        assert document.state is not document.recorded_state and names(pointing) == ["Rest", "Source 1"]
    QTest.mouseRelease(view, LEFT, NONE, at(pointing, 0.35, 0.5))
    pump(pointing.application)
    assert document.state is document.recorded_state and document.step == 1 and len(marks(pointing)) == 1


def test_a_drag_out_of_the_picture_is_a_mark_all_the_same(pointing):
    drag(pointing, at(pointing, 0.9, 0.5), at(pointing, 1.2, 0.7))
    assert len(marks(pointing)) == 1 and pointing.desk.document.step == 1


def test_only_this_sounds_is_a_switch_for_drags(pointing):
    QTest.mouseClick(chips(pointing).spans, LEFT, NONE, QPoint(8, chips(pointing).spans.height() // 2))
    trail(pointing, at(pointing, 0.4, 0.5), at(pointing, 0.5, 0.5), at(pointing, 0.6, 0.5))
    bounds = marks(pointing)[0].place.bounds
    assert bounds.low <= 0 and bounds.high >= pointing.desk.document.stack.bins
    pointing.window.layout_.marks.raise_()
    assert pump(pointing.application, lambda: panel(pointing).list.count() == 1, 10)
    assert "all frequencies" in panel(pointing).list.item(0).text()


@pytest.mark.parametrize("moved", [False, True])
def test_esc_leaves_what_the_hand_holds(pointing, moved):
    view = pointing.window.panes.spectrogram
    QTest.mousePress(view, LEFT, NONE, at(pointing, 0.2, 0.5))
    if moved:
        QTest.mouseMove(view, at(pointing, 0.4, 0.5))
    press(pointing, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, NONE, at(pointing, 0.4, 0.5))
    pump(pointing.application)
    assert names(pointing) == ["Everything"] and pointing.desk.document.step == 0


def test_a_held_button_plays_what_is_lit_alone_and_leaves_no_mark(pointing):
    view = pointing.window.panes.spectrogram
    hover(pointing, middle(pointing))
    QTest.mousePress(view, LEFT, NONE, middle(pointing))
    assert pump(pointing.application, lambda: pointing.desk.audition.sounds, 10)
    assert pointing.desk.heard.scene() is not pointing.desk.document.scene
    QTest.mouseRelease(view, LEFT, NONE, middle(pointing))
    pump(pointing.application)
    assert not pointing.desk.audition.sounds and names(pointing) == ["Everything"]
    assert pointing.desk.heard.scene() is pointing.desk.document.scene


def test_a_click_before_the_components_are_there_is_kept(opened):
    click(opened, middle(opened))
    assert pump(opened.application, lambda: names(opened) == ["Rest", "Source 1"], 20)
    assert opened.desk.document.step == 1


def test_marks_are_outlined_while_the_tool_is_in_hand(marked):
    pump(marked.application, seconds=0.2)
    leave(marked)
    shown = canvas_of(marked)
    marked.desk.tools.choose(Tool.SELECT)
    pump(marked.application, seconds=0.1)
    bare = canvas_of(marked)
    differs = np.abs(shown - bare).max(axis=2) > 20
    canvas = marked.desk.plane.canvas
    around = np.zeros(differs.shape, bool)
    for mark in marks(marked):
        rect = marked.desk.plane.rect_of(mark.place.bounds).adjusted(-16, -16, 16, 16)
        top, left = round(rect.top() - canvas.top()), round(rect.left() - canvas.left())
        around[max(top, 0) : round(top + rect.height()), max(left, 0) : round(left + rect.width())] = True
    assert differs.any() and not differs[~around].any()
    marked.desk.tools.choose(Tool.POINT)
    marked.desk.marks.turn(marks(marked)[0])
    pump(marked.application, seconds=0.2)
    assert not np.array_equal(canvas_of(marked), shown)


def test_a_stroke_is_outlined_where_the_hand_went(pointing):
    trail(pointing, at(pointing, 0.2, 0.2), at(pointing, 0.5, 0.5), at(pointing, 0.8, 0.8))
    leave(pointing)
    shown = canvas_of(pointing)
    pointing.desk.tools.choose(Tool.SELECT)
    pump(pointing.application, seconds=0.1)
    differs = np.abs(shown - canvas_of(pointing)).max(axis=2) > 20
    rows, columns = np.nonzero(differs)
    height, width = differs.shape
    # All of it is close to the diagonal, and there is some from its one end to the other.
    away = np.abs((height - rows) / height - columns / width)
    assert away.max() < 0.06 and columns.min() < 0.22 * width and columns.max() > 0.78 * width


# -- the list of marks --------------------------------------------------------------------------------


def test_the_list_says_what_was_said_and_what_it_came_to(marked):
    items = [panel(marked).list.item(i) for i in range(2)]
    for number, item in enumerate(items, 1):
        assert item.text().startswith(f"Source {number} · ") and not item.icon().isNull()
    assert pump(marked.application, lambda: all("moved" in item.text() for item in items), 10)


def test_the_weight_moves_while_the_slider_does_and_is_one_act(marked):
    row, count = panel(marked), marked.desk.document.step
    row.list.setCurrentRow(0)
    row.weight.setFocus()
    for _ in range(20):
        QTest.keyPress(row.weight, Qt.Key.Key_Left)
    QTest.keyRelease(row.weight, Qt.Key.Key_Left)
    pump(marked.application)
    assert marks(marked)[0].weight == pytest.approx(0.8) and marked.desk.document.step == count + 1
    slider, groove = row.weight, row.weight.height() // 2
    QTest.mousePress(slider, LEFT, NONE, QPoint(round(0.8 * slider.width()), groove))
    for across in (0.6, 0.3, 0.0):
        QTest.mouseMove(slider, QPoint(round(across * slider.width()) - 9, groove))
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(0, groove))
    pump(marked.application)
    assert marks(marked)[0].weight < 0.2 and marked.desk.document.step == count + 2
    press(marked, Qt.Key.Key_Z, CTRL)
    press(marked, Qt.Key.Key_Z, CTRL)
    assert marks(marked)[0].weight == 1 and row.list.currentRow() == 0
    assert row.weight.get() == 1


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_mark_is_taken_back_and_not_its_layer(marked, way):
    row = panel(marked)
    # A source that something was done to stays when its only mark goes.
    marked.desk.layers.rename(marked.desk.document.layers[1], "Bass")
    row.list.setFocus()
    row.list.setCurrentRow(0)
    if way == "button":
        QTest.mouseClick(row.remove, LEFT)
    else:
        assert pump(marked.application, row.list.hasFocus, 5)
        QTest.keyClick(row.list, Qt.Key.Key_Delete)
    pump(marked.application)
    assert names(marked) == ["Rest", "Bass", "Source 2"]
    assert [marked.desk.marks.source_of(mark).name for mark in marks(marked)] == ["Source 2"]
    assert row.list.count() == 1 and marked.desk.document.undo_name == "Take a mark back"


def test_a_mark_is_turned_round_and_given_to_another_source(marked):
    row = panel(marked)
    row.list.setCurrentRow(0)
    QTest.mouseClick(row.turn, LEFT)
    pump(marked.application)
    assert marks(marked)[0].denies and row.list.item(0).text().startswith("Not Source 1") and row.turn.isChecked()
    row.source.setFocus()
    QTest.keyClick(row.source, Qt.Key.Key_Down)
    pump(marked.application)
    assert marked.desk.marks.source_of(marks(marked)[0]).name == "Source 2"
    assert row.list.item(0).text().startswith("Not Source 2")


def test_a_new_mark_is_the_chosen_one(marked):
    row = panel(marked)
    row.list.setCurrentRow(0)
    click(marked, at(marked, 0.5, 0.2), SHIFT)
    assert pump(marked.application, lambda: row.list.count() == 3, 10)
    assert row.list.currentRow() == 2


def test_the_list_follows_names_stacks_and_recordings(marked, recording_file):
    row = panel(marked)
    layers = marked.desk.document.layers
    marked.desk.layers.rename(layers[1], "Bass")
    assert pump(marked.application, lambda: row.list.item(0).text().startswith("Bass"), 10)
    assert chips(marked).chips[0].text() == "Bass"
    marked.desk.stacks.add("Other")
    assert pump(marked.application, lambda: row.list.count() == 0, 10)
    assert row.invitation.isVisible() and not row.controls.isVisible()
    press(marked, Qt.Key.Key_PageUp)
    assert pump(marked.application, lambda: row.list.count() == 2, 10)
    marked.desk.opening.open(recording_file)
    assert pump(marked.application, lambda: row.list.count() == 0 and row.invitation.isVisible(), 10)


def test_the_list_is_up_to_date_when_it_comes_to_the_front(pointing):
    click(pointing, middle(pointing))
    assert panel(pointing).list.count() == 0
    pointing.window.layout_.marks.raise_()
    assert pump(pointing.application, lambda: panel(pointing).list.count() == 1, 10)
