"""Morphing of templates by one-dimensional optimal transport, as FluCoMa's NMFMorph does it.

After Henderson & Solomon 2019 (DAFx, "Audio transport"): a spectrum is cut into segments around its peaks, the
segments' masses are moved from one spectrum to the other in order of frequency, and in between each segment lies
on its way. Order and faults are those of flucoma-core (`NMFMorph.hpp`, `OptimalTransport.hpp`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from workbench.nmf.compat import EPS
from workbench.nmf.result import Array


class Segment(NamedTuple):
    """Bins start … end − 1 of a spectrum around a peak, and their share of its sum."""

    start: int
    centre: int
    end: int
    mass: float


class Move(NamedTuple):
    """A share that goes from one spectrum's segment to another's, both counted from 0."""

    source: int
    target: int
    mass: float


def morph(W1: Array, W2: Array, amount: float, assign: bool = True) -> Array:
    """Templates on the way from W1 to W2.

    As in FluCoMa, the ends are not quite W1 and W2: the last bin, and what lies beyond the last valley, stay
    behind. Where it would read beyond its arrays or be silent, because a spectrum has no peaks or valleys to cut
    it by, that component is interpolated linearly, and nothing is assigned.

    Parameters
    ----------
    W1, W2 : arrays, shape (F, K)
        Source and target, nonnegative and finite, at any scale. Never written to.
    amount : float
        0 for the source, 1 for the target.
    assign : bool
        Match the targets to the sources at least cost; otherwise the order is kept. FluCoMa adds each pair's
        cost to those of all pairs before it, and so does this; equally good matchings may be told apart
        differently.

    Returns
    -------
    array, shape (F, K)
        In W1's kind of float and order of components.

    Raises
    ------
    ValueError
        If the shapes differ, a value is negative or not finite, or the amount is not from 0 to 1.
    """
    if W1.ndim != 2 or W1.shape != W2.shape or W1.size == 0:
        raise ValueError(f"Source and target must be matrices of the same shape, not {W1.shape} and {W2.shape}.")
    for W in (W1, W2):
        if not (float(W.min()) >= 0 and float(W.max()) < np.inf):
            raise ValueError("Templates must be nonnegative and finite.")
    if not 0 <= amount <= 1:
        raise ValueError(f"The amount must be from 0 to 1, not {amount}.")
    sources, targets = list(W1.T.astype(np.float64)), list(W2.T.astype(np.float64))
    if assign:
        targets = [targets[j] for j in _assignment(sources, targets)]
    columns = [_between(a, b, amount) for a, b in zip(sources, targets, strict=True)]
    return np.stack(columns, axis=1).astype(W1.dtype)


def segments(A: Array) -> list[Segment]:
    """A spectrum (F,) cut at its valleys; none if it lacks the peaks or valleys for it.

    The first segment begins at bin 0. A last one, up to the last bin but one, is there only if two valleys are
    left for it: otherwise the last peak is dropped.
    """
    last = len(A) - 1
    total = float(A.sum()) + EPS
    peaks, valleys = _peaks(A), _peaks(-A)
    if not peaks or not valleys:
        return []
    # Bin 0 to the first valley after the first peak, then from valley to valley.
    after = valleys[0 if valleys[0] > peaks[0] else 1 :]
    inner = max(len(peaks) - 2, 0)
    if len(after) < inner + 1:
        return []
    bounds = [0, *after[: inner + 1]]
    centres = peaks[: inner + 1]
    if len(after) > inner + 1:
        bounds.append(last)
        centres = [*centres, peaks[-1]]
    edges = zip(bounds[:-1], centres, bounds[1:], strict=True)
    return [Segment(start, centre, end, float(A[start:end].sum()) / total) for start, centre, end in edges]


def transport(a: list[Segment], b: list[Segment]) -> list[Move]:
    """What goes where if no two shares cross, up to the end of either; segments must be there in both."""
    moves: list[Move] = []
    i = j = 0
    left, right = a[0].mass, b[0].mass
    while True:
        if left < right:
            moves.append(Move(i, j, left))
            right -= left
            i += 1
            if i == len(a):
                return moves
            left = a[i].mass
        else:
            moves.append(Move(i, j, right))
            left -= right
            j += 1
            if j == len(b):
                return moves
            right = b[j].mass


def _peaks(A: Array) -> list[int]:
    inner = A[1:-1]
    peaks: list[int] = (1 + np.flatnonzero((inner > A[:-2]) & (inner > A[2:]))).tolist()
    return peaks


def _assignment(sources: list[Array], targets: list[Array]) -> list[int]:
    """For each source the number of its target; in order if a spectrum can't be cut."""
    before, after = [segments(a) for a in sources], [segments(b) for b in targets]
    if not all(before) or not all(after):
        return list(range(len(sources)))
    costs = np.empty((len(sources), len(targets)))
    # FluCoMa never sets the cost back to zero between pairs, and measures distance in segments, not bins.
    cost = 0.0
    for i, a in enumerate(before):
        for j, b in enumerate(after):
            for move in transport(a, b):
                cost += move.mass * (move.source - move.target) ** 2
            costs[i, j] = cost
    order: list[int] = linear_sum_assignment(costs)[1].tolist()
    return order


def _between(A: Array, B: Array, amount: float) -> Array:
    """The spectrum (F,) on the way from A to B."""
    before, after = segments(A), segments(B)
    if not before or not after:
        return (1 - amount) * A + amount * B
    out = np.zeros_like(A)
    for source, target, mass in transport(before, after):
        a, b = before[source], after[target]
        # Halves go to the even bin, as in C's lrint.
        centre = round((1 - amount) * a.centre + amount * b.centre)
        _add(out, A, a, centre - a.centre, (1 - amount) * mass / a.mass)
        _add(out, B, b, centre - b.centre, amount * mass / b.mass)
    return out


def _add(out: Array, A: Array, segment: Segment, shift: int, scale: float) -> None:
    """Add a segment of A to `out`, moved by `shift` bins; what falls off either end is lost."""
    start, end = max(segment.start, -shift), min(segment.end, len(A) - shift)
    if start < end:
        out[start + shift : end + shift] += scale * A[start:end]
