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

The notes of ``composition.py`` are written to one Standard MIDI File per
stem, played by ``fluidsynth`` with the FluidR3 General MIDI soundfont,
levelled, and stored as 24-bit FLAC.  The stems are quantised before they are added, so that the
mixture is the sum of the stored stems to the last bit.

Timing and velocities are varied a little, from a fixed seed: the same
versions of fluidsynth and of the soundfont give the same samples every time.

Run it with ``python make_demo.py``; ``--report`` prints the levels.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile as sf
from composition import compose_bass, compose_chords, compose_drums, compose_melody
from midi import DURATION, humanise, midi_file
from notes import Stem

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
SAMPLE_RATE = 44_100
FADE = 0.7  # seconds of fade at the very end
PEAK_DBFS = -1.0  # peak of the mixture
GRID = 32  # stored samples are multiples of this: 19 bits' worth, for smaller files
SEED = 1916


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
