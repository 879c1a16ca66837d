"""Sources that share components: each takes its part of every component, as marks say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np

from workbench.masks.model.grid import Array, Grid, Indices, Region
from workbench.masks.model.models import Factors, Model
from workbench.spectral.stft import Analysis

CERTAIN, LOOSE = 30.0, 0.38
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

    Where bins are covered by words, the odds of the sources there are multiplied by what the last of them says.

    Attributes
    ----------
    components_of : Factors
        W and H.
    shares : float32, shape (G, K)
        A: nonnegative, its columns sum to one.
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

    def _plain(self, weights: Array, rows: Indices, columns: Indices) -> list[Array]:
        """The model with its components weighted, for each row of weights (D, K), without the words."""
        every = np.arange(self.components_of.components)
        return self.components_of.sums(np.asarray(weights, np.float32), every, rows, columns)[1]

    def values(self, chosen: Indices, rows: Indices, columns: Indices) -> Array:
        """The model of each of some sources, shape (g, R, C)."""
        out = np.empty((len(chosen), len(rows), len(columns)), np.float32)
        for plane, values in zip(out, self._plain(self.shares[chosen], rows, columns), strict=True):
            plane[:] = values
        grid = Grid(rows, columns, ())
        touching = [(word, inside) for word in self.words if _holds(inside := grid.inside(word.cover.bounds))]
        if touching:
            out *= _odds(touching, chosen, rows, columns)
        return out

    def sums(self, weights: Array, chosen: Indices, rows: Indices, columns: Indices) -> tuple[Array, list[Array]]:
        """The model (R, C) of some sources, and for each row of `weights` (D, g) the model with them weighted."""
        taken = self.shares[chosen]
        total, *sums = self._plain(np.vstack([taken.sum(axis=0), weights @ taken]), rows, columns)
        grid = Grid(rows, columns, ())
        inside = [part for word in self.words if _holds(part := grid.inside(word.cover.bounds))]
        if inside:
            here = tuple(
                slice(min(part[axis].start for part in inside), max(part[axis].stop for part in inside))
                for axis in (0, 1)
            )
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


def _holds(inside: tuple[slice, slice]) -> bool:
    return all(part.stop > part.start for part in inside)


def _odds(
    touching: Sequence[tuple[Word, tuple[slice, slice]]], chosen: Indices, rows: Indices, columns: Indices
) -> Array:
    """What each source is multiplied by in every bin, shape (g, R, C): the last word on a bin counts."""
    out = np.ones((len(chosen), len(rows), len(columns)), np.float32)
    places = {int(source): i for i, source in enumerate(chosen)}
    for word, (in_rows, in_columns) in touching:
        cover = word.cover.at(rows[in_rows], columns[in_columns])
        here = out[:, in_rows, in_columns]
        here *= 1 - cover
        here += cover
        if word.source in places:
            here[places[word.source]] += cover * np.float32(word.odds - 1)
    return out
