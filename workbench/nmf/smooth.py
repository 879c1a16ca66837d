"""Itakura–Saito NMF with smooth activations: majorisation–minimisation, and the EM (SAGE) algorithm beside it.

Févotte, *Majorization–minimization algorithm for smooth Itakura–Saito nonnegative matrix factorization*, ICASSP
2011. V is a power spectrogram: WH is the variance of a Gaussian composite model. Both bring down
D_IS(V | WH) + λ Σ_k Σ_n d_IS(h_{k,n−1} | h_{k,n}), which does not depend on the scale of a component.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.nmf.accelerated import descend_fast
from workbench.nmf.blocks import Blocks
from workbench.nmf.divergence import divergence
from workbench.nmf.multiplicative import descend
from workbench.nmf.objective import Exponent, Objective
from workbench.nmf.problem import Problem, Sums, sums_of
from workbench.nmf.result import Array, Factorisation, IterationProgress, Watch, chosen


class Order(StrEnum):
    """In which order the frames of H are updated. Every step of both orders is a descent step.

    RED_BLACK: all odd frames at once, then all even ones; a frame depends on its two neighbours alone.
    SEQUENTIAL: frame after frame, as in the paper.
    """

    RED_BLACK = "red-black"
    SEQUENTIAL = "sequential"


def smooth_is(
    V: Array,
    W: Array,
    H: Array,
    smoothness: float = 10.0,
    iterations: int | None = 200,
    progress: IterationProgress | None = None,
    *,
    order: str = Order.RED_BLACK,
    exponent: str = Exponent.HEURISTIC,
    weights: Array | None = None,
    hold_templates: bool | ArrayLike = False,
    hold_activations: bool | ArrayLike = False,
    fast: bool = False,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Smooth IS-NMF by majorisation–minimisation (Févotte 2011, table 1).

    Parameters
    ----------
    V : array, shape (F, N)
        Power spectrogram.
    W, H : arrays, shapes (F, K) and (K, N)
        The start. With `smoothness`, zeros in H are raised to a trace: the penalty of a zero is infinite.
    smoothness : float
        λ ≥ 0; 10 is usual. 0 is plain IS-NMF, whose MM exponent for H is ½.
    order : str
        One of `Order`.
    exponent : str
        One of `Exponent`, for W's update: 1 as in the paper, or ½.
    fast : bool
        Extrapolated steps (`factorise_fast`).
    iterations, progress, weights, hold_templates, hold_activations, watch, threads
        As for `multiplicative.factorise` and `Objective`.

    Raises
    ------
    ValueError
        As `multiplicative.factorise`, or for a negative smoothness or an unknown order.
    """
    objective = Objective(
        0.0, weights=weights, hold_templates=hold_templates, hold_activations=hold_activations, exponent=exponent
    )
    problem = SmoothProblem(V, W, H, objective, smoothness, chosen(Order, order, "order"), iterations, progress)
    if fast:
        return descend_fast(problem, W, H, iterations, progress, watch, threads)
    return descend(problem, W, H, iterations, progress, watch=watch, threads=threads)


class SmoothProblem(Problem):
    """The half-steps of IS-NMF with the smoothness penalty on H."""

    def __init__(
        self,
        V: Array,
        W: Array,
        H: Array,
        objective: Objective,
        smoothness: float,
        order: Order,
        iterations: int | None = 1,
        progress: IterationProgress | None = None,
    ) -> None:
        if not 0 <= smoothness < np.inf:
            raise ValueError(f"The smoothness must be nonnegative and finite, not {smoothness}.")
        super().__init__(V, W, H, objective, iterations, progress)
        self.smoothness, self._order = float(smoothness), order

    def start(self, W: Array, H: Array) -> tuple[Array, Array]:
        w, h = super().start(W, H)
        return w, raised(h, ~self.hold_h) if self.smoothness else h

    def sweep(self, blocks: Blocks, w: Array, h: Array, cost: bool = True) -> Sums:
        if self.free_h:
            pairs = blocks.run(lambda part: self.sums.of_frames(part, h[part], w, blocks))
            up, down = (np.concatenate(each).astype(np.float64) for each in zip(*pairs, strict=True))
            free = ~self.hold_h
            solve = _red_black if self._order == Order.RED_BLACK else _sequential
            new = solve(h[:, free].astype(np.float64), up[:, free], down[:, free], self.smoothness)
            # A component that dies out must not reach zero, of which the penalty has no value.
            h[:, free] = np.maximum(new, _trace(h.dtype)) if self.smoothness else new
        parts = blocks.run(lambda part: self.of_bins(part, h[part], w, blocks, cost))
        first_up, first_down, total = sums_of(parts)
        return Sums(first_up, first_down, max(0.0, total) + self.penalty(w, h) if cost else np.nan)

    def penalty(self, w: Array, h: Array) -> float:
        # What is held adds nothing that an update could change, and may hold zeros.
        return smoothness_penalty(h[:, ~self.hold_h], self.smoothness)


