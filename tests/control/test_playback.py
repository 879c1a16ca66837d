"""Playing, and the span that plays over and over."""

import pytest

from tests.control.scenes import ANALYSIS, RATE, SECONDS, open_tones, select_box
from workbench.audio.feed import Loop

LENGTH = round(SECONDS * RATE)


def frames(desk, start, stop):
    """Select all frequencies of some frames; answers the samples that they stand for."""
    select_box(desk, 0, desk.document.stack.bins, start, stop)
    return Loop(max(0, start * 128 - 64), min(LENGTH, stop * 128 - 64))


def test_what_is_selected_plays_over_and_over_in_exactly_its_frames(desk):
    told = []
    desk.playback.looped_changed.connect(lambda: told.append(desk.playback.looped))
    assert desk.player.loop == Loop(0, LENGTH)
    for start, stop in ((10, 30), (0, 5), (100, 126)):
        expected = frames(desk, start, stop)
        assert desk.player.loop == expected
        assert desk.playback.looped == pytest.approx((expected.start / RATE, expected.stop / RATE))
    select_box(desk, 3, 9, 0, desk.document.stack.frames)
    assert desk.player.loop == Loop(0, LENGTH) and desk.playback.looped is None
    desk.areas.deselect()
    assert len(told) == 4 and told[-1] is None


def test_a_selection_of_some_frequencies_loops_its_time(desk):
    select_box(desk, 3, 9, 10, 30)
    assert desk.player.loop == Loop(10 * 128 - 64, 30 * 128 - 64)


def test_what_is_selected_behind_the_playhead_is_jumped_to(desk):
    desk.playback.play(1.0)
    frames(desk, 60, 126)
    assert desk.playback.position == pytest.approx(1.0, abs=0.1), "inside or ahead: it is played on to"
    span = frames(desk, 10, 30)
    assert desk.playback.position == pytest.approx(span.start / RATE)
    desk.playback.set_loops(False)
    desk.playback.seek(1.0)
    frames(desk, 10, 20)
    assert desk.playback.position == pytest.approx(1.0, abs=0.1)
    desk.playback.stop()
    desk.playback.set_loops(True)
    frames(desk, 10, 30)
    assert desk.playback.position == pytest.approx(1.0, abs=0.1), "at rest it plays from the selection when it plays"


def test_without_looping_all_plays_once(desk):
    told = []
    desk.playback.loop_changed.connect(told.append)
    expected = frames(desk, 10, 30)
    desk.playback.set_loops(False)
    desk.playback.set_loops(False)
    assert desk.player.loop is None and desk.playback.looped is None and told == [False]
    desk.playback.set_loops(True)
    assert desk.player.loop == expected


def test_it_plays_from_the_playhead_or_from_the_selection(desk):
    desk.playback.seek(0.5)
    desk.playback.toggle()
    assert desk.playback.playing and desk.player.at == 0.5 * RATE
    desk.playback.toggle()
    assert not desk.playback.playing and not desk.player.playing and desk.playback.position == 0.5
    expected = frames(desk, 10, 30)
    desk.playback.play()
    assert desk.player.at == expected.start
    desk.playback.stop()
    desk.playback.seek(0.3)
    desk.playback.play()
    assert desk.player.at == 0.3 * RATE
    desk.playback.play(1.5)
    assert desk.player.at == 1.5 * RATE
    desk.playback.seek(SECONDS)
    desk.areas.deselect()
    desk.playback.play()
    assert desk.player.at == 0


def test_a_place_plays_in_place_of_the_selection(desk):
    expected = frames(desk, 10, 30)
    desk.playback.play()
    desk.playback.dwell((1.0, 1.25))
    assert desk.player.loop == Loop(RATE, round(1.25 * RATE)) and desk.player.at == RATE
    assert desk.playback.looped == (1.0, 1.25)
    desk.playback.set_loops(False)
    assert desk.playback.looped == (1.0, 1.25)
    desk.playback.set_loops(True)
    desk.playback.dwell(None)
    assert desk.player.loop == expected


def test_the_sound_follows_the_hand(desk, until):
    moved = []
    desk.playback.moved.connect(moved.append)
    desk.playback.scrub(0.7)
    assert desk.player.hand == pytest.approx(0.7 * RATE) and desk.playback.position == 0.7
    desk.playback.scrub(99.0)
    assert desk.playback.position == SECONDS
    desk.playback.scrub(None)
    assert desk.player.hand is None
    assert moved == [0.7, SECONDS]


