"""From an edit to the ear with an afternoon's strokes in place: a span of the song plays over and over, and what breaks
its repetition is the edit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.acting import change_layer
from tests.benchmarks import Report
from tests.benchmarks.afternoon_song import MINUTES, SAME, VIEW, median, open_song, threshold
from tests.benchmarks.driving import RATE, mouse, run_until, running_window
from tests.benchmarks.edit import LAYERS
from tests.benchmarks.hand import stroke_path
from tests.benchmarks.live_edits import one_trial
from tests.rig import NullSink
from workbench.document.acts.masks import set_edits
from workbench.masks.edits.brush import Brush
from workbench.masks.edits.traces import Path as Trace
from workbench.masks.hand.painting import AnyStroke, brush_effect

if TYPE_CHECKING:
    from workbench.app import Workbench

STROKES = int(os.environ.get("EAR_STROKES", "2000"))
TRIALS = int(os.environ.get("EAR_TRIALS", "40"))
SPAN = (SAME + 2.0, SAME + 4.0)
"""Seconds that play over and over: within those that half of the strokes are in."""
LOWEST_BINS = 200
"""In which most of the sound is."""


def ear(report: Report) -> None:
    """Two thousand strokes, half of them in the same ten seconds, and what is heard when then."""
    with tempfile.TemporaryDirectory() as folder, running_window() as (program, sink):
        open_song(program, Path(folder))
        painted(program, STROKES, np.random.default_rng(0))
        edits_to_ear(report, program, sink, f"after {STROKES} strokes")


def painted(program: Workbench, count: int, rng: np.random.Generator) -> None:
    """Strokes as a hand draws them, each a step of the history, with thresholds and a median among them."""
    desk, document = program.desk, program.desk.document
    desk.viewport.show_time(SAME, SAME + VIEW)
    ruler, canvas = desk.plane.ruler(), desk.plane.canvas
    size = float(canvas.width()), float(canvas.height())
    for number in range(count):
        second = SAME if number % 2 else float(rng.uniform(0, 60 * MINUTES - VIEW))
        frame = float(desk.plane.frame_places(second))
        origin = np.array([float(ruler.x(frame)), desk.viewport.low * ruler.pixels_per_position])
        places = origin + stroke_path(rng, rng.uniform((0, 0), size), size)[::4]
        stack, layer = document.stack, int(rng.integers(LAYERS))
        start = Trace(Brush(), ruler, np.array([(*places[0], 1.0)]))
        stroke = AnyStroke(stack, brush_effect(stack, (layer,), 1.0), start)
        for x, y in places.tolist():
            stroke.draw_to(x, y, 1.0)
        document.act("stroke", set_edits(document.recorded_state, stroke.edits))
        if number % max(1, count // 4) == count // 8:
            threshold(program, number)
        if number == count // 2:
            median(program, number)
        program.application.processEvents()


def shares_heard(program: Workbench) -> np.ndarray:
    """How much each layer has of the span that is played, below where little sounds."""
    stack, analysis = program.desk.document.stack, program.desk.document.state.analysis
    first, last = (analysis.frame_at(second, RATE) for second in SPAN)
    return np.asarray(stack.evaluate(np.arange(0, LOWEST_BINS, 2), np.arange(first, last, 2)).mean(axis=(1, 2)))


def edits_to_ear(report: Report, program: Workbench, sink: NullSink, when: str) -> None:
    """From the change of a gain, and from a stroke's first event, to the first recorded sample that is another than
    when the span was played before."""
    from PySide6.QtCore import QPointF

    from workbench.control.tools import Tool

    desk, rng = program.desk, np.random.default_rng(2)
    period = round(SPAN[1] * RATE) - round(SPAN[0] * RATE)
    desk.selection.set_area(None)
    order = np.argsort(shares_heard(program))
    least, most = (desk.document.layers[int(order[i])] for i in (0, -1))
    desk.selection.select(least.id)
    desk.tools.choose(Tool.BRUSH)
    desk.tools.set_brush(**vars(Brush(size=150.0)))
    desk.viewport.show_time(SPAN[0] - 1.0, SPAN[1] + 1.0)
    gains = cycle((most.gain_db - 6.0, most.gain_db))

    def steady() -> None:
        """Until all of the span has been played as it is now, and what is ahead is the span's first half."""
        run_until(program, lambda: False, 0.2 + period / RATE)
        assert run_until(program, lambda: SPAN[0] + 0.1 < desk.playback.position < SPAN[0] + 0.8)

    def change_gain() -> None:
        change_layer(desk.document, "gain", most.id, gain_db=next(gains))

    def paint() -> None:
        at = QPointF(desk.plane.x_of(desk.playback.position + 0.2), desk.plane.canvas.center().y() + 80)
        mouse(program, "press", at)

    def let_go() -> None:
        desk.strokes.cancel()
        mouse(program, "release", QPointF(desk.plane.canvas.center()))

    def nothing() -> None:
        pass

    run_until(program, lambda: not desk.runner.jobs, 60.0)
    with sink.listening() as listener:
        desk.player.forget_underruns()
        desk.playback.dwell(SPAN)
        desk.playback.play(SPAN[0])
        run_until(program, lambda: False, 2.0)

        def trials(act: Callable[[], None], after: Callable[[], None], count: int) -> list[float | None]:
            return [one_trial(program, listener, steady, act, after, rng, period) for _ in range(count)]

        false = [each for each in trials(nothing, nothing, 6) if each is not None]
        report.figure(f"changes heard without an edit, {when}", len(false), "", "== 0", of=6, at=false)
        for name, act, after in (("change a gain", change_gain, nothing), ("paint a stroke", paint, let_go)):
            took = trials(act, after, TRIALS)
            report.figure("edits that were not heard", took.count(None), "", "== 0", trials=TRIALS)
            if found := [each for each in took if each is not None]:
                median_ms, worst = float(np.median(found)), round(max(found), 1)
                report.figure(f"edit to ear {when}: {name}", median_ms, "ms", "<= 60", worst=worst)
                report.figure("the same, p95", float(np.percentile(found, 95)), "ms", "<= 90")
        report.figure("drop-outs meanwhile", desk.player.status().underruns, "", "== 0")
        desk.playback.stop()
    desk.playback.dwell(None)
