"""Outlines of areas at the pixels of a view, as arrays: no Qt here.

What an area covers is kept as boxes of bins and frames, column by column of tiles. In a view they make up bands of rows
of pixels that are the same, and the bands of all areas are laid out in one row of numbers, where joining and cutting
is a matter of order: it costs what there is to draw, however many pixels the view has.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import CHUNK, FULL, OUTSIDE, Area
from workbench.masks.model.grid import TILE
from workbench.masks.pictures.picture import Axis, Index

BYTES = 16 << 20
"""Of boxes that are remembered."""
ENTRY = 512
"""Bytes of remembering anything, if it is that nothing is there."""
HALF = 128
"""Cover from which on a bin counts."""

Boxes = NDArray[np.int32]
"""First bin and the one behind the last, first frame and the one behind the last, shape (4, n)."""
NO_BOXES: Boxes = np.zeros((4, 0), np.int32)
ALL = -1
"""In the place of a column of tiles: all of them, each as a whole."""


class Outlines:
    """Finds the borders of areas in a view; remembers the boxes of those that were asked for last.

    Parameters
    ----------
    most : int
        Bytes of boxes that are remembered.

    Attributes
    ----------
    held : int
        Bytes of boxes that are remembered now.
    """

    def __init__(self, most: int = BYTES) -> None:
        self._most, self.held = most, 0
        self._known: OrderedDict[tuple[int, int], tuple[weakref.ref[Area], Boxes]] = OrderedDict()

    def border(self, areas: Sequence[Area], rows: Axis, columns: Axis) -> tuple[Index, Index, Index]:
        """Pixels of each area beside, above or below which is one that it does not cover.

        Nothing is known of what is out of the view: its sides are no border.

        Returns
        -------
        which, ys, xs : int, shape (n,)
            Number of the area, not decreasing, and its pixel, which may come twice; row 0 is the lowest frequency.
        """
        if not areas:
            return (np.zeros(0, np.intp),) * 3
        high, wide = len(rows.spread), len(columns.spread)
        # Behind each band is a place, and behind each area a band, that stay empty: so none runs into the next.
        pitch, count = wide + 1, 0
        spans, cuts = [], []
        for area in areas:
            span, cut = self._bands(area, rows, columns)
            spans.append(span + count * pitch)
            cuts.append(cut)
            count += len(cut)
        # The last of an area's cuts is where the empty one begins.
        low, area_of = np.concatenate(cuts), np.repeat(np.arange(len(cuts)), [len(cut) for cut in cuts])
        behind = np.append(low[1:], 0)
        starts, stops = _joined(np.concatenate(spans, axis=1))
        at = starts // pitch
        found: list[tuple[Index, Index, Index]] = []
        # The ends of each span, over all the pixels that its band is high.
        first, last = starts - at * pitch, stops - at * pitch - 1
        for x, seen in ((first, first > 0), (last, last < wide - 1)):
            of, y = _counted(low[at[seen]], behind[at[seen]])
            found.append((area_of[at[seen]][of], y, x[seen][of]))
        # What the band below or above does not cover, along its lowest or highest pixel.
        for shift, y, side in ((pitch, low, 0), (-pitch, behind - 1, high - 1)):
            left, right = _without(starts, stops, starts + shift, stops + shift)
            at = left // pitch
            seen = y[at] != side
            of, place = _counted(left[seen], right[seen])
            at = at[seen][of]
            found.append((area_of[at], y[at], place - at * pitch))
        which, ys, xs = (np.concatenate(of) for of in zip(*found, strict=True))
        order = np.argsort(which, kind="stable")
        return which[order], ys[order], xs[order]

    def _bands(self, area: Area, rows: Axis, columns: Axis) -> tuple[Index, Index]:
        """Starts and stops, in pixels, of what an area covers of its bands, one behind the other, shape (2, n); and
        the rows between which the bands are."""
        low, high, start, stop = self._boxes(area, int(columns.edges[0]), int(_stops(columns.edges)[-1]))
        bottom, top = _pixels(rows, low, high)
        left, right = _pixels(columns, start, stop)
        seen = (bottom < top) & (left < right)
        bottom, top, left, right = bottom[seen], top[seen], left[seen], right[seen]
        marked = np.zeros(len(rows.spread) + 1, bool)
        marked[0] = marked[bottom] = marked[top] = True
        cuts = np.flatnonzero(marked)
        number = np.cumsum(marked) - 1
        of, band = _counted(number[bottom], number[top])
        return np.stack([left[of], right[of]]) + band * (len(columns.spread) + 1), cuts

    def _boxes(self, area: Area, start: int, stop: int) -> Boxes:
        """What an area covers of some frames and of those beside them; of many, by whole columns of tiles."""
        if stop - start > CHUNK:
            return self._part(area, ALL)
        columns = range(start // TILE, -(-min(stop, area.frames) // TILE))
        return np.concatenate([self._part(area, column) for column in columns], axis=1)

    def _part(self, area: Area, column: int) -> Boxes:
        """Boxes within a column of tiles, or by columns of tiles."""
        key = id(area), column
        known = self._known.pop(key, None)
        # What has the identity of an area that is gone tells nothing of this one.
        if known is None or known[0]() is not area:
            self.held -= 0 if known is None else _cost(known[1])
            known = weakref.ref(area), _coarse_boxes(area) if column == ALL else _tile_boxes(area, column)
            self.held += _cost(known[1])
        self._known[key] = known
        while self.held > self._most:
            self.held -= _cost(self._known.popitem(last=False)[1][1])
        return known[1]


def _stops(edges: Index) -> Index:
    """The bin or frame behind the last that each pixel shows, which shows one at least."""
    return np.maximum(edges[1:], edges[:-1] + 1)


def _pixels(axis: Axis, starts: Boxes, stops: Boxes) -> tuple[Index, Index]:
    """The first pixels that show something of stretches of bins or frames, and those behind the last."""
    return np.searchsorted(_stops(axis.edges), starts, "right"), np.searchsorted(axis.edges[:-1], stops, "left")


def _cost(boxes: Boxes) -> int:
    return boxes.nbytes + ENTRY


def _tile_boxes(area: Area, column: int) -> Boxes:
    rows = np.flatnonzero(area.cover[:, column] != OUTSIDE)
    if not len(rows):
        return NO_BOXES
    held = np.concatenate([area.tiles.get((row, column), FULL) for row in rows.tolist()])
    bins = (rows[:, None] * TILE + np.arange(TILE)).ravel()
    start, inside = column * TILE, bins < area.bins
    return _boxes_of(held[inside, : area.frames - start], bins[inside], start, 1)


def _coarse_boxes(area: Area) -> Boxes:
    return _boxes_of(area.by_tile_column, np.arange(area.bins), 0, TILE)


def _boxes_of(cover: NDArray[np.uint8], bins: Index, start: int, scale: int) -> Boxes:
    """What counts of some bins: runs of frames, those one above the other taken together that are the same."""
    held = np.zeros((len(cover), cover.shape[1] + 2), bool)
    held[:, 1:-1] = cover >= HALF
    # Where it begins and where it ends to be held take turns.
    turns = np.flatnonzero((held[:, 1:] != held[:, :-1]).ravel())
    if not len(turns):
        return NO_BOXES
    row, first = np.divmod(turns[::2], cover.shape[1] + 1)
    behind, place = turns[1::2] - row * (cover.shape[1] + 1), bins[row]
    order = np.lexsort((place, behind, first))
    first, behind, place = first[order], behind[order], place[order]
    new = (np.diff(first) != 0) | (np.diff(behind) != 0) | (np.diff(place) != 1)
    heads, tails = np.flatnonzero(np.append(True, new)), np.flatnonzero(np.append(new, True))
    sides = place[heads], place[tails] + 1, start + first[heads] * scale, start + behind[heads] * scale
    return np.stack(sides).astype(np.int32)


def _counted(starts: Index, stops: Index) -> tuple[Index, Index]:
    """All the numbers from each start to its stop, and the place of the start each is counted from."""
    lengths = np.maximum(stops - starts, 0)
    of = np.repeat(np.arange(len(starts)), lengths)
    return of, np.arange(len(of)) + (starts - (np.cumsum(lengths) - lengths))[of]


def _joined(spans: Index) -> tuple[Index, Index]:
    """Starts and stops of what some spans, shape (2, n), cover together: increasing, and none meets the next."""
    starts, stops = spans[:, np.argsort(spans[0], kind="stable")]
    stops = np.maximum.accumulate(stops)
    behind = np.flatnonzero(starts[1:] > stops[:-1]) + 1
    ends = slice(0, min(len(starts), 1))
    return starts[np.append(np.arange(1)[ends], behind)], stops[
        np.append(behind - 1, np.arange(len(starts))[::-1][ends])
    ]


def _without(starts: Index, stops: Index, other_starts: Index, other_stops: Index) -> tuple[Index, Index]:
    """What spans cover that others do not; both as from `_joined`."""
    # Between the others are gaps, of which each span meets some.
    reach = np.iinfo(np.intp)
    opens, closes = np.append(reach.min, other_stops), np.append(other_starts, reach.max)
    of, gap = _counted(np.searchsorted(other_stops, starts, "right"), np.searchsorted(other_starts, stops, "left") + 1)
    left, right = np.maximum(starts[of], opens[gap]), np.minimum(stops[of], closes[gap])
    return left[left < right], right[left < right]
