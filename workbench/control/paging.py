"""Turning the page: the view follows the playhead while it plays."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.playback import Playback
from workbench.control.strokes import Strokes
from workbench.control.viewport import Viewport


class Paging(QObject):
    """Shows the next stretch of time when the playhead leaves the view; not under a hand that paints."""

    def __init__(self, playback: Playback, viewport: Viewport, strokes: Strokes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback, self._viewport, self._strokes = playback, viewport, strokes
        playback.moved.connect(self._follow)

    def _follow(self, second: float) -> None:
        v = self._viewport
        if self._playback.playing and not v.start <= second <= v.stop and not self._strokes.busy:
            v.show_time(second, second + v.span)