def test_the_playhead_moves_while_it_plays_and_stays_where_it_was_heard(desk, until):
    moved, ticks = [], []
    desk.playback.moved.connect(moved.append)
    desk.playback.ticked.connect(ticks.append)
    desk.playback.play()
    desk.player.at = 0.75 * RATE
    until(lambda: 0.75 in moved)
    desk.player.playing = False
    until(lambda: not desk.playback.playing)
    assert desk.playback.position == 0.75 and not ticks[-1].playing


def test_a_player_that_never_begins_is_given_up(desk, until):
    desk.playback.play()
    desk.player.playing = False
    assert desk.playback.playing
    until(lambda: not desk.playback.playing)


def test_another_recording_begins_at_its_start(desk):
    frames(desk, 10, 30)
    desk.playback.play()
    desk.playback.dwell((1.0, 1.5))
    desk.playback.seek(1.2)
    open_tones(desk, seconds=1.0)
    assert not desk.playback.playing and desk.playback.position == 0.0
    assert desk.player.loop == Loop(0, RATE) and desk.playback.looped is None and desk.player.prepared


def test_speed_goes_in_steps_with_two_ends(desk):
    told = []
    desk.playback.speed_changed.connect(told.append)
    for by in (-1, -1, 1, 1, 1):
        desk.playback.next_speed(by)
    assert told == [0.5, 1.0, 2.0] and desk.player.speed == desk.playback.speed == 2.0


def test_device_and_latency_are_asked_for_once(desk):
    told = []
    desk.playback.settings_changed.connect(lambda: told.append(1))
    for _ in range(2):
        desk.playback.set_device("one")
        desk.playback.set_latency(0.05)
    assert told == [1, 1]
    assert (desk.player.device, desk.player.latency) == (desk.playback.device, desk.playback.latency) == ("one", 0.05)


def test_the_page_turns_with_the_playhead_but_not_under_a_hand(separated, until):
    desk = separated
    desk.viewport.show_time(0.0, 0.5)
    desk.playback.seek(1.0)
    assert desk.viewport.start == 0.0
    desk.playback.play()
    until(lambda: desk.viewport.start == 1.0)
    assert desk.viewport.stop == 1.5
    desk.tools.choose(type(desk.tools.tool).BRUSH)
    desk.strokes.begin(desk.plane.canvas.center().toPointF(), False)
    desk.player.at = 0.1 * RATE
    until(lambda: desk.playback.position == pytest.approx(0.1))
    assert desk.viewport.start == 1.0 and desk.strokes.busy


def test_the_playhead_does_not_flash_back_to_where_the_player_still_is_after_a_seek(separated, until):
    desk = separated
    desk.playback.play()
    desk.player.at = 1.6 * RATE
    until(lambda: desk.playback.position == pytest.approx(1.6))
    desk.viewport.show_time(0.0, 0.5)
    told = []
    desk.playback.moved.connect(told.append)
    desk.playback.seek(0.2)
    desk.player.at = 1.65 * RATE
    ticked = []
    desk.playback.ticked.connect(ticked.append)
    until(lambda: len(ticked) >= 2)
    assert set(told) == {0.2} and desk.viewport.start == 0.0
    desk.player.at = 0.3 * RATE
    until(lambda: desk.playback.position == pytest.approx(0.3))
    assert max(told) < 0.5
    # One that plays elsewhere, as within a loop, is believed before long.
    desk.playback.seek(0.1)
    desk.player.at = 1.2 * RATE
    until(lambda: desk.playback.position == pytest.approx(1.2))


def test_who_looks_elsewhere_while_it_plays_is_left_there_until_the_playhead_comes_by(separated, until):
    desk = separated

    def played(second):
        desk.player.at = second * RATE
        until(lambda: desk.playback.position == pytest.approx(second))

    desk.viewport.show_time(0.0, 0.5)
    desk.playback.play()
    played(0.3)
    desk.viewport.show_time(1.0, 1.5)
    played(0.4)
    assert desk.viewport.start == 1.0
    played(1.2)
    played(1.6)
    assert (desk.viewport.start, desk.viewport.stop) == (1.5, 2.0)


def test_with_nothing_open_nothing_plays(empty):
    empty.playback.play()
    empty.playback.scrub(1.0)
    assert not empty.playback.playing and empty.player.loop is None


def test_another_window_loops_what_is_selected_now(desk):
    from workbench.spectral.pyramid import analyse_levels
    from workbench.spectral.stft import Analysis

    frames(desk, 10, 30)
    new = Analysis(2 * ANALYSIS.window, 2 * ANALYSIS.hop)
    desk.document.set_analysis("wider", new, analyse_levels(desk.document.recording.samples, new))
    begin, end = new.span(*desk.selection.frames, RATE)
    assert desk.player.loop == Loop(round(max(begin, 0) * RATE), round(end * RATE))
