"""The sound that waits for the device: appended at its end, written anew before it, and told where it comes from."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.audio.feed import FADE_SECONDS, Block, raised_cosine

Float = NDArray[np.float32]

GUARD_SECONDS = 0.003
"""Time that it takes to write anew, in which the device goes on."""


class Queue(Protocol):
    """First in, first out, between this program and the device's callback: PortAudio's ring buffer."""

    @property
    def read_available(self) -> int:
        """Frames that wait."""

    def write(self, data: Any) -> int:
        """Append frames; answers how many there was room for."""

    def flush(self) -> None:
        """Forget what waits."""


@dataclass(frozen=True)
class _Anchor:
    """A block in the ring: where it begins in what was written, and in the recording."""

    written: int
    position: float
    step: float
    peaks: tuple[float, ...]


class Ring:
    """A queue whose memory is ours, so that what waits in it can be written anew (`rewind`).

    Thus an edit is heard at once, though the ring is deep enough for a feeder that is held up. Frames are counted
    from the last `clear` on.

    Parameters
    ----------
    queue : Queue
        It holds its frames in `memory`, the first in row 0, and begins again at row 0 behind the last.
    memory : float32, shape (frames, channels)
        In the device's channels.
    rate : int
        The device's rate in Hz.
    sources : int
        Channels of the blocks that are written.
    period : int
        Frames that the device takes at a time.
    """

    def __init__(self, queue: Queue, memory: Float, rate: int, sources: int, period: int) -> None:
        self._queue, self._memory, self._sources = queue, memory, sources
        self._size, self._channels = len(memory), int(memory.shape[1])
        self.period = period
        self._guard = round(GUARD_SECONDS * rate)
        self._fade = raised_cosine(max(1, round(FADE_SECONDS * rate)))
        self._anchors: deque[_Anchor] = deque(maxlen=4096)
        self._written = 0
        """Frames that the queue was given."""
        self._head = 0
        """Where the next block goes: before `_written` after a rewind."""
        self._faded = len(self._fade)

    def clear(self) -> None:
        """Forget all; only while the device takes nothing."""
        self._queue.flush()
        self._written = self._head = 0
        self._faded = len(self._fade)
        self._anchors.clear()

    @property
    def guard(self) -> int:
        """Frames that the device may take at any moment, which can't be written anew."""
        return self.period + self._guard

    @property
    def waiting(self) -> int:
        """Frames that the device has yet to take."""
        return int(self._queue.read_available)

    @property
    def taken(self) -> int:
        """Frames that the device has taken."""
        return self._written - self.waiting

    @property
    def buffered(self) -> int:
        """Frames that wait and are as they are to be."""
        return self._head - self.taken

    @property
    def room(self) -> int:
        """Frames that may be written."""
        return self._size - self.buffered

    def rewind(self, keep: int = 0) -> float | None:
        """Go back to the first frame that can still be changed; what is written next cross-fades with what is there.

        Parameters
        ----------
        keep : int
            Frames more that stay as they are, for a renderer that needs their time.

        Returns
        -------
        float or None
            The sample of the recording that plays at that frame; None where there is too little to go back.
        """
        to = self.taken + self.guard + min(keep, self._size // 2)
        if self._written - to < len(self._fade):
            return None
        position = self._position_at(to)
        while self._anchors and self._anchors[-1].written >= to:
            self._anchors.pop()
        self._head, self._faded = to, 0
        return position

    def write(self, block: Block) -> None:
        """Append samples of the device's rate in the recording's channels, over what a rewind left standing."""
        if not len(block.samples):
            return
        samples = _fold(block.samples, self._channels)
        late = min(self.taken + self.period - self._head, self._written - self._head, len(samples))
        if late > 0:
            # The device was faster: it plays what stood there, and the change comes where it is now.
            self._head += late
            self._faded = 0
        late = max(late, 0)
        peaks = tuple(float(p) for p in np.abs(block.samples).max(axis=0))
        self._anchors.append(_Anchor(self._head, block.position + late * block.step, block.step, peaks))
        samples = np.ascontiguousarray(samples[late:], np.float32)
        over = min(len(samples), self._written - self._head)
        if over > 0:
            self._write_over(samples[:over])
        if over < len(samples):
            self._written += int(self._queue.write(samples[over:]))
            self._head = self._written

    def _write_over(self, samples: Float) -> None:
        """Put samples in the place of those that wait."""
        places = np.arange(self._head, self._head + len(samples)) % self._size
        n = min(len(self._fade) - self._faded, len(samples))
        if n > 0:
            ramp = self._fade[self._faded : self._faded + n]
            samples[:n] = samples[:n] * ramp + self._memory[places[:n]] * (1 - ramp)
            self._faded += n
        self._memory[places] = samples
        self._head += len(samples)

    def silence(self) -> int:
        """Let nothing come after what was written: what a rewind left standing fades out.

        Returns
        -------
        int
            The frame from which on nothing is heard; it is past once `taken` is not below it.
        """
        quiet, rest = self._head + len(self._fade) - self._faded, self._written - self._head
        if rest > 0:
            self.write(Block(np.zeros((rest, self._sources), np.float32), self._position_at(self._head), 0.0))
        return min(quiet, self._written)

    def heard(self, delay: int) -> tuple[float | None, tuple[float, ...]]:
        """Sample of the recording that the device took `delay` frames ago, and the peaks of its block.

        Nothing of it is None and an empty tuple. From another thread than the one that writes, it may be told
        one block too early.
        """
        at = self.taken - delay
        found = None
        for anchor in reversed(list(self._anchors)):
            found = anchor
            if anchor.written <= at:
                break
        if found is None:
            return None, ()
        return found.position + max(0, at - found.written) * found.step, found.peaks

    def _position_at(self, frame: int) -> float:
        anchor = next((each for each in reversed(self._anchors) if each.written <= frame), None)
        return anchor.position + (frame - anchor.written) * anchor.step if anchor is not None else 0.0


def _fold(block: Float, channels: int) -> Float:
    """Samples on fewer channels: channel c goes to loudspeaker c mod `channels`, at constant total level."""
    have = block.shape[1]
    if have <= channels:
        return block
    out = np.zeros((len(block), channels), np.float32)
    for c in range(have):
        out[:, c % channels] += block[:, c]
    return out * np.float32(channels / have)
