"""What the user listens to: the mix, the original, what was taken away; everywhere or in a part of the plane.

Nothing of the document changes with it, and there is nothing to undo.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.audio.loudness import original_gain
from workbench.audio.scene import PLAIN, Ear, Hear, Scene
from workbench.control.heard import Heard
from workbench.control.notices import Notices
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.control.spot import Spot
from workbench.document.document import Document
from workbench.jobs.runner import Runner

COMPARE_MS = 300
JUST_HEARD_DB = 0.1
"""A difference of loudness that is worth another gain."""


class Where(Enum):
    """In which part of time and frequency is listened."""

    EVERYWHERE = "everywhere"
    SELECTION = "selection"
    REST = "rest"
    BRUSH = "brush"


class Listening(QObject):
    """Chooses the ear: what is heard, and where."""

    changed = Signal()
    """Something else is listened to."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        heard: Heard,
        playback: Playback,
        spot: Spot,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._heard = document, selection, heard
        self._playback, self._spot, self._runner, self._notices = playback, spot, runner, notices
        self._what, self._where = Hear.MIX, Where.EVERYWHERE
        self._alone: tuple[int, ...] = ()
        self._original_db = 0.0
        self._compared: Scene | None = None
        """The scene whose loudness is known."""
        self._asked = False
        """Whether the original was listened to: only then the loudness is measured beforehand."""
        self._compare_later = QTimer(self, singleShot=True, interval=COMPARE_MS)
        self._compare_later.timeout.connect(self._compare)
        document.opened.connect(self._opened)
        document.analysis_changed.connect(self._area_changed)
        document.mix_changed.connect(self._mix_changed)
        document.masks_changed.connect(self._mix_changed)
        selection.area_changed.connect(self._area_changed)
        selection.area_changed.connect(self._mix_changed)
        spot.moved.connect(self._spot_moved)

    # -- choosing ------------------------------------------------------------------------------------

    @property
    def what(self) -> Hear:
        """The mix, the original, or what was taken away."""
        return self._what

    @property
    def where(self) -> Where:
        """In which part of the plane."""
        return self._where

    @property
    def original_db(self) -> float:
        """Gain at which the original is played to be as loud as the mix."""
        return self._original_db

    def hear(self, what: Hear) -> None:
        """Listen to the mix, the original, or what was taken away; to the mix again where that is so already."""
        self._what = Hear.MIX if what is self._what else what
        self._asked = self._asked or self._what is Hear.ORIGINAL
        stale = self._compare_later.isActive() or self._compared is not self._document.scene
        if self._what is Hear.ORIGINAL and stale:
            self._compare()
        self._refresh()

    def listen(self, where: Where) -> None:
        """Listen in a part of the plane; everywhere again where that is so already."""
        if where is self._where or where is Where.EVERYWHERE:
            self._go(Where.EVERYWHERE)
        elif where in (Where.SELECTION, Where.REST) and self._selection.area is None:
            self._notices.refuse(
                self.tr("Nothing is selected; select some time or frequency first, then listen to it.")
            )
        elif self._document.recording is not None:
            self._go(where)
        self._refresh()

    def hear_alone(self, layers: tuple[int, ...]) -> None:
        """Hear only some layers, before all faders; none goes back to what was heard."""
        if self._where is Where.BRUSH:
            self._go(Where.EVERYWHERE)
        self._alone = layers
        self._refresh()

    def _go(self, where: Where) -> None:
        if self._where is Where.BRUSH and where is not Where.BRUSH:
            self._spot.leave()
            self._playback.dwell(None)
        self._where = where
        if where is Where.BRUSH:
            self._spot.follow()

    # -- told ----------------------------------------------------------------------------------------

    def described(self) -> str:
        """What is heard, in a few words."""
        what = {
            Hear.MIX: self.tr("the mix"),
            Hear.ORIGINAL: self.tr("the original"),
            Hear.REMOVED: self.tr("what is taken away"),
            Hear.LAYERS: self.tr("one layer"),
        }[self._heard.ear.what]
        where = {
            Where.EVERYWHERE: "",
            Where.SELECTION: self.tr(", only the selection"),
            Where.REST: self.tr(", all but the selection"),
            Where.BRUSH: self.tr(", under the brush"),
        }[self._where]
        when = self.tr(", the span that loops") if self._playback.looped is not None else ""
        speed = self.tr(", at its own speed") if self._playback.speed != 1.0 else ""
        return what + where + when + speed

    def heard_samples(self) -> tuple[int, int | None]:
        """First sample of what plays and the one behind its last: the span that loops, or everything."""
        recording, span = self._document.recording, self._playback.looped
        if recording is None or span is None:
            return 0, None
        start, stop = (round(second * recording.rate) for second in span)
        return max(0, start), min(stop, len(recording.samples))

    # -- following -----------------------------------------------------------------------------------

    def _refresh(self) -> None:
        if self._alone:
            ear = Ear(Hear.LAYERS, self._alone)
        else:
            area = self._spot.area if self._where is Where.BRUSH else None
            if self._where in (Where.SELECTION, Where.REST):
                area = self._selection.area
            gain = self._original_db if self._what is Hear.ORIGINAL else 0.0
            plain = self._what is Hear.MIX and area is None
            ear = PLAIN if plain else Ear(self._what, (), area, self._where is Where.REST, gain)
        self._heard.set_ear(ear)
        self.changed.emit()

    def _opened(self) -> None:
        self._spot.leave()
        self._what, self._where, self._alone = Hear.MIX, Where.EVERYWHERE, ()
        self._original_db, self._asked = 0.0, False
        # Nothing may keep the former recording.
        self._compared = None
        self._runner.drop("loudness")
        self._refresh()

    def _area_changed(self) -> None:
        if self._where in (Where.SELECTION, Where.REST):
            if self._selection.area is None:
                self._where = Where.EVERYWHERE
            self._refresh()

    def _spot_moved(self) -> None:
        if self._where is Where.BRUSH:
            self._playback.dwell(self._spot.span)
            self._refresh()

    def _mix_changed(self, region: object = None) -> None:
        # Measured when the mix has come to rest, so that the key finds it done; while the original is heard, at once.
        if self._asked and (self._what is not Hear.ORIGINAL or not self._compare_later.isActive()):
            self._compare_later.start()

    # -- equal loudness ------------------------------------------------------------------------------

    def _compare(self) -> None:
        """Measure how loud the mix is beside the original, where it plays."""
        scene, recording = self._document.scene, self._document.recording
        if scene is None or recording is None:
            return
        span = self._selection.seconds or (0.0, recording.duration)
        start, stop = (min(max(round(second * recording.rate), 0), len(recording.samples)) for second in span)

        def done(gain: float) -> None:
            self._compared = scene
            if abs(gain - self._original_db) > JUST_HEARD_DB:
                self._original_db = gain
                self._refresh()

        self._runner.run("", lambda job: original_gain(scene, start, stop, job.report), done, key="loudness")
