"""Sources that share components: each takes its part of every component, as marks say."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.grid import Array, Indices, Region
from workbench.masks.model.models import Factors, Model
from workbench.spectral.stft import Analysis

CERTAIN, LOOSE = 30.0, 0.38
"""What a word of full weight multiplies the odds of its source by in the bins that it covers, and how that falls with
their number: a click is meant literally, a large stroke is not."""
CLICK = 128.0
"""Bins of a click."""
SMALL = 1 << 13
"""Bins of the rectangle of a word whose coverage is remembered; of larger ones it is computed where it is asked for."""
STRIP = 128
"""Columns in which what is said is looked at at once."""
MANY = 24
"""Words on a grid from which on it is remembered what they come to there."""
MOST_BYTES = 48 * 2**20
"""Of what is remembered."""


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

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """Low, high, start, stop of what it covers, on the plane's near sides."""
        b = self.cover.bounds
        return max(b.low, 0), b.high, max(b.start, 0), b.stop

    @cached_property
    def _covered(self) -> Array | None:
        """Coverage of all bins of its box; None for a large one."""
        low, high, start, stop = self.box
        small = high > low and stop > start and (high - low) * (stop - start) <= SMALL
        return self.cover.at(np.arange(low, high), np.arange(start, stop)) if small else None

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage 0 … 1 of the bins of a grid within its box, float32 (R, C)."""
        if self._covered is None:
            return self.cover.at(rows, columns)
        covered: Array = self._covered[(rows - self.box[0])[:, None], columns - self.box[2]]
        return covered


Touch = tuple[Word, slice, slice]
"""A word, and the rows and columns of a grid within its box."""


class Told:
    """What words come to on the grids that were looked at last: one more word costs one more.

    Values are the same, bit for bit, whether or not they are remembered. Any thread may ask.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[bytes, ...], tuple[tuple[Word, ...], Array]] = OrderedDict()
        self._held = 0
        self._lock = Lock()

    def odds(self, touching: Sequence[Touch], chosen: Indices, rows: Indices, columns: Indices) -> Array:
        """What each source is multiplied by in every bin, shape (g, R, C): the last word on a bin counts."""
        out = np.ones((len(chosen), len(rows), len(columns)), np.float32)
        if len(touching) < MANY:
            _say(out, touching, chosen, rows, columns)
        else:
            key = chosen.tobytes(), rows.tobytes(), columns.tobytes()
            words = tuple(word for word, _, _ in touching)
            with self._lock:
                before, known = self._known.get(key, ((), out))
            if words[: len(before)] == before:
                out[:] = known
            else:
                before = ()
            if len(before) < len(words):
                _say(out, touching[len(before) : -1], chosen, rows, columns)
                # The last one may be only tried out.
                self._remember(key, words[:-1], out.copy())
                _say(out, touching[-1:], chosen, rows, columns)
        # However often something is said, it is not more than certain.
        return np.clip(out, np.float32(1 / CERTAIN), np.float32(CERTAIN), out=out)

    def _remember(self, key: tuple[bytes, ...], words: tuple[Word, ...], odds: Array) -> None:
        with self._lock:
            _, gone = self._known.pop(key, ((), odds[:0]))
            self._known[key] = words, odds
            self._held += odds.nbytes - gone.nbytes
            while self._held > MOST_BYTES:
                _, (_, oldest) = self._known.popitem(last=False)
                self._held -= oldest.nbytes


