"""Filters over a mask and its neighbours in time and frequency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum, auto

import numpy as np

from workbench.masks.edits.effects import LayerEffect
from workbench.masks.model.grid import Array, Grid, Indices, Reach, neighbours
from workbench.masks.model.sharing import Masks
from workbench.spectral.stft import Analysis


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

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        masks, around = wide
        held = masks[around.flags(self.parts)].sum(axis=0)
        match self.kind:
            case FilterKind.ERODE:
                return self._over(np.min, held, around, grid)
            case FilterKind.DILATE:
                return self._over(np.max, held, around, grid)
            case FilterKind.OPEN:
                return self._over_twice(np.min, np.max, held, around, grid)
            case FilterKind.CLOSE:
                return self._over_twice(np.max, np.min, held, around, grid)
            case FilterKind.MEDIAN:
                return self._median(held, around, grid)
            case FilterKind.BLUR:
                return self._blurred(held, around, grid)
            case FilterKind.SHARPEN:
                return np.asarray(mine + self.amount * (mine - self._blurred(held, around, grid)), np.float32)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Filter:
        # A filter that counted neighbours still does.
        rows = max(min(self.rows, 1), round(self.rows * new.window / old.window))
        columns = max(min(self.columns, 1), round(self.columns * old.hop / new.hop))
        return replace(self, rows=rows, columns=columns)

    def _places(self, around: Grid, grid: Grid) -> tuple[Indices, Indices]:
        """Where the neighbours of each bin and frame are among those around, shapes (R, m) and (C, n)."""
        rows = _places(around.rows, grid.rows, neighbours(self.rows))
        return rows, _places(around.columns, grid.columns, neighbours(self.columns, grid.coarse))

    def _over(self, rule: Callable[..., Array], held: Array, around: Grid, grid: Grid) -> Array:
        """Least or greatest over the rectangle, first along time, then along frequency."""
        rows, columns = self._places(around, grid)
        return np.asarray(rule(rule(held[:, columns], axis=-1)[rows], axis=1), np.float32)

    def _over_twice(
        self, first: Callable[..., Array], second: Callable[..., Array], held: Array, around: Grid, grid: Grid
    ) -> Array:
        """One rule over what the other gives, on the bins at whose neighbours the second looks."""
        middle = Grid(
            np.intersect1d(around.rows, grid.rows[:, None] + neighbours(self.rows)),
            np.intersect1d(around.columns, grid.columns[:, None] + neighbours(self.columns, grid.coarse)),
            around.parts,
            coarse=grid.coarse,
        )
        return self._over(second, self._over(first, held, around, middle), middle, grid)

    def _blurred(self, held: Array, around: Grid, grid: Grid) -> Array:
        rows, columns = self._places(around, grid)
        along = held[:, columns] @ _bell(columns.shape[1])
        return np.asarray(np.einsum("rkc,k->rc", along[rows], _bell(rows.shape[1])), np.float32)

    def _median(self, held: Array, around: Grid, grid: Grid) -> Array:
        rows, columns = self._places(around, grid)
        out = np.empty((len(rows), len(columns)), np.float32)
        # In pieces, so that the gathered neighbours stay small.
        step = max(1, 400_000 // max(1, columns.size * rows.shape[1]))
        for lo in range(0, len(rows), step):
            near = held[rows[lo : lo + step, :, None, None], columns[None, None]]
            flat = near.transpose(0, 2, 1, 3).reshape(near.shape[0], near.shape[2], -1)
            middle = flat.shape[-1] // 2
            out[lo : lo + step] = np.partition(flat, middle, axis=-1)[..., middle]
        return out


def _places(around: Indices, wanted: Indices, offsets: Indices) -> Indices:
    """Where the neighbours of each wanted index are among those around.

    Beyond the edge of the plane the outermost one counts again.
    """
    places: Indices = np.searchsorted(around, np.clip(wanted[:, None] + offsets, around[0], around[-1]))
    return places


def _bell(count: int) -> Array:
    """Weights of a raised cosine over an odd number of places; their sum is one."""
    reach = count // 2
    bell = np.cos(np.pi / 2 * np.arange(-reach, reach + 1) / (reach + 1)) ** 2
    return np.asarray(bell / bell.sum(), np.float32)
