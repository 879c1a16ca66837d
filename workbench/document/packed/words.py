"""The kinds of values in project files, each with its range, and the base of all entries."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from msgspec import Meta, Struct


class Entry(Struct, forbid_unknown_fields=True, gc=False):
    """What project files are made of; a field that nobody knows is damage."""


MOST = 2**53 - 1
"""The largest whole number that every reader of JSON has."""

Whole = Annotated[int, Meta(ge=0, le=MOST)]
Id = Whole
"""Of a layer, part, group, stack, mark or reference: unique within a document, never reused; 0 is the first stack, or
none."""
Number = Annotated[int, Meta(ge=0, lt=2**31)]
"""Place of an entry in its table."""
Signed = Annotated[int, Meta(ge=-(2**31), lt=2**31)]
Name = Annotated[str, Meta(max_length=10_000_000)]
Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=1e12)]
Amount = Annotated[float, Meta(ge=0, le=1e12)]
Factor = Annotated[float, Meta(ge=0, le=3.4e38)]
"""Up to the largest number in single precision."""
Seconds = Annotated[float, Meta(ge=-1e9, le=1e9)]
Infinite = Literal["inf", "-inf"]
Limit = float | Infinite
"""JSON knows no infinity."""
FaderDb = Annotated[float, Meta(ge=-1000, le=24)] | Literal["-inf"]
"""Decibels of a fader, which may be all the way down."""
Pan = Annotated[float, Meta(ge=-1, le=1)]
Width = Annotated[float, Meta(ge=0, le=2)]
Parts = tuple[Id, ...]
Ids = tuple[Id, ...]
Numbers = tuple[Number, ...]
Span = tuple[Whole, Whole]
"""Where something lies in a pool: the first, and how many."""
Checksum = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
"""SHA-256, hexadecimal; empty where it is not known."""
FilePath = Annotated[str, Meta(max_length=100_000)]


def written(value: float) -> float | Infinite:
    """A number as it is written; what is no number, as a cost that can't be told, is as bad as can be."""
    if not math.isfinite(value):
        return "-inf" if value < 0 else "inf"
    return float(value)


class Damage(ValueError):
    """What a project file says can't be; tells which part of it, in words for its user."""
