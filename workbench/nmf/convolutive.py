"""Convolutive NMF: templates of T frames, L = Σ_τ W_τ · shift(H, τ) (Smaragdis, ICA 2004).

The shifted copies of H stand beside each other, so that one matrix product makes the model; frames of a
template are rows of one matrix, and a shifted sum over a product with it makes the update of H.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from workbench.nmf.accelerated import descend_fast
from workbench.nmf.blocks import Blocks, aligned_rows
from workbench.nmf.multiplicative import descend
from workbench.nmf.objective import Objective
from workbench.nmf.problem import Half, Problem, Sums, sums_of
from workbench.nmf.products import model_of, onto_activations, onto_templates
from workbench.nmf.result import Array, Factorisation, Hook, Progress, Watch

EPS = 2.0**-52
"""What libnmfd adds wherever it divides."""


def shift_operator(A: Array, amount: int) -> Array:
    """A with its columns shifted to the right (left for negative `amount`), zeros coming in; A stays."""
    out = np.zeros_like(A)
    if amount == 0:
        out[:] = A
    elif 0 < amount < A.shape[1]:
        out[:, amount:] = A[:, :-amount]
    elif 0 < -amount < A.shape[1]:
        out[:, :amount] = A[:, -amount:]
    return out


def conv_model(W: Array, H: Array) -> Array:
    """Σ_τ W_τ · shift(H, τ), shape (F, N).

    Parameters
    ----------
    W : array, shape (F, K, T), or (F, K), which is the plain product
    H : array, shape (K, N)

    Raises
    ------
    ValueError
        If the numbers of components differ.
    """
    W = W if W.ndim == 3 else W[:, :, None]
    if W.shape[1] != len(H):
        raise ValueError(f"Shapes do not fit: W {W.shape}, H {H.shape}.")
    model: Array = (stacked(H.T, W.shape[2]) @ W.reshape(len(W), -1).T).T
    return model


def stacked(h: Array, length: int, part: slice | None = None) -> Array:
    """The T = `length` delayed copies of h (N, K) beside each other, (N, K·T); `part` gives some rows of it."""
    part = part or slice(0, len(h))
    first = max(0, part.start - length + 1)
    above = np.zeros((length - 1 - (part.start - first), h.shape[1]), h.dtype)
    padded = np.concatenate([above, h[first : part.stop]])
    windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=0)
    return np.ascontiguousarray(windows[:, :, ::-1]).reshape(part.stop - part.start, -1)


def gathered(product: Array, length: int) -> Array:
    """Σ_τ product[n + τ, k, τ] for a product (N, K·T), zeros beyond its end: the adjoint of `stacked`, (N, K)."""
    cube = product.reshape(len(product), -1, length)
    out = cube[:, :, 0].copy()
    for delay in range(1, min(length, len(cube))):
        out[:-delay] += cube[delay:, :, delay]
    return out


def nmfd(
    V: Array,
    W: Array,
    H: Array,
    iterations: int | None = 30,
    progress: Progress | None = None,
    *,
    hold_templates: bool | ArrayLike = False,
    hold_activations: bool | ArrayLike = False,
    before: Hook | None = None,
    after: Hook | None = None,
    compat: str | None = None,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Nonnegative matrix factor deconvolution with the Kullback–Leibler divergence.

    By default H is updated by the ratio of the sums over τ, then all W_τ together: both are
    majorisation–minimisation steps, so the cost never rises. libnmfd's rule is `compat`.

    Parameters
    ----------
    V : array, shape (F, N)
    W : array, shape (F, K, T)
        The start, T template frames.
    H : array, shape (K, N)
    iterations, progress, watch, threads
        As for `multiplicative.factorise`.
    hold_templates, hold_activations : bool or K flags
        What is not updated.
    before, after : callable (i, W, H) -> (W, H) or None, optional
        Called at the beginning and at the end of every iteration; what they return takes the factors' place.
        With `compat` the factors are at the scale of V / ΣV.
    compat : 'libnmfd', optional
        That program's order and normalisation: V is divided by its sum; W_τ by the model of the old H; H by the
        mean over τ of each τ's own ratio; templates scaled to unit sum, activations not compensated; its cost,
        mean(V log(1 + V/L) − V + L), taken before each iteration.

    Returns
    -------
    Factorisation
        W of shape (F, K, T).

    Raises
    ------
    ValueError
        As `multiplicative.factorise`, or for an unknown `compat`.
    """
    if compat is not None:
        _check_compat(compat)
        objective = Objective(1.0, hold_templates=hold_templates, hold_activations=hold_activations)
        return _descend_libnmfd(
            V, W, H, objective, _Libnmfd.mean_rule, iterations, progress, before, after, watch, threads
        )
    return nmf_conv(
        V,
        W,
        H,
        1.0,
        iterations,
        progress,
        hold_templates=hold_templates,
        hold_activations=hold_activations,
        before=before,
        after=after,
        watch=watch,
        threads=threads,
    )


