"""Who holds a place: the shares of the parts of a stack in the sound there, and of the components behind them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.model.grid import Indices, Region
from workbench.masks.model.sources import Sources
from workbench.masks.stack import Stack
from workbench.spectral.level import level_db

MOST_WORK = 100
"""Of `Stack.work_left`, for a place that is looked at as it sounds."""
MOST_BINS, MOST_FRAMES = 32, 32
"""Of a place that holds more, evenly chosen ones are looked at."""


def shares_at(stack: Stack, region: Region) -> NDArray[np.float64]:
    """What each part holds of the energy in a few bins and frames.

    Where nothing sounds, or the levels are not known, all bins count alike.

    Parameters
    ----------
    region : Region
        With at least one bin within the plane.

    Returns
    -------
    float64, shape (P,)
        In the order of the stack's parts; they sum to one.
    """
    rows, columns, weights = _looked_at(stack, region)
    # A hand waits: where little is known of the place, only these bins are evaluated.
    lattice = Lattice(rows, columns) if stack.work_left(rows, columns) > MOST_WORK else None
    return np.asarray((stack.evaluate(rows, columns, lattice) * weights).sum(axis=(1, 2)))


def behind(stack: Stack, region: Region) -> list[tuple[int, int | None, float]]:
    """What the parts of a stack come from in a few bins and frames.

    Returns
    -------
    list of (int, int or None, float)
        Index of the part, component of the factorisation (None for what is painted), and share of the energy. A source
        has an entry for each component that it shares. The shares sum to one.
    """
    shares = shares_at(stack, region)
    held = [part.component for layer in stack.layers for part in layer.parts]
    model = stack.factors
    if not isinstance(model, Sources):
        return [(i, component, float(share)) for i, (component, share) in enumerate(zip(held, shares, strict=True))]
    rows, columns, weights = _looked_at(stack, region)
    values = model.components_of.values(np.arange(model.components_of.components), rows, columns)
    masks = values / np.maximum(values.sum(axis=0), np.float32(1e-30))
    strengths = np.einsum("gkr,krc,rc->gk", model.at(rows), masks, weights, optimize=True)
    out: list[tuple[int, int | None, float]] = []
    for i, (source, share) in enumerate(zip(held, shares, strict=True)):
        split = strengths[source] if source is not None else np.zeros(0)
        if split.sum() > 0:
            out += [(i, k, float(share * part / split.sum())) for k, part in enumerate(split)]
        else:
            out.append((i, None, float(share)))
    return out


def _looked_at(stack: Stack, region: Region) -> tuple[Indices, Indices, NDArray[np.float64]]:
    """Some bins and frames of a region, and what each counts (R, C): by its energy, where that is known."""
    inside = region.clipped(stack.bins, stack.frames)
    rows = _spread(inside.low, inside.high, MOST_BINS)
    columns = _spread(inside.start, inside.stop, MOST_FRAMES)
    power = np.ones((len(rows), len(columns)))
    if stack.levels is not None:
        power = 10.0 ** (level_db(stack.levels[np.ix_(columns, rows)].T) / 10)
    return rows, columns, power / power.sum()


def _spread(first: int, stop: int, most: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(first, stop - 1, min(stop - first, most)).astype(np.intp))
