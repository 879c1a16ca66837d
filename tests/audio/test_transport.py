"""The player's state machine, against the table in its own docstring, and what it remembers on the way."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.audio import transport
from workbench.audio.feed import Loop
from workbench.audio.transport import Transport, TransportState

RESTING = Transport(place=10)
WAITING = RESTING.play(100)
PLAYING = WAITING.began()
FADING = PLAYING.stop(5000.0)
HELD = PLAYING.scrub(3000.0)
"""A hand came down while it played, so that it plays on afterwards."""
MOVED = RESTING.scrub(3000.0).began()
"""A hand came down while it rested."""
REACHED = {
    TransportState.RESTING: [RESTING],
    TransportState.WAITING: [WAITING, HELD.lost(4000.0), RESTING.scrub(3000.0)],
    TransportState.PLAYING: [PLAYING, PLAYING.seek(700)],
    TransportState.SCRUBBING: [HELD, MOVED],
    TransportState.FADING: [FADING],
}
"""Ways to be in each state."""
EVENTS = {
    "play(at)": lambda t: t.play(200),
    "seek(at)": lambda t: t.seek(200),
    "stop(at)": lambda t: t.stop(200.0),
    "scrub(hand)": lambda t: t.scrub(200.0),
    "let_go()": lambda t: t.let_go(),
    "began()": lambda t: t.began(),
    "arrived()": lambda t: t.arrived(),
    "leap()": lambda t: t.leap(),
    "faded()": lambda t: t.faded(),
    "lost(heard)": lambda t: t.lost(200.0),
    "halt(at)": lambda t: t.halt(200),
}


def written():
    """The table of the docstring: (event, state, the states named in the cell)."""
    lines = [re.split(r"\s{2,}", line) for line in transport.__doc__.splitlines()]
    (head,) = [cells for cells in lines if cells[0] == "event"]
    rows = [cells for cells in lines if cells[0] in EVENTS and len(cells) == len(head)]
    assert [cells[0] for cells in rows] == list(EVENTS)
    return [
        (cells[0], TransportState[state], re.findall("[A-Z]+", cell))
        for cells in rows
        for state, cell in zip(head[1:], cells[1:], strict=True)
    ]


@pytest.mark.parametrize(("event", "state", "named"), written())
def test_every_event_in_every_state_does_what_the_table_says(event, state, named):
    for before in REACHED[state]:
        assert before.state is state
        after = EVENTS[event](before)
        if named:
            assert after.state.name in named
        else:
            assert after == before
    if len(named) == 2:
        assert {EVENTS[event](before).state.name for before in REACHED[state]} == set(named)


@given(st.lists(st.sampled_from([*EVENTS]), max_size=30))
def test_whatever_happens_the_parts_agree(names):
    now = Transport()
    for name in names:
        now = EVENTS[name](now)
        assert now.goal is None or now.sounding
        assert now.hand is None or now.state in (TransportState.SCRUBBING, TransportState.WAITING)
        assert now.hand is not None or now.state is not TransportState.SCRUBBING


def test_playing_begins_at_the_place_and_goes_over_to_a_goal_while_it_sounds():
    assert (WAITING.place, WAITING.goal) == (100, None)
    elsewhere = PLAYING.play(900)
    assert (elsewhere.place, elsewhere.goal) == (900, 900.0)
    assert elsewhere.arrived() == replace(elsewhere, goal=None)


def test_a_stop_rests_where_the_fade_begins_or_at_a_goal_that_was_not_reached():
    assert FADING.place == 5000 and FADING.faded().place == 5000
    assert PLAYING.seek(700).stop(5000.0).place == 700


def test_a_seek_while_it_fades_is_where_it_rests_and_a_play_brings_it_back():
    assert FADING.seek(800).faded() == replace(RESTING, place=800)
    assert FADING.play(800) == replace(PLAYING, place=800, goal=800.0)


def test_a_hand_that_came_down_on_a_sound_lets_it_play_on_from_there():
    assert HELD.goal == 3000.0
    after = HELD.arrived().scrub(3500.0).let_go()
    assert (after.state, after.goal, after.hand) == (TransportState.PLAYING, 3500.0, None)


def test_a_hand_that_came_down_on_silence_leaves_silence_where_it_lets_go():
    after = MOVED.scrub(3500.0).let_go()
    assert (after.state, after.place, after.hand) == (TransportState.FADING, 3500, None)
    after = FADING.scrub(100.0).let_go()
    assert (after.state, after.place) == (TransportState.FADING, 100)


def test_a_stop_under_the_hand_rests_where_it_is_heard():
    after = MOVED.stop(2900.0)
    assert (after.state, after.place, after.hand) == (TransportState.FADING, 2900, None)


def test_under_the_hand_there_is_no_loop_and_no_speed():
    course = Loop(0, 1000), 0.5
    playing = replace(PLAYING, loop=course[0], speed=course[1])
    assert playing.course == course
    held = playing.scrub(10.0)
    assert held.course == (None, 0.0)
    assert held.let_go().course == course


def test_a_hand_that_is_far_away_is_a_goal():
    assert HELD.arrived().scrub(90_000.0).leap().goal == 90_000.0


def test_a_lost_device_is_waited_for_where_the_sound_was():
    assert PLAYING.lost(4321.6).place == 4322
    assert PLAYING.lost(None).place == PLAYING.place
    assert PLAYING.seek(700).lost(4321.6) == replace(WAITING, place=700)
    assert FADING.lost(6000.0) == FADING.faded()


def test_a_hand_that_moves_while_a_device_is_waited_for_is_where_it_begins():
    moved = HELD.lost(4000.0).scrub(5000.0)
    assert (moved.place, moved.began().state) == (5000, TransportState.SCRUBBING)
    assert moved.let_go().began() == replace(PLAYING, place=5000, resumes=True)
    assert RESTING.scrub(3000.0).scrub(5000.0).let_go() == replace(RESTING, place=5000)
