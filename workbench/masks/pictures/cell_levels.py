"""Levels under a picture of masks: they stay while masks change, so that they are found once a view."""

from __future__ import annotations

import numpy as np

from workbench.masks.pictures.picture import Axis, Pixels, cell_bounds
from workbench.spectral.pyramid import LevelPyramid


class CellLevels:
    """The loudest level of each cell of a view, found when it is first asked for, a strip of columns at a time.

    Parameters
    ----------
    levels : LevelPyramid
    rows, columns : Axis
        The view.
    strip : int
        Pixels of a strip.
    """

    def __init__(self, levels: LevelPyramid, rows: Axis, columns: Axis, strip: int) -> None:
        self._levels, self._rows, self._columns, self._strip = levels, rows, columns, strip
        self._bounds = cell_bounds(rows), cell_bounds(columns)
        self._found = np.zeros((len(rows.cells), len(columns.cells)), np.uint8)
        self._strips: set[int] = set()

    def cut(self, row_lo: int, row_hi: int, column_lo: int, column_hi: int) -> Pixels:
        """The levels that `levels_of` gives for the cells of a rectangle of pixels."""
        for strip in range(column_lo // self._strip, (column_hi - 1) // self._strip + 1):
            if strip not in self._strips:
                self._find(strip * self._strip, min((strip + 1) * self._strip, len(self._columns.spread)))
                self._strips.add(strip)
        return self._found[self._rows.cells_in(row_lo, row_hi), self._columns.cells_in(column_lo, column_hi)]

    def _find(self, lo: int, hi: int) -> None:
        # A cell that two strips show is bounded as in the whole picture.
        cells = self._columns.cells_in(lo, hi)
        self._found[:, cells] = self._levels.pooled(self._bounds[0], self._bounds[1][cells.start : cells.stop + 1])
