"""Parts of drum sounds: membranes, metal, noise, envelopes, filters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import signal

FloatArray = npt.NDArray[np.float64]
Rng = np.random.Generator
Curve = Sequence[tuple[float, float]]  # corner points (Hz, dB) of a spectrum

SAMPLE_RATE = 44_100
PEAK_DBFS = -1.0
TOP_HZ = 20_000.0  # no partial above this
ATTACK = 0.0004  # seconds in which noise and metal set in

# Ratios of the lowest modes of an ideal circular membrane.
MEMBRANE = (1.0, 1.594, 2.136, 2.296, 2.653, 2.918)
# Ratios of six oscillators without common harmonics, as in drum machines.
METAL = (1.0, 1.342, 1.563, 1.847, 2.412, 2.681)


def seconds(length: float) -> FloatArray:
    """Return the times of all samples of a sound of this length."""
    return np.arange(round(length * SAMPLE_RATE)) / SAMPLE_RATE


def gain(curve: Curve, hertz: FloatArray, shift: float = 1.0, tilt: float = 0.0) -> FloatArray:
    """Return a curve's amplitude factors.

    Parameters
    ----------
    curve : sequence of (float, float)
        Corner points in Hz and dB, joined by lines over the logarithm of frequency.
    hertz : ndarray
        Where to evaluate it.
    shift : float
        Factor on the frequencies of the corner points.
    tilt : float
        Slope to add, in dB per octave, around 5 kHz.
    """
    corners = np.array(curve, dtype=np.float64)
    octaves = np.log2(np.maximum(hertz, 1.0))
    level = np.interp(octaves, np.log2(corners[:, 0] * shift), corners[:, 1])
    level = level + tilt * np.clip(octaves - np.log2(5000.0), -3.0, 2.0)
    return np.asarray(10.0 ** (level / 20.0), dtype=np.float64)


def decay(time: FloatArray, t60: float) -> FloatArray:
    """Return an exponential that falls by 60 dB in ``t60`` seconds."""
    return np.asarray(np.exp(-np.log(1000.0) * time / t60), dtype=np.float64)


def attack(time: FloatArray, rise: float = ATTACK) -> FloatArray:
    """Return a ramp from 0 to 1."""
    return np.asarray(np.sin(0.5 * np.pi * np.minimum(time / rise, 1.0)) ** 2, dtype=np.float64)


def noise(rng: Rng, time: FloatArray, curve: Curve, shift: float = 1.0, tilt: float = 0.0) -> FloatArray:
    """Return steady noise with the spectrum of a curve and an RMS of 1."""
    hertz = np.asarray(np.fft.rfftfreq(len(time), 1.0 / SAMPLE_RATE), dtype=np.float64)
    spectrum = np.fft.rfft(rng.standard_normal(len(time))) * gain(curve, hertz, shift, tilt)
    spectrum[hertz < 20.0] = 0.0
    sound = np.fft.irfft(spectrum, len(time))
    return np.asarray(sound / np.sqrt(np.mean(np.square(sound))), dtype=np.float64)


def glide(time: FloatArray, start: float, end: float, fall: float) -> FloatArray:
    """Return the phase of a tone whose pitch nears ``end`` with time constant ``fall``."""
    return np.asarray(
        2.0 * np.pi * (end * time + (start - end) * fall * (1.0 - np.exp(-time / fall))), dtype=np.float64
    )


def membrane(rng: Rng, time: FloatArray, hertz: float, t60: float, bend: float, slope: float) -> FloatArray:
    """Return a struck membrane.

    Parameters
    ----------
    rng : Generator
        Detunes the modes a little.
    time : ndarray
        Times of the samples.
    hertz : float
        Lowest mode.
    t60 : float
        Its decay; the higher modes die away sooner.
    bend : float
        How much higher the pitch starts, as a factor.
    slope : float
        Level of the higher modes, in dB per octave.
    """
    sound = np.zeros_like(time)
    for ratio in MEMBRANE:
        end = hertz * ratio * (1.0 + (0.03 * rng.uniform(-1.0, 1.0) if ratio > 1.0 else 0.0))
        level = 10.0 ** (slope * np.log2(ratio) / 20.0)
        sound += level * np.sin(glide(time, end * bend, end, 0.03)) * decay(time, t60 / ratio)
    return sound


def metal_modes(rng: Rng, time: FloatArray, count: int, t60: float, curve: Curve, tilt: float) -> FloatArray:
    """Return a struck plate: many modes, evenly dense in frequency, with an RMS of 1 at the start."""
    hertz = np.sort(rng.uniform(300.0, TOP_HZ, count))
    level = gain(curve, hertz, tilt=tilt) * rng.uniform(0.3, 1.0, count)
    phase = rng.uniform(0.0, 2.0 * np.pi, count)
    life = t60 * np.clip((5000.0 / hertz) ** 0.3, 0.6, 1.6) * rng.uniform(0.7, 1.3, count)
    sound = np.zeros_like(time)
    for h, a, p, t in zip(hertz, level, phase, life, strict=True):
        sound += a * np.sin(2.0 * np.pi * h * time + p) * decay(time, t)
    return np.asarray(sound / np.sqrt(0.5 * np.sum(np.square(level))), dtype=np.float64)


def metal_squares(rng: Rng, time: FloatArray, base: float, t60: float, curve: Curve, tilt: float) -> FloatArray:
    """Return six square waves off tune, band-limited and filtered, with an RMS of 1 at the start."""
    sound = np.zeros_like(time)
    power = 0.0
    for ratio in METAL:
        harmonics = np.arange(1.0, TOP_HZ / (base * ratio), 2.0)
        hertz = base * ratio * harmonics
        # Squares fall by 6 dB per octave; the curve asks for the rest.
        level = gain(curve, hertz, tilt=tilt) / np.sqrt(harmonics)
        phase = rng.uniform(0.0, 2.0 * np.pi, len(hertz))
        for h, a, p in zip(hertz, level, phase, strict=True):
            sound += a * np.sin(2.0 * np.pi * h * time + p)
        power += 0.5 * float(np.sum(np.square(level)))
    return np.asarray(sound * decay(time, t60) / np.sqrt(power), dtype=np.float64)


def saturate(sound: FloatArray, drive: float) -> FloatArray:
    """Round off the peaks; ``drive`` is the input's peak."""
    return np.asarray(np.tanh(drive * sound / np.max(np.abs(sound))), dtype=np.float64)


def high_pass(sound: FloatArray, hertz: float) -> FloatArray:
    """Return a sound without what lies below a frequency (12 dB per octave, causal)."""
    sections = signal.butter(2, hertz, "highpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(signal.sosfilt(sections, sound), dtype=np.float64)


def finish(sound: FloatArray, fade: float = 0.25) -> FloatArray:
    """Fade out over the last part, remove the offset, and set the peak."""
    count = round(fade * len(sound))
    sound = sound.copy()
    sound[-count:] *= 0.5 * (1.0 + np.cos(np.linspace(0.0, np.pi, count)))
    # A hump instead of a constant, so that both ends stay at zero.
    hump = np.sin(np.pi * np.linspace(0.0, 1.0, len(sound))) ** 2
    sound -= hump * (np.sum(sound) / np.sum(hump))
    return np.asarray(sound * (10.0 ** (PEAK_DBFS / 20.0) / np.max(np.abs(sound))), dtype=np.float64)
