"""No drop-outs under load: minutes of factorising, painting and zooming on a busy machine while it plays."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.driving import DEMO, RATE, mouse, open_and_factorise, run_until
from tests.rig import NullSink

if TYPE_CHECKING:
    from workbench.app import Workbench

LOAD_SECONDS = float(os.environ.get("LIVE_SECONDS", "600"))
BUSY_PROCESSES = 2
"""Others that would have a core each."""
SILENCE_MS = 1.0
"""The sound that plays never has so long a run of zeros."""


def under_load(report: Report, program: Workbench, sink: NullSink) -> None:
    """Minutes of factorising, painting, zooming, a thread in Python and two busy processes, while it plays."""
    from workbench.control.tools import Tool

    with tempfile.TemporaryDirectory() as folder:
        open_and_factorise(program, 10, 20, sounding_demo(Path(folder)))
    window, document = program.window, program.desk.document
    window.panes.factorise.iterations.setValue(window.panes.factorise.iterations.maximum())
    window.desk.tools.choose(Tool.BRUSH)
    program.desk.player.forget_underruns()
    stop = threading.Event()
    rng = np.random.default_rng(3)
    strokes = turns = publications = 0

    def count_publication() -> None:
        nonlocal publications
        publications += 1

    document.factors_changed.connect(count_publication)
    with sink.listening() as listener, python_thread(stop), busy_processes(BUSY_PROCESSES):
        program.desk.playback.play()
        begin = time.perf_counter()
        while time.perf_counter() - begin < LOAD_SECONDS:
            if not program.desk.factorising.running:
                turns += 1
                program.desk.wishes.factorise(turns % 3 == 0)
            stroke(program, rng)
            strokes += 1
            window.desk.viewport.zoom_time(float(rng.choice([0.5, 0.8, 1.25, 2.0])), rng.uniform(0, 27))
            run_until(program, lambda: False, 0.3)
            if strokes % 40 == 0:
                document.undo()
        status = program.desk.player.status()
        heard = listener.samples()
    report.figure(
        f"drop-outs in {LOAD_SECONDS / 60:g} minutes under load",
        status.underruns,
        "",
        "== 0",
        strokes=strokes,
        publications=publications,
        factorisations=turns,
        asked_of_the_device_ms=round(1000 * status.latency),
    )
    silences = silences_in(heard)
    report.figure("silences recorded meanwhile", int(np.sum(silences > SILENCE_MS)), "", "== 0")
    report.figure("the longest of them", float(silences.max(initial=0.0)), "ms", f"<= {SILENCE_MS}")
    program.desk.factorising.stop()
    run_until(program, lambda: not program.desk.factorising.running, 10)
    program.desk.playback.stop()
    run_until(program, lambda: False, 0.5)


def sounding_demo(folder: Path) -> Path:
    """The demo with a little noise, so that it is never silent and every drop-out is seen in the recording."""
    samples, rate = soundfile.read(DEMO, dtype="float32", always_2d=True)
    noise = 1e-3 * np.random.default_rng(4).uniform(0.5, 1.0, samples.shape).astype(np.float32)
    path = folder / "sounding.wav"
    soundfile.write(path, samples + noise, rate, "FLOAT")
    return path


def stroke(program: Workbench, rng: np.random.Generator) -> None:
    """A stroke of the hand, with events as often as a mouse gives them."""
    from PySide6.QtCore import QPointF

    layers = program.desk.document.layers
    program.desk.selection.select(layers[int(rng.integers(len(layers)))].id)
    canvas = program.desk.plane.canvas
    at = np.array(
        [rng.uniform(canvas.left() + 60, canvas.right() - 60), rng.uniform(canvas.top() + 40, canvas.bottom() - 40)]
    )
    mouse(program, "press", QPointF(*at))
    for _ in range(40):
        at = at + rng.normal(0, 8, 2)
        mouse(program, "move", QPointF(*at))
        run_until(program, lambda: False, 0.008)
    mouse(program, "release", QPointF(*at))


@contextmanager
def python_thread(stop: threading.Event) -> Iterator[None]:
    """A thread that computes in Python all the while, and makes objects."""

    def work() -> None:
        while not stop.is_set():
            sum(len(str(i)) for i in range(2000))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Processes that compute all the while, each as a program of its own that competes with this one for its cores."""
    # In its own session, as a program of the desktop is in its own group, beside which niceness counts for nothing.
    running = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True) for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def silences_in(heard: np.ndarray) -> np.ndarray:
    """Milliseconds of every run of exact zeros between the first and the last sound."""
    gaps = np.diff(np.flatnonzero(np.abs(heard).max(axis=1) > 0)) - 1
    return np.asarray(1000 * gaps[gaps > 0] / RATE)