@dataclass(frozen=True, eq=False)
class Sources:
    """Masks of sources: Σ_k A_gk m_k, m_k the computed masks of components, but for what is said of a bin itself.

    Where bins are covered by words, the odds of the sources there are multiplied by what is said. A later word takes
    the place of what was said before as far as it is sure; one that denies a source only of what was said of that one.

    Attributes
    ----------
    components_of : Factors
        W and H.
    shares : float32, shape (G, K)
        A: nonnegative, its columns sum to one.
    words : tuple of Word
        In the order in which they were said.
    told : Told
        What is known of them; sources that follow each other share it.
    """

    components_of: Factors
    shares: Array
    words: tuple[Word, ...] = ()
    told: Told = field(default_factory=Told)

    @property
    def components(self) -> int:
        """G: what is a component to the layers is a source here."""
        return len(self.shares)

    def _plain(self, weights: Array, rows: Indices, columns: Indices) -> list[Array]:
        """The model with its components weighted, for each row of weights (D, K), without the words."""
        every = np.arange(self.components_of.components)
        return self.components_of.sums(np.asarray(weights, np.float32), every, rows, columns)[1]

    def values(self, chosen: Indices, rows: Indices, columns: Indices) -> Array:
        """The model of each of some sources, shape (g, R, C)."""
        out = np.empty((len(chosen), len(rows), len(columns)), np.float32)
        for plane, values in zip(out, self._plain(self.shares[chosen], rows, columns), strict=True):
            plane[:] = values
        touching = self._touching(rows, columns)
        if touching:
            out *= self.told.odds(touching, chosen, rows, columns)
        return out

    @cached_property
    def _bounds(self) -> NDArray[np.int64]:
        """Low, high, start, stop of every word, shape (words, 4)."""
        return np.array([word.box for word in self.words], np.int64).reshape(-1, 4)

    def _touching(self, rows: Indices, columns: Indices) -> list[Touch]:
        """The words that say something of a grid, with the part of the grid within their boxes."""
        if not self.words or not len(rows) or not len(columns):
            return []
        low, high, start, stop = self._bounds.T
        near = np.flatnonzero((low <= rows[-1]) & (high > rows[0]) & (start <= columns[-1]) & (stop > columns[0]))
        edges = zip(
            near.tolist(),
            np.searchsorted(rows, low[near]).tolist(),
            np.searchsorted(rows, high[near]).tolist(),
            np.searchsorted(columns, start[near]).tolist(),
            np.searchsorted(columns, stop[near]).tolist(),
            strict=True,
        )
        return [(self.words[i], slice(a, b), slice(c, d)) for i, a, b, c, d in edges if b > a and d > c]

    def sums(self, weights: Array, chosen: Indices, rows: Indices, columns: Indices) -> tuple[Array, list[Array]]:
        """The model (R, C) of some sources, and for each row of `weights` (D, g) the model with them weighted."""
        taken, weights = self.shares[chosen], np.asarray(weights, np.float32)
        total, *sums = self._plain(np.vstack([taken.sum(axis=0), weights @ taken]), rows, columns)
        for begin in range(0, len(columns) if self.words else 0, STRIP):
            strip = slice(begin, begin + STRIP)
            told = np.zeros(len(rows), bool)
            for _, in_rows, _ in self._touching(rows, columns[strip]):
                told[in_rows] = True
            # In the rows of which something is said the sources are looked at one by one.
            here = np.flatnonzero(told)
            if len(here):
                values = self.values(chosen, rows[here], columns[strip])
                total[here, strip] = values.sum(axis=0)
                for each, sum_ in zip(np.tensordot(weights, values, 1), sums, strict=True):
                    sum_[here, strip] = each
        return total, sums

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Sources:
        """The same sources under another window and hop; `samples` is the recording's length."""
        words = tuple(replace(word, cover=word.cover.resampled(old, new, samples)) for word in self.words)
        return Sources(self.components_of.resampled(old, new, samples), self.shares, words)


MaskModel = Model | Sources
"""What the masks of a stack are computed from."""


def _say(out: Array, touching: Sequence[Touch], chosen: Indices, rows: Indices, columns: Indices) -> None:
    """Change odds (g, R, C) by words, one after the other."""
    places = {int(source): i for i, source in enumerate(chosen)}
    for word, in_rows, in_columns in touching:
        cover = word.at(rows[in_rows], columns[in_columns])
        # What was said before gives way as far as this is sure; what is denied leaves the other sources alone.
        sure = cover * np.float32(word.weight)
        here = out[:, in_rows, in_columns]
        place = places.get(word.source)
        if not word.denies:
            here *= 1 - sure
            here += sure
        elif place is not None:
            here[place] *= 1 - sure
            here[place] += sure
        if place is not None:
            here[place] *= 1 + cover * np.float32(word.odds - 1)
