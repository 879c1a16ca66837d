"""A ring in memory, with the test in the place of the device."""

import numpy as np
import pytest

from workbench.audio.ring import Ring
from workbench.audio.speakers import heard_speakers, placed, speakers_of

try:
    from rtmixer import RingBuffer
except OSError:
    pytest.skip("PortAudio is not installed", allow_module_level=True)

RATE, PERIOD = 44100, 256
FADE = round(0.012 * RATE)


class Device:
    """A ring, and what was taken out of it; to a feeder it is what an output is."""

    rate, block = RATE, 512
    least, soon = 2048, 4096

    def __init__(self, channels=2, sources=2, size=8192, depth=None):
        memory = np.zeros((size, channels), np.float32)
        placing = placed(heard_speakers(speakers_of(sources)), speakers_of(channels))
        self.queue = RingBuffer(4 * channels, buffer=memory)
        self.ring = Ring(self.queue, memory, size if depth is None else depth, RATE, placing, PERIOD)
        self.channels = channels
        self.played = np.zeros((0, channels), np.float32)

    def take(self, count):
        piece = np.frombuffer(self.queue.read(count), np.float32).reshape(-1, self.channels)
        self.played = np.concatenate([self.played, piece])

    def take_all(self):
        self.take(self.ring.waiting)

    def drained(self):
        return self.ring.waiting == 0
