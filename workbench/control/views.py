"""What is looked at: kept with a project, and back where it is opened."""

from __future__ import annotations

from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.document.project import View


class Views:
    """The part of time and frequency that is seen, the playhead, and the layer that is selected."""

    def __init__(self, document: Document, viewport: Viewport, playback: Playback, selection: Selection) -> None:
        self._document, self._viewport = document, viewport
        self._playback, self._selection = playback, selection

    @property
    def present(self) -> View:
        """What is looked at now."""
        seen = self._viewport
        low, high = (float(seen.scale.frequency(position)) for position in (seen.low, seen.high))
        return View((seen.start, seen.stop), (max(low, 0.0), high), self._playback.position, self._selection.layer)

    def show(self, view: View) -> None:
        """Look at something again, as far as it is there."""
        (start, stop), (low, high) = view.seconds, view.hz
        if stop > start:
            self._viewport.show_time(start, stop)
        if high > low:
            self._viewport.show_hz(low, high)
        self._playback.seek(min(max(view.playhead, 0.0), self._viewport.duration))
        if any(layer.id == view.layer for layer in self._document.layers):
            self._selection.select(view.layer)