def raised(h: Array, free: ArrayLike = True) -> Array:
    """h (N, K) with zeros raised to a trace of each component's largest value."""
    trace = np.maximum(h.max(axis=0) * 1e-6, _trace(h.dtype)).astype(h.dtype)
    return np.where(free, np.maximum(h, trace), h)


def _trace(kind: np.dtype[Any]) -> float:
    """The least that an activation may be: far enough above the least number for its reciprocals."""
    return max(float(np.finfo(kind).tiny) * 1e6, 1e-200)


def smoothness_penalty(h: Array, smoothness: float) -> float:
    """λ Σ_k Σ_n d_IS(h_{k,n−1} | h_{k,n}) of h (N, K)."""
    if smoothness == 0 or len(h) < 2:
        return 0.0
    ratio = h[:-1].astype(np.float64) / h[1:]
    return smoothness * float(np.sum(ratio - np.log(ratio) - 1))


def _coefficients(
    h: Array, up: Array, down: Array, smoothness: float, frames: slice | int, ends: tuple[bool, bool]
) -> Array:
    """Positive root of a₂x² + a₁x − a₀ = 0 for some frames; `ends`: whether they are the first, the last one."""
    n = np.arange(len(h))[frames]
    a2, a1, a0 = down[n].copy(), 0.0, up[n] * h[n] ** 2
    if not ends[1]:
        a2 += smoothness / h[n + 1]
    if not ends[0]:
        a0 = a0 + smoothness * h[n - 1]
    if ends[0] != ends[1]:
        a1 = -smoothness if ends[0] else smoothness
    return _root(a2, a1, a0)


def _root(a2: Array, a1: float | Array, a0: Array) -> Array:
    """The positive root, by the form that does not cancel."""
    spread = np.sqrt(a1**2 + 4 * a2 * a0)
    tiny = np.finfo(np.float64).tiny
    plus = 2 * a0 / np.maximum(a1 + spread, tiny)
    minus = (spread - a1) / np.maximum(2 * a2, tiny)
    out: Array = np.where(np.asarray(a1) > 0, plus, minus)
    return out


def _frames(count: int, first: int) -> list[tuple[slice, tuple[bool, bool]]]:
    """Every second frame from `first` on, the ends apart, which have rules of their own."""
    out = []
    if first == 0:
        out.append((slice(0, 1), (True, count == 1)))
    if count > 1 and (count - 1) % 2 == first:
        out.append((slice(count - 1, count), (False, True)))
    out.append((slice(2 if first == 0 else 1, count - 1, 2), (False, False)))
    return out


def _red_black(h: Array, up: Array, down: Array, smoothness: float) -> Array:
    """Odd frames (counted from 1), then even ones. A frame's model depends on its own activations alone."""
    for first in (0, 1):
        for frames, ends in _frames(len(h), first):
            if smoothness == 0:
                ends = (True, True)
            h[frames] = _coefficients(h, up, down, smoothness, frames, ends)
    return h


def _sequential(h: Array, up: Array, down: Array, smoothness: float) -> Array:
    last = len(h) - 1
    for n in range(len(h)):
        ends = (n == 0, n == last) if smoothness else (True, True)
        h[n] = _coefficients(h, up, down, smoothness, slice(n, n + 1), ends)[0]
    return h


