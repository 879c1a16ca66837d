"""β-NMF by multiplicative updates, blocked over frames so that a block stays in the cache.

Blocks run in threads and are summed in a fixed order with single-threaded BLAS: the result is the same,
bit for bit, for any number of threads.
"""

from __future__ import annotations

import sys

from workbench.nmf.blocks import Blocks
from workbench.nmf.compat import flucoma, libnmfd
from workbench.nmf.objective import Objective
from workbench.nmf.problem import Problem
from workbench.nmf.result import Array, Factorisation, Hook, Progress, Watch, check_iterations, held


def factorise(
    V: Array,
    W: Array,
    H: Array,
    beta: float = 1.0,
    iterations: int | None = 100,
    progress: Progress | None = None,
    *,
    objective: Objective | None = None,
    watch: Watch | None = None,
    cost_every: int = 1,
    compat: str | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Exact multiplicative updates: H, then W, in every iteration (Févotte & Idier 2011, eqs. 4.1–4.2).

    After each update of W its columns are scaled to unit sum and H takes the scale over, so that the cost stays.

    Parameters
    ----------
    V : array, shape (F, N)
        Nonnegative and finite; float32 or float64, which the result keeps. Never written to.
    W, H : arrays, shapes (F, K) and (K, N)
        The start. Never written to.
    beta : float
        Divergence; ignored where `objective` is given.
    iterations : int or None
        None goes on until `progress` answers False.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration, counted from 1; False stops.
    objective : Objective, optional
        Penalties, weights, what is held, and the exponent.
    watch : callable (W, H), optional
        Sees the factors after every iteration, before `progress`.
    cost_every : int
        The cost is computed at every so manieth iteration and at the last; between, the one before is told
        again. Computing it takes about a third of an iteration.
    compat : 'flucoma' or 'libnmfd', optional
        That program's own order and normalisation from this start (`flucoma.nmf`, `libnmfd.nmf`), in float64 and
        with its scales; of the objective only β and what is held as a whole count.
    threads : int, optional
        Threads over the blocks; default is one a processor, at most 8. The result does not depend on it.

    Returns
    -------
    Factorisation
        The cost of an iteration is taken between its update of H and that of W, where the model is at hand.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is negative or not finite, or nothing would ever stop the iteration;
        if `compat` is unknown or has no such divergence.
    """
    objective = objective or Objective(beta)
    if compat is not None:
        check_iterations(iterations, progress)
        return _compatible(compat, V, W, H, objective, iterations, progress, watch)
    problem = Problem(V, W, H, objective, iterations, progress)
    return descend(problem, W, H, iterations, progress, watch=watch, cost_every=cost_every, threads=threads)


def _compatible(
    compat: str,
    V: Array,
    W: Array,
    H: Array,
    objective: Objective,
    iterations: int | None,
    progress: Progress | None,
    watch: Watch | None,
) -> Factorisation:
    count = sys.maxsize if iterations is None else iterations
    hold_w = bool(held(objective.hold_templates, W.shape[1]).all())
    hold_h = bool(held(objective.hold_activations, W.shape[1]).all())
    if compat == "flucoma" and objective.beta == 1.0:
        return flucoma.nmf(V, W.shape[1], count, 0, W, H, hold_w, hold_h, progress, watch)
    names = {1.0: "KLDiv", 2.0: "EucDist", 0.0: "ISDiv"}
    if compat == "libnmfd" and objective.beta in names and not hold_h:
        return libnmfd.nmf(V, W, H, names[objective.beta], count, hold_w, progress, watch)
    raise ValueError(
        f"There is no compat='{compat}' with β = {objective.beta:g} here: 'flucoma' knows β = 1; 'libnmfd' β = 0, 1 "
        "and 2, and can't hold activations."
    )


def descend(
    problem: Problem,
    W: Array,
    H: Array,
    iterations: int | None,
    progress: Progress | None = None,
    *,
    watch: Watch | None = None,
    cost_every: int = 1,
    threads: int | None = None,
    before: Hook | None = None,
    after: Hook | None = None,
) -> Factorisation:
    """The iterations of `factorise` for any problem; a hook sees W and H and may put others in their place."""
    w, h = problem.start(W, H)
    if problem.silent:
        return problem.silence(w, h)
    costs: list[float] = []

    with Blocks(problem.frames, threads) as blocks:
        iteration = 0
        while iterations is None or iteration < iterations:
            iteration += 1
            w, h = problem.hooked(before, iteration, w, h)
            wanted = iteration % cost_every == 0 or iteration in (1, iterations)
            sums = problem.sweep(blocks, w, h, wanted)
            w = problem.templates(w, h, sums)
            w = problem.normalise(w, h)
            w, h = problem.hooked(after, iteration, w, h)
            costs.append(sums.cost if wanted else costs[-1])
            if watch is not None:
                watch(problem.unpack(w), h.T)
            if progress is not None and not progress(iteration, costs[-1]):
                break
    return problem.result(w, h, costs)
