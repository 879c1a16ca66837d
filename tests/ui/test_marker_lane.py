"""Markers and regions in the real window: the lane, its keys, the list, files of labels."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, dialog, press
from workbench.ui.spectrogram.marker_name import MarkerName

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def lane(opened):
    return opened.window.panes.marker_lane


@pytest.fixture
def marked(opened, lane):
    """A marker at a quarter, a region from a half to three quarters."""
    desk, length = opened.desk, opened.desk.viewport.duration
    desk.markers.add(0.25 * length)
    desk.areas.select_all()
    desk.markers.add_region()
    desk.markers.move(desk.markers.chosen, 0.5 * length, 0.75 * length)
    desk.markers.let_go()
    desk.areas.deselect()
    pump(opened.application)
    assert lane.isVisible()
    return opened


def shares(program) -> list[tuple[str, float, float]]:
    length = program.desk.viewport.duration
    return [(m.name, round(m.begin / length, 2), round(m.end / length, 2)) for m in program.desk.markers.entries]


def at(program, share: float) -> QPoint:
    v = program.desk.viewport
    return QPoint(round(program.desk.plane.x_of(share * v.duration)), 10)


def drag(program, lane, begin: float, end: float) -> None:
    QTest.mousePress(lane, LEFT, NONE, at(program, begin))
    for step in range(1, 5):
        QTest.mouseMove(lane, at(program, begin + (end - begin) * step / 4))
    QTest.mouseRelease(lane, LEFT, NONE, at(program, end))
    pump(program.application)


def double_click(lane, point: QPoint, button=LEFT) -> None:
    QTest.mouseDClick(lane, button, NONE, point)
    # Else it is held from then on, also in the windows of other tests.
    QTest.mouseRelease(lane, button, NONE, point)


def test_it_is_there_when_there_are_markers_and_two_keys_make_them(opened, lane):
    assert not lane.isVisible()
    press(opened, Qt.Key.Key_Apostrophe)
    assert lane.isVisible() and shares(opened) == [("Marker 1", 0.0, 0.0)]
    opened.desk.playback.seek(0.5 * opened.desk.viewport.duration)
    press(opened, Qt.Key.Key_M, CTRL | ALT)
    assert shares(opened)[1] == ("Marker 2", 0.5, 0.5)
    press(opened, Qt.Key.Key_Z, CTRL)
    press(opened, Qt.Key.Key_Z, CTRL)
    assert not lane.isVisible()


def test_a_click_goes_there_and_selects_a_region(marked, lane):
    length = marked.desk.viewport.duration
    QTest.mouseClick(lane, LEFT, NONE, at(marked, 0.25))
    assert marked.desk.playback.position == pytest.approx(0.25 * length) and marked.desk.selection.area is None
    QTest.mouseClick(lane, LEFT, NONE, at(marked, 0.6))
    begin, end = marked.desk.selection.seconds
    assert (begin / length, end / length) == pytest.approx((0.5, 0.75), abs=0.02)


def test_they_are_dragged_as_a_whole_and_by_their_edges(marked, lane):
    drag(marked, lane, 0.25, 0.1)
    drag(marked, lane, 0.6, 0.7)
    assert shares(marked) == [("Marker 1", 0.1, 0.1), ("Region 1", 0.6, 0.85)]
    drag(marked, lane, 0.85, 0.95)
    drag(marked, lane, 0.6, 0.4)
    assert shares(marked)[1] == ("Region 1", 0.4, 0.95)
    drag(marked, lane, 0.7, 2.0)
    _, begin, end = shares(marked)[1]
    assert (begin, end) == (0.45, 1.0), "it stays as long as it is at the end of the recording"


def test_a_double_click_names_it_and_escape_leaves_the_name(marked, lane):
    for text, key, name in (("Verse", Qt.Key.Key_Return, "Verse"), ("No", Qt.Key.Key_Escape, "Verse")):
        double_click(lane, at(marked, 0.25))
        field = lane.findChild(MarkerName)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, key)
        pump(marked.application)
        assert [found for found, *_ in shares(marked)] == [name, "Region 1"]
        assert not [each for each in lane.findChildren(MarkerName) if each.isVisible()]


def test_a_double_click_beside_them_makes_one(marked, lane):
    double_click(lane, at(marked, 0.9))
    assert shares(marked)[2] == ("Marker 2", 0.9, 0.9)
    field = lane.findChild(MarkerName)
    QTest.keyClicks(field, "s b'")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shares(marked)[2][0] == "s b'" and len(shares(marked)) == 3, "its name is typed at once"


def test_its_keys_choose_go_there_and_remove(marked, lane):
    lane.setFocus()
    markers = marked.desk.markers
    markers.choose(None)
    for key, chosen in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0)):
        QTest.keyClick(lane, key)
        assert markers.chosen is markers.entries[chosen]
    QTest.keyClick(lane, Qt.Key.Key_Return)
    assert marked.desk.playback.position == pytest.approx(markers.entries[0].begin)
    layers = len(marked.desk.document.layers)
    QTest.keyClick(lane, Qt.Key.Key_Delete)
    assert [name for name, *_ in shares(marked)] == ["Region 1"] and len(marked.desk.document.layers) == layers


def test_the_menu_of_one_zooms_there_and_removes_it(marked, lane):
    def choose(share: float, name: str) -> None:
        point = at(marked, share)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, lane.mapToGlobal(point))
        QApplication.sendEvent(lane, event)
        menu = next(each for each in lane.findChildren(QMenu) if each.isVisible())
        next(action for action in menu.actions() if action.objectName() == name).trigger()
        menu.close()
        pump(marked.application)

    choose(0.6, "markerZoom")
    v, region = marked.desk.viewport, marked.desk.markers.entries[1]
    assert v.start < region.begin < region.end < v.stop and v.span < 1.3 * (region.end - region.begin)
    v.fit()
    choose(0.25, "markerRemove")
    assert [name for name, *_ in shares(marked)] == ["Region 1"]


def test_the_list_follows_names_and_removes(marked):
    press(marked, Qt.Key.Key_F3, CTRL)
    found = dialog(marked, "markersDialog")
    model = found.model
    texts = [[model.data(model.index(row, column)) for column in range(3)] for row in range(2)]
    assert [row[0] for row in texts] == ["Marker 1", "Region 1"] and not texts[0][2] and texts[1][2]
    found.table.setFocus()
    found.table.setCurrentIndex(model.index(1, 0))
    QTest.keyClick(found.table, Qt.Key.Key_Return)
    assert marked.desk.selection.seconds is not None
    for typed in ("Chorus", " "):
        found.rename.click()
        field = found.table.findChild(QLineEdit)
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        pump(marked.application)
        assert shares(marked)[1][0] == model.data(model.index(1, 0)) == "Chorus"
    found.table.setFocus()
    QTest.keyClick(found.table, Qt.Key.Key_Delete)
    assert [name for name, *_ in shares(marked)] == ["Marker 1"] and model.rowCount() == 1
    found.remove.click()
    assert found.invitation.isVisible() and not found.go.isEnabled()


def test_labels_come_as_markers_and_go_as_labels(marked, tmp_path):
    from workbench.control.exchanging import LabelFormat
    from workbench.control.told_labels import Told

    desk, path = marked.desk, tmp_path / "labels.txt"
    before = shares(marked)
    desk.exchanging.write_labels(path, Told.MARKERS, LabelFormat.AUDACITY)
    assert pump(marked.application, lambda: path.exists(), 10)
    while desk.markers.entries:
        desk.markers.take_away(desk.markers.entries[0])
    desk.labelling.read_as_markers(path)
    assert pump(marked.application, lambda: bool(desk.markers.entries), 10)
    assert shares(marked) == before
    path.write_text(f"{desk.viewport.duration + 5}\t{desk.viewport.duration + 6}\tlate\n")
    desk.labelling.read_as_markers(path)
    assert pump(marked.application, lambda: "lies within" in marked.window.notice.text.text(), 10)
    assert shares(marked) == before


def test_a_name_is_typed_on_while_the_view_turns_pages(marked, lane):
    """Whoever marks and names while it plays types the whole name, and no key goes to the window."""
    v, tool, layers = marked.desk.viewport, marked.desk.tools.tool, marked.desk.document.layers
    double_click(lane, at(marked, 0.25))
    field = lane.findChild(MarkerName)
    field.selectAll()
    QTest.keyClicks(field, "Ver")
    v.show_time(0.5 * v.duration, 0.8 * v.duration)
    pump(marked.application)
    assert field.isVisible() and marked.application.focusWidget() is field
    QTest.keyClicks(marked.application.focusWidget(), "se b")
    QTest.keyClick(field, Qt.Key.Key_Return)
    pump(marked.application)
    assert shares(marked)[0][0] == "Verse b" and marked.desk.tools.tool is tool
    assert marked.desk.document.layers is layers


def test_a_double_click_names_what_it_began_on_though_the_view_follows(marked, lane):
    v = marked.desk.viewport
    v.show_time(0.6 * v.duration, 0.95 * v.duration)
    point = at(marked, 0.62)
    QTest.mouseClick(lane, LEFT, NONE, point)
    assert v.start < 0.5 * v.duration, "the whole region is shown"
    double_click(lane, point)
    assert lane.findChild(MarkerName).text() == "Region 1" and len(shares(marked)) == 2


def test_other_buttons_neither_join_steps_nor_make_markers(marked, lane):
    step = marked.desk.document.step
    QTest.mousePress(lane, LEFT, NONE, at(marked, 0.25))
    QTest.mouseMove(lane, at(marked, 0.2))
    QTest.mouseClick(lane, Qt.MouseButton.MiddleButton, NONE, at(marked, 0.2))
    QTest.mouseMove(lane, at(marked, 0.15))
    QTest.mouseRelease(lane, LEFT, NONE, at(marked, 0.15))
    drag(marked, lane, 0.6, 0.7)
    assert marked.desk.document.step == step + 2 and shares(marked)[0][1] == 0.15
    marked.desk.document.undo()
    assert shares(marked) == [("Marker 1", 0.15, 0.15), ("Region 1", 0.5, 0.75)]
    double_click(lane, at(marked, 0.9), Qt.MouseButton.RightButton)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at(marked, 0.9), lane.mapToGlobal(at(marked, 0.9)))
    QApplication.sendEvent(lane, event)
    menu = next(each for each in lane.findChildren(QMenu) if each.isVisible())
    assert len(shares(marked)) == 2
    assert [each.objectName() for each in menu.actions()] == ["markerHere", "markerRegion"], "of no marker far away"
    menu.actions()[0].trigger()
    menu.close()
    assert shares(marked)[2] == ("Marker 2", 0.9, 0.9)


def test_of_thousands_those_are_drawn_that_have_room_and_the_chosen_one(opened, lane):
    from workbench.document.acts import markers as acts
    from workbench.document.state import Marker

    length, document = opened.desk.viewport.duration, opened.desk.document
    many = [Marker(f"Label {i}", i * length / 5000, i * length / 5000) for i in range(5000)]
    document.act("many", acts.add(document.recorded_state, many))
    opened.desk.markers.choose(many[2501])
    pump(opened.application)
    items = lane.items()
    assert len(items) < lane.width() / 2 and any(each.marker is many[2501] for each in items)
    gaps = [right.left - left.left for left, right in pairwise(items)]
    assert sorted(gaps)[2] >= 3, "but for the chosen one"
    v = opened.desk.viewport
    v.show_time(0.5 * length, 0.5 * length + 0.01 * length)
    inside = [each.marker for each in lane.items() if v.start < each.marker.begin < v.stop]
    assert inside == [each for each in many if v.start < each.begin < v.stop] and len(inside) >= 49
