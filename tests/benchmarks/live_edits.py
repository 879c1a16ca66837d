"""From an edit in the window to the ear, recorded from the monitor of the null sink."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.acting import change_layer
from tests.benchmarks import Report
from tests.benchmarks.driving import RATE, mouse, run_until
from tests.rig import Listener, NullSink
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings

if TYPE_CHECKING:
    from workbench.app import Workbench

PERIOD = 512
"""Samples after which the test sound repeats: one hop, so that masks that stand still leave it periodic."""
TRIALS = int(os.environ.get("LIVE_TRIALS", "80"))


def periodic(folder: Path, seconds: float = 600.0) -> Path:
    """A stereo sound that repeats every hop."""
    t = np.arange(PERIOD) / PERIOD
    one = sum(np.sin(2 * np.pi * (k * t + k * k / 7)) / k for k in range(1, 40))
    one = (0.2 * one / np.abs(one).max()).astype(np.float32)
    path = folder / "periodic.wav"
    soundfile.write(path, np.tile(one, round(seconds * RATE / PERIOD))[:, None].repeat(2, axis=1), RATE, "FLOAT")
    return path


def steady_layers(program: Workbench, path: Path, alike: bool = False) -> int:
    """Open a sound with two layers whose masks stand still, alike or not, the second at −3 dB; returns the run."""
    before = program.desk.document.recording
    program.desk.opening.open(path)
    assert run_until(program, lambda: program.desk.document.recording is not before)
    recording = program.desk.document.recording
    assert recording is not None
    analysis = program.desk.document.state.analysis
    rng = np.random.default_rng(1)
    w = (rng.random((analysis.bins, 2)) * (not alike) + 0.2).astype(np.float32)
    h = np.ones((2, analysis.frames(len(recording.samples))), np.float32)
    program.desk.document.put_model("steady", RunSettings(components=2), Factors(w, h), ["One", "Two"], "steady")
    change_layer(program.desk.document, "gain", program.desk.document.layers[1].id, gain_db=-3.0)
    assert program.desk.document.state.run is not None
    return program.desk.document.state.run


def edit_to_ear(report: Report, program: Workbench, sink: NullSink) -> None:
    """From the event in the window to the first recorded sample that differs."""
    from PySide6.QtCore import QPointF

    from workbench.control.tools import Tool

    document, window = program.desk.document, program.window
    rng = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as folder:
        run = steady_layers(program, periodic(Path(folder)))
        program.desk.playback.set_loops(False)
        program.desk.playback.seek(2.0)
        window.desk.tools.choose(Tool.BRUSH)
        window.desk.tools.set_size(150)
        gain = [0.0]

        def change_gain() -> None:
            gain[0] = -6.0 - gain[0]
            change_layer(document, "gain", document.layers[0].id, gain_db=gain[0])

        def before_paint() -> None:
            window.desk.viewport.show_time(program.desk.playback.position - 1.0, program.desk.playback.position + 4.0)

        def paint() -> None:
            at = QPointF(
                program.desk.plane.x_of(program.desk.playback.position + 0.2),
                program.desk.plane.canvas.center().y() + 80,
            )
            mouse(program, "press", at)

        def after_paint() -> None:
            program.desk.strokes.cancel()
            mouse(program, "release", QPointF(program.desk.plane.canvas.center()))

        def publish() -> None:
            known = document.runs[run].factors
            assert isinstance(known, Factors)
            w = known.W[:, ::-1].copy()
            document.publish(run, Factors(w, known.H), (1.0,))

        def nothing() -> None:
            pass

        acts: list[tuple[str, Callable[[], None], Callable[[], None], Callable[[], None]]] = [
            ("change a gain", nothing, change_gain, nothing),
            ("paint a stroke", before_paint, paint, after_paint),
            ("publish a new W and H", nothing, publish, nothing),
        ]
        with sink.listening() as listener:
            program.desk.playback.play()
            run_until(program, lambda: False, 2.5)
            unheard = 0
            for name, first, act, after in acts:
                took = [one_trial(program, listener, first, act, after, rng) for _ in range(TRIALS)]
                found = np.array([each for each in took if each is not None] or [np.inf])
                unheard += took.count(None)
                report.figure(
                    f"edit to ear: {name}", float(np.median(found)), "ms", "<= 60", worst=round(found.max(), 1)
                )
                report.figure(f"the same, p95: {name}", float(np.percentile(found, 95)), "ms", "<= 90")
            report.figure("edits that were not heard", unheard, "", "== 0", trials=3 * TRIALS)
            status = program.desk.player.status()
            report.figure(
                "drop-outs meanwhile", status.underruns, "", "== 0", told_latency=round(1000 * status.latency)
            )


def one_trial(
    program: Workbench,
    listener: Listener,
    first: Callable[[], None],
    act: Callable[[], None],
    after: Callable[[], None],
    rng: np.random.Generator,
    period: int = PERIOD,
) -> float | None:
    """Milliseconds from an act to the first sample that breaks the period; None where none came."""
    first()
    run_until(program, lambda: False, 0.25 + 0.1 * rng.random())
    before = time.perf_counter()
    act()
    run_until(program, lambda: False, 0.25)
    start = listener.start
    heard = listener.samples()
    begin = max(period, round((before - 0.05 - start) * RATE))
    x = heard[begin - period :, 0]
    changed = np.flatnonzero(np.abs(x[period:] - x[:-period]) > 1e-4)
    after()
    run_until(program, lambda: False, 0.3)
    return 1000 * (start + (begin + changed[0]) / RATE - before) if len(changed) else None
