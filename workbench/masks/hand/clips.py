"""Pieces of masks taken out of a stack, bin by bin: what was copied, and what is given back from an earlier step.

A short piece is stored as values. Were every copy evaluated through the stack that it came from, copies of copies
would take twice as long each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.masks.edits.areas import Area
from workbench.masks.edits.edits import Edit
from workbench.masks.edits.effects import Parts, Recall
from workbench.masks.hand.painting import TileStroke
from workbench.masks.model.grid import Array, Grid, Indices, Region
from workbench.masks.model.sharing import Masks
from workbench.masks.stack import Stack

MOST_CLIPPED = 8_000_000
"""Bins up to which a piece of one mask is stored as values."""
MOST_RECALLED = 3_000_000
"""Bins that can be given back at once: all layers are stored."""
STEP = 256
"""Frames taken at once: whole tiles."""


@dataclass(frozen=True, eq=False)
class Clip:
    """Values of one mask within a region, float32 (bins, frames)."""

    region: Region
    values: Array

    edits: tuple[Edit, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.values.nbytes

    def masks_of(self, parts: Parts, rows: Indices, columns: Indices, levels: NDArray[np.uint8] | None = None) -> Masks:
        """The values on any increasing bins, 0 outside the region; shape (1, R, C), whatever the parts."""
        out = np.zeros((1, len(rows), len(columns)), np.float32)
        inner = Grid(rows, columns, ()).inside(self.region)
        piece = np.ix_(rows[inner[0]] - self.region.low, columns[inner[1]] - self.region.start)
        out[0][inner] = self.values[piece]
        return out


def clip(stack: Stack, parts: Parts, area: Area | None, progress: Callable[[float], bool]) -> Clip | Stack | None:
    """What some parts hold together within an area's bounds, or everywhere; None where `progress` answered False.

    The stack itself where that would be too many values to store.
    """
    region = Region(0, stack.bins, 0, stack.frames) if area is None else area.bounds
    if region.bins_held > MOST_CLIPPED:
        return stack
    rows = np.arange(region.low, region.high)
    values = np.empty((len(rows), region.stop - region.start), np.float32)
    for start in range(region.start, region.stop, STEP):
        columns = np.arange(start, min(start + STEP, region.stop))
        held = stack.masks_of(parts, rows, columns).sum(axis=0)
        values[:, columns - region.start] = held
        if not progress((start - region.start) / max(1, region.stop - region.start)):
            return None
    return Clip(region, values)


def recalled(stack: Stack, earlier: Stack, area: Area, progress: Callable[[float], bool]) -> tuple[Edit, ...] | None:
    """Edits of a stack after its masks within an area were brought back to those of an earlier one.

    Parts made since get nothing there, as far as locked layers leave room. None where `progress` answered False.

    Raises
    ------
    UserError
        If the area holds too many bins.
    """
    bounds = area.bounds
    if bounds.bins_held > MOST_RECALLED:
        raise UserError("That is too much to give back at once; select less, or go to the step in the history.")
    stroke = TileStroke(stack, Recall(stack.locked_parts(), earlier))
    first = bounds.start // STEP * STEP
    for start in range(first, bounds.stop, STEP):
        region = Region(bounds.low, bounds.high, max(start, bounds.start), min(start + STEP, bounds.stop))
        weight = area.at(np.arange(region.low, region.high), np.arange(region.start, region.stop))
        stroke.extend(region, weight)
        if not progress((start - first) / max(1, bounds.stop - first)):
            return None
    return stroke.edits
