"""Acts on the selection of time and frequency."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import Join, everything, joined
from workbench.masks.insight.finding import Likeness, alike, dominated
from workbench.masks.model.grid import Region


class Reshape(StrEnum):
    """How an area is made another."""

    GROW = "grow"
    SHRINK = "shrink"
    FEATHER = "feather"
    OVERTONES = "overtones"


class AreaActs(QObject):
    """Changes the selected area; what takes long is a job, whose result is dropped where the selection is another."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        runner: Runner,
        plane: Plane,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._runner = document, selection, runner
        self._plane, self._notices = plane, notices

    def select_all(self) -> None:
        """All of time and frequency."""
        if self._document.recording is not None:
            stack = self._document.stack
            self._selection.set_area(everything(stack.bins, stack.frames))

    def deselect(self) -> None:
        """Nothing is selected, and all plays."""
        self._selection.set_area(None)

    def invert(self) -> None:
        """What was not selected."""
        area = self._selection.area
        if area is None:
            self.select_all()
        else:
            self._find(self.tr("Inverting the selection"), lambda _: area.inverted(), Join.NEW)

    def reshape(self, how: Reshape, amount: int) -> None:
        """Grow, shrink or feather by bins and frames, or add so many harmonics of the selection."""
        area = self.wanted()
        if area is None:
            return
        name, work = {
            Reshape.GROW: (self.tr("Growing the selection"), area.grown),
            Reshape.SHRINK: (self.tr("Shrinking the selection"), area.shrunk),
            Reshape.FEATHER: (self.tr("Feathering the selection"), area.feathered),
            Reshape.OVERTONES: (self.tr("Finding harmonics"), area.overtones),
        }[how]
        self._find(name, lambda _: work(amount), Join.NEW)

    def select_dominated(self) -> None:
        """Where the layer holds more than any other, or the group more than any other group or layer in none.

        Within what is selected, if anything is.
        """
        source, area, chosen = self._selection.source, self._selection.area, self._selection.shown_indices
        if self._document.recording is None or source is None:
            return
        stack = self._document.stack
        join = Join.NEW if area is None else Join.INTERSECT
        within = Region(0, stack.bins, 0, stack.frames) if area is None else area.bounds
        rivals: dict[int, list[int]] = {}
        for i, each in enumerate(stack.layers):
            if i not in chosen:
                rivals.setdefault(each.group if self._selection.group and each.group else -i, []).append(i)
        others = tuple(rivals.values())
        name = self.tr("Finding where {0} dominates").format(source.name)
        self._find(name, lambda job: dominated(stack, chosen, others, within, job.report), join)

    def select_alike(
        self, place: tuple[float, float], join: Join, like: Likeness, tolerance: float, connected: bool
    ) -> None:
        """What is like a place (second, axis position), within what is in view: the magic wand."""
        stack, region = self._document.stack, self._plane.region_between(place, place)
        within = self._plane.region_in_view.joined(region)
        self._find(
            self.tr("Finding what is alike"),
            lambda _: alike(stack, region.low, region.start, within, like, tolerance, connected),
            join,
        )

    def select_drawn(self, make: Callable[[], Area], join: Join) -> None:
        """What was drawn around very many bins."""
        self._find(self.tr("Selecting"), lambda _: make(), join)

    def wanted(self) -> Area | None:
        """What is selected; where that is nothing, it is asked for."""
        if self._selection.area is None and self._document.recording is not None:
            self._notices.refuse(self.tr("Select something first: drag with a selection tool (V, R, Q, P, U or W)."))
        return self._selection.area

    def _find(self, name: str, work: Callable[[Job], Area], join: Join) -> None:
        document, selection = self._document, self._selection
        before, recording, analysis = selection.area, document.recording, document.state.analysis

        def whole(job: Job) -> tuple[Area, Area]:
            found = work(job)
            area = joined(before, found, join)
            # Known from here on, so that the window need not look for them.
            assert area.bounds is not None
            return found, area

        def done(made: tuple[Area, Area]) -> None:
            # Not over what the user selected meanwhile, nor on another recording.
            if selection.area is before and document.recording is recording and document.state.analysis == analysis:
                found, area = made
                if not found:
                    self._notices.say(self.tr("Nothing of the kind was found"))
                selection.set_area(area)

        self._runner.run(name, whole, done, self._notices.trouble, key="area")
