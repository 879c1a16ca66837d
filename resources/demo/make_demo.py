#!/usr/bin/env python3
"""Write the demo recording: four stems and their exact mixture.

The piece is twelve bars in F major at 116 beats per minute, followed by a
final chord that rings out:

======  ==================================================================
Bars    What happens
======  ==================================================================
1       Electric piano alone, in broken chords
2       The hi-hat joins
3-4     Bass and kick drum join; a short fill and the melody's upbeat
5-8     Theme, first time, with its half close
9-12    Theme, second time, on the ride cymbal; it climbs and comes home
13      Last chord, left to ring
======  ==================================================================

The notes below are written to one Standard MIDI File per stem, played by
``fluidsynth`` with the FluidR3 General MIDI soundfont, levelled, and stored
as 24-bit FLAC.  The stems are quantised before they are added, so that the
mixture is the sum of the stored stems to the last bit.

Timing and velocities are varied a little, from a fixed seed: the same
versions of fluidsynth and of the soundfont give the same samples every time.

Run it with ``python make_demo.py``; ``--report`` prints the levels.
"""

from __future__ import annotations

import argparse
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile as sf

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
SAMPLE_RATE = 44_100
TEMPO = 116.0  # quarter notes per minute
TICKS = 960  # MIDI ticks per quarter note
LEAD_IN = 0.03  # seconds before the first note, room for early notes
DURATION = 27.6  # seconds
FADE = 0.7  # seconds of fade at the very end
PEAK_DBFS = -1.0  # peak of the mixture
GRID = 32  # stored samples are multiples of this: 19 bits' worth, for smaller files
SEED = 1916

# Note numbers of the General MIDI drum kit.
KICK, RIM, SNARE, CLOSED, PEDAL, OPEN = 36, 37, 38, 42, 44, 46
TOM_LOW, TOM_MID, TOM_HIGH, CRASH, RIDE = 43, 47, 50, 49, 51

