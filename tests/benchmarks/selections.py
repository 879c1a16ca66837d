"""Selections on an hour: how the outline follows the hand, what making, undoing and redoing one costs."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.driving import mouse, run_until, running_window
from tests.benchmarks.edit import long_recording, open_with_layers
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import polygon, rectangle
from workbench.masks.model.grid import Region

if TYPE_CHECKING:
    from workbench.app import Workbench

POINTS = 100_000
"""Corners of the lasso."""


def measure(report: Report) -> None:
    """All figures, on 60 minutes in stereo with ten layers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "60 minutes.wav"
        long_recording(path, 60)
        with running_window() as (program, _):
            open_with_layers(program, path)
            stack = program.desk.document.stack
            for name, area in areas(stack.bins, stack.frames).items():
                drags(report, program, name, area)


def areas(bins: int, frames: int) -> dict[str, Area]:
    """A few notes, to compare with; a band over nearly all of it, and a lasso of many points."""
    turns = np.linspace(0, 2 * np.pi, POINTS)
    far = 1 + 0.1 * np.cos(900 * turns)
    places = np.stack([frames * (0.5 + 0.3 * far * np.cos(turns)), bins * (0.5 + 0.3 * far * np.sin(turns))], axis=1)
    found = {
        "some notes": rectangle(Region(bins // 3, bins // 2, frames * 49 // 100, frames * 51 // 100), bins, frames),
        "a band": rectangle(Region(bins // 10, bins // 2, 0, frames - 1000), bins, frames),
        "a lasso of 100,000 points": polygon(places, bins, frames),
    }
    # As where the program made them, in its jobs.
    assert all(area.bounds.bins_held for area in found.values())
    return found


def drags(report: Report, program: Workbench, name: str, area: Area) -> None:
    """One drag of an area, from the mouse event to the end of painting, and what comes after."""
    from PySide6.QtCore import QPointF

    from workbench.control.tools import Tool

    desk = program.desk
    desk.tools.choose(Tool.RECTANGLE)

    def milliseconds(act: object) -> float:
        start = time.perf_counter()
        act()  # type: ignore[operator]
        return 1000 * (time.perf_counter() - start)

    took = milliseconds(lambda: desk.selection.set_area(area))
    report.figure(f"selecting {name}, 60 min", took, "ms", "<= 50")
    run_until(program, lambda: False, 3.0)
    position = float(desk.viewport.scale.position(0.4 * desk.viewport.rate / 2))
    at = QPointF(desk.plane.x_of(desk.viewport.duration / 2), desk.plane.y_of(position))
    assert desk.handling.covers(at)
    mouse(program, "press", at)
    moves = []
    for step in range(60):
        point = at + QPointF(step, step / 2)

        def move(point: QPointF = point) -> None:
            mouse(program, "move", point)
            program.window.repaint()

        moves.append(milliseconds(move))
        program.application.processEvents()
    report.figure(f"dragging {name}, event to painted, p95", float(np.percentile(moves, 95)), "ms", "<= 16")
    release = milliseconds(lambda: mouse(program, "release", at + QPointF(60, 30)))
    report.figure(f"letting {name} go: the window is held up", release, "ms", "<= 50")
    start = time.perf_counter()
    assert run_until(program, lambda: desk.selection.area is not area)
    report.figure(f"letting {name} go: until it is there", time.perf_counter() - start, "s", None)
    report.figure(f"undoing that of {name}", milliseconds(desk.document.undo), "ms", "<= 50")
    report.figure(f"memory of the step, {name}", desk.document.steps[-1].edit_bytes / 2**20, "MB", None)
