"""What differs between the history as a journal has it and the history as it is, as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import time

from workbench.audio.recording import Recording
from workbench.document.history import HistoryChange, Step
from workbench.document.journal.records import Beginning, Belonging, Change, Saved, entries_of
from workbench.document.packed import schema
from workbench.document.packed.packer import Packer
from workbench.document.packed.pools import Arrays
from workbench.document.runs import PREVIEW
from workbench.document.state import Run
from workbench.document.whereabouts import in_words, whereabouts


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The document at a moment.

    Attributes
    ----------
    recording : Recording
    project : Path or None
        Its file.
    history : HistoryChange
        What of the history is other than in the snapshot before.
    runs : mapping of int to Run
    dirty : bool
        There is work that is in no project file.
    settled : bool
        No run is under way: each is as it will be.
    embedded : str or None
        As what the project's file holds the recording.
    stamp : (int, int, int) or None
        Of the project's file, as it was read or written here.
    view : ViewEntry or None
    """

    recording: Recording
    project: Path | None
    history: HistoryChange
    runs: Mapping[int, Run]
    dirty: bool
    settled: bool = True
    embedded: str | None = None
    stamp: tuple[int, int, int] | None = None
    view: schema.ViewEntry | None = None

    @property
    def belongs(self) -> object:
        """What is another where it belongs to another file."""
        return self.project, self.embedded, self.stamp

    @property
    def place(self) -> Path:
        """From where files are found that belong to it."""
        return self.project or self.recording.path


class Mirror:
    """The history as the journal's thread knows it: the changes that it was told of, one after the other.

    Attributes
    ----------
    steps : list of Step
    dropped, kept : int
        Of the steps that were written last, how many of the oldest are gone, and how many of those behind them stay.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.present = self.dropped = self.kept = 0
        self._in_file = 0

    @property
    def cut(self) -> bool:
        """Whether steps that are in the file are gone."""
        return self.dropped > 0 or self.dropped + self.kept < self._in_file

    def apply(self, change: HistoryChange) -> None:
        """Follow a change."""
        if change.whole:
            self.steps, self.dropped, self.kept = [], self.dropped + self.kept, 0
        del self.steps[: change.dropped]
        del self.steps[change.kept :]
        self.steps += change.added
        gone = min(change.dropped, self.kept)
        self.dropped, self.kept = self.dropped + gone, min(self.kept - gone, change.kept)
        self.present = change.present

    def written(self) -> None:
        """All of it is in the file."""
        self.dropped, self.kept = 0, len(self.steps)
        self._in_file = len(self.steps)


class Written:
    """What a file of a journal has, and makes the records that bring it to a snapshot.

    Attributes
    ----------
    late : bool
        Runs were left out that were under way.
    """

    def __init__(self) -> None:
        self.late = False
        self._place = Path()
        self._packer = Packer(lambda reference: whereabouts(self._place, reference.path))
        self._runs: dict[int, Run] = {}
        self._saved: object = None
        self._last: tuple[int, bool, bool] | None = None
        """Which step was the present one, whether it was unsaved, and whether no run was under way."""

    def begin(self, snapshot: Snapshot) -> Beginning:
        """The first record."""
        self._saved = snapshot.belongs
        return Beginning(schema.SCHEMA, _belonging(snapshot))

    def saved(self, snapshot: Snapshot) -> Saved | None:
        """The record of another project file, or of the same that was written anew; None where it is neither."""
        if snapshot.belongs == self._saved:
            return None
        self._saved = snapshot.belongs
        return Saved(_belonging(snapshot), snapshot.dirty)

    def change(
        self, mirror: Mirror, snapshot: Snapshot, whole: bool, afresh: bool = False
    ) -> tuple[Change, Arrays] | None:
        """The record that brings the file to a snapshot; None where it is there.

        Parameters
        ----------
        mirror : Mirror
            The history of the snapshot.
        whole : bool
            With what runs under way have come to.
        afresh : bool
            The file has nothing yet.
        """
        dropped, kept = (0, 0) if afresh else (mirror.dropped, mirror.kept)
        self._place = snapshot.place
        new = mirror.steps[kept:]
        runs = {number: run for number, run in snapshot.runs.items() if number != PREVIEW}
        changed = [number for number, run in runs.items() if self._runs.get(number) is not run]
        wanted = [number for number in changed if whole or snapshot.settled or number not in self._runs]
        gone = tuple(number for number in self._runs if number not in runs)
        self.late = len(wanted) < len(changed)
        now = mirror.present, snapshot.dirty, snapshot.settled
        if not afresh and not new and not mirror.cut and not wanted and not gone and now == self._last:
            return None
        added = tuple(schema.StepEntry(name=step.name, state=self._packer.state(step.state)) for step in new)
        told = tuple(schema.NumberedRun(id=number, run=self._packer.run(runs[number])) for number in wanted)
        tables, arrays = self._packer.take()
        self._last = now
        self._runs = {**{key: run for key, run in self._runs.items() if key in runs}, **{n: runs[n] for n in wanted}}
        change = Change(
            time=time(),
            dropped=dropped,
            kept=kept,
            added=added,
            present=mirror.present,
            dirty=snapshot.dirty,
            settled=snapshot.settled,
            tables=tables,
            arrays=entries_of(arrays),
            runs=told,
            gone=gone,
            view=snapshot.view,
        )
        return change, arrays


def _belonging(snapshot: Snapshot) -> Belonging:
    recording = snapshot.recording
    reference = schema.RecordingEntry(
        rate=recording.rate,
        channels=recording.channels,
        samples=len(recording.samples),
        checksums=recording.checksums,
        embedded=snapshot.embedded,
        **whereabouts(snapshot.place, recording.path),
    )
    project = None if snapshot.project is None else in_words(str(snapshot.project))
    return Belonging(reference, project, snapshot.stamp)
