"""β-NMF by multiplicative updates, blocked over frames so that a block stays in the cache.

The activations of a block are updated and its share of the templates' sums is taken while V's block is
at hand, so V is read once an iteration. Blocks run in threads and are summed in a fixed order with
single-threaded BLAS: the result is the same, bit for bit, for any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from workbench.nmf.divergence import divergence, relative_floor

Array = NDArray[np.floating]
Progress = Callable[[int, float, Array, Array], bool]

BLOCK = 192
"""Frames a block: 1025 bins of float32 and their model stay within a second-level cache."""


@dataclass(frozen=True, eq=False)
class Factorisation:
    """Templates W (F, K) with columns of unit sum, activations H (K, N), and the cost of each iteration.

    The cost is taken between the update of H and that of W, where the model is at hand.
    """

    W: Array
    H: Array
    costs: tuple[float, ...]


def random_start(V: Array, components: int, seed: int) -> tuple[Array, Array]:
    """Seeded random W (F, K) and H (K, N), scaled so that the model's mean is V's.

    Raises
    ------
    ValueError
        If `components` is less than one.
    """
    if components < 1:
        raise ValueError(f"A factorisation needs at least one component, not {components}.")
    return start_of_shape(V.shape[0], V.shape[1], components, seed, float(V.mean(dtype=np.float64)), V.dtype)


def start_of_shape(
    bins: int, frames: int, components: int, seed: int, mean: float = 1.0, kind: np.dtype[Any] | None = None
) -> tuple[Array, Array]:
    """`random_start` for a V of which only shape and mean are known; float32 unless `kind` says otherwise."""
    rng = np.random.default_rng(seed)
    w = rng.random((bins, components)) + 0.05
    h = rng.random((frames, components)) + 0.05
    w /= w.sum(axis=0)
    h *= mean * bins / max(float(h.sum(axis=1).mean()), 1e-300)
    kind = kind or np.dtype(np.float32)
    return w.astype(kind), np.ascontiguousarray(h.T.astype(kind))


def factorise(
    V: Array,
    W: Array,
    H: Array,
    beta: float = 1.0,
    iterations: int | None = 100,
    progress: Progress | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Multiplicative updates of H, then W (Févotte & Idier 2011, eqs. 4.1–4.2, with exponent 1 for 0 ≤ β ≤ 2).

    For 1 ≤ β ≤ 2 the exponent 1 is the majorisation–minimisation rule; for β = 0 it is the
    majorisation–equalisation rule. Neither raises the cost. Other β use the MM exponent.

    Parameters
    ----------
    V : array, shape (F, N)
        Nonnegative and finite; float32 or float64, which the result keeps. Never written to.
    W, H : arrays, shapes (F, K) and (K, N)
        The start. Never written to.
    beta : float
        Divergence: 2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito, or any other real number.
    iterations : int or None
        None goes on until `progress` answers False.
    progress : callable (iteration, cost, W, H) -> bool, optional
        Called after every iteration (counted from 1) with the current factors, which it must copy to keep;
        False stops.
    threads : int, optional
        Threads over the blocks; default is one a processor, at most 8.

    Returns
    -------
    Factorisation

    Raises
    ------
    ValueError
        If the shapes do not fit, or V is negative or not finite, or nothing would ever stop the iteration.
    """
    if W.shape != (V.shape[0], H.shape[0]) or H.shape[1] != V.shape[1]:
        raise ValueError(f"Shapes do not fit: V {V.shape}, W {W.shape}, H {H.shape}.")
    if iterations is None and progress is None:
        raise ValueError("Without a number of iterations, progress must say when to stop.")
    peak = float(V.max(initial=0.0))
    if not np.isfinite(peak) or float(V.min(initial=0.0)) < 0 or np.isnan(peak):
        raise ValueError("V must be nonnegative and finite.")
    kind = V.dtype
    vt = np.ascontiguousarray(V.T)
    w = np.ascontiguousarray(W.T, dtype=kind).copy()  # (K, F)
    h = np.ascontiguousarray(H.T, dtype=kind).copy()  # (N, K)
    if peak == 0.0:
        return Factorisation(_unit(w)[0].T.copy(), np.zeros_like(H, dtype=kind), (0.0,))
    kernel = _Kernel(vt, peak, beta)
    workers = threads or min(8, os.cpu_count() or 1)
    starts = range(0, len(vt), BLOCK)
    costs: list[float] = []
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
        iteration = 0
        while iterations is None or iteration < iterations:
            iteration += 1
            sums_w = w.sum(axis=1)
            parts = list((pool.map if workers > 1 else map)(partial(kernel.block, w=w, sums_w=sums_w, h=h), starts))
            up, down, cost = parts[0]
            for more_up, more_down, more_cost in parts[1:]:
                up += more_up
                down += more_down
                cost += more_cost
            w = w * _ratio(up, down, kernel.gamma)
            w, scale = _unit(w)
            h *= scale
            costs.append(cost)
            if progress is not None and not progress(iteration, cost, w.T, h.T):
                break
    return Factorisation(w.T.copy(), np.ascontiguousarray(h.T), tuple(costs))


class _Kernel:
    """One block of one iteration: update its activations in place, return its share of the templates' sums."""

    def __init__(self, vt: Array, peak: float, beta: float) -> None:
        self.vt = vt
        self.beta = beta
        self.gamma = 1 / (2 - beta) if beta < 0 or 0 < beta < 1 else 1.0 if beta <= 2 else 1 / (beta - 1)
        self.floor = vt.dtype.type(max(peak * relative_floor(beta), float(np.finfo(vt.dtype).tiny) * 1e3))

    def block(self, start: int, w: Array, sums_w: Array, h: Array) -> tuple[Array, Array, float]:
        v = self.vt[start : start + BLOCK]
        if self.beta < 1:
            v = np.maximum(v, self.floor)
        rows = h[start : start + BLOCK]
        p, q, _ = self._terms(v, rows @ w)
        down = np.broadcast_to(sums_w, rows.shape) if q is None else q @ w.T
        rows *= _ratio(p @ w.T, down, self.gamma)
        p, q, model = self._terms(v, rows @ w)
        total = rows.sum(axis=0)
        denominator = np.repeat(total[:, None], w.shape[1], axis=1) if q is None else rows.T @ q
        return rows.T @ p, denominator, divergence(v, model, self.beta)

    def _terms(self, v: Array, model: Array) -> tuple[Array, Array | None, Array]:
        """V ⊙ L^(β−2) and L^(β−1) (None where that is all ones), and the floored model L."""
        np.maximum(model, self.floor, out=model)
        if self.beta == 1.0:
            return v / model, None, model
        if self.beta == 2.0:
            return v, model, model
        if self.beta == 0.0:
            q = 1 / model
            return v * q * q, q, model
        q = np.power(model, model.dtype.type(self.beta - 1))
        return v * q / model, q, model


def _ratio(up: Array, down: Array, gamma: float) -> Array:
    tiny = np.finfo(up.dtype).tiny
    out: Array = np.minimum(up / np.maximum(down, tiny), up.dtype.type(np.finfo(up.dtype).max ** 0.5))
    return out if gamma == 1.0 else np.power(out, up.dtype.type(gamma))


def _unit(w: Array) -> tuple[Array, Array]:
    """Rows of w (K, F) scaled to unit sum, and the scale that the activations take over; zero rows stay."""
    scale = w.sum(axis=1)
    scale = np.where(scale > 0, scale, 1).astype(w.dtype)
    return w / scale[:, None], scale
