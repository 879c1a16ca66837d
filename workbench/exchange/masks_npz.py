"""Masks as NPZ: an array (F, N) for each, by a name that is one in every language, with the axes beside them.

``names`` has the names as they are, in the same order; ``seconds`` and ``hz`` the centres of the frames and bins.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.exchange.masks import MOST_MASKS, FoundMasks, MaskPlanes, by_blocks, oriented
from workbench.exchange.masks_npy import grain_of
from workbench.exchange.names import array_names
from workbench.exchange.npy import Head, write_head
from workbench.exchange.npz import add_array, new_array, open_npz
from workbench.progress import Progress, silent
from workbench.storage import replacing

NAMES, SECONDS, HZ = "names", "seconds", "hz"
SEPARATED, LAYERS = "masks", "layers"
"""Under which `workbench separate` has masks, and the names of their layers."""


def find(path: Path, bins: int, frames: int) -> list[FoundMasks]:
    """The masks of a file: every array of two or three axes, each as `masks.oriented` takes it.

    Raises
    ------
    UserError
        As `npz.open_npz`, `masks.oriented`; `exchange.no_masks`, `exchange.too_many_masks`.
    """
    with open_npz(path) as arrays:
        heads = {name: head for name in arrays.names if (head := arrays.head(name)) and len(head[0]) in (2, 3)}
        told = arrays.texts(NAMES) or arrays.texts(LAYERS)
    if not heads:
        raise UserError("exchange.no_masks", name=path.name)
    out = [_found(path, name, head, bins, frames) for name, head in heads.items()]
    count = sum(len(each.names) for each in out)
    if len(told) != count:
        return out
    every = iter(told)
    return [replace(each, names=tuple(next(every) for _ in each.names)) for each in out]


def _found(path: Path, name: str, head: Head, bins: int, frames: int) -> FoundMasks:
    shape, _, kind = head
    # Without its numbers, to see whether and how it fits.
    outline = np.broadcast_to(np.zeros((), np.bool_), shape)
    count = len(oriented(outline, bins, frames, f"{path.name}: {name}"))
    if count > MOST_MASKS:
        raise UserError("exchange.too_many_masks", masks=count, most=MOST_MASKS)

    def blocks() -> Iterator[tuple[int, NDArray[np.generic]]]:
        with open_npz(path) as arrays:
            held = arrays.read(name, math.prod(shape) * kind.itemsize)
        yield from by_blocks(oriented(held, bins, frames, path.name))

    names = (name,) if count == 1 else tuple(f"{name} {k + 1}" for k in range(count))
    return FoundMasks(path.name, names, grain_of(kind), blocks)


def write(path: Path, planes: MaskPlanes, progress: Progress = silent) -> list[Path]:
    """Write masks; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `storage.replacing`.
    """
    count = len(planes.names)
    keys = array_names(planes.names, (NAMES, SECONDS, HZ))
    with replacing(path) as partial, zipfile.ZipFile(partial, "w", allowZip64=True) as archive:
        for mask, key in enumerate(keys):
            with new_array(archive, key) as file:
                write_head(file, (planes.bins, planes.frames))
                for band, values in planes.bands(mask):
                    file.write(np.ascontiguousarray(values, "<f4").tobytes())
                    progress((mask + band.stop / planes.bins) / count)
        add_array(archive, NAMES, list(planes.names))
        add_array(archive, SECONDS, planes.seconds)
        add_array(archive, HZ, planes.hz)
    return [path]
