"""What a hand meets while it points: keys, questions, many sources, and what has to be waited for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, middle, press
from tests.ui.pointing import at, chips, click, hover, marks, names
from workbench import resource
from workbench.control.tools import Tool


def test_delete_after_a_click_takes_the_mark_back_and_in_the_stack_the_layer(marked):
    click(marked, at(marked, 0.5, 0.2), SHIFT)
    before = marks(marked)
    press(marked, Qt.Key.Key_Delete)
    assert names(marked) == ["Rest", "Source 1", "Source 2"] and marks(marked) == before[:2]
    assert "last mark of Source 2" in marked.window.status.text()
    press(marked, Qt.Key.Key_Z, CTRL)
    assert marks(marked) == before
    marked.window.layout_.stack.raise_()
    row = marked.window.panes.stack
    row.setFocus()
    focused = next(each for each in row.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus)
    focused.setFocus()
    assert pump(marked.application, focused.hasFocus, 5)
    press(marked, Qt.Key.Key_Delete)
    assert names(marked) == ["Rest", "Source 1"]


@pytest.mark.parametrize(
    ("tool", "layers"), [(Tool.POINT, ["Rest", "Source 1"]), (Tool.BRUSH, ["Everything", "Layer 1"])]
)
def test_undo_takes_the_first_stroke_back_while_it_goes_on(pointing, tool, layers):
    view, undo = pointing.window.panes.spectrogram, pointing.window.actions_["undo"]
    pointing.desk.tools.choose(tool)
    assert not undo.isEnabled()
    QTest.mousePress(view, LEFT, NONE, at(pointing, 0.2, 0.5))
    QTest.mouseMove(view, at(pointing, 0.4, 0.5))
    pump(pointing.application)
    assert undo.isEnabled() and names(pointing) == layers
    press(pointing, Qt.Key.Key_Z, CTRL)
    QTest.mouseRelease(view, LEFT, NONE, at(pointing, 0.4, 0.5))
    pump(pointing.application)
    assert names(pointing) == ["Everything"] and not undo.isEnabled() and not pointing.desk.document.runs


def test_undo_stops_the_search_for_a_sound_and_leaves_the_last_click(pointing):
    undo = pointing.window.actions_["undo"]
    click(pointing, at(pointing, 0.3, 0.6))
    assert undo.text() == "&Undo Point at a new source"
    before = pointing.desk.document.recorded_state
    pointing.desk.extracting.get_out_like(before.marks[0])
    assert pointing.desk.extracting.searching and undo.text() == "&Undo" and undo.isEnabled()
    undo.trigger()
    pump(pointing.application, lambda: not pointing.desk.runner.jobs, 10)
    assert pointing.desk.document.recorded_state is before and undo.text() == "&Undo Point at a new source"


def test_a_click_that_waits_shows_what_it_waits_for(opened):
    tones = opened.desk.document.recording
    opened.desk.opening.open(resource("demo/demo.flac"))
    assert pump(opened.application, lambda: opened.desk.document.recording is not tones, 20)
    QTest.mouseClick(opened.window.panes.spectrogram, LEFT, NONE, middle(opened))
    transport = opened.window.panes.transport
    assert names(opened) == ["Everything"] and opened.window.actions_["undo"].isEnabled()
    assert transport.job_label.text() == "Listening to the recording" and transport.cancel.isVisible()
    QTest.mouseClick(transport.cancel, LEFT)
    assert pump(opened.application, lambda: not opened.desk.runner.jobs, 20)
    pump(opened.application)
    assert "clicks that waited are gone" in opened.window.notice.text.text() and not transport.cancel.isVisible()
    assert names(opened) == ["Everything"] and not opened.window.actions_["undo"].isEnabled()


def test_keys_that_are_held_light_up_what_they_will_say(marked):
    view = marked.window.panes.spectrogram
    view.setFocus()
    hover(marked, at(marked, 0.5, 0.2))
    sources, number = marked.desk.marking.lit
    assert sources.components == 4 and number == 3
    # Systems tell of the keys that were held before.
    QApplication.sendEvent(view, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Control, NONE))
    assert pump(marked.application, lambda: marked.desk.marking.lit[0].words[-1].denies, 5)
    assert marked.desk.marking.lit[1] == 2
    QApplication.sendEvent(view, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Control, CTRL))
    assert pump(marked.application, lambda: marked.desk.marking.lit[1] == 3, 5)


def test_a_question_ends_what_is_heard_alone(marked):
    view = marked.window.panes.spectrogram
    hover(marked, middle(marked))
    QTest.mousePress(view, LEFT, NONE, middle(marked))
    assert pump(marked.application, lambda: marked.desk.audition.sounds, 10)
    marked.window.close()
    pump(marked.application)
    box = marked.window.findChild(QMessageBox)
    assert box is not None and box.isVisible() and not marked.desk.audition.sounds
    count = len(marks(marked))
    box.reject()
    QTest.mouseRelease(view, LEFT, NONE, middle(marked))
    pump(marked.application)
    assert len(marks(marked)) == count


def test_every_chip_is_reached_however_many_there_are(pointing):
    for i in range(14):
        click(pointing, at(pointing, 0.1 + 0.06 * i, 0.3))
    bar = chips(pointing)
    assert pump(pointing.application, bar.all.isVisible, 5)
    pointing.desk.marking.choose_number(9)
    assert pump(pointing.application, lambda: seen(bar, bar.chips[8]), 5) and bar.chips[8].isChecked()
    assert not seen(bar, bar.chips[0])
    bar.all.menu().aboutToShow.emit()
    actions = bar.all.menu().actions()
    assert [each.text() for each in actions] == [f"Source {i}" for i in range(1, 15)] + ["Rest"]
    assert [each.isChecked() for each in actions].index(True) == 8
    actions[0].trigger()
    assert pump(pointing.application, lambda: seen(bar, bar.chips[0]), 5) and bar.chips[0].isChecked()
    wheel_over(bar.row, -1200)
    assert pump(pointing.application, lambda: not seen(bar, bar.chips[0]), 5)
    press(pointing, Qt.Key.Key_Z, CTRL)
    for _ in range(12):
        pointing.desk.document.undo()
    assert pump(pointing.application, lambda: not bar.all.isVisible(), 5)


def test_the_colour_of_a_chip_is_seen_when_it_is_down(marked):
    chip = chips(marked).chips[0]
    on, off = (
        chip.icon().pixmap(QSize(12, 12), QIcon.Mode.Normal, state).toImage()
        for state in (QIcon.State.On, QIcon.State.Off)
    )
    colour = marked.desk.document.layers[1].colour
    assert on.pixelColor(6, 6).name() == off.pixelColor(6, 6).name() == colour
    assert on != off


def seen(bar, chip) -> bool:
    """Whether all of a chip is within the row."""
    left = chip.mapTo(bar.row.viewport(), QPoint(0, 0)).x()
    return left >= 0 and left + chip.width() <= bar.row.viewport().width()


def wheel_over(widget, by):
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget.viewport(), event)
