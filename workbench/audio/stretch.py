"""Slower and faster playback with the pitch kept: a phase vocoder whose phase is locked to the spectral peaks.

Every frame of the recording is turned by an angle a bin before it is masked. The angle goes on where the last frame
that was heard left it, by the phase advance over one synthesis hop, measured in the recording itself (Puckette 1995,
"Phase-locked vocoder"); bins around a peak turn as the peak does (Laroche & Dolson 1999, "Improved phase vocoder
time-scale modification of audio", identity phase locking). All channels and layers turn alike, so the parts still sum
to the mix and places between loudspeakers stay. At speed 1 the angle is 0; at speed 0 the sound stands still.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from workbench.audio.masking import Masking
from workbench.audio.scene import Scene
from workbench.spectral.stft import hann, nearest

Float = NDArray[np.float32]
Complex = NDArray[np.complex64]
LEAST_OVERLAP = 4


class StretchStream:
    """A stream of rendered samples from a position on, at any speed.

    Parameters
    ----------
    scene : Scene
    position : float
        First sample; before the beginning and after the end there is silence.
    outputs : int
        Output channels.
    speed : float
        Samples of the recording that pass in the time of one output sample; may be changed at any time, and may be
        0 or negative.
    """

    def __init__(self, scene: Scene, position: float, outputs: int, speed: float) -> None:
        self.speed = speed
        self._scene, self._outputs = scene, outputs
        self._masking = Masking(scene.stack, scene.gains(outputs))
        self._window = scene.analysis.window
        self._hop = min(scene.analysis.hop, self._window // LEAST_OVERLAP)
        overlap = self._window // self._hop
        self._norm = np.float32(np.sum(hann(self._window).astype(np.float64) ** 2) / self._hop)
        self._overlap = np.zeros((outputs, self._window), np.float32)
        self._last: Complex | None = None
        half = overlap // 2
        self._at = position - half * self._hop * speed
        self._centres: deque[float] = deque(maxlen=half + 1)
        self._ready = np.zeros((0, outputs), np.float32)
        for _ in range(overlap):
            self._render_hop()
        self.position = position

    def read(self, count: int) -> Float:
        """The next `count` samples, shape (count, outputs)."""
        pieces, have = [self._ready], len(self._ready)
        while have < count:
            pieces.append(self._render_hop())
            have += self._hop
        joined = np.concatenate(pieces)
        out, self._ready = joined[:count], joined[count:]
        # The hop that is delivered last began where its frame stood half a window ago.
        self.position = self._centres[0] + (self._hop - len(self._ready)) * self.speed
        return out

    def _render_hop(self) -> Float:
        spectrum = self._turned()
        frames = scipy.fft.irfft(spectrum[:, 0], n=self._window, axis=1)
        self._overlap += frames * hann(self._window)
        out = (self._overlap[:, : self._hop] / self._norm).T
        self._overlap[:, : -self._hop] = self._overlap[:, self._hop :].copy()
        self._overlap[:, -self._hop :] = 0
        self._centres.append(self._at)
        self._at += self._hop * self.speed
        return np.asarray(out, np.float32)

    def _turned(self) -> Complex:
        """The masked spectrum of the next frame, shape (outputs, 1, F), its phase going on from the last."""
        centre = round(self._at)
        now = self._spectrum(centre)
        if self._last is None:
            turned = now
        else:
            # What was heard last, one hop later: its turn, applied to the frame that stands one hop before this one.
            ahead = np.sum(self._last * np.conj(self._spectrum(centre - self._hop)), axis=0)
            turned = now * _locked(ahead, np.sum(now.real**2 + now.imag**2, axis=0))
        self._last = turned
        stack, hop = self._scene.stack, self._scene.analysis.hop
        frame = np.clip(nearest([self._at / hop]), 0, stack.frames - 1)
        return self._masking.apply(turned[:, None], frame, self._scene.cover(frame))

    def _spectrum(self, centre: int) -> Complex:
        """Spectrum of the window around a sample, (C, F)."""
        samples, half = self._scene.recording.samples, self._window // 2
        piece = np.zeros((self._window, samples.shape[1]), np.float32)
        lo, hi = max(centre - half, 0), min(centre + half, len(samples))
        if hi > lo:
            piece[lo - centre + half : hi - centre + half] = samples[lo:hi]
        spectrum: Complex = scipy.fft.rfft(piece.T * hann(self._window), axis=1)
        return spectrum


def _locked(turn: Complex, power: Float) -> Complex:
    """Unit turns of all bins: those of the peaks of `power`, each for the bins that are nearest to it."""
    size = np.abs(turn)
    unit = np.divide(turn, size, out=np.ones_like(turn), where=size > 0)
    padded = np.pad(power, 2, constant_values=-1.0)
    around = np.stack([padded[i : i + len(power)] for i in (0, 1, 3, 4)])
    peaks = np.flatnonzero((power >= around.max(axis=0)) & (power > 0))
    if not len(peaks):
        return unit
    borders = (peaks[1:] + peaks[:-1] + 1) // 2
    return np.asarray(unit[peaks[np.searchsorted(borders, np.arange(len(power)), side="right")]], np.complex64)
