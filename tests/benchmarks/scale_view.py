"""What is seen of a long recording: how soon, and how smoothly it scrolls and zooms."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.driving import RATE, run_until, running_window
from tests.benchmarks.scale_day import MINUTES_ENV, PATIENCE
from tests.benchmarks.scale_hour import make_hour

if TYPE_CHECKING:
    from workbench.app import Workbench

SPANS = (3600.0, 1800.0, 600.0, 60.0, 10.0, 1.0)
"""Seconds in view."""
STEPS, COMPONENTS = 60, 10


def view(report: Report) -> Report:
    """From opening to the first picture and to all of it; frames of scrolling and zooming by those of nothing new."""
    minutes = float(os.environ.get(MINUTES_ENV, "60"))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, running_window() as (program, _):
        path = make_hour(Path(name) / "hour.wav", minutes)
        run_until(program, lambda: False, 1.0)
        flac = _as_flac(path)
        _open(report, program, flac, "FLAC")
        _open(report, program, path, "WAV")
        _with_components(program)
        for span in SPANS:
            if span <= 60 * minutes:
                _scroll(report, program, span)
        _zoom(report, program)
        _plain(report, program)
    return report


def _as_flac(path: Path) -> Path:
    """The same as FLAC, beside it."""
    out = path.with_suffix(".flac")
    form = RATE, 2, "PCM_16"
    with soundfile.SoundFile(path) as file, soundfile.SoundFile(out, "w", *form, format="FLAC") as copy:
        for block in file.blocks(2**20, dtype="float32"):
            copy.write(block)
    return out


def _open(report: Report, program: Workbench, path: Path, kind: str) -> None:
    desk = program.desk
    before, seen, longest = desk.document.recording, 0.0, 0.0
    first: list[float] = []
    desk.opening.glimpsed.connect(lambda glimpse: first.append(time.perf_counter()))
    begin = time.perf_counter()
    desk.opening.open(path)
    while desk.document.recording is before and time.perf_counter() - begin < PATIENCE:
        turn = time.perf_counter()
        program.application.processEvents()
        now = time.perf_counter()
        longest = max(longest, now - turn)
        seen = seen or (now - begin if first else 0.0)
        time.sleep(0.001)
    whole = time.perf_counter() - begin
    run_until(program, lambda: program.window.panes.image.fresh, 20)
    report.figure(f"the first picture after opening {kind}", seen or whole, "s", "<= 1")
    report.figure(f"all of {kind}, to be worked on", whole, "s", "<= 30")
    report.figure(f"the longest that opening {kind} held the window", 1000 * longest, "ms", "<= 50")


def _with_components(program: Workbench) -> None:
    """Ten components of random factors, which is all that masks cost."""
    from workbench.masks.model.models import Factors
    from workbench.separation.settings import RunSettings

    document, rng = program.desk.document, np.random.default_rng(0)
    program.desk.runner.drop("blind")
    bins, frames = document.stack.bins, document.stack.frames
    w = rng.random((bins, COMPONENTS), np.float32) ** 4 + np.float32(1e-3)
    h = rng.random((COMPONENTS, frames), np.float32) ** 4
    document.begin_run("ten", RunSettings(components=COMPONENTS), Factors(w, h), True)
    run_until(program, lambda: not program.desk.runner.jobs, 120)


def _settled(program: Workbench) -> float:
    """Milliseconds of painting the window when there is nothing new; the median."""
    run_until(program, lambda: program.window.panes.image.fresh, 20)
    run_until(program, lambda: False, 0.3)
    return float(np.median([_frame(program, lambda: None) for _ in range(20)]))


def _frame(program: Workbench, change: object) -> float:
    """Milliseconds from a change to the end of painting the whole window.

    Of a window that is asked to paint itself Qt leaves out the panes in which nothing has changed; here they are
    painted, in every frame.
    """
    from PySide6.QtWidgets import QWidget

    assert callable(change)
    panes = [each for each in program.window.findChildren(QWidget) if each.isVisible()]
    begin = time.perf_counter()
    change()
    for each in panes:
        each.update()
    program.window.repaint()
    took = 1000 * (time.perf_counter() - begin)
    program.application.processEvents()
    return took


def _tell(report: Report, name: str, frames: list[float], same: float) -> None:
    p95 = float(np.percentile(frames, 95))
    report.figure(
        f"{name}: p95 of a frame, times one with nothing new",
        p95 / same,
        "times",
        "<= 1.5",
        p95_ms=round(p95, 1),
        unchanged_ms=round(same, 1),
        worst_ms=round(max(frames), 1),
    )


def _scroll(report: Report, program: Workbench, span: float) -> None:
    viewport = program.desk.viewport
    middle = viewport.duration / 2
    viewport.show_time(middle - span / 2, middle + span / 2)
    same = _settled(program)
    frames = []
    for step in range(STEPS):
        way = 0.03 * span if step % 20 < 10 else -0.03 * span
        frames.append(_frame(program, lambda way=way: viewport.pan(way, 0.0)))
    _tell(report, f"scrolling with {span:g} s in view", frames, same)


def _zoom(report: Report, program: Workbench) -> None:
    viewport = program.desk.viewport
    viewport.fit()
    same = _settled(program)
    frames, place = [], 0.37 * viewport.duration
    while viewport.span > 1.0:
        frames.append(_frame(program, lambda: viewport.zoom_time(1.2, place)))
    while viewport.span < viewport.duration:
        frames.append(_frame(program, lambda: viewport.zoom_time(1 / 1.2, place)))
    _tell(report, "zooming in and out", frames, same)


def _plain(report: Report, program: Workbench) -> None:
    """pyqtgraph's plain image of the same levels, as one would show them first."""
    import pyqtgraph

    levels = program.desk.document.levels.levels[0]
    widget = pyqtgraph.PlotWidget()
    image = pyqtgraph.ImageItem(levels, autoDownsample=True)
    widget.addItem(image)
    widget.resize(program.window.panes.spectrogram.size())
    widget.show()
    rate = len(levels) / program.desk.viewport.duration
    for span in SPANS:
        frames = []
        for step in range(10):
            start = (program.desk.viewport.duration - span) / 2 + 0.03 * span * step
            begin = time.perf_counter()
            widget.setXRange(start * rate, (start + span) * rate, padding=0)
            widget.viewport().repaint()
            frames.append(1000 * (time.perf_counter() - begin))
            program.application.processEvents()
        report.figure(f"pyqtgraph's plain image, {span:g} s in view", float(np.median(frames)), "ms", None)
    widget.close()
