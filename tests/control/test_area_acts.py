"""Acts on what is selected of time and frequency; what takes long is dropped where another area was selected."""

import numpy as np
import pytest

from tests.control.scenes import RATE, masks, open_tones, select_box
from workbench.control.areas import Reshape
from workbench.masks.edits.areas import Join, rectangle
from workbench.masks.insight.finding import Likeness
from workbench.masks.model.grid import Region
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


def bounds(desk):
    area = desk.selection.area
    return None if area is None else (area.bounds.low, area.bounds.high, area.bounds.start, area.bounds.stop)


def test_all_and_nothing(desk):
    desk.areas.select_all()
    assert bounds(desk) == (0, desk.document.stack.bins, 0, desk.document.stack.frames)
    desk.areas.deselect()
    assert bounds(desk) is None


def test_the_selection_is_inverted(desk, settle):
    desk.areas.invert()
    assert bounds(desk)[:1] == (0,)
    select_box(desk, 0, desk.document.stack.bins, 0, 30)
    desk.areas.invert()
    settle()
    assert bounds(desk) == (0, desk.document.stack.bins, 30, desk.document.stack.frames)
    desk.areas.select_all()
    desk.areas.invert()
    settle()
    assert bounds(desk) is None


@pytest.mark.parametrize(
    ("how", "amount", "expected"), [(Reshape.GROW, 3, (37, 83, 7, 33)), (Reshape.SHRINK, 3, (43, 77, 13, 27))]
)
def test_the_selection_grows_and_shrinks(desk, settle, how, amount, expected):
    select_box(desk, 40, 80, 10, 30)
    desk.areas.reshape(how, amount)
    settle()
    assert bounds(desk) == expected


def test_harmonics_are_added(desk, settle):
    select_box(desk, 20, 22, 10, 30)
    desk.areas.reshape(Reshape.OVERTONES, 4)
    settle()
    assert bounds(desk)[0] == 20 and bounds(desk)[1] > 80


def test_nothing_selected_is_not_reshaped(desk, told):
    desk.areas.reshape(Reshape.GROW, 3)
    assert told.refused


def test_where_a_layer_dominates_within_what_is_selected(separated, settle):
    held = masks(separated)
    separated.areas.select_dominated()
    settle()
    area = separated.selection.area
    most = held.argmax(axis=0) == 0
    assert (area.at(*map(np.arange, most.shape)) > 0.5).sum() == pytest.approx(most.sum(), rel=0.02)
    select_box(separated, 0, 40, 0, 20)
    separated.areas.select_dominated()
    settle()
    assert bounds(separated)[1] <= 40 and bounds(separated)[3] <= 20


def test_what_is_like_a_place_is_joined_with_the_selection(desk, settle, told):
    place = (0.5, float(desk.viewport.scale.position(550.0)))
    desk.areas.select_alike(place, Join.NEW, Likeness.LEVEL, 12.0, True)
    settle()
    bin_ = desk.plane.bin_at(place[1])
    assert bounds(desk)[0] <= bin_ < bounds(desk)[1] and told.nothing


def test_similar_events_join_the_selection(desk, settle, told):
    """Of the three tones the middle one, at 550 Hz, is struck every third of a second from 0.22 s on."""
    analysis = desk.document.state.analysis
    low, high = (analysis.bin_at(hz, RATE) for hz in (500.0, 600.0))
    select_box(desk, low, high, analysis.frame_at(0.54, RATE), analysis.frame_at(0.74, RATE))
    desk.areas.add_similar(0.7)
    settle()
    held = desk.selection.area.read(np.array([low]), np.arange(desk.document.stack.frames))[0] > 0
    begins = np.nonzero(np.diff(held.astype(int)) > 0)[0] + 1
    strikes = (0.22 + np.arange(6) / 3 - 0.02)[: len(begins)]
    np.testing.assert_allclose(analysis.second_of(begins, RATE), strikes, atol=0.02)
    assert len(begins) >= 5 and told.said == [f"{len(begins) - 1} similar events found"]


def test_similar_events_need_an_event(desk, settle, told):
    desk.areas.add_similar(0.7)
    desk.areas.select_all()
    desk.areas.add_similar(0.7)
    assert len(told.refused) == 2
    select_box(desk, 30, 60, 60, 90)
    desk.areas.add_similar(0.99)
    settle()
    assert "lower likeness" in told.said[-1] and bounds(desk) == (30, 60, 60, 90)


def test_nothing_found_is_said(desk, settle, told):
    select_box(desk, 3, 5, 3, 5)
    desk.areas.reshape(Reshape.SHRINK, 7)
    settle()
    assert told.said == ["Nothing of the kind was found"] and bounds(desk) is None


def test_a_result_is_dropped_where_the_selection_changed_meanwhile(desk, settle):
    select_box(desk, 40, 80, 10, 30)
    desk.areas.reshape(Reshape.GROW, 3)
    select_box(desk, 0, 5, 0, 5)
    settle()
    assert bounds(desk) == (0, 5, 0, 5)


def test_a_result_is_dropped_on_another_recording(desk, settle):
    desk.areas.select_drawn(lambda: rectangle(Region(3, 9, 3, 9), *whole(desk)), 4_000_000, Join.NEW)
    open_tones(desk, seconds=1.0)
    settle()
    assert bounds(desk) is None


def test_a_result_is_dropped_with_another_window(desk, settle):
    desk.areas.select_drawn(lambda: rectangle(Region(3, 9, 3, 9), *whole(desk)), 4_000_000, Join.NEW)
    new = Analysis(1024, 256)
    desk.document.set_analysis("wider", new, analyse_levels(desk.document.recording.samples, new))
    settle()
    assert bounds(desk) is None


def test_of_successive_wishes_the_last_counts(desk, settle):
    select_box(desk, 40, 80, 10, 30)
    desk.areas.reshape(Reshape.GROW, 3)
    desk.areas.reshape(Reshape.SHRINK, 3)
    settle()
    assert bounds(desk) == (43, 77, 13, 27)


def whole(desk):
    return desk.document.stack.bins, desk.document.stack.frames


def test_nothing_happens_while_nothing_is_open(empty, told):
    empty.areas.select_all()
    empty.areas.invert()
    empty.areas.deselect()
    empty.areas.select_dominated()
    empty.areas.reshape(Reshape.GROW, 1)
    assert told.nothing and empty.selection.area is None
