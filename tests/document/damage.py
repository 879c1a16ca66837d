"""Damage to project files, of every kind that chance and malice know."""

from __future__ import annotations

import io
import json
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Members = dict[str, bytes]
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    2**31,
    2**63,
    1e308,
    -0.0,
    0.5,
    "",
    "inf",
    "x" * 5000,
    [],
    {},
    [1],
    {"a": 1},
    float("nan"),
    float("inf"),
    "../../etc/passwd",
    "\x00",
)
"""What may stand in the place of a value."""


def members_of(path: Path) -> Members:
    """Name and content of every member."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(members: Members | list[tuple[str, bytes]]) -> bytes:
    """A zip of members, of which some may have the same name."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        # The same name twice is what is wanted.
        warnings.simplefilter("ignore", UserWarning)
        for name, data in members.items() if isinstance(members, dict) else members:
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _places(value: Any, found: list[tuple[Any, Any]]) -> None:
    for key in value if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], (dict, list)) and value[key]:
            _places(value[key], found)


def json_mutated(text: bytes, rng: random.Random, times: int = 1) -> bytes:
    """JSON with other values, or without some, or with those of other places."""
    try:
        lines = [json.loads(text)]
    except ValueError:
        lines = [json.loads(line) for line in text.splitlines() if line]
    for _ in range(times):
        places: list[tuple[Any, Any]] = []
        for line in lines:
            _places(line, places)
        held, key = rng.choice(places)
        kind = rng.randrange(5)
        if kind == 0:
            held[key] = rng.choice(ODD)
        elif kind == 1:
            del held[key]
        elif kind == 2:
            other, place = rng.choice(places)
            held[key] = json.loads(json.dumps(other[place])) if _there(other, place) else None
        elif kind == 3 and isinstance(held[key], (int, float)) and not isinstance(held[key], bool):
            held[key] = held[key] * rng.choice((-1, 0, 2, 1000, 1e9)) + rng.choice((0, 1, -1))
        elif kind == 4 and isinstance(held, list):
            held.insert(key, held[key])
        else:
            held[key] = rng.choice(ODD)
    return b"\n".join(json.dumps(line).encode() for line in lines)


def _there(held: Any, key: Any) -> bool:
    return key in held if isinstance(held, dict) else key < len(held)


def array_mutated(data: bytes, rng: random.Random) -> bytes:
    """An array of another type or shape, or with other values."""
    array = np.load(io.BytesIO(data))
    kind = rng.randrange(6)
    if kind == 0:
        array = array.astype(rng.choice(("float64", "int16", "complex64", "U3", ">f4", "bool")))
    elif kind == 1:
        array = array.reshape(-1)
    elif kind == 2:
        array = array[: len(array) // 2]
    elif array.size:
        array = array.copy()
        values = (np.nan, np.inf, -1, 3e38, 2**40, 7)
        with np.errstate(all="ignore"):
            flat = array.reshape(-1)
            flat[rng.randrange(flat.size)] = np.array(rng.choice(values)).astype(array.dtype)
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def header_mutated(data: bytes, rng: random.Random) -> bytes:
    """An array whose header says otherwise."""
    text = rng.choice(
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }",
            "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
            "{'descr': '<f4', 'fortran_order': True, 'shape': (257, 3), }",
            "{'descr': '<f4', 'shape': (-5,), }",
            "{'descr': [('a', '<f4'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }",
            "{" * 3000,
            "__import__('os').system('true')",
            "",
        )
    )
    header = text.encode() + b"\n"
    return b"\x93NUMPY" + bytes((rng.choice((1, 2, 3, 9)), 0)) + struct.pack("<H", len(header)) + header + data[128:]


