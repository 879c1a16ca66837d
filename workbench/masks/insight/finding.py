"""Areas found in the picture: what is like a place, and where a layer holds most."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum, auto

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from workbench.errors import UserError
from workbench.masks.edits.area import Area, made_in_chunks
from workbench.masks.edits.areas import of_plane
from workbench.masks.model.grid import Array, Region
from workbench.masks.stack import Stack
from workbench.progress import Progress, silent
from workbench.spectral.level import STEP_DB, level_db

MOST_SEARCHED = 6_000_000
"""Bins among which the wand looks."""
LOOKED_AT_ROWS, LOOKED_AT_COLUMNS = 128, 1500


class Likeness(StrEnum):
    """In what a bin is like another."""

    LEVEL = auto()
    """Its level; they differ by some dB."""
    SHARES = auto()
    """How the layers share it; so many per cent are shared otherwise (half the sum of the absolute differences)."""


def alike(
    stack: Stack, row: int, column: int, within: Region, like: Likeness, tolerance: float, connected: bool
) -> Area:
    """What is like the bin at a place: the magic wand.

    Parameters
    ----------
    row, column : int
        The place, within the region.
    within : Region
        Where to look.
    like : Likeness
    tolerance : float
        By how many dB or per cent a bin may differ from the place.
    connected : bool
        Only what hangs together with the place, over sides and corners.

    Raises
    ------
    UserError
        `masks.search_too_large`: the region holds too many bins. `masks.levels_unknown`: the mix was not measured.
    """
    region = within.clipped(stack.bins, stack.frames)
    if region.bins_held > MOST_SEARCHED:
        raise UserError("masks.search_too_large")
    rows, columns = np.arange(region.low, region.high), np.arange(region.start, region.stop)
    if like == Likeness.LEVEL:
        if stack.levels is None:
            raise UserError("masks.levels_unknown")
        held = stack.levels[columns[:, None], rows].T.astype(np.int16)
        near = np.abs(held - held[row - region.low, column - region.start]) <= tolerance / STEP_DB
    else:
        near = _shared_alike(stack, rows, columns, (row, column), tolerance / 100)
    if connected:
        labels, _ = ndimage.label(near, np.ones((3, 3)))
        near = labels == labels[row - region.low, column - region.start]
    return of_plane(near, region, stack.bins, stack.frames)


def _shared_alike(
    stack: Stack, rows: NDArray[np.intp], columns: NDArray[np.intp], place: tuple[int, int], tolerance: float
) -> NDArray[np.bool_]:
    owner = np.eye(len(stack.layers), dtype=np.float32)
    there = stack.blend(owner, np.array([place[0]]), np.array([place[1]]))
    out = np.empty((len(rows), len(columns)), bool)
    for lo in range(0, len(columns), 256):
        masks: Array = stack.blend(owner, rows, columns[lo : lo + 256])
        out[:, lo : lo + 256] = np.abs(masks - there).sum(axis=0) / 2 <= tolerance
    return out


def dominated(
    stack: Stack, layers: Sequence[int], rivals: Sequence[Sequence[int]], within: Region, progress: Progress = silent
) -> Area:
    """Where a layer or group holds more than each of its rivals.

    Parameters
    ----------
    layers : sequence of int
        Index of the layer, or those of all layers of the group.
    rivals : sequence of sequence of int
        The same of each rival.
    """
    # One column a source, its own first.
    owner = np.zeros((len(stack.layers), 1 + len(rivals)), np.float32)
    for column, source in enumerate((layers, *rivals)):
        owner[list(source), column] = 1
    region = within.clipped(stack.bins, stack.frames)

    def coverage(part: Region) -> NDArray[np.uint8]:
        rows, columns = np.arange(part.low, part.high), np.arange(part.start, part.stop)
        out = np.zeros((len(rows), len(columns)), np.uint8)
        for lo in range(0, len(columns), 256):
            masks = stack.blend(owner, rows, columns[lo : lo + 256])
            out[:, lo : lo + 256] = (masks[0] > masks[1:].max(axis=0, initial=0.0)) * np.uint8(255)
            progress((part.start + lo - region.start) / (region.stop - region.start))
        return out

    return made_in_chunks(stack.bins, stack.frames, region, coverage)


def loudest_span(stack: Stack, levels: NDArray[np.uint8], layer: int, frames: int) -> tuple[int, int]:
    """The so many frames on end in which a layer is loudest, judged on an even sample of bins and frames.

    Parameters
    ----------
    levels : uint8, shape (N, F)
        Levels of the mix.

    Returns
    -------
    int, int
        First frame, and the one after the last.
    """
    rows = np.unique(np.linspace(0, stack.bins - 1, min(stack.bins, LOOKED_AT_ROWS)).astype(np.intp))
    columns = np.unique(np.linspace(0, stack.frames - 1, min(stack.frames, LOOKED_AT_COLUMNS)).astype(np.intp))
    mask = stack.layer_mask(layer, rows, columns)
    power = 10.0 ** (level_db(levels[np.ix_(columns, rows)].T) / 10)
    course = (mask.astype(np.float64) ** 2 * power).sum(axis=0)
    width = max(1, round(frames * len(columns) / stack.frames))
    sums = np.convolve(course, np.ones(min(width, len(course))), "valid")
    first = int(columns[int(np.argmax(sums))])
    first = max(0, min(first, stack.frames - frames))
    return first, min(first + frames, stack.frames)
