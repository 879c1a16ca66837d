"""Labels that somebody wrote to a recording: they become marks of sources, or onsets that Factorise begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from workbench.audio.recording import Recording
from workbench.control.acting import numbered
from workbench.control.components import Components
from workbench.control.notices import Notices
from workbench.control.wishes import REST, Wishes
from workbench.document.acts import known as known_acts
from workbench.document.acts import markers as marker_acts
from workbench.document.acts.layers import add_layer, layer_index
from workbench.document.acts.sources import add_mark, begin_sources, source_named
from workbench.document.acts.stacks import new_stack
from workbench.document.document import Document
from workbench.document.solved import Solved
from workbench.document.state import Marker, State
from workbench.exchange.labels import read_labels
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.separation.known import Onsets
from workbench.separation.labels import Label
from workbench.separation.settings import RANGES
from workbench.spectral.stft import Analysis

MOST_MARKS = 1000
"""With so many, one word more takes the window a seventh of a second."""
MOST_MARKERS = 10_000
"""More are no places to find one's way by."""


class Labelling(QObject):
    """Reads lists of labels; each word that is in one is a source, or a layer, of that name."""

    def __init__(
        self,
        document: Document,
        components: Components,
        wishes: Wishes,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._components, self._wishes = document, components, wishes
        self._runner, self._notices = runner, notices
        self._waiting: tuple[Recording, str, list[Label]] | None = None
        """What becomes marks when the components are there: of which recording, the file's name, and its labels."""
        components.changed.connect(self._go_on)
        components.given_up.connect(self._give_up)
        document.opened.connect(self._forget)

    # -- marks -----------------------------------------------------------------------------------------

    def read_as_marks(self, path: Path) -> None:
        """Every label says that the source of its name sounds in its time, and in its band of frequencies."""

        def done(labels: list[Label]) -> None:
            if len(labels) > MOST_MARKS:
                text = self.tr("The file has {0} labels, and at most {1} can be marks; take fewer.")
                self._notices.trouble(text.format(len(labels), MOST_MARKS))
                return
            assert self._document.recording is not None
            self._waiting = self._document.recording, path.stem, labels
            if self._components.run() is None:
                self._components.wait()
                self._notices.say(self.tr("Listening to the recording first; the labels are remembered"))
            self._go_on()

        self._read(path, done)

    def _go_on(self) -> None:
        if self._waiting is None:
            return
        recording, name, labels = self._waiting
        # Of another one that is just being opened, the components may be there before it is told.
        run = self._components.run() if self._document.recording is recording else None
        if run is not None:
            self._waiting = None
            self._mark(recording, name, labels, run)

    def _mark(self, recording: Recording, name: str, labels: list[Label], run: int) -> None:
        """Make the marks in a thread, and what follows from them, which of many takes seconds."""
        document = self._document
        before, runs = document.recorded_state, dict(document.runs)
        title = numbered(self.tr("Sources"), {stack.name for stack in before.stacks})
        words = Words(title, self.tr("Rest"), name, self.tr("Label"))

        def work(job: Job) -> tuple[State, Solved, int]:
            job.report(-1.0)
            frames = before.analysis.frames(len(recording.samples))
            state, inside = marked(before, labels, run, recording.rate, frames, words)
            solved = Solved()
            solved.model(state, runs)
            return state, solved, inside

        def done(made: tuple[State, Solved, int]) -> None:
            state, solved, inside = made
            if document.recording is not recording:
                return
            if document.recorded_state is not before:
                # Something was done meanwhile: they are laid over that.
                self._mark(recording, name, labels, run)
                return
            if not inside:
                self._notices.trouble(self.tr("No label of “{0}” lies within the recording.").format(name))
                return
            document.take_solved(solved)
            document.act(self.tr("Labels of {0}").format(name), state)
            said = self.tr("Marks: {0}, in the list of marks").format(inside)
            if inside < len(labels):
                said += self.tr("; labels that lie outside of the recording: {0}").format(len(labels) - inside)
            self._notices.say(said)

        self._runner.run(self.tr("Placing labels"), work, done, self._notices.trouble, key="labels")

    def _give_up(self) -> None:
        if self._waiting is not None:
            self._waiting = None
            self._notices.refuse(
                self.tr("The recording was not listened to the end, so the labels are not there; import them again.")
            )

    def _forget(self) -> None:
        self._waiting = None

    # -- onsets ----------------------------------------------------------------------------------------

    def read_as_onsets(self, path: Path) -> None:
        """A new stack with a layer for each word, which begins to sound where its labels begin, for Factorise."""
        recording = self._document.recording

        def done(labels: list[Label]) -> None:
            words = list(dict.fromkeys(each.text or path.stem for each in labels))
            most = int(RANGES["components"][1]) - REST
            if len(words) > most:
                text = self.tr("The file has {0} different labels, and at most {1} fit; take fewer.")
                self._notices.trouble(text.format(len(words), most))
                return
            state = self._document.recorded_state
            state = new_stack(state, numbered(path.stem, {stack.name for stack in state.stacks}))
            for word in words:
                state, layer = add_layer(state, word)
                part = state.layers[layer_index(state, layer)].parts[0].id
                seconds = {each.begin for each in labels if (each.text or path.stem) == word}
                state = known_acts.tell(state, Onsets(part, tuple(sorted(seconds))))
            self._document.act(self.tr("Onsets of {0}").format(path.stem), state)
            self._wishes.make_room(len(words))
            said = self.tr("Onsets: {0}, layers: {1}; Factorise finds {2} components, these and others")
            self._notices.say(said.format(len(labels), len(words), self._wishes.settings.components))

        if recording is not None:
            self._read(path, done)

    # -- markers ---------------------------------------------------------------------------------------

    def read_as_markers(self, path: Path) -> None:
        """Every label is a marker, or a region where it has a length."""
        recording = self._document.recording

        def done(labels: list[Label]) -> None:
            assert recording is not None
            if len(labels) > MOST_MARKERS:
                text = self.tr("The file has {0} labels, and at most {1} can be markers; take fewer.")
                self._notices.trouble(text.format(len(labels), MOST_MARKERS))
                return
            nameless, length = self.tr("Label"), recording.duration
            markers = [
                Marker(each.text or nameless, max(each.begin, 0.0), min(max(each.end, each.begin, 0.0), length))
                for each in labels
                if each.begin <= length and each.end >= 0
            ]
            if not markers:
                self._notices.trouble(self.tr("No label of “{0}” lies within the recording.").format(path.stem))
                return
            state = marker_acts.add(self._document.recorded_state, markers)
            self._document.act(self.tr("Markers of {0}").format(path.stem), state)
            said = self.tr("Markers: {0}").format(len(markers))
            if len(markers) < len(labels):
                outside = len(labels) - len(markers)
                said += self.tr("; labels that lie outside of the recording: {0}").format(outside)
            self._notices.say(said)

        if recording is not None:
            self._read(path, done)

    def _read(self, path: Path, done: Callable[[list[Label]], None]) -> None:
        recording = self._document.recording
        if recording is None:
            return

        def read(labels: list[Label]) -> None:
            if self._document.recording is recording:
                done(labels)

        self._runner.run(
            self.tr("Reading labels"), lambda job: read_labels(path), read, self._notices.trouble, key="labels"
        )


@dataclass(frozen=True)
class Words:
    """The user's words for what is made of labels: stack, rest, source of those without a text, and mark."""

    stack: str
    rest: str
    nameless: str
    mark: str


def marked(
    state: State, labels: Sequence[Label], run: int, rate: float, frames: int, words: Words
) -> tuple[State, int]:
    """A state with a mark for each label that lies within the recording, and how many these are.

    Parameters
    ----------
    run : int
        Number of the run whose components the sources share, where the present stack is none of sources.
    frames : int
        N.

    Raises
    ------
    UserError
        `document.source_is_locked`.
    """
    analysis = state.analysis
    if state.marks is None:
        state = begin_sources(state, run, words.stack, words.rest)
    inside = 0
    for each in labels:
        region = region_of(each, analysis, rate, frames)
        if region.bins_held:
            state, layer = source_named(state, each.text or words.nameless)
            state = add_mark(state, layer, rectangle(region, analysis.bins, frames), name=words.mark)
            inside += 1
    return state, inside


def region_of(label: Label, analysis: Analysis, rate: float, frames: int) -> Region:
    """The bins and frames that a label speaks of, at least one of each; none where it lies outside of the recording."""
    start, stop = analysis.frames_of(label.begin, label.end, rate)
    low = 0 if label.low is None else analysis.bin_at(label.low, rate)
    high = analysis.bins if label.high is None else analysis.bin_at(label.high, rate) + 1
    return Region(low, max(high, low + 1), start, max(stop, start + 1)).clipped(analysis.bins, frames)
