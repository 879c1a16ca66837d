"""What an iteration costs by the length of the recording: exact Kullback–Leibler, ten components."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.engine_rounds import ANALYSIS, ITERATIONS
from tests.benchmarks.scale_hour import make_hour
from workbench.audio.recording import load
from workbench.nmf.multiplicative import factorise
from workbench.nmf.result import Array
from workbench.nmf.starts import random_start
from workbench.spectral.stft import magnitudes

SHORT, HOUR = 0.5, 60.0
MINUTES = (10.0, 30.0, 60.0, 180.0)
COMPONENTS, ROUNDS, FEW = 10, 3, 8
LONGEST_ENV = "SCALE_LONGEST"
"""Of the environment: minutes of the longest that is measured."""


def lengths(report: Report) -> Report:
    """A hundred iterations of an hour by those of half a minute, which come before, between and behind; and the cost of
    an iteration by the length, as the exponent of the line through all of them on logarithmic axes, and by pairs.

    The file lies on the disk that the system puts temporary files on; V is where the program puts it.
    """
    longest = float(os.environ.get(LONGEST_ENV, "180"))
    minutes = [each for each in MINUTES if each <= longest]
    each_takes: dict[float, float] = {}
    short: list[float] = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        brief = _spectrogram(Path(folder), SHORT)
        _seconds(brief, 2)
        for length in minutes:
            V = _spectrogram(Path(folder), length)
            _seconds(V, 1)
            short.append(min(_seconds(brief, ITERATIONS) for _ in range(ROUNDS)))
            if length == HOUR:
                whole = _seconds(V, ITERATIONS)
                each_takes[length] = whole / ITERATIONS
            else:
                each_takes[length] = _seconds(V, FEW) / FEW
            del V
    base = float(np.median(short))
    for length, took in each_takes.items():
        report.figure(
            f"an iteration of {length:g} min, by the minute",
            1000 * took / length,
            "ms",
            None,
            times_half_a_minute=round(took * ITERATIONS / base, 1),
        )
    if HOUR in each_takes:
        ratio = each_takes[HOUR] * ITERATIONS / base
        report.figure(
            "100 iterations of an hour, times those of 30 s", ratio, "times", "<= 130", half_minute_s=round(base, 3)
        )
    x, y = np.log(list(each_takes)), np.log(list(each_takes.values()))
    slope = float(np.polyfit(x, y, 1)[0])
    report.figure("cost of an iteration by length: exponent, from one", abs(slope - 1), "", "<= 0.1", exponent=slope)
    return report


def _spectrogram(folder: Path, minutes: float) -> Array:
    path = make_hour(folder / "long.wav", minutes)
    V = magnitudes(load(path).samples, ANALYSIS)
    path.unlink()
    return V


def _seconds(V: Array, iterations: int) -> float:
    W, H = random_start(V, COMPONENTS, seed=0)
    begin = time.perf_counter()
    factorise(V, W, H, 1.0, iterations, cost_every=iterations)
    return time.perf_counter() - begin
