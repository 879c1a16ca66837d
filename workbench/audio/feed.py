"""What is to be heard next: position, loop, seeks, and the short cross-fades that keep them from clicking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.audio.recording import Recording
from workbench.audio.renderer import MixStream, Scene

Float = NDArray[np.float32]
FADE_SECONDS = 0.005


@dataclass(frozen=True)
class Loop:
    """Half-open range of samples that plays over and over."""

    start: int
    stop: int


class Feed:
    """Blocks of the mix as it is now, from a position on.

    Parameters
    ----------
    scene : Scene
    position : int
        First sample to hear. Starting within the sound fades in; starting at 0 does not.
    loop : Loop or None
    """

    def __init__(self, scene: Scene, position: int, loop: Loop | None) -> None:
        self.loop = loop
        self._scene = scene
        self._outputs = max(2, scene.recording.channels)
        self._stream = self._open(scene, position)
        self._fade = max(1, round(FADE_SECONDS * scene.recording.rate))
        self._leaving: MixStream | None = None
        self._left = scene
        self._faded = 0 if position > 0 else self._fade
        self._jump: int | None = None
        self._ending = self._stopping = False
        self.finished = False

    @property
    def recording(self) -> Recording:
        """The recording that is played."""
        return self._scene.recording

    @property
    def channels(self) -> int:
        """Channels of the blocks: the recording's, two for mono."""
        return self._outputs

    def seek(self, position: int) -> None:
        """Go on from another sample, with a cross-fade."""
        self._jump = position

    @property
    def ending(self) -> bool:
        """Whether `end` was asked for."""
        return self._ending

    def end(self) -> None:
        """Fade out in the next block and finish."""
        self._ending = True

    def read(self, scene: Scene, count: int) -> tuple[Float, int]:
        """The next block and the sample at which it begins.

        Parameters
        ----------
        scene : Scene
            The scene as it is now, of the same recording.
        count : int
            Samples; at the end of the recording the block is shorter.

        Returns
        -------
        float32 of shape (≤ count, channels), int
        """
        begin = self._stream.position
        if scene.analysis != self._scene.analysis:
            # The window or hop changed: go on at the same sample.
            self._cross_to(scene, begin)
        self._scene = scene
        if self._ending:
            return self._fade_out(scene, count), begin
        if self._jump is not None:
            begin, self._jump = self._jump, None
            self._cross_to(scene, begin)
        loop = self._loop_here(begin)
        fade = min(self._fade, (loop.stop - loop.start) // 2) if loop is not None else 0
        if loop is not None and begin >= loop.stop - fade:
            # The fade ends at the loop's start, so that a turn lasts exactly stop − start.
            begin = loop.start - (loop.stop - begin)
            self._cross_to(scene, begin)
            loop = self._loop_here(begin)
        stop = loop.stop - fade if loop is not None else len(scene.recording.samples)
        room = min(count, stop - begin)
        if room <= 0:
            self.finished = True
            return np.zeros((0, self._outputs), np.float32), begin
        return self._faded_in(scene, self._stream.read(scene, room)), begin

    def _loop_here(self, position: int) -> Loop | None:
        loop = self.loop
        if loop is None or loop.stop - loop.start < 2 or position >= loop.stop:
            return None
        return loop

    def _cross_to(self, scene: Scene, position: int) -> None:
        """Begin a cross-fade to another position; it may last for several blocks."""
        self._leaving, self._left, self._stream = self._stream, self._scene, self._open(scene, position)
        self._faded = 0

    def _faded_in(self, scene: Scene, block: Float) -> Float:
        """A block of the present stream, mixed with the one that is being left, as far as a fade is under way."""
        n = min(self._fade - self._faded, len(block))
        if n <= 0:
            return block
        ramp = self._ramp(n)
        out = block.copy()
        out[:n] *= ramp
        if self._leaving is not None:
            out[:n] += self._leaving.read(self._left, n) * (1 - ramp)
        if self._faded >= self._fade:
            self._leaving = None
        return out

    def _fade_out(self, scene: Scene, count: int) -> Float:
        if not self._stopping:
            self._stopping, self._faded = True, 0
        n = min(self._fade - self._faded, count)
        block = self._stream.read(scene, n)
        block = block * (1 - self._ramp(n))
        self.finished = self._faded >= self._fade
        return block

    def _ramp(self, count: int) -> Float:
        """The next `count` samples of the raised-cosine ramp from 0 to 1, shape (count, 1)."""
        at = (np.arange(self._faded, self._faded + count, dtype=np.float32) + 0.5) / self._fade
        self._faded += count
        return np.asarray(0.5 - 0.5 * np.cos(np.pi * at), np.float32)[:, None]

    def _open(self, scene: Scene, position: int) -> MixStream:
        return MixStream(scene, position, self._outputs)
