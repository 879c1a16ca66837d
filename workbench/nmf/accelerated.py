"""Faster descents to the same stationary points: HALS for Euclidean, extrapolated multiplicative steps else.

The cost that is reported never rises: a step that would raise it is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.nmf.blocks import BLOCK, Blocks
from workbench.nmf.kernels import coordinates, least_squares
from workbench.nmf.objective import Exponent, Objective
from workbench.nmf.problem import Problem, Sums, added
from workbench.nmf.result import Array, Factorisation, IterationProgress, Watch

LONGEST_PERIOD = 5
"""Extrapolated steps from one look at the cost to the next."""

INNER_SWEEPS = 3
"""Sweeps of HALS over the components for each product with V, which costs far more than they do."""

FIRST_REACH, GROWTH, MOST_GROWTH, SHRINKING = 0.3, 1.05, 1.01, 1.5
"""How far HALS extrapolates at first, what it is multiplied by after a good step, the same for its upper bound, and
what it is divided by after a bad one (Ang & Gillis, Neural Computation 31(2), 2019, section 3.4)."""

LARGEST_STEP = 3.0
"""An extrapolation repeats at most a change by this factor: small values change by orders of magnitude at first."""


def factorise_fast(
    V: Array,
    W: Array,
    H: Array,
    beta: float = 1.0,
    iterations: int | None = 100,
    progress: IterationProgress | None = None,
    *,
    objective: Objective | None = None,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Bring down the same costs as `multiplicative.factorise`, with its arguments, result and errors, but faster.

    Euclidean without weights: hierarchical alternating least squares (Cichocki & Phan, *Fast local algorithms
    for large scale nonnegative matrix and tensor factorizations*, IEICE Trans. E92-A(3), 2009), with more than one
    inner sweep (Gillis & Glineur, Neural Computation 24(4), 2012), from extrapolated points with a restart where the
    cost rises (Ang & Gillis, *Accelerating nonnegative matrix factorization algorithms using extrapolation*,
    Neural Computation 31(2), 2019).

    Else: multiplicative steps from a point that is extrapolated along the last step, in the logarithm of W and
    H, with Nesterov's weights. The cost is looked at every few steps (between, the one before is told again);
    where it has risen, a plain step from the last good point begins anew
    (after Hien, Leplat & Gillis, *Block majorization minimization with extrapolation and application to
    β-NMF*, 2024; the restart after O'Donoghue & Candès, Found. Comput. Math. 15, 2015).
    """
    objective = objective or Objective(beta)
    # For β = 0 the majorisation–equalisation rule: it never raises the cost either, and takes longer steps.
    objective = replace(objective, exponent=Exponent.HEURISTIC if objective.beta == 0.0 else Exponent.MM)
    problem = Problem(V, W, H, objective, iterations, progress)
    return descend_fast(problem, W, H, iterations, progress, watch, threads)


