"""What a feeder writes into a deep ring, with the test in the place of the device. All is told in frames."""

from dataclasses import replace

import numpy as np
import pytest

from tests.audio.device import FADE, RATE, Device
from tests.conftest import make_scene
from workbench.audio.feed import Loop
from workbench.audio.feeder import SETTLED_SECONDS, Feeder
from workbench.audio.recording import Recording
from workbench.audio.scene import Ear, Hear
from workbench.audio.transport import Transport, TransportState
from workbench.precedence import Precedence

DEPTH = round(1.75 * RATE)
EVENT = RATE // 60
"""Frames from one event of the mouse to the next."""


def scene_of(value, seconds=30.0):
    """One value all through, heard as it is, so that what is played tells which scene it is of."""
    base = make_scene(2, 1.0, RATE)
    samples = np.ones((round(seconds * RATE), 2), np.float32)
    recording = Recording(samples, RATE, base.recording.path)
    return replace(base, recording=recording, ear=Ear(Hear.ORIGINAL, original_db=20 * np.log10(value)))


def louder(scene, value):
    return replace(scene, ear=replace(scene.ear, original_db=20 * np.log10(value)))


class Playing:
    """A feeder, the transport that it follows, and the device that takes what it writes."""

    def __init__(self, scene, place=0, **transport):
        self.device, self.feeder, self.scene = Device(size=1 << 17, depth=DEPTH), Feeder(), scene
        self.transport = Transport(TransportState.PLAYING, place=place, **transport)
        self.feeder.begin(scene, self.transport, self.device)

    def look(self):
        """What the player's thread does every few milliseconds; answers whether the sound goes on."""
        if self.feeder.renew(self.scene, self.transport, self.device):
            self.transport = self.transport.arrived()
        return self.feeder.fill(self.transport.hand, self.device)

    def fill(self):
        """Look after the ring until it is full."""
        before = -1
        while before != self.device.ring.buffered:
            before = self.device.ring.buffered
            self.look()

    def change(self, scene):
        """Give it another scene, and wait until it takes it."""
        self.scene = scene
        while self.feeder.feed.scene is not scene:
            self.look()


