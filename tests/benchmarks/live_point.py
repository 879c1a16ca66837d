"""Pointing, after few marks and after many: from a click to new masks on the screen and in the ear, from a move of the
pointer to what is lit, and what the list of marks costs the window."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.driving import mouse, run_until
from tests.benchmarks.edit import long_recording
from tests.benchmarks.live_edits import TRIALS, one_trial, periodic
from tests.rig import NullSink
from workbench.document.acts.sources import add_mark, add_source, begin_sources
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings

if TYPE_CHECKING:
    from workbench.app import Workbench

COMPONENTS, SOURCES = 20, 4
MINUTES = {0.5: "<= 100", 10: "<= 250"}
"""Lengths of the recording, with what was asked from a mark to the screen and to the ear, in ms."""
MARKS = (12, 100, 1000)
"""How many there are before."""
MARKED = 8, 16
"""Bins and frames of a mark."""


def pointing(report: Report, program: Workbench, sink: NullSink) -> None:
    """All figures of pointing."""
    with tempfile.TemporaryDirectory() as folder:
        for minutes, asked in MINUTES.items():
            path = Path(folder) / f"{minutes} minutes.wav"
            long_recording(path, minutes)
            steady = periodic(Path(folder), 60 * minutes)
            for marks in MARKS:
                about = f"{minutes:g} min, {marks} marks"
                with_sources(program, path, np.random.default_rng(0), marks)
                _to_screen(report, program, about, asked)
                _lit(report, program, about)
                _list(report, program, about)
                with_sources(program, steady, np.random.default_rng(0), marks, steady=True)
                _to_ear(report, program, sink, minutes, about, asked)


def with_sources(
    program: Workbench, path: Path, rng: np.random.Generator, marks: int = MARKS[0], steady: bool = False
) -> None:
    """Open a recording with four sources of so many marks in all, on twenty components of random factors.

    Parameters
    ----------
    steady : bool
        The components sound at all times alike, and the marks lie in the second half: in the first the masks stand
        still. Many are said with little weight, so that one more is heard.
    """
    document = program.desk.document
    before = document.recording
    program.desk.opening.open(path)
    assert run_until(program, lambda: document.recording is not before, 120)
    program.desk.runner.drop("blind")
    bins, frames = document.stack.bins, document.stack.frames
    w = rng.random((bins, COMPONENTS), np.float32) ** 4 + np.float32(1e-3)
    h = np.ones((COMPONENTS, frames), np.float32) if steady else rng.random((COMPONENTS, frames), np.float32) ** 4
    run = document.add_run("twenty", RunSettings(components=COMPONENTS), Factors(w, h))
    state = begin_sources(document.recorded_state, run, "Sources", "Rest")
    for number in range(1, SOURCES):
        state, _ = add_source(state, f"Source {number}")
    for layer in state.layers:
        for _ in range(marks // SOURCES):
            place = _somewhere(rng, bins, frames, frames // 2 if steady else 0)
            weight = min(1.0, MARKS[0] / marks) if steady else 1.0
            state = add_mark(state, layer.id, rectangle(place, bins, frames), weight)
    document.act("sources", state)
    run_until(program, lambda: False, 1.0)


def _somewhere(rng: np.random.Generator, bins: int, frames: int, first: int = 0) -> Region:
    low, start = int(rng.integers(bins // 2)), int(rng.integers(first, frames - MARKED[1]))
    return Region(low, low + MARKED[0], start, start + MARKED[1])


def _to_screen(report: Report, program: Workbench, about: str, asked: str) -> None:
    """From the release of a click to the end of painting the whole picture."""
    from PySide6.QtCore import QPointF

    from workbench.control.tools import Tool

    image, canvas = program.window.panes.image, program.desk.plane.canvas
    program.desk.tools.choose(Tool.POINT)
    rng, took = np.random.default_rng(1), []
    for _ in range(TRIALS // 2):
        run_until(program, lambda: image.fresh, 5)
        at = QPointF(canvas.left() + rng.uniform(0.1, 0.9) * canvas.width(), canvas.top() + 0.8 * canvas.height())
        mouse(program, "press", at)
        begin = time.perf_counter()
        program.desk.marking.choose(program.desk.document.layers[int(rng.integers(SOURCES))].id)
        mouse(program, "release", at)
        while not image.fresh:
            program.window.repaint()
            program.application.processEvents()
        took.append(1000 * (time.perf_counter() - begin))
        program.desk.document.undo()
    report.figure(
        f"mark to screen, {about}, p95",
        float(np.percentile(took, 95)),
        "ms",
        asked,
        median=round(float(np.median(took)), 1),
    )


def _lit(report: Report, program: Workbench, about: str) -> None:
    """From a move of the pointer to what is lit there, painted."""
    from PySide6.QtCore import QPointF

    canvas, marking = program.desk.plane.canvas, program.desk.marking
    rng, took = np.random.default_rng(2), []
    for _ in range(TRIALS):
        place = rng.uniform(0.05, 0.95, 2)
        at = QPointF(canvas.left() + place[0] * canvas.width(), canvas.top() + place[1] * canvas.height())
        before = marking.lit
        begin = time.perf_counter()
        mouse(program, "move", at)
        run_until(program, lambda before=before: marking.lit is not before, 1)
        program.window.repaint()
        took.append(1000 * (time.perf_counter() - begin))
    name, median = f"pointer to what is lit, {about}, p95", round(float(np.median(took)), 1)
    report.figure(name, float(np.percentile(took, 95)), "ms", "<= 30", median=median)


def _list(report: Report, program: Workbench, about: str) -> None:
    """The longest that the window's thread was busy at once while the list comes to the front, is scrolled, and while
    one more mark is made."""
    document, layout, panel = program.desk.document, program.window.layout_, program.window.panes.marks
    rng, busy = np.random.default_rng(4), {}
    bar = panel.list.verticalScrollBar()

    def one_more() -> None:
        place = rectangle(_somewhere(rng, *_plane(program)), *_plane(program))
        document.act("mark", add_mark(document.recorded_state, document.layers[1].id, place))

    acts: dict[str, Callable[[], object]] = {
        "opened": layout.marks.raise_,
        "scrolled": lambda: bar.setValue(bar.maximum() // 2),
        "one more": one_more,
    }
    for name, act in acts.items():
        busy[name] = round(_longest(program, act), 1)
    report.figure(f"the list of marks: window busy at once, {about}", max(busy.values()), "ms", "<= 50", **busy)
    document.undo()
    layout.stack.raise_()


def _longest(program: Workbench, act: Callable[[], object]) -> float:
    """The longest time that the window's thread computes at once, in an act or in an event after it, in ms."""
    longest, end = 0.0, time.perf_counter() + 1.5
    while time.perf_counter() < end:
        begin = time.thread_time()
        act()
        longest = max(longest, time.thread_time() - begin)
        act = program.application.processEvents
        time.sleep(0.001)
    return 1000 * longest


