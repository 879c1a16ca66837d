"""What a packer gives bit by bit, collected for a file: lines of tables, and the pieces of each array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from numpy.typing import NDArray

from workbench.document.packed.pools import Arrays
from workbench.document.packed.schema import TABLES, Tables

MOST_BYTES = 2**18
"""Of a line: what is encoded or decoded at once holds up others."""


class Pieces:
    """Lines and arrays, in the order in which they came.

    Attributes
    ----------
    lines : list of bytes
        Each a `Tables` in JSON.
    arrays : dict of str to list of ndarray
        The pieces of each.
    """

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.arrays: dict[str, list[NDArray[Any]]] = {}

    def add(self, tables: Tables, arrays: Arrays) -> None:
        """Add what came."""
        line = encoded(tables)
        if line != b"{}":
            self.lines.append(line)
        for name, array in arrays.items():
            self.arrays.setdefault(name, []).append(array)

    @property
    def nbytes(self) -> int:
        """Bytes of all."""
        return sum(map(len, self.lines)) + sum(piece.nbytes for pieces in self.arrays.values() for piece in pieces)


def encoded(entry: object) -> bytes:
    """An entry in JSON; letters of names that are no text, as of files, become “�”."""
    try:
        return msgspec.json.encode(entry)
    except UnicodeEncodeError:
        return msgspec.json.encode(_as_text(msgspec.to_builtins(entry)))


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_text(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return value


def tables_of(pieces: Iterable[Tables]) -> Mapping[str, list[Any]]:
    """The tables that pieces make up."""
    out: dict[str, list[Any]] = {name: [] for name in TABLES}
    for piece in pieces:
        for name, entries in out.items():
            entries += getattr(piece, name)
    return out
