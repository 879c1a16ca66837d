"""What the user listens to: the mix, the original, what was taken away; everywhere or in a part of the plane.

Nothing of the document changes with it, and there is nothing to undo.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from workbench.audio.scene import PLAIN, Ear, Hear, Scene
from workbench.control.playback import Audition
from workbench.control.tools import ToolSettings
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import compare_loudness
from workbench.masks.edits.areas import Area, of_plane, rectangle
from workbench.masks.edits.brush import coverage, covered
from workbench.masks.model.grid import Region
from workbench.ui.spectrogram.view import SpectrogramView

COMPARE_MS = 300
SPOT_SECONDS = 0.2
"""A brush that covers less time is heard over so much of it."""
SPOT_MS = 30
LEAST_HEARD = 16
"""Coverage, of 255, from which on a bin is heard under the brush."""


class Where(Enum):
    """In which part of time and frequency is listened."""

    EVERYWHERE = "everywhere"
    SELECTION = "selection"
    REST = "rest"
    BRUSH = "brush"


class Listening(QObject):
    """Holds the ear, and gives the player the scene as it is heard."""

    changed = Signal()
    """Something else is listened to."""
    refused = Signal(str)
    """Why that can't be heard."""

    def __init__(self, document: Document, runner: Runner, audition: Audition, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner, self._audition = document, runner, audition
        self._view: SpectrogramView | None = None
        self._tools: ToolSettings | None = None
        self.what, self.where = Hear.MIX, Where.EVERYWHERE
        self._alone: tuple[int, ...] = ()
        self._original_db = 0.0
        self._spot: Area | None = None
        self._ear = PLAIN
        self._held: tuple[Scene | None, Ear, Scene | None] = (None, PLAIN, None)
        self._comparing: Job | None = None
        self._compared: Scene | None = None
        self._asked = False
        """Whether the original was listened to: only then the loudness is measured beforehand."""
        self._compare_later = self._timer(COMPARE_MS, self._compare)
        self._spot_later = self._timer(SPOT_MS, self._move_spot)
        document.opened.connect(self._opened)
        document.area_changed.connect(self._area_changed)
        document.analysis_changed.connect(self._area_changed)
        audition.selection_changed.connect(lambda _: self._area_changed())
        audition.selection_changed.connect(lambda _: self._mix_changed())
        document.mix_changed.connect(self._mix_changed)
        document.masks_changed.connect(lambda _: self._mix_changed())

    def _timer(self, milliseconds: int, act: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def follow(self, view: SpectrogramView, tools: ToolSettings) -> None:
        """Know where the brush is."""
        self._view, self._tools = view, tools
        view.hovered.connect(lambda _: self._brush_moved())
        tools.changed.connect(self._brush_moved)

    def scene(self) -> Scene | None:
        """The scene as it is heard; from any thread."""
        scene, ear = self._document.scene, self._ear
        if scene is None or ear is PLAIN:
            return scene
        held = self._held
        if held[0] is not scene or held[1] is not ear:
            held = self._held = (scene, ear, replace(scene, ear=ear))
        return held[2]

    # -- choosing ------------------------------------------------------------------------------------

    def hear(self, what: Hear) -> None:
        """Listen to the mix, the original, or what was taken away; to the mix again where that is so already."""
        self.what = Hear.MIX if what is self.what else what
        self._asked = self._asked or self.what is Hear.ORIGINAL
        if self.what is Hear.ORIGINAL and (
            self._compare_later.isActive() or self._compared is not self._document.scene
        ):
            self._compare()
        self._refresh()

    def listen(self, where: Where) -> None:
        """Listen in a part of the plane; everywhere again where that is so already."""
        if where is self.where or where is Where.EVERYWHERE:
            self._leave_spot()
            self.where = Where.EVERYWHERE
        elif where in (Where.SELECTION, Where.REST) and self.selected_area() is None:
            self.refused.emit(self.tr("Nothing is selected; select some time or frequency first, then listen to it."))
        elif self._document.recording is not None:
            self._leave_spot()
            self.where = where
            if where is Where.BRUSH:
                self._move_spot()
        self._refresh()

    def walk_to(self, layers: tuple[int, ...]) -> None:
        """Hear only some layers, before all faders; none goes back to what was heard."""
        if self.where is Where.BRUSH:
            self._leave_spot()
            self.where = Where.EVERYWHERE
        self._alone = layers
        self._refresh()

    @property
    def ear(self) -> Ear:
        """What is heard."""
        return self._ear

    def described(self) -> str:
        """What is heard, in a few words."""
        what = {
            Hear.MIX: self.tr("the mix"),
            Hear.ORIGINAL: self.tr("the original"),
            Hear.REMOVED: self.tr("what is taken away"),
            Hear.LAYERS: self.tr("one layer"),
        }[self._ear.what]
        where = {
            Where.EVERYWHERE: "",
            Where.SELECTION: self.tr(", only the selection"),
            Where.REST: self.tr(", all but the selection"),
            Where.BRUSH: self.tr(", under the brush"),
        }[self.where]
        when = self.tr(", the span that loops") if self._audition.looped is not None else ""
        speed = self.tr(", at its own speed") if self._audition.speed != 1.0 else ""
        return what + where + when + speed

    def heard_samples(self) -> tuple[int, int | None]:
        """First and last sample of what plays: the span that loops, or everything."""
        recording, span = self._document.recording, self._audition.looped
        if recording is None or span is None:
            return 0, None
        start, stop = (round(second * recording.rate) for second in span)
        return max(0, start), min(stop, len(recording.samples))

    def selected_area(self) -> Area | None:
        """What is selected of time and frequency; of a span of time all frequencies."""
        document, span = self._document, self._audition.selection
        if document.recording is None or document.area is not None or span is None:
            return document.area
        analysis, stack, rate = document.state.analysis, document.stack, document.recording.rate
        first, last = (round(second * rate / analysis.hop) for second in span)
        return rectangle(Region(0, stack.bins, first, max(last, first + 1)), stack.bins, stack.frames)

    # -- following -----------------------------------------------------------------------------------

    def _refresh(self) -> None:
        if self._alone:
            ear = Ear(Hear.LAYERS, self._alone)
        else:
            area, outside = None, self.where is Where.REST
            if self.where in (Where.SELECTION, Where.REST):
                area = self.selected_area()
            elif self.where is Where.BRUSH:
                area = self._spot
            gain = self._original_db if self.what is Hear.ORIGINAL else 0.0
            plain = self.what is Hear.MIX and area is None
            ear = PLAIN if plain else Ear(self.what, (), area, outside, gain)
        self._ear = ear
        self.changed.emit()

    def _opened(self) -> None:
        self.what, self.where, self._alone, self._spot = Hear.MIX, Where.EVERYWHERE, (), None
        self._original_db, self._asked = 0.0, False
        # Nothing may keep the former recording.
        self._compared = None
        self._held = (None, PLAIN, None)
        if self._comparing is not None:
            self._comparing.cancel()
            self._comparing = None
        self._refresh()

    def _area_changed(self) -> None:
        if self.where not in (Where.SELECTION, Where.REST):
            return
        if self.selected_area() is None:
            self.where = Where.EVERYWHERE
        self._refresh()

    def _mix_changed(self) -> None:
        # Measured when the mix has come to rest, so that the key finds it done; while the original is heard, at once.
        if self._asked and (self.what is not Hear.ORIGINAL or not self._compare_later.isActive()):
            self._compare_later.start()

    # -- equal loudness ------------------------------------------------------------------------------

    def _compare(self) -> None:
        """Measure how loud the mix is beside the original, where it plays."""
        scene, recording = self._document.scene, self._document.recording
        if scene is None or recording is None:
            return
        span = self._audition.selection or (0.0, recording.duration)
        start, stop = (min(max(round(second * recording.rate), 0), len(recording.samples)) for second in span)
        if self._comparing is not None:
            self._comparing.cancel()

        def done(gain: float) -> None:
            if self._comparing is job and self._document.recording is recording:
                self._comparing, self._compared = None, scene
                if abs(gain - self._original_db) > 0.1:
                    self._original_db = gain
                    self._refresh()

        job = self._runner.run("", partial(compare_loudness, scene=scene, start=start, stop=stop), done)
        self._comparing = job

    @property
    def original_db(self) -> float:
        """Gain at which the original is played to be as loud as the mix."""
        return self._original_db

    # -- under the brush -----------------------------------------------------------------------------

    def _brush_moved(self) -> None:
        if self.where is Where.BRUSH and not self._spot_later.isActive():
            self._spot_later.start()

    def _move_spot(self) -> None:
        """Hear what the brush covers, over and over, where the pointer is."""
        view, tools, recording = self._view, self._tools, self._document.recording
        if self.where is not Where.BRUSH or view is None or tools is None or recording is None:
            return
        point = view.pointer
        if point is None:
            return
        self._spot, span = self._under(point, view, tools)
        self._audition.dwell(span)
        self._refresh()

    def _under(self, point: QPointF, view: SpectrogramView, tools: ToolSettings) -> tuple[Area, tuple[float, float]]:
        """Area under the brush at a place, and the span of time to play there."""
        stack, brush, ruler = self._document.stack, tools.options.brush, view.ruler()
        place = view.ruler_point(point)
        region = covered(brush, ruler, place, place).clipped(stack.bins, stack.frames)
        rows, columns = np.arange(region.low, region.high), np.arange(region.start, region.stop)
        cover = coverage(brush, ruler, rows, columns, place, place)
        recording, hop = self._document.recording, self._document.state.analysis.hop
        assert recording is not None
        seconds = hop / recording.rate
        least = max(1, round(SPOT_SECONDS / seconds))
        if len(columns) < least:
            # Too short to be heard as a sound: the same frequencies, for a little longer.
            middle = int(np.clip((region.start + region.stop) // 2, 0, stack.frames - 1))
            start = max(0, min(middle - least // 2, stack.frames - least))
            region = Region(region.low, region.high, start, min(start + least, stack.frames))
            cover = np.repeat(cover.max(axis=1, initial=0.0)[:, None], region.stop - region.start, axis=1)
        plane = np.asarray(cover * 255, np.uint8)
        heard = np.flatnonzero((plane > LEAST_HEARD).any(axis=0))
        first, last = (int(heard[0]), int(heard[-1]) + 1) if len(heard) else (0, plane.shape[1])
        span = ((region.start + first) * seconds, max(region.start + last, region.start + first + 1) * seconds)
        return of_plane(plane, region, stack.bins, stack.frames), span

    def _leave_spot(self) -> None:
        if self.where is Where.BRUSH:
            self._spot = None
            self._audition.dwell(None)
