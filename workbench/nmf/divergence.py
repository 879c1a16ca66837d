"""The β-divergence, the cost that a factorisation brings down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BETA = {"kl": 1.0, "is": 0.0, "eu": 2.0}
"""Short names of divergences, and their β (Févotte & Idier, Neural Computation 23(9), 2011)."""


def spectrogram_power(name: str) -> float:
    """p of V = |X|^p that suits a divergence: power for Itakura–Saito (Gaussian composite model), else magnitude."""
    return 2.0 if name == "is" else 1.0


def relative_floor(beta: float) -> float:
    """Smallest value that V and the model may take, as a share of the largest of V.

    Itakura–Saito sees ratios only, so zeros would cost infinitely much; −100 dB below the largest power
    is under the noise of any recording.
    """
    return 1e-10 if beta < 1 else 1e-20


def divergence(
    v: NDArray[np.floating], model: NDArray[np.floating], beta: float, weights: NDArray[np.floating] | None = None
) -> float:
    """Sum over all entries of d_β(v | model), accumulated in float64.

    Parameters
    ----------
    v, model : arrays of equal shape
        Nonnegative; `model` positive, and `v` positive too for β ≤ 0.
    beta : float
        2 Euclidean (½ (v − m)²), 1 Kullback–Leibler (v log v/m − v + m), 0 Itakura–Saito (v/m − log v/m − 1).
    weights : array, optional
        Of each entry.

    Returns
    -------
    float
    """
    if beta == 0.0 and weights is None:
        return itakura_saito(v / model)
    out = _divergences(v, model, beta)
    return float(np.sum(out if weights is None else out * weights, dtype=np.float64))


def _divergences(v: NDArray[np.floating], model: NDArray[np.floating], beta: float) -> NDArray[np.floating]:
    kind = v.dtype.type
    if beta == 2.0:
        d = v - model
        return np.asarray(kind(0.5) * d * d)
    if beta == 1.0:
        ratio = np.where(v > 0, v / model, 1)
        return np.asarray(v * np.log(ratio) - v + model)
    if beta == 0.0:
        ratio = v / model
        return np.asarray(ratio - np.log(ratio) - 1)
    base = model ** kind(beta - 1)
    return np.asarray(
        (v ** kind(beta) + kind(beta - 1) * base * model - kind(beta) * v * base) / kind(beta * (beta - 1))
    )


def itakura_saito(ratio: NDArray[np.floating]) -> float:
    """Σ r − log r − 1 over the ratios r = v/model."""
    return float(ratio.sum(dtype=np.float64)) - _sum_of_logs(ratio) - ratio.size


def _sum_of_logs(ratio: NDArray[np.floating]) -> float:
    """Σ log: log a + log b = log ab halves the logarithms, which cost more than all else. Floors bound the products."""
    middle = len(ratio) // 2
    pairs = ratio[:middle] * ratio[middle : 2 * middle]
    rest = ratio[2 * middle :]
    return float(np.log(pairs).sum(dtype=np.float64)) + float(np.log(rest).sum(dtype=np.float64))
