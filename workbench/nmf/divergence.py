"""The β-divergence, the cost that a factorisation brings down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BETA = {"kl": 1.0, "is": 0.0, "eu": 2.0}
"""Names on the command line and in files to β (Févotte & Idier 2011, Neural Computation 23:9)."""


def spectrogram_power(name: str) -> float:
    """p of V = |X|^p that suits a divergence: power for Itakura–Saito (Gaussian composite model), else magnitude."""
    return 2.0 if name == "is" else 1.0


def relative_floor(beta: float) -> float:
    """Smallest value that V and the model may take, as a share of the largest of V.

    Itakura–Saito sees ratios only, so zeros would cost infinitely much; −100 dB below the largest power
    is under the noise of any recording.
    """
    return 1e-10 if beta < 1 else 1e-20


def divergence(v: NDArray[np.floating], model: NDArray[np.floating], beta: float) -> float:
    """Sum over all entries of d_β(v | model), accumulated in float64.

    Parameters
    ----------
    v, model : arrays of equal shape
        Nonnegative; `model` positive, and `v` positive too for β ≤ 0.
    beta : float
        2 Euclidean (½ (v − m)²), 1 Kullback–Leibler (v log v/m − v + m), 0 Itakura–Saito (v/m − log v/m − 1).

    Returns
    -------
    float
    """
    if beta == 2.0:
        d = v - model
        return 0.5 * float(np.sum(d * d, dtype=np.float64))
    if beta == 1.0:
        ratio = np.where(v > 0, v / model, 1)
        return float(np.sum(v * np.log(ratio) - v + model, dtype=np.float64))
    if beta == 0.0:
        ratio = v / model
        return float(np.sum(ratio - np.log(ratio) - 1, dtype=np.float64))
    total = v**beta + (beta - 1) * model**beta - beta * v * model ** (beta - 1)
    return float(np.sum(total, dtype=np.float64)) / (beta * (beta - 1))
