"""Quality against human effort: how near masks come to the ideal with so many marks, beside other ways of working.

A simulated user clicks, or draws strokes, where the present masks are most wrong; the figures are distances in dB SDR
to the oracle ratio mask |S| / Σ|S|, on rendered sound, the mean of all sources of all scenes. The same marks are then
what the other rows get. With EFFORT_PROJECT (a project with marks) and EFFORT_STEMS (a folder with a file for each of
its sources) the marks of a real person are replayed instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.effort_picture import draw
from tests.benchmarks.effort_replay import replayed
from tests.benchmarks.effort_rows import Bench
from tests.benchmarks.effort_scenes import scenes
from tests.benchmarks.effort_user import Said, User

CLICKS = {3: None, 5: "<= 8", 10: "<= 5", 20: "<= 4", 40: "<= 3.5"}
STROKES = {3: None, 5: "<= 5", 10: "<= 4", 20: None, 40: "<= 3", 80: "<= 2.5"}
"""Numbers of marks, with what was asked of the mean distance."""
SEEDS = (0, 1, 2)
SLOW_AT = (5, 10, 20, 40, 80)
"""Where the rows are looked at that take long."""
WRONG = 0.05

Masks = Callable[[Sequence[Said]], np.ndarray]


def measure(report: Report) -> None:
    """All rows on all scenes."""
    if os.environ.get("EFFORT_PROJECT"):
        replayed(report, Path(os.environ["EFFORT_PROJECT"]), Path(os.environ["EFFORT_STEMS"]))
        return
    benches = [Bench(scene) for scene in scenes()]
    names = [bench.scene.name for bench in benches]
    fixed = {
        "the mix": [bench.distance(bench.nothing()) for bench in benches],
        "blind NMF, best grouping": [bench.distance(bench.grouped()) for bench in benches],
    }
    for row, values in fixed.items():
        _tell(report, row, names, values, None)
    curves: dict[str, dict[float, float]] = {}
    for kind, asked in (("clicks", CLICKS), ("strokes", STROKES)):
        runs = [[_work(bench, kind == "strokes", max(asked), seed) for seed in SEEDS] for bench in benches]
        curves[f"pointing, {kind}"] = _row(report, f"{kind}: pointing", benches, runs, asked, lambda b: b.pointed)
        _row(report, f"{kind}: pointing, beside a rest", benches, runs, asked, lambda b: b.beside_a_rest, False)
        painted = _row(report, f"{kind}: the same as mask edits", benches, runs, asked, lambda b: b.painted, False)
        curves[f"mask edits, {kind}"] = painted
        wrong = [[_work(bench, kind == "strokes", 20, seed, WRONG) for seed in SEEDS] for bench in benches]
        right = curves[f"pointing, {kind}"][20]
        cost = _row(report, f"{kind}: 5 % wrong", benches, wrong, {20: None}, lambda b: b.pointed)[20] - right
        report.figure(f"{kind}: what 5 % wrong marks cost after 20", cost, "dB", "<= 1")
        once = [run[:1] for run in runs]
        at = {count: None for count in SLOW_AT if count <= max(asked)}
        curves[f"regularised NMF, {kind}"] = _row(
            report, f"{kind}: regularised NMF from random", benches, once, at, lambda b: b.regularised
        )
    means = {row: float(np.mean(values)) for row, values in fixed.items()}
    draw(Path("resources/docs/effort.svg"), curves, means)


def _work(bench: Bench, strokes: bool, count: int, seed: int, wrong: float = 0.0) -> list[Said]:
    """The marks that a user makes, each after a look at what the former ones came to."""
    user = User(bench.v, bench.ideal, strokes, seed, wrong)
    said: list[Said] = []
    masks = bench.nothing()
    while len(said) < count:
        said.append(user.next(masks, said))
        masks = bench.pointed(said)
    return said


def _row(
    report: Report,
    name: str,
    benches: Sequence[Bench],
    runs: Sequence[Sequence[list[Said]]],
    counts: dict[int, str | None],
    way: Callable[[Bench], Masks],
    judged: bool = True,
) -> dict[float, float]:
    """Mean distances after so many marks, told and returned by count."""
    found = {}
    for count, asked in counts.items():
        values = [
            float(np.mean([bench.distance(way(bench)(said[:count])) for said in saids]))
            for bench, saids in zip(benches, runs, strict=True)
        ]
        names = [bench.scene.name for bench in benches]
        found[float(count)] = _tell(report, f"{name}, {count} marks", names, values, asked if judged else None)
    return found


def _tell(report: Report, name: str, names: Sequence[str], values: Sequence[float], asked: str | None) -> float:
    mean = float(np.mean(values))
    each = {scene: round(value, 1) for scene, value in zip(names, values, strict=True)}
    report.figure(f"{name}: distance to the oracle", mean, "dB", asked, **each)
    return mean
