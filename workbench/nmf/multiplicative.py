"""β-NMF by multiplicative updates.

Frames are taken in blocks that stay in the cache. Blocks run in threads and are summed in a fixed order with
single-threaded BLAS, so that the result is the same, bit for bit, for any number of threads.
"""

from __future__ import annotations

from workbench.nmf.blocks import Blocks
from workbench.nmf.objective import Objective
from workbench.nmf.problem import Problem
from workbench.nmf.result import Array, Factorisation, Hook, IterationProgress, Watch


def factorise(
    V: Array,
    W: Array,
    H: Array,
    beta: float = 1.0,
    iterations: int | None = 100,
    progress: IterationProgress | None = None,
    *,
    objective: Objective | None = None,
    watch: Watch | None = None,
    cost_every: int = 1,
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
        2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito, or any other real number. Ignored where `objective` is given.
    iterations : int or None
        0 or more; None goes on until `progress` answers False.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration, counted from 1; False stops.
    objective : Objective, optional
        Penalties, weights, what is held, and the exponent.
    watch : callable (W, H), optional
        Sees the factors after every iteration, before `progress`.
    cost_every : int
        Iterations from one computation of the cost to the next; the first and the last iteration always compute it,
        and those between repeat the one before. Computing it takes about a third of an iteration.
    threads : int, optional
        Threads over the blocks; default is one a processor, at most 8. The result does not depend on it.

    Returns
    -------
    Factorisation
        Each cost is that of its iteration's new H with the old W: between the two updates the model is at hand.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is negative or not finite, or nothing would ever stop the iteration.
    """
    objective = objective or Objective(beta)
    problem = Problem(V, W, H, objective, iterations, progress)
    return descend(problem, W, H, iterations, progress, watch=watch, cost_every=cost_every, threads=threads)


def descend(
    problem: Problem,
    W: Array,
    H: Array,
    iterations: int | None,
    progress: IterationProgress | None = None,
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
            costs.append(problem.told(sums.cost) if wanted else costs[-1])
            if watch is not None:
                watch(*problem.factors(w, h))
            if progress is not None and not progress(iteration, costs[-1]):
                break
    return problem.result(w, h, costs)