# Chord voicings for the electric piano: few voices move, and by small steps.
VOICINGS: dict[str, tuple[int, ...]] = {
    "Fmaj9": (57, 60, 64, 67),
    "Dm7": (57, 60, 62, 65),
    "Bbmaj7": (58, 62, 65, 69),
    "C9sus": (58, 62, 65, 67),
    "C9": (58, 62, 64, 67),
    "A7": (57, 61, 64, 67),
    "Bbm6": (58, 61, 65, 67),
    "F69": (53, 57, 60, 62, 67),
}


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes
    ----------
    start : float
        Start in quarter notes from the beginning of bar 1.
    pitch : int
        MIDI note number.
    length : float
        Length in quarter notes.
    velocity : int
        MIDI velocity, 1 to 127.
    """

    start: float
    pitch: int
    length: float
    velocity: int


@dataclass(frozen=True)
class Control:
    """One controller change.

    Attributes
    ----------
    start : float
        Time in quarter notes from the beginning of bar 1.
    number : int
        MIDI controller number.
    value : int
        Controller value, 0 to 127.
    """

    start: float
    number: int
    value: int


@dataclass
class Stem:
    """One instrument of the piece.

    Attributes
    ----------
    name : str
        Name of the stem and of its file.
    channel : int
        MIDI channel from 0; channel 9 is the drum kit.
    program : int
        General MIDI program number from 0.
    pan : int
        Position in the stereo image, 0 (left) to 127 (right).
    reverb : int
        Amount sent to the reverberation, 0 to 127.
    level_db : float
        RMS level relative to the other stems, in decibels.
    looseness : float
        Standard deviation of the timing, in seconds.
    drag : float
        Mean delay behind the beat, in seconds; negative for instruments that speak slowly.
    crest_db : float
        Peaks higher than this above the RMS level are rounded off.
    notes : list of Note
        The notes.
    controls : list of Control
        Further controller changes.
    """

    name: str
    channel: int
    program: int
    pan: int
    reverb: int
    level_db: float
    looseness: float
    drag: float
    crest_db: float = 30.0
    notes: list[Note] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)


def at(bar: int, beat: float) -> float:
    """Return the time of a beat, both counted from 1, in quarter notes."""
    return 4.0 * (bar - 1) + beat - 1.0


# --------------------------------------------------------------------------
# The composition
# --------------------------------------------------------------------------


def compose_chords() -> Stem:
    """Return the electric piano: broken chords, then syncopated comping."""
    stem = Stem("chords", 0, 4, pan=28, reverb=70, level_db=-0.7, looseness=0.005, drag=0.0)

    def strike(bar: int, beat: float, chord: str, length: float, velocity: int) -> None:
        for i, pitch in enumerate(VOICINGS[chord]):
            spread = 0.012 * i  # a hand never lands all at once
            accent = 4 if pitch == VOICINGS[chord][-1] else 0
            stem.notes.append(Note(at(bar, beat) + spread, pitch, length - spread, velocity + accent))

    def break_chord(bar: int, chord: str, velocity: int) -> None:
        low, second, third, top = VOICINGS[chord]
        figure = ((1, low), (1.5, second), (2, third), (2.5, top), (3.5, third), (4, second))
        for beat, pitch in figure:
            held = 5.0 - beat - 0.05  # hold every note to the end of the bar
            held = min(held, 1.45) if pitch in (second, third) and beat < 3 else held
            accent = {1: 8, 2.5: 6}.get(beat, 0)
            stem.notes.append(Note(at(bar, beat), pitch, held, velocity + accent))

    break_chord(1, "Fmaj9", 66)
    stem.notes.append(Note(at(1, 4.5), 72, 0.5, 62))
    break_chord(2, "Dm7", 68)
    stem.notes.append(Note(at(2, 4.5), 69, 0.5, 64))

    # One chord to the bar: long, short, and one pushed ahead of beat 4.
    for bar, chord, velocity in (
        (3, "Bbmaj7", 72),
        (5, "Fmaj9", 74),
        (6, "Dm7", 72),
        (7, "Bbmaj7", 74),
        (9, "Fmaj9", 78),
    ):
        strike(bar, 1, chord, 1.35, velocity)
        strike(bar, 2.5, chord, 0.4, velocity - 10)
        strike(bar, 3.5, chord, 1.35, velocity - 4)

    # Two chords to the bar.
    for bar, first, second, velocity in (
        (4, "C9sus", "C9", 72),
        (8, "C9sus", "C9", 74),
        (10, "A7", "Dm7", 80),
        (11, "Bbmaj7", "Bbm6", 80),
        (12, "C9sus", "C9", 78),
    ):
        strike(bar, 1, first, 1.3, velocity)
        strike(bar, 2.5, first, 0.4, velocity - 10)
        strike(bar, 3, second, 1.3, velocity - 2)
        if bar != 12:  # leave bar 12 to the drums
            strike(bar, 4.5, second, 0.4, velocity - 12)

    # The last chord, slowly rolled from the bottom.
    for i, pitch in enumerate(VOICINGS["F69"]):
        stem.notes.append(Note(at(13, 1) + 0.06 * i, pitch, 3.6 - 0.06 * i, 76 - 2 * (i % 2)))
    stem.notes.append(Note(at(13, 2), 72, 2.6, 58))
    stem.notes.append(Note(at(13, 2.5), 74, 2.1, 54))
    return stem


def compose_bass() -> Stem:
    """Return the fingered bass, which plays on the kick drum's beats."""
    stem = Stem("bass", 1, 33, pan=64, reverb=0, level_db=0.5, looseness=0.004, drag=-0.008)
    # Per bar: root, the note of beat 3, and the step that leads to the next bar.
    groove = {
        3: (34, 41, 35),
        4: (36, 43, 40),
        5: (41, 36, 40),
        6: (38, 45, 36),
        7: (34, 41, 35),
        8: (36, 43, 40),
        9: (41, 36, 38),
        10: (37, 38, 36),
        11: (34, 34, 35),
    }
    for bar, (root, third_beat, lead) in groove.items():
        stem.notes += [
            Note(at(bar, 1), root, 1.3, 98),
            Note(at(bar, 2.5), root, 0.42, 84),
            Note(at(bar, 3), third_beat, 0.9, 92),
            Note(at(bar, 4.5), lead, 0.45, 82),
        ]
        if bar in (5, 7, 9):  # a short octave answers the snare drum
            stem.notes.append(Note(at(bar, 4), root + 12, 0.25, 78))
        if bar in (6, 8, 10, 11):  # a ghost note before beat 2
            stem.notes.append(Note(at(bar, 3.75), third_beat, 0.15, 58))
    stem.notes += [
        Note(at(12, 1), 36, 1.3, 98),
        Note(at(12, 2.5), 36, 0.42, 84),
        Note(at(12, 3), 43, 0.45, 92),
        Note(at(12, 4), 36, 0.4, 90),
        Note(at(12, 4.5), 40, 0.42, 92),
        Note(at(13, 1), 29, 3.4, 100),
        Note(at(13, 1), 41, 3.0, 66),
    ]
    return stem


