"""Work that a program left behind which ended early: what there is, and reading it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from workbench.document.journal.holding import Hold, abandoned
from workbench.document.journal.journal import ACTS, PICTURE
from workbench.document.journal.records import Beginning, Belonging, Change, Read, Saved, read_records
from workbench.document.packed import schema
from workbench.document.packed.archive import UNREADABLE
from workbench.document.packed.pieces import tables_of
from workbench.document.packed.pools import POOLS, Arrays, Held
from workbench.document.packed.words import Damage
from workbench.document.project import Project, ProjectError, unpacked
from workbench.document.rescue import rescued
from workbench.document.whereabouts import from_words, name_of


@dataclass(frozen=True)
class Left:
    """Work that was left behind.

    Attributes
    ----------
    hold : Hold
        Its journal, which is nobody else's as long as it is offered here.
    name : str
        Of its project, or of the recording where it was in none.
    project : Path or None
    time : float
        When the last act was made, in seconds since 1970.
    acts : int
        How many steps it has beside the first.
    last : str
        Name of the last act.
    """

    hold: Hold
    name: str
    project: Path | None
    time: float
    acts: int
    last: str

    @property
    def folder(self) -> Path:
        """Its journal."""
        return self.hold.folder

    @property
    def picture(self) -> Path | None:
        """A picture of it, where there is one."""
        path = self.folder / PICTURE
        return path if path.is_file() else None

    def remove(self) -> None:
        """Let go of it for good."""
        self.hold.remove()

    def release(self) -> None:
        """Leave it for the next start."""
        self.hold.let_go()

    def held_again(self) -> Left | None:
        """The same, also after it was released; None where another program has it, or it is gone."""
        hold = self.hold if self.hold.held else Hold.of(self.folder)
        return None if hold is None else replace(self, hold=hold)


def left_behind(home: Path) -> list[Left]:
    """Work that is in no project file, the newest first; journals of other work, and those cut at once, are removed.

    Each is held until it is released or removed, so that no two programs offer the same.
    """
    out = []
    for folder in sorted(home.iterdir()) if home.is_dir() else []:
        hidden = folder.name.startswith(".")
        if not folder.is_dir() or (hidden and not abandoned(folder)):
            continue
        hold = Hold.of(folder)
        if hold is None:
            continue
        try:
            found = None if hidden else _look(hold)
        except (*UNREADABLE, OSError):
            # What can't be read is kept: a later version may know it.
            hold.let_go()
            continue
        if found is None:
            hold.remove()
        else:
            out.append(found)
    return sorted(out, key=lambda left: -left.time)


def _look(hold: Hold) -> Left | None:
    """What a journal holds; None where it holds nothing that is not saved."""
    journal = _Replayed(hold.folder, arrays=False)
    if journal.belonging is None or not journal.steps or not journal.touched:
        return None
    sound = name_of(from_words(journal.belonging.recording.path))
    project = journal.project
    last = journal.steps[min(journal.present, len(journal.steps) - 1)].name
    name = sound if project is None else project.name
    return Left(hold, name, project, journal.time, len(journal.steps) - 1, last)


class _Replayed:
    """The records of a journal, one after the other, without what they stand for.

    Raises
    ------
    Damage
        If they do not follow each other.
    """

    def __init__(self, folder: Path, arrays: bool = True) -> None:
        self.belonging: Belonging | None = None
        self.steps: list[schema.StepEntry] = []
        self.present, self.time = 0, 0.0
        self.settled, self.cut = True, False
        """Whether no factorisation was under way; and whether what was written last can't be read."""
        self.touched = False
        """Whether anything was done since it was begun or saved."""
        self.runs: dict[int, schema.RunEntry] = {}
        self.view: schema.ViewEntry | None = None
        self.tables: list[schema.Tables] = []
        self._arrays: dict[str, list[Any]] = {}
        path = folder / ACTS
        if not path.is_file():
            return
        with path.open("rb") as file:
            end = 0
            for each in read_records(file, path.stat().st_size, arrays):
                if not self._add(each):
                    # All before it is good.
                    break
                end = file.tell()
            self.cut = end < path.stat().st_size

    @property
    def project(self) -> Path | None:
        """The project file that it belongs to."""
        found = None if self.belonging is None else self.belonging.project
        return None if found is None else Path(from_words(found))

    def _add(self, each: Read) -> bool:
        """Follow a record; answers whether it follows those before."""
        entry = each.entry
        if isinstance(entry, Beginning):
            if entry.schema > schema.SCHEMA:
                raise Damage("it was written by a newer version")
            self.belonging = entry.belonging
        elif isinstance(entry, Saved):
            self.belonging, self.touched = entry.belonging, entry.dirty
        elif entry.dropped + entry.kept > len(self.steps):
            return False
        else:
            self._change(entry, each.arrays)
        return True

    def _change(self, entry: Change, arrays: list[Any]) -> None:
        shorter = entry.dropped > 0 or entry.kept < len(self.steps)
        # Also what was done and undone may be wanted again.
        if entry.dirty or (self.steps and (entry.added or shorter or entry.present != self.present)):
            self.touched = True
        if entry.dropped:
            del self.steps[: entry.dropped]
        del self.steps[entry.kept :]
        self.steps += entry.added
        self.present, self.time, self.view, self.settled = entry.present, entry.time, entry.view, entry.settled
        self.runs.update((run.id, run.run) for run in entry.runs)
        for number in entry.gone:
            self.runs.pop(number, None)
        self.tables.append(entry.tables)
        for name, array in zip(entry.arrays, arrays, strict=False):
            self._arrays.setdefault(name.name, []).append(array)

    @property
    def arrays(self) -> Arrays:
        """Arrays and pools."""
        for name, pieces in self._arrays.items():
            if len(pieces) > 1 and name not in POOLS:
                raise Damage(f"the array {name} is there twice")
        return {
            name: pieces[0] if len(pieces) == 1 else np.concatenate(pieces) for name, pieces in self._arrays.items()
        }


