"""Turning the page: the view follows the playhead while it plays."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.marking import Marking
from workbench.control.playback import Playback
from workbench.control.strokes import Strokes
from workbench.control.viewport import Viewport


class Paging(QObject):
    """Shows the next stretch of time when the playhead leaves the view; not under a hand that paints or marks.

    Who looks elsewhere while it plays is left there, until the playhead comes by.
    """

    def __init__(
        self, playback: Playback, viewport: Viewport, strokes: Strokes, marking: Marking, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._playback, self._viewport, self._strokes, self._marking = playback, viewport, strokes, marking
        self._follows = self._played = False
        playback.moved.connect(self._moved)
        viewport.changed.connect(self._looked)

    def to_start(self) -> None:
        """The playhead goes to the beginning, and the view with it."""
        self._playback.seek(0.0)
        v = self._viewport
        v.reveal(0.0, 0.0, v.low, v.high)

    def _shows(self, second: float) -> bool:
        return self._viewport.start <= second <= self._viewport.stop

    def _looked(self) -> None:
        self._follows = self._shows(self._playback.position)

    def _moved(self, second: float) -> None:
        begins, self._played = self._playback.playing and not self._played, self._playback.playing
        if not self._played or self._strokes.busy or self._marking.busy:
            self._follows |= begins
        elif self._shows(second):
            self._follows = True
        elif self._follows or begins:
            self._viewport.show_time(second, second + self._viewport.span)
