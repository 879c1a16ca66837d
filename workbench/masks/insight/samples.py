"""What components are in the places that a person marks, remembered so that one more mark costs one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from workbench.masks.insight.kinship import alike
from workbench.masks.insight.marked import Counted, MarkedPlaces, Recent
from workbench.masks.model.bands import bands
from workbench.masks.model.grid import Array
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Cover, Word

EQUALISED = 0.5
"""How far loud and quiet places are brought to one weight: 0 leaves energies, 1 makes them equal."""
BANDS = 8
"""Bands in which a source can have its own share of a component."""

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bins:
    """Of the spots of a place those where the model is not silent (n,), masks of the components there (K, n), and the
    model's energy (n,)."""

    loud: NDArray[np.bool_]
    masks: Array
    energies: Float


@dataclass(frozen=True, eq=False)
class Said:
    """What a word adds to the problem: sums over its bins b of the products of their features x_b.

    The features of a bin are the masks m_k there, by how far the bin is in each band; so only bands side by side have
    products. c_b is how far the word counts at b, w_b the energy there, halfway equal (`EQUALISED`), v the word's
    weight.

    Attributes
    ----------
    first : int
        The lowest of the n bands that the word touches.
    squares : float64, shape (n, K, K)
        Σ_b v c_b w_b x_b x_bᵀ of each band with itself.
    beside : float64, shape (max(n − 1, 0), K, K)
        The same of each band with the next one.
    sums : float64, shape (n, K)
        Σ_b v c_b w_b x_b.
    energy : float
        Σ_b c_b w_b; 0 for a word that counts nowhere.
    """

    first: int
    squares: Float
    beside: Float
    sums: Float
    energy: float


class Samples:
    """Remembers for some components what was looked at of places.

    Answers are the same, bit for bit, whatever was asked before. Belongs to one thread.

    Parameters
    ----------
    base : Factors
    power : float
        The power of magnitudes that the components model: 1, or 2 for energies.
    places : MarkedPlaces, optional
        What is known of the places already, whatever the components.
    """

    def __init__(self, base: Factors, power: float = 1.0, places: MarkedPlaces | None = None) -> None:
        self.base, self.power = base, power
        self.places = places or MarkedPlaces(len(base.W), base.H.shape[1])
        self._bins: Recent[Bins] = Recent()
        self._said: Recent[Said] = Recent()

    def make_room(self, marks: int) -> None:
        """Remember so many marks, and as many that are tried out or were taken back."""
        self.places.make_room(marks)
        for recent in (self._bins, self._said):
            recent.shrink(self.places.most)

    @cached_property
    def alike(self) -> Float:
        """How near the components are to each other, shape (K, K)."""
        return alike(self.base)

    def of(self, cover: Cover) -> Bins:
        """What the components are in the bins of a place that are looked at."""
        return self._bins.get(id(cover), cover, lambda: self._looked_at(cover))

    def _looked_at(self, cover: Cover) -> Bins:
        spots, base = self.places.spots(cover), self.base
        values = base.points(spots.rows, spots.columns)
        model = values.sum(axis=0)
        loud = model > 0
        masks = values[:, loud] / model[loud]
        # Relative to the recording, so that a louder one is heard alike.
        energies = (model[loud].astype(np.float64) / max(base.mean_square, 1e-30) ** 0.5) ** (2 / self.power)
        return Bins(loud, masks, energies)

    def said(self, words: Sequence[Word]) -> list[Said]:
        """What each of some words adds to the problem."""
        counted = self.places.counted(words)
        return [self._said.get(id(each), each, partial(self._adds, each)) for each in counted]

    def _adds(self, said: Counted) -> Said:
        word, bins = said.word, self.of(said.word.cover)
        counted = said.weights[bins.loud]
        if not counted.any():
            nothing = np.zeros((0, len(bins.masks), len(bins.masks)))
            return Said(0, nothing, nothing, nothing[:, 0], 0.0)
        weights = counted * bins.energies / float(bins.energies.mean()) ** EQUALISED
        near = bands(len(self.base.W), BANDS)[:, self.places.spots(word.cover).rows[bins.loud]]
        touched = np.flatnonzero(near.any(axis=1))
        first, last = int(touched[0]), int(touched[-1])
        features = bins.masks.astype(np.float64) * near[first : last + 1, None]
        weighted = features * (word.weight * weights)
        along = features.transpose(0, 2, 1)
        return Said(first, weighted @ along, weighted[:-1] @ along[1:], weighted.sum(axis=2), float(weights.sum()))
