"""The window under load: from a stroke's move to the end of painting, beside a thread in Python and a factorisation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.driving import mouse, open_and_factorise, run_until, running_window
from tests.benchmarks.live_load import python_thread

if TYPE_CHECKING:
    from workbench.app import Workbench

STROKES, MOVES = 8, 40
LOADS = "nothing else", "a thread in Python", "a thread in Python and a factorisation"


def measure(report: Report) -> None:
    """All figures, in a window of their own."""
    with running_window() as (program, _):
        measure_window_under_load(report, program)


def measure_window_under_load(report: Report, program: Workbench) -> None:
    """The demo in ten layers; moves of a stroke until the whole window is painted."""
    from workbench.control.tools import Tool

    open_and_factorise(program, 10, 20)
    assert len(program.desk.document.layers) == 10
    program.window.panes.factorise.forever.setChecked(True)
    program.desk.tools.choose(Tool.BRUSH)
    run_until(program, lambda: False, 2.0)
    for load in LOADS:
        with _under(load, program):
            nothing, moved = _measured(program, np.random.default_rng(0))
        p95, same, alone = float(np.percentile(moved, 95)), float(np.median(nothing)), load == LOADS[0]
        report.figure(
            f"move of a stroke until painted, beside {load}, p95",
            p95,
            "ms",
            "<= 16" if alone else "<= 50",
            median=round(float(np.median(moved)), 1),
            worst=round(float(moved.max()), 1),
        )
        report.figure(
            f"the same, times the median of painting with nothing changed by hand, beside {load}",
            p95 / same,
            "",
            "<= 1.5" if alone else None,
            unchanged_ms=round(same, 1),
        )


@contextmanager
def _under(load: str, program: Workbench) -> Iterator[None]:
    """One of the loads."""
    if load == LOADS[0]:
        yield
        return
    with python_thread(threading.Event()):
        if load == LOADS[2]:
            program.desk.wishes.factorise(False)
            run_until(program, lambda: False, 1.0)
            assert program.desk.factorising.running
        yield
        program.desk.factorising.stop()
        run_until(program, lambda: not program.desk.factorising.running)


def _measured(program: Workbench, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds of painting the window with nothing changed by hand, and of moves until it is painted.

    The strokes are undone, so that those that follow begin on the same masks.
    """
    from PySide6.QtCore import QPointF

    window, desk = program.window, program.desk
    canvas, layers = desk.plane.canvas, desk.document.layers
    nothing: list[float] = []
    moved: list[float] = []
    for stroke in range(STROKES):
        desk.selection.select(layers[stroke % len(layers)].id)
        run_until(program, lambda: False, 0.15)
        for _ in range(MOVES // 4):
            nothing.append(_until_painted(program, lambda: None))
        at = QPointF(
            rng.uniform(canvas.left() + 60, canvas.right() - 60), rng.uniform(canvas.top() + 40, canvas.bottom() - 40)
        )
        mouse(program, "press", at)
        window.repaint()
        heading = rng.uniform(0, 2 * np.pi)
        for _ in range(MOVES):
            heading += rng.normal(0, 0.4)
            at = QPointF(at.x() + 9 * np.cos(heading), at.y() + 9 * np.sin(heading))
            moved.append(_until_painted(program, partial(mouse, program, "move", at)))
        mouse(program, "release", at)
    for _ in range(STROKES):
        desk.document.undo()
    return np.array(nothing), np.array(moved)


def _until_painted(program: Workbench, act: Callable[[], None]) -> float:
    """Milliseconds that an act of the hand takes until the whole window is painted; then the window has a moment."""
    start = time.perf_counter()
    act()
    program.window.repaint()
    took = 1000 * (time.perf_counter() - start)
    program.application.processEvents()
    time.sleep(0.004)
    return took
