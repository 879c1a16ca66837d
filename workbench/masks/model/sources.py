"""Sources that share components: each takes its part of every component, as marks say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.bands import bands
from workbench.masks.model.grid import Array, Grid, Indices, Region
from workbench.masks.model.models import Factors, Model
from workbench.spectral.stft import Analysis

CERTAIN, LOOSE = 30.0, 0.6
"""What a word of full weight multiplies the odds of its source by in the bins that it covers, and how that falls with
their number: a click is meant literally, a large stroke is not."""
CLICK = 128.0
"""Bins of a click."""


class Cover(Protocol):
    """A part of time and frequency, with soft edges."""

    @property
    def bounds(self) -> Region:
        """Rectangle that holds it."""
        ...

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage 0 … 1 of the bins of a grid, float32 (R, C)."""
        ...

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Self:
        """The same part under another window and hop."""
        ...


@dataclass(frozen=True, eq=False)
class Word:
    """What is said of some bins: that a source sounds there, or that it does not.

    Attributes
    ----------
    source : int
        0 … G − 1.
    cover : Cover
        Of which bins it is said.
    weight : float
        How sure it is, 0 … 1.
    denies : bool
        The source does not sound there.
    size : float
        Bins that it covers, roughly.
    """

    source: int
    cover: Cover
    weight: float = 1.0
    denies: bool = False
    size: float = CLICK

    @property
    def odds(self) -> float:
        """What the odds of the source are multiplied by where the word counts."""
        literal = max(CERTAIN * (CLICK / max(self.size, CLICK)) ** LOOSE, 1.0)
        return float(literal ** (-self.weight if self.denies else self.weight))


@dataclass(frozen=True, eq=False)
class Sources:
    """Masks of sources: Σ_k A_gk m_k, m_k the computed masks of components, but for what is said of a bin itself.

    A source may have more of a component at some frequencies than at others: A is given in bands, and between their
    middles it is interpolated. So a component in which a kick and a hi-hat sound together can be told apart.

    Where bins are covered by words, the odds of the sources there are multiplied by what is said. A later word takes
    the place of what was said before as far as it is sure; one that denies a source only of what was said of that one.

    Attributes
    ----------
    components_of : Factors
        W and H.
    shares : float32, shape (G, K, B)
        A of the sources in the components in B `bands`: nonnegative, the sources sum to one.
    words : tuple of Word
        In the order in which they were said.
    """

    components_of: Factors
    shares: Array
    words: tuple[Word, ...] = ()

    @property
    def components(self) -> int:
        """G: what is a component to the layers is a source here."""
        return len(self.shares)

    @property
    def nbytes(self) -> int:
        """Bytes of the factors and of A."""
        return self.components_of.nbytes + self.shares.nbytes

    @cached_property
    def held(self) -> Array:
        """The share of each source in the energy of each component, shape (G, K)."""
        energies = self.energies
        return np.asarray((self.shares * energies).sum(axis=2) / np.maximum(energies.sum(axis=1), 1e-30), np.float32)

    @cached_property
    def energies(self) -> Array:
        """The energy of each component in each band as if it sounded alone, shape (K, B)."""
        w, h = self.components_of.scaled
        in_bands = np.einsum("fkt,bf->kb", np.square(w), bands(len(w), self.shares.shape[2]), optimize=True)
        return np.asarray(in_bands * np.square(h).sum(axis=1)[:, None], np.float32)

    def at(self, rows: Indices) -> Array:
        """A in some bins, shape (G, K, R)."""
        return self._spread(self.shares, rows)

    def _spread(self, shares: Array, rows: Indices) -> Array:
        in_bands = bands(len(self.components_of.W), self.shares.shape[2])
        return np.asarray(shares @ in_bands[:, rows], np.float32)

    def _plain(self, shares: Array, rows: Indices, columns: Indices) -> list[Array]:
        """The model with such shares (D, K, B) of its components, for each of D, without the words."""
        return self.components_of.shared(self._spread(shares, rows), rows, columns)

    def values(self, chosen: Indices, rows: Indices, columns: Indices) -> Array:
        """The model of each of some sources, shape (g, R, C)."""
        out = np.empty((len(chosen), len(rows), len(columns)), np.float32)
        for plane, values in zip(out, self._plain(self.shares[chosen], rows, columns), strict=True):
            plane[:] = values
        touching = self._touching(rows, columns)
        if touching:
            out *= _odds(touching, chosen, rows, columns)
        return out

    @cached_property
    def _bounds(self) -> NDArray[np.int64]:
        """Low, high, start, stop of every word, shape (words, 4)."""
        return np.array([astuple(word.cover.bounds) for word in self.words], np.int64).reshape(-1, 4)

    def _touching(self, rows: Indices, columns: Indices) -> list[tuple[Word, tuple[slice, slice]]]:
        """The words that say something of a grid, with the part of the grid within their bounds."""
        if not self.words or not len(rows) or not len(columns):
            return []
        low, high, start, stop = self._bounds.T
        near = (low <= rows[-1]) & (high > rows[0]) & (start <= columns[-1]) & (stop > columns[0])
        grid = Grid(rows, columns, ())
        found = [(self.words[i], grid.inside(self.words[i].cover.bounds)) for i in np.flatnonzero(near)]
        return [(word, inside) for word, inside in found if all(part.stop > part.start for part in inside)]

    def sums(self, weights: Array, chosen: Indices, rows: Indices, columns: Indices) -> tuple[Array, list[Array]]:
        """The model (R, C) of some sources, and for each row of `weights` (D, g) the model with them weighted."""
        taken = self.shares[chosen]
        blended = np.tensordot(np.asarray(weights, np.float32), taken, 1)
        total, *sums = self._plain(np.concatenate([taken.sum(axis=0)[None], blended]), rows, columns)
        for _, here in self._touching(rows, columns):
            # Where words overlap the same is computed for each of them: they are small beside what is between them.
            values = self.values(chosen, rows[here[0]], columns[here[1]])
            total[here] = values.sum(axis=0)
            for each, sum_ in zip(np.asarray(weights, np.float32), sums, strict=True):
                sum_[here] = np.tensordot(each, values, 1)
        return total, sums

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Sources:
        """The same sources under another window and hop; `samples` is the recording's length."""
        words = tuple(replace(word, cover=word.cover.resampled(old, new, samples)) for word in self.words)
        return Sources(self.components_of.resampled(old, new, samples), self.shares, words)


MaskModel = Model | Sources
"""What the masks of a stack are computed from."""


def _odds(
    touching: Sequence[tuple[Word, tuple[slice, slice]]], chosen: Indices, rows: Indices, columns: Indices
) -> Array:
    """What each source is multiplied by in every bin, shape (g, R, C): the last word on a bin counts."""
    out = np.ones((len(chosen), len(rows), len(columns)), np.float32)
    places = {int(source): i for i, source in enumerate(chosen)}
    for word, (in_rows, in_columns) in touching:
        cover = word.cover.at(rows[in_rows], columns[in_columns])
        # What was said before gives way as far as this is sure; what is denied leaves the other sources alone.
        sure = cover * np.float32(word.weight)
        here = out[:, in_rows, in_columns]
        told = slice(None) if not word.denies else slice(places.get(word.source, 0), places.get(word.source, -1) + 1)
        here[told] = here[told] * (1 - sure) + sure
        if word.source in places:
            here[places[word.source]] *= 1 + cover * np.float32(word.odds - 1)
    # However often something is said, it is not more than certain.
    return np.clip(out, np.float32(1 / CERTAIN), np.float32(CERTAIN))
