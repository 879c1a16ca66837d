"""libnmfd's plain NMF.

With the same V, W and H the factors agree with libnmfd's up to the rounding of sums. All is computed in float64.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from workbench.nmf.compat import EPS
from workbench.nmf.divergence import divergence
from workbench.nmf.result import (
    Array,
    Factorisation,
    IterationProgress,
    Watch,
    check_factors,
    check_spectrogram,
    chosen,
)


class Cost(StrEnum):
    """libnmfd's names of the divergences."""

    KULLBACK_LEIBLER = "KLDiv"
    EUCLIDEAN = "EucDist"
    ITAKURA_SAITO = "ISDiv"


def nmf(
    V: Array,
    W: Array,
    H: Array,
    cost: str = Cost.KULLBACK_LEIBLER,
    iterations: int = 30,
    fix_W: bool = False,
    progress: IterationProgress | None = None,
    watch: Watch | None = None,
) -> Factorisation:
    """NMF by libnmfd's multiplicative updates: W, then H with the new W but the model from before it.

    V is brought to unit sum first, and so is every column of W after each iteration, while H does not take the
    scale over: the cost may rise.

    Parameters
    ----------
    V : array, shape (F, N)
        Nonnegative and finite. Never written to.
    W, H : arrays, shapes (F, K) and (K, N)
        The start, taken as it is. Never written to.
    cost : str
        One of `Cost`: what the updates bring down.
    iterations : int
        0 or more.
    fix_W : bool
        W is neither updated nor scaled.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration, counted from 1; False stops.
    watch : callable (W, H), optional
        Sees the factors after every iteration, before `progress`.

    Returns
    -------
    Factorisation
        In V's kind of float; the model WH is of V / (ε + sum of V). The costs are d_KL of that from WH + ε,
        whatever `cost` is; libnmfd computes none.

    Raises
    ------
    ValueError
        If the shapes do not fit, the cost is unknown, or a value is negative or not finite.
    """
    check_spectrogram(V)
    check_factors(V, W, H, iterations, progress)
    cost = chosen(Cost, cost, "cost")
    v, w, h = (x.astype(np.float64) for x in (V, W, H))
    v = v / (EPS + v.sum())
    model = EPS + w @ h
    costs: list[float] = []
    for i in range(1, iterations + 1):
        up, down = _terms(v, model, cost)
        if not fix_W:
            w = w * ((up @ h.T) / (down @ h.T + EPS))
        h = h * ((w.T @ up) / (w.T @ down + EPS))
        if not fix_W:
            w = w * (1 / (EPS + w.sum(axis=0)))
        model = EPS + w @ h
        costs.append(divergence(v, model, 1.0))
        if watch is not None:
            watch(w, h)
        if progress is not None and not progress(i, costs[-1]):
            break
    return Factorisation(w.astype(V.dtype), h.astype(V.dtype), tuple(costs))


def _terms(v: Array, model: Array, cost: Cost) -> tuple[Array, Array]:
    """What the factors are multiplied into above and below the fraction bar of an update."""
    if cost == Cost.EUCLIDEAN:
        return v, model
    if cost == Cost.KULLBACK_LEIBLER:
        return v / model, np.ones_like(v)
    return model**-2 * v, 1 / model
