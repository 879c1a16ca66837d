"""What differs between the history as a journal has it and the history as it is, as a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import time

from workbench.audio.recording import Recording
from workbench.document.history import Step
from workbench.document.journal.records import Beginning, Change, entries_of
from workbench.document.packed import schema
from workbench.document.packed.packer import Packer, alike
from workbench.document.packed.pools import Arrays
from workbench.document.runs import PREVIEW
from workbench.document.state import Reference, Run
from workbench.document.whereabouts import in_words, whereabouts


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The document at a moment.

    Attributes
    ----------
    recording : Recording
    project : Path or None
        Its file.
    steps, present : tuple of Step, int
        The history.
    runs : mapping of int to Run
    dirty : bool
        There is work that is in no project file.
    settled : bool
        No run is under way: each is as it will be.
    embedded : str or None
        As what the project's file holds the recording.
    view : ViewEntry or None
    """

    recording: Recording
    project: Path | None
    steps: tuple[Step, ...]
    present: int
    runs: Mapping[int, Run]
    dirty: bool
    settled: bool = True
    embedded: str | None = None
    view: schema.ViewEntry | None = None

    @property
    def place(self) -> Path:
        """From where files are found that belong to it."""
        return self.project or self.recording.path


@dataclass
class Written:
    """What a journal has, and makes the records that bring it to a snapshot."""

    steps: tuple[Step, ...] = ()
    present: int = 0
    dirty: bool = False
    runs: dict[int, Run] = field(default_factory=dict)
    late: bool = False
    """Runs were left out that were under way."""

    def __post_init__(self) -> None:
        self._place = Path()
        self._packer = Packer(self._whereabouts)

    def _whereabouts(self, reference: Reference) -> dict[str, str]:
        return whereabouts(self._place, reference.path)

    def begin(self, snapshot: Snapshot) -> Beginning:
        """The first record."""
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
        return Beginning(schema.SCHEMA, reference, project)

    def change(self, snapshot: Snapshot, whole: bool) -> tuple[Change, Arrays] | None:
        """The record that brings the journal to a snapshot; None where it is there.

        Parameters
        ----------
        whole : bool
            With what runs under way have come to.
        """
        self._place = snapshot.place
        dropped, kept = _shared(self.steps, snapshot.steps)
        new = snapshot.steps[kept:]
        runs = {number: run for number, run in snapshot.runs.items() if number != PREVIEW}
        changed = [number for number, run in runs.items() if self.runs.get(number) is not run]
        wanted = [number for number in changed if whole or snapshot.settled or number not in self.runs]
        gone = tuple(number for number in self.runs if number not in runs)
        self.late = len(wanted) < len(changed)
        same = not new and not dropped and kept == len(self.steps) and snapshot.present == self.present
        if same and not wanted and not gone and snapshot.dirty == self.dirty:
            return None
        added = tuple(schema.StepEntry(name=step.name, state=self._packer.state(step.state)) for step in new)
        told = tuple(schema.NumberedRun(id=number, run=self._packer.run(runs[number])) for number in wanted)
        tables, arrays = self._packer.take()
        self.steps, self.present, self.dirty = snapshot.steps, snapshot.present, snapshot.dirty
        self.runs = {**{key: run for key, run in self.runs.items() if key in runs}, **{n: runs[n] for n in wanted}}
        change = Change(
            time=time(),
            dropped=dropped,
            kept=kept,
            added=added,
            present=snapshot.present,
            dirty=snapshot.dirty,
            tables=tables,
            arrays=entries_of(arrays),
            runs=told,
            gone=gone,
            view=snapshot.view,
        )
        return change, arrays


def _shared(old: tuple[Step, ...], new: Sequence[Step]) -> tuple[int, int]:
    """How many of the oldest steps are gone, and how many of those behind them stay."""
    if not old or not new:
        return len(old), 0
    dropped = 0
    if old[0] is not new[0]:
        dropped = next((i for i, step in enumerate(old) if step is new[0]), len(old))
    return dropped, alike(old[dropped:], new)
