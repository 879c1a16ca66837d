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

    def get_out(self) -> None:
        """Find the sound that is selected of time and frequency, or painted into the present layer, everywhere."""
        document, recording = self._document, self._document.recording
        if recording is None:
            return
        stack, analysis = document.recorded_stack, document.state.analysis
        area, layer = self._selection.area, self._painted()
        if area is None and layer is None:
            self._notices.refuse(
                self.tr(
                    "Select some of the sound first, with the wand (W) or any other tool, or paint it into a layer."
                )
            )
            return
        name = self._name(layer if area is None else None)
        find = self._example(area, layer)

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

    def _name(self, layer: Layer | None) -> str:
        """What the sound will be called: as the painted layer is, else by a number."""
        if layer is not None:
            return layer.name
        taken = {each.name for stack in self._document.recorded_state.stacks for each in stack.layers}
        return first_free(self.tr("Sound {0}"), taken)

    def _example(self, area: Area | None, layer: Layer | None) -> Callable[[Progress], Area]:
        """How to find where the sound is an example of itself."""
        if area is not None:
            return lambda _: area
        stack = self._document.recorded_stack
        index = stack.layers.index(layer) if layer is not None else 0
        rivals = [[i] for i in range(len(stack.layers)) if i != index]
        return lambda progress: dominated(stack, [index], rivals, Region(0, stack.bins, 0, stack.frames), progress)

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
