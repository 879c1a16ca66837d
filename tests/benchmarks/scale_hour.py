"""Long recordings that sound like music: pieces of the demo at other speeds and levels, and what a process takes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from tests.benchmarks.driving import DEMO, RATE

SPEEDS = (0.84, 0.94, 1.0, 1.06, 1.19)


def make_hour(path: Path, minutes: float, kind: str = "PCM_16") -> Path:
    """Write a recording of so many minutes, stereo at 44.1 kHz, as WAV."""
    demo, _ = soundfile.read(DEMO, dtype="float32", always_2d=True)
    rng, left = np.random.default_rng(0), round(60 * minutes * RATE)
    at = {speed: _at_speed(demo, speed) for speed in SPEEDS}
    with soundfile.SoundFile(path, "w", RATE, 2, kind, format="RF64" if left > 2**29 else "WAV") as file:
        while left:
            piece = at[SPEEDS[int(rng.integers(len(SPEEDS)))]]
            length = min(left, int(rng.integers(len(piece) // 4, len(piece))))
            begin = int(rng.integers(len(piece) - length + 1))
            file.write(piece[begin : begin + length] * np.float32(rng.uniform(0.2, 0.9)))
            left -= length
    return path


def _at_speed(samples: np.ndarray, speed: float) -> np.ndarray:
    """By linear interpolation: what it adds is low noise."""
    places = np.arange(0, len(samples) - 1, speed)
    before = places.astype(np.intp)
    share = (places - before)[:, None].astype(np.float32)
    out: np.ndarray = samples[before] * (1 - share) + samples[before + 1] * share
    return out


class Memory:
    """The most private memory of this process since it was last asked."""

    def __init__(self) -> None:
        self._most = 0.0

    def see(self) -> None:
        """Look at it now."""
        self._most = max(self._most, private_mb())

    def most(self) -> float:
        """Megabytes at most since the last time."""
        self.see()
        most, self._most = self._most, 0.0
        return most


def private_mb() -> float:
    """Memory of this process that no file holds, in MB: what the machine can't have back."""
    return int(Path("/proc/self/status").read_text().split("RssAnon:")[1].split()[0]) * 1024 / 1e6


@contextmanager
def watched() -> Iterator[Memory]:
    """Look at the memory fifty times a second."""
    memory, end = Memory(), threading.Event()

    def watch() -> None:
        while not end.wait(0.02):
            memory.see()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        end.set()
        thread.join()
