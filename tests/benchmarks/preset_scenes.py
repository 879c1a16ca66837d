"""Sounds that presets are tried on: a band, a voice over music, a telephone and a hum."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from tests.rig import SHARED_AUDIO, missing_programs
from workbench import resource

RATE, SECONDS = 44100, 14
LEVEL = 0.08
"""Of a voice and of the music under it: the root of the mean square."""
TEXT = (
    "Good evening. The four o'clock train has left the station, and nobody on the platform knows when the next one "
    "will come. We waited for an hour, talked about the weather, and walked home along the river in the rain. Later "
    "that night somebody called."
)


@dataclass(frozen=True, eq=False)
class PresetScene:
    """Sources whose sum a preset takes apart.

    Attributes
    ----------
    preset : str
        Key of the preset that is for it.
    name : str
    sources : list of float32, shape (n, C)
    asked : str or None
        Of the mean SDR above the mix's own.
    """

    preset: str
    name: str
    sources: list[np.ndarray]
    asked: str | None


def scenes() -> Iterator[PresetScene]:
    """All that can be made here: speech needs espeak-ng, the drum loop the shared audio."""
    stems = {name: _read(resource(f"demo/stems/{name}.flac")) for name in ("bass", "chords", "drums", "melody")}
    part = slice(4 * RATE, (4 + SECONDS) * RATE)
    for names in (("bass", "drums"), ("bass", "chords", "drums")):
        *first, last = names
        yield PresetScene("song", f"{', '.join(first)} and {last}", [stems[x][part] for x in names], ">= 6")
    yield PresetScene("song", "the whole demo", list(stems.values()), ">= 7")
    loop = SHARED_AUDIO / "funky"
    if loop.is_dir():
        yield PresetScene(
            "song", "a drum loop", [_read(loop / f"{x}.wav") for x in ("kick", "snare", "hihat")], ">= 10"
        )
    music = {name: stem.mean(axis=1, keepdims=True)[: SECONDS * RATE] for name, stem in stems.items()}
    band = music["bass"] + music["chords"] + music["drums"]
    yield PresetScene("ringing", "a hum under a band", [band, 2 * _hum()], ">= 3")
    if missing_programs("espeak-ng"):
        print("espeak-ng is missing: no scene with speech")
        return
    man, woman = _speech("en"), _speech("en+f3")
    tune = (stems["melody"] + stems["chords"]).mean(axis=1, keepdims=True)[8 * RATE : (8 + SECONDS) * RATE]
    yield PresetScene("voice", "a man over bass, chords and drums", [man, _at_level(band)], ">= 6")
    yield PresetScene("voice", "a woman over melody and chords", [0.7 * woman, tune], ">= 6")
    yield PresetScene("ringing", "a telephone in speech", [man, _telephone()], ">= 10")
    yield PresetScene("ringing", "a hum under speech", [man, _hum()], ">= 5")


def _read(path: Path) -> np.ndarray:
    samples: np.ndarray = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return samples


def _at_level(samples: np.ndarray) -> np.ndarray:
    return np.asarray(samples * (LEVEL / np.sqrt(np.mean(samples**2))), np.float32)


def _speech(voice: str) -> np.ndarray:
    """The text, spoken by espeak-ng."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), TEXT], check=True)
        samples, rate = soundfile.read(path, dtype="float32")
    spoken = scipy.signal.resample_poly(samples, RATE, rate)[: SECONDS * RATE]
    return _at_level(np.pad(spoken, (0, SECONDS * RATE - len(spoken)))[:, None])


def _telephone() -> np.ndarray:
    """Two bells in turn, 12.5 times a second, for 1.6 of every 3 seconds."""
    t = np.arange(SECONDS * RATE) / RATE
    out = np.zeros_like(t)
    for start in np.arange(0.7, SECONDS - 2, 3.0):
        since = t - start
        envelope = scipy.signal.lfilter([0.02], [1, -0.98], ((since > 0) & (since < 1.6)).astype(float))
        first = 0.5 * (1 + np.sign(np.sin(2 * np.pi * 12.5 * since)))
        for share, partials in (
            (first, ((1040, 1.0), (2090, 0.6), (3140, 0.4), (4690, 0.2))),
            (1 - first, ((1290, 1.0), (2590, 0.6), (3890, 0.4))),
        ):
            out += sum(gain * envelope * share * np.sin(2 * np.pi * hz * since) for hz, gain in partials)
    return (0.05 * out).astype(np.float32)[:, None]


def _hum() -> np.ndarray:
    """50 Hz that drifts a little, with its harmonics."""
    gains = {1: 1.0, 2: 0.7, 3: 0.8, 4: 0.3, 5: 0.5, 6: 0.2, 7: 0.4, 9: 0.25, 11: 0.15, 13: 0.1}
    t = np.arange(SECONDS * RATE) / RATE
    phase = 2 * np.pi * 50 * np.cumsum(1 + 0.0006 * np.sin(2 * np.pi * t / 7)) / RATE
    return (0.02 * sum(gain * np.sin(n * phase + n) for n, gain in gains.items())).astype(np.float32)[:, None]
