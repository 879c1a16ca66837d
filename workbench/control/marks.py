"""Acts on the marks that were made."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, Signal

from workbench.control.acting import Acting
from workbench.control.notices import Notices
from workbench.control.plane import Plane
from workbench.document.acts.sources import (
    change_mark,
    check_unlocked,
    edits_as_marks,
    marks_as_edits,
    remove_mark,
    said_of,
)
from workbench.document.changes import same_work
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import REST
from workbench.masks.insight.claims import claimed
from workbench.masks.model.layers import Layer
from workbench.progress import part

LARGEST, NEAR = 90.0, 3.0
"""Pixels of a mark that is moved by a drag, and around it; a drag within a larger one is another stroke."""
CLICKED = 1000
"""Bins × frames of an area that is moved however large it is on the screen: more than a click has, in any window."""


class MarkActs(QObject):
    """Weighs, gives to another source, turns round and takes back."""

    grabbed = Signal(object)
    """The Mark that the hand begins to move."""

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
        """Take it back; a source that nothing else was said of or done to goes with it, and that is said."""
        layer = self.source_of(mark)
        if self._acting.do(self.tr("Take a mark back"), lambda state: remove_mark(state, mark.id)):
            self._tell_left(layer)

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
            former = self.source_of(mark)
            if self._acting.do(name, lambda state: change_mark(state, mark.id, source=part.id)):
                self._tell_left(former)

    def at(self, point: QPointF) -> Mark | None:
        """The mark whose outline holds a point of the canvas: the newest, and none that is larger than a click's and
        than `LARGEST`."""
        marks = self.marks
        left, top, right, bottom = self._plane.edges_of([mark.place.bounds for mark in marks]).T
        near = (left - NEAR <= point.x()) & (point.x() <= right + NEAR)
        near &= (top - NEAR <= point.y()) & (point.y() <= bottom + NEAR)
        small = (right - left <= LARGEST) & (bottom - top <= LARGEST)
        return next((marks[i] for i in np.flatnonzero(near)[::-1] if small[i] or _is_of_click(marks[i])), None)

    def grab(self, mark: Mark) -> bool:
        """Take one into the hand, to move it; answers whether its source is not locked, and says so where it is."""
        layer = self.source_of(mark)
        try:
            if layer is not None:
                check_unlocked(layer)
        except UserError as reason:
            self._notices.refuse(reason)
            return False
        self.grabbed.emit(mark)
        return True

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
        name = self.tr("Turn a mark round")
        if self._acting.do(name, lambda state: change_mark(state, mark.id, denies=not mark.denies)):
            self._tell_left(self.source_of(mark))

    def _tell_left(self, layer: Layer | None) -> None:
        """Say what became of a source of which nothing may be said any more."""
        state = self._document.state
        if layer is None or REST in layer.components or said_of(state, layer):
            return
        if all(each.id != layer.id for each in state.layers):
            self._notices.say(self.tr("“{0}” went with its only mark").format(layer.name))
        else:
            text = self.tr("“{0}” is empty: nothing says where it sounds. Select it and click there, or delete it.")
            self._notices.say(text.format(layer.name))

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
                if same_work(state, document.recorded_state):
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


def _is_of_click(mark: Mark) -> bool:
    return isinstance(mark.place, Area) and mark.place.bounds.bins_held <= CLICKED
