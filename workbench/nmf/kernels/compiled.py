"""The kernels of fused.c, called through ctypes, which lets other threads run meanwhile."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import c_double, c_float, c_int64, c_void_p
from enum import IntEnum
from pathlib import Path

import numpy as np

from workbench.nmf.blocks import Blocks
from workbench.nmf.result import Array, Flags

SETS = {"avx512": ("-mavx512f", "-mfma"), "avx2": ("-mavx2", "-mfma"), "baseline": ()}
"""Instruction sets that fused.c is compiled for, the best one first, and the compiler's flags for each."""


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
        self._size, self._sweep, self._coordinates = library.scratch_size, library.sweep, library.coordinates
        self._size.argtypes, self._size.restype = (c_int64, c_int64), c_int64
        self._sweep.argtypes, self._sweep.restype = (ctypes.POINTER(_Block),), None
        self._coordinates.argtypes = (c_int64, c_int64, *[c_void_p] * 4, c_int64, c_void_p)
        self._coordinates.restype = None

    def sweep(
        self,
        rule: Rule,
        v: Array,
        w: Array,
        h: Array | None,
        blocks: Blocks,
        *,
        cost: bool = False,
        log_shift: float = 1e-30,
        **fields: Array | float | None,
    ) -> float:
        """What `struct block` of steps.h describes, for one block and in a thread of `blocks`.

        Parameters
        ----------
        v, w, h : arrays, shapes (n, F), (K, F) and (n, K)
            F a multiple of 16. h is not read where there is neither a model nor an update.
        cost : bool
            Whether it is wanted.
        log_shift
            The trace is for bins where V is zero.
        fields
            Others of the structure; arrays are float32 but for `hold`, which are flags, and stand row by row.

        Returns
        -------
        float
            The cost, without what depends on V alone; 0 where it was not wanted.
        """
        components, width = w.shape
        scratch = blocks.scratch("fused", (-(-self._size(components, width) // 16), 16), v.dtype)
        total = c_double(0.0)
        block = _Block(rule, len(v), width, components, log_shift=log_shift)
        for name, value in (fields | {"v": v, "w": w, "h": h, "scratch": scratch}).items():
            setattr(block, name, _pointer(value) if isinstance(value, np.ndarray) else value)
        if cost:
            block.cost = ctypes.addressof(total)
        self._sweep(block)
        return total.value

    def coordinates(self, x: Array, up: Array, gram: Array, hold: Flags, sweeps: int) -> None:
        """Minimise ½ xᵀ gram x − upᵀ x over x ≥ 0 (K, F), row by row, in place; F a multiple of 16."""
        scratch = np.empty(2 * 16 * len(x), x.dtype)
        self._coordinates(*x.shape, *map(_pointer, (x, up, gram, hold)), sweeps, _pointer(scratch))


class _Block(ctypes.Structure):
    """`struct block` of steps.h."""

    _fields_ = (
        *((name, c_int64) for name in ("rule", "frames", "width", "components", "root", "sweeps")),
        *((name, c_float) for name in ("floor", "log_shift", "reach", "unused")),
        *((name, c_void_p) for name in ("v", "w", "h", "hold", "more", "gram", "less", "last", "ahead")),
        *((name, c_void_p) for name in ("frame_up", "frame_down", "bin_up", "bin_down")),
        *((name, c_void_p) for name in ("quotient", "cost", "scratch")),
    )


def _pointer(array: Array | Flags) -> int:
    assert array.flags.c_contiguous and array.dtype in (np.float32, np.bool_)
    return int(array.ctypes.data)


def available(folder: Path) -> Iterator[Library]:
    """The libraries of a folder that run on this processor, the best one first."""
    for name in SETS:
        try:
            library = Library(folder / f"fused-{name}.so")
        except OSError:
            continue
        if library.runs_here:
            yield library