def compose_melody() -> Stem:
    """Return the flute: two phrases with breaths, then the way home."""
    stem = Stem("melody", 2, 73, pan=94, reverb=90, level_db=-0.7, looseness=0.006, drag=-0.012)
    c5, d5, e5, f5, g5, a5, bb5 = 72, 74, 76, 77, 79, 81, 82
    c6, cs6, d6, e6 = 84, 85, 86, 88
    # (bar, beat, pitch, length, velocity)
    line: list[tuple[int, float, int, float, int]] = [
        # First phrase: a rise, and an answer one step lower.
        (4, 4, c5, 0.5, 78),
        (4, 4.5, f5, 0.5, 84),
        (5, 1, a5, 1.5, 94),
        (5, 2.5, g5, 0.5, 82),
        (5, 3, a5, 0.5, 88),
        (5, 3.5, c6, 1.0, 98),
        (5, 4.5, g5, 0.5, 84),
        (6, 1, f5, 2.0, 88),
        (6, 3.5, d5, 0.45, 78),
        (6, 4, f5, 0.5, 84),
        (6, 4.5, g5, 0.5, 88),
        (7, 1, a5, 1.5, 94),
        (7, 2.5, g5, 0.5, 84),
        (7, 3, f5, 0.5, 86),
        (7, 3.5, d5, 1.0, 84),
        (7, 4.5, f5, 0.5, 86),
        (8, 1, g5, 2.3, 90),
        # Second phrase: the same start, which now climbs to the top note.
        (8, 4, c5, 0.5, 80),
        (8, 4.5, f5, 0.5, 86),
        (9, 1, a5, 1.5, 98),
        (9, 2.5, g5, 0.5, 86),
        (9, 3, a5, 0.5, 92),
        (9, 3.5, c6, 1.0, 102),
        (9, 4.5, d6, 0.5, 98),
        (10, 1, e6, 1.0, 102),
        (10, 2, cs6, 0.95, 92),
        (10, 3, d6, 1.6, 95),
        (11, 1.5, c6, 0.5, 94),
        (11, 2, bb5, 0.5, 92),
        (11, 2.5, a5, 0.5, 90),
        (11, 3, f5, 0.5, 86),
        (11, 3.5, g5, 1.2, 92),
        (12, 1, a5, 1.5, 94),
        (12, 2.5, g5, 1.1, 88),
        (12, 4, e5, 0.5, 84),
        (12, 4.5, g5, 0.5, 88),
        (13, 1, f5, 3.2, 88),
    ]
    for bar, beat, pitch, length, velocity in line:
        start = at(bar, beat)
        stem.notes.append(Note(start, pitch, length * 0.97, velocity))
        # A long note swells, gains vibrato, and tapers; short ones are plain.
        long_note = length >= 1.0
        stem.controls += [Control(start - 0.02, 11, 104 if long_note else 112), Control(start - 0.02, 1, 0)]
        if long_note:
            for i in range(1, 9):
                x = i / 8
                swell = 104 + round(20 * (1 - abs(2 * x - 0.9)))
                taper = round(26 * max(0.0, x - 0.6))
                stem.controls += [
                    Control(start + 0.9 * x * length, 11, min(127, swell - taper)),
                    Control(start + 0.9 * x * length, 1, round(30 * max(0.0, x - 0.25))),
                ]
    # The last note fades away.
    last = line[-1]
    stem.controls = [c for c in stem.controls if c.start < at(13, 2)]
    for i in range(25):
        x = i / 24
        stem.controls += [
            Control(at(13, 2) + x * (last[3] - 1.1), 11, round(112 * (1 - x) ** 0.8) + 8),
            Control(at(13, 2) + x * (last[3] - 1.1), 1, 22),
        ]
    return stem


