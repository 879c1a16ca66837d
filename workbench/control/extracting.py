"""Getting a sound out: from what is selected or painted to two layers, the sound and the rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from workbench.control.acting import first_free, numbered
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area
from workbench.masks.edits.edits import painted_parts
from workbench.masks.insight.finding import dominated
from workbench.masks.insight.sounds import sound_at
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer
from workbench.progress import Progress, part
from workbench.separation.extraction import COMPONENTS, ITERATIONS, SEED, Extraction, extract
from workbench.separation.settings import RunSettings


class Extracting(QObject):
    """Puts the two layers into a stack of their own, so that nothing of the present one is lost."""

    def __init__(
        self, document: Document, selection: Selection, runner: Runner, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection
        self._runner, self._notices = runner, notices

    @property
    def has_example(self) -> bool:
        """Whether something is selected of time and frequency, or painted into the present layer."""
        return self._selection.area is not None or self._painted() is not None

    def get_out(self) -> None:
        """Find the sound that is selected of time and frequency, or painted into the present layer, everywhere."""
        area, layer = self._selection.area, self._painted()
        if area is not None:
            self._start(self._free_name(), lambda _: area)
        elif layer is not None:
            stack = self._document.recorded_stack
            index, whole = stack.layers.index(layer), Region(0, stack.bins, 0, stack.frames)
            rivals = [[i] for i in range(len(stack.layers)) if i != index]
            self._start(layer.name, lambda progress: dominated(stack, [index], rivals, whole, progress))
        elif self._document.recording is not None:
            self._notices.refuse(self.tr("Point at the sound, or select some of it with any tool, or paint it first."))

    def get_out_at(self, place: tuple[int, int], near: Region, fall: float) -> None:
        """Find the sound at a place everywhere: the tone or the attack there is the example.

        Parameters
        ----------
        place, near, fall
            As of `sound_at`.
        """
        recording = self._document.recording
        if recording is not None:
            stack, analysis = self._document.recorded_stack, self._document.state.analysis
            self._start(
                self._free_name(),
                lambda progress: sound_at(stack, place, near, fall, True, analysis, recording.rate, progress),
            )

    def _start(self, name: str, find: Callable[[Progress], Area]) -> None:
        """Get a sound out by the example that is found."""
        document, recording = self._document, self._document.recording
        assert recording is not None
        stack, analysis = document.recorded_stack, document.state.analysis

        def work(job: Job) -> Extraction:
            example = find(part(job.report, 0.0, 0.05))
            return extract(recording, stack, example, analysis, part(job.report, 0.05, 1.0))

        def done(found: Extraction) -> None:
            if document.recording is recording and document.state.analysis == analysis:
                self._put(name, found)

        title = self.tr("Getting out {0}").format(name)
        self._runner.run(title, work, done, self._notices.trouble, key="extract")

    def _painted(self) -> Layer | None:
        """The present layer, where something was painted into it."""
        layer, painted = self._selection.present, painted_parts(self._document.recorded_state.edits)
        return layer if layer is not None and painted & set(layer.part_ids) else None

    def _free_name(self) -> str:
        """What a sound is called that has no name yet."""
        taken = {each.name for stack in self._document.recorded_state.stacks for each in stack.layers}
        return first_free(self.tr("Sound {0}"), taken)

    def _put(self, name: str, found: Extraction) -> None:
        document = self._document
        rest = numbered(self.tr("Rest"), {name})
        names = [name] * found.sound + [rest] * (found.factors.components - found.sound)
        settings = RunSettings(components=COMPONENTS, iterations=ITERATIONS, seed=SEED)
        title = numbered(name, {stack.name for stack in document.recorded_state.stacks})
        act = self.tr("Get out {0}").format(name)
        document.put_model(act, settings, found.factors, names, act, stack=title)
        sound = next((layer for layer in document.layers if layer.name == name), None)
        if sound is not None:
            self._selection.select(sound.id)
        said = self.tr("{0} and the rest are layers of a new stack; {1} similar events helped")
        self._notices.say(said.format(name, found.events))
