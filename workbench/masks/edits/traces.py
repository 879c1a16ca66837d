"""Strokes kept as their path: so a stroke over an hour costs what the hand drew, not what it covered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import Brush, Ruler, Shape, along_strip, coverage, greatest_coverage, reached
from workbench.masks.model.grid import Array, Grid, Indices, Region
from workbench.spectral.stft import Analysis

AT_ONCE = 8
"""Pieces of a stroke that are looked at together: each alone costs hardly less."""


class Stroke:
    """What the hand drew so far: paths are beginnings of it, so that drawing on copies nothing.

    Parameters
    ----------
    points : float64, shape (n, 3)
    regions : int64, shape (n, 4)
    """

    def __init__(self, points: NDArray[np.float64], regions: NDArray[np.int64]) -> None:
        self.count = len(points)
        self._points, self._regions = points, regions

    def drawn_on(
        self, point: tuple[float, float, float], region: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """All points and regions, with one more."""
        if self.count == len(self._points):
            # What was given out before stays as it is.
            self._points, self._regions = (
                np.concatenate([each, np.zeros_like(each), np.zeros((8, each.shape[1]), each.dtype)])
                for each in (self._points, self._regions)
            )
        self._points[self.count], self._regions[self.count] = point, region
        self.count += 1
        return self._points[: self.count], self._regions[: self.count]


@dataclass(frozen=True, eq=False)
class Path:
    """One stroke.

    Attributes
    ----------
    brush : Brush
    ruler : Ruler
        Of the screen on which it was drawn.
    points : float64, shape (n, 3)
        x and y in pixels of the ruler, and the strength there, 0 … 1.
    build_up : bool
        Whether places covered several times get more; else the greatest coverage counts.
    """

    brush: Brush
    ruler: Ruler
    points: NDArray[np.float64]
    build_up: bool = False

    def extended(self, x: float, y: float, strength: float) -> Path:
        """Drawn on to another point."""
        region = reached(self.brush, self.ruler, self.points[-1:, :2], np.array([[x, y]]))[0]
        stroke = self.stroke
        if stroke.count != len(self.points):
            # It was drawn on to elsewhere before.
            stroke = Stroke(self.points, self.regions)
        points, regions = stroke.drawn_on((x, y, strength), region)
        longer = replace(self, points=points)
        # What is known of the segments stays.
        longer.__dict__.update(regions=regions, stroke=stroke)
        return longer

    @cached_property
    def stroke(self) -> Stroke:
        """What it is a beginning of."""
        return Stroke(self.points, self.regions)

    @cached_property
    def regions(self) -> NDArray[np.int64]:
        """Bins and frames that each piece can reach: low, high, start, stop; shape (n, 4).

        The first row is the point where the stroke begins, the others are the segments.
        """
        places = self.points[:, :2]
        return reached(self.brush, self.ruler, np.concatenate([places[:1], places[:-1]]), places)

    @cached_property
    def bounds(self) -> Region:
        """Rectangle that holds it; not clipped to the plane."""
        low, high, start, stop = self.regions.T
        return Region(int(low.min()), int(high.max()), int(start.min()), int(stop.max()))

    def pieces_in(self, region: Region) -> int:
        """How many pieces of it can reach a region."""
        low, high, start, stop = self.regions.T
        near = (low < region.high) & (high > region.low) & (start < region.stop) & (stop > region.start)
        return int(np.count_nonzero(near))

    @cached_property
    def is_strip(self) -> bool:
        """Whether it covers all from its one end to the other, as a connected path of a strip does."""
        straight = self.brush.shape in (Shape.TIME, Shape.FREQUENCY) and not self.build_up
        return straight and bool(np.ptp(self.points[:, 2]) == 0)

    @cached_property
    def _ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The corners of the rectangle that holds the points."""
        low, high = self.points[:, :2].min(axis=0), self.points[:, :2].max(axis=0)
        return (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))

    def along(self, rows: Indices, columns: Indices) -> Array:
        """Coverage of the bins of a grid by a strip: (R, 1) where it is the same in all frames, or (1, C)."""
        indices = rows if self.brush.shape is Shape.FREQUENCY else columns
        return along_strip(self.brush, self.ruler, indices, *self._ends) * np.float32(self.points[0, 2])

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage of the bins of a grid, float32 (R, C)."""
        return self.drawn_on(np.zeros((len(rows), len(columns)), np.float32), 0, rows, columns)

    def drawn_on(self, before: Array, count: int, rows: Indices, columns: Indices) -> Array:
        """The same, where the coverage by its first `count` points is known."""
        if self.is_strip:
            return np.array(np.broadcast_to(self.along(rows, columns), (len(rows), len(columns))))
        out = before.copy()
        low, high, start, stop = self.regions[count:].T
        touched = (high > rows[0]) & (low <= rows[-1]) & (stop > columns[0]) & (start <= columns[-1])
        grid, places = Grid(rows, columns, ()), np.flatnonzero(touched) + count
        for some in np.split(places, range(self._at_once, len(places), self._at_once)) if len(places) else ():
            low, high, start, stop = self.regions[some].T
            r, c = grid.inside(Region(int(low.min()), int(high.max()), int(start.min()), int(stop.max())))
            strength = self.points[some[-1], 2]
            if r.stop == r.start or c.stop == c.start or (not self.build_up and out[r, c].min() >= strength):
                # Nothing is left to be covered, as where a hand scribbles.
                continue
            # The beginning is a piece of its own, so that a stroke of one point is one, too.
            starts, ends = self.points[np.maximum(some - 1, 0), :2], self.points[some, :2]
            if self._at_once > 1:
                held = greatest_coverage(self.brush, self.ruler, rows[r], columns[c], starts, ends)
            else:
                held = coverage(self.brush, self.ruler, rows[r], columns[c], tuple(starts[0]), tuple(ends[0]))
            out[r, c] = gathered(out[r, c], held * np.float32(strength), self.build_up)
        return out

    @cached_property
    def _at_once(self) -> int:
        """How many pieces are best looked at together."""
        alike = self.brush.shape in (Shape.ROUND, Shape.BOX) and bool(np.ptp(self.points[:, 2]) == 0)
        return AT_ONCE if alike and not self.build_up else 1


Covered = Callable[[Path, Indices, Indices], Array]
"""Gives the coverage of a path, which may be remembered, on a grid."""


def gathered(before: Array, more: Array, build_up: bool) -> Array:
    """Coverage of a stroke that goes over a place again: the greatest, or built up as 1 − (1 − a)(1 − b)."""
    return np.asarray(1 - (1 - before) * (1 - more) if build_up else np.maximum(before, more), np.float32)


@dataclass(frozen=True, eq=False)
class Trace:
    """Strokes with one effect, one after the other, within an area or everywhere."""

    paths: tuple[Path, ...]
    within: Area | None = None

    def __bool__(self) -> bool:
        return bool(self.paths)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        own = sum(path.points.nbytes for path in self.paths)
        return own + (0 if self.within is None else self.within.nbytes)

    @cached_property
    def bounds(self) -> Region:
        """Rectangle that holds all; not clipped to the plane."""
        out = Region(0, 0, 0, 0)
        for path in self.paths:
            out = out.joined(path.bounds)
        return out if self.within is None else out.common(self.within.bounds)

    def touches(self, region: Region) -> bool:
        """Whether any stroke can reach a region."""
        return any(path.pieces_in(region) for path in self.paths)

    def effort(self, region: Region) -> int:
        """How many pieces of strokes are to be looked at for a region."""
        return sum(path.pieces_in(region) for path in self.paths)

    def at(self, rows: Indices, columns: Indices, covered: Covered = Path.at) -> Array:
        """Coverage of the bins of a grid, float32 (R, C): each stroke goes on from what the former left."""
        out = np.zeros((len(rows), len(columns)), np.float32)
        if len(rows) and len(columns):
            grid = Grid(rows, columns, ())
            for i, path in enumerate(self.paths):
                r, c = grid.inside(path.bounds)
                if r.stop > r.start and c.stop > c.start:
                    held = covered(path, rows[r], columns[c])
                    out[r, c] = gathered(out[r, c], held, build_up=True) if i else held
        return out if self.within is None else out * self.within.at(rows, columns)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Trace:
        """The same strokes of the plane of another window and hop."""
        ratios = new.window / old.window, new.hop / old.hop
        paths = tuple(replace(path, ruler=path.ruler.rescaled(*ratios)) for path in self.paths)
        return Trace(paths, None if self.within is None else self.within.resampled(old, new, samples))
