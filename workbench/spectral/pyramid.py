"""Levels for the screen: dB as uint8 in a pyramid that keeps the loudest frame of every group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.progress import Progress, silent
from workbench.scratch import USUAL, Scratch
from workbench.spectral.filling import Filling
from workbench.spectral.level import Levels
from workbench.spectral.stft import Analysis, Float


class LevelPyramid:
    """Max-pooled levels; level ``i`` holds groups of 4**i frames.

    Parameters
    ----------
    base : uint8, shape (N, F)
        Levels of every frame.
    scratch : Scratch
        Where the coarser ones are put.
    """

    def __init__(self, base: Levels, scratch: Scratch = USUAL) -> None:
        self.levels = [base]
        while len(self.levels[-1]) > 4:
            fine = self.levels[-1]
            coarse = scratch.zeros((-(-len(fine) // 4), fine.shape[1]), np.uint8)
            whole = len(fine) // 4
            fine[: whole * 4].reshape(whole, 4, -1).max(axis=1, out=coarse[:whole])
            if whole < len(coarse):
                fine[whole * 4 :].max(axis=0, out=coarse[whole])
            self.levels.append(coarse)

    @property
    def shape(self) -> tuple[int, int]:
        """(F, N)."""
        return self.levels[0].shape[1], self.levels[0].shape[0]

    def pooled(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Levels:
        """Loudest level in each cell of a grid.

        Parameters
        ----------
        rows, columns : int, shapes (R + 1,) and (C + 1,)
            Edges in bins and frames, not decreasing; a cell with equal edges takes the bin at its edge.

        Returns
        -------
        uint8, shape (R, C)
        """
        frames_per_cell = (columns[-1] - columns[0]) / max(1, len(columns) - 1)
        index, step = 0, 1
        while step * 4 <= frames_per_cell and index + 1 < len(self.levels):
            index, step = index + 1, step * 4
        source = self.levels[index]
        lo, hi = int(rows[0]), min(int(rows[-1]) + 1, source.shape[1])
        cells = _reduce(source, columns // step, 0)[:, lo:hi]
        return np.ascontiguousarray(_reduce(cells, rows - lo, 1).T)


def _reduce(source: Levels, edges: NDArray[np.intp], axis: int) -> Levels:
    """Maximum between consecutive edges along an axis, at least one entry a cell."""
    last = source.shape[axis] - 1
    starts = np.minimum(edges[:-1], last)
    if np.all(edges[1:] - edges[:-1] <= 1):
        return np.asarray(np.take(source, starts, axis=axis))
    lo, hi = int(starts[0]), int(min(max(edges[-1], starts[-1] + 1), last + 1))
    piece = source[lo:hi] if axis == 0 else source[:, lo:hi]
    out: Levels = np.maximum.reduceat(piece, starts - lo, axis=axis)
    return out


def analyse_levels(
    samples: Float, analysis: Analysis, progress: Progress = silent, scratch: Scratch = USUAL
) -> LevelPyramid:
    """Level pyramid of a recording (n, C).

    Raises
    ------
    UserError
        `scratch.no_room`: its place, which `scratch` says, has no room for it.
    """
    filling = Filling(samples, analysis, scratch)
    filling.fill_all(progress)
    return LevelPyramid(filling.levels, scratch)
