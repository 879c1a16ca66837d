"""The sums that updates need of a block of frames: compiled where that is possible, in NumPy else.

`plain.py` is the reference. `library` is None where there was no compiler when the program was installed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.nmf.kernels.fused import FusedSums
from workbench.nmf.kernels.library import Library, best
from workbench.nmf.kernels.plain import PlainSums
from workbench.nmf.result import Array

library: Library | None = best(Path(__file__).parent)
"""What all factorisations of float32 use."""


def sums_for(vt: Array, gt: Array | None, beta: float, floor: float) -> PlainSums | FusedSums:
    """The fastest way to the sums of this V (N, F), weights and β."""
    if library is not None and gt is None and beta in (0.0, 1.0) and vt.dtype == np.float32:
        return FusedSums(library, vt, beta, floor)
    return PlainSums(vt, gt, beta, floor)