def bomb(members: Members, rng: random.Random) -> bytes:
    """A zip that unfolds to far more than it is."""
    members = dict(members)
    kind = rng.randrange(4)
    if kind == 0:
        # Nobody refers to it.
        members["extra.npy"] = bytes(2**28)
    elif kind == 1:
        name = rng.choice([each for each in members if each.endswith(".npy")])
        members[name] = members[name] + bytes(2**27)
    elif kind == 2:
        head = json.loads(members["project.json"])
        count = 2**30 // 16384
        head.setdefault("pools", {})["tiles"] = count
        members["project.json"] = json.dumps(head).encode()
        out = io.BytesIO()
        np.lib.format.write_array_header_1_0(out, {"descr": "<f4", "fortran_order": False, "shape": (count, 64, 64)})
        members["tiles.npy"] = out.getvalue() + bytes(2**26)
    else:
        members["project.json"] = members["project.json"] + b" " * (2**27 + 1)
    return zipped(members)


def lying(data: bytes, rng: random.Random) -> bytes:
    """A zip whose directory tells other sizes."""
    out = bytearray(data)
    place = out.rfind(b"PK\x01\x02", 0, rng.randrange(len(out)) + 1)
    if place >= 0:
        field = rng.choice((20, 24, 42, 16, 10, 8))
        struct.pack_into("<I" if field > 12 else "<H", out, place + field, rng.randrange(2**16))
    return bytes(out)


def renamed(members: Members, rng: random.Random) -> bytes:
    """Members that are gone, called otherwise, doubled, or of one another's names."""
    pairs = list(members.items())
    place = rng.randrange(len(pairs))
    name, data = pairs[place]
    kind = rng.randrange(5)
    if kind == 0:
        del pairs[place]
    elif kind == 1:
        pairs[place] = rng.choice(("../../x", "/etc/passwd", "C:\\x", "a\x00b", "x" * 300, name.upper())), data
    elif kind == 2:
        pairs.append((name, rng.choice(pairs)[1]))
    elif kind == 3:
        other = rng.randrange(len(pairs))
        pairs[place], pairs[other] = (name, pairs[other][1]), (pairs[other][0], data)
    else:
        pairs[place] = name, rng.randbytes(rng.randrange(2000))
    return zipped(pairs)


def as_link(members: Members, rng: random.Random) -> bytes:
    """A member that is a link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        chosen = rng.choice(list(members))
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            if name == chosen:
                info.external_attr = 0o120777 << 16
                data = b"/etc/passwd"
            file.writestr(info, data)
    return out.getvalue()


def flipped(data: bytes, rng: random.Random) -> bytes:
    """Bits, or bytes in a row, that are others."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 20))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    if rng.random() < 0.2:
        place = rng.randrange(len(out))
        out[place : place + 50] = bytes(min(50, len(out) - place))
    return bytes(out)


def damaged(path: Path, rng: random.Random) -> tuple[str, bytes]:
    """A kind of damage, and the file with it."""
    data, members = path.read_bytes(), members_of(path)
    arrays = [name for name in members if name.endswith(".npy")]
    tables = "tables.jsonl" if "tables.jsonl" in members else "project.json"

    def with_member(name: str, change: Callable[[bytes], bytes]) -> bytes:
        return zipped({**members, name: change(members[name])})

    kinds: dict[str, Callable[[], bytes]] = {
        "flip": lambda: flipped(data, rng),
        "cut": lambda: data[: rng.randrange(len(data))],
        "head": lambda: with_member("project.json", lambda text: json_mutated(text, rng, rng.choice((1, 3)))),
        "table": lambda: with_member(tables, lambda text: json_mutated(text, rng, rng.choice((1, 1, 3)))),
        "table 2": lambda: with_member(tables, lambda text: json_mutated(text, rng)),
        "text": lambda: with_member(tables, lambda text: flipped(text, rng)),
        "array": lambda: with_member(rng.choice(arrays), lambda each: array_mutated(each, rng)),
        "header": lambda: with_member(rng.choice(arrays), lambda each: header_mutated(each, rng)),
        "names": lambda: renamed(members, rng),
        "bomb": lambda: bomb(members, rng),
        "lie": lambda: lying(data, rng),
        "link": lambda: as_link(members, rng),
        "rubbish": lambda: zlib.compress(rng.randbytes(500)),
    }
    weights = [2 if name in ("head", "table", "table 2", "array", "flip") else 1 for name in kinds]
    weights[list(kinds).index("bomb")] = 0.3  # type: ignore[call-overload]
    kind = rng.choices(list(kinds), weights)[0]
    return kind, kinds[kind]()
