"""The kernels of fused.c, called through ctypes, which lets other threads run meanwhile."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import c_double, c_float, c_int64, c_void_p
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from workbench.nmf.blocks import Blocks
from workbench.nmf.kernels.build import HERE, SETS, library_path
from workbench.nmf.result import Array, Flags


class Rule(IntEnum):
    """What becomes of each bin before it is summed: V itself; V/L; or V/L² and 1/L."""

    AS_IT_IS = 0
    KULLBACK_LEIBLER = 1
    ITAKURA_SAITO = 2


Field: TypeAlias = Array | Flags | float | None


class Library:
    """fused.c, compiled for one instruction set.

    Raises
    ------
    OSError
        If the file is no library for this system.
    """

    def __init__(self, instructions: str, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        self.instructions = instructions
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
        fields: dict[str, Field],
        cost: bool = False,
    ) -> float:
        """What `struct block` of steps.h describes, for one block and in a thread of `blocks`.

        Parameters
        ----------
        v, w, h : arrays, shapes (n, F), (K, F) and (n, K)
            F a multiple of 16. h is not read where there is neither a model nor an update.
        fields : dict
            Others of the structure; arrays are float32 but for `hold`, which are flags, and stand row by row.
        cost : bool
            Whether it is wanted.

        Returns
        -------
        float
            The cost, without what depends on V alone; 0 where it was not wanted.
        """
        components, width = w.shape
        scratch = blocks.scratch("fused", (-(-self._size(components, width) // 16), 16), v.dtype)
        total = c_double(0.0)
        # The shift is for bins where V is zero.
        block = _Block(rule, len(v), width, components, log_shift=1e-30)
        given: dict[str, Field] = fields | {"v": v, "w": w, "h": h, "scratch": scratch}
        for name, value in given.items():
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


def _pointer(array: Any) -> int:
    assert array.flags.c_contiguous and array.dtype in (np.float32, np.bool_)
    return int(array.ctypes.data)


def available(folder: Path = HERE) -> Iterator[Library]:
    """The libraries of a folder that run on this processor, the best one first."""
    for name in SETS:
        try:
            library = Library(name, library_path(name, folder))
        except OSError:
            continue
        if library.runs_here:
            yield library
