"""Pictures of the spectrogram and its masks, as arrays: no Qt here.

A picture is computed on the bins and frames that its pixels show, once each, and then spread over the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.stack import Stack
from workbench.spectral.level import level_db
from workbench.spectral.pyramid import LevelPyramid

Float = NDArray[np.float32]
Index = NDArray[np.intp]
Pixels = NDArray[np.uint8]


class Show(Enum):
    """What the spectrogram pane shows."""

    COLOURS = "colours"
    LEVEL = "level"
    MASK = "mask"
    OVER = "over"
    GROUPS = "groups"


@dataclass(frozen=True, eq=False)
class Axis:
    """Pixels along one axis: the edges of each pixel in bins or frames.

    Attributes
    ----------
    edges : int, shape (P + 1,)
        First bin or frame of each pixel; equal neighbours mean that several pixels show one bin.
    cells : int, shape (U,)
        The different bins, increasing.
    spread : int, shape (P,)
        For each pixel, which of the cells it shows.
    """

    edges: Index
    cells: Index
    spread: Index

    def cut(self, lo: int, hi: int) -> Axis:
        """The pixels lo … hi − 1."""
        cells = self.cells_in(lo, hi)
        return Axis(self.edges[lo : hi + 1], self.cells[cells], self.spread[lo:hi] - cells.start)

    def cells_in(self, lo: int, hi: int) -> slice:
        """Which of the cells the pixels lo … hi − 1 show."""
        return slice(int(self.spread[lo]), int(self.spread[hi - 1]) + 1)


def axis_of(edges: NDArray[np.float64], count: int) -> Axis:
    """Axis from pixel edges in fractional bins (bin b spans b − ½ … b + ½), not decreasing; shape (P + 1,)."""
    whole = np.clip(np.floor(edges + 0.5), 0, count - 1).astype(np.intp)
    several = whole[1:] > whole[:-1] + 1
    middle = np.clip(np.floor((edges[1:] + edges[:-1]) / 2 + 0.5), 0, count - 1).astype(np.intp)
    shown = np.where(several, whole[:-1], middle)
    cells, spread = np.unique(shown, return_inverse=True)
    bounds = np.append(shown, max(whole[-1], shown[-1]))
    return Axis(bounds, cells.astype(np.intp), spread.astype(np.intp))


def axis_of_cells(cells: Index, count: int) -> Axis:
    """Axis with one pixel for each of some increasing bins or frames."""
    return Axis(np.append(cells, count), cells, np.arange(len(cells)))


@lru_cache(maxsize=256)
def bgr(colour: str) -> tuple[float, float, float]:
    """'#rrggbb' to blue, green, red in 0 … 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return blue, green, red


def brightness(low_db: float, high_db: float) -> Float:
    """Share of the level range for each of the 256 level values."""
    return np.asarray(np.clip((level_db(np.arange(256)) - low_db) / max(high_db - low_db, 1.0), 0, 1), np.float32)


@dataclass(frozen=True, eq=False)
class Look:
    """How to draw: what, the level range as brightness per level value, colours, and the colour map.

    Attributes
    ----------
    colours : float32, shape (L, 3)
        Layer colours, 0 … 1, blue first.
    palette : uint8, shape (256, 3)
        The colour map for levels, blue first.
    selected : tuple of int
        Indices of the layers whose mask is shown, as their sum.
    """

    show: Show
    bright: Float
    colours: Float
    palette: Pixels
    selected: tuple[int, ...]


def picture(
    levels: LevelPyramid, stack: Stack, look: Look, rows: Axis, columns: Axis, lattice: Lattice | None = None
) -> Pixels:
    """Pixels (R, C, 4) in the order blue, green, red, unused; row 0 is the lowest frequency.

    `lattice` is that of the whole picture of which this is a piece, see `Stack.evaluate`.
    """
    return picture_over(levels_of(levels, rows, columns), stack, look, rows, columns, lattice)


def levels_of(levels: LevelPyramid, rows: Axis, columns: Axis) -> Pixels:
    """The loudest level in each cell of two axes."""
    return levels.pooled(cell_bounds(rows), cell_bounds(columns))


def picture_over(
    level: Pixels,
    stack: Stack,
    look: Look,
    rows: Axis,
    columns: Axis,
    lattice: Lattice | None = None,
    tried: bool = False,
) -> Pixels:
    """The same over levels that are known, see `levels_of`; the stack's last edit may only be `tried` out."""
    small = _cells(level, stack, look, rows, columns, lattice, tried)
    if len(rows.cells) < len(rows.spread):
        small = small[rows.spread]
    if len(columns.cells) < len(columns.spread):
        small = small[:, columns.spread]
    return small


def _cells(
    level: Pixels, stack: Stack, look: Look, rows: Axis, columns: Axis, lattice: Lattice | None, tried: bool
) -> Pixels:
    out = np.empty((len(rows.cells), len(columns.cells), 4), np.uint8)
    out[..., 3] = 255
    if look.show is Show.MASK and look.selected:
        mask = _shown_mask(stack, look, rows, columns, lattice, tried)
        out[..., :3] = (255.5 - 255 * np.clip(mask, 0, 1)).astype(np.uint8)[..., None]
        return out
    bright = look.bright[level]
    if look.show is Show.LEVEL or not len(look.colours):
        out[..., :3] = look.palette[(bright * 255).astype(np.uint8)]
        return out
    if look.show is Show.OVER and look.selected:
        share = _shown_mask(stack, look, rows, columns, lattice, tried) * bright
        rest = bright * np.float32(0.33) - share * np.float32(0.33)
        for channel in range(3):
            tint = look.colours[look.selected[0], channel]
            out[..., channel] = (np.clip(share * tint + rest, 0, 1) * 255).astype(np.uint8)
        return out
    tints = stack.blend(look.colours, rows.cells, columns.cells, lattice, tried)
    # The loudest bins fade towards white, so that their level still differs where the colour is full.
    glow = np.clip(bright - np.float32(0.75), 0, 1) * np.float32(1.2)
    for channel in range(3):
        value = tints[channel] * (bright - glow) + glow
        out[..., channel] = (np.clip(value, 0, 1) * 255).astype(np.uint8)
    return out


def _shown_mask(stack: Stack, look: Look, rows: Axis, columns: Axis, lattice: Lattice | None, tried: bool) -> Float:
    weights = np.zeros((len(stack.layers), 1), np.float32)
    weights[list(look.selected)] = 1
    mask: Float = stack.blend(weights, rows.cells, columns.cells, lattice, tried)[0]
    return mask


def cell_bounds(axis: Axis) -> Index:
    """Edges of the cells: each begins at its own bin and ends where the next begins."""
    return np.append(axis.cells, max(int(axis.edges[-1]), int(axis.cells[-1]) + 1))
