"""The ring in memory, with the test in the place of the device."""

import numpy as np
import pytest

from workbench.audio.feed import Block, raised_cosine
from workbench.audio.ring import Ring

try:
    from rtmixer import RingBuffer
except OSError:
    pytest.skip("PortAudio is not installed", allow_module_level=True)

RATE, PERIOD, SIZE = 44100, 256, 8192
FADE = round(0.012 * RATE)


class Device:
    """A ring, and what was taken out of it."""

    def __init__(self, channels=2, sources=2):
        memory = np.zeros((SIZE, channels), np.float32)
        self.queue = RingBuffer(4 * channels, buffer=memory)
        self.ring = Ring(self.queue, memory, RATE, sources, PERIOD)
        self.channels = channels
        self.played = np.zeros((0, channels), np.float32)

    def take(self, count):
        piece = np.frombuffer(self.queue.read(count), np.float32).reshape(-1, self.channels)
        self.played = np.concatenate([self.played, piece])

    def take_all(self):
        self.take(self.ring.waiting)


def block(value, count=512, position=0.0, step=1.0, channels=2):
    return Block(np.full((count, channels), value, np.float32), position, step)


def test_what_is_written_is_played_in_order_beyond_the_end_of_the_memory():
    device, rng = Device(), np.random.default_rng(0)
    sound = rng.standard_normal((3 * SIZE, 2)).astype(np.float32)
    for start in range(0, len(sound), 512):
        device.ring.write(Block(sound[start : start + 512].copy(), start, 1.0))
        device.take(500)
    device.take_all()
    np.testing.assert_array_equal(device.played, sound)


def test_room_is_what_is_neither_written_nor_to_be_written_anew():
    device = Device()
    device.ring.write(block(1.0, 4096))
    assert (device.ring.room, device.ring.buffered, device.ring.waiting) == (SIZE - 4096, 4096, 4096)
    device.take(1000)
    device.ring.rewind()
    assert device.ring.taken == 1000 and device.ring.waiting == 3096
    assert device.ring.buffered == device.ring.guard and device.ring.room == SIZE - device.ring.guard


def test_what_waits_is_written_anew_behind_the_guard_with_one_cross_fade():
    device = Device()
    device.ring.write(block(1.0, 4096, 100.0, 0.5))
    device.take(1000)
    begin = 1000 + device.ring.guard
    assert device.ring.rewind() == 100.0 + begin * 0.5
    for _ in range(10):
        device.ring.write(block(-1.0))
    device.take_all()
    ramp = raised_cosine(FADE)
    assert (device.played[:begin] == 1.0).all()
    np.testing.assert_allclose(device.played[begin : begin + FADE], np.repeat(1 - 2 * ramp, 2, axis=1), atol=1e-6)
    assert (device.played[begin + FADE :] == -1.0).all()
    assert len(device.played) == begin + 5120


def test_frames_more_are_kept_for_a_slow_renderer():
    device = Device()
    device.ring.write(block(1.0, 4096))
    assert device.ring.rewind(700) == device.ring.guard + 700


def test_too_little_is_not_gone_back_over():
    device = Device()
    device.ring.write(block(1.0, device.ring.guard + FADE - 1))
    assert device.ring.rewind() is None
    device.ring.write(block(1.0, 1))
    assert device.ring.rewind() is not None


def test_where_the_device_was_faster_the_change_comes_later_at_its_own_place():
    device = Device()
    device.ring.write(block(0.0, 4096))
    begin = device.ring.guard
    device.ring.rewind()
    device.take(begin + 100)
    late = 100 + PERIOD
    device.ring.write(Block(np.arange(1024, dtype=np.float32)[:, None].repeat(2, axis=1), 0.0, 1.0))
    device.ring.write(block(0.0, SIZE - 4096))
    device.take_all()
    assert (device.played[: begin + late] == 0.0).all()
    np.testing.assert_array_equal(device.played[begin + late + FADE : begin + 1024, 0], np.arange(late + FADE, 1024))


def test_silence_lets_what_stood_there_fade_out():
    device = Device()
    device.ring.write(block(1.0, 4096))
    begin = device.ring.guard
    device.ring.rewind()
    quiet = device.ring.silence()
    assert quiet == begin + FADE
    device.take_all()
    assert (device.played[:begin] == 1.0).all() and (device.played[quiet:] == 0.0).all()
    assert (np.diff(device.played[:, 0]) <= 0).all() and device.ring.taken >= quiet


def test_without_a_rewind_silence_comes_after_all():
    device = Device()
    device.ring.write(block(1.0, 700))
    assert device.ring.silence() == 700 and device.ring.waiting == 700


def test_what_is_heard_is_dated_by_its_block():
    device = Device()
    assert device.ring.heard(0) == (None, ())
    device.ring.write(block(0.5, 512, 1000.0, 1.0))
    device.ring.write(block(0.25, 512, 5000.0, 2.0))
    device.take(600)
    assert device.ring.heard(0) == (5000.0 + 2 * 88, (0.25, 0.25))
    assert device.ring.heard(100) == (1500.0, (0.5, 0.5))
    device.ring.rewind()
    device.ring.clear()
    assert device.ring.heard(0) == (None, ()) and device.ring.room == SIZE


@pytest.mark.parametrize(("sources", "outputs"), [(3, 2), (8, 2), (2, 1)])
def test_more_channels_than_loudspeakers_are_folded(sources, outputs):
    device = Device(outputs, sources)
    samples = np.random.default_rng(1).standard_normal((64, sources)).astype(np.float32)
    device.ring.write(Block(samples, 0.0, 1.0))
    device.take_all()
    for c in range(outputs):
        expected = samples[:, c::outputs].sum(axis=1) * outputs / sources
        np.testing.assert_allclose(device.played[:, c], expected, rtol=1e-5, atol=1e-6)
