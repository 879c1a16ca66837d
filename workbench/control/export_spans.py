"""Of which time an export may be: all of it, what is selected, what is in view."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from workbench.control.selection import Selection
from workbench.control.viewport import Viewport
from workbench.document.document import Document


class Range(StrEnum):
    """A span of the recording that is known by what it is."""

    WHOLE = "whole"
    SELECTION = "selection"
    """The time that is selected."""
    VIEW = "view"
    """The time that the spectrogram shows."""


class ExportSpans(QObject):
    """Knows where these spans are now."""

    changed = Signal()
    """Other time is selected, or in view."""

    def __init__(
        self, document: Document, selection: Selection, viewport: Viewport, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._viewport = document, selection, viewport
        selection.area_changed.connect(self.changed)
        viewport.changed.connect(self.changed)

    def seconds(self, part: Range) -> tuple[float, float] | None:
        """From when to when a span is; None where there is none."""
        recording = self._document.recording
        if recording is None:
            return None
        if part is Range.WHOLE:
            return 0.0, recording.duration
        if part is Range.SELECTION:
            return self._selection.seconds
        start, stop = max(0.0, self._viewport.start), min(self._viewport.stop, recording.duration)
        return (start, stop) if start < stop else None

    def samples(self, part: Range) -> tuple[int, int] | None:
        """First sample of a span and the one behind its last; None for the whole recording, or where it is none."""
        recording, span = self._document.recording, self.seconds(part)
        if recording is None or span is None or part is Range.WHOLE:
            return None
        start, stop = (round(second * recording.rate) for second in span)
        return max(0, start), min(stop, len(recording.samples))
