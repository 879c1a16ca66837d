"""Mixes whose parts are known, to measure how near a person comes with so many marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from tests.rig import SHARED_AUDIO
from workbench import resource

RATE = 44100
DEMO = ("bass", "chords", "drums", "melody")
FUNKY = ("hihat", "kick", "snare")
VOWELS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
}
"""Formants of men in Hz (Peterson & Barney, J. Acoust. Soc. Am. 24, 1952)."""
WIDTHS = (60.0, 90.0, 120.0)
SYLLABLES = "sa-mi fo-ta-ku ne-so hi-fa-lu ma-ke-si to-na wo-fi-se la-mu-ti ke-fo na-si-ta lo-he-mu sa-ti-ko"


@dataclass(frozen=True)
class Scene:
    """Sources, float32 (n, C) each, which sum to the mix."""

    name: str
    stems: dict[str, np.ndarray]

    @property
    def mix(self) -> np.ndarray:
        """Their sum."""
        return np.sum(list(self.stems.values()), axis=0, dtype=np.float32)


def scenes() -> list[Scene]:
    """The demo, a funky drum loop where it is there, speech with a telephone, a trio in hiss."""
    makers: list[Callable[[], Scene | None]] = [_demo, _funky, _telephone, _hiss]
    return [scene for make in makers if (scene := make()) is not None]


def _demo() -> Scene:
    return Scene("demo", {name: _read(resource(f"demo/stems/{name}.flac"))[5 * RATE : 13 * RATE] for name in DEMO})


def _funky() -> Scene | None:
    folder = SHARED_AUDIO / "funky"
    if not folder.is_dir():
        return None
    sounds = {name: _read(folder / f"{name}.wav") for name in FUNKY}
    length = min(map(len, sounds.values()))
    return Scene("funky", {name: sound[:length] for name, sound in sounds.items()})


def _telephone() -> Scene:
    voice = _voice(10.0)
    ring = np.zeros_like(voice)
    time = np.arange(len(voice)) / RATE
    for first in (1.0, 5.0):
        for stroke in range(10):
            begin = first + 0.2 * stroke
            here = (time >= begin) & (time < begin + 0.2)
            hz = (950, 1400)[stroke % 2]
            for partial, gain in ((1, 1.0), (2, 0.4), (3, 0.25)):
                decay = np.exp(-6 * (time[here] - begin))
                ring[here] += gain * np.sin(2 * np.pi * hz * partial * time[here]) * decay
    return Scene("telephone", {"voice": _column(voice), "telephone": _column(0.08 * ring)})


def _hiss() -> Scene:
    names = ("bass", "chords", "melody")
    stems = {name: _read(resource(f"demo/stems/{name}.flac"))[8 * RATE : 18 * RATE] for name in names}
    stems = {name: sound.mean(axis=1, keepdims=True) for name, sound in stems.items()}
    mix = np.sum(list(stems.values()), axis=0)
    noise = scipy.signal.lfilter([1, -0.7], [1], np.random.default_rng(1).standard_normal(mix.shape), axis=0)
    noise *= np.sqrt(np.mean(mix**2) / np.mean(noise**2)) * 10 ** (-25 / 20)
    return Scene("hiss", {**stems, "hiss": noise.astype(np.float32)})


def _voice(seconds: float) -> np.ndarray:
    """Nonsense syllables: pulses through formants that glide, and noise for what is not voiced."""
    rng = np.random.default_rng(5)
    out = np.zeros(round(seconds * RATE))
    place = 0.05
    for word in SYLLABLES.split():
        for syllable in word.split("-"):
            length = 0.16 + 0.1 * rng.random()
            if place + length > seconds - 0.1:
                return np.asarray(0.3 * out / np.abs(out).max(), np.float32)
            begin = round(place * RATE)
            hushed = 0.35 * length if syllable[0] in "sfhtk" else 0.0
            _add(out, begin, _breath(rng, hushed, syllable[0]))
            pitch = 118 + 22 * np.sin(place * 1.3) + 12 * rng.standard_normal()
            _add(
                out, begin + round(0.8 * hushed * RATE), _vowel(length - 0.8 * hushed, pitch, VOWELS[syllable[1]], rng)
            )
            place += length
        place += 0.12
    return np.asarray(0.3 * out / np.abs(out).max(), np.float32)


def _vowel(seconds: float, pitch: float, formants: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    hz = pitch * (1 + 0.06 * np.sin(np.pi * time / seconds) + 0.01 * np.sin(2 * np.pi * 5.5 * time))
    phase = np.cumsum(hz) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0) + 0.004 * rng.standard_normal(count)
    sound = scipy.signal.lfilter([1], [1, -1.9, 0.9025], pulses)
    for centre, width in zip(formants, WIDTHS, strict=True):
        radius = np.exp(-np.pi * width / RATE)
        poles = [1, -2 * radius * np.cos(2 * np.pi * centre / RATE), radius**2]
        sound = scipy.signal.lfilter([sum(poles)], poles, sound)
    return sound / max(float(np.abs(sound).max()), 1e-9) * _ends(count)


def _breath(rng: np.random.Generator, seconds: float, letter: str) -> np.ndarray:
    count = round(seconds * RATE)
    if not count:
        return np.zeros(0)
    low, high = {"s": (4500, 10000), "f": (1800, 9000), "h": (700, 3500), "t": (3000, 8000), "k": (1500, 4000)}[letter]
    band = scipy.signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos")
    return 0.12 * scipy.signal.sosfilt(band, rng.standard_normal(count)) * _ends(count)


def _ends(count: int) -> np.ndarray:
    """A window with short slopes."""
    return np.asarray(scipy.signal.windows.tukey(count, 0.35))


def _add(out: np.ndarray, begin: int, sound: np.ndarray) -> None:
    end = min(begin + len(sound), len(out))
    out[begin:end] += sound[: max(0, end - begin)]


def _column(sound: np.ndarray) -> np.ndarray:
    return np.asarray(sound[:, None], np.float32)


def _read(path: Path) -> np.ndarray:
    samples: np.ndarray = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return samples