def compose_drums() -> Stem:
    """Return the drum kit: a light groove with ghost notes and three fills."""
    stem = Stem("drums", 9, 0, pan=64, reverb=36, level_db=0.0, looseness=0.003, drag=0.0, crest_db=19.0)

    def hit(bar: int, beat: float, drum: int, velocity: int) -> None:
        length = 3.5 if drum in (CRASH, RIDE) else 0.24
        if drum == OPEN:
            length = 0.5
        stem.notes.append(Note(at(bar, beat), drum, length, velocity))

    # Intro: the hi-hat, then kick drum and side stick.
    for i in range(8):
        hit(2, 1 + i / 2, CLOSED, (88, 64, 80, 68)[i % 4] + 2 * i)
    hit(2, 4.75, CLOSED, 62)
    for bar in (3, 4):
        for i in range(8 if bar == 3 else 4):
            hit(bar, 1 + i / 2, CLOSED, (98, 70, 88, 74)[i % 4])
        for beat, velocity in ((1.0, 96), (2.5, 78), (3.0, 86)):
            hit(bar, beat, KICK, velocity)
        hit(bar, 2, RIM, 84)
    hit(3, 4, RIM, 88)
    for beat, drum, velocity in (
        (3.0, CLOSED, 90),
        (3.5, SNARE, 62),
        (4.0, SNARE, 92),
        (4.25, SNARE, 56),
        (4.5, TOM_HIGH, 90),
        (4.75, TOM_MID, 94),
    ):
        hit(4, beat, drum, velocity)

    # The groove of both themes.
    for bar in range(5, 13):
        fill = {8: 4.0, 12: 3.0}.get(bar, 5.0)  # the beat where the fill begins
        on_ride = bar >= 9
        pattern: list[tuple[float, int, int]] = [
            (1.0, KICK, 104),
            (2.5, KICK, 84),
            (3.0, KICK, 94),
            (2.0, SNARE, 98),
            (4.0, SNARE, 102),
            (2.75, SNARE, 44),  # ghost notes
            (3.25, SNARE, 37),
        ]
        if bar % 2 == 0:
            pattern += [(3.75, KICK, 66), (1.75, SNARE, 40), (4.75, SNARE, 46)]
        for i in range(8):
            beat = 1 + i / 2
            if on_ride:
                pattern.append((beat, RIDE, (98, 72, 88, 76)[i % 4]))
            elif bar == 7 and i == 7:
                pattern.append((beat, OPEN, 92))
            else:
                pattern.append((beat, CLOSED, (104, 74, 94, 80)[i % 4]))
        if on_ride:
            pattern += [(2.0, PEDAL, 80), (4.0, PEDAL, 82)]
        else:  # sixteenths that whisper between the eighths
            pattern += [(1.75, CLOSED, 50), (3.75, CLOSED, 56)]
        for beat, drum, velocity in pattern:
            if beat < fill:
                hit(bar, beat, drum, velocity)
    hit(5, 1, CRASH, 84)
    hit(9, 1, CRASH, 92)

    for beat, drum, velocity in (
        (4.0, SNARE, 96),
        (4.25, SNARE, 62),
        (4.5, SNARE, 84),
        (4.75, SNARE, 98),
        (4.5, KICK, 76),
    ):
        hit(8, beat, drum, velocity)
    for beat, drum, velocity in (
        (3.0, SNARE, 94),
        (3.0, KICK, 90),
        (3.25, SNARE, 54),
        (3.5, TOM_HIGH, 92),
        (3.75, TOM_HIGH, 74),
        (4.0, TOM_MID, 96),
        (4.0, KICK, 84),
        (4.25, TOM_MID, 78),
        (4.5, TOM_LOW, 100),
        (4.75, SNARE, 86),
    ):
        hit(12, beat, drum, velocity)
    hit(13, 1, KICK, 104)
    hit(13, 1, CRASH, 98)
    hit(13, 1, RIDE, 60)
    return stem


