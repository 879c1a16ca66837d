"""libnmfd's Wiener filter."""

from __future__ import annotations

import numpy as np

from workbench.nmf.compat import EPS
from workbench.nmf.result import Array


def alpha_wiener(parts: Array, alpha: float = 1.2) -> Array:
    """Masks A_k^α / (ε + Σ A^α) of parts A_k (Liutkus & Badeau 2015, ICASSP).

    Parameters
    ----------
    parts : array, shape (K, F, N)
        Magnitudes of the components, nonnegative. Never written to.
    alpha : float
        Positive; 2 is the Wiener filter of magnitudes, 1 shares out in proportion.

    Returns
    -------
    array, shape (K, F, N)
        From 0 to 1, in the parts' kind of float; they sum to 1 but for ε, which quiet parts feel.

    Raises
    ------
    ValueError
        If there are no parts, or alpha is not positive and finite.
    """
    if parts.ndim != 3 or not len(parts):
        raise ValueError(f"The parts must be of shape (components, bins, frames), not {parts.shape}.")
    if not 0 < alpha < np.inf:
        raise ValueError(f"Alpha must be positive and finite, not {alpha}.")
    powers = parts.astype(np.float64) ** alpha
    masks: Array = (powers / powers.sum(axis=0, initial=EPS)).astype(parts.dtype)
    return masks
