"""NMFD by libnmfd's rule against the rule as that program codes it."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.engine_rounds import ITERATIONS, alternating, as_blas, seconds, spectrogram
from workbench.nmf.compat import libnmfd
from workbench.nmf.result import Array
from workbench.nmf.starts import random_start

EPS = 2.0**-52


def deconvolution(report: Report, rounds: int) -> Report:
    """NMFD with libnmfd's rule, T=8, K=10: 100 iterations of ours against the rule as that program codes it.

    The reference is slow and every iteration costs it the same: it runs 3 times for 10 iterations, between ours, and
    its seconds are scaled by 10. It works in float64 throughout but for V, as the program does; ours in float32. Both
    must come to the same W after 10 iterations: the largest difference over the largest value, asked below 1e-4.
    """
    kernels = as_blas()
    V = spectrogram(1.0)
    V_rows = np.ascontiguousarray(V)
    W, H = random_start(V, 10, seed=0, length=8)
    H = np.ones_like(H)
    ways = {"ours": partial(libnmfd.nmfd, V, W, H, ITERATIONS)}
    short = {"libnmfd": partial(libnmfd_nmfd, V_rows, W, H, 10)}
    both, results = alternating(ways | short, min(3, rounds))
    ours, _ = alternating(ways, max(1, rounds - 3))
    took, theirs = float(np.median([both["ours"], ours["ours"]])), both["libnmfd"] * ITERATIONS / 10
    report.figure(
        "NMFD, T=8, K=10, 100 iterations, times libnmfd's rule as it codes it",
        theirs / took,
        "times",
        ">= 15",
        **seconds(ours=took, libnmfd=theirs),
        kernels=kernels,
    )
    reference = results["libnmfd"][0]
    error = float(np.abs(libnmfd.nmfd(V, W, H, 10).W - reference).max() / reference.max())
    report.figure("NMFD's W against libnmfd's rule, 10 iterations", 20 * np.log10(max(error, 1e-30)), "dB", "<= -80")
    return report


def libnmfd_nmfd(V: Array, W: Array, H: Array, iterations: int) -> tuple[Array, Array]:
    """libnmfd's `nmfd`, line for line in what it costs: loops over τ, a shifted copy each, products with ones."""
    w, h = W.astype(np.float64), H.astype(np.float64)
    ones = np.ones(V.shape)
    v = V / (EPS + V.sum())
    length = w.shape[2]
    for _ in range(iterations):
        model = np.zeros(V.shape)
        for delay in range(length):
            model += w[:, :, delay] @ shifted(h, delay)
        model += EPS
        _cost = (v * np.log(1.0 + v / (model + EPS)) - v + model).mean()
        quotient = v / (model + EPS)
        update = np.zeros(h.shape)
        for delay in range(length):
            delayed = shifted(h, delay).T
            w[:, :, delay] *= quotient @ delayed / (ones @ delayed + EPS)
            template = w[:, :, delay].T
            update += (template @ shifted(quotient, -delay)) / (template @ ones + EPS)
        h *= update / length
        w *= 1.0 / (EPS + w.sum(axis=2).sum(axis=0)[:, None])
    return w, h


def shifted(A: Array, amount: int) -> Array:
    """libnmfd's shift operator: roll, then zeros over what came in."""
    out = np.roll(A, amount, axis=-1)
    if amount > 0:
        out[:, :amount] = 0
    elif amount < 0:
        out[:, amount:] = 0
    return out
