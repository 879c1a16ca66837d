"""Keys that mean the place of the pointer, or the playhead."""

import pytest

from tests.control.scenes import RATE, names, point


def test_it_plays_from_the_pointer(desk, told):
    desk.pointing.play_here()
    assert not desk.playback.playing and told.refused
    desk.pointer.put(point(desk, 0.75))
    desk.pointing.play_here()
    assert desk.player.at == pytest.approx(0.75 * RATE, abs=1)


def test_a_layer_is_split_at_the_pointers_time_or_at_the_playhead(separated):
    separated.playback.seek(1.5)
    separated.pointing.split_time()
    separated.pointer.put(point(separated, 0.5))
    separated.pointing.split_time()
    assert "Component 1 after 1.50 s" in names(separated) and any("after 0.50 s" in name for name in names(separated))


def test_a_layer_is_split_at_the_pointers_frequency(separated, told):
    separated.pointing.split_frequency()
    assert told.refused and len(names(separated)) == 4
    separated.pointer.put(point(separated, 0.5, 0.5))
    separated.pointing.split_frequency()
    hz = separated.plane.hz_of(separated.pointer.place[1])
    assert f"Component 1 above {hz:.0f} Hz" in names(separated)


def test_with_nothing_open_keys_do_nothing(empty):
    empty.pointing.split_time()
    assert not empty.playback.playing and names(empty) == []
