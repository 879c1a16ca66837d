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
import soundfile as sf
from instruments import clap, hat, kick, ride, snare, tom
from synthesis import SAMPLE_RATE, FloatArray, Rng, finish

SEED = 1877


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
