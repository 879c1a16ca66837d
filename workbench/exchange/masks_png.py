"""Masks as PNG, a file for each: 0 black … 1 white, time to the right, low frequencies at the bottom; 8 or 16 bits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.exchange.masks import FoundMasks, MaskPlanes, by_blocks
from workbench.exchange.names import file_names
from workbench.exchange.png import KIND, check_pixels, read_head, read_png, resized
from workbench.exchange.reading import reading
from workbench.exchange.sets import check_free
from workbench.progress import Progress, silent
from workbench.storage import replacing


def find(path: Path, bins: int, frames: int) -> list[FoundMasks]:
    """The mask that a file is; one of another size is resampled to the plane.

    Raises
    ------
    UserError
        As `png.read_png`.
    """
    with reading(path, KIND):
        width, height, grain = read_head(path)
        check_pixels(path, width, height)

    def blocks() -> Iterator[tuple[int, NDArray[np.generic]]]:
        yield from by_blocks(resized(read_png(path), frames, bins)[None, ::-1])

    return [FoundMasks(path.name, (path.stem,), grain, blocks)]


def write(path: Path, planes: MaskPlanes, bits: int = 16, progress: Progress = silent) -> list[Path]:
    """Write masks as ``STEM 01 Name.png`` … beside each other, from the path ``STEM.png``; returns their paths.

    Parameters
    ----------
    bits : int
        8 or 16.

    Raises
    ------
    UserError
        `exchange.exists`, before anything is written; `exchange.too_many_pixels`.
    OSError
        As the system reports it.
    """
    check_pixels(path, planes.frames, planes.bins)
    paths = [path.with_name(name) for name in file_names(path.stem, planes.names, ".png")]
    check_free(paths)
    kind, top = (np.uint8, 255) if bits == 8 else (np.uint16, 65535)
    with ExitStack() as named:
        for mask, target in enumerate(paths):
            grey = np.empty((planes.bins, planes.frames), kind)
            for band, values in planes.bands(mask):
                grey[planes.bins - band.stop : planes.bins - band.start] = np.rint(values.astype(np.float64) * top)[
                    ::-1
                ]
                progress((mask + band.stop / planes.bins) / len(paths))
            partial = named.enter_context(replacing(target))
            # A third faster than the usual level, and hardly larger: masks are like noise.
            Image.fromarray(grey).save(partial, KIND, compress_level=1)
        # It took a while.
        check_free(paths)
    return paths
