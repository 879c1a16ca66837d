"""Where a factorisation starts from when nothing is known of the sources: random, uniform, or the SVD."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
import scipy.linalg
from scipy.sparse.linalg import LinearOperator, eigsh

from workbench.nmf.result import Array, check_spectrogram, chosen
from workbench.progress import Progress, silent


class Fill(StrEnum):
    """What takes the place of the zeros of an SVD start, which multiplicative updates would never leave.

    MEAN (NNDSVDa): the flat value √(mean(V)/K), with which the model would have V's mean.
    RANDOM (NNDSVDar): random numbers up to a hundredth of that.
    ZEROS (NNDSVD): zeros stay.
    """

    MEAN = "mean"
    RANDOM = "random"
    ZEROS = "zeros"


GRAM_BLOCK = 4096
"""Frames at a time."""


def random_start(V: Array, components: int, seed: int, length: int = 1) -> tuple[Array, Array]:
    """Seeded random W and H, scaled so that the model has V's mean.

    With templates of several frames it has a little less: what they would add after the last frame is lost.

    Parameters
    ----------
    V : array, shape (F, N)
    components : int
        K, at least 1.
    seed : int
    length : int
        T; above 1, W is (F, K, T).

    Returns
    -------
    W, H : arrays, shapes (F, K) or (F, K, T), and (K, N)
        In V's kind of float; templates of unit sum.

    Raises
    ------
    ValueError
        If `components` or `length` is less than one.
    """
    return start_of_shape(V.shape[0], V.shape[1], components, seed, float(V.mean(dtype=np.float64)), V.dtype, length)


def start_of_shape(
    bins: int,
    frames: int,
    components: int,
    seed: int,
    mean: float = 1.0,
    kind: np.dtype[Any] | None = None,
    length: int = 1,
) -> tuple[Array, Array]:
    """`random_start` for a V of which only shape and mean are known; float32 unless `kind` says otherwise."""
    if components < 1 or length < 1:
        raise ValueError(
            f"A factorisation needs at least one component and template frame, not {components} and {length}."
        )
    rng = np.random.default_rng(seed)
    w = rng.random((bins, components) if length == 1 else (bins, components, length)) + 0.05
    h = rng.random((frames, components)) + 0.05
    return balanced(w, h.T, mean, kind or np.dtype(np.float32))


def uniform_start(V: Array, components: int, length: int = 1) -> tuple[Array, Array]:
    """Flat W and H, scaled so that the model has V's mean.

    Use it for one of the two factors: from two flat ones all components would stay the same.
    """
    w = np.ones((V.shape[0], components) if length == 1 else (V.shape[0], components, length))
    return balanced(w, np.ones((components, V.shape[1])), float(V.mean(dtype=np.float64)), V.dtype)


def balanced(W: Array, H: Array, mean: float, kind: np.dtype[Any]) -> tuple[Array, Array]:
    """W with templates of unit sum and H taking their scale over, then scaled so that the model's mean is `mean`."""
    total = W.reshape(len(W), W.shape[1], -1).sum(axis=(0, 2), dtype=np.float64)
    W = W / np.where(total > 0, total, 1).reshape((1, -1, 1)[: W.ndim])
    H = H * total[:, None]
    present = float(H.sum(dtype=np.float64)) / H.shape[1]
    H = H * (mean * len(W) / max(present, 1e-300))
    return np.ascontiguousarray(W, kind), np.ascontiguousarray(H, kind)


def of_length(W: Array, length: int) -> Array:
    """Templates with another number T of frames: all alike, or the sum of those that there are.

    Parameters
    ----------
    W : array, shape (F, K) or (F, K, T)
    length : int
        T wanted; 1 gives (F, K).
    """
    present = W.shape[2] if W.ndim == 3 else 1
    if present == length:
        return W
    flat: Array = W.sum(axis=2) if W.ndim == 3 else W
    return flat if length == 1 else np.repeat(flat[:, :, None] / length, length, axis=2)


