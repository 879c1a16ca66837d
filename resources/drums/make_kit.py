#!/usr/bin/env python3
"""Write the drum kit: one-shot sounds to learn drum templates from.

Every folder is named after its drum and holds a few variants of it.  None
of them is meant to stand out: the variants lie around what is usual for
their drum, on both sides, so that their mean is a good first guess for the
drums of an unknown recording.

=======  ==================================================================
Folder   How it is made
=======  ==================================================================
kick     Sine whose pitch falls fast, a beater's click, mild saturation
snare    Two groups of membrane modes, band-limited noise of the wires
hihat    Inharmonic metal and high noise, both short
openhat  The same metal, left to ring
tom      Membrane modes, bent downwards a little, and a stick
ride     Dense metal modes under a stick's ping, slow to decay
clap     A few bursts of noise close together, and their tail
=======  ==================================================================

Nothing is read: all sounds are computed here, from a fixed seed.  They are
mono, 44.1 kHz, 16-bit FLAC, start at once, end in silence, and peak at
-1 dBFS.  The same versions of NumPy, SciPy and libsndfile give the same files.

Run it with ``python make_kit.py``; ``--report`` prints what was written.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile as sf
from scipy import signal

FloatArray = npt.NDArray[np.float64]
Rng = np.random.Generator
Curve = Sequence[tuple[float, float]]  # corner points (Hz, dB) of a spectrum

SAMPLE_RATE = 44_100
PEAK_DBFS = -1.0
SEED = 1877
TOP_HZ = 20_000.0  # no partial above this
ATTACK = 0.0004  # seconds in which noise and metal set in

# Ratios of the lowest modes of an ideal circular membrane.
MEMBRANE = (1.0, 1.594, 2.136, 2.296, 2.653, 2.918)
# Ratios of six oscillators without common harmonics, as in drum machines.
METAL = (1.0, 1.342, 1.563, 1.847, 2.412, 2.681)

# Spectra of noise and metal.  Beyond its last point a curve stays level.
WIRES: Curve = ((150, -40), (400, -12), (1000, -4), (2500, 0), (6000, -1), (9000, -8), (13000, -18), (18000, -35))
BEATER: Curve = ((200, -2), (600, 0), (2000, -3), (4000, -12), (7000, -26), (14000, -50))
BOOM: Curve = ((60, 0), (200, -3), (500, -12), (1500, -28), (6000, -60), (14000, -80))
STICK: Curve = ((150, -24), (600, -5), (2500, 0), (6000, -3), (12000, -14), (18000, -30))
HAT: Curve = ((150, -32), (400, -18), (1500, -14), (3000, -7), (5500, 0), (9000, -2), (13000, -7), (18000, -20))
CYMBAL: Curve = ((200, -34), (500, -16), (1500, -10), (3500, -3), (6000, 0), (10000, -4), (14000, -10), (19000, -24))
HANDS: Curve = ((250, -40), (600, -14), (950, 0), (1500, 0), (2500, -7), (5000, -11), (9000, -17), (16000, -32))


# --------------------------------------------------------------------------
# Building blocks
# --------------------------------------------------------------------------


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


# --------------------------------------------------------------------------
# The drums
# --------------------------------------------------------------------------


def kick(
    rng: Rng, length: float, start: float, end: float, fall: float, t60: float, click: float, head: float, drive: float
) -> FloatArray:
    """Return a bass drum.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    length : float
        Seconds.
    start, end : float
        Pitch at first and at last, in Hz.
    fall : float
        Time constant of the pitch, in seconds.
    t60 : float
        Decay of the tone.
    click : float
        Level of the beater's noise.
    head : float
        Level of the higher modes of the batter head.
    drive : float
        Saturation.
    """
    time = seconds(length)
    tone = np.sin(glide(time, start, end, fall)) * decay(time, t60)
    skin = membrane(rng, time, 2.1 * end, 0.5 * t60, 1.15, -7.0)
    beater = noise(rng, time, BEATER) * attack(time) * decay(time, 0.035)
    body = noise(rng, time, BOOM) * attack(time, 0.002) * decay(time, 0.7 * t60)
    return high_pass(saturate(tone + head * skin + click * beater + 0.3 * head * body, drive), 22.0)


def snare(
    rng: Rng,
    length: float,
    low: float,
    high: float,
    shell: float,
    wires: float,
    rattle: float,
    tilt: float,
    drive: float,
) -> FloatArray:
    """Return a snare drum.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    length : float
        Seconds.
    low, high : float
        The two strong modes, in Hz.
    shell : float
        Decay of the lower one.
    wires : float
        Level of the noise.
    rattle : float
        Decay of the noise.
    tilt : float
        Brightness of the noise, in dB per octave.
    drive : float
        Saturation.
    """
    time = seconds(length)
    tone = membrane(rng, time, low, shell, 1.12, -10.0) + 0.45 * membrane(rng, time, high, 0.7 * shell, 1.06, -9.0)
    tail = noise(rng, time, WIRES, tilt=tilt) * attack(time)
    envelope = 0.6 * decay(time, 0.45 * rattle) + 0.4 * decay(time, rattle)
    stick = noise(rng, time, STICK) * attack(time) * decay(time, 0.03)
    return high_pass(saturate(tone + wires * (envelope * tail + 0.7 * stick), drive), 0.6 * low)


def hat(
    rng: Rng, length: float, t60: float, metal: float, hiss: float, tick: float, tilt: float, base: float = 0.0
) -> FloatArray:
    """Return a hi-hat, closed or open.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    length : float
        Seconds.
    t60 : float
        Decay.
    metal, hiss, tick : float
        Levels of the partials, of the noise, and of the stick.
    tilt : float
        Brightness, in dB per octave.
    base : float
        Lowest square wave of an electronic hat, in Hz; 0 for an acoustic one.
    """
    time = seconds(length)
    if base > 0.0:
        partials = metal_squares(rng, time, base, t60, HAT, tilt)
    else:
        partials = metal_modes(rng, time, 160, t60, HAT, tilt)
    breath = noise(rng, time, HAT, tilt=tilt) * decay(time, 0.8 * t60)
    stick = noise(rng, time, STICK) * decay(time, 0.025)
    return high_pass((metal * partials + hiss * breath + tick * stick) * attack(time), 120.0)


def tom(rng: Rng, length: float, hertz: float, t60: float, bend: float, stick: float, drive: float) -> FloatArray:
    """Return a tom-tom: its lowest mode, decay, bend as a factor, stick level, and saturation."""
    time = seconds(length)
    skin = membrane(rng, time, hertz, t60, bend, -9.0)
    slap = noise(rng, time, BEATER, shift=1.8) * attack(time) * decay(time, 0.05)
    air = noise(rng, time, BOOM, shift=1.6) * attack(time, 0.002)
    return high_pass(saturate(skin + stick * slap + 0.06 * air * decay(time, 0.5 * t60), drive), 0.4 * hertz)


def ride(
    rng: Rng, length: float, t60: float, ping: float, wash: float, bell: float, pitch: float, tilt: float
) -> FloatArray:
    """Return a ride cymbal.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    length : float
        Seconds.
    t60 : float
        Decay of the wash.
    ping, wash, bell : float
        Levels of the stick, of the noise, and of the bell's few strong modes.
    pitch : float
        Lowest mode of the bell, in Hz.
    tilt : float
        Brightness, in dB per octave.
    """
    time = seconds(length)
    plate = metal_modes(rng, time, 220, t60, CYMBAL, tilt)
    breath = noise(rng, time, CYMBAL, tilt=tilt) * decay(time, 0.7 * t60)
    stick = noise(rng, time, STICK, shift=1.3) * decay(time, 0.04)
    dome = np.zeros_like(time)
    for ratio in (1.0, 1.47, 2.09, 2.83, 3.71, 4.68):
        phase = rng.uniform(0.0, 2.0 * np.pi)
        dome += np.sin(2.0 * np.pi * pitch * ratio * time + phase) * decay(time, 0.8 * t60 / ratio**0.3)
    return high_pass((plate + wash * breath + ping * stick + bell * dome / np.sqrt(3.0)) * attack(time), 120.0)


def clap(rng: Rng, length: float, count: int, gap: float, t60: float, tail: float, shift: float) -> FloatArray:
    """Return hands clapping.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    length : float
        Seconds.
    count : int
        Number of bursts, the last of which rings on.
    gap : float
        Mean time between them, in seconds.
    t60 : float
        Decay of the last burst.
    tail : float
        Level of the tail.
    shift : float
        Factor on the frequencies.
    """
    time = seconds(length)
    sound = np.zeros_like(time)
    start = 0.0
    for i in range(count):
        last = i == count - 1
        late = np.maximum(time - start, 0.0)
        fall = 0.6 * decay(late, 0.05) + tail * decay(late, t60) if last else decay(late, 0.035)
        level = 1.0 if last else rng.uniform(0.7, 0.9)
        sound += level * noise(rng, time, HANDS, shift) * fall * attack(late) * (time >= start)
        start += gap * rng.uniform(0.85, 1.15)
    return high_pass(sound, 300.0 * shift)


@dataclass(frozen=True)
class Shot:
    """One sound of the kit.

    Attributes
    ----------
    drum : str
        Folder.
    name : str
        File name without extension; the sound's chance depends on it.
    make : callable
        Draws the sound.
    """

    drum: str
    name: str
    make: Callable[[Rng], FloatArray]

    def render(self) -> FloatArray:
        """Return the finished sound."""
        rng = np.random.default_rng([SEED, zlib.crc32(f"{self.drum}/{self.name}".encode())])
        return finish(self.make(rng))


KIT: tuple[Shot, ...] = (
    Shot("kick", "deep", lambda r: kick(r, 0.45, 150, 48, 0.022, 0.38, 0.07, 0.12, 1.3)),
    Shot("kick", "tight", lambda r: kick(r, 0.25, 210, 66, 0.018, 0.22, 0.14, 0.18, 1.5)),
    Shot("kick", "acoustic", lambda r: kick(r, 0.32, 130, 58, 0.025, 0.28, 0.22, 0.36, 1.0)),
    Shot("kick", "punchy", lambda r: kick(r, 0.35, 260, 56, 0.022, 0.30, 0.16, 0.24, 2.0)),
    Shot("snare", "bright", lambda r: snare(r, 0.30, 208, 330, 0.20, 0.42, 0.30, 0.6, 1.2)),
    Shot("snare", "fat", lambda r: snare(r, 0.35, 178, 285, 0.26, 0.26, 0.34, -0.8, 1.5)),
    Shot("snare", "tight", lambda r: snare(r, 0.22, 228, 362, 0.15, 0.30, 0.20, 0.0, 1.2)),
    Shot("snare", "electronic", lambda r: snare(r, 0.28, 186, 332, 0.17, 0.34, 0.28, 0.3, 1.0)),
    Shot("hihat", "crisp", lambda r: hat(r, 0.20, 0.21, 0.7, 0.7, 0.3, 0.8)),
    Shot("hihat", "dark", lambda r: hat(r, 0.24, 0.28, 0.8, 0.5, 0.4, -1.2)),
    Shot("hihat", "tight", lambda r: hat(r, 0.16, 0.16, 0.6, 0.8, 0.4, -0.3)),
    Shot("hihat", "electronic", lambda r: hat(r, 0.19, 0.20, 0.8, 0.6, 0.0, 1.2, 410.0)),
    Shot("openhat", "bright", lambda r: hat(r, 0.60, 0.95, 0.8, 0.6, 0.5, 0.5)),
    Shot("openhat", "dark", lambda r: hat(r, 0.65, 1.10, 0.9, 0.5, 0.6, -1.0)),
    Shot("openhat", "electronic", lambda r: hat(r, 0.50, 0.75, 0.8, 0.6, 0.0, 0.8, 385.0)),
    Shot("tom", "high", lambda r: tom(r, 0.40, 165, 0.45, 1.15, 0.16, 1.2)),
    Shot("tom", "middle", lambda r: tom(r, 0.48, 122, 0.55, 1.18, 0.14, 1.2)),
    Shot("tom", "floor", lambda r: tom(r, 0.60, 84, 0.70, 1.22, 0.12, 1.4)),
    Shot("tom", "electronic", lambda r: tom(r, 0.50, 105, 0.50, 1.55, 0.05, 1.6)),
    Shot("ride", "dry", lambda r: ride(r, 0.80, 1.6, 1.1, 0.25, 0.35, 620, -0.6)),
    Shot("ride", "washy", lambda r: ride(r, 0.90, 2.2, 0.7, 0.60, 0.25, 480, 0.4)),
    Shot("ride", "bell", lambda r: ride(r, 0.80, 1.8, 0.8, 0.20, 0.90, 760, 0.0)),
    Shot("clap", "group", lambda r: clap(r, 0.32, 4, 0.010, 0.28, 0.45, 1.0)),
    Shot("clap", "tight", lambda r: clap(r, 0.22, 3, 0.008, 0.18, 0.35, 1.15)),
    Shot("clap", "low", lambda r: clap(r, 0.36, 4, 0.012, 0.34, 0.40, 0.85)),
)


# --------------------------------------------------------------------------
# Output
# --------------------------------------------------------------------------


def write(path: Path, sound: FloatArray) -> None:
    """Write a sound as a 16-bit FLAC file."""
    samples = np.rint(sound * 32767.0).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, samples, SAMPLE_RATE, subtype="PCM_16", compression_level=1.0)


def report(path: Path) -> str:
    """Return a line about a written file: length, onset, decay by 20 dB, offset, centroid, size."""
    sound, rate = sf.read(path, dtype="float64")
    onset = int(np.argmax(np.abs(sound) > 0.1 * np.max(np.abs(sound)))) / rate
    block = round(0.01 * rate)
    power = np.convolve(np.square(sound), np.full(block, 1.0 / block), mode="same")
    loudest = int(np.argmax(power))
    fallen = (int(np.max(np.nonzero(power > 0.01 * power[loudest])[0])) - loudest) / rate
    spectrum = np.square(np.abs(np.fft.rfft(sound)))
    centroid = float(np.sum(np.fft.rfftfreq(len(sound), 1.0 / rate) * spectrum) / np.sum(spectrum))
    return (
        f"{path.parent.name + '/' + path.stem:20} {len(sound) / rate:5.2f} s, onset {1000 * onset:4.2f} ms, "
        f"-20 dB after {1000 * fallen:4.0f} ms, offset {np.mean(sound):8.1e}, "
        f"centroid {centroid:6.0f} Hz, {path.stat().st_size:6d} bytes"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the kit.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line arguments; those of the process by default.

    Returns
    -------
    int
        0.
    """
    parser = argparse.ArgumentParser(description="Write the drum kit, one folder per drum.")
    here = Path(__file__).resolve().parent
    parser.add_argument("--out", type=Path, default=here, help="folder to write to")
    parser.add_argument("--report", action="store_true", help="print what was written")
    options = parser.parse_args(arguments)

    total = 0
    for shot in KIT:
        path = options.out / shot.drum / f"{shot.name}.flac"
        write(path, shot.render())
        total += path.stat().st_size
        if options.report:
            print(report(path))
    if options.report:
        print(f"{len(KIT)} sounds, {total} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
