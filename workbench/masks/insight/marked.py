"""Marked places: which of their bins are looked at, and which words hide which. It knows of no components, so that all
of it stays known when these change, as while a factorisation goes on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.masks.hand.marks import Mark
from workbench.masks.model.grid import Indices
from workbench.masks.model.sources import Cover, Told, Word

SAMPLED = 800
"""Bins of one word that are looked at."""
PLACES = 1500
"""Places that are remembered; more where more are marked."""
GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it leave the most even distances between 0 and 1."""
CELLS = 60_000
"""Bins of a word's rectangle among which those are found that it covers."""

_T = TypeVar("_T")


class Recent(Generic[_T]):
    """What was made of things, for those that were asked for last."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, tuple[object, _T]] = OrderedDict()

    def get(self, key: Hashable, things: object, make: Callable[[], _T]) -> _T:
        """What is made of some things, whose identities make up the key: they are kept, so that these stay theirs."""
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = things, make()
        else:
            self._known.move_to_end(key)
        return known[1]

    def shrink(self, most: int) -> None:
        """Let go of what was asked for longest ago."""
        while len(self._known) > most:
            self._known.popitem(last=False)


@dataclass(frozen=True, eq=False)
class Spots:
    """Bins of a place, some of them where it has many, shape (n,); and how many it has, roughly."""

    rows: Indices
    columns: Indices
    size: float


@dataclass(frozen=True, eq=False)
class Counted:
    """A word, the later ones that may hide it, and how far each of its spots counts, 0 … 1, shape (n,)."""

    word: Word
    hiding: tuple[Word, ...]
    weights: NDArray[np.float64]


class MarkedPlaces:
    """Remembers the places of a plane that were looked at last, so that one more mark costs one place.

    Answers are the same, bit for bit, whatever was asked before. Belongs to one thread.

    Parameters
    ----------
    bins, frames : int
        F and N of the plane.
    """

    def __init__(self, bins: int, frames: int) -> None:
        self.bins, self.frames = bins, frames
        self.most = PLACES
        """How many are remembered."""
        self.told = Told()
        """What they come to where they were looked at last."""
        self._spots: Recent[Spots] = Recent()
        self._words: Recent[Word] = Recent()
        self._counted: Recent[Counted] = Recent()
        self._last: tuple[tuple[Word, ...], list[list[int]], list[Counted]] = (), [], []
        """The words that were asked for last, for each the places among them of later ones that meet it, and how far it
        counts."""

    def make_room(self, marks: int) -> None:
        """Remember so many marks, and as many that are tried out or were taken back."""
        self.most = max(PLACES, 2 * marks)
        for recent in (self._spots, self._words, self._counted):
            recent.shrink(self.most)

    def spots(self, cover: Cover) -> Spots:
        """The bins of a place that are looked at."""
        return self._spots.get(id(cover), cover, lambda: _spots(cover, self.bins, self.frames))

    def word(self, mark: Mark, source: int) -> Word:
        """What a mark says of a source; the same object for the same mark, with what it remembers."""

        def make() -> Word:
            return Word(source, mark.place, mark.weight, mark.denies, self.spots(mark.place).size)

        return self._words.get((id(mark), source), mark, make)

    def counted(self, words: Sequence[Word]) -> list[Counted]:
        """How far each of some words counts; equal answers are the same object.

        A later word hides what was said before in the bins that it covers, as far as it is sure; one that denies hides
        only what was said of its own source.
        """
        words = tuple(words)
        before, met, known = self._last
        same = 0
        while same < min(len(words), len(before)) and words[same] is before[same]:
            same += 1
        # Only words that are new are looked at, and those that no longer meet the same ones.
        meeting = [[place for place in places if place < same] for places in met[:same]]
        kept = [None if len(now) < len(was) else each for now, was, each in zip(meeting, met, known, strict=False)]
        bounds = np.array([word.box for word in words], np.int64).reshape(-1, 4)
        for place in range(same, len(words)):
            low, high, start, stop = bounds[place]
            b = bounds[:place]
            for earlier in np.flatnonzero((b[:, 0] < high) & (b[:, 1] > low) & (b[:, 2] < stop) & (b[:, 3] > start)):
                meeting[earlier].append(place)
                kept[earlier] = None
            meeting.append([])
            kept.append(None)
        out = [each or self._one(words, i, meeting[i]) for i, each in enumerate(kept)]
        self._last = words, meeting, out
        return out

    def _one(self, words: Sequence[Word], place: int, later: Sequence[int]) -> Counted:
        word = words[place]
        hiding = tuple(words[i] for i in later if not words[i].denies or words[i].source == word.source)

        def make() -> Counted:
            return Counted(word, hiding, _counted(self.spots(word.cover), hiding))

        return self._counted.get((id(word), *map(id, hiding)), (word, hiding), make)


def _counted(spots: Spots, hiding: Sequence[Word]) -> NDArray[np.float64]:
    counted = np.ones(len(spots.rows))
    if hiding:
        rows, columns = np.unique(spots.rows), np.unique(spots.columns)
        here = np.searchsorted(rows, spots.rows), np.searchsorted(columns, spots.columns)
        for other in hiding:
            counted *= 1 - other.weight * (other.cover.at(rows, columns)[here] >= 0.5)
    return counted


def _spots(cover: Cover, bins: int, frames: int) -> Spots:
    # A stroke may go beyond the plane.
    bounds = cover.bounds.clipped(bins, frames)
    # Of a large area every so many rows and columns are looked at.
    apart = max(1.0, (bounds.bins_held / CELLS) ** 0.5)
    rows = _spread(bounds.low, bounds.high, apart)
    columns = _spread(bounds.start, bounds.stop, apart)
    covered = np.flatnonzero(cover.at(rows, columns) >= 0.5) if len(rows) and len(columns) else np.zeros(0, np.intp)
    size = len(covered) * apart**2
    covered = covered[_scattered(len(covered))]
    return Spots(rows[covered // max(1, len(columns))], columns[covered % max(1, len(columns))], size)


def _spread(low: int, high: int, apart: float) -> Indices:
    """The numbers from low to high − 1, or some of them so far apart; at least one where there are any."""
    count = max(min(1, high - low), int((high - low) / apart))
    return np.asarray(low + np.arange(count) * apart, np.intp)


def _scattered(count: int) -> Indices:
    """`SAMPLED` of so many numbers, or all: one out of each stretch, by the golden ratio sooner or later in it.

    At even distances bins that are counted row by row could all be of the same few frames.
    """
    if count <= SAMPLED:
        return np.arange(count)
    numbers = np.arange(SAMPLED)
    return ((numbers + numbers * GOLDEN % 1) * (count / SAMPLED)).astype(np.intp)
