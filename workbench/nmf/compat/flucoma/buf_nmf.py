"""BufNMF: Kullback–Leibler NMF of a spectrogram, from a random start or from given factors.

Order of operations, floors, scaling and the random start are those of flucoma-core's `NMF.hpp` and `EigenRandom.hpp`
(Eigen 3.4.0): with the same V and seed the factors agree up to the rounding of sums. All is computed in float64.
"""

from __future__ import annotations

import numpy as np

from workbench.nmf.compat import EPS
from workbench.nmf.compat.flucoma.mersenne import mersenne_uniform
from workbench.nmf.divergence import divergence
from workbench.nmf.result import Array, Factorisation, IterationProgress, Watch, check_factors, check_spectrogram


def random_factors(bins: int, frames: int, components: int, seed: int = 0) -> tuple[Array, Array]:
    """FluCoMa's random start: both factors are filled column by column from the beginning of one stream.

    Parameters
    ----------
    bins, frames, components : int
        F, N and K.
    seed : int
        From 0 to 2⁶⁴ − 1. FluCoMa's −1, a new seed at every run, is for the caller to draw.

    Returns
    -------
    (W, H) : float64 arrays, shapes (F, K) and (K, N)
        In [0, 1).

    Raises
    ------
    ValueError
        If a size is not positive, or the seed out of its range.
    """
    if min(bins, frames, components) < 1:
        raise ValueError(f"Sizes must be positive: {bins} bins, {frames} frames, {components} components.")
    stream = mersenne_uniform(seed, max(bins, frames) * components)
    W = stream[: bins * components].reshape(components, bins).T
    H = stream[: components * frames].reshape(frames, components).T
    return W, H


def nmf(
    V: Array,
    components: int,
    iterations: int = 100,
    seed: int = 0,
    W: Array | None = None,
    H: Array | None = None,
    fix_W: bool = False,
    fix_H: bool = False,
    progress: IterationProgress | None = None,
    watch: Watch | None = None,
) -> Factorisation:
    """Kullback–Leibler NMF as BufNMF does it: W, then H, each time with a new model.

    W's columns and H's rows get unit L2 norm at the start, be they drawn, given or fixed, and W's columns after
    every update; H never takes their scale over, so the cost may rise. Where FluCoMa would divide a column of
    zeros by its norm and go on with NaN, the column stays zero.

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes (BufNMF's own choice), nonnegative and finite. Never written to.
    components : int
        K.
    iterations : int
        0 or more. None are done if both factors are fixed, as in BufNMF.
    seed : int
        Of `random_factors`, for the factors that are not given.
    W, H : arrays, shapes (F, K) and (K, N), optional
        The start: BufNMF's bases and activations in mode Seed or Fixed. Never written to.
    fix_W, fix_H : bool
        Fixed factors are scaled, but not updated.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration, counted from 1; False stops.
    watch : callable (W, H), optional
        Sees the factors after every iteration, before `progress`.

    Returns
    -------
    Factorisation
        In V's kind of float. W's columns have unit L2 norm, as BufNMF writes them; H is that of the model WH,
        which BufNMF divides by `activation_scale` when it writes it. The costs are d_KL(V | max(WH, ε)); BufNMF
        computes none.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is negative or not finite, or a number is out of its range.
    """
    check_spectrogram(V)
    drawn_W, drawn_H = random_factors(V.shape[0], V.shape[1], components, seed)
    given_W, given_H = drawn_W if W is None else W, drawn_H if H is None else H
    if given_W.ndim != 2 or given_W.shape[1] != components:
        raise ValueError(f"W of shape {given_W.shape} does not have {components} components.")
    check_factors(V, given_W, given_H, iterations, progress)
    v = V.astype(np.float64)
    w, h = with_unit_norm(floored(given_W), axis=0), with_unit_norm(floored(given_H), axis=1)
    model = np.maximum(w @ h, EPS)
    costs: list[float] = []
    for i in range(1, 1 + (0 if fix_W and fix_H else iterations)):
        if not fix_W:
            w = w * ((v / model) @ h.T) / np.maximum(h.sum(axis=1), EPS)
            if w.max() > EPS:
                w = with_unit_norm(w, axis=0)
            model = np.maximum(w @ h, EPS)
        if not fix_H:
            h = updated_activations(v, w, h, model)
            model = np.maximum(w @ h, EPS)
        costs.append(divergence(v, model, 1.0))
        if watch is not None:
            watch(w, h)
        if progress is not None and not progress(i, costs[-1]):
            break
    return Factorisation(w.astype(V.dtype), h.astype(V.dtype), tuple(costs))


def activation_scale(H: Array) -> float:
    """What BufNMF divides all activations by before it writes them: the largest of all components and frames.

    To the last bit BufNMF writes `H.astype(float32) * float32(1 / activation_scale(H))`. Its silent activations
    would be NaN; the scale of silence is 1 here.

    Parameters
    ----------
    H : array, shape (K, N)

    Returns
    -------
    float
    """
    return float(H.max(initial=0)) or 1.0


def floored(factor: Array) -> Array:
    return np.maximum(factor.astype(np.float64), EPS)


def with_unit_norm(factor: Array, axis: int) -> Array:
    """Rows or columns of unit L2 norm; those of zeros stay."""
    norm = np.sqrt((factor * factor).sum(axis=axis, keepdims=True))
    out: Array = factor / np.where(norm > 0, norm, 1)
    return out


def updated_activations(v: Array, w: Array, h: Array, model: Array) -> Array:
    """The multiplicative update of h."""
    out: Array = h * (w.T @ (v / model)) / np.maximum(w.sum(axis=0)[:, None], EPS)
    return out
