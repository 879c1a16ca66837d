"""β-NMF by mini-batches: templates follow one part of the frames after the other, so that a pass over a long V is
worth many steps.

Each mini-batch has frames from all of V, in blocks, and is as large whatever V is; its activations are updated, and
what it says of the templates joins what those before it said, which is forgotten little by little (Lefèvre, Bach &
Févotte, *Online algorithms for nonnegative matrix factorization with the Itakura–Saito divergence*, WASPAA 2011,
algorithm 1; for the Euclidean distance Mairal, Bach, Ponce & Sapiro, *Online learning for matrix factorization and
sparse coding*, JMLR 11, 2010, algorithms 1 and 2). A step over all frames ends the pass and tells its cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from workbench.nmf.blocks import Blocks
from workbench.nmf.kernels import coordinates, least_squares
from workbench.nmf.objective import Exponent, Objective, mm_exponent
from workbench.nmf.problem import Problem, added, sums_of, without_traces
from workbench.nmf.result import Array, Factorisation, Hook, IterationProgress, Watch

BLOCK = 256
"""Frames that stay in the cache while their activations and sums are found."""
TOGETHER = 8
"""Blocks of a mini-batch."""
MEMORY = 4
"""Mini-batches m that are remembered in the first pass, one more in each that follows, never more than there are: what
one said counts (1 − 1/m)ⁿ after n more of them. With few the templates are near soon, with many they come closer."""
SWEEPS = 3
"""Of the least squares over the components, for each mini-batch."""


def factorise_online(
    V: Array,
    W: Array,
    H: Array,
    beta: float = 1.0,
    passes: int | None = 20,
    progress: IterationProgress | None = None,
    *,
    objective: Objective | None = None,
    watch: Watch | None = None,
    after: Hook | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Bring down the cost of `multiplicative.factorise` by mini-batches, with its arguments, result and errors.

    A pass takes about as long as two of its iterations. Costs may rise a little from one pass to the next: where what
    is forgotten counts, W moves about the point that a descent would end in.

    Parameters
    ----------
    passes : int or None
        Over all frames; None goes on until `progress` answers False.
    objective : Objective, optional
        As there, without uncorrelatedness.
    after : callable, optional
        Sees W and H after every pass, and may put others in their place.

    Raises
    ------
    ValueError
        As `multiplicative.factorise`; or for uncorrelatedness, which no part of the frames can tell.
    """
    objective = objective or Objective(beta)
    if objective.uncorrelatedness:
        raise ValueError("Mini-batches know no uncorrelatedness; choose another method for it.")
    # For β = 0 the majorisation–equalisation rule, for activations and in steps over all frames.
    objective = replace(objective, exponent=Exponent.HEURISTIC if objective.beta == 0.0 else Exponent.MM)
    problem = Problem(V, W, H, objective, passes, progress)
    w, h = problem.start(W, H)
    if problem.silent:
        return problem.silence(w, h)
    costs: list[float] = []
    with Blocks(problem.frames, threads, BLOCK) as blocks:
        batches = spread(blocks.slices, TOGETHER)
        said = (_Squares if problem.gram else _Bounds)(problem, blocks)
        number = 0
        while passes is None or number < passes:
            number += 1
            memory = min(MEMORY + number - 1, len(batches))
            for batch in batches:
                w = said.follow(batch, w, h, 1 - 1 / memory)
            w, cost = said.follow_all(w, h, memory / len(batches))
            costs.append(problem.told(cost))
            if after is not None:
                w, h = problem.hooked(after, number, w, h)
                said.forget()
            if watch is not None:
                watch(*problem.factors(w, h))
            if progress is not None and not progress(number, costs[-1]):
                break
    return problem.result(w, h, costs)


