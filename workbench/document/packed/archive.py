"""The zip of a project file: members are read only where they are asked for, and only as large as they must be.

Sizes are told by the schema, by the header of the array, and by the zip; nothing is allocated before they agree.
"""

from __future__ import annotations

import io
import lzma
import tokenize
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench.document.packed.pieces import Pieces, encoded
from workbench.document.packed.pools import POOLS, Arrays, Shape
from workbench.document.packed.schema import ProjectEntry
from workbench.document.packed.words import Damage
from workbench.progress import Progress, silent

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    tokenize.TokenError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    ValueError,
    OverflowError,
)
"""What reading a file can raise that is no project, or no longer one; `Damage` and what msgspec raises among them."""
HEAD, TABLES = "project.json", "tables.jsonl"
MOST_JSON = 128 * 2**20
"""Bytes of a member of JSON, and of all arrays of a small file."""
LEAST_ARRAYS, UNFOLDED = 640 * 2**20, 300
"""Arrays may take so many bytes, or so many times those of the file; what is more was made to fill the memory."""
LARGE, EVEN = 16 * 2**20, 100
"""Arrays of so many bytes that could be packed to less than so small a part are not, so that they can be opened."""

AT_ONCE = 2**18
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

Entry = TypeVar("Entry")


class Archive:
    """A project file that is read; a `Source` of its arrays.

    Parameters
    ----------
    file : ZipFile
    size : int
        Its bytes.

    Raises
    ------
    Damage
        Every method, where a member is missing or not what it should be; damaged ones raise one of `UNREADABLE`.
    """

    def __init__(self, file: zipfile.ZipFile, size: int) -> None:
        self._file = file
        self._times = Counter(file.namelist())
        self._left = max(LEAST_ARRAYS, UNFOLDED * size)
        self.pools: Mapping[str, int] = {}
        """How much is in each pool."""

    @property
    def names(self) -> Collection[str]:
        """Names of all members."""
        return self._times.keys()

    def json(self, name: str) -> bytes:
        """A member of JSON."""
        info = self._info(name)
        if info.file_size > MOST_JSON:
            raise Damage(f"{name} is larger than it can be")
        with _readable(name):
            return self._file.read(info)

    def lines(self, name: str, decoder: msgspec.json.Decoder[Entry]) -> Iterator[Entry]:
        """The lines of a member, each of which is an entry."""
        for line in io.BytesIO(self.json(name)):
            with said_by_schema():
                entry = decoder.decode(line)
            yield entry

    def pool(self, name: str) -> NDArray[Any]:
        """As of `Source`; a pool that nothing was put into is no member."""
        kind, count = POOLS[name], self.pools.get(name, 0)
        return self.array(name, kind.dtype, (count, *kind.item)) if count else np.zeros((0, *kind.item), kind.dtype)

    def array(self, name: str, dtype: DTypeLike, shape: Shape) -> NDArray[Any]:
        """As of `Source`."""
        with self._array(name) as (member, known, found, size):
            kind, count = np.dtype(dtype), 1
            for each in shape:
                count *= each
            if known != kind or found != shape or size != count * kind.itemsize:
                raise Damage(f"the array {name} is another one")
            self._take(size)
            return _filled(member, name, np.empty(shape, kind))

    def every_array(self) -> Arrays:
        """All arrays by name: older versions did not say of which types and shapes they are."""
        out = {}
        for name in self.names:
            if name.endswith(".npy"):
                with self._array(name.removesuffix(".npy")) as (member, dtype, shape, size):
                    self._take(size)
                    if dtype.hasobject:
                        raise Damage(f"the array {name} holds no numbers")
                    out[name.removesuffix(".npy")] = _filled(member, name, np.empty(shape, dtype))
        return out

    @contextmanager
    def _array(self, name: str) -> Iterator[tuple[Any, np.dtype[Any], Shape, int]]:
        """An array: its member behind the header, its type and shape, and the bytes that follow."""
        info = self._info(f"{name}.npy")
        with _readable(f"the array {name}"), self._file.open(info) as member:
            version = np.lib.format.read_magic(member)
            if version not in HEADERS:
                raise Damage(f"the array {name} is of an unknown kind")
            shape, fortran, dtype = HEADERS[version](member)
            if fortran and len(shape) > 1:
                raise Damage(f"the array {name} is another one")
            size = info.file_size - member.tell()
            if size != int(np.prod([float(each) for each in shape])) * dtype.itemsize:
                raise Damage(f"the array {name} is cut")
            yield member, dtype, shape, size

    def _info(self, name: str) -> zipfile.ZipInfo:
        try:
            info = self._file.getinfo(name)
        except KeyError as error:
            raise Damage(f"{name} is missing") from error
        if self._times[name] > 1:
            raise Damage(f"{name} is there twice")
        return info

    def check_room(self) -> None:
        """Whether there would be room for all arrays."""
        self._take(sum(each.file_size for each in self._file.infolist() if each.filename.endswith(".npy")))

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Damage("it would fill the memory")


