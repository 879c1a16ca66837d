"""The schema of project files: every entry of every table, typed, with ranges.

A project file is a zip of ``project.json`` (`ProjectEntry`), ``tables.jsonl`` (`Tables`, one piece a line: the tables
are the pieces one after the other) and NPY arrays. An entry names others by their numbers in their tables; what an
entry of a list or a source of masks is made of stands before it. Pools are arrays that many entries share.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, TypeAlias, get_type_hints

import msgspec
from msgspec import Meta, field

from workbench.document.packed.schema_edits import (
    AreaEntry,
    ClipEntry,
    EditEntry,
    ListEntry,
    PlaceEntry,
    StackSourceEntry,
)
from workbench.document.packed.words import (
    Amount,
    Checksum,
    Colour,
    Entry,
    FaderDb,
    FilePath,
    Id,
    Limit,
    Name,
    Number,
    Numbers,
    Pan,
    Seconds,
    Share,
    Signed,
    Whole,
    Width,
)
from workbench.separation.holds import Curve
from workbench.separation.settings import RANGES, RunSettings

SCHEMA = 11
"""The version that is written, and the newest that is read."""
LIKE_IT = 10
"""The oldest whose entries are read as they are; what they have not has a default: 10 had no markers."""
BEYOND = 1000


# -- layers, groups, marks -----------------------------------------------------------------------------


class PartEntry(Entry):
    """`Part`."""

    id: Id
    component: Number | None = None


class LayerEntry(Entry):
    """`Layer`."""

    id: Id
    name: Name
    colour: Colour
    parts: Annotated[tuple[PartEntry, ...], Meta(min_length=1)]
    gain_db: FaderDb = 0.0
    pan: Pan = 0.0
    mute: bool = False
    solo: bool = False
    locked: bool = False
    automatic: bool = False
    group: Id = 0


class GroupEntry(Entry):
    """`Group`."""

    id: Annotated[int, Meta(ge=1, lt=2**53)]
    name: Name
    colour: Colour
    gain_db: FaderDb = 0.0
    pan: Pan = 0.0
    width: Width = 1.0
    mute: bool = False
    solo: bool = False


class MarkEntry(Entry):
    """`Mark`."""

    id: Id
    source: Id
    place: PlaceEntry
    weight: Share = 1.0
    denies: bool = False
    name: Name = ""


# -- what is known of components -------------------------------------------------------------------------


class HoldEntry(Entry, tag_field="kind", tag="hold"):
    """`Hold`; its values are the array ``holdN`` of `shape`, N being its number."""

    part: Id
    curve: Curve
    shape: Annotated[tuple[Whole, ...], Meta(min_length=1, max_length=2)]
    weight: Share = 1.0
    power: Annotated[float, Meta(ge=0.125, le=8)] = 1.0


class OnsetsEntry(Entry, tag_field="kind", tag="onsets"):
    """`Onsets`."""

    part: Id
    seconds: tuple[Seconds, ...]


class NotesEntry(Entry, tag_field="kind", tag="notes"):
    """`Notes`."""

    part: Id
    pitch: Annotated[float, Meta(ge=-100, le=300)]
    spans: tuple[tuple[Seconds, Seconds], ...]


KnownEntry = HoldEntry | OnsetsEntry | NotesEntry


# -- what masks are computed from ------------------------------------------------------------------------


class FactorsEntry(Entry, tag_field="kind", tag="factors"):
    """`Factors`: float32 ``modelN_W`` (bins, components), or (bins, components, length) where `length` is given, and
    ``modelN_H`` (components, frames)."""

    bins: Whole
    frames: Whole
    components: Annotated[int, Meta(ge=1, le=100_000)]
    length: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class SharesEntry(Entry, tag_field="kind", tag="shares"):
    """`Shares`: float16 ``modelN_masks`` (components, frames, bins)."""

    bins: Whole
    frames: Whole
    components: Annotated[int, Meta(ge=1, le=100_000)]


class WordEntry(Entry):
    """`Word`."""

    source: Number
    place: PlaceEntry
    weight: Share = 1.0
    denies: bool = False
    size: Amount = 128.0


class SourcesEntry(Entry, tag_field="kind", tag="sources"):
    """`Sources` of components, `model`: float32 ``modelN_shares`` (sources, components, bands)."""

    model: Number
    sources: Annotated[int, Meta(ge=1, le=100_000)]
    bands: Annotated[int, Meta(ge=1, le=10_000)]
    words: tuple[WordEntry, ...] = ()


ModelEntry = FactorsEntry | SharesEntry | SourcesEntry


# -- states ----------------------------------------------------------------------------------------------


class AnalysisEntry(Entry):
    """`Analysis`."""

    window: Annotated[int, Meta(ge=64, le=65536)]
    hop: Annotated[int, Meta(ge=1, le=65536)]


class StackEntry(Entry):
    """`StackState`: lists by their numbers."""

    id: Id
    name: Name
    layers: Number
    edits: Number
    run: Number | None = None
    groups: Number | None = None
    marks: Number | None = None
    known: Number | None = None


class LayerMixEntry(Entry):
    """`LayerMix`."""

    id: Id
    gain_db: FaderDb
    pan: Pan
    mute: bool
    solo: bool


class GroupMixEntry(Entry):
    """`GroupMix`."""

    id: Id
    gain_db: FaderDb
    pan: Pan
    width: Width
    mute: bool
    solo: bool


class MixEntry(Entry):
    """`RememberedMix`."""

    layers: tuple[LayerMixEntry, ...]
    groups: tuple[GroupMixEntry, ...]


class ReferenceEntry(Entry):
    """`Reference`, by its path from the project file, with slashes, and the one that it had."""

    id: Id
    name: Name
    path: FilePath
    relative: FilePath
    checksum: Checksum
    offset: Seconds = 0.0
    gain_db: Annotated[float, Meta(ge=-1000, le=1000)] = 0.0


class RememberedEntry(Entry):
    """`RememberedArea`."""

    name: Name
    area: Number


class MarkerEntry(Entry):
    """`Marker`; without an end it is a moment."""

    name: Name
    begin: Seconds
    end: Seconds | None = None


class StateEntry(Entry):
    """`State`: stacks, mixes, references and the lists of what is remembered and marked by their numbers."""

    analysis: AnalysisEntry
    stacks: Annotated[Numbers, Meta(min_length=1)]
    shown: Id
    next_id: Id
    mixes: Annotated[tuple[Number | None, ...], Meta(min_length=4, max_length=4)]
    references: Numbers = ()
    assigned: tuple[tuple[Id, Id], ...] = ()
    area: Number | None = None
    remembered: Number | None = None
    markers: Number | None = None


def _settings_entry() -> type[Any]:
    """`RunSettings`; seeds that follow others, components of several stems and the like go beyond what is offered."""
    hints = get_type_hints(RunSettings)
    kinds: list[tuple[str, Any, Any]] = []
    for each in fields(RunSettings):
        kind: Any = hints[each.name]
        if each.name in RANGES:
            low, high = RANGES[each.name]
            if kind == (int | None) or kind is int:
                number: Any = Annotated[int, Meta(ge=0, le=int(high) * BEYOND)]
                kind = number | None if kind == (int | None) else number
            else:
                kind = Annotated[float, Meta(ge=min(low, 0.0), le=high * BEYOND)]
        elif each.name == "selection":
            kind = tuple[Signed, Signed] | None
        kinds.append((each.name, kind, each.default))
    return msgspec.defstruct("SettingsEntry", kinds, bases=(Entry,), forbid_unknown_fields=True)


SettingsEntry: TypeAlias = _settings_entry()  # type: ignore[valid-type]


class RunEntry(Entry):
    """`Run`."""

    settings: SettingsEntry
    model: Number
    costs: tuple[Limit, ...] = ()
    name: Name = ""
    held: Numbers = ()
    number: Whole = 0


# -- the whole -------------------------------------------------------------------------------------------


class Tables(Entry, omit_defaults=True):
    """A piece of the tables: entries that follow those of the pieces before."""

    areas: list[AreaEntry] = field(default_factory=list)
    clips: list[ClipEntry] = field(default_factory=list)
    edits: list[EditEntry] = field(default_factory=list)
    edit_lists: list[ListEntry] = field(default_factory=list)
    groups: list[GroupEntry] = field(default_factory=list)
    group_lists: list[ListEntry] = field(default_factory=list)
    known: list[KnownEntry] = field(default_factory=list)
    known_lists: list[ListEntry] = field(default_factory=list)
    layers: list[LayerEntry] = field(default_factory=list)
    layer_lists: list[ListEntry] = field(default_factory=list)
    marks: list[MarkEntry] = field(default_factory=list)
    mark_lists: list[ListEntry] = field(default_factory=list)
    markers: list[MarkerEntry] = field(default_factory=list)
    marker_lists: list[ListEntry] = field(default_factory=list)
    mixes: list[MixEntry] = field(default_factory=list)
    models: list[ModelEntry] = field(default_factory=list)
    references: list[ReferenceEntry] = field(default_factory=list)
    remembered: list[RememberedEntry] = field(default_factory=list)
    remembered_lists: list[ListEntry] = field(default_factory=list)
    sources: list[StackSourceEntry] = field(default_factory=list)
    stacks: list[StackEntry] = field(default_factory=list)
    states: list[StateEntry] = field(default_factory=list)


TABLES: tuple[str, ...] = Tables.__struct_fields__


class RecordingEntry(Entry):
    """The recording: where it is, as for references, and what it must be.

    `embedded` names the member of the project file that holds it; None where it is a file of its own.
    """

    path: FilePath
    relative: FilePath
    rate: Annotated[int, Meta(ge=1, le=100_000_000)]
    channels: Annotated[int, Meta(ge=1, le=100_000)]
    samples: Annotated[int, Meta(ge=1, le=2**40)]
    checksums: Annotated[tuple[Checksum, ...], Meta(max_length=2)] = ()
    embedded: Annotated[str, Meta(pattern=r"^recording\.[a-z0-9]{1,8}$")] | None = None


class StepEntry(Entry):
    """A step of the history."""

    name: Name
    state: Number


class NumberedRun(Entry):
    """A run with the number that states know it by."""

    id: Annotated[int, Meta(ge=1, lt=2**31)]
    run: RunEntry


class ViewEntry(Entry):
    """What was looked at last: spans of seconds and hertz, the playhead, the layer that was selected."""

    seconds: tuple[Seconds, Seconds]
    hz: tuple[Amount, Amount]
    playhead: Seconds = 0.0
    layer: Id = 0


class ProjectEntry(Entry):
    """``project.json``."""

    schema: Annotated[int, Meta(ge=LIKE_IT, le=SCHEMA)]
    recording: RecordingEntry
    steps: Annotated[tuple[StepEntry, ...], Meta(min_length=1)]
    present: Number
    runs: tuple[NumberedRun, ...] = ()
    pools: dict[str, Whole] = field(default_factory=dict)
    view: ViewEntry | None = None


# Made here, once and in one thread: msgspec makes what it knows of a type where it is asked for it first, and two
# threads that ask at once bring it down.
HEAD_DECODER: msgspec.json.Decoder[ProjectEntry] = msgspec.json.Decoder(ProjectEntry)
TABLES_DECODER: msgspec.json.Decoder[Tables] = msgspec.json.Decoder(Tables)
SETTINGS_DECODER: msgspec.json.Decoder[RunSettings] = msgspec.json.Decoder(RunSettings)
