"""The compiled kernels of fused.c, called through ctypes, which lets other threads run meanwhile."""

from __future__ import annotations

import ctypes
from ctypes import c_double, c_float, c_int64, c_void_p
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from workbench.nmf.blocks import Blocks
from workbench.nmf.result import Array

SETS = ("avx512", "avx2", "baseline")
"""Instruction sets that fused.c is compiled for, the best one first."""


class Rule(IntEnum):
    """What becomes of each bin before it is summed: V itself; V/L; or V/L² and 1/L."""

    AS_IT_IS = 0
    KULLBACK_LEIBLER = 1
    ITAKURA_SAITO = 2


class Library:
    """fused.c, compiled for one instruction set.

    Raises
    ------
    OSError
        If the file is no library for this system.
    """

    def __init__(self, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        self.instructions = path.stem.partition("-")[2]
        self.runs_here = bool(library.runs_here())
        self._size, self._sweep = library.scratch_size, library.sweep
        self._size.argtypes, self._size.restype = (c_int64, c_int64), c_int64
        self._sweep.argtypes, self._sweep.restype = (ctypes.POINTER(_Block),), None

    def sweep(
        self,
        rule: Rule,
        v: Array,
        w: Array,
        h: Array | None,
        blocks: Blocks,
        *,
        floor: float = 0.0,
        log_shift: float = 1e-30,
        root: bool = False,
        cost: bool = False,
        **arrays: Array | None,
    ) -> float:
        """The work on one block that fused.c describes, in a thread of `blocks`.

        Parameters
        ----------
        v, w, h : arrays, shapes (n, F), (K, F) and (n, K)
            F a multiple of 16. h is written to where `more` is given; it is not read without a model.
        floor, log_shift, root
            As in `struct block` of fused.c.
        cost : bool
            Whether it is wanted.
        arrays
            `more`, `hold`, `frame_up`, `frame_down`, `bin_up`, `bin_down`, `quotient` of `struct block`; float32 but
            for `hold`, which are flags.

        Returns
        -------
        float
            The cost, without what depends on V alone; 0 where it was not wanted.
        """
        components, width = w.shape
        scratch = blocks.scratch("fused", (-(-self._size(components, width) // 16), 16), v.dtype)
        total = c_double(0.0)
        block = _Block(rule, len(v), width, components, _pointer(v), _pointer(w), _pointer(h), floor, log_shift, root)
        block.scratch = _pointer(scratch)
        if cost:
            block.cost = ctypes.addressof(total)
        for name, array in arrays.items():
            setattr(block, name, _pointer(array))
        self._sweep(block)
        return total.value


class _Block(ctypes.Structure):
    """`struct block` of fused.c."""

    _fields_ = (
        *((name, c_int64) for name in ("rule", "frames", "width", "components")),
        *((name, c_void_p) for name in ("v", "w", "h")),
        *((name, c_float) for name in ("floor", "log_shift")),
        ("root", c_int64),
        *((name, c_void_p) for name in ("more", "hold", "frame_up", "frame_down", "bin_up", "bin_down")),
        *((name, c_void_p) for name in ("quotient", "cost", "scratch")),
    )


def _pointer(array: Any) -> int | None:
    if array is None:
        return None
    assert array.flags.c_contiguous and array.dtype in (np.float32, np.bool_)
    return int(array.ctypes.data)


def best(folder: Path) -> Library | None:
    """The library for the best instruction set that this processor has, or None."""
    return next(available(folder), None)


def available(folder: Path) -> Any:
    """The libraries that run here, the best one first."""
    for name in SETS:
        path = folder / f"fused-{name}.so"
        try:
            library = Library(path)
        except OSError:
            continue
        if library.runs_here:
            yield library