def nmf_conv(
    V: Array,
    W: Array,
    H: Array,
    beta: float = 1.0,
    iterations: int | None = 30,
    progress: Progress | None = None,
    *,
    sparsity: float = 0.0,
    uncorrelatedness: float = 0.0,
    weights: Array | None = None,
    hold_templates: bool | ArrayLike = False,
    hold_activations: bool | ArrayLike = False,
    before: Hook | None = None,
    after: Hook | None = None,
    fast: bool = False,
    compat: str | None = None,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Convolutive NMF with a β-divergence and penalties (Cichocki et al. 2009, *Nonnegative Matrix and Tensor
    Factorizations*, section 3.7; the steps by majorisation–minimisation).

    Parameters
    ----------
    V, W, H, iterations, progress, hold_templates, hold_activations, before, after, watch, threads
        As for `nmfd`.
    beta : float
        2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito, or any other real number (libnmfd counts one less).
    sparsity, uncorrelatedness, weights
        As in `Objective`; every frame of every template counts as one of the templates that should be uncorrelated.
    fast : bool
        Extrapolated steps (`factorise_fast`); not with hooks.
    compat : 'libnmfd', optional
        That program's order, normalisation, cost and penalties: `sparsity` is added to H's denominator,
        `uncorrelatedness` times the sum of a template's other frames to W's, both at the scale of V / ΣV.

    Raises
    ------
    ValueError
        As `nmfd`, or for `fast` with hooks.
    """
    objective = Objective(beta, sparsity, uncorrelatedness, weights, hold_templates, hold_activations)
    if compat is not None:
        _check_compat(compat)
        if weights is not None or fast:
            raise ValueError("libnmfd's rule has neither weights nor fast steps; leave out compat.")
        return _descend_libnmfd(
            V, W, H, objective, _Libnmfd.ratio_rule, iterations, progress, before, after, watch, threads
        )
    if fast and (before is not None or after is not None):
        raise ValueError("Hooks need plain steps; leave out fast=True.")
    problem = ConvolutiveProblem(V, W, H, objective, iterations, progress)
    if fast:
        return descend_fast(problem, W, H, iterations, progress, watch, threads)
    return descend(problem, W, H, iterations, progress, watch=watch, threads=threads, before=before, after=after)


class ConvolutiveProblem(Problem):
    """The half-steps for templates of T frames."""

    model_is_a_product = False

    def sweep(self, blocks: Blocks, w: Array, h: Array, cost: bool = True) -> Sums:
        half = self.half(w, h)
        if self.free_h:
            pairs = blocks.run(partial(self._products, blocks=blocks, half=half, h=h))
            up = gathered(np.concatenate([up for up, _ in pairs]), self.length)
            products = [down for _, down in pairs if down is not None]
            # Without weights KL's denominator is the sum of the template's frames that are within the recording.
            all_ones = np.broadcast_to(half.sums, (self.frames, len(w)))
            down = gathered(np.concatenate(products) if products else all_ones, self.length)
            if self.mu:
                down += (self.mu * half.sums.reshape(-1, self.length).sum(axis=1)).astype(self.kind)
            self.step(h, up, down, half.square)
        parts = blocks.run(partial(self._sums, blocks=blocks, half=half, h=h, want_cost=cost))
        first_up, first_down, total = sums_of(parts)
        return Sums(first_up, first_down, max(0.0, total + self.constant) + self.penalty(w, h) if cost else np.nan)

    def _terms(self, part: slice, blocks: Blocks, half: Half, h: Array) -> tuple[Array, Array, Array, Array | None]:
        """Delayed activations, model, and the terms of the updates, for a block."""
        g = None if self.gt is None else self.gt[part]
        rows = stacked(h, self.length, part)
        model = self.model(rows, half, blocks)
        return (rows, model, *self.terms(self.vt[part], g, model, blocks))

    def _products(self, part: slice, blocks: Blocks, half: Half, h: Array) -> tuple[Array, Array | None]:
        _, _, p, q = self._terms(part, blocks, half, h)
        return onto_templates(p, half.w), None if q is None else onto_templates(q, half.w)

    def _sums(self, part: slice, blocks: Blocks, half: Half, h: Array, want_cost: bool) -> tuple[Array, Array, float]:
        rows, model, p, q = self._terms(part, blocks, half, h)
        g = None if self.gt is None else self.gt[part]
        cost = self.block_cost(self.vt[part], g, model, rows, half, blocks) if want_cost else 0.0
        down = rows.sum(axis=0)[:, None] if q is None else onto_activations(rows, q, blocks)
        return onto_activations(rows, p, blocks), down, cost


# -- libnmfd's own order -------------------------------------------------------------------------------


def _check_compat(compat: str) -> None:
    if compat != "libnmfd":
        raise ValueError(f"compat is 'libnmfd' or None here, not '{compat}'.")


_Rule = Callable[["_Libnmfd", Array, Array, Blocks], tuple[Array, Array, float]]


class _Libnmfd:
    """V / (ε + ΣV), stored time-major, and libnmfd's two rules for w (K·T, F) and h (N, K)."""

    def __init__(self, V: Array, problem: Problem) -> None:
        kind = V.dtype.type
        self.problem, self.length = problem, problem.length
        self.vt = aligned_rows(V, problem.align) / (kind(EPS) + V.sum())
        self.kind = kind
        self._quotient = np.empty_like(self.vt)
        self._base = np.empty_like(self.vt)
        self._total = float(self.vt.sum(dtype=np.float64))

    def mean_rule(self, w: Array, h: Array, blocks: Blocks) -> tuple[Array, Array, float]:
        """`nmfd`: the H update is the mean over τ of each τ's own ratio, without a correction at the end."""
        eps, problem = self.kind(EPS), self.problem

        def sums(part: slice) -> tuple[Array, Array, float]:
            rows = stacked(h, self.length, part)
            v, q = self.vt[part], self._quotient[part]
            model = model_of(rows, w, blocks.scratch("model", v.shape, v.dtype))
            model += 2 * eps
            np.divide(v, model, out=q)
            # Not log1p, which takes ten times as long: what it would save is far below this cost.
            logs = np.log(np.add(q, 1, out=model), out=model)
            return onto_activations(rows, q, blocks), rows.sum(axis=0), float(np.vdot(v, logs))

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
            products = blocks.run(lambda part: onto_templates(self._quotient[part], w))
            ratios = np.concatenate(products) / (w.sum(axis=1) + eps)
            h = np.where(problem.hold_h, h, h * (gathered(ratios, self.length) / self.kind(self.length)))
        return w, h, cost / (problem.frames * problem.bins)

    def ratio_rule(self, w: Array, h: Array, blocks: Blocks) -> tuple[Array, Array, float]:
        """`nmf_conv`: the H update is the ratio of the sums over τ; no exponent for any β."""
        eps, problem, objective = self.kind(EPS), self.problem, self.problem.objective
        beta = self.kind(objective.beta - 1)

        def sums(part: slice) -> tuple[Array, Array, float]:
            rows = stacked(h, self.length, part)
            v, q, b = self.vt[part], self._quotient[part], self._base[part]
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
            products = blocks.run(lambda part: (self._quotient[part] @ w.T, self._base[part] @ w.T))
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


def _descend_libnmfd(
    V: Array,
    W: Array,
    H: Array,
    objective: Objective,
    rule: _Rule,
    iterations: int | None,
    progress: Progress | None,
    before: Hook | None,
    after: Hook | None,
    watch: Watch | None,
    threads: int | None,
) -> Factorisation:
    """Iterations in libnmfd's order; W and H are those for V / (ε + ΣV), and so are the results."""
    problem = ConvolutiveProblem(V, W, H, objective, iterations, progress)
    rules = _Libnmfd(V, problem)
    w, h = problem.pack(W), np.array(H.T, problem.kind, order="C")
    costs: list[float] = []
    iteration = 0
    with Blocks(problem.frames, threads) as blocks:
        while iterations is None or iteration < iterations:
            iteration += 1
            w, h = problem.hooked(before, iteration, w, h)
            w, h, cost = rule(rules, w, h, blocks)
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
