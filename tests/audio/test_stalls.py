"""A deep ring: nothing is heard of what holds the feeder up, and edits are heard as soon as ever."""

import shutil
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.audio.playing import crossing, panned_scene, place_of, played_without_a_hole, recorded_while, wait
from workbench.audio.renderer import render_all

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed"),
]


def test_an_edit_is_heard_at_once_though_more_than_a_second_waits(sink):
    before = panned_scene()
    layers = tuple(replace(layer, gain_db=-3.0 * i, pan=0.1 * i) for i, layer in enumerate(before.stack.layers))
    after = replace(before, stack=replace(before.stack, layers=layers))
    taken = []

    def act(p):
        p.player.play(0)
        wait(lambda: p.status.position > 0.5 and p.status.buffered > 1.5)
        taken.append(p.player._connection.output.ring.taken)
        p.scene = after
        wait(lambda: p.status.position > taken[-1] / 44100 + 0.7)

    recorded = played_without_a_hole(lambda: recorded_while(sink, before, act))
    length = taken[-1] + 22050
    old, new = render_all(before, 0, length), render_all(after, 0, length)
    start = place_of(old[:20000], recorded)
    # Frames of the ring, of which it holds 77,175. A busy machine may take some time to let the feeder know.
    assert taken[-1] < crossing(recorded[start : start + length], old, new) < taken[-1] + 15_000


def recorded_through(sink, scene, hold_up):
    """What is heard while something is held up in the midst of it, beside the rendering."""

    def act(p):
        p.player.play(0)
        wait(lambda: p.status.position > 0.3 and p.status.buffered > 1.5)
        hold_up(p)
        wait(lambda: p.status.position > 2.5)

    recorded = played_without_a_hole(lambda: recorded_while(sink, scene, act))
    reference = render_all(scene, 0, 100_000)
    start = place_of(reference[:20000], recorded)
    return reference, recorded[start : start + 100_000]


def test_nothing_is_heard_of_a_feeder_that_stands_still(sink):
    def hold_up(p):
        back = threading.Event()

        def stand_still():
            time.sleep(0.8)
            back.set()

        p.player._commands.put(stand_still)
        wait(back.is_set)

    reference, heard = recorded_through(sink, panned_scene(), hold_up)
    assert np.abs(heard - reference).max() < 1e-5


def test_nothing_is_heard_of_a_thread_that_keeps_the_interpreter_to_itself(sink):
    numbers = np.random.default_rng(0).random(1_000_000).tolist()

    def hold_up(p):
        # No other thread runs while a list is sorted: a third of a second or so each.
        until = time.monotonic() + 0.8
        while time.monotonic() < until:
            sorted(numbers)

    reference, heard = recorded_through(sink, panned_scene(), hold_up)
    assert np.abs(heard - reference).max() < 1e-5
