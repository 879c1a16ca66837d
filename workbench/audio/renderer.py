"""The one renderer of the masked mix: for the ear, for files and for the command line, sample for sample the same.

Where every layer has the same gain, the samples are passed on untouched, so a neutral mixer is exactly transparent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.audio.masking import Masking
from workbench.audio.mix import apart_gains, solo_gains
from workbench.audio.scene import Scene
from workbench.progress import Progress, silent
from workbench.spectral.stft import analyse, overlap_norm, synthesise

Float = NDArray[np.float32]
BATCH = 32
"""Frames rendered at once when nobody waits for them."""
APART_SAMPLES = 1 << 23
"""Windowed samples of all layers together that are held at once."""


class MixStream:
    """A stream of rendered samples of one scene, from a position on.

    Parameters
    ----------
    scene : Scene
    position : int
        First sample; before the beginning and after the end there is silence.
    outputs : int
        Output channels: the recording's, or 2 for a mono recording.
    gains : float32, shape (L, outputs, C), optional
        Gain of every layer from every channel to every output, instead of those that the scene's ear hears.
    """

    def __init__(self, scene: Scene, position: int, outputs: int, gains: Float | None = None) -> None:
        self.outputs = outputs
        self.position = position
        self._scene = scene
        self._gains = scene.gains(outputs) if gains is None else gains
        self._covered = gains is None and scene.ear.area is not None
        same = not self._covered and bool(np.all(self._gains == self._gains[0]))
        self._uniform = self._gains[0] if same else None
        """The gains, where they are the same for all layers: then the samples themselves are passed on."""
        self._frames = scene.analysis.frames(len(scene.recording.samples))
        self._overlap = np.zeros((outputs, scene.analysis.window), np.float32)
        self._ready = np.zeros((0, outputs), np.float32)
        self._block = self._skip = 0
        self._masking = Masking(scene.stack, self._gains)
        if self._uniform is None:
            self._enter()

    def _enter(self) -> None:
        """Render what reaches into the first sample."""
        analysis = self._scene.analysis
        padded = self.position + analysis.window // 2
        self._block = padded // analysis.hop - (analysis.overlap - 1)
        self._render_hops(analysis.overlap - 1)
        self._skip = padded % analysis.hop

    def read(self, count: int, batch: int = 1) -> Float:
        """The next `count` samples, shape (count, outputs).

        Parameters
        ----------
        batch : int
            Hops to render at least at once when more are needed.
        """
        if self._uniform is not None:
            out = self._copied(count, self._uniform)
        else:
            pieces, have = [self._ready], len(self._ready)
            hop = self._scene.analysis.hop
            while have < count:
                piece = self._render_hops(max(batch, -(-(count - have + self._skip) // hop)))
                piece, self._skip = piece[self._skip :], max(0, self._skip - len(piece))
                pieces.append(piece)
                have += len(piece)
            joined = np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
            out, self._ready = joined[:count], joined[count:]
        self.position += count
        return out

    def _copied(self, count: int, gain: Float) -> Float:
        """The input itself times the common gain."""
        samples, start = self._scene.recording.samples, self.position
        out = np.zeros((count, self.outputs), np.float32)
        lo, hi = max(start, 0), min(start + count, len(samples))
        if hi > lo:
            out[lo - start : hi - start] = samples[lo:hi] @ gain.T
        return out

    def _render_hops(self, hops: int) -> Float:
        """Render the next `hops` frames; returns the hop blocks that they complete, (hops · hop, outputs)."""
        analysis = self._scene.analysis
        size, hop = analysis.window, analysis.hop
        windows = self._windows(hops)
        out = np.empty((hops * hop, self.outputs), np.float32)
        for i in range(hops):
            block = self._block + i
            if windows is not None:
                self._overlap += windows[:, i]
            norm = overlap_norm(analysis, block, self._frames) if block >= 0 else np.float32(1)
            np.divide(self._overlap[:, :hop].T, np.reshape(norm, (-1, 1)), out=out[i * hop : (i + 1) * hop])
            self._overlap[:, : size - hop] = self._overlap[:, hop:]
            self._overlap[:, size - hop :] = 0
        self._block += hops
        return out

    def _windows(self, hops: int) -> Float | None:
        """Windowed output frames (outputs, hops, window); None where no frame is within the recording."""
        scene, analysis = self._scene, self._scene.analysis
        inside = np.arange(max(self._block, 0), min(self._block + hops, self._frames))
        if not len(inside):
            return None
        out = np.zeros((self.outputs, hops, analysis.window), np.float32)
        place = slice(int(inside[0]) - self._block, int(inside[-1]) + 1 - self._block)
        spectrum = analyse(scene.recording.samples, analysis, int(inside[0]), len(inside))
        cover = scene.cover(inside) if self._covered else None
        out[:, place] = synthesise(self._masking.apply(spectrum, inside, cover), analysis)
        return out


def render(
    scene: Scene,
    start: int = 0,
    stop: int | None = None,
    layers: Sequence[int] | None = None,
    outputs: int | None = None,
    progress: Progress = silent,
) -> Iterator[Float]:
    """Render a span of what is heard, or of some layers before all faders, block by block.

    Parameters
    ----------
    start, stop : int
        Samples; default is the whole recording.
    layers : sequence of int, optional
        Indices of layers whose sum is rendered in the input's channels; default is what `Scene.ear` hears.
    outputs : int, optional
        Output channels of what is heard; default as `Scene.outputs`.
    progress : Progress
        Called after every block that was taken.

    Yields
    ------
    float32, shape (≤ block, outputs)
    """
    stop = len(scene.recording.samples) if stop is None else stop
    if layers is None:
        stream = MixStream(scene, start, scene.outputs if outputs is None else outputs)
    else:
        channels = scene.recording.channels
        stream = MixStream(scene, start, channels, solo_gains(scene.stack.layers, layers, channels))
    block = BATCH * scene.analysis.hop
    while stream.position < stop:
        yield stream.read(min(block, stop - stream.position), batch=BATCH)
        progress((stream.position - start) / max(1, stop - start))


def render_all(scene: Scene, start: int = 0, stop: int | None = None, layers: Sequence[int] | None = None) -> Float:
    """`render` in one array."""
    return np.concatenate(list(render(scene, start, stop, layers)))


def render_apart(scene: Scene, start: int, stop: int) -> list[Float]:
    """Every layer of a span before all faders, in one pass: float32 (stop − start, C) each."""
    count, channels = len(scene.stack.layers), scene.recording.channels
    gains = apart_gains(count, channels)
    stream = MixStream(scene, start, count * channels, gains)
    batch = max(1, min(BATCH, APART_SAMPLES // (count * channels * scene.analysis.window)))
    block = batch * scene.analysis.hop
    pieces = [stream.read(min(block, stop - at), batch=batch) for at in range(start, stop, block)]
    joined = np.concatenate(pieces)
    return [np.ascontiguousarray(joined[:, i * channels : (i + 1) * channels]) for i in range(count)]
