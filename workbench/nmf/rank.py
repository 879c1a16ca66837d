"""How many components: the cost against K, and the elbow of that curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.result import Array, IterationProgress
from workbench.nmf.starts import random_start


def costs_by_components(
    V: Array,
    candidates: Sequence[int],
    beta: float = 1.0,
    iterations: int = 40,
    seed: int = 0,
    progress: IterationProgress | None = None,
) -> list[float]:
    """The cost that a factorisation reaches with each number of components.

    Parameters
    ----------
    V : array, shape (F, N)
    candidates : sequence of int
        Numbers of components, rising.
    beta, iterations, seed
        Of each factorisation.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration; i counts through all factorisations. False stops.

    Returns
    -------
    list of float
        One for each candidate; fewer if `progress` stopped.
    """
    costs: list[float] = []
    going = True
    for index, count in enumerate(candidates):

        def step(i: int, cost: float, before: int = index * iterations) -> bool:
            nonlocal going
            going = progress is None or progress(before + i, cost)
            return going

        W, H = random_start(V, count, seed)
        result = factorise_fast(V, W, H, beta, iterations, step)
        if not going:
            break
        costs.append(result.costs[-1])
    return costs


def elbow(candidates: Sequence[int], costs: Sequence[float]) -> int:
    """The number of components beyond which more gain little: the point farthest below the chord of the curve
    (Satopää et al., *Finding a “kneedle” in a haystack*, ICDCS Workshops 2011).

    Raises
    ------
    ValueError
        If there is no candidate, or not a cost for each.
    """
    if not candidates or len(candidates) != len(costs):
        raise ValueError("There must be a cost for each of at least one candidate.")
    x, y = np.asarray(candidates, np.float64), np.minimum.accumulate(np.asarray(costs, np.float64))
    if len(x) < 3 or y[0] <= y[-1]:
        return int(candidates[0])
    x, y = (x - x[0]) / (x[-1] - x[0]), (y - y[-1]) / (y[0] - y[-1])
    return int(candidates[int(np.argmax(1 - x - y))])
