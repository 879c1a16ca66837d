"""The main job: sums, what is heard, no drop-outs, first components, brush to screen."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.acting import change_layer
from tests.benchmarks import Report
from tests.benchmarks.driving import DEMO, RATE, mouse, open_and_factorise, open_demo, run_until, running_window
from tests.rig import NullSink, align, residual_db
from workbench.audio.export import layer_pieces
from workbench.audio.formats import FileFormat
from workbench.audio.renderer import render_all
from workbench.audio.writing import write

if TYPE_CHECKING:
    from workbench.app import Workbench


def measure(report: Report) -> None:
    """All figures of the issue, in one run of the program."""
    with running_window() as (program, sink):
        first_components(report, program)
        open_and_factorise(program, 10, 50)
        layers_sum(report, program)
        heard_is_rendered(report, program, sink)
        brush_to_screen(report, program)
        no_dropouts(report, program)


def first_components(report: Report, program: Workbench) -> None:
    """From the click on Factorise to the end of painting the first components."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    open_demo(program)
    run_until(program, lambda: False, 1.0)
    seen: list[float] = []

    def published() -> None:
        if not seen and program.desk.document.run is not None and program.desk.document.run.costs:
            program.window.repaint()
            program.application.processEvents()
            seen.append(time.perf_counter())

    program.desk.document.factors_changed.connect(published)
    start = time.perf_counter()
    QTest.mouseClick(program.window.panes.factorise.factorise, Qt.MouseButton.LeftButton)
    assert run_until(program, lambda: seen)
    report.figure("click on Factorise to the first components on screen", seen[0] - start, "s", "<= 0.5")
    program.desk.document.factors_changed.disconnect(published)
    assert run_until(program, lambda: not program.desk.factorising.running)


def layers_sum(report: Report, program: Workbench) -> None:
    """Layers exported with no edits and unit gain against the input."""
    with tempfile.TemporaryDirectory() as folder:
        pieces = layer_pieces(program.desk.document.scene, Path(folder), FileFormat())
        write(pieces, FileFormat())
        total = sum(soundfile.read(p.path)[0] for p in pieces)
    source = soundfile.read(DEMO)[0]
    report.figure("layers exported against the input", residual_db(source, total), "dB", "<= -100")


def heard_is_rendered(report: Report, program: Workbench, sink: NullSink) -> None:
    """What the monitor of the null sink recorded against the offline rendering of the same span."""
    layers = program.desk.document.layers
    change_layer(program.desk.document, "gain", layers[0].id, gain_db=-6.0, pan=0.5)
    change_layer(program.desk.document, "mute", layers[1].id, mute=True)
    with sink.recorded() as recorded:
        program.desk.playback.play()
        assert run_until(program, lambda: program.desk.playback.position > 6.0)
        program.desk.playback.stop()
        run_until(program, lambda: False, 0.5)
    reference = render_all(program.desk.document.scene, 0, 5 * RATE)
    difference = residual_db(reference, align(reference, recorded[0]))
    report.figure("recorded from the null sink against the offline rendering", difference, "dB", "<= -80")
    program.desk.document.undo()
    program.desk.document.undo()
    program.desk.playback.seek(0.0)


def brush_to_screen(report: Report, program: Workbench) -> None:
    """From a stroke's mouse event to the end of painting the whole window, 10 layers."""
    from PySide6.QtCore import QPointF

    from workbench.control.tools import Tool

    program.desk.tools.choose(Tool.BRUSH)
    assert len(program.desk.document.layers) == 10
    run_until(program, lambda: False, 1.5)
    rng = np.random.default_rng(0)
    took: list[float] = []
    canvas = program.desk.plane.canvas
    for stroke in range(12):
        program.desk.selection.select(program.desk.document.layers[stroke % 10].id)
        run_until(program, lambda: False, 0.1)
        at = QPointF(
            rng.uniform(canvas.left() + 60, canvas.right() - 60), rng.uniform(canvas.top() + 40, canvas.bottom() - 40)
        )
        mouse(program, "press", at)
        program.application.processEvents()
        heading = rng.uniform(0, 2 * np.pi)
        for _ in range(40):
            heading += rng.normal(0, 0.4)
            at = QPointF(at.x() + 9 * np.cos(heading), at.y() + 9 * np.sin(heading))
            start = time.perf_counter()
            mouse(program, "move", at)
            program.window.repaint()
            took.append(time.perf_counter() - start)
            program.application.processEvents()
            time.sleep(0.004)
        mouse(program, "release", at)
    ms = np.array(took) * 1000
    p95 = float(np.percentile(ms, 95))
    report.figure(
        "stroke's mouse event to the end of painting the whole window, p95",
        p95,
        "ms",
        "<= 16",
        median=round(float(np.median(ms)), 2),
        worst=round(float(ms.max()), 2),
    )


def no_dropouts(report: Report, program: Workbench, seconds: float = 60.0) -> None:
    """Playback while a factorisation runs until stopped and strokes are painted."""
    from PySide6.QtCore import QPointF

    program.desk.playback.set_loops(True)
    program.window.panes.factorise.forever.setChecked(True)
    program.desk.playback.play()
    assert run_until(program, lambda: program.desk.playback.position > 0.3)
    before = program.desk.player.status().underruns
    program.desk.wishes.factorise(False)
    rng = np.random.default_rng(1)
    canvas = program.desk.plane.canvas
    strokes = 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        at = QPointF(rng.uniform(canvas.left(), canvas.right()), rng.uniform(canvas.top(), canvas.bottom()))
        mouse(program, "press", at)
        for _ in range(15):
            at += QPointF(*rng.uniform(-12, 12, 2))
            mouse(program, "move", at)
            run_until(program, lambda: False, 0.016)
        mouse(program, "release", at)
        strokes += 1
        run_until(program, lambda: False, 0.1)
    status = program.desk.player.status()
    iterations = len(program.desk.document.run.costs)
    assert program.desk.factorising.running and status.playing and not status.trouble
    report.figure(
        "underruns in 60 s of playback while factorising and painting",
        status.underruns - before,
        "underruns",
        "== 0",
        strokes=strokes,
        iterations=iterations,
    )
    program.desk.factorising.stop()
    program.desk.playback.stop()
    assert run_until(program, lambda: not program.desk.factorising.running)
