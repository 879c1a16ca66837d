"""The drums, put together from the parts of ``synthesis.py``."""

from __future__ import annotations

import numpy as np
from synthesis import (
    Curve,
    FloatArray,
    Rng,
    attack,
    decay,
    glide,
    high_pass,
    membrane,
    metal_modes,
    metal_squares,
    noise,
    saturate,
    seconds,
)

# Spectra of noise and metal.  Beyond its last point a curve stays level.
WIRES: Curve = ((150, -40), (400, -12), (1000, -4), (2500, 0), (6000, -1), (9000, -8), (13000, -18), (18000, -35))
BEATER: Curve = ((200, -2), (600, 0), (2000, -3), (4000, -12), (7000, -26), (14000, -50))
BOOM: Curve = ((60, 0), (200, -3), (500, -12), (1500, -28), (6000, -60), (14000, -80))
STICK: Curve = ((150, -24), (600, -5), (2500, 0), (6000, -3), (12000, -14), (18000, -30))
HAT: Curve = ((150, -32), (400, -18), (1500, -14), (3000, -7), (5500, 0), (9000, -2), (13000, -7), (18000, -20))
CYMBAL: Curve = ((200, -34), (500, -16), (1500, -10), (3500, -3), (6000, 0), (10000, -4), (14000, -10), (19000, -24))
HANDS: Curve = ((250, -40), (600, -14), (950, 0), (1500, 0), (2500, -7), (5000, -11), (9000, -17), (16000, -32))


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
