"""Members of a zip whose directory, which stands at its end, is missing: by the header in front of each."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import IO

LOCAL = struct.Struct("<4sHHHHHIIIHH")
"""Signature, version, flags, method, time, date, CRC-32, packed and plain size, bytes of name and extra field
(PKWARE's APPNOTE 4.3.7)."""
SIGNATURE, STORED, DEFLATED = b"PK\x03\x04", 0, 8
LARGE, IN_EXTRA = 0xFFFFFFFF, 1
"""A size that stands in the extra field of this number, as eight bytes (4.5.3)."""
MOST_BYTES = 2**30
"""Of all that is given."""


def whole_members(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the members that are whole, up to the first that is not."""
    left = MOST_BYTES
    while len(head := file.read(LOCAL.size)) == LOCAL.size:
        signature, _, flags, method, _, _, checksum, packed, plain, name_bytes, extra_bytes = LOCAL.unpack(head)
        if signature != SIGNATURE or flags & 1 or method not in (STORED, DEFLATED):
            return
        name, extra = file.read(name_bytes), file.read(extra_bytes)
        plain, packed = _sizes(extra, plain, packed)
        left -= plain
        if left < 0 or packed > MOST_BYTES:
            return
        body = file.read(packed)
        if len(body) < packed:
            return
        try:
            data = body if method == STORED else zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, plain + 1)
        except zlib.error:
            continue
        if len(data) == plain and zlib.crc32(data) == checksum:
            yield name.decode("utf-8", "replace"), data


def _sizes(extra: bytes, plain: int, packed: int) -> tuple[int, int]:
    """Plain and packed size, with those of the extra field where they stand there."""
    while len(extra) >= 4:
        number, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if number == IN_EXTRA:
            large = [size for (size,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
            if plain == LARGE and large:
                plain = large.pop(0)
            if packed == LARGE and large:
                packed = large.pop(0)
    return plain, packed
