"""NPZ: several arrays by their names, as NumPy writes them. Nothing is unpacked that says that it is too large."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from workbench.exchange.npy import Head, read_head
from workbench.exchange.reading import check_size, reading

KIND = "NPZ"
MOST_ARRAYS = 2000
MOST_TEXT = 2**20
"""Bytes of an array of names."""


class Arrays:
    """The arrays of an NPZ file: looked at by their heads, and unpacked one by one.

    Parameters
    ----------
    path : Path
    archive : zipfile.ZipFile
        Of it, open.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        entries = [each for each in archive.infolist() if each.filename.endswith(".npy")]
        if not entries or len(entries) > MOST_ARRAYS:
            raise ValueError(f"{len(entries)} arrays")
        if any(each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for each in entries):
            raise ValueError("packed as NumPy packs nothing")
        self._entries = {each.filename.removesuffix(".npy"): each for each in entries}

    @property
    def names(self) -> list[str]:
        """Names of all arrays, in the order of the file."""
        return list(self._entries)

    def head(self, name: str) -> Head | None:
        """Shape, order and kind of an array of real numbers; None where there is none, or it holds anything else."""
        if name not in self._entries:
            return None
        with self._archive.open(self._entries[name]) as file:
            try:
                return read_head(file, self._path.name)
            except ValueError:
                # UserError is one: text, objects, and what is no array at all.
                return None

    def read(self, name: str, most: int) -> NDArray[Any]:
        """An array of real numbers.

        Parameters
        ----------
        most : int
            Bytes that it may have.

        Raises
        ------
        UserError
            `exchange.too_large`, `exchange.not_numbers`.
        ValueError
            If it is damaged.
        """
        with self._archive.open(self._entries[name]) as file:
            shape, fortran, kind = read_head(file, self._path.name)
            size = math.prod(shape) * kind.itemsize
            check_size(self._path, size, most)
            data = file.read(size)
            if len(data) != size or file.read(1):
                raise ValueError("another length than its head says")
        return np.frombuffer(data, kind).reshape(shape, order="F" if fortran else "C")

    def texts(self, name: str) -> list[str]:
        """An array of texts; none where there is no such array, or it holds anything else."""
        entry = self._entries.get(name)
        if entry is None or entry.file_size > MOST_TEXT:
            return []
        with self._archive.open(entry) as file:
            held = np.lib.format.read_array(file, allow_pickle=False)
        return [str(each) for each in held.ravel()] if held.dtype.kind == "U" else []


@contextmanager
def open_npz(path: Path) -> Iterator[Arrays]:
    """The arrays of a file.

    Raises
    ------
    UserError
        As `reading`, also of what goes wrong in the block.
    """
    with reading(path, KIND), zipfile.ZipFile(path) as archive:
        yield Arrays(path, archive)


@contextmanager
def new_array(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """Where an array of a new file is written to, piece by piece; not compressed, as NumPy writes it."""
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
        yield file


def add_array(archive: zipfile.ZipFile, name: str, values: object) -> None:
    """Write a small array into a new file."""
    with new_array(archive, name) as file:
        np.lib.format.write_array(file, np.asarray(values), allow_pickle=False)
