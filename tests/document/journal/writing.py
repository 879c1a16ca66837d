"""A document whose acts are journalled, and what is found of them when the program is gone."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import soundfile

from tests.conftest import tone_mix
from tests.random_edits import random_act
from tests.same import history_word
from workbench.audio.recording import load
from workbench.document.document import Document
from workbench.document.journal.changes import Snapshot
from workbench.document.journal.journal import ACTS, Journal
from workbench.document.journal.recovery import left_behind
from workbench.document.state import fresh_state
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 128)


class Writer:
    """A document whose acts are journalled, and what its history was after each."""

    def __init__(self, folder: Path) -> None:
        path = folder / "song.wav"
        if not path.exists():
            soundfile.write(path, tone_mix(1.0, 8000), 8000, subtype="FLOAT")
        self.recording = load(path)
        self.document = Document()
        levels = analyse_levels(self.recording.samples, ANALYSIS)
        self.document.open(self.recording, levels, fresh_state(ANALYSIS))
        self.home = folder / "home"
        self.journal = Journal(self.home)
        self.words: list[str] = []
        self.sizes: list[int] = []
        self.project: Path | None = None
        self.take()
        rng = np.random.default_rng(0)
        frames = ANALYSIS.frames(len(self.recording.samples))
        factors = Factors(rng.random((257, 4), np.float32), rng.random((4, frames), np.float32))
        self.run, _ = self.document.begin_run("run", RunSettings(components=4), factors, True)
        self.take()

    def take(self, settled: bool = True, written: bool = True) -> None:
        document = self.document
        self.journal.take(
            Snapshot(
                self.recording, self.project, document.history_changes(), dict(document.runs), document.dirty, settled
            )
        )
        assert self.journal.settle() is written
        self.words.append(self.word)
        self.sizes.append(self.file.stat().st_size)

    @property
    def word(self) -> str:
        steps = [(step.name, step.state) for step in self.document.steps]
        return history_word(steps, self.document.step, self.document.runs)

    @property
    def file(self) -> Path:
        assert self.journal.folder is not None
        return self.journal.folder / ACTS

    def act(self, rng: np.random.Generator) -> None:
        kind = rng.random()
        if kind < 0.12:
            self.document.undo()
        elif kind < 0.2:
            self.document.redo()
        elif kind < 0.25:
            self.document.go_to(int(rng.integers(len(self.document.steps))))
        else:
            random_act(self.document, rng)
        self.take()


def eventually(condition) -> bool:
    """Whether it comes to hold."""
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def found_in(home: Path):
    """What is offered, to this program and to others."""
    out = left_behind(home)
    for each in out:
        each.release()
    return out


def left(writer: Writer):
    """What is left as if the program had been killed."""
    writer.journal.close(remove=False)
    return found_in(writer.home)
