"""What the window shows of the engine: the first picture, progress, cancel."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.driving import run_until, running_window
from workbench.nmf.result import Array

if TYPE_CHECKING:
    from workbench.app import Workbench


def window_figures(report: Report, samples: Array, rate: int, presses: int = 5) -> None:
    """The real window on the 30 s recording with the settings it starts with.

    - From the click on Factorise to the end of painting the first result, which holds all components: median.
    - How often a second the descent calls `progress`, over 3 s of a run that goes on until stopped, the window busy
      with showing it.
    - How many iterations end after the mouse button is let go on Cancel: the most of all presses; `stopped_s` is the
      longest time until the run is over.
    """
    with running_window() as (program, _), tempfile.TemporaryDirectory() as folder, progress_calls() as calls:
        path = Path(folder) / "recording.wav"
        soundfile.write(path, samples, rate, subtype="FLOAT")
        before = program.desk.document.recording
        program.desk.opening.open(path)
        assert run_until(program, lambda: program.desk.document.recording is not before)
        panel = program.window.panes.factorise
        first = []
        for _ in range(presses):
            run_until(program, lambda: False, 1.0)
            first.append(first_picture(program))
            assert run_until(program, lambda: not program.desk.factorising.running)
        report.figure(
            "click on Factorise to all components of 30 s on screen",
            float(np.median(first)),
            "s",
            "<= 0.3",
            worst=round(max(first), 3),
            components=panel.components.value(),
        )
        panel.forever.setChecked(True)
        rates, late, stopped = [], [], []
        for press in range(presses):
            first_picture(program)
            start, already = time.perf_counter(), calls["report"]
            run_until(program, lambda: False, 3.0 if press == 0 else 0.5)
            rates.append((calls["report"] - already) / (time.perf_counter() - start))
            after, took = cancel(program, calls)
            late.append(after)
            stopped.append(took)
        report.figure("progress calls a second, 30 s, KL, K=10", rates[0], "1/s", ">= 20")
        report.figure(
            "cancel: iterations after the press",
            max(late),
            "iterations",
            "<= 1",
            stopped_s=round(max(stopped), 3),
            presses=presses,
        )


def first_picture(program: Workbench) -> float:
    """Seconds from the click on Factorise to the end of painting the first result."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    seen: list[float] = []

    def published() -> None:
        run = program.desk.document.run
        if not seen and run is not None and run.costs:
            program.window.repaint()
            program.application.processEvents()
            seen.append(time.perf_counter())

    program.desk.document.factors_changed.connect(published)
    start = time.perf_counter()
    QTest.mouseClick(program.window.panes.factorise.factorise, Qt.MouseButton.LeftButton)
    assert run_until(program, lambda: seen)
    program.desk.document.factors_changed.disconnect(published)
    return seen[0] - start


def cancel(program: Workbench, calls: Counter[str]) -> tuple[int, float]:
    """Click on Cancel: iterations that end after the button is let go, and seconds until the run is over."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    button = program.window.panes.transport.cancel
    assert run_until(program, button.isVisible)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    start, already = time.perf_counter(), calls["report"]
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert run_until(program, lambda: not program.desk.factorising.running)
    return calls["report"] - already, time.perf_counter() - start


@contextmanager
def progress_calls() -> Iterator[Counter[str]]:
    """Counts `Job.report`, which a running factorisation calls once an iteration, whatever job calls it."""
    from workbench.jobs.runner import Job

    calls: Counter[str] = Counter()
    plain = Job.report

    def counted(job: Job, share: float) -> None:
        calls["report"] += 1
        plain(job, share)

    Job.report = counted
    try:
        yield calls
    finally:
        Job.report = plain
