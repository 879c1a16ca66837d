"""libnmfd's convolutive NMF: `nmfd`, and `nmf_conv` for other divergences, in that program's order of operations.

V is divided by ε + ΣV first; W and H, as they come in and as they go out, are those of this V. Every iteration ends
with templates scaled to unit sum, held ones too, and activations do not take the scale over: the cost may rise.
With the same start the factors agree with libnmfd's up to the rounding of sums. Slow forms of both rules are in
`compat.reference`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from workbench.nmf.blocks import Blocks, aligned_rows
from workbench.nmf.compat import EPS
from workbench.nmf.convolutive import ConvolutiveProblem, gathered, stacked
from workbench.nmf.kernels import quotient_sums
from workbench.nmf.objective import Objective
from workbench.nmf.problem import sums_of
from workbench.nmf.result import Array, Factorisation, Hook, IterationProgress, Watch


def nmfd(
    V: Array,
    W: Array,
    H: Array,
    iterations: int | None = 30,
    progress: IterationProgress | None = None,
    *,
    hold_templates: bool | ArrayLike = False,
    hold_activations: bool | ArrayLike = False,
    before: Hook | None = None,
    after: Hook | None = None,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """NMFD with the Kullback–Leibler divergence as libnmfd does it.

    All W_τ are updated by the model of the old H; H is multiplied by the mean over τ of each τ's own ratio.

    Parameters
    ----------
    V, W, H, iterations, progress, hold_templates, hold_activations, before, after, watch, threads
        As for `nmf.nmfd`.

    Returns
    -------
    Factorisation
        W of shape (F, K, T). The costs are libnmfd's, mean(V log(1 + V/L) − V + L), each taken before its iteration.

    Raises
    ------
    ValueError
        As `nmf.nmfd`.
    """
    objective = Objective(1.0, hold_templates=hold_templates, hold_activations=hold_activations)
    problem = _AsItIs(V, W, H, objective, iterations, progress)
    rule = _MeanRule(V, problem)
    return _descend(rule, problem, W, H, iterations, progress, before, after, watch, threads)


def nmf_conv(
    V: Array,
    W: Array,
    H: Array,
    beta: float = 1.0,
    iterations: int | None = 30,
    progress: IterationProgress | None = None,
    *,
    sparsity: float = 0.0,
    uncorrelatedness: float = 0.0,
    hold_templates: bool | ArrayLike = False,
    hold_activations: bool | ArrayLike = False,
    before: Hook | None = None,
    after: Hook | None = None,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Convolutive NMF with a β-divergence as libnmfd does it: H is multiplied by the ratio of the sums over τ.

    Parameters
    ----------
    V, W, H, iterations, progress, hold_templates, hold_activations, before, after, watch, threads
        As for `nmf.nmf_conv`.
    beta : float
        As everywhere in this engine: 2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito. libnmfd's is one less.
    sparsity : float
        At least 0; added to the denominator of H's update.
    uncorrelatedness : float
        At least 0; this times the sum of a template's other frames is added to the denominator of W's update.

    Returns
    -------
    Factorisation
        W of shape (F, K, T). The costs are libnmfd's, each taken before its iteration.

    Raises
    ------
    ValueError
        As `nmf.nmf_conv`.
    """
    objective = Objective(beta, sparsity, uncorrelatedness, None, hold_templates, hold_activations)
    problem = _AsItIs(V, W, H, objective, iterations, progress)
    rule = _RatioRule(V, problem)
    return _descend(rule, problem, W, H, iterations, progress, before, after, watch, threads)


class _AsItIs(ConvolutiveProblem):
    """V keeps its scale: the rules have their own."""

    brings_near_one = False


def _descend(
    rule: _Rule,
    problem: ConvolutiveProblem,
    W: Array,
    H: Array,
    iterations: int | None,
    progress: IterationProgress | None,
    before: Hook | None,
    after: Hook | None,
    watch: Watch | None,
    threads: int | None,
) -> Factorisation:
    w, h = problem.pack(W), np.array(H.T, problem.kind, order="C")
    costs: list[float] = []
    iteration = 0
    with Blocks(problem.frames, threads) as blocks:
        while iterations is None or iteration < iterations:
            iteration += 1
            w, h = problem.hooked(before, iteration, w, h)
            w, h, cost = rule.step(w, h, blocks)
            total = w.sum(axis=1).reshape(-1, problem.length).sum(axis=1)
            # Held templates are scaled as well: so does the program.
            w = w * (1 / (EPS + total)).astype(problem.kind)[problem.owner, None]
            w, h = problem.hooked(after, iteration, w, h)
            costs.append(cost)
            if watch is not None:
                watch(problem.unpack(w), h.T)
            if progress is not None and not progress(iteration, cost):
                break
    return problem.result(w, h, costs)


