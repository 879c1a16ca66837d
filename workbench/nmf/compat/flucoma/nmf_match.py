"""NMFMatch and NMFFilter: activations of fixed templates, and the masks that follow from them.

After flucoma-core's `NMF.hpp` and `RatioMask.hpp`; all is computed in float64.
"""

from __future__ import annotations

import numpy as np

from workbench.nmf.compat import EPS
from workbench.nmf.compat.flucoma.buf_nmf import floored, updated_activations, with_unit_norm
from workbench.nmf.compat.flucoma.mersenne import mersenne_uniform
from workbench.nmf.divergence import divergence
from workbench.nmf.result import Array, IterationProgress, check_factors, check_spectrogram


def match(V: Array, W: Array, iterations: int = 10, seed: int = 0, progress: IterationProgress | None = None) -> Array:
    """How much of each template is in each frame, as NMFMatch answers it.

    Every frame starts from the same random activations and knows nothing of the others.

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes, nonnegative and finite; floored at ε. Never written to.
    W : array, shape (F, K)
        Templates of any scale: they are brought to unit L2 norm. Never written to.
    iterations : int
        0 or more. NMFMatch always does 10, whatever its parameter says; NMFFilter obeys.
    seed : int
        Of the start, the first K numbers of `mersenne_uniform`.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration, counted from 1, with d_KL(V | max(WH, ε)); False stops.

    Returns
    -------
    array, shape (K, N)
        H in V's kind of float, unscaled.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is negative or not finite, or a number is out of its range.
    """
    return _match(V, W, iterations, seed, progress)[1].astype(V.dtype)


def filter_masks(V: Array, W: Array, iterations: int = 10, seed: int = 0) -> Array:
    """The masks with which NMFFilter takes its components out of each frame.

    A reference for small spectrograms: it holds all K masks at once, in float64.

    Parameters
    ----------
    V, W, iterations, seed
        As in `match`.

    Returns
    -------
    array, shape (K, F, N)
        From 0 to 1, in V's kind of float; their sum is 1 wherever the model is above ε.

    Raises
    ------
    ValueError
        As `match`.
    """
    w, h = _match(V, W, iterations, seed)
    parts = w.T[:, :, None] * h[:, None, :]
    return ratio_mask(parts, w @ h).astype(V.dtype)


def ratio_mask(T: Array, total: Array, exponent: int = 1) -> Array:
    """FluCoMa's RatioMask: (T / total)^exponent, at most 1.

    Parameters
    ----------
    T : array, shape (..., F, N)
        The part, or parts, to be kept; nonnegative. Never written to.
    total : array, shape (F, N)
        The model of everything; floored at ε.
    exponent : int
        1 or more.

    Returns
    -------
    array, shape (..., F, N)
        From 0 to 1, in T's kind of float.

    Raises
    ------
    ValueError
        If the shapes do not fit or the exponent is not positive.
    """
    if T.shape[-2:] != total.shape:
        raise ValueError(f"Shapes do not fit: the parts are {T.shape}, the total is {total.shape}.")
    if exponent < 1:
        raise ValueError(f"The exponent must be 1 or more, not {exponent}.")
    # A product of powers with the reciprocal, not the power of a quotient: that is another last digit.
    inverse = 1 / np.maximum(total.astype(np.float64), EPS)
    return np.minimum(T.astype(np.float64) ** exponent * inverse**exponent, 1).astype(T.dtype)


def _match(
    V: Array, W: Array, iterations: int, seed: int, progress: IterationProgress | None = None
) -> tuple[Array, Array]:
    """The templates at unit norm (F, K), and the activations (K, N); both float64."""
    check_spectrogram(V)
    start = np.maximum(mersenne_uniform(seed, W.shape[-1]), EPS)
    h: Array = np.repeat(start[:, None], V.shape[1], axis=1)
    check_factors(V, W, h, iterations, progress)
    v, w = floored(V), with_unit_norm(floored(W), axis=0)
    for i in range(1, iterations + 1):
        h = updated_activations(v, w, h, np.maximum(w @ h, EPS))
        if progress is not None and not progress(i, divergence(v, np.maximum(w @ h, EPS), 1.0)):
            break
    return w, h
