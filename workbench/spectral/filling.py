"""Levels of a recording's frames, block by block, by several threads and also while it is still being decoded."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from workbench.progress import Progress, silent
from workbench.scratch import USUAL, Scratch
from workbench.spectral.level import Levels, to_level
from workbench.spectral.stft import Analysis, Float, block_frames, power_of

THREADS = 4
"""At most so many find levels at once."""

Told = Callable[[int, int], object]
"""Is told the frames from, to, whose levels are known now, by any of the threads."""


def untold(first: int, stop: int) -> None:
    """For whoever does not want to know."""


class Filling:
    """Finds levels from the first frame to the last. Any thread may take part.

    Parameters
    ----------
    samples : float32, shape (n, C)
        They need not all be there yet.
    scratch : Scratch
        Where the levels are put.

    Raises
    ------
    UserError
        `scratch.no_room`: they have no place there.
    """

    def __init__(self, samples: Float, analysis: Analysis, scratch: Scratch = USUAL) -> None:
        self.samples, self.analysis = samples, analysis
        self.frames = analysis.frames(len(samples))
        self._base = scratch.zeros((self.frames, analysis.bins), "uint8")
        self._block = block_frames(samples.shape[1], analysis)
        self._next, self._lock = 0, threading.Lock()

    @property
    def levels(self) -> Levels:
        """Those of every frame, shape (N, F); 0 where they are not known yet."""
        return self._base[: self.frames]

    def due(self, ready: int) -> bool:
        """Whether `fill` has something to do with so many samples."""
        return self._next < self.frames and min(self._next + self._block, self.frames) <= self._complete(ready)

    def _complete(self, ready: int) -> int:
        """How many frames see nothing but the first `ready` samples; all of them where these are all."""
        if ready >= len(self.samples):
            return self.frames
        return max(0, min(self.frames, (ready - self.analysis.window // 2) // self.analysis.hop + 1))

    def fill(self, ready: int) -> tuple[int, int] | None:
        """Find the levels of the next block that is complete with so many samples; answers its frames from, to."""
        with self._lock:
            if not self.due(ready):
                return None
            first, stop = self._next, min(self._next + self._block, self.frames)
            self._next = stop
        # Samples that were not looked at yet need not be finite.
        with np.errstate(invalid="ignore", over="ignore"):
            power = power_of(self.samples, self.analysis, first, stop - first)
            self._base[first:stop] = to_level(power, self.analysis)
        return first, stop

    def end(self, samples: Float) -> None:
        """The recording turns out to hold these samples, from the same place on; no thread may be at work.

        What sees beyond its end is found anew.
        """
        if len(samples) < len(self.samples):
            within = (len(samples) - self.analysis.window // 2) // self.analysis.hop + 1
            self._next = max(0, min(self._next, within))
        self.samples, self.frames = samples, self.analysis.frames(len(samples))

    def fill_all(self, progress: Progress = silent, told: Told = untold) -> None:
        """Find all that are left, with the help of other threads.

        Raises
        ------
        Cancelled
            By `progress`; the others have ended then.
        """
        stop = threading.Event()
        begin = self._next

        def help_on() -> None:
            while not stop.is_set() and (span := self.fill(len(self.samples))) is not None:
                told(*span)

        count = min(THREADS, os.cpu_count() or 1, (self.frames - begin) // self._block)
        with ThreadPoolExecutor(max(1, count)) as pool:
            others = [pool.submit(help_on) for _ in range(count - 1)]
            try:
                while (span := self.fill(len(self.samples))) is not None:
                    told(*span)
                    progress(min(0.99, (self._next - begin) / max(1, self.frames - begin)))
            finally:
                stop.set()
            for each in others:
                each.result()
        progress(1.0)
