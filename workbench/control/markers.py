"""Markers and regions: moments and spans of the recording with names, to find one's way back to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from workbench.control.acting import Acting, first_free
from workbench.control.areas import AreaActs
from workbench.control.notices import Notices
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.control.viewport import Viewport
from workbench.document.acts import markers as marker_acts
from workbench.document.document import Document
from workbench.document.state import Marker
from workbench.masks.edits.areas import Join, rectangle
from workbench.masks.model.grid import Region
from workbench.spectral.axes import clock

AROUND = 0.08
"""Share of a region that is seen on either side of it."""
REACH = 0.5
"""Seconds after a marker within which going back, while it plays, goes to the one before it."""
SAME = 1e-3
"""Seconds within which the playhead stands on a marker."""


class Markers(QObject):
    """What is done with markers; each act is a step, and all are saved with the project."""

    changed = Signal()
    """Others are there, or another one is chosen."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        viewport: Viewport,
        playback: Playback,
        acting: Acting,
        areas: AreaActs,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._viewport = document, selection, viewport
        self._playback, self._acting, self._areas, self._notices = playback, acting, areas, notices
        self._chosen: Marker | None = None
        for signal in (document.markers_changed, document.opened):
            signal.connect(self.changed)

    @property
    def entries(self) -> tuple[Marker, ...]:
        """All of them, from left to right."""
        return self._document.state.markers

    @property
    def chosen(self) -> Marker | None:
        """The one that keys work on."""
        return self._chosen if self._chosen in self.entries else None

    def choose(self, marker: Marker | None) -> None:
        """Make it the one that keys work on."""
        if marker is not self._chosen:
            self._chosen = marker
            self.changed.emit()

    # -- making and changing ---------------------------------------------------------------------------

    def add(self, second: float | None = None) -> None:
        """A marker at a second; by default where the playhead stands, or at what is heard."""
        if self._document.recording is not None:
            at = self._playback.heard if second is None else second
            there = next((each for each in self.entries if not each.is_region and abs(each.begin - at) < SAME), None)
            if there is not None:
                # A second one would lie under it.
                self.choose(there)
                self._notices.say(self.tr("“{0}” is there already").format(there.name))
                return
            name = self._free(self.tr("Marker {0}"))
            self._add(name, at, at, self.tr("Add “{0}”").format(name))

    def add_region(self) -> None:
        """A region of the time that is selected."""
        self._areas.settled(self._add_region)

    def _add_region(self) -> None:
        if self._areas.wanted() is None:
            return
        seconds = self._selection.seconds or (0.0, self._viewport.duration)
        name = self._free(self.tr("Region {0}"))
        self._add(name, *seconds, self.tr("Add “{0}”").format(name))

    def rename(self, marker: Marker, name: str) -> None:
        """Give it another name."""
        name = name.strip()
        if marker in self.entries and name and name != marker.name:
            self._put(marker, replace(marker, name=name), self.tr("Rename “{0}”").format(marker.name))

    def move(self, marker: Marker, begin: float, end: float) -> Marker:
        """Put it elsewhere, within the recording; answers what it is now. One step until `let_go`."""
        duration = self._viewport.duration
        begin = min(max(begin, 0.0), duration)
        moved = replace(marker, begin=begin, end=min(max(end, begin), duration))
        if marker not in self.entries or (moved.begin, moved.end) == (marker.begin, marker.end):
            return marker
        self._put(marker, moved, self.tr("Move “{0}”").format(marker.name), "marker")
        return moved

    def let_go(self) -> None:
        """The hand has moved it to where it belongs."""
        self._document.seal()

    def take_away(self, marker: Marker) -> None:
        """Remove it; undo brings it back."""
        if marker in self.entries:
            title = self.tr("Remove “{0}”").format(marker.name)
            self._acting.do(title, lambda state: marker_acts.take_away(state, marker))

    # -- going there -----------------------------------------------------------------------------------

    def go_to(self, marker: Marker) -> None:
        """The playhead goes there, and the view where it is not in sight; the time of a region is selected."""
        recording = self._document.recording
        if recording is None or marker not in self.entries:
            return
        self.choose(marker)
        self._playback.seek(marker.begin)
        v = self._viewport
        v.reveal(marker.begin, marker.end, v.low, v.high)
        if marker.is_region:
            stack, analysis = self._document.stack, self._document.state.analysis
            start, stop = analysis.frames_of(marker.begin, marker.end, recording.rate)
            region = Region(0, stack.bins, start, max(stop, start + 1)).clipped(stack.bins, stack.frames)
            make, title = partial(rectangle, region, stack.bins, stack.frames), self.tr("Select “{0}”")
            self._areas.select_drawn(make, region.bins_held, Join.NEW, title.format(marker.name))

    def zoom_to(self, marker: Marker) -> None:
        """A region fills the view; a marker is in its middle."""
        v = self._viewport
        more = AROUND * (marker.end - marker.begin) if marker.is_region else v.span / 2
        v.show_time(marker.begin - more, marker.end + more)

    def step(self, by: int) -> None:
        """To the next marker (1) or the one before (−1), as seen from the playhead."""
        at, playing = self._playback.heard, self._playback.playing
        if by > 0:
            found = next((each for each in self.entries if each.begin > at + SAME), None)
        else:
            before = at - (REACH if playing else SAME)
            found = next((each for each in reversed(self.entries) if each.begin < before), None)
        if found is None:
            self._notices.say(self.tr("There is no marker there"))
            return
        self.choose(found)
        self._playback.seek(found.begin)
        v = self._viewport
        v.reveal(found.begin, found.begin, v.low, v.high)

    # --------------------------------------------------------------------------------------------------

    def _free(self, pattern: str) -> str:
        return first_free(pattern, {each.name for each in self.entries})

    def _add(self, name: str, begin: float, end: float, title: str) -> None:
        duration = self._viewport.duration
        marker = Marker(name, min(max(begin, 0.0), duration), min(max(end, 0.0), duration))
        if self._acting.do(title, lambda state: marker_acts.add(state, [marker])):
            self.choose(marker)
            # It may be out of sight.
            self._notices.say(self.tr("{0} at {1}").format(name, clock(marker.begin)))

    def _put(self, marker: Marker, another: Marker, title: str, merge: str | None = None) -> None:
        chosen = self._chosen is marker
        if self._acting.do(title, lambda state: marker_acts.put(state, marker, another), merge) and chosen:
            self.choose(another)
