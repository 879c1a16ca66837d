"""Pieces of masks taken out of a stack, bin by bin: what was copied, and what is given back from an earlier step.

A short piece is stored as values. Were every copy evaluated through the stack that it came from, copies of copies
would take twice as long each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.edits import Edit
from workbench.masks.edits.effects import Held, Parts, Recall
from workbench.masks.hand.painting import TileStroke
from workbench.masks.model.grid import Array, Grid, Indices, Region
from workbench.masks.model.sharing import Masks
from workbench.masks.stack import Stack
from workbench.progress import Progress, silent
from workbench.spectral.stft import Analysis

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

    @property
    def memory(self) -> Held:
        """What it keeps in memory: its values."""
        return {id(self): (self, self.values.nbytes)}

    def masks_of(self, parts: Parts, rows: Indices, columns: Indices, levels: NDArray[np.uint8] | None = None) -> Masks:
        """The values on any increasing bins, 0 outside the region; shape (1, R, C), whatever the parts."""
        out = np.zeros((1, len(rows), len(columns)), np.float32)
        inner = Grid(rows, columns, ()).inside(self.region)
        piece = np.ix_(rows[inner[0]] - self.region.low, columns[inner[1]] - self.region.start)
        out[0][inner] = self.values[piece]
        return out

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Clip:
        """The same piece under another window and hop: each new bin takes the value of the old one nearest to it."""
        ends = []
        for low, high, scale in (
            (self.region.low, self.region.high, old.window / new.window),
            (self.region.start, self.region.stop, new.hop / old.hop),
        ):
            there = np.arange(int(low / scale), int(np.ceil(high / scale)) + 1)
            source = np.rint(there * scale).astype(np.intp)
            inside = (source >= low) & (source < high)
            ends.append((there[inside], source[inside] - low))
        (rows, source_rows), (columns, source_columns) = ends
        if not len(rows) or not len(columns):
            return Clip(Region(0, 0, 0, 0), np.zeros((0, 0), np.float32))
        region = Region(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
        return Clip(region, self.values[np.ix_(source_rows, source_columns)])


def clip(stack: Stack, parts: Parts, area: Area | None, progress: Progress = silent) -> Clip | Stack:
    """What some parts hold together within an area's bounds, or everywhere.

    The stack itself where that would be too many values to store.
    """
    region = Region(0, stack.bins, 0, stack.frames) if area is None else area.bounds
    if region.bins_held > MOST_CLIPPED:
        return stack
    rows = np.arange(region.low, region.high)
    values = np.empty((len(rows), region.stop - region.start), np.float32)
    for start in range(region.start, region.stop, STEP):
        columns = np.arange(start, min(start + STEP, region.stop))
        values[:, columns - region.start] = stack.masks_of(parts, rows, columns).sum(axis=0)
        progress((start - region.start) / (region.stop - region.start))
    return Clip(region, values)


def recalled(stack: Stack, earlier: Stack, area: Area, progress: Progress = silent) -> tuple[Edit, ...]:
    """Edits of a stack after its masks within an area were brought back to those of an earlier one.

    Parts made since get nothing there, as far as locked layers leave room.

    Raises
    ------
    UserError
        `masks.recall_too_large`: the area holds too many bins.
    """
    bounds = area.bounds
    if bounds.bins_held > MOST_RECALLED:
        raise UserError("masks.recall_too_large")
    stroke = TileStroke(stack, Recall(stack.locked_parts(), earlier))
    first = bounds.start // STEP * STEP
    for start in range(first, bounds.stop, STEP):
        region = Region(bounds.low, bounds.high, max(start, bounds.start), min(start + STEP, bounds.stop))
        weight = area.at(np.arange(region.low, region.high), np.arange(region.start, region.stop))
        stroke.extend(region, weight)
        progress((start - first) / (bounds.stop - first))
    return stroke.edits
