"""The making of areas: from outlines, and joined with what is selected."""

from __future__ import annotations

from enum import StrEnum, auto

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from workbench.masks.edits.area import INSIDE, MIXED, OUTSIDE, Area, Bytes, made_in_chunks, nothing
from workbench.masks.model.grid import TILE, Region


def everything(bins: int, frames: int) -> Area:
    """Every bin."""
    return nothing(bins, frames).inverted()


def of_plane(plane: NDArray[np.bool_] | Bytes, region: Region, bins: int, frames: int) -> Area:
    """An area from the bins of a region.

    Parameters
    ----------
    plane : bool or uint8, shape of the region
        Flags, or coverage 0 … 255.
    """
    held = plane.astype(np.uint8) * np.uint8(255) if plane.dtype == bool else plane.astype(np.uint8)

    def coverage(part: Region) -> Bytes:
        rows, columns = slice(part.low - region.low, part.high - region.low), part.start - region.start
        return held[rows, columns : columns + part.stop - part.start]

    return made_in_chunks(bins, frames, region, coverage)


def rectangle(region: Region, bins: int, frames: int) -> Area:
    """All bins of a region."""
    region = region.clipped(bins, frames)
    out = nothing(bins, frames)
    if not region.bins_held:
        return out
    sides = []
    for low, high, count in ((region.low, region.high, bins), (region.start, region.stop, frames)):
        marks = np.zeros(-(-count // TILE) * TILE, np.uint8)
        marks[low:high] = 255
        if high == count:
            marks[high:] = 255
        sides.append(marks.reshape(-1, TILE))
    states = [np.where((s == 255).all(axis=1), INSIDE, np.where(s.any(axis=1), MIXED, OUTSIDE)) for s in sides]
    cover = np.where(
        (states[0][:, None] == OUTSIDE) | (states[1] == OUTSIDE),
        OUTSIDE,
        np.where((states[0][:, None] == INSIDE) & (states[1] == INSIDE), INSIDE, MIXED),
    ).astype(np.uint8)
    known: dict[tuple[bytes, bytes], Bytes] = {}
    tiles: dict[tuple[int, int], Bytes] = {}
    for row, column in zip(*(axis.tolist() for axis in np.nonzero(cover == MIXED)), strict=True):
        across, along = sides[0][row], sides[1][column]
        pair = across.tobytes(), along.tobytes()
        if pair not in known:
            known[pair] = np.minimum(across[:, None], along)
        tiles[row, column] = known[pair]
    return Area(bins, frames, cover, tiles)


def polygon(points: NDArray[np.float64], bins: int, frames: int) -> Area:
    """The inside of a closed line, its border included.

    Parameters
    ----------
    points : float64, shape (n, 2)
        Corners as (frame, bin), with fractions; bin b reaches from b − ½ to b + ½.
    """
    corners = np.clip(points, (-1.0, -1.0), (frames, bins))
    low, high = np.floor(corners[:, 1].min() + 0.5), np.floor(corners[:, 1].max() + 0.5) + 1
    start, stop = np.floor(corners[:, 0].min() + 0.5), np.floor(corners[:, 0].max() + 0.5) + 1

    def coverage(part: Region) -> Bytes:
        image = Image.new("L", (part.stop - part.start, part.high - part.low))
        shape = [(float(x) - part.start, float(y) - part.low) for x, y in corners]
        if len(shape) > 2:
            ImageDraw.Draw(image).polygon(shape, fill=255)
        else:
            ImageDraw.Draw(image).line(shape, fill=255)
        return np.asarray(image)

    return made_in_chunks(bins, frames, Region(int(low), int(high), int(start), int(stop)), coverage)


class Join(StrEnum):
    """How an area that was found becomes the selection together with what is selected."""

    NEW = auto()
    """Alone."""
    ADD = auto()
    """Besides it."""
    SUBTRACT = auto()
    """Taken out of it."""
    INTERSECT = auto()
    """Where both are."""


def joined(before: Area | None, found: Area, join: Join) -> Area:
    """What is selected after something more was found; None stands for nothing selected before."""
    before = before or nothing(found.bins, found.frames)
    match join:
        case Join.NEW:
            return found
        case Join.ADD:
            return before.union(found)
        case Join.SUBTRACT:
            return before.minus(found)
        case Join.INTERSECT:
            return before.intersection(found)
