"""What the engine is measured on, and how: rounds that alternate, in processes of their own."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.benchmarks.driving import DEMO
from workbench.nmf import kernels
from workbench.nmf.kernels.compiled import available
from workbench.nmf.result import Array
from workbench.spectral.stft import Analysis, magnitudes

RATE, SECONDS = 44100, 30
ANALYSIS = Analysis(2048, 512)
ITERATIONS = 100
ROUNDS = 7
ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=1)
def recording() -> Array:
    """The demo, repeated and cut to 30 s, float32 (n, C)."""
    samples, rate = soundfile.read(DEMO, dtype="float32", always_2d=True)
    assert rate == RATE
    length = SECONDS * RATE
    return np.tile(samples, (-(-length // len(samples)), 1))[:length]


def spectrogram(beta: float) -> Array:
    """V (1025, 2585): magnitudes, or floored powers for Itakura–Saito."""
    V = magnitudes(recording(), ANALYSIS, 2.0 if beta == 0.0 else 1.0)
    if beta == 0.0:
        np.maximum(V, V.max() * np.float32(1e-10), out=V)
    return V


def as_blas() -> str:
    """Hold the compiled kernels to AVX2 where OPENBLAS_CORETYPE holds BLAS to it; the name of those that run."""
    if os.environ.get("OPENBLAS_CORETYPE") == "Haswell":
        kernels.library = next((each for each in available() if each.instructions != "avx512"), None)
    return "numpy" if kernels.library is None else kernels.library.instructions


def alternating(
    ways: dict[str, Callable[[], Any]], rounds: int, first: int = 0
) -> tuple[dict[str, float], dict[str, Any]]:
    """Median seconds of each way and its last result; every round begins with another one."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, Any] = {}
    names = list(ways)
    for i in range(first, first + rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            gc.collect()
            time.sleep(0.1)  # BLAS threads of the one before go on waiting for work for a while
            start = time.perf_counter()
            results[name] = ways[name]()
            took[name].append(time.perf_counter() - start)
    return {name: float(np.median(each)) for name, each in took.items()}, results


def seconds(**medians: float) -> dict[str, float]:
    """Extra fields of a figure."""
    return {f"{name}_s": round(value, 4) for name, value in medians.items()}


def alone(module: str, call: str) -> bool:
    """Run a function of a module here, which reports figures, in a process of its own; whether they hold."""
    line = f"import sys; from tests.benchmarks import Report, {module}; r = {module}.{call}; sys.exit(not r.holds)"
    return subprocess.run([sys.executable, "-c", line], cwd=ROOT).returncode == 0


def told(module: str, call: str) -> Any:
    """What a function of a module here prints in a process of its own."""
    command = [sys.executable, "-c", f"from tests.benchmarks import {module}; {module}.{call}"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout)
