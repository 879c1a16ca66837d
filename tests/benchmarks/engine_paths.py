"""The engine's paths beside each other: compiled kernels and NumPy, in CPU seconds of one thread.

Other work on the machine hardly changes these; to the ratios of `engine` it does much, because the threads of
scikit-learn's BLAS wait for each other by spinning.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import Report
from tests.benchmarks.engine import BETAS, sklearn_mu
from tests.benchmarks.engine_rounds import ITERATIONS, seconds, spectrogram
from workbench.nmf import kernels
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.compat import libnmfd
from workbench.nmf.kernels.compiled import available
from workbench.nmf.multiplicative import factorise
from workbench.nmf.starts import random_start

ROUNDS = 3
FAST = {"KL": 43, "IS": 23, "Euclidean": 12}
"""Iterations of the fast descents to scikit-learn's cost after 100, K = 10, as `engine` finds them."""


def measure(report: Report) -> None:
    """Each path once a round, in turn; the least of the rounds."""
    with threadpool_limits(1):
        for name, beta in BETAS.items():
            V = spectrogram(beta)
            for components in (10, 30):
                start = random_start(V, components, seed=0)
                theirs = partial(sklearn_mu, np.ascontiguousarray(V), *start, beta)
                exact = partial(factorise, V, *start, beta, ITERATIONS, cost_every=ITERATIONS, threads=1)
                beside(report, f"exact MU, {name}, K={components}", exact, theirs)
                if components == 10:
                    fast = partial(factorise_fast, V, *start, beta, FAST[name], threads=1)
                    beside(report, f"fast descent, {name}, K={components}, {FAST[name]} iterations", fast)
        V = spectrogram(1.0)
        start = random_start(V, 10, seed=0, length=8)
        beside(report, "NMFD by libnmfd's rule, T=8, K=10", partial(libnmfd.nmfd, V, *start, ITERATIONS, threads=1))


def beside(report: Report, what: str, ours: Callable[[], Any], theirs: Callable[[], Any] | None = None) -> None:
    """One figure: that of the kernels which the program takes on this processor."""
    paths = {library.instructions: library for library in available()} | {"numpy": None}
    took: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, library in paths.items():
            kernels.library = library
            took[name] = min(took.get(name, np.inf), thread_seconds(ours))
        if theirs is not None:
            took["sklearn"] = min(took.get("sklearn", np.inf), thread_seconds(theirs))
    kernels.library = next(available(), None)
    report.figure(f"{what}, CPU seconds of one thread", took[next(iter(paths))], "s", None, **seconds(**took))


def thread_seconds(run: Callable[[], Any]) -> float:
    """CPU seconds of this thread."""
    gc.collect()
    start = time.thread_time()
    run()
    return time.thread_time() - start
