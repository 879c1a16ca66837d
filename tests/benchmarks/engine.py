"""The engine against scikit-learn, libnmfd's rule and librosa on 30 s of the demo; what the window shows of it; drums.

Every comparison gives both sides the same V and the same start, on all processors, and takes the median seconds of
runs that alternate; the figure is the ratio of the medians. For Kullback–Leibler and Euclidean V holds magnitudes, for
Itakura–Saito powers, floored at 1e-10 of their peak because scikit-learn refuses zeros there.

What works on whole matrices depends on where its temporaries come to lie more than on anything else: where glibc gives
them back to the system after each use, 100 iterations of scikit-learn wait for some 300 000 page faults, and twice as
long as where it keeps them. Which of the two a process meets is chance. So each round is a process of its own, which
computes V and then runs every way once, as a script would; `lowest` and `highest` are the ratios within single rounds.
V is stored bin by bin for scikit-learn, which suits it best.

With OPENBLAS_CORETYPE=Haswell, which holds scikit-learn's BLAS to AVX2, our compiled kernels are held to it as well;
`kernels` is which of them ran.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.engine_drums import drum_loop
from tests.benchmarks.engine_rounds import (
    ITERATIONS,
    RATE,
    ROUNDS,
    alone,
    alternating,
    as_blas,
    recording,
    seconds,
    spectrogram,
    told,
)
from tests.benchmarks.engine_window import window_figures
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.divergence import divergence, relative_floor
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.result import Array, Factorisation
from workbench.nmf.starts import random_start

BETAS = {"KL": 1.0, "IS": 0.0, "Euclidean": 2.0}
EXACT = {("KL", 10): ">= 7", ("IS", 10): ">= 6", ("KL", 30): ">= 4", ("IS", 30): ">= 3.5"}
FAST = {"KL": ">= 12", "IS": ">= 20", "Euclidean": ">= 6"}


def measure(report: Report, rounds: int = ROUNDS) -> None:
    """All figures of the issue. The window comes last: building it holds BLAS to one thread for good."""
    for name in BETAS:
        for components in (10, 30):
            descents(report, name, components, rounds)
    peak_memory(report)
    report.holds &= alone("engine_nmfd", f"deconvolution(Report(), {rounds})")
    report.holds &= alone("engine_hpss", f"percussion(Report(), {rounds})")
    drum_loop(report)
    window_figures(report, recording(), RATE)


def descents(report: Report, name: str, components: int, rounds: int) -> None:
    """Exact updates against 100 iterations of scikit-learn's `mu`, and the fast descent to the cost these reach.

    With tol=0 scikit-learn computes the cost once, of the start; our exact updates compute it at the first and at the
    last iteration. Both use the MM exponent (for Itakura–Saito ½). scikit-learn updates W before H,
    ours H before W: `cost` is our cost after 100 iterations over theirs. `naive` is how many times faster ours is than
    the updates written down in float32 NumPy on whole matrices, with no cost.

    The fast descent (for Itakura–Saito with exponent 1) stops by `progress` once its cost is at most that of
    scikit-learn's factors, which is computed in float64; it computes its own cost every few steps all the time.
    `cost` is that of the factors it returns, in float64 too, over scikit-learn's. A target that is not reached within
    1000 iterations gives a ratio of 0. The figures asked for are those of K = 10.
    """
    target, exact_cost, fast_cost, reached, iterations = told("engine", f"tell_costs('{name}', {components})")
    took = [told("engine", f"tell_round('{name}', {components}, {target}, {i})") for i in range(rounds)]
    median = {way: float(np.median([each[way] for each in took])) for way in took[0]}

    def compared(way: str) -> dict[str, Any]:
        single = [each["sklearn"] / each[way] for each in took]
        ends = {"lowest": round(min(single), 2), "highest": round(max(single), 2)}
        return seconds(ours=median[way], sklearn=median["sklearn"]) | ends | {"kernels": as_blas()}

    if "exact" in median:
        report.figure(
            f"exact MU, {name}, K={components}, 100 iterations, times scikit-learn",
            median["sklearn"] / median["exact"],
            "times",
            EXACT[name, components],
            **compared("exact"),
            naive=round(median["naive"] / median["exact"], 2),
            cost=round(exact_cost / target, 6),
        )
    report.figure(
        f"fast descent, {name}, K={components}, to scikit-learn's cost after 100 iterations",
        median["sklearn"] / median["fast"] if reached else 0.0,
        "times",
        FAST[name] if components == 10 else None,
        **compared("fast"),
        iterations=iterations,
        cost=round(fast_cost / target, 6),
    )


def tell_costs(name: str, components: int) -> None:
    """Print scikit-learn's cost, that of ours after as many iterations and of the fast descent, in float64; whether
    the latter has reached scikit-learn's, and after how many iterations."""
    as_blas()
    beta = BETAS[name]
    V = spectrogram(beta)
    start = random_start(V, components, seed=0)
    target = cost_of(V, *sklearn_mu(np.ascontiguousarray(V), *start, beta), beta, sklearn=True)
    exact = factorise(V, *start, beta, ITERATIONS)
    fast = fast_to(V, *start, beta, target)
    costs = [cost_of(V, each.W, each.H, beta) for each in (exact, fast)]
    print(json.dumps([target, *costs, fast.costs[-1] <= target, len(fast.costs)]))


