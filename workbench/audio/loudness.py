"""Loudness in LUFS and true peak, measured as the sound passes by (ITU-R BS.1770-4, EBU R 128)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from workbench.audio.renderer import MixStream
from workbench.audio.scene import PLAIN, Ear, Hear, Scene
from workbench.errors import UserError
from workbench.progress import Progress, silent

Float = NDArray[np.float32]
Doubles = NDArray[np.float64]

SHELF_HZ, SHELF_Q = 1681.974450955533, 0.7071752369554196
SHELF_GAIN, SHELF_BEND = 10.0 ** (3.999843853973347 / 20), 0.4996667741545416
CUT_HZ, CUT_Q = 38.13547087602444, 0.5003270373238773
"""Of the prototypes of the two filters."""
BILINEAR, LEAST_RATE = 8000, 1000
"""Hz."""
SILENT = float("-inf")
SEGMENT_SECONDS = 0.1
SEGMENTS = 4
"""A block of 400 ms has four segments, and blocks overlap by three of them (BS.1770-4, annex 1)."""
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0
TAPS = 24
"""Of the interpolation filter, for each of its phases."""
PROBES, PROBE_SECONDS = 12, 1.0


@dataclass(frozen=True)
class Loudness:
    """What a sound measures.

    Attributes
    ----------
    lufs : float
        Integrated loudness; −inf where nothing passes the gates.
    peak, true_peak : float
        Largest absolute sample, and largest value between samples; 1 is full scale.
    """

    lufs: float
    peak: float
    true_peak: float


def k_weighting(rate: int) -> Doubles:
    """The two filters of the weighting as second-order sections, shape (2, 6).

    The standard gives coefficients at 48 kHz; those of other rates are of the same analogue prototypes (De Man
    2014, "Evaluation of implementations of the EBU R128 loudness measurement"). Below `BILINEAR` their poles and zeros
    are mapped one by one: the bilinear transform has no place for a corner above half the rate.

    Raises
    ------
    UserError
        `audio.no_loudness`: at less than `LEAST_RATE` nearly nothing of what is heard could be there.
    """
    if rate < LEAST_RATE:
        raise UserError("audio.no_loudness", rate=rate)
    if rate < BILINEAR:
        return _matched(rate)
    k, q = np.tan(np.pi * SHELF_HZ / rate), SHELF_Q
    high, band = SHELF_GAIN, SHELF_GAIN**SHELF_BEND
    norm = 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / norm,
        2 * (k * k - high) / norm,
        (high - band * k / q + k * k) / norm,
        1.0,
        2 * (k * k - 1) / norm,
        (1 - k / q + k * k) / norm,
    ]
    k, q = np.tan(np.pi * CUT_HZ / rate), CUT_Q
    norm = 1 + k / q + k * k
    low_cut = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]
    return np.array([shelf, low_cut])


def _matched(rate: int) -> Doubles:
    """The same filters, each pole and zero s of the prototypes at exp(s / rate), with the gains of these at one place:
    stable at every rate (Proakis & Manolakis, Digital Signal Processing, 10.3.4).
    """
    out = []
    for hz, q, zeros, at in (
        (SHELF_HZ, SHELF_Q, (SHELF_GAIN, SHELF_GAIN**SHELF_BEND / SHELF_Q, 1.0), 0.0),
        (CUT_HZ, CUT_Q, (1.0, 0.0, 0.0), rate / 4),
    ):
        corner = 2 * np.pi * hz
        scale = np.array([1.0, corner, corner**2])
        above, below = np.array(zeros) * scale, np.array([1.0, 1 / q, 1.0]) * scale
        over, under = (np.poly(np.exp(np.roots(each) / rate)).real for each in (above, below))
        wanted = abs(scipy.signal.freqs(above, below, [2 * np.pi * at])[1][0])
        have = abs(scipy.signal.freqz(over, under, [at], fs=rate)[1][0])
        out.append([*(over * wanted / have), *under])
    return np.array(out)


def channel_weights(channels: int) -> Doubles:
    """Weights of the channels: 1.41 for those at the sides, 0 for the low-frequency one, 1 for the others.

    In the order of WAV files: 5.0 and 5.1 with surrounds at ±110°, 7.1 with the back pair before the side pair. Other
    counts say nothing of where their channels stand.
    """
    known = {
        5: (1.0, 1.0, 1.0, 1.41, 1.41),
        6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
        8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41),
    }
    return np.array(known.get(channels, (1.0,) * channels))


class Meter:
    """Takes a sound block by block.

    Parameters
    ----------
    rate : int
    channels : int
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._sections = k_weighting(rate)
        self._state = np.zeros((2, 2, channels))
        self._weights = channel_weights(channels)
        self._segment = max(1, round(SEGMENT_SECONDS * rate))
        self._energies: list[float] = []
        self._held = np.zeros((0, channels))
        self._peak = self._between = 0.0
        self._factor = 4 if rate < 96_000 else 2 if rate < 192_000 else 1
        length = TAPS * self._factor + 1
        # A cut-off just below the old half rate; of no use where nothing is interpolated.
        cut = min(1 / self._factor, 0.99)
        self._filter = self._factor * scipy.signal.firwin(length, cut, window=("kaiser", 5.0))
        self._tail: Float = np.zeros((TAPS, channels), np.float32)

    def add(self, block: Float) -> None:
        """The next samples, shape (n, channels)."""
        if not len(block):
            return
        self._peak = max(self._peak, float(np.abs(block).max()))
        self._add_between(block)
        weighted, self._state = scipy.signal.sosfilt(self._sections, block, axis=0, zi=self._state)
        power = np.concatenate([self._held, weighted**2])
        whole = len(power) // self._segment
        sums = power[: whole * self._segment].reshape(whole, self._segment, power.shape[1]).mean(axis=1)
        self._energies += list(sums @ self._weights)
        self._held = power[whole * self._segment :]

    def _add_between(self, block: Float) -> None:
        """Values between the samples, where the filter sees only samples that there are."""
        piece = np.concatenate([self._tail, block])
        self._tail = piece[-TAPS:]
        if self._factor > 1:
            fine = scipy.signal.upfirdn(self._filter, piece, up=self._factor, axis=0)
            valid = fine[len(self._filter) - 1 : len(piece) * self._factor]
            self._between = max(self._between, float(np.abs(valid).max(initial=0.0)))

    def result(self) -> Loudness:
        """The measure of all so far."""
        self._add_between(np.zeros((TAPS, len(self._weights)), np.float32))
        segments = np.array(self._energies)
        if len(segments) < SEGMENTS:
            # Shorter than a block: what there is of it.
            rest = float(self._held.mean(axis=0) @ self._weights) if len(self._held) else 0.0
            blocks = np.array([segments.mean() if len(segments) else rest])
        else:
            blocks = np.convolve(segments, np.full(SEGMENTS, 1 / SEGMENTS), "valid")
        return Loudness(_gated(blocks), self._peak, max(self._peak, self._between))


