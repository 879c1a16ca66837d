"""The list of marks beside the spectrogram: which one is meant, and that many of them cost no more than few."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, press, still
from tests.ui.test_point_tool import at, canvas_of, click, leave, marks, panel
from workbench.control.tools import Tool
from workbench.document.acts.sources import add_mark
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.spectral.scales import FrequencyScale


@pytest.fixture
def marked(opened):
    """Two sources, of a mark each; the list of marks in front."""
    assert pump(opened.application, lambda: opened.desk.components.factors is not None, 20)
    click(opened, at(opened, 0.3, 0.6))
    click(opened, at(opened, 0.7, 0.4))
    opened.window.layout_.marks.raise_()
    assert pump(opened.application, lambda: panel(opened).list.count() == 2, 10)
    return opened


def test_a_mark_is_told_by_the_lowest_loud_partial_in_it(marked):
    document, stack = marked.desk.document, marked.desk.document.stack
    analysis, rate = document.state.analysis, document.recording.rate
    for low, high, lowest in ((100, 1600, 220), (400, 1600, 550), (1000, 1600, 1310)):
        rows = [analysis.bin_at(hz, rate) for hz in (low, high)]
        place = rectangle(Region(*rows, 0, stack.frames), stack.bins, stack.frames)
        document.act("say", add_mark(document.recorded_state, document.layers[1].id, place))
        assert pump(marked.application, lambda: panel(marked).list.count() == len(marks(marked)), 10)
        text = panel(marked).list.item(len(marks(marked)) - 1).text()
        told = float(text.split(" · ")[2].split(" Hz")[0].replace(",", ""))
        assert abs(told - lowest) <= rate / analysis.window, text


def test_the_chosen_mark_has_a_frame_on_the_spectrogram_and_return_brings_it_into_view(marked):
    program, row = marked, panel(marked)
    program.desk.tools.choose(Tool.SELECT)
    put_aside(program)
    framed = {}
    for number in range(2):
        row.list.setCurrentRow(number)
        framed[number] = still(program, program.window.panes.spectrogram)[..., :3].astype(float)
    program.window.layout_.stack.raise_()
    bare = still(program, program.window.panes.spectrogram)[..., :3].astype(float)
    for number, shown in framed.items():
        rows, columns = np.nonzero(np.abs(shown - bare).max(axis=2) > 20)
        rect = program.desk.plane.rect_of(marks(program)[number].place.bounds).adjusted(-12, -12, 12, 12)
        assert len(rows) and rows.min() >= rect.top() and rows.max() <= rect.bottom()
        assert columns.min() >= rect.left() and columns.max() <= rect.right()
    program.window.layout_.marks.raise_()
    viewport = program.desk.viewport
    viewport.show_time(0.0, 0.3)
    row.list.setCurrentRow(1)
    row.list.setFocus()
    assert pump(program.application, row.list.hasFocus, 5)
    QTest.keyClick(row.list, Qt.Key.Key_Return)
    rate, analysis = viewport.rate, program.desk.document.state.analysis
    bounds = marks(program)[1].place.bounds
    begin, end = analysis.span(bounds.start, bounds.stop, rate)
    assert viewport.start <= begin < end <= viewport.stop and viewport.span == pytest.approx(0.3)
    # A double click does the same.
    for twice in (QTest.mouseClick, QTest.mouseDClick):
        twice(row.list.viewport(), LEFT, NONE, row.list.visualItemRect(row.list.item(0)).center())
    bounds = marks(program)[0].place.bounds
    begin, end = analysis.span(bounds.start, bounds.stop, rate)
    assert viewport.start <= begin < end <= viewport.stop


def put_aside(program):
    """The pointer leaves, with whatever tool."""
    QApplication.sendEvent(program.window.panes.spectrogram, QEvent(QEvent.Type.Leave))
    pump(program.application)


def test_of_many_marks_rows_stay_and_only_those_in_sight_are_looked_at(marked):
    document, row = marked.desk.document, panel(marked)
    bins, frames = document.stack.bins, document.stack.frames
    state, layer = document.recorded_state, document.layers[1].id
    for number in range(300):
        low = 4 + number % 90
        state = add_mark(state, layer, rectangle(Region(low, low + 4, number % 60, number % 60 + 4), bins, frames))
    document.act("many", state)
    assert pump(marked.application, lambda: row.list.count() == 302, 10) and row.list.currentRow() == 301
    # Asked for are those in sight, whose rows say so.
    seen = [i for i in range(302) if row.list.viewport().rect().intersects(row.list.visualItemRect(row.list.item(i)))]
    assert 3 < len(seen) < 40
    assert pump(marked.application, lambda: all("moved" in row.list.item(i).text() for i in seen), 20)
    assert sum(marked.desk.mark_effects.of(mark) is not None for mark in marks(marked)) <= len(seen) + 2
    # A long name leaves when and where in sight, and the tip has it whole.
    name = "A name that is much too long for the list"
    marked.desk.layers.rename(document.layers[1], name)
    item = row.list.item(seen[0])
    assert "… · 0:0" in item.text() and item.toolTip().startswith(name)
    # A mark that goes from between others takes its row alone; where it was the next one is chosen, and undo brings it.
    row.list.setCurrentRow(100)
    kept, after = row.list.item(50), row.list.item(101)
    QTest.mouseClick(row.remove, LEFT)
    assert row.list.count() == 301 and row.list.item(50) is kept and row.list.item(100) is after
    assert row.list.currentRow() == 100
    press(marked, Qt.Key.Key_Z, CTRL)
    assert row.list.count() == 302 and row.list.item(101) is after and row.list.currentRow() == 100
    click(marked, at(marked, 0.5, 0.2), SHIFT)
    assert row.list.count() == 303 and row.list.item(50) is kept and row.list.currentRow() == 302
    # They are drawn as they would be all anew.
    pump(marked.application, seconds=0.2)
    leave(marked)
    added = canvas_of(marked)
    marked.desk.viewport.set_scale(FrequencyScale.LINEAR)
    marked.desk.viewport.set_scale(FrequencyScale.LOG)
    still(marked, marked.window.panes.spectrogram)
    assert np.array_equal(canvas_of(marked), added)
