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
from workbench.masks.insight.similar import repeated, similar_events
from workbench.masks.insight.sounds import sound_at
from workbench.masks.model.grid import Region

MOST_AT_ONCE = 3_000_000
"""Bins up to which an area is made while the hand waits."""


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
            self._selection.set_area(everything(stack.bins, stack.frames), self.tr("Select all"))

    def deselect(self) -> None:
        """Nothing is selected, and all plays."""
        self._selection.set_area(None)

    def invert(self) -> None:
        """What was not selected."""
        area = self._selection.area
        if area is None:
            self.select_all()
        else:
            name, step = self.tr("Inverting the selection"), self.tr("Invert the selection")
            self._find(name, step, lambda _: area.inverted(), Join.NEW)

    def reshape(self, how: Reshape, amount: int) -> None:
        """Grow, shrink or feather by bins and frames, or add so many harmonics of the selection."""
        area = self.wanted()
        if area is None:
            return
        name, step, work = {
            Reshape.GROW: (self.tr("Growing the selection"), self.tr("Grow the selection"), area.grown),
            Reshape.SHRINK: (self.tr("Shrinking the selection"), self.tr("Shrink the selection"), area.shrunk),
            Reshape.FEATHER: (self.tr("Feathering the selection"), self.tr("Feather the selection"), area.feathered),
            Reshape.OVERTONES: (self.tr("Finding harmonics"), self.tr("Add harmonics"), area.overtones),
        }[how]
        self._find(name, step, lambda _: work(amount), Join.NEW)

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
        others = self._selection.rivals
        name = self.tr("Finding where {0} dominates").format(source.name)
        step = self.tr("Select where {0} dominates").format(source.name)
        self._find(name, step, lambda job: dominated(stack, chosen, others, within, job.report), join)

    def select_alike(
        self, place: tuple[float, float], join: Join, like: Likeness, tolerance: float, connected: bool
    ) -> None:
        """What is like a place (second, axis position), within what is in view: the magic wand."""
        stack, region = self._document.stack, self._plane.region_between(place, place)
        within = self._plane.region_in_view.joined(region)
        self._find(
            self.tr("Finding what is alike"),
            self.tr("Select what is alike"),
            lambda _: alike(stack, region.low, region.start, within, like, tolerance, connected),
            join,
        )

    def select_sound(
        self, place: tuple[float, float], near: Region, join: Join, fall: float, with_harmonics: bool
    ) -> None:
        """The partial or the onset at a place, to its ends, in view or not.

        Parameters
        ----------
        place : (float, float)
            Second and axis position.
        near : Region
            How far the hand may be off.
        fall : float
            By how many dB it may fall below its loudest moment.
        with_harmonics : bool
            Of a partial, its harmonics too.
        """
        recording, stack = self._document.recording, self._document.stack
        if recording is None:
            return
        analysis, rate = self._document.state.analysis, recording.rate
        at = self._plane.bin_at(place[1]), self._plane.frame_at(place[0])
        self._find(
            self.tr("Following the sound"),
            self.tr("Select a sound"),
            lambda job: sound_at(stack, at, near, fall, with_harmonics, analysis, rate, job.report),
            join,
        )

    def add_similar(self, least: float) -> None:
        """Where else the recording sounds as in what is selected; the places join the selection.

        Parameters
        ----------
        least : float
            The correlation from which on a place counts as like it, 0 … 1.
        """
        area = self.wanted()
        if area is None:
            return
        if self._selection.frames is None:
            self._notices.refuse(self.tr("Select one event first: all of time is selected, so there is no other."))
            return
        stack, analysis = self._document.stack, self._document.state.analysis
        found: list[int] = []

        def work(job: Job) -> Area:
            found[:] = similar_events(stack, area, least, analysis, job.report)
            return repeated(area, found)

        def told() -> str:
            if not found:
                return self.tr("Nothing else is as like it as that; try a lower likeness")
            return self.tr("{0} similar events found").format(len(found))

        self._find(self.tr("Looking for similar events"), self.tr("Add similar events"), work, Join.NEW, told)

    def select_drawn(self, make: Callable[[], Area], bins: int, join: Join, step: str = "") -> None:
        """What was drawn or remembered, around so many bins, as a step of a name of its own or of the usual one."""
        step = (
            step
            or {
                Join.NEW: self.tr("Select"),
                Join.ADD: self.tr("Add to the selection"),
                Join.SUBTRACT: self.tr("Subtract from the selection"),
                Join.INTERSECT: self.tr("Intersect with the selection"),
            }[join]
        )
        if bins > MOST_AT_ONCE:
            self._find(self.tr("Selecting"), step, lambda _: make(), join)
        else:
            self._selection.set_area(joined(self._document.recorded_state.area, make(), join), step)

    def select_placed(
        self, make: Callable[[], Area], bins: int, step: str, merge: str | None, made: Callable[[Area], None]
    ) -> Job | None:
        """What was selected, taken elsewhere; answers the job that finds it where there are many bins.

        Parameters
        ----------
        make : callable
            Gives the area.
        bins : int
            About how many bins are looked at.
        step : str
            Name of the step.
        merge : str or None
            As in `Document.act`.
        made : callable
            Is told the area before it is selected.
        """
        selection, before = self._selection, self._selection.area

        def done(area: Area) -> None:
            if selection.area is not before:
                return
            if area:
                made(area)
                selection.set_area(area, step, merge)
            else:
                self._notices.refuse(self.tr("Nothing would be left of the selection there."))

        def work(_: Job) -> Area:
            area = make()
            # Known from here on, so that the window need not look for them.
            assert area.bounds is not None
            return area

        if bins > MOST_AT_ONCE:
            return self._runner.run(self.tr("Selecting"), work, done, self._notices.trouble, key="area")
        done(make())
        return None

    def settled(self, act: Callable[[], object]) -> None:
        """Do something with what is selected, when what was drawn or moved last is."""
        job = next((each for each in self._runner.jobs if each.key == "area" and not each.superseded), None)
        if job is None:
            act()
        else:
            job.ended.connect(act)

    def wanted(self) -> Area | None:
        """What is selected; where that is nothing, it is asked for."""
        if self._selection.area is None and self._document.recording is not None:
            self._notices.refuse(self.tr("Select something first: drag with a selection tool (V, R, Q, P, U or W)."))
        return self._selection.area

    def _find(
        self, name: str, step: str, work: Callable[[Job], Area], join: Join, told: Callable[[], str] = lambda: ""
    ) -> None:
        """Find an area as a job and join it with what is selected, as a step; `told` is what is then said."""
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
                remark = told() if found else self.tr("Nothing of the kind was found")
                if remark:
                    self._notices.say(remark)
                selection.set_area(area, step if area else "")

        self._runner.run(name, whole, done, self._notices.trouble, key="area")
