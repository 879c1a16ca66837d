"""The file of a journal: records one after the other, each with its checksum, so that one that was cut is known.

A record is a checksum, two lengths, an entry in JSON and the bytes of the arrays that the entry names. What records
tell is told as in project files: they add entries to the same tables, and items to the same pools.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.document.packed.pieces import encoded
from workbench.document.packed.pools import Arrays
from workbench.document.packed.schema import NumberedRun, RecordingEntry, StepEntry, Tables, ViewEntry
from workbench.document.packed.words import Damage, Entry, FilePath, Number, Whole

MAGIC = b"workbench journal 1\n"
FRAME = struct.Struct("<IIQ")
"""Checksum (CRC-32), bytes of the entry, bytes of its arrays."""
MOST_JSON, MOST_ARRAYS = 2**27, 2**33
TYPES = {"float16", "float32", "float64", "int64", "uint8"}


class ArrayEntry(Entry):
    """An array, or a piece of a pool, behind the entry."""

    name: str
    dtype: str
    shape: tuple[Whole, ...]


class Belonging(Entry):
    """The recording, as seen from the project file, and that file with its stamp."""

    recording: RecordingEntry
    project: FilePath | None = None
    stamp: tuple[int, int, int] | None = None


class Beginning(Entry, tag_field="record", tag="begin"):
    """Of what it is a journal: the first record."""

    schema: int
    belonging: Belonging


class Change(Entry, tag_field="record", tag="change"):
    """What an act did to the history, and what it needs that was not there before.

    A factorisation may have been under way (not `settled`). `dropped` of the oldest steps are gone; of those left the
    first `kept` stay, and `added` ones follow.
    """

    time: float
    dropped: Whole
    kept: Whole
    added: tuple[StepEntry, ...]
    present: Number
    dirty: bool
    settled: bool
    tables: Tables
    arrays: tuple[ArrayEntry, ...] = ()
    runs: tuple[NumberedRun, ...] = ()
    gone: tuple[Whole, ...] = ()
    view: ViewEntry | None = None


class Saved(Entry, tag_field="record", tag="saved"):
    """To which project file it belongs from here on; and whether more was done than that holds."""

    belonging: Belonging
    dirty: bool


Record = Beginning | Change | Saved
DECODER: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class Read(NamedTuple):
    """A record and its arrays."""

    entry: Record
    arrays: list[NDArray[Any]]


def entries_of(arrays: Arrays) -> tuple[ArrayEntry, ...]:
    """What stands for arrays in an entry."""
    return tuple(ArrayEntry(name, array.dtype.name, array.shape) for name, array in arrays.items())


def record(entry: Record, arrays: Sequence[NDArray[Any]] = ()) -> list[memoryview]:
    """A record, in pieces to be written one after the other."""
    text = encoded(entry)
    pieces = [memoryview(text)]
    pieces += [np.ascontiguousarray(array).reshape(-1).view(np.uint8).data for array in arrays if array.size]
    checksum = 0
    for piece in pieces:
        checksum = zlib.crc32(piece, checksum)
    frame = FRAME.pack(checksum, len(text), sum(map(len, pieces)) - len(text))
    return [memoryview(frame), *pieces]


def read_records(file: IO[bytes], size: int, arrays: bool = True) -> Iterator[Read]:
    """The records of a journal, as far as they are whole.

    Parameters
    ----------
    arrays : bool
        Else they are passed over, and whether records are whole is not looked at: that is quick.

    Raises
    ------
    Damage
        If it is none.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise Damage("it is no journal")
    while len(frame := file.read(FRAME.size)) == FRAME.size:
        checksum, text, behind = FRAME.unpack(frame)
        left = size - file.tell()
        if text > MOST_JSON or behind > MOST_ARRAYS or text + behind > left:
            return
        body = file.read(text + behind if arrays else text)
        if arrays and zlib.crc32(body) != checksum:
            return
        try:
            entry = DECODER.decode(memoryview(body)[:text])
        except msgspec.ValidationError:
            # What should never have been written ends it as what was cut does: all before it is good.
            return
        if not arrays:
            file.seek(behind, 1)
        yield Read(entry, _arrays(entry, body, text) if arrays else [])


def _arrays(entry: Record, body: bytes, begin: int) -> list[NDArray[Any]]:
    out = []
    for each in entry.arrays if isinstance(entry, Change) else ():
        if each.dtype not in TYPES:
            raise Damage(f"the array {each.name} is of an unknown kind")
        kind, count = np.dtype(each.dtype), 1
        for length in each.shape:
            count *= length
        if begin + count * kind.itemsize > len(body):
            raise Damage(f"the array {each.name} is cut")
        # A copy, so that what the history lets go of is not held by what stood beside it.
        out.append(np.frombuffer(body, kind, count, begin).reshape(each.shape).copy())
        begin += count * kind.itemsize
    return out
