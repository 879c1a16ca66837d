"""States and runs of a project, whatever windows its history had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.document.packed import schema
from workbench.document.packed.models import Models
from workbench.document.packed.pools import Source
from workbench.document.packed.states import StateUnpacker, analysis_of
from workbench.document.packed.words import Damage
from workbench.document.state import Run, State
from workbench.document.whereabouts import found, from_words
from workbench.spectral.stft import Analysis


class Reader:
    """Gives states and runs of a project.

    Raises
    ------
    Damage
        Every method, where the data is not what it should be.
    """

    def __init__(
        self, path: Path, head: schema.ProjectEntry, tables: Mapping[str, Sequence[Any]], source: Source
    ) -> None:
        self._path, self._samples = path, head.recording.samples
        self._tables, self._source = tables, source
        self._models = Models(tables, source, {each.id: each.run for each in head.runs})
        self._planes: dict[Analysis, StateUnpacker] = {}

    def run(self, number: int) -> Run:
        """A run."""
        return self._models.run(number)

    def state(self, number: int) -> State:
        """A state."""
        return self.of_state(number).state(number)

    def of_state(self, number: int) -> StateUnpacker:
        """What gives the states of the window and hop of a state."""
        states = self._tables.get("states", ())
        if number >= len(states):
            raise Damage("a step of the history is missing")
        analysis = analysis_of(states[number])
        if analysis not in self._planes:
            self._planes[analysis] = StateUnpacker(
                self._tables, self._source, self._models, analysis, self._samples, self._whereabouts
            )
        return self._planes[analysis]

    def _whereabouts(self, entry: schema.ReferenceEntry) -> Path:
        # Those that are gone keep their path: who reads them tells so.
        return found(self._path, entry) or Path(from_words(entry.path))