@dataclass(frozen=True, eq=False)
class Recovered:
    """What was read back.

    Attributes
    ----------
    project : Project
    unfinished : bool
        A factorisation was under way.
    cut : bool
        What was written last can't be read.
    """

    project: Project
    unfinished: bool
    cut: bool


def recover(left: Left, recording: Path | None = None) -> Project:
    """The project of `recovered`."""
    return recovered(left, recording).project


def recovered(left: Left, recording: Path | None = None) -> Recovered:
    """Work that was left behind, up to the last act that was finished.

    Parameters
    ----------
    recording : Path, optional
        Where its recording is, if not where it was.

    Raises
    ------
    ProjectError
        If it can't be read, or its recording is not to be found.
    """
    try:
        journal = _Replayed(left.folder)
        if journal.belonging is None or not journal.steps:
            raise Damage("nothing was written")
        head = schema.ProjectEntry(
            schema=schema.SCHEMA,
            recording=journal.belonging.recording,
            steps=tuple(journal.steps),
            present=journal.present,
            runs=tuple(schema.NumberedRun(id=number, run=run) for number, run in journal.runs.items()),
            view=journal.view,
        )
        tables: Mapping[str, list[Any]] = tables_of(journal.tables)
        place, source = journal.project or Path(from_words(journal.belonging.recording.path)), Held(journal.arrays)
        try:
            found = unpacked(place, head, tables, source, recording)
        except Damage:
            found = rescued(place, head, tables, source, recording).project
        return Recovered(replace(found, stamp=journal.belonging.stamp), not journal.settled, journal.cut)
    except ProjectError:
        raise
    except OSError as error:
        raise ProjectError("document.not_read", project=left.name, reason=error) from error
    except UNREADABLE as error:
        raise ProjectError("document.journal_damaged", project=left.name) from error
