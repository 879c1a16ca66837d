"""Project files: a zip of JSON and NPY with a schema version (`packed.schema`), written beside and renamed.

The recording and the references are kept by their paths, relative to the project file and absolute; the recording may
be inside the file instead. What is read is checked to its last value before it becomes a state.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from workbench.audio.files.decoding import Watch, unwatched
from workbench.audio.recording import Recording, load
from workbench.document.embedding import Embedded, inside_of
from workbench.document.history import Step
from workbench.document.packed import schema
from workbench.document.packed.archive import HEAD, TABLES, UNREADABLE, Archive, said_by_schema, write_archive
from workbench.document.packed.older import upgraded
from workbench.document.packed.packer import Packer
from workbench.document.packed.pieces import Pieces, tables_of
from workbench.document.packed.pools import Held, Source
from workbench.document.packed.reader import Reader
from workbench.document.packed.words import Damage
from workbench.document.runs import kept_by
from workbench.document.state import Reference, Run, State
from workbench.document.versions import keeping_versions
from workbench.document.whereabouts import found, from_words, name_of, whereabouts
from workbench.errors import UserError
from workbench.progress import Progress, part, silent

SUFFIX = ".workbench"

Stamp = tuple[int, int, int]
"""Number, bytes and time of a file: one that was written since has another."""
View = schema.ViewEntry
"""What was looked at."""


class ProjectError(UserError):
    """A project can't be read or written, or its recording is not what it was."""


@dataclass(frozen=True, eq=False)
class Project:
    """What a project file holds.

    Attributes
    ----------
    path : Path
        The project file.
    recording : Path
        Where its recording was found; of one inside the file, what it was called.
    rate, channels, samples : int
        What the recording must be.
    checksums : tuple of str
        Its own (`Recording.checksums`); empty where an older version did not write them.
    state : State
    runs : dict of int to Run
    steps : list of (name, State)
        The history.
    present : int
        Which step `state` is.
    stamp : Stamp or None
        Of the file, as it was when it was read.
    embedded : Embedded or None
        The recording inside the file.
    view : View or None
        What was looked at when it was saved.
    found : bool
        Its recording was shown to the program, and is not where the project says.
    """

    path: Path
    recording: Path
    rate: int
    channels: int
    samples: int
    state: State
    runs: dict[int, Run]
    steps: list[tuple[str, State]] = field(default_factory=list)
    present: int = 0
    checksums: tuple[str, ...] = ()
    stamp: Stamp | None = None
    embedded: Embedded | None = None
    view: View | None = None
    found: bool = False

    def sound(self, progress: Progress = silent, watch: Watch = unwatched) -> Recording:
        """Its recording, decoded before the eyes of `watch`; with a remark where it is not the one that was worked on.

        Raises
        ------
        UserError
            If it can't be read, or does not fit.
        """
        held = None if self.found else self.embedded
        if held is None:
            recording = load(self.recording, progress, watch=watch)
        else:
            recording = held.load(self.recording, progress, watch)
        told = self.check(recording)
        return recording if told is None else replace(recording, remarks=(*recording.remarks, told))

    def check(self, recording: Recording) -> UserError | None:
        """Whether a recording is the one that the project was made with.

        Returns
        -------
        UserError or None
            What there is to tell of one that fits, but sounds otherwise.

        Raises
        ------
        ProjectError
            If it does not fit.
        """
        found = (recording.rate, recording.channels, len(recording.samples))
        names = {"recording": recording.path.name, "project": self.path.name}
        if found != (self.rate, self.channels, self.samples):
            raise ProjectError("document.recording_changed", recording=names["recording"], project=names["project"])
        if self.checksums and not any(a == b != "" for a, b in zip(self.checksums, recording.checksums, strict=False)):
            return UserError("document.sounds_otherwise", recording=names["recording"], project=names["project"])
        return None


# -- writing ---------------------------------------------------------------------------------------------