class _Rule(ABC):
    """V / (ε + ΣV), stored time-major, and one of libnmfd's updates of w (K·T, F) and h (N, K)."""

    def __init__(self, V: Array, problem: ConvolutiveProblem) -> None:
        self.kind = V.dtype.type
        self.problem, self.length = problem, problem.length
        self.vt = aligned_rows(V, problem.align) / (self.kind(EPS) + V.sum())
        self.quotient = np.empty_like(self.vt)

    @abstractmethod
    def step(self, w: Array, h: Array, blocks: Blocks) -> tuple[Array, Array, float]:
        """The new w and h, and the cost before them."""


class _MeanRule(_Rule):
    """`nmfd`: the H update is the mean over τ of each τ's own ratio, without a correction at the end."""

    def __init__(self, V: Array, problem: ConvolutiveProblem) -> None:
        super().__init__(V, problem)
        self._total = float(self.vt.sum(dtype=np.float64))

    def step(self, w: Array, h: Array, blocks: Blocks) -> tuple[Array, Array, float]:
        eps, problem = self.kind(EPS), self.problem

        def sums(part: slice) -> tuple[Array, Array, float]:
            rows = stacked(h, self.length, part)
            v, q = self.vt[part], self.quotient[part]
            up, cost = quotient_sums(v, rows, w, 2 * EPS, q, blocks)
            return up, rows.sum(axis=0), cost

        up, down, cost = sums_of(blocks.run(sums))
        # ΣL − ΣV
        cost += float(down.astype(np.float64) @ w.sum(axis=1, dtype=np.float64)) - self._total
        if problem.free_w:
            up /= down[:, None] + eps
            up *= w
            if problem.hold_w.any():
                up[problem.hold_w[problem.owner]] = w[problem.hold_w[problem.owner]]
            w = up
        if problem.free_h:
            products = blocks.run(lambda part: self.quotient[part] @ w.T)
            ratios = np.concatenate(products) / (w.sum(axis=1) + eps)
            h = np.where(problem.hold_h, h, h * (gathered(ratios, self.length) / self.kind(self.length)))
        return w, h, cost / (problem.frames * problem.bins)


class _RatioRule(_Rule):
    """`nmf_conv`: the H update is the ratio of the sums over τ; no exponent for any β."""

    def __init__(self, V: Array, problem: ConvolutiveProblem) -> None:
        super().__init__(V, problem)
        self._base = np.empty_like(self.vt)

    def step(self, w: Array, h: Array, blocks: Blocks) -> tuple[Array, Array, float]:
        eps, problem, objective = self.kind(EPS), self.problem, self.problem.objective
        beta = self.kind(objective.beta - 1)

        def sums(part: slice) -> tuple[Array, Array, float]:
            rows = stacked(h, self.length, part)
            v, q, b = self.vt[part], self.quotient[part], self._base[part]
            model = rows @ w
            model += eps
            np.power(model, beta, out=b)
            np.divide(v * b, model, out=q)
            real = slice(None), slice(problem.bins)
            up, down = rows.T @ q, rows.T @ b
            v, b, model = v[real], b[real], model[real]
            # In double precision ε + β + 1 is not 0 for β = −1.
            power = objective.beta - 1
            first, second = EPS + power, EPS + power + 1
            cost = v * (v**beta - b) / first - (v ** (beta + 1) - model ** (beta + 1)) / second
            return up, down, float(cost.sum())

        up, down, cost = sums_of(blocks.run(sums))
        down += eps
        if problem.free_w:
            w = self._uncorrelated(w, up, down)
        if problem.free_h:
            products = blocks.run(lambda part: (self.quotient[part] @ w.T, self._base[part] @ w.T))
            numerator = gathered(np.concatenate([up for up, _ in products]), self.length) + eps
            denominator = gathered(np.concatenate([down for _, down in products]), self.length)
            denominator += eps + self.kind(objective.sparsity) + eps
            h = np.where(problem.hold_h, h, h * (numerator / denominator))
        return w, h, cost / (problem.frames * problem.bins)

    def _uncorrelated(self, w: Array, up: Array, down: Array) -> Array:
        """W_τ in turn: the penalty's sum over the other frames holds those that are already new."""
        frames = w.reshape(-1, self.length, w.shape[1]).copy()
        ups, downs = up.reshape(frames.shape), down.reshape(frames.shape)
        free = ~self.problem.hold_w
        weight = self.kind(self.problem.objective.uncorrelatedness)
        for delay in range(self.length):
            others = frames.sum(axis=1) - frames[:, delay]
            new = frames[:, delay] * (ups[:, delay] / (downs[:, delay] + weight * others))
            frames[free, delay] = new[free]
        return frames.reshape(w.shape)