def _to_ear(report: Report, program: Workbench, sink: NullSink, minutes: float, about: str, asked: str) -> None:
    """From an act that adds a mark to the first recorded sample that differs; the sources have different gains."""
    from tests.acting import change_layer

    document = program.desk.document
    for number, layer in enumerate(document.layers):
        change_layer(document, "gain", layer.id, gain_db=-3.0 * number)
    rng = np.random.default_rng(3)

    def act() -> None:
        layer = document.layers[int(rng.integers(SOURCES))].id
        place = rectangle(_somewhere(rng, document.stack.bins, document.stack.frames), *_plane(program))
        document.act("mark", add_mark(document.recorded_state, layer, place))

    with sink.listening() as listener:
        program.desk.playback.set_loops(False)
        program.desk.playback.seek(1.0)
        program.desk.playback.play()
        run_until(program, lambda: False, 1.5)
        took = []
        for _ in range(min(TRIALS // 2, round(50 * minutes))):
            if program.desk.playback.position > 30 * minutes - 3:
                program.desk.playback.seek(1.0)
                run_until(program, lambda: False, 0.5)
            took.append(one_trial(program, listener, lambda: None, act, document.undo, rng))
        program.desk.playback.stop()
    found = [each for each in took if each is not None] or [np.inf]
    name = f"mark to ear, {about}, p95"
    told = {"median": round(float(np.median(found)), 1), "not_heard": took.count(None), "trials": len(took)}
    report.figure(name, float(np.percentile(found, 95)), "ms", asked, **told)


def _plane(program: Workbench) -> tuple[int, int]:
    stack = program.desk.document.stack
    return stack.bins, stack.frames
