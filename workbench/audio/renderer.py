"""The one renderer of the masked mix: for the ear, for files and for the command line, sample for sample the same.

Every STFT frame is masked with the scene as it is when the frame is rendered; the overlap of the windows
turns a change into a ramp of one window. Where every layer has the same gain, the frames are passed on
untouched, so a neutral mixer is exactly transparent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.audio.mix import mix_gains, output_channels, solo_gains
from workbench.audio.recording import Cancelled, Recording
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis, analyse, overlap_norm, synthesise

Float = NDArray[np.float32]
BATCH = 32
"""Frames rendered at once when nobody waits for them."""


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is needed to render: an immutable snapshot that any thread may read."""

    recording: Recording
    analysis: Analysis
    stack: Stack

    @property
    def outputs(self) -> int:
        """Channels of the mix."""
        return output_channels(self.stack.layers, self.recording.channels)


class MixStream:
    """A stream of rendered samples from a position on.

    Parameters
    ----------
    scene : Scene
        The scene at the start; its recording and analysis stay for the life of the stream.
    position : int
        First sample; before the beginning and after the end there is silence.
    outputs : int
        Output channels: the recording's, or 2 for a mono recording.
    """

    def __init__(self, scene: Scene, position: int, outputs: int, gains: Float | None = None) -> None:
        self.recording = scene.recording
        self.analysis = scene.analysis
        self.outputs = outputs
        self.position = position
        self._frames = self.analysis.frames(len(self.recording.samples))
        overlap, hop = self.analysis.overlap, self.analysis.hop
        padded = position + self.analysis.window // 2
        self._block = padded // hop
        self._overlap = np.zeros((outputs, self.analysis.window), np.float32)
        self._uniform: deque[Float | None] = deque([None] * overlap, maxlen=overlap)
        self._ready = np.zeros((0, outputs), np.float32)
        self._block -= overlap - 1
        self._render_hops(scene, overlap - 1, gains)
        self._skip = padded % hop

    def read(self, scene: Scene, count: int, gains: Float | None = None, batch: int = 1) -> Float:
        """The next `count` samples, shape (count, outputs).

        Parameters
        ----------
        scene : Scene
            The scene as it is now.
        gains : float32, shape (L, outputs), optional
            Gains a layer instead of those of the mixer.
        batch : int
            Hops to render at least at once when more are needed.
        """
        pieces, have = [self._ready], len(self._ready)
        while have < count:
            hops = max(batch, -(-(count - have) // self.analysis.hop)) if batch > 1 else 1
            piece = self._render_hops(scene, hops, gains)
            piece, self._skip = piece[self._skip :], max(0, self._skip - len(piece))
            pieces.append(piece)
            have += len(piece)
        joined = np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
        out, self._ready = joined[:count], joined[count:]
        self.position += count
        return out

    def _render_hops(self, scene: Scene, hops: int, gains: Float | None) -> Float:
        """Render the next `hops` frames; returns the hop blocks that they complete, (hops · hop, outputs)."""
        size, hop = self.analysis.window, self.analysis.hop
        if hops <= 0:
            return np.zeros((0, self.outputs), np.float32)
        if gains is None:
            gains = mix_gains(scene.stack.layers, self.recording.channels, self.outputs)
        uniform = gains[0] if np.all(gains == gains[0]) else None
        windows = self._windows(scene, hops, gains, uniform)
        out = np.empty((hops * hop, self.outputs), np.float32)
        for i in range(hops):
            block = self._block + i
            self._uniform.append(uniform)
            if windows is not None:
                self._overlap += windows[:, i]
            span = out[i * hop : (i + 1) * hop]
            if uniform is not None and self._steady():
                self._copy(span, block, uniform)
            else:
                norm = overlap_norm(self.analysis, block, self._frames) if block >= 0 else np.float32(1)
                np.divide(self._overlap[:, :hop].T, np.reshape(norm, (-1, 1)), out=span)
            self._overlap[:, : size - hop] = self._overlap[:, hop:]
            self._overlap[:, size - hop :] = 0
        self._block += hops
        return out

    def _windows(self, scene: Scene, hops: int, gains: Float, uniform: Float | None) -> Float | None:
        """Windowed output frames (outputs, hops, window)."""
        analysis, channels = self.analysis, self.recording.channels
        inside = np.arange(max(self._block, 0), min(self._block + hops, self._frames))
        if not len(inside):
            return None
        out = np.zeros((self.outputs, hops, analysis.window), np.float32)
        place = slice(int(inside[0]) - self._block, int(inside[-1]) + 1 - self._block)
        spectrum = analyse(self.recording.samples, analysis, int(inside[0]), len(inside))
        if uniform is None:
            masks = scene.stack.blend(gains, np.arange(analysis.bins), inside)
            source = spectrum if self.outputs == channels else spectrum[[0] * self.outputs]
            out[:, place] = synthesise(source * masks.transpose(0, 2, 1), analysis)
        elif uniform.any():
            plain = synthesise(spectrum, analysis)
            out[:, place] = plain * uniform[:, None, None]
        return out

    def _steady(self) -> bool:
        first = self._uniform[0]
        return first is not None and all(
            other is first or (other is not None and np.array_equal(other, first)) for other in self._uniform
        )

    def _copy(self, span: Float, block: int, gain: Float) -> None:
        """The input itself times the common gain."""
        start = block * self.analysis.hop - self.analysis.window // 2
        samples = self.recording.samples
        lo, hi = max(start, 0), min(start + len(span), len(samples))
        span[:] = 0
        if hi > lo:
            span[lo - start : hi - start] = samples[lo:hi] * gain


def render(
    scene: Scene,
    start: int = 0,
    stop: int | None = None,
    layer: int | None = None,
    outputs: int | None = None,
    progress: Callable[[float], bool] | None = None,
) -> Iterator[Float]:
    """Render a span of the mix, or of one layer before its fader, block by block.

    Parameters
    ----------
    start, stop : int
        Samples; default is the whole recording.
    layer : int, optional
        Index of a layer to render alone in the input's channels; default is the mix after the faders.
    outputs : int, optional
        Output channels of the mix; default as `Scene.outputs`.
    progress : callable, optional
        Receives the share done, 0 … 1; Cancelled is raised where it answers False.

    Yields
    ------
    float32, shape (≤ block, outputs)
    """
    stop = len(scene.recording.samples) if stop is None else stop
    gains = None
    channels = scene.outputs if outputs is None else outputs
    if layer is not None:
        channels = scene.recording.channels
        gains = solo_gains(scene.stack.layers, layer, channels)
    stream = MixStream(scene, start, channels, gains)
    block = BATCH * scene.analysis.hop
    while stream.position < stop:
        yield stream.read(scene, min(block, stop - stream.position), gains, batch=BATCH)
        if progress is not None and not progress((stream.position - start) / max(1, stop - start)):
            raise Cancelled


def render_all(scene: Scene, start: int = 0, stop: int | None = None, layer: int | None = None) -> Float:
    """`render` in one array."""
    return np.concatenate(list(render(scene, start, stop, layer)))