# --------------------------------------------------------------------------
# From notes to sound
# --------------------------------------------------------------------------


def humanise(stem: Stem, rng: random.Random) -> list[Note]:
    """Vary the notes of a stem slightly, as a player would.

    Parameters
    ----------
    stem : Stem
        The stem as written.
    rng : random.Random
        Source of the variation.

    Returns
    -------
    list of Note
        The notes as played; off-beat sixteenths come a little late.
    """
    played = []
    for note in sorted(stem.notes, key=lambda n: (n.start, n.pitch)):
        sixteenth = round(note.start * 4)
        swing = 0.03 if sixteenth % 2 and abs(note.start * 4 - sixteenth) < 0.01 else 0.0
        seconds = stem.drag + max(-2.0, min(2.0, rng.gauss(0.0, 1.0))) * stem.looseness
        start = max(-0.02, note.start + swing + seconds * TEMPO / 60.0)
        velocity = max(1, min(127, note.velocity + round(rng.gauss(0.0, 2.5))))
        played.append(Note(start, note.pitch, note.length, velocity))
    return played


def variable_length(value: int) -> bytes:
    """Return a number in the variable-length form of MIDI files."""
    out = bytearray([value & 0x7F])
    while value := value >> 7:
        out.insert(0, 0x80 | (value & 0x7F))
    return bytes(out)