def save_project(
    path: Path,
    recording: Recording,
    state: State,
    runs: Mapping[int, Run],
    steps: Sequence[Step] = (),
    present: int = 0,
    *,
    embedded: Embedded | None = None,
    view: View | None = None,
    progress: Progress = silent,
) -> None:
    """Write a project; the old file stays until the new one is whole, and as a version then.

    Parameters
    ----------
    steps : sequence of Step, optional
        The history, of which `state` is step `present`.
    embedded : Embedded, optional
        The recording, to be put inside the file.
    view : View, optional
        What is looked at.

    Raises
    ------
    ProjectError
        If the file can't be written.
    UserError
        As `replacing` does: what is there must not be replaced.
    """
    head, pieces = packed(path, recording, state, runs, steps, present, view)
    if embedded is not None:
        head = msgspec.structs.replace(
            head, recording=msgspec.structs.replace(head.recording, embedded=embedded.member)
        )
    try:
        with keeping_versions(path) as partial:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
                write_archive(file, head, pieces, part(progress, 0.0, 0.8))
                if embedded is not None:
                    embedded.write(file)
            _read_back(path, partial)
            progress(1.0)
    except OSError as error:
        raise ProjectError("document.not_written", project=str(path), reason=error) from error


def _read_back(path: Path, partial: Path) -> None:
    """Read what was written by the schema, before it takes the place of what can be opened.

    Raises
    ------
    ProjectError
        `document.not_read_back`.
    """
    try:
        with zipfile.ZipFile(partial) as file:
            archive = Archive(file, partial.stat().st_size)
            contents(path, archive)
            archive.check_room()
    except UNREADABLE as error:
        raise ProjectError("document.not_read_back", project=path.name, part=error) from error


def packed(
    path: Path,
    recording: Recording,
    state: State,
    runs: Mapping[int, Run],
    steps: Sequence[Step] = (),
    present: int = 0,
    view: View | None = None,
) -> tuple[schema.ProjectEntry, Pieces]:
    """``project.json`` and the tables and arrays of a project at a path."""

    def where(reference: Reference) -> dict[str, str]:
        return whereabouts(path, reference.path)

    packer, pieces = Packer(where), Pieces()
    named = [(step.name, step.state) for step in steps] or [("", state)]
    numbers = []
    for name, each in named:
        numbers.append(schema.StepEntry(name=name, state=packer.state(each)))
        pieces.add(*packer.take())
    used = set().union(*(each.runs for _, each in named)) & runs.keys()
    kept = [schema.NumberedRun(id=run, run=packer.run(runs[run])) for run in kept_by(runs, used)]
    pieces.add(*packer.take())
    reference = schema.RecordingEntry(
        rate=recording.rate,
        channels=recording.channels,
        samples=len(recording.samples),
        checksums=recording.checksums,
        **whereabouts(path, recording.path),
    )
    head = schema.ProjectEntry(
        schema=schema.SCHEMA,
        recording=reference,
        steps=tuple(numbers),
        present=present,
        runs=tuple(kept),
        pools=packer.pools,
        view=view,
    )
    return head, pieces


