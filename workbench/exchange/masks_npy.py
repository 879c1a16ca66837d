"""Masks as NPY: one float32 array (K, F, N)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import UserError
from workbench.exchange.masks import MOST_MASKS, FoundMasks, MaskPlanes, by_blocks, oriented
from workbench.exchange.npy import open_npy, write_head
from workbench.progress import Progress, silent
from workbench.storage import replacing


def find(path: Path, bins: int, frames: int) -> list[FoundMasks]:
    """The masks of a file, of shape (K, F, N); (K, N, F) where only that fits, and a plane alone.

    Raises
    ------
    UserError
        As `npy.open_npy`, `masks.oriented`; `exchange.too_many_masks`.
    """
    masks = oriented(open_npy(path), bins, frames, path.name)
    if len(masks) > MOST_MASKS:
        raise UserError("exchange.too_many_masks", masks=len(masks), most=MOST_MASKS)
    names = (path.stem,) if len(masks) == 1 else tuple(f"{path.stem} {k + 1}" for k in range(len(masks)))
    return [FoundMasks(path.name, names, grain_of(masks.dtype), lambda: by_blocks(masks))]


def grain_of(kind: np.dtype[Any]) -> float:
    """What a share is off by at most in an array of such numbers."""
    return float(np.finfo(kind).eps) if kind.kind == "f" else 0.0


def write(path: Path, planes: MaskPlanes, progress: Progress = silent) -> list[Path]:
    """Write masks; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `storage.replacing`.
    """
    count = len(planes.names)
    with replacing(path) as partial, partial.open("wb") as file:
        write_head(file, (count, planes.bins, planes.frames))
        for mask in range(count):
            for band, values in planes.bands(mask):
                file.write(np.ascontiguousarray(values, "<f4").data)
                progress((mask + band.stop / planes.bins) / count)
    return [path]
