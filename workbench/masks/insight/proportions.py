"""Proportions that bring a quadratic cost to its least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEPS, ENOUGH = 200, 1e-4
"""Steps at most, and the change of a proportion in one of them that is small enough to stop."""
BEYOND = 1.6
"""Over-relaxation."""

Float = NDArray[np.float64]


def least(squares: Float, targets: Float) -> Float:
    """Columns of proportions a_g ≥ 0, Σ_g a_g = 1, with the least Σ_g a_gᵀ Q_g a_g − 2 c_gᵀ a_g.

    By the alternating direction method of multipliers (Boyd, Parikh, Chu, Peleato & Eckstein, *Distributed Optimization
    and Statistical Learning via the ADMM*, 2011, section 5.2): a linear system for each g, then the nearest proportions
    in each column. The problem is convex: the way there makes no difference.

    Parameters
    ----------
    squares : float64, shape (G, J, J)
        Q: symmetric and positive definite.
    targets : float64, shape (G, J)
        c.

    Returns
    -------
    float64, shape (G, J)
    """
    count, columns = targets.shape
    found = np.full((count, columns), 1 / max(1, count))
    if count < 2:
        return found
    # A step for each g as large as its eigenvalues are in the geometric mean: some may be much steeper than others.
    steps = np.exp(np.linalg.slogdet(squares)[1] / columns)[:, None]
    solve = np.linalg.inv(squares + steps[:, :, None] * np.eye(columns))
    beside = np.zeros_like(found)
    for _ in range(STEPS):
        exact = (solve @ (targets + steps * (found - beside))[:, :, None])[:, :, 0]
        ahead = BEYOND * exact + (1 - BEYOND) * found + beside
        before, found = found, nearest_proportions(ahead, steps)
        beside = ahead - found
        if max(np.abs(found - before).max(), np.abs(exact - found).max()) < ENOUGH:
            break
    return found


def nearest_proportions(values: Float, steepness: Float) -> Float:
    """The nonnegative columns that sum to one with the least Σ_g ρ_g (z_g − values_g)²; shape (G, J).

    All that is kept is lowered by one amount over ρ (Held, Wolfe & Crowder, *Validation of subgradient optimization*,
    Math. Programming 6, 1974, for equal ρ).

    Parameters
    ----------
    values : float64, shape (G, J)
    steepness : float64, shape (G, 1)
        ρ, positive.
    """
    order = np.argsort(-steepness * values, axis=0)
    column = np.arange(values.shape[1])
    falling, wide = values[order, column], 1 / steepness[order, 0]
    lowered = (falling.cumsum(axis=0) - 1) / wide.cumsum(axis=0)
    last = (falling > lowered * wide).sum(axis=0) - 1
    return np.asarray(np.maximum(values - lowered[last, column] / steepness, 0.0))