def stamp_of(path: Path) -> Stamp | None:
    """By what a file that was written since is known; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


# -- reading ---------------------------------------------------------------------------------------------


def load_project(path: Path, recording: Path | None = None) -> Project:
    """Read a project file.

    Parameters
    ----------
    recording : Path, optional
        Where its recording is, if not where the project says.

    Raises
    ------
    ProjectError
        If it is none, is damaged, was written by a newer version, or its recording is not to be found.
    """
    if not path.exists():
        raise ProjectError("document.no_file", project=str(path))
    stamp = stamp_of(path)
    try:
        with zipfile.ZipFile(path) as file:
            archive = Archive(file, path.stat().st_size)
            head, tables, source = contents(path, archive)
            return replace(unpacked(path, head, tables, source, recording), stamp=stamp)
    except ProjectError:
        raise
    except Damage as error:
        raise ProjectError("document.damaged_in", project=path.name, part=error) from error
    except OSError as error:
        raise ProjectError("document.not_read", project=path.name, reason=error) from error
    except UNREADABLE as error:
        raise ProjectError("document.damaged", project=path.name) from error


def contents(path: Path, archive: Archive) -> tuple[schema.ProjectEntry, Mapping[str, Sequence[Any]], Source]:
    """``project.json``, tables and arrays of a project file of any schema.

    Raises
    ------
    ProjectError
        If a newer version wrote it.
    Exception
        One of `UNREADABLE`, if it is damaged.
    """
    text = archive.json(HEAD)
    if TABLES not in archive.names:
        return _older(path, json.loads(text, parse_constant=_infinity), archive)
    with said_by_schema():
        if _VERSIONS.decode(text).schema > schema.SCHEMA:
            raise ProjectError("document.newer", project=path.name)
        head = schema.HEAD_DECODER.decode(text)
    archive.pools = head.pools
    return head, tables_of(archive.lines(TABLES, schema.TABLES_DECODER)), archive


class _Version(msgspec.Struct):
    schema: int


_VERSIONS: msgspec.json.Decoder[_Version] = msgspec.json.Decoder(_Version)


def _older(
    path: Path, document: dict[str, Any], archive: Archive
) -> tuple[schema.ProjectEntry, Mapping[str, Sequence[Any]], Source]:
    if document["schema"] >= schema.LIKE_IT:
        raise ProjectError("document.newer", project=path.name)
    head, tables, arrays = upgraded(document, archive.every_array())
    with said_by_schema():
        entries = tables_of([msgspec.convert(tables, schema.Tables)])
        return msgspec.convert(head, schema.ProjectEntry), entries, Held(arrays)


def _infinity(text: str) -> float:
    """Of what JSON has no word for, older versions wrote infinities; what is no number was never a gain."""
    if text == "NaN":
        raise Damage("a value is no number")
    return float(text)


def unpacked(
    path: Path,
    head: schema.ProjectEntry,
    tables: Mapping[str, Sequence[Any]],
    source: Source,
    recording: Path | None = None,
) -> Project:
    """A project from its entries; see `load_project`.

    Raises
    ------
    Damage
        If it is damaged.
    ProjectError
        If its recording is not to be found.
    """
    if head.present >= len(head.steps):
        raise Damage("a step of the history is missing")
    reader = Reader(path, head, tables, source)
    steps = [(step.name, reader.state(step.state)) for step in head.steps]
    return project_of(path, head, steps, head.present, {each.id: reader.run(each.id) for each in head.runs}, recording)


def project_of(
    path: Path,
    head: schema.ProjectEntry,
    steps: list[tuple[str, State]],
    present: int,
    runs: dict[int, Run],
    recording: Path | None = None,
) -> Project:
    """A project of some steps.

    Raises
    ------
    ProjectError
        If its recording is not to be found.
    """
    reference = head.recording
    inside = None if reference.embedded is None else Embedded(path, reference.embedded)
    if recording is not None and recording.suffix.lower() == SUFFIX:
        # A project that has the sound inside, as one that was moved.
        inside, recording = inside_of(recording), None
    if recording is None and inside is not None and not inside.is_there:
        raise ProjectError("document.no_project", recording=_name(reference), project=path.name)
    return Project(
        path,
        recording or (_find_recording(path, reference) if inside is None else path.parent / _name(reference)),
        reference.rate,
        reference.channels,
        reference.samples,
        steps[present][1],
        runs,
        steps,
        present,
        reference.checksums,
        embedded=inside,
        view=head.view,
        found=recording is not None,
    )


def _find_recording(path: Path, reference: schema.RecordingEntry) -> Path:
    there = found(path, reference)
    if there is None:
        raise ProjectError("document.no_recording", recording=_name(reference), project=path.name)
    return there


def _name(reference: schema.RecordingEntry) -> str:
    return name_of(from_words(reference.path))
