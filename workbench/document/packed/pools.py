"""Arrays of project files: those that many entries share, which grow at their ends, and those of single entries."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench.document.packed.words import Damage
from workbench.masks.model.grid import TILE

Arrays = dict[str, NDArray[Any]]
Shape = tuple[int, ...]


class Kind(NamedTuple):
    """What the items of a pool are."""

    dtype: DTypeLike
    item: Shape


POOLS: dict[str, Kind] = {
    "tiles": Kind(np.float32, (TILE, TILE)),
    "painted": Kind(np.int64, (4,)),
    "area_tiles": Kind(np.uint8, (TILE, TILE)),
    "covers": Kind(np.uint8, ()),
    "keys": Kind(np.int64, (3,)),
    "points": Kind(np.float64, (3,)),
}
"""Painted tiles, and rows of (tile row, tile column, part, tile); tiles of areas, which tiles they cover, and rows of
(tile row, tile column, tile); points of strokes (x, y, strength)."""


class Source(Protocol):
    """Gives the arrays of a project."""

    def pool(self, name: str) -> NDArray[Any]:
        """All of a pool.

        Raises
        ------
        Damage
            If it is damaged.
        """

    def array(self, name: str, dtype: DTypeLike, shape: Shape) -> NDArray[Any]:
        """An array of one entry, which must have this type and shape.

        Raises
        ------
        Damage
            If it is missing, another one, or damaged.
        """


class Held:
    """Arrays in memory; a `Source`.

    Parameters
    ----------
    arrays : dict of str to ndarray
    """

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays

    def pool(self, name: str) -> NDArray[Any]:
        """As of `Source`; a pool that is not there is empty."""
        kind = POOLS[name]
        found = self._arrays.get(name)
        if found is None:
            return np.zeros((0, *kind.item), kind.dtype)
        if found.dtype != kind.dtype or found.shape[1:] != kind.item or found.ndim != 1 + len(kind.item):
            raise Damage(f"the array {name} is another one")
        return found

    def array(self, name: str, dtype: DTypeLike, shape: Shape) -> NDArray[Any]:
        """As of `Source`."""
        found = self._arrays.get(name)
        if found is None or found.dtype != dtype or found.shape != shape:
            raise Damage(f"the array {name} is missing or another one")
        return found