def descend_fast(
    problem: Problem,
    W: Array,
    H: Array,
    iterations: int | None,
    progress: IterationProgress | None = None,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """The iterations of `factorise_fast` for any problem."""
    w, h = problem.start(W, H)
    if problem.silent:
        return problem.silence(w, h)
    hals = problem.gram and not problem.objective.uncorrelatedness
    steps: _Hals | _Extrapolated
    costs: list[float] = []
    # HALS reads V once for each product and keeps nothing of a block: few, long blocks.
    with Blocks(problem.frames, threads, 4 * BLOCK if hals else BLOCK) as blocks:
        steps = _Hals(problem, blocks, w, h) if hals else _Extrapolated(problem, blocks, w, h)
        iteration = 0
        while iterations is None or iteration < iterations:
            iteration += 1
            costs.append(problem.told(steps.step(iteration == iterations)))
            if watch is not None:
                watch(*problem.factors(*steps.point))
            if progress is not None and not progress(iteration, costs[-1]):
                break
        steps.settle()
    return problem.result(*steps.point, costs)


class _Extrapolated:
    """Multiplicative steps, each from a point beyond the last one.

    `point` is where the descent stands; `_safe` is the last point of which the cost was computed and found no higher
    than before. The logarithms of a cost take as long as the products of a step, so it is computed every few steps.
    """

    def __init__(self, problem: Problem, blocks: Blocks, w: Array, h: Array) -> None:
        self._problem, self._blocks = problem, blocks
        self._before: tuple[Array, Array] | None = None
        self._momentum = 1.0
        self._period, self._unseen = 1, 0
        self._point: _Point | None = None
        self._start = w, h

    @property
    def point(self) -> tuple[Array, Array]:
        return self._start if self._point is None else (self._point.w, self._point.h)

    def step(self, last: bool) -> float:
        if self._point is None:
            self._point = self._safe = self._sweep(*self._start, True)
            return self._safe.sums.cost
        self._unseen += 1
        look = last or self._unseen >= self._period
        self._point = self._sweep(*self._beyond(*self._plain(self._point)), look)
        if not look:
            return self._safe.sums.cost
        if self._point.sums.cost <= self._safe.sums.cost:
            self._period = min(2 * self._period, LONGEST_PERIOD)
        else:
            self._momentum, self._before, self._period = 1.0, None, 1
            self._point = self._sweep(*self._beyond(*self._plain(self._safe)), True)
            if self._point.sums.cost > self._safe.sums.cost:
                # A plain step raises the cost by rounding alone: there is no way down from here.
                self._point = self._safe
        self._safe, self._unseen = self._point, 0
        return self._safe.sums.cost

    def settle(self) -> None:
        """Back to the last point whose cost is known."""
        if self._point is not None:
            self._point = self._safe

    def _sweep(self, w: Array, h: Array, cost: bool) -> _Point:
        h = h.copy()
        return _Point(w, h, self._problem.sweep(self._blocks, w, h, cost))

    def _plain(self, point: _Point) -> tuple[Array, Array]:
        h = point.h.copy()
        w = self._problem.templates(point.w, h, point.sums)
        return self._problem.normalise(w, h), h

    def _beyond(self, w: Array, h: Array) -> tuple[Array, Array]:
        """The point beyond (w, h) on the line from the last one, in the logarithm; (w, h) itself at a start."""
        following = (1 + (1 + 4 * self._momentum**2) ** 0.5) / 2
        weight = (self._momentum - 1) / following
        self._momentum, before, self._before = following, self._before, (w, h)
        if before is None or weight == 0:
            return w, h
        far_h = _beyond(h, before[1], weight)
        return self._problem.normalise(_beyond(w, before[0], weight), far_h), far_h


@dataclass(frozen=True, eq=False)
class _Point:
    """w and h, and what the update of w needs there."""

    w: Array
    h: Array
    sums: Sums


def _beyond(new: Array, old: Array, weight: float) -> Array:
    kind = new.dtype.type
    tiny = np.finfo(new.dtype).tiny
    change = np.clip(new / np.maximum(old, tiny), kind(1 / LARGEST_STEP), kind(LARGEST_STEP))
    # Not a power of numbers, which takes twice as long.
    return np.asarray(new * np.exp(kind(weight) * np.log(change)))


class _Hals:
    """Every component of h, then of w, in turn at its exact minimum with all others fixed, from extrapolated points.

    The point is (w, h), of which the cost is known; the next step starts from the point beyond it on the line from
    the last one. Where the cost rises, a plain step from the best point follows, and later ones reach less far.
    The cost comes from small matrices, as a difference of large numbers: a fit better than about 1e-6 of ½ ‖V‖² can't
    be told from rounding.
    """

    def __init__(self, problem: Problem, blocks: Blocks, w: Array, h: Array) -> None:
        self._problem, self._blocks = problem, blocks
        self._best = self._last = self._far = w, h
        self._cost = np.inf
        self._reach, self._most, self._plain = FIRST_REACH, 1.0, True

    @property
    def point(self) -> tuple[Array, Array]:
        h = self._best[1].copy()
        return self._problem.normalise(self._best[0], h), h

    def settle(self) -> None:
        """The point is the best one always."""

    def step(self, last: bool) -> float:
        problem = self._problem
        reach = 0.0 if self._plain else self._reach
        w, h, before = self._far[0].copy(), self._far[1].copy(), self._last[1]
        gram, less, ahead = w @ w.T, self._less(w.sum(axis=1)), np.empty_like(h)

        def activations(part: slice) -> Array:
            factors = (problem.vt[part], w, gram, less, h[part], before[part], ahead[part])
            return least_squares(*factors, reach, problem.hold_h, INNER_SWEEPS, self._blocks)

        up = added(self._blocks.run(activations))
        gram = ahead.T @ ahead
        if problem.free_w:
            coordinates(w, up - self._less(ahead.sum(axis=0))[:, None], gram, problem.hold_w, INNER_SWEEPS)
        cost = problem.gram_cost(w, ahead, up, gram)
        if cost <= self._cost or self._plain:
            # A plain step is two exact minima: if its cost is higher, that is the rounding of the sums.
            self._best, self._cost, self._plain = (w, ahead), min(cost, self._cost), False
            self._far, self._last = (_further(w, self._last[0], reach), ahead), (w, h)
            self._reach, self._most = min(self._most, GROWTH * self._reach), min(1.0, MOST_GROWTH * self._most)
        else:
            self._far = self._last = self._best
            self._most, self._reach, self._plain = self._reach, self._reach / SHRINKING, True
        return self._cost

    def _less(self, sums: Array) -> Array:
        """What the penalty takes from the products of V with a factor of these sums."""
        return np.asarray(self._problem.mu * sums, sums.dtype)


def _further(new: Array, old: Array, reach: float) -> Array:
    """The nonnegative point beyond `new` on the line from `old`."""
    if not reach:
        return new
    out: Array = new + new.dtype.type(reach) * (new - old)
    return np.maximum(out, 0, out=out)
