"""From drags and clicks to a selection."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.control.scenes import ANALYSIS, RATE, open_tones, point, select_box
from workbench.audio.recording import Recording
from workbench.control.tools import Tool, WandOptions
from workbench.document.state import fresh_state
from workbench.masks.edits.areas import Join
from workbench.masks.insight.finding import Likeness
from workbench.masks.insight.ridges import area_of, follow
from workbench.spectral.pyramid import analyse_levels


def drag(desk, one, other, join=Join.NEW, *between):
    desk.selecting.begin(one, join)
    for place in (*between, other):
        desk.selecting.move(place)
    desk.selecting.end()


def bounds(desk):
    area = desk.selection.area
    return None if area is None else (area.bounds.low, area.bounds.high, area.bounds.start, area.bounds.stop)


def region(desk, one, other):
    found = desk.plane.region_between(desk.plane.place_at(one), desk.plane.place_at(other))
    return found.low, found.high, found.start, found.stop


@pytest.fixture
def corners(desk):
    return point(desk, 0.5, 0.25), point(desk, 1.25, 0.75)


def test_each_tool_selects_what_it_is_for(desk, corners):
    low, high, start, stop = region(desk, *corners)
    bins, frames = desk.document.stack.bins, desk.document.stack.frames
    for tool, expected in (
        (Tool.SELECT, (0, bins, start, stop)),
        (Tool.RECTANGLE, (low, high, start, stop)),
        (Tool.BAND, (low, high, 0, frames)),
        (Tool.THRESHOLD, (low, high, start, stop)),
    ):
        desk.tools.choose(tool)
        desk.areas.deselect()
        drag(desk, *corners)
        assert bounds(desk) == expected
        assert not desk.selecting.busy


def test_a_lasso_selects_its_inside(desk, corners):
    desk.tools.choose(Tool.LASSO)
    one, other = corners
    drag(desk, one, QPointF(one.x(), other.y()), Join.NEW, QPointF(other.x(), one.y()), other)
    low, high, start, stop = region(desk, one, other)
    area = desk.selection.area
    assert np.allclose(bounds(desk), (low, high, start, stop), atol=1)
    inside = area.at(np.arange(low + 1, high - 1), np.arange(start + 1, stop - 1))
    assert inside.min() == 1 and not area.at(np.arange(high + 2, area.bins), np.arange(area.frames)).any()


def test_a_polygon_is_made_of_clicked_corners(desk, corners):
    desk.tools.choose(Tool.POLYGON)
    one, other = corners
    for place in (one, QPointF(other.x(), one.y()), QPointF(0, 0)):
        desk.selecting.begin(place, Join.NEW)
        desk.selecting.end()
    desk.selecting.take_back()
    desk.selecting.begin(QPointF(1, 1), Join.NEW)
    desk.selecting.move(other)
    desk.selecting.end()
    assert desk.selecting.busy and len(desk.selecting.points) == 3 and desk.selection.area is None
    desk.selecting.close()
    assert not desk.selecting.busy and np.allclose(bounds(desk), region(desk, one, other), atol=1)


def test_two_corners_are_no_polygon(desk, corners):
    desk.tools.choose(Tool.POLYGON)
    for place in corners:
        desk.selecting.begin(place, Join.NEW)
        desk.selecting.end()
    desk.selecting.close()
    assert not desk.selecting.busy and desk.selection.area is None


def test_the_wand_takes_the_partial_that_the_hand_is_beside(desk, settle):
    desk.tools.choose(Tool.WAND)
    hz, second = 550.0, 1.2
    at = QPointF(desk.plane.x_of(second), desk.plane.y_of(float(desk.viewport.scale.position(hz))))
    for off in (QPointF(0, 0), QPointF(0, 4), QPointF(0, -4)):
        desk.selecting.begin(at + off, Join.NEW)
        desk.selecting.end()
        settle()
        area, analysis = desk.selection.area, desk.document.state.analysis
        row = analysis.bin_at(hz, RATE)
        assert area.bounds.low <= row < area.bounds.high and area.bounds.high - area.bounds.low <= 8
        begin, end = (analysis.second_of(frame, RATE) for frame in (area.bounds.start, area.bounds.stop))
        assert begin < second < end and end - begin > 0.5


@pytest.mark.parametrize("zoom", [(1.0, 1.0), (4.0, 1.0), (1.0, 3.0), (8.0, 4.0)])
def test_the_wand_takes_the_same_at_any_zoom(desk, settle, zoom):
    """In view or not: the partial goes on beyond what is seen."""
    desk.tools.choose(Tool.WAND)
    position = float(desk.viewport.scale.position(550.0))
    desk.viewport.zoom_time(zoom[0], 1.2)
    desk.viewport.zoom_frequency(zoom[1], position)
    desk.selecting.begin(QPointF(desk.plane.x_of(1.25), desk.plane.y_of(position)), Join.NEW)
    desk.selecting.end()
    settle()
    levels = desk.document.stack.levels
    column, row = ANALYSIS.frame_at(1.25, RATE), int(np.argmax(levels[ANALYSIS.frame_at(1.25, RATE), 30:41])) + 30
    whole = area_of([follow(levels, row, column, 30.0, ANALYSIS)], levels, ANALYSIS)
    every = np.arange(desk.document.stack.bins), np.arange(desk.document.stack.frames)
    ours, wanted = (area.read(*every) > 0 for area in (desk.selection.area, whole))
    # A frame more or less at an end, where it begins from another frame.
    assert (ours & wanted).sum() > 0.95 * (ours | wanted).sum()


def test_the_wand_takes_the_harmonics_if_it_is_asked_to(desk, settle):
    t = np.arange(2 * RATE) / RATE
    samples = sum(0.1 / m * np.sin(2 * np.pi * 300 * m * t) for m in range(1, 6)).astype(np.float32)[:, None]
    recording = Recording(samples, RATE, Path("tone.wav"))
    desk.document.open(recording, analyse_levels(samples, ANALYSIS), fresh_state(ANALYSIS))
    desk.tools.choose(Tool.WAND)
    desk.tools.set_wand(replace(desk.tools.wand, harmonics=True))
    position = float(desk.viewport.scale.position(600.0))
    desk.selecting.begin(QPointF(desk.plane.x_of(1.0), desk.plane.y_of(position)), Join.NEW)
    settle()
    rows = np.array([ANALYSIS.bin_at(300.0 * m, RATE) for m in range(1, 6)])
    assert desk.selection.area.read(rows, np.array([60])).all()


def test_the_wand_selects_what_is_alike(desk, settle):
    desk.tools.choose(Tool.WAND)
    desk.tools.set_wand(WandOptions(Likeness.LEVEL))
    desk.selecting.begin(point(desk, 0.5, 0.6), Join.NEW)
    desk.selecting.end()
    settle()
    low, _, start, _ = region(desk, point(desk, 0.5, 0.6), point(desk, 0.5, 0.6))
    assert not desk.selecting.busy and desk.selection.area.at(np.array([low]), np.array([start]))[0, 0] == 1


@pytest.mark.parametrize(
    ("join", "corner", "middle"), [(Join.ADD, 1, 1), (Join.SUBTRACT, 1, 0), (Join.INTERSECT, 0, 1), (Join.NEW, 0, 1)]
)
def test_what_is_drawn_is_joined_with_the_selection(desk, corners, join, corner, middle):
    desk.tools.choose(Tool.RECTANGLE)
    drag(desk, *corners)
    low, _high, start, _stop = region(desk, *corners)
    drag(desk, point(desk, 0.7, 0.4), point(desk, 1.1, 0.6), join)
    area = desk.selection.area
    assert area.at(np.array([low]), np.array([start]))[0, 0] == corner
    assert area.at(np.array([desk.plane.bin_at(desk.plane.position_at(100.0))]), np.array([56]))[0, 0] == middle


@pytest.mark.parametrize("tool", [Tool.SELECT, Tool.RECTANGLE, Tool.LASSO, Tool.BAND])
def test_a_click_deselects_unless_it_adds(desk, corners, tool):
    select_box(desk, 3, 9, 3, 9)
    desk.tools.choose(tool)
    near = corners[0] + QPointF(1, 1)
    drag(desk, corners[0], near, Join.ADD)
    assert bounds(desk) == (3, 9, 3, 9)
    drag(desk, corners[0], near)
    assert bounds(desk) is None and not desk.selecting.busy


def test_time_is_selected_live_and_loops_at_once(desk, corners):
    desk.tools.choose(Tool.SELECT)
    desk.selecting.begin(corners[0], Join.NEW)
    assert desk.selection.area is None
    desk.selecting.move(point(desk, 0.8))
    first = desk.selection.seconds
    desk.selecting.move(corners[1])
    assert first[0] == desk.selection.seconds[0] and first[1] < desk.selection.seconds[1]
    assert desk.playback.looped == desk.selection.seconds
    desk.selecting.move(corners[0])
    desk.selecting.end()
    assert desk.selection.area is None


def test_time_that_is_added_is_not_selected_before_it_is_let_go(desk, corners):
    select_box(desk, 0, desk.document.stack.bins, 3, 9)
    before = desk.selection.area
    desk.tools.choose(Tool.SELECT)
    desk.selecting.begin(corners[0], Join.ADD)
    desk.selecting.move(corners[1])
    assert desk.selection.area is before
    desk.selecting.end()
    assert bounds(desk)[2:] == (3, region(desk, *corners)[3])


@pytest.mark.parametrize("end", ["cancel", "tool", "open"])
def test_what_is_drawn_can_be_left(desk, corners, end):
    desk.tools.choose(Tool.LASSO)
    desk.selecting.begin(corners[0], Join.NEW)
    desk.selecting.move(corners[1])
    assert desk.selecting.busy and desk.selecting.dragging
    if end == "cancel":
        desk.selecting.cancel()
    elif end == "tool":
        desk.tools.choose(Tool.RECTANGLE)
    else:
        open_tones(desk)
    assert not desk.selecting.busy and not desk.selecting.dragging
    desk.selecting.move(corners[0])
    desk.selecting.end()
    assert desk.selection.area is None


def test_a_painting_tool_selects_nothing(desk, corners):
    desk.tools.choose(Tool.BRUSH)
    drag(desk, *corners)
    assert desk.selecting.tool is None and desk.selection.area is None and not desk.selecting.busy


def test_beyond_the_recording_its_edges_are_selected(desk):
    desk.tools.choose(Tool.RECTANGLE)
    drag(desk, QPointF(-50, 500), QPointF(900, -50))
    assert bounds(desk) == (0, desk.document.stack.bins, 0, desk.document.stack.frames)


def test_corners_stay_with_their_places_when_the_view_moves(desk, corners):
    desk.tools.choose(Tool.POLYGON)
    desk.selecting.begin(corners[0], Join.NEW)
    desk.viewport.show_time(0.25, 1.25)
    assert desk.selecting.points[0].x() == pytest.approx(desk.plane.x_of(0.5))


def test_who_shows_it_is_told(desk, corners):
    told = []
    desk.selecting.changed.connect(lambda: told.append(len(desk.selecting.points)))
    desk.tools.choose(Tool.RECTANGLE)
    drag(desk, *corners)
    assert told == [1, 2, 0]
