"""What is to be heard next: position, speed and loop of one scene, with a cross-fade at the loop's seam."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.audio.renderer import MixStream
from workbench.audio.scene import Scene
from workbench.audio.stretch import StretchStream

Float = NDArray[np.float32]
FADE_SECONDS = 0.012
"""A raised cosine of at least half a period never rises faster than the waves that it joins, so that 10 ms suffice
for 50 Hz."""
START_SECONDS = 0.005
PRIMING = 512
"""At least so many samples that a rate converter is given before those that are wanted of it."""


@dataclass(frozen=True)
class Loop:
    """Half-open range of samples that plays over and over."""

    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Block:
    """Samples to play, and where they come from.

    Attributes
    ----------
    samples : float32, shape (n, channels)
    position : float
        Sample of the recording that the first one is.
    step : float
        Samples of the recording from one to the next.
    """

    samples: Float
    position: float
    step: float

    def parts(self, count: int) -> Iterator[Block]:
        """The same in blocks of at most `count` samples."""
        for at in range(0, len(self.samples), count):
            yield Block(self.samples[at : at + count], self.position + at * self.step, self.step)


class _Stream(Protocol):
    """A source of samples from a position on."""

    @property
    def position(self) -> float:
        """The sample that comes next."""

    def read(self, count: int) -> Float:
        """The next samples."""


class Feed:
    """Blocks of a scene, from a position on.

    Parameters
    ----------
    scene : Scene
    position : float
        First sample to hear.
    loop : Loop or None
    speed : float
        1 plays as recorded; others keep the pitch.
    """

    def __init__(self, scene: Scene, position: float, loop: Loop | None, speed: float = 1.0) -> None:
        self.scene, self._loop, self._speed = scene, loop, speed
        self._outputs = max(2, scene.recording.channels)
        self._stream = self._open(position)
        self._fade = max(1, round(FADE_SECONDS * scene.recording.rate))
        self._leaving: _Stream | None = None
        self._ramp = raised_cosine(1)
        self._faded = 1
        self.finished = False

    @property
    def channels(self) -> int:
        """Channels of the blocks: the recording's, two for mono."""
        return self._outputs

    @property
    def speed(self) -> float:
        """Samples of the recording that pass in the time of one."""
        return self._speed

    def set_loop(self, loop: Loop | None) -> None:
        """Play this range over and over from now on."""
        self._loop = loop

    @property
    def position(self) -> float:
        """Sample of the recording that comes next."""
        return self._stream.position

    @property
    def steerable(self) -> bool:
        """Whether its speed can be changed: it was not begun at speed 1."""
        return isinstance(self._stream, StretchStream)

    def set_speed(self, speed: float) -> None:
        """Another speed from now on, for a steerable feed."""
        assert isinstance(self._stream, StretchStream)
        self._speed = self._stream.speed = speed

    def read(self, count: int) -> Block:
        """The next block, of at most `count` samples; at the end of the recording and of a loop it is shorter."""
        begin, speed = self._stream.position, self._speed
        if speed <= 0:
            return Block(self._stream.read(count), begin, speed)
        loop = self._loop_here(begin)
        # The fade lasts as long at every speed, so that at double speed it takes twice as much of the recording.
        fade = min(self._fade * speed, (loop.stop - loop.start) // 2) if loop is not None else 0
        if loop is not None and begin >= loop.stop - fade - speed / 2:
            # The fade ends at the loop's start, so that a turn lasts exactly stop − start.
            begin = loop.start - (loop.stop - begin)
            self._leaving, self._stream, self._faded = self._stream, self._open(begin), 0
            self._ramp = raised_cosine(max(1, int(fade / speed)))
            loop = self._loop_here(begin)
        stop = loop.stop - fade if loop is not None else len(self.scene.recording.samples)
        room = min(count, round((stop - begin) / speed))
        if room <= 0:
            self.finished = True
            return Block(np.zeros((0, self._outputs), np.float32), begin, speed)
        return Block(self._faded_in(self._stream.read(room)), begin, speed)

    def _loop_here(self, position: float) -> Loop | None:
        loop = self._loop
        if loop is None or loop.stop - loop.start < 2 or position >= loop.stop:
            return None
        return loop

    def _faded_in(self, block: Float) -> Float:
        """A block of the present stream, mixed with the one that is being left, as far as a fade is under way."""
        n = min(len(self._ramp) - self._faded, len(block))
        if n <= 0 or self._leaving is None:
            return block
        ramp = self._ramp[self._faded : self._faded + n]
        self._faded += n
        out = block.copy()
        out[:n] = out[:n] * ramp + self._leaving.read(n) * (1 - ramp)
        if self._faded >= len(self._ramp):
            self._leaving = None
        return out

    def _open(self, position: float) -> _Stream:
        if self._speed == 1.0:
            return MixStream(self.scene, round(position), self._outputs)
        return StretchStream(self.scene, position, self._outputs, self._speed)


class ConvertedFeed:
    """A feed at another sample rate, for devices that do not take the recording's.

    Parameters
    ----------
    scene, position, loop, speed
        As of `Feed`.
    rate : int
        The device's rate in Hz.
    """

    def __init__(self, scene: Scene, position: float, loop: Loop | None, speed: float, rate: int) -> None:
        import soxr

        self.scene = scene
        self._ratio = rate / scene.recording.rate
        # What a converter gives first is not yet right: it knows nothing of what came before.
        # A whole number of samples at both rates, so that the two stay in step.
        one = Fraction(rate, scene.recording.rate).denominator
        priming = -(-PRIMING // one) * one
        self._loop = loop
        # What is read before the place that is wanted is not yet part of the loop.
        self._feed = Feed(scene, position - priming * speed, None, speed)
        self.channels = self._feed.channels
        self._converter: Any = soxr.ResampleStream(scene.recording.rate, rate, self.channels, dtype="float32")
        self._ready = np.zeros((0, self.channels), np.float32)
        self._position, self._step = position, speed / self._ratio
        self._ready = self._converter.resample_chunk(np.ascontiguousarray(self._feed.read(priming).samples))
        self._feed.set_loop(loop)
        self._take(round(priming * self._ratio))
        self._position = position

    @property
    def finished(self) -> bool:
        """Whether nothing more comes."""
        return self._feed.finished and not len(self._ready)

    @property
    def position(self) -> float:
        """Sample of the recording that comes next."""
        return self._position

    @property
    def steerable(self) -> bool:
        """As of `Feed`."""
        return self._feed.steerable

    def set_speed(self, speed: float) -> None:
        """As of `Feed`."""
        self._feed.set_speed(speed)

    def read(self, count: int) -> Block:
        """The next block, of at most `count` samples at the device's rate."""
        begin = self._position
        return Block(self._take(count), begin, self._step)

    def _take(self, count: int) -> Float:
        begin, pieces, have = self._position, [self._ready], len(self._ready)
        while have < count and not self._feed.finished:
            block = self._feed.read(max(64, round((count - have) / self._ratio)))
            piece = self._converter.resample_chunk(np.ascontiguousarray(block.samples), last=self._feed.finished)
            pieces.append(piece)
            have += len(piece)
            self._step = block.step / self._ratio
        joined = np.concatenate(pieces)
        out, self._ready = joined[:count], joined[count:]
        # What is still in the converter was read, but is yet to come.
        self._position = self._feed.position - (len(self._ready) + self._converter.delay()) * self._step
        loop = self._loop
        if loop is not None and self._feed.position < loop.stop:
            # Where the seam lies between the two, the place is still before it. Its fade begins before the start.
            first = loop.start - FADE_SECONDS * self.scene.recording.rate * max(self._feed.speed, 0.0)
            if self._position < first <= begin:
                self._position += loop.stop - loop.start
        return np.asarray(out, np.float32)


AnyFeed = Feed | ConvertedFeed


def open_feed(scene: Scene, position: float, loop: Loop | None, speed: float, rate: int) -> AnyFeed:
    """A feed of a scene for a device of some rate."""
    if rate == scene.recording.rate:
        return Feed(scene, position, loop, speed)
    return ConvertedFeed(scene, position, loop, speed, rate)


def raised_cosine(length: int) -> Float:
    """Ramp from 0 to 1, shape (length, 1)."""
    at = (np.arange(length) + 0.5) / length
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * at), np.float32)[:, None]
