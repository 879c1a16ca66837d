"""What many marks cost, without a window: solving, pictures, sound as it is played, projects."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from threadpoolctl import threadpool_limits

from tests.benchmarks import Report
from tests.benchmarks.driving import RATE
from tests.benchmarks.live_speed import in_blocks
from workbench.audio.recording import Recording
from workbench.audio.renderer import MixStream
from workbench.audio.scene import Scene
from workbench.document.acts.sources import add_mark, add_source, begin_sources
from workbench.document.history import History
from workbench.document.project import load_project, save_project
from workbench.document.state import Run, State, fresh_state, stack_of
from workbench.masks.edits.areas import rectangle
from workbench.masks.insight.assignment import sources
from workbench.masks.insight.samples import Samples
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Told
from workbench.masks.pictures.thumbnails import thumbnail_lattice
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

SECONDS, COMPONENTS, SOURCES = 30, 24, 4
COUNTS = (0, 12, 100, 1000)
PICTURE = 1000, 600
"""Columns and rows."""


def measure(report: Report) -> None:
    """All figures, by the number of marks in half a minute."""
    with threadpool_limits(1):
        for count in COUNTS:
            _masks(report, count)
    for count in COUNTS:
        _project(report, count)


def marked(count: int) -> tuple[Factors, list[State]]:
    """Components, and four sources after each of so many clicks, most of them low, a fifth of them denials."""
    rng, analysis = np.random.default_rng(count), Analysis()
    bins, frames = analysis.bins, analysis.frames(SECONDS * RATE)
    w = rng.random((bins, COMPONENTS), np.float32) ** 4 + np.float32(1e-3)
    factors = Factors(w, rng.random((COMPONENTS, frames), np.float32) ** 4)
    state = begin_sources(fresh_state(analysis), 1, "Sources", "Rest")
    for number in range(1, SOURCES):
        state, _ = add_source(state, f"Source {number}")
    states = [state]
    for _ in range(count):
        low, start = int(min(bins - 8, rng.exponential(120))), int(rng.integers(frames - 16))
        place = rectangle(Region(low, low + 8, start, start + 16), bins, frames)
        layer = states[-1].layers[int(rng.integers(SOURCES))].id
        states.append(add_mark(states[-1], layer, place, 1.0, bool(rng.random() < 0.2)))
    return factors, states


def _masks(report: Report, count: int) -> None:
    factors, states = marked(count + 1)
    samples, parts = Samples(factors), states[-1].present.parts
    first = _least(lambda: sources(Samples(factors), parts, states[-2].marks or ()))
    model = sources(samples, parts, states[-2].marks or ())
    others = iter([Factors(factors.W.copy(), factors.H.copy()) for _ in range(3)])
    published = _least(lambda: sources(Samples(next(others), 1.0, samples.places), parts, states[-2].marks or ()))
    more = _least(lambda: sources(samples, parts, states[-1].marks or ()))
    layers = [replace(each, gain_db=-1.0 - i, pan=i / SOURCES - 0.5) for i, each in enumerate(states[-2].layers)]
    stack = stack_of(states[-2].with_present(layers=tuple(layers)), model, SECONDS * RATE)
    noise = (0.1 * np.random.default_rng(0).standard_normal((SECONDS * RATE, 2))).astype(np.float32)
    scene = Scene(Recording(noise, RATE, Path("noise")), states[-2].analysis, stack)
    shown, colours = thumbnail_lattice(stack.bins, stack.frames, *PICTURE), np.eye(SOURCES, 3, dtype=np.float32)
    axes = shown.rows, shown.columns
    about = f"{count} marks"
    report.figure(f"one more mark solved, {about}", 1000 * more, "ms", None)
    report.figure(f"all solved anew, {about}", 1000 * first, "ms", None)
    report.figure(f"all solved for other components, {about}", 1000 * published, "ms", None)
    fresh = _least(lambda: replace(stack, factors=replace(model, told=Told())).blend(colours, *axes))
    report.figure(f"a first picture of all, {about}", 1000 * fresh, "ms", None)
    report.figure(f"another picture of all, {about}", 1000 * _least(lambda: stack.blend(colours, *axes)), "ms", None)
    live = _least(lambda: in_blocks(MixStream(scene, 0, 2))) / 10
    report.figure(f"sound as it is played, {about}", 1 / live, "x real time", None)


def _project(report: Report, count: int) -> None:
    """Each mark is a step of the history."""
    factors, states = marked(count)
    history, runs = History(fresh_state(states[0].analysis)), {1: Run(RunSettings(components=COMPONENTS), factors)}
    for state in states:
        history.record("mark", state)
    with tempfile.TemporaryDirectory() as folder:
        path, sound = Path(folder) / "marks.workbench", Path(folder) / "silence.wav"
        soundfile.write(sound, np.zeros(SECONDS * RATE, np.float32), RATE)
        recording = Recording(np.zeros((SECONDS * RATE, 1), np.float32), RATE, sound)
        save = _least(lambda: save_project(path, recording, history.state, runs, history.steps, history.present))
        read = _least(lambda: load_project(path))
        size = path.stat().st_size / 2**20
    report.figure(f"saving a project, {count} marks", 1000 * save, "ms", None, megabytes=round(size, 2))
    report.figure(f"reading it, {count} marks", 1000 * read, "ms", None)


def _least(work: Callable[[], object]) -> float:
    """Seconds of one core in the fastest of three rounds: what others do at the same time counts little."""
    took = []
    for _ in range(3):
        begin = time.thread_time()
        work()
        took.append(time.thread_time() - begin)
    return min(took)
