"""An afternoon of hand work: what two thousand strokes cost, and whether anything holds the window."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.afternoon_ear import ear
from tests.benchmarks.afternoon_held import held
from tests.benchmarks.afternoon_hour import HOUR_MINUTES, hour
from tests.benchmarks.afternoon_song import MINUTES, SAME, VIEW, median, open_song, threshold
from tests.benchmarks.driving import run_until, running_window, stroke
from tests.benchmarks.edit import LAYERS, long_recording, open_with_layers, resident_mb

if TYPE_CHECKING:
    from workbench.app import Workbench
    from workbench.audio.scene import Scene
    from workbench.masks.edits.brush import Shape

STROKES = 2000
MOVES = 12
WARM = 20
"""So many strokes the work is compared with."""
Took = dict[str, list[float]]


def measure(report: Report) -> None:
    """All figures; each piece in a window and a process of its own."""
    names = ["strokes", "shapes 5", "shapes 60", "held", "ear"]
    if HOUR_MINUTES in os.environ:
        names.append("hour")
    else:
        print(f"the hour of hand work is left out; {HOUR_MINUTES}=60 python -m tests.benchmarks afternoon has it too")
    for name in names:
        line = f"from tests.benchmarks.afternoon import Report, piece; piece(Report(), {name!r})"
        root = Path(__file__).resolve().parents[2]
        report.holds &= subprocess.run([sys.executable, "-c", line], cwd=root).returncode == 0


def piece(report: Report, name: str) -> None:
    """One of the pieces; ends the process with what holds."""
    what, *minutes = name.split()
    pieces: dict[str, Callable[..., None]] = {
        "strokes": strokes,
        "shapes": shapes,
        "held": held,
        "ear": ear,
        "hour": hour,
    }
    pieces[what](report, *(int(each) for each in minutes))
    sys.exit(not report.holds)


def strokes(report: Report, count: int = STROKES) -> None:
    """Two thousand strokes on five minutes, half of them in the same ten seconds."""
    with tempfile.TemporaryDirectory() as folder, running_window() as (program, _):
        open_song(program, Path(folder))
        scene = program.desk.document.scene
        assert scene is not None
        plain = rates(scene, SAME, SAME + VIEW), rates(scene, 0, 60 * MINUTES, played=False)
        rng = np.random.default_rng(0)
        before = resident_mb(), program.desk.document.history_bytes
        early, late = paint(program, count, rng)
        for kind in early:
            for name, of in (("median", np.median), ("p95", lambda x: np.percentile(x, 95))):
                first, last = 1000 * float(of(early[kind])), 1000 * float(of(late[kind]))
                report.figure(
                    f"a stroke's {kind} after {count} strokes, {name}, over that after {WARM}",
                    last / first,
                    "",
                    "<= 1.25",
                    first_ms=round(first, 2),
                    last_ms=round(last, 2),
                )
        after = resident_mb(), program.desk.document.history_bytes
        report.figure(
            "memory beside the history", after[0] - before[0] - (after[1] - before[1]) / 2**20, "MB", "<= 256"
        )
        scene = program.desk.document.scene
        assert scene is not None
        rates(scene, SAME, SAME + VIEW)
        tell_rates(report, "in the ten seconds", plain[0], rates(scene, SAME, SAME + VIEW))
        tell_rates(
            report,
            "of the whole song, looked at for the first time",
            plain[1],
            rates(scene, 0, 60 * MINUTES, played=False),
        )
        jumps(report, program)


def rates(scene: Scene, start: float, stop: float, played: bool = True) -> dict[str, float]:
    """How many times real time is rendered: as files are written, and as it is played."""
    from workbench.audio.renderer import MixStream, render

    rate = scene.recording.rate
    out = {}
    begin = time.thread_time()
    for _ in render(scene, round(start * rate), round(stop * rate)):
        pass
    out["written"] = (stop - start) / (time.thread_time() - begin)
    if played:
        begin = time.thread_time()
        stream = MixStream(scene, round(start * rate), 2)
        for _ in range(round((stop - start) * rate / 512)):
            stream.read(512)
        out["played"] = (stop - start) / (time.thread_time() - begin)
    return out


def tell_rates(report: Report, where: str, plain: dict[str, float], edited: dict[str, float]) -> None:
    """The rates beside those of the stack without edits."""
    for kind, rate in edited.items():
        report.figure(
            f"{kind} over the unedited stack, {where}",
            rate / plain[kind],
            "",
            ">= 0.5",
            times_real_time=round(rate, 1),
            unedited=round(plain[kind], 1),
        )


def paint(program: Workbench, count: int, rng: np.random.Generator) -> tuple[Took, Took]:
    """Strokes by the mouse, with thresholds and a median among them; what those after `WARM` and the last ones took."""
    from workbench.control.tools import Tool

    document, viewport = program.desk.document, program.desk.viewport
    early: Took = {}
    for number in range(count):
        start = SAME if number % 2 else float(rng.uniform(0, 60 * MINUTES - VIEW))
        look(program, start)
        layer = document.layers[number % LAYERS]
        program.desk.selection.select(layer.id)
        program.desk.tools.choose(Tool.BRUSH)
        took = stroke(program, rng, MOVES)
        if number % (count // 4) == count // 8:
            threshold(program, number)
        if number == count // 2:
            median(program, number)
        if number < WARM:
            early = took if not early else {k: early[k] + took[k] for k in took}
    look(program, SAME)
    run_until(program, lambda: False, 3.0)
    late: Took = {"press": [], "move": [], "release": []}
    for number in range(WARM):
        look(program, SAME)
        program.desk.selection.select(document.layers[number % LAYERS].id)
        took = stroke(program, rng, MOVES)
        late = {k: late[k] + took[k] for k in took}
    assert viewport.start == SAME
    return early, late


def look(program: Workbench, start: float) -> None:
    """Ten seconds from a second on, until they are drawn."""
    program.desk.viewport.show_time(start, start + VIEW)
    drawn(program)
    run_until(program, lambda: False, 0.06)


def drawn(program: Workbench) -> None:
    """Wait until all of the picture is there."""
    run_until(program, lambda: program.window.panes.image.fresh, 60.0)


def jumps(report: Report, program: Workbench) -> None:
    """To any step of the history, until the window is painted."""
    document, rng = program.desk.document, np.random.default_rng(5)
    took = []
    for _ in range(25):
        step = int(rng.integers(1, len(document.steps)))
        start = time.perf_counter()
        document.go_to(step)
        program.window.repaint()
        took.append(1000 * (time.perf_counter() - start))
        run_until(program, lambda: False, 0.2)
    document.go_to(len(document.steps) - 1)
    report.figure(
        "a jump in the history",
        max(took),
        "ms",
        "<= 100",
        median=round(float(np.median(took)), 1),
        steps=len(document.steps),
    )


def shapes(report: Report, minutes: int) -> None:
    """Every brush on some minutes, zoomed in and out, against painting the window with nothing changed."""
    from workbench.masks.edits.brush import Shape

    with tempfile.TemporaryDirectory() as folder, running_window() as (program, _):
        path = Path(folder) / f"{minutes} minutes.wav"
        long_recording(path, minutes)
        open_with_layers(program, path)
        for where in ("in", "out"):
            program.desk.viewport.fit()
            if where == "in":
                program.desk.viewport.show_time(30.0 * minutes, 30.0 * minutes + VIEW)
            drawn(program)
            for shape in Shape:
                for build_up in (False, True):
                    one_shape(report, program, shape, build_up, f"{minutes} min, zoomed {where}")


def one_shape(report: Report, program: Workbench, shape: Shape, build_up: bool, where: str) -> None:
    """Some strokes with a brush of a shape."""
    from workbench.control.tools import Tool

    rng, document = np.random.default_rng(1), program.desk.document
    program.desk.tools.choose(Tool.BRUSH)
    program.desk.tools.set_brush(shape=shape)
    program.desk.tools.set(build_up=build_up)
    run_until(program, lambda: False, 0.5)
    nothing: list[float] = []
    moves: list[float] = []
    others: list[float] = []
    for number in range(6):
        program.desk.selection.select(document.layers[number % LAYERS].id)
        drawn(program)
        run_until(program, lambda: False, 0.15)
        for _ in range(4):
            start = time.perf_counter()
            program.window.repaint()
            nothing.append(time.perf_counter() - start)
        took = stroke(program, rng, MOVES)
        moves += took["move"]
        others += took["press"] + took["release"]
    still, p95 = 1000 * float(np.median(nothing)), 1000 * float(np.percentile(moves, 95))
    report.figure(
        f"stroke to screen over a still window, {where}, {shape.value}" + (", builds up" if build_up else ""),
        p95 / still,
        "",
        "<= 1.5",
        p95_ms=round(p95, 1),
        still_ms=round(still, 1),
        press_and_release_ms=round(1000 * max(others), 1),
    )
    while document.undo_name != "ten":
        document.undo()
