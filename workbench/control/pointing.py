"""Acts at the place where the hand points, or where the playhead stands."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.masks import MaskActs
from workbench.control.notices import Notices
from workbench.control.plane import Plane, Pointer
from workbench.control.playback import Playback


class Pointing(QObject):
    """Keys that mean the pointer's second or frequency."""

    def __init__(
        self,
        pointer: Pointer,
        plane: Plane,
        playback: Playback,
        masks: MaskActs,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pointer, self._plane, self._playback = pointer, plane, playback
        self._masks, self._notices = masks, notices

    def play_here(self) -> None:
        """Play from where the hand points."""
        place = self._pointer.place
        if place is None:
            self._notices.refuse(self.tr("Point at a time in the spectrogram, and press the key there."))
        else:
            self._playback.play(place[0])

    def split_time(self) -> None:
        """Split the present layer at the pointer's time, or at the playhead."""
        place = self._pointer.place
        self._masks.split_time(self._playback.position if place is None else place[0])

    def split_frequency(self) -> None:
        """Split the present layer at the pointer's frequency."""
        place = self._pointer.place
        if place is None:
            self._notices.refuse(self.tr("Point at the frequency in the spectrogram, and press the key there."))
        else:
            self._masks.split_frequency(self._plane.hz_of(place[1]))
