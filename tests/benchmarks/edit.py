"""Editing masks: stroke to screen on 5 and 60 minutes, memory, and a thousand random edits undone and redone."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.driving import DEMO, run_until, running_window, stroke
from tests.random_edits import random_act

if TYPE_CHECKING:
    from workbench.app import Workbench
    from workbench.document.document import Document

LAYERS = 10
EDITS = 1000


def measure(report: Report) -> None:
    """All figures; each recording in a window and a process of its own."""
    a_thousand_edits(report)
    for minutes in (5, 60):
        line = f"from tests.benchmarks.edit import Report, window_figures; window_figures(Report(), {minutes})"
        root = Path(__file__).resolve().parents[2]
        report.holds &= subprocess.run([sys.executable, "-c", line], cwd=root).returncode == 0


def window_figures(report: Report, minutes: int) -> None:
    """Strokes and memory on a recording of some minutes; ends the process with what holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{minutes} minutes.wav"
        long_recording(path, minutes)
        with running_window() as (program, _):
            open_with_layers(program, path)
            strokes(report, program, minutes)
            if minutes == 60:
                memory(report, program)
    sys.exit(not report.holds)


def long_recording(path: Path, minutes: float, of: Path = DEMO) -> None:
    """The demo, or another file, over and over, in stereo."""
    samples, rate = soundfile.read(of, dtype="float32", always_2d=True)
    left = round(minutes * 60 * rate)
    with soundfile.SoundFile(path, "w", rate, 2, "PCM_16") as file:
        while left > 0:
            piece = samples[:left]
            file.write(np.repeat(piece, 2, axis=1)[:, :2] if piece.shape[1] == 1 else piece)
            left -= len(piece)


def open_with_layers(program: Workbench, path: Path) -> None:
    """Open a recording and give it ten components of random factors: what masks cost does not depend on them."""
    from workbench.masks.model.models import Factors
    from workbench.separation.settings import RunSettings

    program.desk.opening.open(path)
    assert run_until(program, lambda: program.desk.document.recording is not None, 120)
    document = program.desk.document
    analysis = document.state.analysis
    assert document.recording is not None
    frames = analysis.frames(len(document.recording.samples))
    rng = np.random.default_rng(0)
    w = rng.random((analysis.bins, LAYERS), np.float32) ** 4
    h = rng.random((LAYERS, frames), np.float32) ** 4
    document.begin_run("ten", RunSettings(components=LAYERS), Factors(w, h), True)
    run_until(program, lambda: False, 3.0)
    assert len(document.layers) == LAYERS


def strokes(report: Report, program: Workbench, minutes: int) -> None:
    """From a stroke's mouse event to the end of painting the whole window, zoomed in and out."""
    viewport = program.desk.viewport
    for where in ("in", "out"):
        viewport.fit()
        if where == "in":
            middle = viewport.duration / 2
            viewport.show_time(middle, middle + 10)
        run_until(program, lambda: False, 2.0)
        took, press, release = draw(program, 12, np.random.default_rng(0))
        ms = 1000 * np.array(took)
        report.figure(
            f"stroke to screen, {minutes} min stereo, 10 layers, zoomed {where}, p95",
            float(np.percentile(ms, 95)),
            "ms",
            "<= 16",
            median=round(float(np.median(ms)), 2),
            worst=round(float(ms.max()), 2),
            worst_press=round(1000 * max(press), 1),
            worst_release=round(1000 * max(release), 1),
        )
        while program.desk.document.undo_name != "ten":
            program.desk.document.undo()


def draw(program: Workbench, count: int, rng: np.random.Generator) -> tuple[list[float], list[float], list[float]]:
    """Strokes with the default brush; seconds that moves, presses and releases took until painted."""
    from workbench.control.tools import Tool

    program.desk.tools.choose(Tool.BRUSH)
    took: dict[str, list[float]] = {"move": [], "press": [], "release": []}
    for number in range(count):
        program.desk.selection.select(program.desk.document.layers[number % LAYERS].id)
        run_until(program, lambda: False, 0.15)
        for kind, seconds in stroke(program, rng, 40, 0.004).items():
            took[kind] += seconds
    return took["move"], took["press"], took["release"]


