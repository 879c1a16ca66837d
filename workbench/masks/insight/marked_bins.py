"""What is looked at of the places that a person marks, remembered so that one more mark costs one place."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.insight.kinship import alike
from workbench.masks.model.bands import bands
from workbench.masks.model.grid import Array
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Cover

SAMPLED = 400
"""Bins of one place that are looked at."""
PLACES = 1500
"""Places that are remembered."""
GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it leave the most even distances between 0 and 1."""
CELLS = 60_000
"""Bins of a place's rectangle among which those are found that it covers."""
EQUALISED = 0.5
"""How far loud and quiet places are brought to one weight: 0 leaves energies, 1 makes them equal."""
BANDS = 8
"""Bands in which a source can have its own share of a component."""

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Normal:
    """Σ_b w_b x_b x_bᵀ and Σ_b w_b x_b of the features x_b of bins, in the bands that they touch.

    The features of a bin are the masks m_k there, by how far the bin is in each band, so that only bands side by side
    have products.

    Attributes
    ----------
    first : int
        The lowest band.
    squares : float64, shape (n, K, K)
        Of each of n bands with itself.
    beside : float64, shape (n − 1, K, K)
        Of each with the next one.
    sums : float64, shape (n, K)
    weight : float
        Σ_b w_b.
    bins : float
        How many bins there are, each by how far it counts.
    """

    first: int
    squares: Float
    beside: Float
    sums: Float
    weight: float
    bins: float


@dataclass(frozen=True, eq=False)
class MarkedBins:
    """Bins of a place.

    Attributes
    ----------
    rows, columns : int, shape (n,)
        Where they are.
    masks : float32, shape (K, n)
        Of the components there.
    energies : float64, shape (n,)
        Of the model.
    size : float
        Bins that the place has, roughly.
    near : float32, shape (B, F)
        The bands.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    masks: Array
    energies: Float
    size: float
    near: Array

    @cached_property
    def whole(self) -> Normal:
        """The sums over all of them."""
        return self.normal(np.ones(len(self.rows)))

    def normal(self, counted: Float) -> Normal:
        """The sums, with each bin by how far it counts, 0 … 1: those w_b are energies, halfway equal (`EQUALISED`)."""
        weights = counted * self.energies / float(self.energies.mean()) ** EQUALISED
        touched = np.flatnonzero(self.near[:, self.rows.min() : self.rows.max() + 1].any(axis=1))
        first, last = int(touched[0]), int(touched[-1])
        features = self.masks.astype(np.float64) * self.near[first : last + 1, None, self.rows]
        weighted = features * weights
        return Normal(
            first,
            weighted @ features.transpose(0, 2, 1),
            weighted[:-1] @ features[1:].transpose(0, 2, 1),
            weighted.sum(axis=2),
            float(weights.sum()),
            float(counted.sum()),
        )


class Samples:
    """Remembers for some components what was looked at of places.

    Parameters
    ----------
    base : Factors
    power : float
        The power of magnitudes that the components model: 1, or 2 for energies.
    """

    def __init__(self, base: Factors, power: float = 1.0) -> None:
        self.base, self.power = base, power
        self._known: OrderedDict[int, tuple[Cover, MarkedBins]] = OrderedDict()

    @cached_property
    def alike(self) -> Float:
        """How alike the components are, 0 … 1, shape (K, K)."""
        return alike(self.base)

    def of(self, cover: Cover) -> MarkedBins:
        """Bins of a place, some of them where it has many; those where the model is silent are none."""
        known = self._known.get(id(cover))
        if known is not None:
            self._known.move_to_end(id(cover))
        else:
            # Keeps the place, so that its identity is not another's.
            known = self._known[id(cover)] = cover, _looked_at(self.base, self.power, cover)
            if len(self._known) > PLACES:
                self._known.popitem(last=False)
        return known[1]


def _looked_at(base: Factors, power: float, cover: Cover) -> MarkedBins:
    # A stroke may go beyond the plane.
    bounds = cover.bounds.clipped(len(base.W), base.H.shape[1])
    # Of a large area every so many rows and columns are looked at.
    apart = max(1.0, (bounds.bins_held / CELLS) ** 0.5)
    rows = _spread(bounds.low, bounds.high, apart)
    columns = _spread(bounds.start, bounds.stop, apart)
    covered = np.flatnonzero(cover.at(rows, columns) >= 0.5) if len(rows) and len(columns) else np.zeros(0, np.intp)
    size = len(covered) * apart**2
    covered = covered[_scattered(len(covered))]
    rows, columns = rows[covered // max(1, len(columns))], columns[covered % max(1, len(columns))]
    values = base.points(rows, columns)
    model = values.sum(axis=0)
    loud = model > 0
    masks = values[:, loud] / model[loud]
    # Relative to the recording, so that a louder one is heard alike.
    energies = (model[loud].astype(np.float64) / max(base.mean_square, 1e-30) ** 0.5) ** (2 / power)
    return MarkedBins(rows[loud], columns[loud], masks, energies, size, bands(len(base.W), BANDS))


def _spread(low: int, high: int, apart: float) -> NDArray[np.intp]:
    """The numbers from low to high − 1, or some of them so far apart; at least one where there are any."""
    count = max(min(1, high - low), int((high - low) / apart))
    return np.asarray(low + np.arange(count) * apart, np.intp)


def _scattered(count: int) -> NDArray[np.intp]:
    """`SAMPLED` of so many numbers, or all: one out of each stretch, by the golden ratio sooner or later in it.

    At even distances bins that are counted row by row could all be of the same few frames.
    """
    if count <= SAMPLED:
        return np.arange(count)
    numbers = np.arange(SAMPLED)
    return ((numbers + numbers * GOLDEN % 1) * (count / SAMPLED)).astype(np.intp)