def spread(blocks: Sequence[slice], together: int) -> list[list[slice]]:
    """Mini-batches of about so many blocks, each from all of V: every n-th block is of the same one."""
    count = max(1, -(-len(blocks) // together))
    return [list(blocks[i::count]) for i in range(count)]


class _Bounds:
    """What mini-batches said of the templates, as the sums in a bound of the cost that touches it where they were.

    Of each batch with numerator N and denominator D at the templates w the bound is, but for a constant, of the form
    D w^b x^q − N w^a x^p, and the sum of such bounds is least at x = (Σ N w^a / Σ D w^b)^γ (Févotte & Idier 2011,
    eq. 4.2, with γ of eq. 4.8: a = 2 − β up to β = 2 and 0 from there, b = 0 up to β = 1 and 1 − β from there).
    """

    def __init__(self, problem: Problem, blocks: Blocks) -> None:
        beta = problem.objective.beta
        self._problem, self._blocks = problem, blocks
        self._up_power, self._down_power = max(0.0, 2 - beta), min(0.0, 1 - beta)
        self._gamma = mm_exponent(beta)
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._up: NDArray[np.float64] = np.zeros(1)
        self._down: NDArray[np.float64] = np.zeros(1)

    def follow(self, batch: list[slice], w: Array, h: Array, stay: float) -> Array:
        """The templates after another batch, whose activations are updated in place.

        Of what was said before, the share `stay` goes on to count.
        """
        problem = self._problem
        half = problem.half(w, h)
        parts = self._blocks.run(partial(problem.block, blocks=self._blocks, half=half, h=h, cost=False), batch)
        if not problem.free_w:
            return w
        up, down, _ = sums_of(parts)
        if problem.mu:
            down = down + problem.mu * sum(h[part].sum(axis=0, dtype=np.float64) for part in batch)[:, None]
        weighted = self._weighted(w, up, down)
        self._up, self._down = stay * self._up + weighted[0], stay * self._down + weighted[1]
        return self._least(w)

    def follow_all(self, w: Array, h: Array, share: float) -> tuple[Array, float]:
        """The templates after a step over all frames, and the cost before it; a `share` of what these say stays."""
        problem = self._problem
        sums = problem.sweep(self._blocks, w, h)
        if not problem.free_w:
            return w, sums.cost
        new = problem.templates(w, h, sums)
        w = problem.normalise(new, h)
        # As it would be for the templates that came of it.
        down = sums.down * (new.sum(axis=1) / np.where(w.sum(axis=1) > 0, w.sum(axis=1), 1))[:, None]
        self._down = share * self._weighted(w, down, down)[1]
        self._up = self._down * np.asarray(w, np.float64) ** (1 / self._gamma)
        return w, sums.cost

    def _weighted(self, w: Array, up: Array, down: Array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        # A template's zeros stay zeros, whatever their power is.
        w64 = np.where(w > 0, w, 1).astype(np.float64)
        return np.where(w > 0, up * w64**self._up_power, 0), down * w64**self._down_power

    def _least(self, w: Array) -> Array:
        """Where the bound of all that is remembered is least; rows that are held stay, and what nothing is said of."""
        told = self._down > 0
        least = np.divide(self._up, self._down, out=np.zeros(w.shape), where=told) ** self._gamma
        least = np.where(told, least, w)
        out = without_traces(np.minimum(least, float(np.finfo(w.dtype).max) ** 0.5).astype(w.dtype))
        out[self._problem.hold_w] = w[self._problem.hold_w]
        return out


class _Squares:
    """The same for the Euclidean distance, whose least templates follow from Hᵀ H and Hᵀ Vᵀ alone, wherever they were.

    Both factors are brought to their minima by least squares, one component after the other.
    """

    def __init__(self, problem: Problem, blocks: Blocks) -> None:
        self._problem, self._blocks = problem, blocks
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._up, self._gram = np.zeros(1, self._problem.kind), np.zeros(1, self._problem.kind)

    def follow(self, batch: list[slice], w: Array, h: Array, stay: float) -> Array:
        """As that of `_Bounds`."""
        up, gram, _ = self._sums(batch, w, h)
        old = self._problem.kind.type(stay)
        self._up, self._gram = old * self._up + up, old * self._gram + gram
        return self._least(w)

    def follow_all(self, w: Array, h: Array, share: float) -> tuple[Array, float]:
        """As that of `_Bounds`."""
        problem = self._problem
        up, gram, less = self._sums(self._blocks.slices, w, h)
        cost = problem.gram_cost(w, h, up + less, gram)
        self._up, self._gram = up, gram
        new = self._least(w)
        w = problem.normalise(new, h)
        scale = new.sum(axis=1) / np.where(w.sum(axis=1) > 0, w.sum(axis=1), 1)
        part = problem.kind.type(share)
        self._up, self._gram = part * up * scale[:, None], part * gram * np.outer(scale, scale)
        return w, cost

    def _sums(self, batch: list[slice], w: Array, h: Array) -> tuple[Array, Array, Array]:
        """hᵀ vᵀ less what the penalty takes, hᵀ h, and what it took, after new activations of a batch."""
        problem, blocks = self._problem, self._blocks
        gram, less = w @ w.T, np.asarray(problem.mu * w.sum(axis=1), w.dtype)

        def block(part: slice) -> tuple[Array, Array, Array]:
            rows = h[part]
            last, ahead = rows.copy(), np.empty_like(rows)
            up = least_squares(problem.vt[part], w, gram, less, rows, last, ahead, 0.0, problem.hold_h, SWEEPS, blocks)
            return up, rows.T @ rows, rows.sum(axis=0, dtype=np.float64)

        ups, grams, totals = zip(*blocks.run(block, batch), strict=True)
        taken = np.asarray(problem.mu * sum(totals), w.dtype)[:, None]
        return added(list(ups)) - taken, added(list(grams)), taken

    def _least(self, w: Array) -> Array:
        """The templates that fit what is remembered; rows that are held stay."""
        if not self._problem.free_w:
            return w
        out = w.copy()
        coordinates(out, self._up, self._gram, self._problem.hold_w, SWEEPS)
        return without_traces(out)
