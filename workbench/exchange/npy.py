"""NPY: one array as NumPy writes it. Its head is checked against the file before anything of its size is made."""

from __future__ import annotations

import math
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.exchange.reading import reading

Head = tuple[tuple[int, ...], bool, "np.dtype[Any]"]
"""Shape, whether the first axis runs fastest, and the kind of the numbers."""
KIND = "NPY"


def read_head(file: IO[bytes], name: str) -> Head:
    """The head of an array in an open file, which then stands at the first number.

    Raises
    ------
    UserError
        `exchange.not_numbers`: it holds something else than real numbers.
    ValueError
        If there is no head.
    """
    # The later versions are for heads of more than NumPy itself reads, and for records with names.
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("another version")
    shape, fortran, kind = np.lib.format.read_array_header_1_0(file)
    if kind.hasobject or kind.kind not in "fiub":
        raise UserError("exchange.not_numbers", name=name)
    if any(length < 0 for length in shape):
        raise ValueError(f"shape {shape}")
    return tuple(int(length) for length in shape), bool(fortran), kind


def open_npy(path: Path) -> NDArray[Any]:
    """The array of a file, which is read where it is looked at.

    Raises
    ------
    UserError
        As `reading`, `exchange.not_numbers`.
    """
    with reading(path, KIND):
        with path.open("rb") as file:
            shape, fortran, kind = read_head(file, path.name)
            begin = file.tell()
        if path.stat().st_size - begin != math.prod(shape) * kind.itemsize:
            raise ValueError("another length than its head says")
        if not math.prod(shape):
            return np.zeros(shape, kind)
        return np.memmap(path, kind, "r", begin, shape, "F" if fortran else "C")


def write_head(file: IO[bytes], shape: tuple[int, ...]) -> None:
    """The head of a float32 array whose numbers follow in the order of C."""
    head = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, head)
