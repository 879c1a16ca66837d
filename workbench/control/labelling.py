"""Labels that somebody wrote to a recording: they become marks of sources, or onsets that Factorise begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from workbench.audio.recording import Recording
from workbench.control.acting import numbered
from workbench.control.components import Components
from workbench.control.notices import Notices
from workbench.control.wishes import Wishes
from workbench.document.acts import known as known_acts
from workbench.document.acts.layers import add_layer, layer_index
from workbench.document.acts.sources import add_mark, begin_sources, source_named
from workbench.document.acts.stacks import new_stack
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.exchange.labels import read_labels
from workbench.jobs.runner import Runner
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.separation.known import Onsets
from workbench.separation.labels import Label
from workbench.separation.settings import RANGES
from workbench.spectral.stft import Analysis

REST = 6
"""Components for all else that are asked for at the least beside those of the labels."""
MOST_MARKS = 1000
"""More would take the masks minutes to follow."""


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
            self._mark(name, labels, run)

    def _mark(self, name: str, labels: Sequence[Label], run: int) -> None:
        document, recording = self._document, self._document.recording
        assert recording is not None
        state, analysis = document.recorded_state, document.state.analysis
        frames = analysis.frames(len(recording.samples))
        places = [(each, region_of(each, analysis, recording.rate, frames)) for each in labels]
        inside = [(each, region) for each, region in places if region.bins_held]
        if not inside:
            self._notices.trouble(self.tr("No label of “{0}” lies within the recording.").format(name))
            return
        try:
            if state.marks is None:
                title = numbered(self.tr("Sources"), {stack.name for stack in state.stacks})
                state = begin_sources(state, run, title, self.tr("Rest"))
            for each, region in inside:
                state, layer = source_named(state, each.text or name)
                place = rectangle(region, analysis.bins, frames)
                state = add_mark(state, layer, place, name=self.tr("Label"))
        except UserError as reason:
            self._notices.refuse(reason)
            return
        document.act(self.tr("Labels of {0}").format(name), state)
        words = len({each.text for each, _ in inside})
        said = self.tr("Marks: {0}, sources: {1}, in the list of marks").format(len(inside), words)
        if len(inside) < len(places):
            said += self.tr("; {0} labels lie outside of the recording").format(len(places) - len(inside))
        self._notices.say(said)

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
            self._wishes.set(components=max(self._wishes.settings.components, len(words) + REST))
            said = self.tr("Onsets: {0}, layers: {1}; Factorise finds {2} components, these and others")
            self._notices.say(said.format(len(labels), len(words), self._wishes.settings.components))

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


def region_of(label: Label, analysis: Analysis, rate: float, frames: int) -> Region:
    """The bins and frames that a label speaks of, at least one of each; none where it lies outside of the recording."""
    start, stop = analysis.frames_of(label.begin, label.end, rate)
    low = 0 if label.low is None else analysis.bin_at(label.low, rate)
    high = analysis.bins if label.high is None else analysis.bin_at(label.high, rate) + 1
    return Region(low, max(high, low + 1), start, max(stop, start + 1)).clipped(analysis.bins, frames)
