"""Damaged sound files of all kinds, made by a seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from tests.audio.odd_files import FORMATS, made

LIES = (0, 1, 2, 7, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFF00, 0xFFFFFFFE, 0xFFFFFFFF)
HEAD = 120
"""Bytes in which most of what is said about a file stands."""

Damage = Callable[[np.random.Generator, bytearray], bytes]


@cache
def whole(kind: str, which: int) -> bytes:
    """One of a few files of a kind."""
    seconds, rate, channels = ((1.0, 8000, 2), (0.6, 44100, 1), (2.0, 16000, 2), (0.3, 48000, 6))[which]
    if channels > 2 and kind in ("mp3", "opus", "ogg"):
        channels = 2
    if kind == "opus" and rate == 44100:
        rate = 24000
    return made(kind, seconds, rate, channels)


def flips(rng: np.random.Generator, data: bytearray) -> bytes:
    """Some bits are others."""
    for at in rng.integers(0, len(data), int(rng.integers(1, 9))):
        data[at] ^= 1 << int(rng.integers(8))
    return bytes(data)


def flips_in_head(rng: np.random.Generator, data: bytearray) -> bytes:
    """So are some at its beginning."""
    for at in rng.integers(0, min(HEAD, len(data)), int(rng.integers(1, 5))):
        data[at] ^= 1 << int(rng.integers(8))
    return bytes(data)


def cut(rng: np.random.Generator, data: bytearray) -> bytes:
    """Its end is missing."""
    return bytes(data[: int(rng.integers(1, len(data)))])


def beheaded(rng: np.random.Generator, data: bytearray) -> bytes:
    """So is its beginning."""
    return bytes(data[int(rng.integers(1, min(3000, len(data)))) :])


def gap(rng: np.random.Generator, data: bytearray) -> bytes:
    """So is something within."""
    at, count = int(rng.integers(0, len(data))), int(rng.integers(1, 5000))
    return bytes(data[:at] + data[at + count :])


def zeroed(rng: np.random.Generator, data: bytearray) -> bytes:
    """There are zeros within."""
    at, count = int(rng.integers(0, len(data))), int(rng.integers(1, 5000))
    data[at : at + count] = bytes(len(data[at : at + count]))
    return bytes(data)


def stuffed(rng: np.random.Generator, data: bytearray) -> bytes:
    """There is something else within."""
    at = int(rng.integers(0, len(data)))
    return bytes(data[:at] + rng.bytes(int(rng.integers(1, 3000))) + data[at:])


def lying(rng: np.random.Generator, data: bytearray) -> bytes:
    """Its head says something else."""
    for _ in range(int(rng.integers(1, 4))):
        at, size = int(rng.integers(0, min(HEAD, len(data)))), int(rng.choice([2, 4, 8]))
        lie = int(rng.choice(LIES)).to_bytes(8, "little")[:size]
        data[at : at + size] = lie if rng.random() < 0.5 else lie[::-1]
    return bytes(data)


def spliced(rng: np.random.Generator, data: bytearray) -> bytes:
    """Its head stands before what another file holds."""
    other = whole(str(rng.choice(list(FORMATS))), int(rng.integers(4)))
    at = int(rng.integers(4, min(400, len(data))))
    return bytes(data[:at]) + other[int(rng.integers(0, len(other) // 2)) :]


def joined(rng: np.random.Generator, data: bytearray) -> bytes:
    """Another follows, or a part of one."""
    other = whole(str(rng.choice(list(FORMATS))), int(rng.integers(4)))
    return bytes(data) + other[: int(rng.integers(1, len(other) + 1))]


DAMAGES: tuple[Damage, ...] = (flips, flips_in_head, cut, beheaded, gap, zeroed, stuffed, lying, spliced, joined)


def damaged(seed: int) -> tuple[str, bytes]:
    """What was done to what, and the file."""
    rng = np.random.default_rng(seed)
    kind = list(FORMATS)[seed % len(FORMATS)]
    damage = DAMAGES[int(rng.integers(len(DAMAGES)))]
    data = damage(rng, bytearray(whole(kind, int(rng.integers(4)))))
    return f"{kind}, {damage.__name__}", data
