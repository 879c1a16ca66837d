"""Notes of layers: the pitch line of what is selected, and scores."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from workbench.control.drum_names import drum_names
from workbench.control.marked_notes import MarkedNotes
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.control.wishes import REST, Wishes
from workbench.document.acts import known as known_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.jobs.runner import Job, Runner
from workbench.masks.insight.pitch_lines import LineNote, notes_of, pitch_line
from workbench.separation.known import Notes, Spans
from workbench.separation.settings import RANGES
from workbench.separation.written_notes import WrittenPart, read_notes


class NoteActs(QObject):
    """Tells factorisations which notes a layer plays; of a source, a mark says so."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        wishes: Wishes,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._wishes = document, selection, wishes
        self._runner, self._notices = runner, notices
        self._marked = MarkedNotes(document, selection, runner, notices, self)

    def pitch_line(self) -> None:
        """The present layer plays the line that is selected: a component for each of its semitones."""
        document, recording, area = self._document, self._document.recording, self._selection.area
        if recording is None:
            return
        if document.state.marks is not None:
            self._marked.pitch_line()
            return
        if area is None:
            self._notices.refuse(
                self.tr("Select the partial first: hold the wand (W) on it, or draw around it with the lasso (Q).")
            )
            return
        analysis, rate, levels = document.state.analysis, recording.rate, document.levels.levels[0]
        wanted = document.state.shown, self._selection.layer

        def follow(job: Job) -> list[LineNote]:
            return notes_of(*pitch_line(levels, area, analysis, rate, job.report), analysis, rate)

        def done(line: list[LineNote]) -> None:
            # What was followed is of a window, a stack and a layer that may be others by now.
            now = document.recording, document.state.analysis, (document.state.shown, self._selection.layer)
            if now == (recording, analysis, wanted):
                self._play([(each.pitch, tuple(analysis.span(*span, rate) for span in each.spans)) for each in line])

        self._runner.run(self.tr("Following the line"), follow, done, self._notices.trouble, key="pitch line")

    def _play(self, notes: list[tuple[float, Spans]]) -> None:
        if not notes:
            self._notices.refuse(self.tr("Nothing selected holds a pitch for long enough; select along a partial."))
            return
        state, layer = self._with_layer(self._document.recorded_state)
        name = next(each.name for each in state.layers if each.id == layer)
        self._document.act(self.tr("Pitch line of {0}").format(name), known_acts.play(state, layer, notes))
        self._selection.select(layer)
        self._ask_for_room()
        self._notices.say(
            self.tr("“{0}”: notes {1}, pitches {2}; Factorise finds {3} components, these and others").format(
                name, sum(len(spans) for _, spans in notes), len(notes), self._wishes.settings.components
            )
        )

    def read(self, path: Path) -> None:
        """A stack whose layers play the notes of a file: MIDI, or text with a line for each note; sources get marks."""
        recording = self._document.recording
        if recording is None:
            return

        def done(parts: list[WrittenPart]) -> None:
            if self._document.recording is not recording:
                return
            named = [
                (part.name or (path.stem if len(parts) == 1 else self.tr("Part {0}").format(i)), part)
                for i, part in enumerate(parts, start=1)
            ]
            if self._document.state.marks is not None:
                self._marked.score(path.stem, named)
            else:
                self._begin_with(path.stem, named)

        self._runner.run(
            self.tr("Reading notes"), lambda job: read_notes(path), done, self._notices.trouble, key="notes"
        )

    def _begin_with(self, name: str, named: list[tuple[str, WrittenPart]]) -> None:
        wanted = sum(len({note.label for note in part.notes}) for _, part in named)
        most = int(RANGES["components"][1])
        if wanted + REST > most:
            text = self.tr("The file has {0} pitches and drums, and at most {1} fit; take fewer parts.")
            self._notices.trouble(text.format(wanted, most - REST))
            return
        state = self._document.recorded_state
        state = known_acts.tell_written(stack_acts.new_stack(state, name), named, drum_names())
        self._document.act(self.tr("Notes of {0}").format(name), state)
        self._ask_for_room()
        self._notices.say(
            self.tr("Notes: {0}, layers: {1}; Factorise finds {2} components, these and others").format(
                sum(len(part.notes) for _, part in named), len(state.layers) - 1, self._wishes.settings.components
            )
        )

    def forget(self) -> None:
        """Nothing is said of the notes of the present layer."""
        state = self._document.recorded_state
        if state.marks is not None:
            self._notices.refuse(self.tr("What a source plays is a mark: take it back in the list of marks."))
            return
        layer = next((each for each in state.layers if each.id == self._selection.layer), None)
        played = {each.part for each in state.present.known if isinstance(each, Notes)}
        if layer is None or not played & set(layer.part_ids):
            self._notices.refuse(self.tr("Nothing is said of the notes of this layer."))
            return
        self._document.act(self.tr("Forget the notes of {0}").format(layer.name), known_acts.play(state, layer.id, []))

    def _with_layer(self, state: State) -> tuple[State, int]:
        """The state with a layer to tell of, and its id: the present one; beside a single layer a new one."""
        if len(state.layers) == 1 or self._selection.layer not in {each.id for each in state.layers}:
            return layer_acts.add_layer(state, self.tr("Pitch line"))
        return state, self._selection.layer

    def _ask_for_room(self) -> None:
        known = {part for part, _ in known_acts.told_of(self._document.recorded_state)}
        self._wishes.make_room(len(known))
