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
        self._fading_in = position > 0
        self._jump: int | None = None
        self._ending = False
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
            self._stream = self._open(scene, begin)
        self._scene = scene
        if self._ending:
            block = self._stream.read(scene, min(count, self._fade))
            block = block * _ramp(len(block))[::-1]
            self.finished = True
            return block, begin
        if self._jump is not None:
            target, self._jump = self._jump, None
            return self._cross(scene, target, count), target
        loop = self._loop_here(begin)
        stop = loop.stop if loop else len(scene.recording.samples)
        seam = self._fade if loop else 0
        room = stop - seam - begin
        if room <= 0 and loop:
            # The fade ends at the loop's start plus its length, so that a turn lasts exactly stop − start.
            return self._cross(scene, loop.start - (stop - begin), stop - begin), begin
        if room <= 0:
            self.finished = True
            return np.zeros((0, self._outputs), np.float32), begin
        block = self._stream.read(scene, min(count, room))
        if self._fading_in:
            self._fading_in = False
            n = min(self._fade, len(block))
            block = block.copy()
            block[:n] *= _ramp(n)
        return block, begin

    def _loop_here(self, position: int) -> Loop | None:
        loop = self.loop
        if loop is None or loop.stop - loop.start < 2 * self._fade or position >= loop.stop:
            return None
        return loop

    def _cross(self, scene: Scene, target: int, count: int) -> Float:
        """Cross-fade from the present stream to one opened at `target`, which then stays."""
        old, self._stream = self._stream, self._open(scene, target)
        n = min(self._fade, count)
        fresh = self._stream.read(scene, count)
        ramp = _ramp(n)
        block = fresh.copy()
        block[:n] = fresh[:n] * ramp + old.read(scene, n) * (1 - ramp)
        return block

    def _open(self, scene: Scene, position: int) -> MixStream:
        return MixStream(scene, position, self._outputs)


def _ramp(count: int) -> Float:
    """Raised-cosine ramp from 0 to 1, shape (count, 1)."""
    t = (np.arange(count, dtype=np.float32) + 0.5) / max(1, count)
    return (0.5 - 0.5 * np.cos(np.pi * t)).astype(np.float32)[:, None]
