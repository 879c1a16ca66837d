"""A day's work on a long recording in the real window, and the most memory of each part of it."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.driving import mouse, run_until, running_window, stroke
from tests.benchmarks.scale_hour import Memory, make_hour, watched

if TYPE_CHECKING:
    from workbench.app import Workbench

MINUTES_ENV = "SCALE_MINUTES"
MARKS, STROKES, COMPONENTS, ITERATIONS = 20, 20, 10, 100
PATIENCE = 3600.0
HOUR = 60.0
"""Minutes; of what is longer one source is exported, of that the mix and all layers."""


def day(report: Report) -> Report:
    """Open, factorise, mark, paint, play, zoom, export, save; the seconds and the memory of each."""
    minutes = float(os.environ.get(MINUTES_ENV, "60"))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, running_window() as (program, _):
        folder = Path(name)
        path = make_hour(folder / "hour.wav", minutes)
        with watched() as memory:
            worker = _Day(report, program, memory, 2000 if minutes <= HOUR else 2500)
            worker.part("nothing", lambda: run_until(program, lambda: False, 1.0))
            worker.part("opened", lambda: worker.open(path))
            worker.part("factorised", lambda: worker.factorise())
            worker.part("painted", lambda: worker.paint())
            worker.part("marked", lambda: worker.mark())
            worker.part("played", lambda: worker.play())
            worker.part("looked at", lambda: worker.look())
            whole = minutes <= HOUR
            worker.part(
                "exported", lambda: worker.export(folder / "out") if whole else worker.export_one(folder / "out")
            )
            worker.part("saved", lambda: worker.save(folder / "hour.workbench"))
    return report


class _Day:
    def __init__(self, report: Report, program: Workbench, memory: Memory, asked: float) -> None:
        self._report, self._program, self._memory, self._asked = report, program, memory, asked

    def part(self, name: str, work: object) -> None:
        """Do a part of it, and tell what it took."""
        assert callable(work)
        self._memory.most()
        begin = time.perf_counter()
        work()
        took = time.perf_counter() - begin
        self._report.figure(
            f"private memory, {name}", self._memory.most(), "MB", f"<= {self._asked:g}", seconds=round(took, 1)
        )

    def open(self, path: Path) -> None:
        document = self._program.desk.document
        before = document.recording
        self._program.desk.opening.open(path)
        assert run_until(self._program, lambda: document.recording is not before, PATIENCE)
        self._settle()

    def factorise(self) -> None:
        panel = self._program.window.panes.factorise
        panel.components.setValue(COMPONENTS)
        panel.iterations.setValue(ITERATIONS)
        self._program.desk.wishes.factorise(True)
        assert run_until(self._program, lambda: not self._program.desk.factorising.running, PATIENCE)
        self._settle()
        assert len(self._program.desk.document.layers) == COMPONENTS

    def paint(self) -> None:
        from workbench.control.tools import Tool

        self._program.desk.tools.choose(Tool.BRUSH)
        rng, before = np.random.default_rng(0), self._program.desk.document.step
        for _ in range(STROKES):
            stroke(self._program, rng, 20)
        self._settle()
        assert self._program.desk.document.step > before

    def mark(self) -> None:
        from PySide6.QtCore import QPointF

        from workbench.control.tools import Tool

        desk, rng = self._program.desk, np.random.default_rng(1)
        desk.tools.choose(Tool.POINT)
        canvas = desk.plane.canvas
        before = desk.document.step
        for _ in range(MARKS):
            at = QPointF(
                canvas.left() + rng.uniform(0.1, 0.9) * canvas.width(),
                canvas.top() + rng.uniform(0.5, 0.9) * canvas.height(),
            )
            mouse(self._program, "press", at)
            run_until(self._program, lambda: False, 0.05)
            mouse(self._program, "release", at)
            self._settle()
        assert desk.document.step > before

    def play(self) -> None:
        playback = self._program.desk.playback
        playback.toggle()
        run_until(self._program, lambda: False, 5.0)
        playback.stop()

    def look(self) -> None:
        desk, image = self._program.desk, self._program.window.panes.image
        desk.viewport.fit()
        for _ in range(14):
            run_until(self._program, lambda: image.fresh, 20)
            desk.viewport.zoom_time(0.5, desk.viewport.start + 0.4 * desk.viewport.span)
        desk.viewport.fit()
        run_until(self._program, lambda: image.fresh, 20)

    def export(self, folder: Path) -> None:
        from workbench.audio.planning import ExportOptions, Wanted

        exporting = self._program.desk.exporting
        exporting.export(folder, ExportOptions(Wanted(heard=False, mix=True, groups=False, layers=True, after=True)))
        assert run_until(self._program, lambda: not exporting.running, PATIENCE)
        assert not exporting.failed

    def export_one(self, folder: Path) -> None:
        """One source, as a user has it: soloed, what is heard."""
        from workbench.audio.planning import ExportOptions, Wanted

        desk = self._program.desk
        desk.mixing.toggle_solo()
        exporting = desk.exporting
        exporting.export(folder, ExportOptions(Wanted(heard=True, mix=False, groups=False, layers=False, after=True)))
        assert run_until(self._program, lambda: not exporting.running, PATIENCE)
        assert not exporting.failed and len(list(folder.iterdir())) == 1

    def save(self, path: Path) -> None:
        desk = self._program.desk
        desk.saving.save(path)
        assert run_until(self._program, lambda: not desk.document.dirty, PATIENCE)

    def _settle(self) -> None:
        """Until nothing is under way."""
        run_until(self._program, lambda: not self._program.desk.runner.named_jobs, PATIENCE)
        run_until(self._program, lambda: self._program.window.panes.image.fresh, 20)