def tell_round(name: str, components: int, target: float, number: int) -> None:
    """Print the seconds of each way, run once; every round begins with another one."""
    as_blas()
    beta = BETAS[name]
    V = spectrogram(beta)
    V_rows = np.ascontiguousarray(V)
    W, H = random_start(V, components, seed=0)
    ways: dict[str, Callable[[int], Any]] = {
        "sklearn": partial(sklearn_mu, V_rows, W, H, beta),
        "fast": partial(fast_to, V, W, H, beta, target),
    }
    if (name, components) in EXACT:
        ways["exact"] = partial(factorise, V, W, H, beta, cost_every=ITERATIONS)
        ways["naive"] = partial(naive, V_rows, W, H, beta)
    for way in ways.values():
        way(iterations=2)  # what happens once a process: libraries, threads
    took, _ = alternating({name: partial(way, iterations=ITERATIONS) for name, way in ways.items()}, 1, number)
    print(json.dumps(took))


def sklearn_mu(V: Array, W: Array, H: Array, beta: float, iterations: int = ITERATIONS) -> tuple[Array, Array]:
    """Iterations of scikit-learn's multiplicative updates; it writes into the start, which is copied."""
    from sklearn.decomposition import non_negative_factorization
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        w, h, _ = non_negative_factorization(
            V, W.copy(), H.copy(), W.shape[1], init="custom", solver="mu", beta_loss=beta, tol=0, max_iter=iterations
        )
    return w, h


def fast_to(V: Array, W: Array, H: Array, beta: float, target: float, iterations: int = ITERATIONS) -> Factorisation:
    """The fast descent until its cost is at most `target`; at most ten times as many iterations."""
    return factorise_fast(V, W, H, beta, 10 * iterations, lambda _, cost: cost > target)


def naive(V: Array, W: Array, H: Array, beta: float, iterations: int = ITERATIONS) -> tuple[Array, Array]:
    """What one writes down first: whole matrices, float32, no cost."""
    exponent = np.float32(Objective(beta).gamma)
    tiny = np.float32(np.finfo(np.float32).eps)
    for _ in range(iterations):
        model = W @ H + tiny
        if beta == 1.0:
            H = H * ((W.T @ (V / model)) / W.sum(axis=0)[:, None])
            W = W * (((V / (W @ H + tiny)) @ H.T) / H.sum(axis=1))
        else:
            H = H * ((W.T @ (V / model**2)) / (W.T @ (1 / model))) ** exponent
            model = W @ H + tiny
            W = W * (((V / model**2) @ H.T) / ((1 / model) @ H.T)) ** exponent
    return W, H


def cost_of(V: Array, W: Array, H: Array, beta: float, sklearn: bool = False) -> float:
    """The β-divergence in float64, with the floor that a program puts under its model."""
    model = W.astype(np.float64) @ H.astype(np.float64)
    if sklearn:
        np.maximum(model, np.finfo(np.float32).eps, out=model)
    else:
        model += float(V.max()) * relative_floor(beta)
    return divergence(V.astype(np.float64), model, beta)


def peak_memory(report: Report) -> None:
    """Memory that exact KL, K=10, takes above V and its start, in a process of its own.

    The figure is what tracemalloc (to which NumPy tells its arrays) has at its peak beyond what it had before;
    `resident` is how far the process grew meanwhile (Linux), measured first, without tracemalloc.
    """
    memory = told("engine", "tell_memory()")
    report.figure("peak memory above V, exact KL, K=10", memory["traced"], "MB", "<= 60", resident=memory["resident"])


def tell_memory() -> None:
    """Print the megabytes of `peak_memory` as JSON; for a process that has done nothing before."""
    as_blas()
    V = spectrogram(1.0)
    W, H = random_start(V, 10, seed=0)
    run = partial(factorise, V, W, H, 1.0, ITERATIONS, cost_every=10)
    gc.collect()
    before = _status("VmRSS")
    peak_is_now = Path("/proc/self/clear_refs")
    if before is not None:
        peak_is_now.write_text("5")
    run()
    after = _status("VmHWM")
    resident = None if before is None or after is None else round(after - before, 1)
    gc.collect()
    tracemalloc.start()
    start = tracemalloc.get_traced_memory()[0]
    run()
    traced = (tracemalloc.get_traced_memory()[1] - start) / 1e6
    print(json.dumps({"traced": traced, "resident": resident}))


def _status(field: str) -> float | None:
    """Megabytes of a field of /proc/self/status; None where there is none."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(field + ":")), None)
