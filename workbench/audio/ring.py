"""The sound that waits for the device: appended at its end, written anew before it, and told where it comes from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
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

    def position_at(self, frame: int) -> float:
        """The sample of the recording that a frame of the ring is."""
        return self.position + (frame - self.written) * self.step


class Ring:
    """A queue whose memory is ours, so that what waits in it can be written anew (`rewind`).

    Thus an edit is heard at once, though the ring is deep enough for a feeder that is held up for long. What was
    written anew ends in a cross-fade with the older sound that it has not come to yet, so that nothing clicks where
    the device is faster; the next block takes the cross-fade's place. Frames are counted from the last `clear` on.

    Parameters
    ----------
    queue : Queue
        It holds its frames in `memory`, the first in row 0, and begins again at row 0 behind the last.
    memory : float32, shape (frames, channels)
        In the device's channels.
    depth : int
        Frames that wait at most.
    rate : int
        The device's rate in Hz.
    placing : float32, shape (channels, sources)
        Gain from each channel of the blocks that are written to each of the device's.
    period : int
        Frames that the device takes at a time.
    """

    def __init__(self, queue: Queue, memory: Float, depth: int, rate: int, placing: Float, period: int) -> None:
        self._queue, self._memory, self._sources = queue, memory, placing.shape[1]
        self._placing = None if np.array_equal(placing, np.eye(len(placing))) else placing.T
        self._size, self._channels = len(memory), int(memory.shape[1])
        self.depth, self.period = depth, period
        self._guard = round(GUARD_SECONDS * rate)
        self._fade = raised_cosine(max(1, round(FADE_SECONDS * rate)))
        self._anchors: list[_Anchor] = []
        """In order; exchanged as a whole, for other threads read them."""
        self._line: _Anchor | None = None
        """Of the block that was written last, behind which the next one belongs."""
        self._written = 0
        """Frames that the queue was given."""
        self._head = 0
        """Where the next block goes: before `_written` after a rewind."""
        self._quiet = 0
        """Where all that was written anew is over."""
        self._faded = len(self._fade)
        """Frames of the cross-fade, with what stood there before, that are done."""
        self._seam = self._nothing
        """What is to stand before the head, where a cross-fade with the older sound behind stands for now."""

    @property
    def _nothing(self) -> Float:
        return np.zeros((0, self._channels), np.float32)

    def clear(self) -> None:
        """Forget all; only while the device takes nothing."""
        self._queue.flush()
        self._written = self._head = self._quiet = 0
        self._faded, self._seam = len(self._fade), self._nothing
        self._anchors, self._line = [], None

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
    def older(self) -> int:
        """Frames behind them that wait and are to be written anew."""
        return self._written - self._head

    @property
    def room(self) -> int:
        """Frames that may be written."""
        return self.depth - self.buffered

    @property
    def quiet(self) -> int:
        """The frame from which on nothing is heard of what was written; it is past once `taken` is not below it."""
        return self._quiet

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
        to = self.taken + self.guard + keep
        if self._written - to < len(self._fade):
            return None
        position = self._position_at(to)
        self._head, self._faded, self._seam = to, 0, self._nothing
        return position

    def write(self, block: Block) -> None:
        """Append samples of the device's rate in the recording's channels, over what a rewind left standing."""
        if not len(block.samples):
            return
        samples = self._fold(block.samples)
        late = self._give_way(len(samples))
        self._date(block, late)
        fresh = np.concatenate([self._seam, self._faded_in(samples[late:])])
        start = self._head - len(self._seam)
        self._head = self._quiet = start + len(fresh)
        over = min(len(fresh), self._written - start)
        if self.older > 0:
            self._seam = fresh[-len(self._fade) :]
            fresh = np.concatenate([fresh[: len(fresh) - len(self._seam)], self._faded_out(self._seam)])
        else:
            self._seam = self._nothing
        self._memory[self._places(start, over)] = fresh[:over]
        if over < len(fresh):
            self._written += int(self._queue.write(np.ascontiguousarray(fresh[over:])))

    def extend(self, block: Block) -> None:
        """Append samples behind the older sound, which stays as it is."""
        if len(block.samples):
            self._anchors = [*self._anchors, _anchor(block, self._written)]
            samples = self._fold(block.samples)
            self._written += int(self._queue.write(np.ascontiguousarray(samples, np.float32)))

    def silence(self) -> None:
        """Let nothing come after what was written: what a rewind left standing fades out."""
        if self.older > 0:
            self._give_way(self.older)
            quiet = self._head + len(self._fade) - self._faded
            nothing = np.zeros((self.older, self._sources), np.float32)
            self.write(Block(nothing, self._position_at(self._head), 0.0))
            self._quiet = min(quiet, self._written)

    def heard(self, delay: int) -> tuple[float | None, tuple[float, ...]]:
        """Sample of the recording that the device took `delay` frames ago, and the peaks of its block.

        Nothing of it is None and an empty tuple. From another thread than the one that writes, it may be told
        one block too early.
        """
        at, anchors = self.taken - delay, self._anchors
        if not anchors:
            return None, ()
        found = anchors[max(0, bisect_right(anchors, at, key=_place) - 1)]
        return found.position_at(max(at, found.written)), found.peaks

    def _position_at(self, frame: int) -> float:
        """The sample that a frame is, if what was written goes on to it."""
        if self._line is not None and self._line.written <= frame:
            return self._line.position_at(frame)
        last = bisect_right(self._anchors, frame, key=_place) - 1
        return self._anchors[last].position_at(frame) if last >= 0 else 0.0

    def _give_way(self, count: int) -> int:
        """Leave to the device what it may be taking; answers how many of `count` frames for the head come too late.

        Where it was faster, it plays what stood there, and the change comes where it is now; where it may be within the
        cross-fade before the head, the change comes behind that.
        """
        soon = self.taken + self.period
        if self._head - len(self._seam) >= soon:
            return 0
        late = max(0, min(self.taken + self.guard - self._head, self.older, count)) if self._head < soon else 0
        if late or len(self._seam):
            self._head += late
            self._faded, self._seam = 0, self._nothing
        return late

    def _date(self, block: Block, late: int) -> None:
        """Tell where the frames come from that a block brings from the head on; those behind stay as they are."""
        begin, end, anchors = self._head, self._head + len(block.samples) - late, self._anchors
        first, last = bisect_left(anchors, begin, key=_place), bisect_left(anchors, end, key=_place)
        behind = anchors[last:]
        if end < self._written and last > 0 and not (behind and behind[0].written == end):
            over = anchors[last - 1]
            behind.insert(0, replace(over, written=end, position=over.position_at(end)))
        self._line = _anchor(block, begin, late)
        # What was taken a whole memory ago has long been heard.
        past = bisect_left(anchors, self.taken - self._size, 0, first, key=_place)
        self._anchors = [*anchors[past:first], self._line, *behind]

    def _faded_in(self, samples: Float) -> Float:
        """Samples for the head, mixed with what stands there, as far as a cross-fade is under way."""
        n = max(0, min(len(self._fade) - self._faded, len(samples), self.older))
        if not n:
            return samples
        ramp = self._fade[self._faded : self._faded + n]
        self._faded += n
        out = samples.copy()
        out[:n] = samples[:n] * ramp + self._memory[self._places(self._head, n)] * (1 - ramp)
        return out

    def _faded_out(self, samples: Float) -> Float:
        """Samples that end at the head, in a cross-fade with what stands there."""
        ramp = raised_cosine(len(samples))
        return samples * (1 - ramp) + self._memory[self._places(self._head - len(samples), len(samples))] * ramp

    def _fold(self, samples: Float) -> Float:
        """Samples in the device's channels."""
        return samples if self._placing is None else np.asarray(samples @ self._placing, np.float32)

    def _places(self, frame: int, count: int) -> NDArray[np.intp]:
        """Rows of the memory in which frames stand."""
        return np.arange(frame, frame + count) % self._size


def _place(anchor: _Anchor) -> int:
    return anchor.written


def _anchor(block: Block, written: int, late: int = 0) -> _Anchor:
    """Of a block whose first frames, which came too late, are left out."""
    peaks = tuple(float(p) for p in np.abs(block.samples).max(axis=0))
    return _Anchor(written, block.position + late * block.step, block.step, peaks)
