"""Small pictures of masks over the whole plane, as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.model.reduced import Cells
from workbench.masks.pictures.picture import Look, Pixels, axis_of_cells, picture
from workbench.masks.stack import Stack
from workbench.spectral.pyramid import LevelPyramid


def thumbnail_lattice(bins: int, frames: int, width: int, height: int) -> Lattice:
    """Bins (logarithmically spaced) and frames for a small picture of the whole plane."""
    rows = np.unique(np.rint(np.geomspace(2, max(3, bins - 1), height)).astype(np.intp))
    columns = np.unique(np.linspace(0, frames - 1, width).astype(np.intp))
    rows = np.minimum(rows, bins - 1)
    return Lattice(rows, columns, cells=Cells(rows, columns, bins, frames))


def shades(stack: Stack, chosen: Sequence[Sequence[int]], lattice: Lattice, inside: tuple[slice, slice]) -> Pixels:
    """Masks of some sets of layers, by their indices, white 0 to black 1; on some rows and columns of a lattice.

    Returns
    -------
    uint8, shape (sets, R, C)
        Row 0 is the lowest frequency.
    """
    weights = np.zeros((len(stack.layers), len(chosen)), np.float32)
    for i, indices in enumerate(chosen):
        weights[list(indices), i] = 1
    masks = stack.blend(weights, lattice.rows[inside[0]], lattice.columns[inside[1]], lattice)
    return np.asarray(255.5 - 255 * np.clip(masks, 0, 1), np.uint8)


def small_picture(levels: LevelPyramid, stack: Stack, look: Look, lattice: Lattice) -> Pixels:
    """The whole plane as `picture` shows it; (R, C, 4), row 0 the highest frequency."""
    rows, columns = axis_of_cells(lattice.rows, stack.bins), axis_of_cells(lattice.columns, stack.frames)
    return np.ascontiguousarray(picture(levels, stack, look, rows, columns, lattice)[::-1])