def nndsvd(
    V: Array, components: int, fill: str = Fill.MEAN, seed: int = 0, asked: Callable[[], object] = lambda: None
) -> tuple[Array, Array]:
    """Nonnegative double singular value decomposition (Boutsidis & Gallopoulos, Pattern Recognition 41, 2008).

    Of each singular pair the positive or the negative part, whichever weighs more.

    Parameters
    ----------
    V : array, shape (F, N)
    components : int
        K, at most min(F, N).
    fill : str
        One of `Fill`.
    seed : int
        Of the random fill.
    asked : callable
        Called before every product with V, of which a long one takes a while; what it raises ends the work.

    Returns
    -------
    W, H : arrays, shapes (F, K) and (K, N)

    Raises
    ------
    ValueError
        For more components than V has singular values, an unknown fill, or a V that is not a spectrogram.
    """
    fill = chosen(Fill, fill, "fill")
    peak = check_spectrogram(V)
    if not 1 <= components <= min(V.shape):
        raise ValueError(f"The SVD start gives 1 to {min(V.shape)} components here, not {components}.")
    w, h = np.zeros((len(V), components)), np.zeros((components, V.shape[1]))
    if peak == 0:
        return w.astype(V.dtype), h.astype(V.dtype)
    u, s, v = singular_pairs(V, components, peak, asked)
    for k in range(components):
        parts = [(np.maximum(sign * u[:, k], 0), np.maximum(sign * v[k], 0)) for sign in (1, -1)]
        norms = [float(np.linalg.norm(a) * np.linalg.norm(b)) for a, b in parts]
        best = int(norms[1] > norms[0])
        a, b = parts[best]
        if norms[best] > 0:
            size = np.sqrt(s[k] * norms[best])
            w[:, k], h[k] = size * a / np.linalg.norm(a), size * b / np.linalg.norm(b)
    flat = np.sqrt(float(V.mean(dtype=np.float64)) / peak / components)
    if fill == Fill.MEAN:
        w[w == 0] = flat
        h[h == 0] = flat
    elif fill == Fill.RANDOM:
        rng = np.random.default_rng(seed)
        w[w == 0] = flat / 100 * rng.random(int((w == 0).sum()))
        h[h == 0] = flat / 100 * rng.random(int((h == 0).sum()))
    return w.astype(V.dtype), (h * peak).astype(V.dtype)


def singular_pairs(
    V: Array, count: int, peak: float = 1.0, asked: Callable[[], object] = lambda: None
) -> tuple[Array, Array, Array]:
    """The largest singular values s (count,) of V / peak, u (F, count) and vᵀ (count, N), in float64; signs are fixed.

    Of a long recording there is no second V: what it is multiplied with is divided instead, before it leaves the range.
    `asked` is as for `nndsvd`.
    """

    def product(x: Array) -> Array:
        asked()
        out: Array = V @ (V.T @ x.astype(V.dtype) * scale) * scale + trace * x
        return out

    small, scale = min(V.shape), V.dtype.type(1 / peak)
    if count >= small // 2 or small < 32:
        u, s, v = scipy.linalg.svd(V.astype(np.float64) / peak, full_matrices=False)
        u, s, v = u[:, :count], s[:count], v[:count]
    else:
        # Where too few eigenvalues differ ARPACK goes on from a vector of its own, another one each time: a trace
        # of others keeps it from that, and the same V gives the same start.
        pieces = (each * scale for each in np.array_split(V.T, -(-V.shape[1] // GRAM_BLOCK)))
        squares = sum(float(np.vdot(each, each)) for each in pieces)
        trace = 1e-10 * squares * 0.9 ** np.arange(V.shape[0])
        operator = LinearOperator((V.shape[0],) * 2, matvec=product, dtype=np.float64)
        values, u = eigsh(operator, k=count, v0=np.ones(V.shape[0]), which="LA", tol=1e-6)
        u = u[:, np.argsort(values)[::-1]]
        right = (V.T @ u.astype(V.dtype) * scale).astype(np.float64)
        # The norm keeps digits that the root of a small eigenvalue has lost.
        s = np.linalg.norm(right, axis=0)
        v = right.T / np.where(s > 0, s, 1)[:, None]
    sign = np.where(u.sum(axis=0) < 0, -1.0, 1.0)
    return u * sign, s, v * sign[:, None]


def components_for(V: Array, coverage: float = 0.5, most: int = 200) -> int:
    """The fewest components whose singular values make up a share of the sum of all (FluCoMa's NMFSeed).

    Parameters
    ----------
    V : array, shape (F, N)
    coverage : float
        Share, 0 … 1.
    most : int
        Upper limit.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the coverage is out of its range.
    """
    if not 0 <= coverage <= 1:
        raise ValueError(f"The coverage is a share from 0 to 1, not {coverage}.")
    return covering(singular_shares(V), coverage, most)


def covering(shares: Array, coverage: float, most: int) -> int:
    """The least number of components whose `singular_shares` reach `coverage` (0 … 1), but at most `most`."""
    return min(most, int(np.searchsorted(shares, coverage - 1e-12)) + 1, len(shares))


def singular_shares(V: Array, progress: Progress = silent) -> Array:
    """Shares of the sum of all singular values of V (F, N) that the largest one, two, three … make up, float64.

    Singular values are the roots of the eigenvalues of V Vᵀ, which is summed block by block for a recording of any
    length; `progress` is called with the share done, and what it raises ends the work.
    """
    short = V if V.shape[0] <= V.shape[1] else V.T
    gram = np.zeros((len(short), len(short)))
    for first in range(0, short.shape[1], GRAM_BLOCK):
        block = short[:, first : first + GRAM_BLOCK].astype(np.float64)
        gram += block @ block.T
        progress(min(1.0, (first + GRAM_BLOCK) / short.shape[1]))
    values = np.sqrt(np.maximum(scipy.linalg.eigvalsh(gram)[::-1], 0))
    return np.asarray(np.cumsum(values) / values.sum()) if values[0] > 0 else np.ones(1)
