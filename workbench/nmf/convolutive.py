"""Convolutive NMF: templates of T frames, L = Σ_τ W_τ · shift(H, τ) (Smaragdis, ICA 2004).

The shifted copies of H stand beside each other, so that one matrix product makes the model; frames of a
template are rows of one matrix, and a shifted sum over a product with it makes the update of H.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workbench.nmf.accelerated import descend_fast
from workbench.nmf.blocks import Blocks
from workbench.nmf.multiplicative import descend
from workbench.nmf.objective import Objective
from workbench.nmf.problem import Problem, Sums, sums_of
from workbench.nmf.result import Array, Factorisation, Hook, IterationProgress, Watch


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
    padded = np.zeros((part.stop - part.start + length - 1, h.shape[1]), h.dtype)
    padded[len(padded) - (part.stop - first) :] = h[first : part.stop]
    step = padded.strides[0]
    # Each row is a window of the last T frames, the latest first; `sliding_window_view` takes longer than the copy.
    shape, strides = (part.stop - part.start, h.shape[1], length), (step, padded.itemsize, -step)
    windows: Array = np.ndarray(shape, h.dtype, padded, (length - 1) * step, strides)
    return np.ascontiguousarray(windows).reshape(shape[0], -1)


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
    progress: IterationProgress | None = None,
    *,
    hold_templates: bool | ArrayLike = False,
    hold_activations: bool | ArrayLike = False,
    before: Hook | None = None,
    after: Hook | None = None,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Nonnegative matrix factor deconvolution with the Kullback–Leibler divergence.

    H is updated by the ratio of the sums over τ, then all W_τ together. Both are majorisation–minimisation steps, so
    the cost never rises. libnmfd's own rule is `compat.libnmfd.nmfd`.

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

    Returns
    -------
    Factorisation
        W of shape (F, K, T).

    Raises
    ------
    ValueError
        As `multiplicative.factorise`.
    """
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
    progress: IterationProgress | None = None,
    *,
    sparsity: float = 0.0,
    uncorrelatedness: float = 0.0,
    weights: Array | None = None,
    hold_templates: bool | ArrayLike = False,
    hold_activations: bool | ArrayLike = False,
    before: Hook | None = None,
    after: Hook | None = None,
    fast: bool = False,
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
        2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito, or any other real number.
    sparsity, uncorrelatedness, weights
        As in `Objective`; every frame of every template counts as one of the templates that should be uncorrelated.
    fast : bool
        Extrapolated steps (`factorise_fast`); not with hooks.

    Raises
    ------
    ValueError
        As `nmfd`, or for `fast` with hooks.
    """
    objective = Objective(beta, sparsity, uncorrelatedness, weights, hold_templates, hold_activations)
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
            pairs = blocks.run(lambda part: self.sums.of_frames(part, stacked(h, self.length, part), w, blocks))
            up = gathered(np.concatenate([up for up, _ in pairs]), self.length)
            products = [down for _, down in pairs if down is not None]
            # Without weights KL's denominator is the sum of the template's frames that are within the recording.
            all_ones = np.broadcast_to(half.sums, (self.frames, len(w)))
            down = gathered(np.concatenate(products) if products else all_ones, self.length)
            if self.mu:
                down += (self.mu * half.sums.reshape(-1, self.length).sum(axis=1)).astype(self.kind)
            self.step(h, up, down, half.square)
        parts = blocks.run(lambda part: self.of_bins(part, stacked(h, self.length, part), w, blocks, cost))
        first_up, first_down, total = sums_of(parts)
        return Sums(first_up, first_down, max(0.0, total + self.constant) + self.penalty(w, h) if cost else np.nan)
