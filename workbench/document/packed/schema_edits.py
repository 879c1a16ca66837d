"""The schema of edits and of places on the plane; see `schema`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from workbench.document.packed.words import (
    Amount,
    Entry,
    Factor,
    Limit,
    Number,
    Numbers,
    Parts,
    Positive,
    Share,
    Signed,
    Span,
    Whole,
)
from workbench.masks.edits.brush import Shape
from workbench.masks.edits.effects import CombineKind, Measure
from workbench.masks.edits.filters import FilterKind
from workbench.spectral.scales import ORIGIN_HZ, FrequencyScale


class ListEntry(Entry):
    """Entries in an order, told by how they differ from another list: its first `first` and last `last` stay, between
    them stand `items`, by their numbers."""

    items: Numbers = ()
    like: Number | None = None
    first: Whole = 0
    last: Whole = 0


# -- places ----------------------------------------------------------------------------------------------


class AreaEntry(Entry):
    """`Area`: `cover` in the pool of covers, and rows (tile row, tile column, tile of the pool) in the pool of keys."""

    bins: Whole
    frames: Whole
    cover: Whole
    keys: Span


class BrushEntry(Entry):
    """`Brush`."""

    shape: Shape
    size: Positive
    hardness: Share
    harmonics: Annotated[int, Meta(ge=1, le=1000)]
    width: Amount


class RulerEntry(Entry):
    """`Ruler`."""

    scale: FrequencyScale
    hz_per_bin: Positive
    pixels_per_frame: Positive
    pixels_per_position: Positive
    lowest: Positive = ORIGIN_HZ


class PathEntry(Entry):
    """`Path`; its points are in their pool."""

    brush: BrushEntry
    ruler: RulerEntry
    points: Span
    build_up: bool = False


class TraceEntry(Entry):
    """`Trace`."""

    paths: Annotated[tuple[PathEntry, ...], Meta(min_length=1)]
    within: Number | None = None


PlaceEntry = Number | TraceEntry
"""An area by its number, or strokes."""


# -- edits -----------------------------------------------------------------------------------------------


class PaintEntry(Entry, tag_field="effect", tag="Paint"):
    """`Paint`: rows (tile row, tile column, part, tile of the pool) in the pool of painted keys."""

    keys: Span


class OperationEntry(Entry):
    """What all operations have."""

    locked: Parts
    area: PlaceEntry | None


class FillEntry(OperationEntry, tag_field="effect", tag="Fill"):
    """`Fill`."""

    parts: Parts
    value: Share


class InvertEntry(OperationEntry, tag_field="effect", tag="Invert"):
    """`Invert`."""

    parts: Parts


class ScaleEntry(OperationEntry, tag_field="effect", tag="Scale"):
    """`Scale`."""

    parts: Parts
    factor: Factor


class ThresholdEntry(OperationEntry, tag_field="effect", tag="Threshold"):
    """`Threshold`."""

    parts: Parts
    measure: Measure
    low: Limit
    high: Limit
    knee: Amount | Annotated[str, Meta(pattern="^inf$")]


class FilterEntry(OperationEntry, tag_field="effect", tag="Filter"):
    """`Filter`."""

    parts: Parts
    kind: FilterKind
    rows: Annotated[int, Meta(ge=0, le=65536)]
    columns: Annotated[int, Meta(ge=0, le=65536)]
    amount: Annotated[float, Meta(ge=-1000, le=1000)]


class CombineEntry(OperationEntry, tag_field="effect", tag="Combine"):
    """`Combine`; another mask is that of a stack as it was (`source`), or a `clip`, or else of the present masks."""

    parts: Parts
    way: CombineKind
    other: Parts
    source: Number | None
    clip: Number | None
    rows: Signed
    columns: Signed


class MoveEntry(OperationEntry, tag_field="effect", tag="Move"):
    """`Move`."""

    parts: Parts
    to: Parts


class RestoreEntry(OperationEntry, tag_field="effect", tag="Restore"):
    """`Restore`."""


class SharpenedEntry(OperationEntry, tag_field="effect", tag="Sharpened"):
    """`Sharpened`."""

    groups: tuple[Parts, ...]
    exponent: Positive | Annotated[str, Meta(pattern="^inf$")]


EditEntry = (
    PaintEntry
    | FillEntry
    | InvertEntry
    | ScaleEntry
    | ThresholdEntry
    | FilterEntry
    | CombineEntry
    | MoveEntry
    | RestoreEntry
    | SharpenedEntry
)


# -- masks taken from elsewhere --------------------------------------------------------------------------


class ClipEntry(Entry):
    """`Clip`: float32 ``clipN`` of `shape` (bins, frames), from the bin `low` and the frame `start` on."""

    low: Whole
    start: Whole
    shape: tuple[Whole, Whole]


class StackSourceEntry(Entry):
    """`Stack` as it was: its lists and its model by their numbers."""

    layers: Number
    edits: Number
    model: Number | None
    bins: Whole
    frames: Whole
