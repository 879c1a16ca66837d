"""What is seen of a recording before it is open: its levels, found beside its decoding."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType

import numpy as np
import soundfile

from workbench.audio.recording import Recording
from workbench.progress import Progress, silent
from workbench.scratch import USUAL, Scratch
from workbench.spectral.filling import Filling
from workbench.spectral.level import Levels, to_level
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis, Float, power_of

COLUMNS = 1024
"""Of a glimpse."""
FIRST_SECONDS, NEXT_SECONDS = 0.25, 0.2
"""From the first samples to the first glimpse, and from each to the next: what opens at once shows none."""
PEEKING_SECONDS = 1.5
"""Looking here and there into a file takes at most so long."""
SEEKABLE = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "FLAC")
"""Kinds of files in which one finds a frame at once."""


@dataclass(frozen=True, eq=False)
class Glimpse:
    """All of a recording, as far as it is known.

    Attributes
    ----------
    levels : LevelPyramid
        Of as many columns as there are, each the loudest of what is known of its span; 0 where nothing is.
    analysis : Analysis
    rate : int
        Hz.
    seconds : float
        How long all of it is.
    """

    levels: LevelPyramid
    analysis: Analysis
    rate: int
    seconds: float


class Ahead:
    """Finds levels in a thread of its own while a recording is decoded, and shows glimpses; inside a ``with``.

    Parameters
    ----------
    analysis : Analysis
    show : callable (Glimpse)
        Called from any thread.
    path : Path, optional
        Of the sound file: where one can seek in it, the first glimpses are of all of it, and do not wait for whoever
        looks first whether other files were joined to it.
    scratch : Scratch
        Where the levels are put.
    """

    def __init__(
        self,
        analysis: Analysis,
        show: Callable[[Glimpse], object] = lambda glimpse: None,
        path: Path | None = None,
        scratch: Scratch = USUAL,
    ) -> None:
        self._analysis, self._show, self._path, self._scratch = analysis, show, path, scratch
        self._news = threading.Condition()
        self._filling: Filling | None = None
        self._picture: _Picture | None = None
        self._ready, self._stopped = 0, False
        self._pool = ThreadPoolExecutor(1)
        self._work: Future[None] = self._pool.submit(self._follow)

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()
        self._pool.shutdown()

    def watch(self, samples: Float, rate: int, ready: int) -> None:
        """A `Watch`: of samples that are decoded so far."""
        with self._news:
            if self._filling is None or samples is not self._filling.samples or ready < self._ready:
                first, self._filling = self._filling is None, Filling(samples, self._analysis, self._scratch)
                peeked = self._picture if first else None
                if peeked is None or (peeked.samples, peeked.rate) != (len(samples), rate):
                    # Whoever still works at the old one spoils nothing.
                    self._picture = _Picture(len(samples), rate, self._analysis, self._show)
            self._ready = ready
            self._news.notify()

    def levels(self, recording: Recording, progress: Progress = silent) -> LevelPyramid:
        """Those of a recording that was decoded under these eyes, or of another one.

        Raises
        ------
        UserError
            `scratch.no_room`
        """
        self._stop()
        self._work.result()
        filling, picture = self._filling, self._picture
        if filling is None or picture is None or not np.may_share_memory(filling.samples, recording.samples):
            return analyse_levels(recording.samples, self._analysis, progress, self._scratch)
        filling.end(recording.samples)
        filling.fill_all(progress, lambda first, stop: picture.take(filling.levels, first, stop))
        return LevelPyramid(filling.levels, self._scratch)

    def _stop(self) -> None:
        with self._news:
            self._stopped = True
            self._news.notify()

    def _follow(self) -> None:
        """Find what can be found, until stopped."""
        self._peek()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._stopped or self._due())
                if self._stopped:
                    return
                filling, picture, ready = self._filling, self._picture, self._ready
            assert filling is not None and picture is not None
            span = filling.fill(ready)
            if span is not None:
                picture.take(filling.levels, *span)

    def _due(self) -> bool:
        return self._filling is not None and self._filling.due(self._ready)

    def _peek(self) -> None:
        """Look into the file here and there."""
        if self._path is None:
            return
        deadline = monotonic() + PEEKING_SECONDS
        try:
            with soundfile.SoundFile(self._path) as file:
                if file.format not in SEEKABLE or self._analysis.frames(file.frames) < COLUMNS:
                    return
                picture = _Picture(file.frames, file.samplerate, self._analysis, self._show)
                with self._news:
                    if self._picture is None:
                        self._picture = picture
                    elif (self._picture.samples, self._picture.rate) == (picture.samples, picture.rate):
                        # Whoever decodes was sooner.
                        picture = self._picture
                for column, columns in halvings(picture.columns):
                    if self._stopped or monotonic() > deadline or self._picture is not picture:
                        return
                    picture.guess(column, columns, file)
        except (soundfile.SoundFileError, OSError, TypeError):
            # It is damaged, gone, or taken for what it is not by its name: whoever decodes it knows better.
            return


def halvings(count: int) -> Iterator[tuple[int, int]]:
    """Places that halve what lies between those before, each with how far it is from the next one."""
    step = 1 << max(0, (count - 1).bit_length() - 4)
    yield from ((place, step) for place in range(0, count, step))
    while step > 1:
        yield from ((place, step // 2) for place in range(step // 2, count, step))
        step //= 2


class _Picture:
    """Columns of levels, shown now and then."""

    def __init__(self, samples: int, rate: int, analysis: Analysis, show: Callable[[Glimpse], object]) -> None:
        self._analysis, self._show = analysis, show
        self.rate, self.samples, self._frames = rate, samples, analysis.frames(samples)
        self.columns = min(COLUMNS, self._frames)
        self._levels = np.zeros((self.columns, analysis.bins), np.uint8)
        self._guessed = np.ones(self.columns, bool)
        self._lock, self._due = threading.Lock(), monotonic() + FIRST_SECONDS

    def take(self, levels: Levels, first: int, stop: int) -> None:
        """Of all levels those of these frames are known."""
        # The recording may have turned out to be shorter.
        columns = np.arange(first, min(stop, self._frames)) * self.columns // self._frames
        begins = np.flatnonzero(np.diff(columns, prepend=-1))
        loudest = np.maximum.reduceat(levels[first:stop], begins, axis=0)
        at = columns[begins]
        with self._lock:
            kept = np.where(self._guessed[at, None], 0, self._levels[at])
            self._levels[at] = np.maximum(loudest, kept)
            self._guessed[at] = False
        self._tell()

    def guess(self, column: int, columns: int, file: soundfile.SoundFile) -> None:
        """Some columns look like one frame in the first of them, as read from the file."""
        window = self._analysis.window
        middle = int((column + 0.5) * self.samples / self.columns)
        file.seek(min(max(0, middle - window // 2), max(0, self.samples - window)))
        piece = file.read(window, dtype="float32", always_2d=True)
        # The frame of which the window's middle is the piece's.
        places = Analysis(window, window // 2)
        with np.errstate(invalid="ignore", over="ignore"):
            level = to_level(power_of(np.nan_to_num(piece), places, 1, 1), self._analysis)[0]
        with self._lock:
            self._levels[column : column + columns][self._guessed[column : column + columns]] = level
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            if monotonic() < self._due:
                return
            self._due = monotonic() + NEXT_SECONDS
            levels: Levels = self._levels.copy()
        self._show(Glimpse(LevelPyramid(levels), self._analysis, self.rate, self.samples / self.rate))
