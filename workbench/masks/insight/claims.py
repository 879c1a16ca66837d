"""Where edits gave a layer what the model did not: the places that a person claimed for it by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area, made_in_chunks
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.progress import Progress, silent

CLAIMED = 0.25
"""By how much a mask is above the computed one where the hand meant it."""
COLUMNS = 256


def claimed(stack: Stack, layer: int, progress: Progress = silent) -> Area:
    """The bins where edits raised the mask of a layer by `CLAIMED` or more.

    Parameters
    ----------
    layer : int
        Index in the stack.
    """
    own = stack.owner == layer
    rows = np.arange(stack.bins)

    def coverage(part: Region) -> NDArray[np.uint8]:
        out = np.zeros((part.high - part.low, part.stop - part.start), np.uint8)
        for lo in range(0, part.stop - part.start, COLUMNS):
            columns = np.arange(part.start + lo, min(part.start + lo + COLUMNS, part.stop))
            raised = stack.evaluate(rows, columns)[own].sum(axis=0) - stack.computed(rows, columns)[own].sum(axis=0)
            out[:, lo : lo + len(columns)] = (raised >= CLAIMED) * np.uint8(255)
            progress(float(columns[-1] + 1) / stack.frames)
        return out

    return made_in_chunks(stack.bins, stack.frames, Region(0, stack.bins, 0, stack.frames), coverage)