# -- EM ------------------------------------------------------------------------------------------------


def sage(
    V: Array,
    W: Array,
    H: Array,
    smoothness: float = 0.0,
    iterations: int | None = 200,
    progress: IterationProgress | None = None,
    *,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Smooth IS-NMF by space-alternating generalised EM: component after component (Févotte, Bertin & Durrieu,
    Neural Computation 21(3), 2009, algorithm 2; the smooth M-step after Févotte 2011, section 3).

    It descends more slowly than `smooth_is` and cannot leave zeros; it is here for comparison.

    Parameters, result and errors are those of `smooth_is`.
    """
    problem = _EmProblem(V, W, H, Objective(0.0), smoothness, Order.RED_BLACK, iterations, progress)
    w, h = problem.start(W, H)
    if problem.silent:
        return problem.silence(w, h)
    h, w = raised(h), raised(w.T).T.copy()
    v = np.maximum(problem.vt, problem.floor)
    costs: list[float] = []
    with Blocks(problem.frames, threads) as blocks:
        model = np.concatenate(blocks.run(lambda part: h[part] @ w + problem.floor))
        power = np.empty_like(model)
        iteration = 0
        while iterations is None or iteration < iterations:
            iteration += 1
            for k in range(len(w)):
                _alternate(problem, blocks, v, w, h, k, model, power)
            w = problem.normalise(w, h)
            cost = sum(blocks.run(lambda part: divergence(v[part], model[part], 0.0)))
            costs.append(problem.told(max(0.0, float(cost)) + problem.penalty(w, h)))
            if watch is not None:
                watch(*problem.factors(w, h))
            if progress is not None and not progress(iteration, costs[-1]):
                break
    return problem.result(w, h, costs)


class _EmProblem(SmoothProblem):
    """No bins beyond those of V: EM divides by the templates."""

    align = 1


def _alternate(
    problem: SmoothProblem, blocks: Blocks, v: Array, w: Array, h: Array, k: int, model: Array, power: Array
) -> None:
    """One component: its posterior power, then its activations, its template, and the model."""
    row, old = w[k], h[:, k].copy()
    inverse = 1 / row

    def expect(part: slice) -> Array:
        mine, total, out = np.multiply.outer(old[part], row), model[part], power[part]
        # Posterior power (w h/L)² V + w h (1 − w h/L).
        np.divide(mine, total, out=out)
        out *= v[part] / total * mine - mine
        out += mine
        np.maximum(out, 0, out=out)
        return np.asarray(out @ inverse)

    bins = len(row)
    mean = np.concatenate(blocks.run(expect)).astype(np.float64) / bins
    new = _smooth_mean(old.astype(np.float64), mean, bins, problem.smoothness)
    tiny = _trace(h.dtype)
    h[:, k] = np.maximum(new, max(tiny, float(new.max()) * 1e-12))
    parts = blocks.run(lambda part: (1 / h[part, k]) @ power[part])
    template = np.asarray(sum(parts)) / len(h)
    template = np.maximum(template, max(tiny, float(template.max()) * 1e-12)).astype(w.dtype)

    def replace(part: slice) -> None:
        model[part] += np.multiply.outer(h[part, k], template) - np.multiply.outer(old[part], row)
        np.maximum(model[part], problem.floor, out=model[part])

    blocks.run(replace)
    w[k] = template


def _smooth_mean(h: Array, mean: Array, bins: int, smoothness: float) -> Array:
    """Minimum over h of F Σ (mean/h + log h) + penalty, red and black frames in turn, shape (N,)."""
    if smoothness == 0 or len(h) < 2:
        return mean
    last = len(h) - 1
    for first in (0, 1):
        for frames, ends in _frames(len(h), first):
            n = np.arange(len(h))[frames]
            a2 = np.zeros(len(n)) if ends[1] else smoothness / h[np.minimum(n + 1, last)]
            a0 = bins * mean[n] + (0 if ends[0] else smoothness * h[n - 1])
            a1 = bins + (smoothness if ends[1] else 0) - (smoothness if ends[0] else 0)
            h[frames] = a0 / a1 if ends[1] else _root(a2, float(a1), a0)
    return h