def resident_mb(collect: bool = True) -> float:
    """Memory of this process that is in RAM, after collecting all garbage, which the running program never does."""
    if collect:
        gc.collect()
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def memory(report: Report, program: Workbench) -> None:
    """What a hundred strokes add, half of them zoomed in and half zoomed out."""
    viewport = program.desk.viewport
    rng = np.random.default_rng(3)
    before = resident_mb()
    for where in range(10):
        viewport.fit()
        if where % 2:
            start = rng.uniform(0, viewport.duration - 20)
            viewport.show_time(start, start + 20)
        run_until(program, lambda: False, 0.3)
        draw(program, 10, rng)
    report.figure(
        "memory added by 100 strokes on 60 min stereo",
        resident_mb() - before,
        "MB",
        "<= 200",
        history=round(program.desk.document.history_bytes / 2**20, 1),
    )


def a_thousand_edits(report: Report) -> None:
    """Random edits with random locks; the masks of every step are seen again, bit for bit, going back and forth."""
    document = _demo_document()
    rng = np.random.default_rng(1)
    masks = _masks(document)
    seen = [_digest(masks)]
    worst = moved = 0.0
    kinds: dict[str, int] = {}
    start = time.perf_counter()
    while len(seen) <= EDITS:
        before, layers, stack = masks, document.layers, document.stack
        kind = random_act(document, rng)
        if kind is None:
            continue
        masks = _masks(document)
        if kind == "show":
            seen[-1] = _digest(masks)
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        if kind not in ("merge", "remove"):
            # Taking a layer away changes what the model gives the others.
            locked = {part for layer in layers if layer.locked for part in layer.part_ids}
            for part in locked.intersection(document.stack.parts):
                change = masks[document.stack.parts.index(part)] - before[stack.parts.index(part)]
                moved = max(moved, float(np.abs(change).max()))
        worst = max(worst, float(np.abs(masks.sum(axis=0, dtype=np.float64) - 1).max()), float(-masks.min()))
        seen.append(_digest(masks))
    took = time.perf_counter() - start
    report.figure("change of locked layers by 1,000 random edits", moved * 1e6, "1e-6", "<= 1")
    differing = 0
    for expected in reversed(seen[:-1]):
        document.undo()
        differing += _digest(_masks(document)) != expected
    undone = differing
    for expected in seen[1:]:
        document.redo()
        differing += _digest(_masks(document)) != expected
    report.figure("steps of 1,000 random edits that differ after undoing", undone, "steps", "== 0")
    report.figure(
        "steps of 1,000 random edits that differ after redoing", differing - undone, "steps", "== 0", kinds=kinds
    )
    report.figure(
        "conservation error over 1,000 random edits with random locks",
        worst * 1e6,
        "1e-6",
        "<= 1",
        seconds=round(took, 1),
        edits=len(document.state.edits),
    )


def _demo_document() -> Document:
    """Four seconds of the demo in six components."""
    from workbench.audio.recording import Recording
    from workbench.document.document import Document
    from workbench.masks.model.models import Factors
    from workbench.nmf.accelerated import factorise_fast
    from workbench.nmf.starts import random_start
    from workbench.separation.settings import RunSettings
    from workbench.spectral.pyramid import analyse_levels
    from workbench.spectral.stft import Analysis, magnitudes

    samples, rate = soundfile.read(DEMO, dtype="float32", always_2d=True)
    samples = np.ascontiguousarray(samples[8 * rate : 12 * rate])
    document = Document()
    levels = analyse_levels(samples, Analysis())
    assert levels is not None
    document.open(Recording(samples, rate, DEMO), levels)
    v = magnitudes(samples, Analysis(), 1.0)
    w, h = random_start(v, 6, 0)
    found = factorise_fast(v, w, h, 1.0, 30)
    factors = Factors(np.asarray(found.W, np.float32), np.asarray(found.H, np.float32))
    document.begin_run("six", RunSettings(components=6), factors, True)
    return document


def _masks(document: Document) -> np.ndarray:
    """The masks of an even sample of bins and frames."""
    stack = document.stack
    return stack.evaluate(np.arange(0, stack.bins, 7), np.arange(0, stack.frames, 5))


def _digest(masks: np.ndarray) -> int:
    return hash((masks.shape, masks.tobytes()))
