"""Markers and regions under the hand: made, moved, named, gone to."""

from __future__ import annotations

import pytest

from tests.acting import select_time
from tests.control.scenes import open_tones


@pytest.fixture
def marked(desk):
    open_tones(desk)
    for second in (0.5, 0.2, 0.8):
        desk.markers.add(second)
    return desk


def plain(desk) -> list[tuple[str, float, float]]:
    return [(each.name, each.begin, each.end) for each in desk.markers.entries]


def test_each_is_a_step_with_a_name_of_its_own_from_left_to_right(marked):
    assert plain(marked) == [("Marker 2", 0.2, 0.2), ("Marker 1", 0.5, 0.5), ("Marker 3", 0.8, 0.8)]
    marked.document.undo()
    assert [name for name, *_ in plain(marked)] == ["Marker 2", "Marker 1"]
    assert marked.markers.chosen is None, "that one is gone"


def test_one_is_added_where_the_playhead_stands_and_never_outside(marked):
    marked.playback.seek(0.35)
    marked.markers.add()
    marked.markers.add(99.0)
    assert ("Marker 4", 0.35, 0.35) in plain(marked)
    assert plain(marked)[-1][1] == marked.viewport.duration


def test_where_one_is_no_second_one_is_put_over_it(marked, told):
    marked.markers.add(0.5)
    assert len(plain(marked)) == 3 and marked.markers.chosen.name == "Marker 1"
    assert told.said[-1] == "“Marker 1” is there already"


def test_a_region_is_made_of_what_is_selected_and_selected_again(marked, told):
    marked.markers.add_region()
    assert "Select something first" in told.refused[0]
    select_time(marked.document, marked.selection, 0.4, 0.7)
    span = marked.selection.seconds
    marked.markers.add_region()
    region = marked.markers.chosen
    assert (region.name, region.begin, region.end) == ("Region 1", *span)
    marked.areas.deselect()
    marked.markers.go_to(region)
    assert marked.selection.seconds == pytest.approx(span) and marked.playback.position == span[0]
    assert marked.document.undo_name == "Select “Region 1”"


def test_moving_is_one_step_and_stays_within_the_recording(marked):
    markers, step = marked.markers, marked.document.step
    held = markers.entries[0]
    for second in (0.3, 0.4, -2.0, 0.6):
        held = markers.move(held, second, second)
    markers.let_go()
    assert marked.document.step == step + 1 and [begin for _, begin, _ in plain(marked)] == [0.5, 0.6, 0.8]
    held = markers.move(held, 0.7, 0.7)
    markers.let_go()
    assert marked.document.step == step + 2, "another hand, another step"
    marked.document.undo()
    marked.document.undo()
    assert [begin for _, begin, _ in plain(marked)] == [0.2, 0.5, 0.8]


def test_names_are_typed_and_empty_ones_are_none(marked):
    marker = marked.markers.entries[0]
    marked.markers.rename(marker, "  Bridge ")
    marked.markers.rename(marked.markers.entries[0], "   ")
    assert [name for name, *_ in plain(marked)] == ["Bridge", "Marker 1", "Marker 3"]
    marked.markers.take_away(marker)
    assert len(marked.markers.entries) == 3, "that one is no longer there"


def test_next_and_previous_go_from_the_playhead(marked, told):
    seen = []
    marked.playback.seek(0.0)
    for by in (1, 1, 1, 1, -1, -1, -1):
        marked.markers.step(by)
        seen.append(marked.playback.position)
    assert seen == [0.2, 0.5, 0.8, 0.8, 0.5, 0.2, 0.2]
    assert told.said.count("There is no marker there") == 2


def test_one_out_of_sight_is_brought_into_view(marked):
    v = marked.viewport
    v.show_time(0.0, 0.1)
    marked.markers.go_to(marked.markers.entries[2])
    assert v.start < 0.8 < v.stop and v.span == pytest.approx(0.1)
    marked.markers.zoom_to(marked.markers.entries[0])
    assert (v.start + v.stop) / 2 == pytest.approx(0.2)


def test_what_is_tried_out_goes_on_beside_a_new_marker(marked):
    tried = []
    marked.document.masks_changed.connect(tried.append)
    scene = marked.document.scene
    marked.markers.add(0.1)
    assert marked.document.scene is scene and not tried, "nothing sounds otherwise"