def midi_file(stem: Stem, notes: Sequence[Note]) -> bytes:
    """Return a stem as the bytes of a Standard MIDI File, format 0.

    Parameters
    ----------
    stem : Stem
        Instrument, pan, reverberation and controllers.
    notes : sequence of Note
        The notes to play.

    Returns
    -------
    bytes
        The file.
    """

    def tick(beats: float) -> int:
        return max(0, round((beats + LEAD_IN * TEMPO / 60.0) * TICKS))

    ch = stem.channel
    # (tick, order within the tick, message)
    events: list[tuple[int, int, bytes]] = [
        (0, 0, b"\xff\x51\x03" + round(60e6 / TEMPO).to_bytes(3, "big")),
        (0, 1, bytes([0xC0 | ch, stem.program])),
        (0, 1, bytes([0xB0 | ch, 10, stem.pan])),
        (0, 1, bytes([0xB0 | ch, 91, stem.reverb])),
        (0, 1, bytes([0xB0 | ch, 93, 0])),
    ]
    for control in stem.controls:
        message = bytes([0xB0 | ch, control.number, max(0, min(127, control.value))])
        events.append((tick(control.start), 2, message))
    next_start: dict[int, int] = {}
    for note in sorted(notes, key=lambda n: n.start, reverse=True):
        start = tick(note.start)
        end = max(start + 1, tick(note.start + note.length))
        end = min(end, next_start.get(note.pitch, end))  # never overlap a repeated note
        next_start[note.pitch] = start
        events.append((start, 4, bytes([0x90 | ch, note.pitch, note.velocity])))
        events.append((end, 3, bytes([0x80 | ch, note.pitch, 64])))
    events.sort()

    track = bytearray()
    now = 0
    for when, _, message in events:
        track += variable_length(when - now) + message
        now = when
    end_tick = round((DURATION + 1.0) * TEMPO / 60.0 * TICKS)  # keep rendering the tail
    track += variable_length(max(0, end_tick - now)) + b"\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS)
    return header + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def render(midi: bytes, fluidsynth: str, soundfont: Path) -> FloatArray:
    """Play a MIDI file and return its sound.

    Parameters
    ----------
    midi : bytes
        A Standard MIDI File.
    fluidsynth : str
        The fluidsynth program.
    soundfont : Path
        The soundfont to play from.

    Returns
    -------
    ndarray of float64, shape (frames, 2)
        The sound, `DURATION` seconds long, without an offset, faded at its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "stem.mid", Path(folder) / "stem.wav"
        source.write_bytes(midi)
        options = {
            "synth.reverb.room-size": "0.55",
            "synth.reverb.damp": "0.4",
            "synth.reverb.width": "0.8",
            "synth.reverb.level": "0.8",
            "synth.cpu-cores": "1",
        }
        command = [fluidsynth, "-n", "-i", "-q", "-R", "1", "-C", "0", "-g", "0.5"]
        command += ["-r", str(SAMPLE_RATE), "-T", "wav", "-O", "float"]
        for key, value in options.items():
            command += ["-o", f"{key}={value}"]
        command += ["-F", str(target), str(soundfont), str(source)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        sound, rate = sf.read(target, dtype="float64", always_2d=True)
    frames = round(DURATION * SAMPLE_RATE)
    if rate != SAMPLE_RATE or sound.shape[1] != 2 or len(sound) < frames:
        raise RuntimeError(f"unexpected sound from fluidsynth: {rate} Hz, shape {sound.shape}")
    sound = high_pass(sound[:frames], 20.0)
    fade = round(FADE * SAMPLE_RATE)
    sound[-fade:] *= 0.5 * (1.0 + np.cos(np.linspace(0.0, np.pi, fade)))[:, np.newaxis]
    # The samples of the soundfont may start on an offset: ease in over 2 ms.
    ease = round(0.002 * SAMPLE_RATE)
    sound[:ease] *= np.linspace(0.0, 1.0, ease)[:, np.newaxis]
    return np.asarray(sound, dtype=np.float64)


def high_pass(sound: FloatArray, cutoff: float) -> FloatArray:
    """Return a sound without its offset and rumble (one pole, causal)."""
    frames = len(sound)
    padded = frames + SAMPLE_RATE  # room for the filter to die away
    hertz = np.fft.rfftfreq(padded, 1.0 / SAMPLE_RATE)[:, np.newaxis]
    spectrum = np.fft.rfft(sound, padded, axis=0) * (1j * hertz / (1j * hertz + cutoff))
    return np.asarray(np.fft.irfft(spectrum, padded, axis=0)[:frames], dtype=np.float64)


def decibels(value: float) -> float:
    """Return an amplitude in decibels relative to full scale."""
    return float(20.0 * np.log10(max(value, 1e-9)))


def rms(sound: FloatArray) -> float:
    """Return the root mean square over all samples and channels."""
    return float(np.sqrt(np.mean(np.square(sound))))


def balance(stems: Iterable[Stem], sounds: dict[str, FloatArray]) -> dict[str, IntArray]:
    """Level the stems, bring their sum to its peak, and quantise to 24 bits.

    Parameters
    ----------
    stems : iterable of Stem
        The stems with their relative levels.
    sounds : dict of str to ndarray
        The sound of each stem.

    Returns
    -------
    dict of str to ndarray of int32
        Each stem as 24-bit integers.
    """
    levelled: dict[str, FloatArray] = {}
    for stem in stems:
        sound = sounds[stem.name]
        # Unchanged when soft, bent towards the ceiling when loud.
        ceiling = rms(sound) * 10 ** (stem.crest_db / 20)
        sound = sound / np.power(1.0 + np.power(np.abs(sound) / ceiling, 4), 0.25)
        levelled[stem.name] = sound * 10 ** (stem.level_db / 20) / rms(sound)
    peak = float(np.max(np.abs(np.sum(list(levelled.values()), axis=0))))
    scale = 10 ** (PEAK_DBFS / 20) * 2**23 / peak / GRID
    return {name: np.rint(sound * scale).astype(np.int32) * GRID for name, sound in levelled.items()}


def write_flac(path: Path, samples: IntArray) -> None:
    """Write 24-bit integers as a FLAC file."""
    if int(np.max(np.abs(samples))) >= 2**23:
        raise ValueError(f"{path.name} would clip")
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, samples << 8, SAMPLE_RATE, subtype="PCM_24", compression_level=1.0)


def read_flac(path: Path) -> IntArray:
    """Read a 24-bit FLAC file as integers."""
    samples, _ = sf.read(path, dtype="int32", always_2d=True)
    return np.asarray(samples >> 8, dtype=np.int32)


def report(parts: dict[str, IntArray]) -> None:
    """Print the peak and RMS of every part, overall and second by second.

    Parameters
    ----------
    parts : dict of str to ndarray of int32
        The stems and the mixture as 24-bit integers.
    """
    sounds = {name: samples / 2.0**23 for name, samples in parts.items()}
    print("Overall: peak and RMS in dBFS, offset, spectral centroid in Hz")
    for name, sound in sounds.items():
        power = np.square(np.abs(np.fft.rfft(sound.mean(axis=1))))
        hertz = np.fft.rfftfreq(len(sound), 1.0 / SAMPLE_RATE)
        centroid = float(np.sum(hertz * power) / np.sum(power))
        peak = decibels(float(np.max(np.abs(sound))))
        offset = float(np.max(np.abs(sound.mean(axis=0))))
        print(f"  {name:8} {peak:7.2f} {decibels(rms(sound)):7.2f} {offset:10.1e} {centroid:7.0f}")
    print("\nEvery second: peak / RMS in dBFS")
    print("    s  " + "".join(f"{name:^17}" for name in sounds))
    for second in range(int(np.ceil(DURATION))):
        cells = []
        for sound in sounds.values():
            piece = sound[second * SAMPLE_RATE : (second + 1) * SAMPLE_RATE]
            peak = max(-99.9, decibels(float(np.max(np.abs(piece)))))
            cells.append(f"{peak:7.1f} / {max(-99.9, decibels(rms(piece))):<7.1f}")
        print(f"  {second:3d}  " + "".join(cells))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the stems and their mixture.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line arguments; those of the process by default.

    Returns
    -------
    int
        0, or 2 when fluidsynth or the soundfont is missing.
    """
    parser = argparse.ArgumentParser(description="Write the demo recording and its stems.")
    here = Path(__file__).resolve().parent
    parser.add_argument("--out", type=Path, default=here, help="folder to write to")
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, help="FluidR3_GM.sf2")
    parser.add_argument("--midi", type=Path, help="also keep the MIDI files, in this folder")
    parser.add_argument("--report", action="store_true", help="print levels")
    options = parser.parse_args(arguments)

    fluidsynth = shutil.which("fluidsynth")
    if fluidsynth is None or not options.soundfont.is_file():
        print("Please install the Debian packages fluidsynth and fluid-soundfont-gm.", file=sys.stderr)
        return 2

    stems = [compose_drums(), compose_bass(), compose_chords(), compose_melody()]
    sounds: dict[str, FloatArray] = {}
    for stem in stems:
        midi = midi_file(stem, humanise(stem, random.Random(f"{SEED} {stem.name}")))
        if options.midi is not None:
            options.midi.mkdir(parents=True, exist_ok=True)
            (options.midi / f"{stem.name}.mid").write_bytes(midi)
        sounds[stem.name] = render(midi, fluidsynth, options.soundfont)

    parts = balance(stems, sounds)
    for name, samples in parts.items():
        write_flac(options.out / "stems" / f"{name}.flac", samples)
    mixture: IntArray = np.sum(np.stack(list(parts.values())), axis=0, dtype=np.int32)
    write_flac(options.out / "demo.flac", mixture)

    stored = [read_flac(options.out / "stems" / f"{stem.name}.flac") for stem in stems]
    if not np.array_equal(np.sum(stored, axis=0), read_flac(options.out / "demo.flac")):
        raise RuntimeError("the stored stems do not add up to the stored mixture")
    if options.report:
        report({**parts, "mixture": mixture})
    return 0


if __name__ == "__main__":
    sys.exit(main())
