"""What keeping work costs: acts with a journal, saving an hour with a thousand strokes, opening it, replaying acts."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import QCoreApplication, QTimer

from tests.benchmarks import Report
from tests.benchmarks.recovery_scene import ANALYSIS, make_recording, open_path, wait, working_desk
from tests.random_edits import stroke
from tests.same import project_word
from workbench.audio.recording import Recording, load
from workbench.control.desk import Desk
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import selections as selection_acts
from workbench.document.journal.recovery import left_behind, recover
from workbench.document.project import save_project
from workbench.masks.edits.areas import rectangle
from workbench.masks.hand.painting import brush_effect
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis

HOUR, RATE, STROKES = 3600.0, 44100, 1000
ACTS = 100_000
BEAT_MS = 2


def measure(report: Report) -> None:
    """All of it."""
    _acts(report)
    _replay(report)
    _hour(report)


def _acts(report: Report) -> None:
    """An act in the window's thread with a journal, beside one without."""
    took = {}
    for kept in (False, True):
        with tempfile.TemporaryDirectory() as name, _factorised(Path(name), kept) as desk:
            rng, times = np.random.default_rng(0), []
            for _ in range(600):
                state = desk.document.recorded_state
                edits = stroke(rng, desk.document.stack, brush_effect(desk.document.stack, (0,), 0.5))
                begin = time.perf_counter()
                desk.document.act("stroke", mask_acts.set_edits(state, edits))
                times.append(time.perf_counter() - begin)
            took[kept] = np.array(times) * 1e3
    more = {f"p95 {'with' if kept else 'without'}": float(np.percentile(took[kept], 95)) for kept in took}
    first, last = (float(np.median(some)) for some in (took[True][:60], took[True][-60:]))
    report.figure(
        "an act with a journal, longer by", float(np.median(took[True]) - np.median(took[False])), "ms", "<= 1", **more
    )
    report.figure("the last 60 acts to the first", last / first, "times", None)


@contextmanager
def _factorised(folder: Path, kept: bool) -> Iterator[Desk]:
    make_recording(folder / "song.wav")
    with working_desk(folder / "home" if kept else None) as desk:
        open_path(desk, folder / "song.wav")
        desk.factorising.start(RunSettings(components=4, iterations=5), ANALYSIS, True)
        wait(lambda: not desk.factorising.running and not desk.runner.jobs)
        yield desk
        if kept:
            desk.journalling.release()


def _replay(report: Report) -> None:
    """Very many acts, taken up again."""
    with tempfile.TemporaryDirectory() as name, _factorised(Path(name), True) as desk:
        document, begin = desk.document, time.perf_counter()
        for number in range(ACTS):
            state = document.recorded_state
            layer = state.layers[number % len(state.layers)].id
            if number % 4 < 2:
                document.act("Gain", layer_acts.change_layer(state, layer, gain_db=float(number % 60) - 50))
            elif number % 4 == 2:
                document.act("Pan", layer_acts.change_layer(state, layer, pan=(number % 21) / 10 - 1))
            else:
                low, start = number % 100, number % 50
                area = rectangle(Region(low, low + 30, start, start + 20), 257, document.stack.frames)
                document.act("Select", selection_acts.select(state, area))
            if number % 25 == 24:
                document.undo()
        acted = time.perf_counter() - begin
        assert desk.journalling.settle()
        home = Path(name) / "home" / "journals"
        # As another program finds it when this one was killed.
        (folder,) = home.iterdir()
        os.unlink(folder / "lock")
        size = (folder / "acts").stat().st_size
        # As the program does, which collects the young alone.
        gc.disable()
        begin = time.perf_counter()
        (left,) = left_behind(home)
        listed = time.perf_counter() - begin
        begin = time.perf_counter()
        project = recover(left)
        report.figure(
            f"{ACTS} acts replayed",
            time.perf_counter() - begin,
            "s",
            "<= 10",
            listed_s=round(listed, 2),
            megabytes=round(size / 1e6),
            acted_s=round(acted, 1),
            steps=len(project.steps),
        )
        gc.enable()
        assert len(project.steps) == len(document.steps) and len(project_word(project)) > 0


def _hour(report: Report) -> None:
    """An hour with a thousand strokes: saved while the window lives, and opened."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, working_desk(None) as desk:
        folder = Path(name)
        recording, levels = _long(folder)
        document, rng = desk.document, np.random.default_rng(0)
        document.open(recording, levels)
        frames = Analysis().frames(len(recording.samples))
        factors = Factors(rng.random((1025, 10), np.float32), rng.random((10, frames), np.float32))
        document.begin_run("run", RunSettings(components=10), factors, True)
        for number in range(STROKES):
            stack = document.stack
            edits = stroke(rng, stack, brush_effect(stack, (number % 10,), 0.5))
            document.act("stroke", mask_acts.set_edits(document.recorded_state, edits))
        path, gaps = folder / "hour.workbench", _Gaps()
        begin = time.perf_counter()
        desk.saving.save(path)
        wait(lambda: not desk.saving.saving, 300)
        saved, size = time.perf_counter() - begin, path.stat().st_size
        longest = gaps.end()
        plain = _time(lambda: _write(folder / "plain", size))
        report.figure(
            "saving an hour, to writing its bytes",
            saved / plain,
            "times",
            "<= 2",
            s=round(saved, 2),
            plain_s=round(plain, 2),
            mb=round(size / 1e6, 1),
        )
        report.figure("the window held while saving", longest, "ms", "<= 50")
        packed = _time(
            lambda: save_project(
                folder / "again.workbench",
                recording,
                document.recorded_state,
                document.runs,
                document.steps,
                document.step,
            )
        )
        report.figure("the same without a window", packed / plain, "times", None)
        gaps = _Gaps()
        before, begin, seen = document.recording, time.perf_counter(), []
        desk.opening.glimpsed.connect(lambda glimpse: seen.append(time.perf_counter() - begin))
        desk.opening.open(path)
        wait(lambda: document.recording is not before, 600)
        opened = time.perf_counter() - begin
        report.figure("opened, to the first picture", min([*seen, opened]), "s", "<= 2", whole_s=round(opened, 1))
        report.figure("the window held while opening", gaps.end(), "ms", "<= 50")


def _long(folder: Path) -> tuple[Recording, LevelPyramid]:
    rng = np.random.default_rng(0)
    path = folder / "hour.wav"
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
        for _ in range(int(HOUR)):
            file.write((0.1 * rng.standard_normal((RATE, 2))).astype(np.float32))
    recording = load(path)
    # The journal asks for them when a file is opened.
    assert all(recording.checksums)
    return recording, analyse_levels(recording.samples, Analysis())


class _Gaps:
    """The longest that the window's thread was away from its events."""

    def __init__(self) -> None:
        self._last, self._longest = time.perf_counter(), 0.0
        self._timer = QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        QCoreApplication.processEvents()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._longest, self._last = max(self._longest, now - self._last), now

    def end(self) -> float:
        self._timer.stop()
        return self._longest * 1e3


def _write(path: Path, size: int) -> None:
    data = np.random.default_rng(0).bytes(min(size, 2**24))
    with path.open("wb") as file:
        for begin in range(0, size, len(data)):
            file.write(data[: min(len(data), size - begin)])
        file.flush()
        os.fsync(file.fileno())


def _time(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
