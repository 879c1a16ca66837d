"""Turning the page: the view follows the playhead while it plays."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.marking import Marking
from workbench.control.playback import Playback
from workbench.control.strokes import Strokes
from workbench.control.viewport import Viewport


class Paging(QObject):
    """Shows the next stretch of time when the playhead leaves the view; not under a hand that paints or marks."""

    def __init__(
        self, playback: Playback, viewport: Viewport, strokes: Strokes, marking: Marking, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._playback, self._viewport, self._strokes, self._marking = playback, viewport, strokes, marking
        playback.moved.connect(self._follow)

    def _follow(self, second: float) -> None:
        v = self._viewport
        held = self._strokes.busy or self._marking.busy
        if self._playback.playing and not v.start <= second <= v.stop and not held:
            v.show_time(second, second + v.span)