def played(playing, frames):
    """Let the device take some frames, as often as it is looked after; answers them."""
    before = len(playing.device.played)
    for _ in range(frames // 256):
        playing.device.take(256)
        playing.look()
    return playing.device.played[before:, 0]


def test_the_ring_becomes_deep_and_stays_so():
    playing = Playing(scene_of(0.5))
    playing.fill()
    assert playing.device.ring.waiting > 1.6 * RATE
    played(playing, 3 * RATE)
    assert playing.device.ring.waiting > 1.6 * RATE


def test_the_ring_becomes_deep_again_though_the_feeder_seldom_gets_its_turn():
    playing = Playing(scene_of(0.5))
    playing.fill()
    for _ in range(4):
        playing.device.take(RATE)
        playing.look()
    playing.device.take(RATE // 2)
    playing.look()
    assert playing.device.ring.waiting > 1.6 * RATE


def test_a_full_ring_does_not_delay_an_edit():
    playing = Playing(scene_of(0.5))
    playing.fill()
    played(playing, 5000)
    # What it took to begin a feed is kept free; here that is far less than ten milliseconds.
    taken, guard = playing.device.ring.taken, playing.device.ring.guard
    playing.change(louder(playing.scene, 0.25))
    assert playing.device.ring.taken == taken
    playing.device.take(guard + round(0.01 * RATE) + FADE)
    assert playing.device.played[taken + guard - 1, 0] == 0.5
    assert playing.device.played[-1, 0] == np.float32(0.25)


def test_what_waits_is_written_anew_once_edits_pause():
    playing = Playing(scene_of(0.5))
    playing.fill()
    playing.change(louder(playing.scene, 0.25))
    ring = playing.device.ring
    assert ring.older > RATE
    played(playing, round(SETTLED_SECONDS * RATE) + 256)
    playing.fill()
    assert ring.older == 0 and ring.waiting > 1.6 * RATE
    playing.device.take(2 * FADE + ring.guard)
    before = len(playing.device.played)
    playing.device.take_all()
    assert (playing.device.played[before:, 0] == np.float32(0.25)).all()


def test_edits_sixty_times_a_second_are_all_heard_at_once_and_the_ring_stays_deep():
    playing = Playing(scene_of(0.5))
    playing.fill()
    ring, begins, values = playing.device.ring, [], np.linspace(0.5, 0.9, 240)
    for value in values:
        playing.change(louder(playing.scene, value))
        begins.append(ring.taken)
        for _ in range(EVENT // 147):
            playing.device.take(147)
            playing.look()
        assert ring.waiting > 1.5 * RATE and ring.buffered > 0.05 * RATE
    heard = playing.device.played[:, 0]
    # Guard, what a slow beginning may keep, and the cross-fade: from then on an edit or a later one is what is heard.
    bound = ring.guard + round(0.02 * RATE) + FADE
    assert begins[-1] > 3 * RATE
    for begin, value in zip(begins[:-6], values[:-6], strict=True):
        assert heard[begin + bound] >= value - 1e-6


def test_a_feeder_that_is_held_up_right_after_an_edit_is_heard_to_go_back_to_the_older_sound_without_a_click():
    playing = Playing(scene_of(0.9))
    playing.fill()
    playing.change(louder(playing.scene, 0.3))
    playing.look()
    playing.device.take(round(0.8 * RATE))
    assert playing.device.ring.waiting > 0.8 * RATE
    played(playing, RATE)
    heard = playing.device.played[:, 0]
    assert np.abs(np.diff(heard[256:])).max() < 0.6 * np.pi / 2 / FADE * 1.1
    assert heard[round(0.75 * RATE)] == np.float32(0.9)
    assert (heard[round(0.85 * RATE) :] == np.float32(0.3)).all()


def test_a_seek_is_kept_where_the_feeder_is_held_up_right_after_it():
    playing = Playing(scene_of(0.5))
    playing.fill()
    playing.transport = playing.transport.seek(20 * RATE)
    begin = playing.device.ring.taken
    while playing.transport.goal is not None:
        playing.look()
    playing.device.take(round(0.8 * RATE))
    assert playing.device.ring.heard(0)[0] == round(0.8 * RATE)
    played(playing, RATE // 4)
    late = len(playing.device.played) - begin - playing.device.ring.heard(0)[0] + 20 * RATE
    assert 0 <= late < playing.device.ring.guard + round(0.02 * RATE)


def test_under_a_hand_only_what_the_device_needs_is_written_and_nothing_older_waits():
    playing = Playing(scene_of(0.5))
    playing.fill()
    playing.transport = playing.transport.scrub(10.0 * RATE)
    for _ in range(40):
        playing.device.take(256)
        playing.look()
    ring = playing.device.ring
    assert ring.buffered < playing.device.least + 2 * playing.device.block
    before = len(playing.device.played)
    playing.device.take_all()
    assert (playing.device.played[before + ring.buffered + 2 * playing.device.least :] == 0).all()


def test_after_a_seek_in_a_deep_ring_the_end_comes_when_the_recording_ends():
    playing = Playing(scene_of(0.5, 20.0))
    playing.fill()
    left = RATE // 2
    playing.transport = playing.transport.seek(20 * RATE - left)
    while playing.transport.goal is not None:
        playing.look()
    at = playing.device.ring.taken
    while playing.look() or not playing.feeder.faded(playing.device):
        playing.device.take(64)
    assert left <= playing.device.ring.taken - at < left + playing.device.ring.guard + round(0.02 * RATE)


@pytest.mark.parametrize("speed", [1.0, 0.5])
def test_a_loop_that_is_set_is_gone_into_from_where_it_is_heard(speed):
    playing = Playing(scene_of(0.5), speed=speed)
    playing.fill()
    played(playing, 5000)
    loop = Loop(0, RATE)
    playing.transport = replace(playing.transport, loop=loop)
    before = playing.device.ring.taken
    playing.look()
    place = playing.device.ring.heard(0)[0]
    assert place == pytest.approx(before * speed, abs=2)
    places = []
    for _ in range(round(3 * RATE / 256)):
        playing.device.take(256)
        playing.look()
        places.append(playing.device.ring.heard(0)[0])
    assert max(places) <= loop.stop + 2
    # Each look is 256 frames later, but where a turn ends.
    steps = np.diff(places)
    assert (np.abs(steps - 256 * speed) < 600).sum() >= len(steps) - 3


def test_while_the_window_has_something_to_do_no_more_is_rendered_than_keeps_a_stall_unheard():
    playing = Playing(scene_of(0.5))
    playing.feeder = Feeder(precedence := Precedence())
    playing.feeder.begin(playing.scene, playing.transport, playing.device)
    precedence.claim()
    playing.fill()
    ring = playing.device.ring
    assert RATE < ring.waiting < 1.4 * RATE
    # A change is taken up as ever.
    playing.change(louder(playing.scene, 0.25))
    played(playing, RATE)
    assert playing.device.played[-1, 0] == np.float32(0.25)
    precedence.release()
    playing.fill()
    assert ring.waiting > 1.6 * RATE