@contextmanager
def said_by_schema() -> Iterator[None]:
    """What is not as the schema has it is told by its place."""
    try:
        yield
    except msgspec.ValidationError as error:
        _, _, place = str(error).rpartition(" - at `$")
        raise Damage(f"what it says of {place.strip('`.') or 'itself'} can't be") from error


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """What can't be read is told by its name."""
    try:
        yield
    except Damage:
        raise
    except UNREADABLE as error:
        raise Damage(f"{name} can't be read") from error
    except OSError as error:
        if error.errno is not None:
            raise
        # So decompression tells of what it can't read.
        raise Damage(f"{name} can't be read") from error


def _filled(member: Any, name: str, array: NDArray[Any]) -> NDArray[Any]:
    """An array, filled from a member to its end, whose checksum is looked at then."""
    view, done = array.reshape(-1).view(np.uint8).data if array.size else memoryview(b""), 0
    while done < len(view):
        count = member.readinto(view[done : done + 2**20])
        if not count:
            raise Damage(f"the array {name} is cut")
        done += count
    if member.read(1):
        raise Damage(f"the array {name} is longer than it says")
    return array


def write_archive(file: zipfile.ZipFile, head: ProjectEntry, pieces: Pieces, progress: Progress = silent) -> None:
    """Write what `Archive` reads."""
    done, total = 0, pieces.nbytes + 1

    def put(member: Any, data: bytes | memoryview) -> None:
        """In pieces: others wait while one is compressed."""
        nonlocal done
        view = memoryview(data)
        for begin in range(0, len(view), AT_ONCE):
            member.write(view[begin : begin + AT_ONCE])
            done += min(AT_ONCE, len(view) - begin)
            progress(min(done / total, 1.0))

    with file.open(HEAD, "w", force_zip64=True) as member:
        put(member, encoded(head))
    with file.open(TABLES, "w", force_zip64=True) as member:
        for line in pieces.lines:
            put(member, line + b"\n")
    for name, arrays in pieces.arrays.items():
        file.compression = zipfile.ZIP_DEFLATED if _shrinks(arrays) else zipfile.ZIP_STORED
        with file.open(f"{name}.npy", "w", force_zip64=True) as member:
            shape = (sum(map(len, arrays)), *arrays[0].shape[1:])
            header = {"descr": np.lib.format.dtype_to_descr(arrays[0].dtype), "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(member, header)
            for array in arrays:
                if array.size:
                    put(member, np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def _shrinks(arrays: Sequence[NDArray[Any]]) -> bool:
    """Whether an array gets smaller by being compressed; numbers of sounds hardly do."""
    flat = [np.ascontiguousarray(array).reshape(-1) for array in (arrays[0], arrays[-1])]
    sample = np.concatenate([each[place : place + 16384] for each in flat for place in (0, len(each) // 2)])
    share = len(zlib.compress(sample.view(np.uint8).tobytes(), 1)) / max(1, sample.nbytes)
    large = sum(array.nbytes for array in arrays) > LARGE
    return share < 0.8 and not (large and share < 1 / EVEN)
