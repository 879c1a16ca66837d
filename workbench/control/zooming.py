"""Going near what is selected, and back to everything."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.control.viewport import Viewport
from workbench.document.document import Document

MARGIN = 0.08
"""Share of what is selected that is seen on either side."""


class Zooming(QObject):
    """What is selected fills the view."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        viewport: Viewport,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._viewport, self._notices = document, selection, viewport, notices

    def to_selection(self) -> None:
        """Show the selection with a little around it, along each axis of which it is not all."""
        area, recording = self._selection.area, self._document.recording
        if area is None or recording is None:
            self._notices.say(self.tr("Nothing is selected; drag with V over a span of time, then zoom to it"))
            return
        bounds, analysis, rate = area.bounds, self._document.state.analysis, recording.rate
        seconds = self._selection.seconds
        if seconds is not None:
            more = MARGIN * (seconds[1] - seconds[0])
            self._viewport.show_time(seconds[0] - more, seconds[1] + more)
        if bounds.high - bounds.low < area.bins:
            more = MARGIN * (bounds.high - bounds.low)
            low, high = (analysis.hz_of(each, rate) for each in (bounds.low - 0.5 - more, bounds.high - 0.5 + more))
            self._viewport.show_hz(max(low, 0.0), high)