def _gated(blocks: Doubles) -> float:
    loud = blocks[_lufs(blocks) > ABSOLUTE_GATE]
    if not len(loud):
        return SILENT
    kept = loud[_lufs(loud) > _lufs(loud.mean()) + RELATIVE_GATE]
    return float(_lufs(kept.mean()))


def _lufs(energy: Doubles) -> Doubles:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(energy, 1e-30)))


def measured(blocks: Iterable[Float], rate: int, channels: int) -> Loudness:
    """Measure a whole sound."""
    meter = Meter(rate, channels)
    for block in blocks:
        meter.add(block)
    return meter.result()


def original_gain(scene: Scene, start: int, stop: int, progress: Progress = silent) -> float:
    """Gain that makes the original as loud as the mix within a span, measured on an even sample of seconds.

    Parameters
    ----------
    scene : Scene
        Its stack makes the mix; its ear does not matter.
    start, stop : int
        Samples.
    progress : Progress

    Returns
    -------
    float
        dB, −24 … 12; 0 where one of the two is silent, or loudness says nothing.
    """
    rate = scene.recording.rate
    length = min(round(PROBE_SECONDS * rate), stop - start)
    if length <= 0 or rate < LEAST_RATE:
        return 0.0
    count = min(PROBES, max(1, (stop - start) // length))
    plain, ear = (Scene(scene.recording, scene.analysis, scene.stack, each) for each in (PLAIN, Ear(Hear.ORIGINAL)))
    # Both as they are heard: a mono recording on two loudspeakers.
    outputs = max(2, scene.recording.channels)
    mix, original = Meter(rate, outputs), Meter(rate, outputs)
    for number, at in enumerate(np.linspace(start, stop - length, count).astype(int)):
        for meter, heard in ((mix, plain), (original, ear)):
            meter.add(MixStream(heard, int(at), outputs).read(length, batch=32))
        progress((number + 1) / count)
    wanted, have = mix.result().lufs, original.result().lufs
    if SILENT in (wanted, have):
        return 0.0
    return float(np.clip(wanted - have, -24.0, 12.0))
