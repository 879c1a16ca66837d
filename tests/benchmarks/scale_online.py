"""Mini-batches against the same descent over all frames: the cost after equal time, on a long recording."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.engine_rounds import ANALYSIS, ITERATIONS
from tests.benchmarks.scale_day import MINUTES_ENV
from tests.benchmarks.scale_hour import make_hour
from workbench.audio.recording import load
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.multiplicative import factorise
from workbench.nmf.online import factorise_online
from workbench.nmf.result import Array
from workbench.nmf.starts import random_start
from workbench.spectral.stft import magnitudes

CASES = {"KL, K=10": (1.0, 10), "KL, K=30": (1.0, 30), "IS, K=10": (0.0, 10), "Euclidean, K=10": (2.0, 10)}
SHARES = (0.1, 0.2, 0.5, 1.0)
"""Of the time that 100 iterations of the fast descent take."""
Curve = list[tuple[float, float]]
"""Seconds, and the cost then."""


def online(report: Report) -> Report:
    """The cost of mini-batches over that of the fast descent over all frames, and of plain steps, after equal time."""
    minutes = float(os.environ.get(MINUTES_ENV, "60"))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        path = make_hour(Path(folder) / "long.wav", minutes)
        for name, (beta, components) in CASES.items():
            V = magnitudes(load(path).samples, ANALYSIS, 2.0 if beta == 0.0 else 1.0)
            W, H = random_start(V, components, seed=0)
            fast = _curve(V, W, H, beta, factorise_fast, ITERATIONS)
            limit = fast[-1][0]
            plain = _curve(V, W, H, beta, factorise, None, limit)
            batches = _curve(V, W, H, beta, factorise_online, None, limit)
            for share in SHARES:
                own, all_frames = _after(batches, share * limit), _after(fast, share * limit)
                report.figure(
                    f"cost of mini-batches after {share * limit:.1f} s, {name}, over that of all frames",
                    own / all_frames,
                    "",
                    None,
                    over_plain_steps=round(own / _after(plain, share * limit), 4),
                    over_the_last_cost=round(own / fast[-1][1], 4),
                    all_frames_over_the_last=round(all_frames / fast[-1][1], 4),
                    passes=sum(second <= share * limit for second, _ in batches),
                )
            del V
    return report


def _curve(
    V: Array, W: Array, H: Array, beta: float, way: Callable[..., object], most: int | None, limit: float = np.inf
) -> Curve:
    out: Curve = []
    begin = time.perf_counter()

    def progress(_: int, cost: float) -> bool:
        out.append((time.perf_counter() - begin, cost))
        return out[-1][0] < limit

    way(V, W, H, beta, most, progress)
    return out


def _after(curve: Curve, seconds: float) -> float:
    """The cost that was reached by then; before the first one, that."""
    return next((cost for second, cost in reversed(curve) if second <= seconds), curve[0][1])
