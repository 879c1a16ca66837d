"""Notes of sources: a pitch line and a score become marks of the partials that are played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject

from workbench.control.acting import numbered
from workbench.control.drum_names import drum_names
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts.layers import layer_index
from workbench.document.acts.sources import add_mark, add_source, change_mark, source_named
from workbench.document.acts.stacks import show_stack
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area
from workbench.masks.edits.traces import Trace
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import REST
from workbench.masks.insight.attacks import begun
from workbench.masks.insight.combs import comb, tone_of_note, tones_of_line
from workbench.masks.insight.pitch_lines import LineNote, notes_of, pitch_line
from workbench.progress import Progress, part
from workbench.separation.written_notes import WrittenPart
from workbench.spectral.level import Levels
from workbench.spectral.stft import Analysis

Written = tuple[str, int, Area]
"""Name of a source, how many notes it plays, and where these are."""


class MarkedNotes(QObject):
    """Says by one mark for each source which bins its notes are."""

    def __init__(
        self, document: Document, selection: Selection, runner: Runner, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection
        self._runner, self._notices = runner, notices

    # -- a line ----------------------------------------------------------------------------------------

    def pitch_line(self) -> None:
        """The present source plays the line that is selected, or else the one along which its last stroke was drawn."""
        document, recording = self._document, self._document.recording
        area, stroke = self._selection.area, self._stroke()
        place = area if area is not None else None if stroke is None else stroke.place
        if recording is None:
            return
        if place is None:
            self._notices.refuse(
                self.tr(
                    "Select the partial first, with the wand (W) or the lasso (Q), or draw along it with the "
                    "Point tool (Shift+P)."
                )
            )
            return
        analysis, rate, levels = document.state.analysis, recording.rate, document.levels.levels[0]
        wanted = document.state.shown, self._selection.layer
        drawn = stroke if area is None else None

        def work(job: Job) -> tuple[list[LineNote], Area]:
            start, pitches = pitch_line(levels, place, analysis, rate, part(job.report, 0.0, 0.5))
            line = notes_of(start, pitches, analysis, rate)
            tones = tones_of_line(start, pitches, line, analysis, rate)
            return line, comb(levels, tones, part(job.report, 0.5, 1.0))

        def done(found: tuple[list[LineNote], Area]) -> None:
            # What was followed is of a window, a stack and a source that may be others by now.
            if document.recording is not recording:
                return
            if (document.state.analysis, (document.state.shown, self._selection.layer)) != (analysis, wanted):
                self._notices.refuse(self.tr("Another source, stack or window was chosen meanwhile; ask again."))
            elif drawn is not None and all(mark is not drawn for mark in document.recorded_state.marks or ()):
                self._notices.refuse(self.tr("The stroke was changed or taken back meanwhile; ask again."))
            else:
                self._mark_line(*found, drawn)

        self._runner.run(self.tr("Following the line"), work, done, self._notices.trouble, key="pitch line")

    def _stroke(self) -> Mark | None:
        """The last stroke that says where the present source sounds."""
        parts = {
            part for layer in self._document.layers if layer.id == self._selection.layer for part in layer.part_ids
        }
        marks = self._document.recorded_state.marks or ()
        return next(
            (m for m in reversed(marks) if m.source in parts and not m.denies and isinstance(m.place, Trace)), None
        )

    def _mark_line(self, line: list[LineNote], place: Area, drawn: Mark | None) -> None:
        if not place:
            self._notices.refuse(self.tr("Nothing selected holds a pitch for long enough; select along a partial."))
            return
        count = sum(len(note.spans) for note in line)
        name = self.tr("Pitch line")
        try:
            state, layer = self._with_source(self._document.recorded_state)
            if drawn is None:
                state = add_mark(state, layer, place, name=name)
            else:
                # The stroke showed where the line is; the line says more, of another source where that was the rest.
                parts = state.layers[layer_index(state, layer)].part_ids
                source = drawn.source if drawn.source in parts else parts[0]
                state = change_mark(state, drawn.id, source=source, place=place, name=name)
        except UserError as reason:
            self._notices.refuse(reason)
            return
        played = state.layers[layer_index(state, layer)].name
        self._document.act(self.tr("Pitch line of {0}").format(played), state)
        self._selection.select(layer)
        told = self.tr("“{0}”: notes {1}, pitches {2}; their partials are one mark, in the list of marks")
        self._notices.say(told.format(played, count, len(line)))

    def _with_source(self, state: State) -> tuple[State, int]:
        """The state with a source to speak of, and its layer: the present one; for the rest, or none, a new one."""
        layer = next((each for each in state.layers if each.id == self._selection.layer), None)
        if layer is None or REST in layer.components:
            return add_source(state, numbered(self.tr("Pitch line"), {each.name for each in state.layers}))
        return state, layer.id

    # -- a score ---------------------------------------------------------------------------------------

    def score(self, name: str, named: Sequence[tuple[str, WrittenPart]]) -> None:
        """A source for each part of a score, of drums one for each of their numbers, with a mark of all its notes."""
        document, recording = self._document, self._document.recording
        assert recording is not None
        analysis, rate, levels = document.state.analysis, recording.rate, document.levels.levels[0]
        stack, drums = document.state.shown, drum_names()

        def work(job: Job) -> list[Written]:
            return _places(named, drums, levels, analysis, rate, job.report)

        def done(written: list[Written]) -> None:
            state = document.recorded_state
            there = show_stack(state, stack)
            if document.recording is recording and there.shown == stack and state.analysis == analysis:
                self._mark_score(name, there, state.shown, written)

        self._runner.run(self.tr("Finding the notes"), work, done, self._notices.trouble, key="notes")

    def _mark_score(self, name: str, there: State, shown: int, written: list[Written]) -> None:
        """Put the marks into a stack of sources, while another one may be shown."""
        silent = [source for source, _, place in written if not place]
        heard = [each for each in written if each[2]]
        if not heard:
            text = self.tr("Nothing in the recording stands out where “{0}” has notes: its times must be those heard.")
            self._notices.trouble(text.format(name))
            return
        try:
            for source, count, place in heard:
                there, layer = source_named(there, source)
                there = add_mark(there, layer, place, name=self.tr("Notes: {0}").format(count))
        except UserError as reason:
            self._notices.refuse(reason)
            return
        self._document.act(self.tr("Notes of {0}").format(name), show_stack(there, shown))
        told = self.tr("Notes: {0}, sources: {1}; each source has one mark, in the list of marks")
        text = told.format(sum(count for _, count, _ in heard), len(heard))
        if silent:
            text += self.tr("; nothing stands out where these should play: {0}").format(", ".join(silent))
        self._notices.say(text)


def _places(
    named: Sequence[tuple[str, WrittenPart]],
    drums: Mapping[int, str],
    levels: Levels,
    analysis: Analysis,
    rate: float,
    progress: Progress,
) -> list[Written]:
    out: list[Written] = []
    for i, (name, written) in enumerate(named):
        if written.drums:
            # Numbers of one name are one drum.
            onsets: dict[str, list[float]] = {}
            for note in sorted(written.notes, key=lambda note: note.label):
                onsets.setdefault(drums.get(int(note.label), f"{name} {note.label:g}"), []).append(note.onset)
            for drum, seconds in onsets.items():
                frames = [analysis.frame_at(second, rate) for second in sorted(seconds)]
                out.append((drum, len(seconds), begun(levels, frames, analysis)))
            continue
        tones = [tone_of_note(n.label, n.onset, n.onset + n.duration, analysis, rate) for n in written.notes]
        place = comb(levels, tones, part(progress, i / len(named), (i + 1) / len(named)))
        out.append((name, len(tones), place))
    return out
