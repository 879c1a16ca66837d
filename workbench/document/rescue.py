"""What of a damaged project file checks out, as a project that is in no file yet."""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from workbench.document.embedding import Embedded
from workbench.document.packed import schema
from workbench.document.packed.archive import HEAD, TABLES, UNREADABLE, Archive
from workbench.document.packed.known import Known
from workbench.document.packed.local_headers import whole_members
from workbench.document.packed.pieces import tables_of
from workbench.document.packed.pools import Source
from workbench.document.packed.reader import Reader
from workbench.document.packed.schema_edits import ListEntry
from workbench.document.packed.words import Damage
from workbench.document.project import Project, ProjectError, project_of
from workbench.document.state import Run, State

LISTS = {"edits": "edit_lists", "marks": "mark_lists", "known": "known_lists"}
"""Tables whose entries can be left out one by one, and the lists of these."""


@dataclass(frozen=True, eq=False)
class Rescued:
    """What could be read of a project.

    Attributes
    ----------
    project : Project
    lost_steps, lost_edits : int
        How many steps of the history, or edits and marks of the present one, are lost.
    """

    project: Project
    lost_steps: int
    lost_edits: int


def rescue(path: Path, recording: Path | None = None) -> Rescued:
    """Read what checks out: all steps that are whole, the present one or that which is nearest to it.

    Where none is whole, the present one without the edits and marks that can't be read.

    Raises
    ------
    ProjectError
        If nothing can be read, or the recording is not to be found.
    """
    try:
        with _opened(path) as file:
            archive = Archive(file, path.stat().st_size)
            head = schema.HEAD_DECODER.decode(archive.json(HEAD))
            archive.pools = head.pools
            if head.recording.embedded is not None and not Embedded(path, head.recording.embedded).is_there:
                # It is looked for outside, and asked for where it is not there.
                head = msgspec.structs.replace(head, recording=msgspec.structs.replace(head.recording, embedded=None))
            return rescued(path, head, tables_of(_lines(archive)), archive, recording)
    except ProjectError:
        raise
    except (*UNREADABLE, OSError) as error:
        raise ProjectError("document.nothing_rescued", project=path.name) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip, also one whose end is missing."""
    with contextlib.ExitStack() as opened:
        try:
            file = opened.enter_context(zipfile.ZipFile(path))
        except zipfile.BadZipFile:
            copy = opened.enter_context(tempfile.TemporaryFile())
            with path.open("rb") as damaged, zipfile.ZipFile(copy, "w") as whole:
                for name, data in whole_members(damaged):
                    whole.writestr(name, data)
            file = opened.enter_context(zipfile.ZipFile(copy))
        yield file


def _lines(archive: Archive) -> Iterator[schema.Tables]:
    """The tables, as far as they can be read."""
    with contextlib.suppress(*UNREADABLE):
        yield from archive.lines(TABLES, schema.TABLES_DECODER)


Tables = Mapping[str, Sequence[Any]]


def rescued(
    path: Path, head: schema.ProjectEntry, tables: Tables, source: Source, recording: Path | None = None
) -> Rescued:
    """What checks out of a project, from its entries; see `rescue`.

    Raises
    ------
    Damage
        If nothing does.
    ProjectError
        If the recording is not to be found.
    """
    present = min(head.present, len(head.steps) - 1)
    head = msgspec.structs.replace(head, present=present)
    reader = Reader(path, head, tables, source)
    steps = [(number, state) for number, step in enumerate(head.steps) if (state := _state(reader, step)) is not None]
    lost = 0
    if all(number != present for number, _ in steps):
        # The present one, without what of it can't be read, is worth more than one before it.
        patched, lost = _without_damaged(tables, head.steps[present].state, reader, _runs(head, reader))
        state = _state(Reader(path, head, patched, source), head.steps[present])
        if state is not None:
            steps = sorted([*steps, (present, state)], key=lambda each: each[0])
        elif not steps:
            raise Damage("nothing of it can be read")
    nearest = min(steps, key=lambda each: (abs(each[0] - present), each[0]))
    named = [(head.steps[number].name, state) for number, state in steps]
    project = project_of(path, head, named, steps.index(nearest), _runs(head, reader), recording)
    return Rescued(project, len(head.steps) - len(steps), lost)


def _state(reader: Reader, step: schema.StepEntry) -> State | None:
    try:
        return reader.state(step.state)
    except Damage:
        return None


def _runs(head: schema.ProjectEntry, reader: Reader) -> dict[int, Run]:
    """The factorisations that can be read."""
    out = {}
    for each in head.runs:
        with contextlib.suppress(Damage):
            out[each.id] = reader.run(each.id)
    return out


def _without_damaged(tables: Tables, state: int, reader: Reader, runs: Mapping[int, Run]) -> tuple[Tables, int]:
    """Tables in which a state has no edits, marks, words and factorisations that can't be read, and how many."""
    known, unpacker = Known(tables), reader.of_state(state)
    entry: schema.StateEntry = known.entry("states", state)
    out = {name: list(entries) for name, entries in tables.items()}
    lost = 0
    for number in entry.stacks:
        stack: schema.StackEntry = known.entry("stacks", number)
        changes: dict[str, int | None] = {}
        if stack.run is not None and stack.run not in runs:
            changes["run"] = None
            lost += 1
        for name, table in LISTS.items():
            place: int | None = getattr(stack, name)
            if place is None:
                continue
            items = known.listed(table, place, lambda each: each)
            good = tuple(each for each in items if unpacker.reads(name, each))
            lost += len(items) - len(good)
            changes[name] = len(out[table])
            out[table].append(ListEntry(items=good))
        out["stacks"][number] = msgspec.structs.replace(stack, **changes)
    area = entry.area if entry.area is not None and unpacker.reads("areas", entry.area) else None
    remembered = entry.remembered
    if remembered is not None:
        kept = tuple(
            each
            for each in known.listed("remembered_lists", remembered, lambda each: each)
            if unpacker.reads("areas", known.entry("remembered", each).area)
        )
        remembered = len(out["remembered_lists"])
        out["remembered_lists"].append(ListEntry(items=kept))
    out["states"][state] = msgspec.structs.replace(entry, area=area, remembered=remembered)
    return out, lost
