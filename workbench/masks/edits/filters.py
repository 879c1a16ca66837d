"""Filters over a mask and its neighbours in time and frequency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum, auto

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workbench.masks.edits.effects import Around, LayerEffect, Near, Room
from workbench.masks.model.grid import Array, Grid, Indices, Reach
from workbench.spectral.stft import Analysis

LOOKED_AT = 3
"""Neighbours along each axis at which a filter looks where a picture shows only some of the frames."""


class FilterKind(StrEnum):
    """What a filter does with a mask and its neighbours."""

    BLUR = auto()
    """Their mean, weighted by a raised cosine."""
    SHARPEN = auto()
    """Unsharp mask: m + amount · (m − blurred m)."""
    MEDIAN = auto()
    """Their median."""
    OPEN = auto()
    """Erodes, then dilates: takes specks away."""
    CLOSE = auto()
    """Dilates, then erodes: fills holes."""
    ERODE = auto()
    """The least of them."""
    DILATE = auto()
    """The greatest of them."""


@dataclass(frozen=True)
class Filter(LayerEffect):
    """A filter over the mask and its neighbours.

    Opening, closing, eroding and dilating are grey-scale morphology (Serra 1982) with a flat rectangle.

    Attributes
    ----------
    kind : FilterKind
    rows, columns : int
        Bins and frames on either side that count as neighbours.
    amount : float
        Of sharpening.
    """

    kind: FilterKind = FilterKind.BLUR
    rows: int = 1
    columns: int = 1
    amount: float = 1.0

    @property
    def reach(self) -> Reach:  # type: ignore[override]
        """Bins and frames on every side."""
        return self.rows, self.columns

    @property
    def passes(self) -> int:  # type: ignore[override]
        """Opening and closing look at the neighbours of neighbours."""
        return 2 if self.kind in (FilterKind.OPEN, FilterKind.CLOSE) else 1

    def goal(self, mine: Array, room: Room, grid: Grid, near: Near | None = None) -> Array:
        reach = self.rows * self.passes, self.columns * self.passes
        if near is None or self.reach == (0, 0):
            # Nothing is near but itself.
            return mine
        around = near.around(self.parts, grid, reach)
        if _gapless(around.rows) and _gapless(around.columns):
            at_row, at_column = int(grid.rows[0] - around.rows[0]), int(grid.columns[0] - around.columns[0])
            found = self._on_plane(around.mask)
            found = found[at_row : at_row + len(grid.rows), at_column : at_column + len(grid.columns)]
        else:
            found = self._on_lattice(around, grid)
        if self.kind is FilterKind.SHARPEN:
            found = mine + np.float32(self.amount) * (mine - found)
        return np.asarray(found, np.float32)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Filter:
        # A filter that counted neighbours still does.
        rows = max(min(self.rows, 1), round(self.rows * new.window / old.window))
        columns = max(min(self.columns, 1), round(self.columns * old.hop / new.hop))
        return replace(self, rows=rows, columns=columns)

    def _on_plane(self, mask: Array) -> Array:
        """Of every bin of a gapless piece; beyond its edge the outermost bins count again."""
        size = 2 * self.rows + 1, 2 * self.columns + 1
        match self.kind:
            case FilterKind.ERODE:
                return _ranked(ndimage.minimum_filter1d, mask, size)
            case FilterKind.DILATE:
                return _ranked(ndimage.maximum_filter1d, mask, size)
            case FilterKind.OPEN:
                return _ranked(ndimage.maximum_filter1d, _ranked(ndimage.minimum_filter1d, mask, size), size)
            case FilterKind.CLOSE:
                return _ranked(ndimage.minimum_filter1d, _ranked(ndimage.maximum_filter1d, mask, size), size)
            case FilterKind.MEDIAN:
                return np.asarray(ndimage.median_filter(mask, size, mode="nearest"))
            case FilterKind.BLUR | FilterKind.SHARPEN:
                along = ndimage.convolve1d(mask, _bell(size[1]), axis=1, mode="nearest")
                return np.asarray(ndimage.convolve1d(along, _bell(size[0]), axis=0, mode="nearest"))

    def _on_lattice(self, around: Around, grid: Grid) -> Array:
        """Roughly, where only some of the neighbours are looked at: the nearest of them stand for the others."""
        rows = _places(around.rows, grid.rows, self.rows * self.passes)
        columns = _places(around.columns, grid.columns, self.columns * self.passes)
        near = around.mask[rows[:, None, :, None], columns[None, :, None, :]]
        flat = near.reshape(len(rows), len(columns), -1)
        match self.kind:
            case FilterKind.ERODE:
                return np.asarray(flat.min(axis=-1))
            case FilterKind.DILATE:
                return np.asarray(flat.max(axis=-1))
            case FilterKind.BLUR | FilterKind.SHARPEN:
                return np.asarray(flat.mean(axis=-1))
            case FilterKind.MEDIAN | FilterKind.OPEN | FilterKind.CLOSE:
                return np.asarray(np.median(flat, axis=-1))


def _gapless(indices: Indices) -> bool:
    return int(indices[-1]) - int(indices[0]) == len(indices) - 1


def _ranked(rule: Callable[..., Array], mask: Array, size: Reach) -> Array:
    """The least or greatest over a rectangle, first along time, then along frequency."""
    return np.asarray(rule(rule(mask, size[1], axis=1, mode="nearest"), size[0], axis=0, mode="nearest"))


def _places(around: Indices, wanted: Indices, reach: int) -> Indices:
    """Where `LOOKED_AT` neighbours of each wanted index, or the nearest there are, lie among those around."""
    offsets = np.unique(np.rint(np.linspace(-reach, reach, LOOKED_AT)).astype(np.intp))
    there = wanted[:, None] + offsets
    after = np.clip(np.searchsorted(around, there), 0, len(around) - 1)
    before = np.maximum(after - 1, 0)
    nearer: Indices = np.where(np.abs(around[before] - there) < np.abs(around[after] - there), before, after)
    return nearer


def _bell(count: int) -> NDArray[np.float64]:
    """Weights of a raised cosine over an odd number of places; their sum is one."""
    reach = count // 2
    bell = np.cos(np.pi / 2 * np.arange(-reach, reach + 1) / (reach + 1)) ** 2
    return np.asarray(bell / bell.sum())
