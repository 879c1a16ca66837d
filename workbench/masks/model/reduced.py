"""Models looked at in cells of many bins and frames, as pictures of much show them.

A part's share in the model of a cell is the mean of its mask over the cell, weighted by the model: Σ M·L / Σ L with
M = w_k h_k / L is Σ w_k h_k / Σ L. Since the sum over a rectangle of bins and frames of w_k h_k is the sum of w_k over
its bins times that of h_k over its frames, it is had from reduced W and H alone, and nothing that is short is missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.grid import Indices
from workbench.masks.model.models import Array, Factors, Shares
from workbench.masks.model.sources import MaskModel, Sources

M = TypeVar("M", Factors, Sources)
_LOCK = Lock()


@dataclass(frozen=True, eq=False)
class Cells:
    """Rectangles of the plane, side by side.

    Attributes
    ----------
    rows, columns : int
        Increasing: the first bin and the first frame of each.
    row_end, column_end : int
        Behind the last ones.
    """

    rows: Indices
    columns: Indices
    row_end: int
    column_end: int


@dataclass(frozen=True, eq=False)
class ReducedFactors(Factors):
    """Factors whose rows and columns stand for whole cells."""

    whole: tuple[Array, Array]
    """`scaled` of the factors themselves."""
    rows: tuple[Indices, int]
    columns: tuple[Indices, int]
    """Of the cells: the first bins and frames, and what is behind the last."""

    @cached_property
    def scaled(self) -> tuple[Array, Array]:
        """Those of single bins and frames."""
        return self.whole

    def _terms(self, chosen: Indices, rows: Indices, columns: Indices) -> tuple[Array, Array]:
        """The means of templates and of delayed activations over cells, whose product is that of the model's terms."""
        w, h = self.scaled
        starts, stops = rows, _behind(rows, *self.rows)
        wr = _sums(w[:, chosen].reshape(len(w), -1).T, starts, stops).T / (stops - starts)[:, None]
        starts, stops = columns, _behind(columns, *self.columns)
        first = max(0, int(starts[0]) - self.length + 1)
        sounding = h[:, first : int(stops[-1])][chosen]
        ago = [(starts - first - t, stops - first - t) for t in range(self.length)]
        delayed = np.stack([_sums(sounding, *(np.maximum(each, 0) for each in edges)) for edges in ago], axis=1)
        hc = delayed.reshape(-1, len(columns)) / (stops - starts)
        return np.asarray(wr, np.float32), np.asarray(hc, np.float32)


def reduced(model: MaskModel, cells: Cells) -> MaskModel:
    """A model that is asked for cells by their first bins and frames; always the same for the same ones.

    Of sources, what they have of a component, and what was said of bins, is that of the first bin of a cell. Masks that
    were given for every bin have no model to be reduced by, and are as they are there.
    """
    if isinstance(model, Shares):
        return model
    if isinstance(model, Factors):
        return _factors(model, cells)
    return _kept(model, cells, lambda: replace(model, components_of=_factors(model.components_of, cells)))


def _factors(model: Factors, cells: Cells) -> Factors:
    edges = (cells.rows, cells.row_end), (cells.columns, cells.column_end)
    return _kept(model, cells, lambda: ReducedFactors(model.W, model.H, model.scaled, *edges))


def _kept(model: M, cells: Cells, make: Callable[[], M]) -> M:
    """What is made of a model for these cells, once. The model holds it, not the cells, and it holds neither: whoever
    goes first leaves nothing behind."""
    with _LOCK:
        known: WeakKeyDictionary[Cells, M] = model.__dict__.setdefault("_reduced", WeakKeyDictionary())
        found = known.get(cells)
    if found is not None:
        return found
    made = make()
    with _LOCK:
        return known.setdefault(cells, made)


def _behind(firsts: Indices, all_firsts: Indices, end: int) -> Indices:
    """What comes behind the last of each cell that begins so."""
    following = np.searchsorted(all_firsts, firsts, side="right")
    return np.append(all_firsts, end)[following]


def _sums(x: Array, starts: Indices, stops: Indices) -> NDArray[np.float64]:
    """Sums of x (k, n) from `starts` to before `stops`, which do not decrease; shape (k, len(starts))."""
    low, high = int(starts[0]), int(stops[-1])
    # Something must stand behind the last one. (Differences of running sums would lose what is quiet beside the loud.)
    inside = np.zeros((len(x), high - low + 1), x.dtype)
    inside[:, :-1] = x[:, low:high]
    edges = np.stack([starts, stops], axis=1).ravel() - low
    out = np.add.reduceat(inside, edges, axis=1, dtype=np.float64)[:, ::2]
    out[:, starts == stops] = 0
    return np.asarray(out, np.float64)
