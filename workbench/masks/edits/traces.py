"""Strokes kept as their path: so a stroke over an hour costs what the hand drew, not what it covered."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import Brush, Ruler, Shape, coverage, covered
from workbench.masks.model.grid import Array, Grid, Indices, Region
from workbench.spectral.stft import Analysis


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
        longer = replace(self, points=np.vstack([self.points, (x, y, strength)]))
        # What is known of the segments stays.
        segment = self.points[-1], longer.points[-1]
        longer.__dict__["regions"] = np.vstack([self.regions, self._region(*segment)])
        return longer

    @cached_property
    def regions(self) -> NDArray[np.int64]:
        """Bins and frames that each piece can reach: low, high, start, stop; shape (n, 4).

        The first row is the point where the stroke begins, the others are the segments.
        """
        p = self.points
        pairs = [(p[0], p[0]), *itertools.pairwise(p)]
        return np.array([self._region(a, b) for a, b in pairs], np.int64)

    def _region(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[int, int, int, int]:
        r = covered(self.brush, self.ruler, (a[0], a[1]), (b[0], b[1]))
        return r.low, r.high, r.start, r.stop

    @property
    def bounds(self) -> Region:
        """Rectangle that holds it; not clipped to the plane."""
        low, high, start, stop = self.regions.T
        return Region(int(low.min()), int(high.max()), int(start.min()), int(stop.max()))

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage of the bins of a grid, float32 (R, C)."""
        out = np.zeros((len(rows), len(columns)), np.float32)
        if self.brush.shape in (Shape.TIME, Shape.FREQUENCY) and not self.build_up and np.ptp(self.points[:, 2]) == 0:
            # A connected path of a strip covers all from its one end to the other.
            ends = self.points[:, :2].min(axis=0), self.points[:, :2].max(axis=0)
            (x0, y0), (x1, y1) = ends
            held = coverage(self.brush, self.ruler, rows, columns, (x0, y0), (x1, y1))
            return np.asarray(held * np.float32(self.points[0, 2]), np.float32)
        low, high, start, stop = self.regions.T
        touched = (high > rows[0]) & (low <= rows[-1]) & (stop > columns[0]) & (start <= columns[-1])
        grid = Grid(rows, columns, ())
        points = self.points
        for i in np.nonzero(touched)[0]:
            # The beginning is a piece of its own, so that a stroke of one point is one, too.
            a, b = (points[0], points[0]) if i == 0 else (points[i - 1], points[i])
            r, c = grid.inside(Region(int(low[i]), int(high[i]), int(start[i]), int(stop[i])))
            if r.stop > r.start and c.stop > c.start:
                held = coverage(self.brush, self.ruler, rows[r], columns[c], (a[0], a[1]), (b[0], b[1]))
                held *= np.float32(b[2])
                out[r, c] = gathered(out[r, c], held, self.build_up)
        return out


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

    def at(self, rows: Indices, columns: Indices) -> Array:
        """Coverage of the bins of a grid, float32 (R, C): each stroke goes on from what the former left."""
        left = np.ones((len(rows), len(columns)), np.float32)
        if len(rows) and len(columns):
            grid = Grid(rows, columns, ())
            for path in self.paths:
                r, c = grid.inside(path.bounds)
                if r.stop > r.start and c.stop > c.start:
                    left[r, c] *= 1 - path.at(rows[r], columns[c])
        return 1 - left if self.within is None else (1 - left) * self.within.at(rows, columns)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Trace:
        """The same strokes of the plane of another window and hop."""
        ratios = new.window / old.window, new.hop / old.hop
        paths = tuple(replace(path, ruler=path.ruler.rescaled(*ratios)) for path in self.paths)
        return Trace(paths, None if self.within is None else self.within.resampled(old, new, samples))
