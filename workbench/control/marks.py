"""Acts on the marks that were made, and what each of them comes to."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF

from workbench.control.acting import Acting
from workbench.control.notices import Notices
from workbench.control.plane import Plane
from workbench.document.acts.sources import change_mark, edits_as_marks, marks_as_edits, remove_mark
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import moved
from workbench.masks.insight.claims import claimed
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors
from workbench.progress import part

LARGEST, NEAR = 90.0, 3.0
"""Pixels of a mark that is moved by a drag, and around it; a drag within a larger one is another stroke."""
CLICKED = 1000
"""Bins × frames of an area that is moved however large it is on the screen: more than a click has, in any window."""


class MarkActs(QObject):
    """Weighs, gives to another source, turns round and takes back."""

    def __init__(
        self,
        document: Document,
        plane: Plane,
        acting: Acting,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._plane, self._acting = document, plane, acting
        self._runner, self._notices = runner, notices

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Those of the present stack, in the order in which they were made; a mark of what is gone is none."""
        there = {part for layer in self._document.layers for part in layer.part_ids}
        return tuple(mark for mark in self._document.state.marks or () if mark.source in there)

    def source_of(self, mark: Mark) -> Layer | None:
        """The layer that a mark speaks of."""
        return next((layer for layer in self._document.layers if mark.source in layer.part_ids), None)

    def remove(self, mark: Mark) -> None:
        """Take it back."""
        self._acting.do(self.tr("Take a mark back"), lambda state: remove_mark(state, mark.id))

    def weigh(self, mark: Mark, weight: float) -> None:
        """How sure it is, 0 … 1; while a slider moves one act."""
        name = self.tr("Weight of a mark")
        self._acting.do(name, lambda state: change_mark(state, mark.id, weight=weight), f"mark {mark.id}")

    def weighed(self) -> None:
        """The slider was let go: what follows is another act."""
        self._document.seal()

    def give(self, mark: Mark, layer: Layer) -> None:
        """It speaks of another source."""
        part = next((part for part in layer.parts if part.component is not None), None)
        if part is not None:
            name = self.tr("Give a mark to {0}").format(layer.name)
            self._acting.do(name, lambda state: change_mark(state, mark.id, source=part.id))

    def at(self, point: QPointF) -> Mark | None:
        """The mark whose outline holds a point of the canvas: the newest, and none that is larger than a click's and
        than `LARGEST`."""
        for mark in reversed(self.marks):
            place, rect = mark.place, self._plane.rect_of(mark.place.bounds)
            clicked = isinstance(place, Area) and place.bounds.bins_held <= CLICKED
            small = clicked or max(rect.width(), rect.height()) <= LARGEST
            if small and rect.adjusted(-NEAR, -NEAR, NEAR, NEAR).contains(point):
                return mark
        return None

    def move(self, mark: Mark, bins: int, frames: int, done: bool) -> None:
        """Show it so many bins higher and frames later, or do so."""
        document, place = self._document, mark.shifted(bins, frames).place
        if not done:
            document.preview(change_mark(document.recorded_state, mark.id, place=place))
        elif place and (bins or frames):
            self._acting.do(self.tr("Move a mark"), lambda state: change_mark(state, mark.id, place=place))
        else:
            document.end_preview()

    def turn(self, mark: Mark) -> None:
        """What sounds here is the source, or is not."""
        self._acting.do(self.tr("Turn a mark round"), lambda state: change_mark(state, mark.id, denies=not mark.denies))

    def turn_edits(self) -> None:
        """Say by marks what edits of this stack did, so that it counts for all that sounds alike."""
        document = self._document
        state, stack = document.recorded_state, document.recorded_stack
        if state.marks is None:
            self._notices.refuse(self.tr("Marks are of sources: point at a sound first (Shift+P), then edit its mask."))
        elif not state.edits:
            self._notices.refuse(self.tr("There are no edits to turn into marks."))
        else:
            sources = [(i, layer.id) for i, layer in enumerate(state.layers) if layer.components and not layer.locked]

            def work(job: Job) -> dict[int, Area]:
                whole = len(sources)
                return {
                    layer: claimed(stack, i, part(job.report, n / whole, (n + 1) / whole))
                    for n, (i, layer) in enumerate(sources)
                }

            def done(places: dict[int, Area]) -> None:
                if document.recorded_state is state:
                    self._acting.do(self.tr("Turn edits into marks"), lambda now: edits_as_marks(now, places))
                else:
                    self._notices.refuse(self.tr("The masks were changed meanwhile; ask again."))

            name = self.tr("Reading the edits")
            self._runner.run(name, work, done, self._notices.trouble, key="claims")

    def turn_marks(self) -> None:
        """Fill by edits what the marks say: it holds there, and nowhere else."""
        if not self.marks:
            self._notices.refuse(self.tr("There are no marks to turn into edits."))
            return
        self._acting.do(self.tr("Turn marks into edits"), marks_as_edits)

    def effect(self, mark: Mark) -> float | None:
        """The share of the sound's energy that a mark moved, 0 … 1; None before there are components."""
        state, run = self._document.state, self._document.run
        if run is None or not isinstance(run.factors, Factors) or state.marks is None:
            return None
        without = state.with_present(marks=tuple(each for each in state.marks if each is not mark))
        sources_of, power = self._document.sources_of, run.settings.power
        return moved(sources_of(run.factors, power, without), sources_of(run.factors, power, state))
