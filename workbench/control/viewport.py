"""What part of time and frequency is seen. Every pane follows it; none keeps ranges of its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.document.document import Document
from workbench.spectral.scales import FrequencyScale, foot_hz, lowest_hz

SHORTEST_SECONDS = 0.02
SMALLEST_SHARE = 0.02


class Viewport(QObject):
    """Visible time in seconds and frequency in axis positions of the scale."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._scale = FrequencyScale.LOG
        self._duration, self._rate = 1.0, 44100
        self._start, self._stop = 0.0, 1.0
        self._low, self._high = 0.0, 1.0
        document.opened.connect(self._opened)

    @property
    def scale(self) -> FrequencyScale:
        """The frequency scale."""
        return self._scale

    @property
    def duration(self) -> float:
        """Seconds of the recording."""
        return self._duration

    @property
    def rate(self) -> int:
        """Samples a second of the recording."""
        return self._rate

    @property
    def start(self) -> float:
        """First visible second."""
        return self._start

    @property
    def stop(self) -> float:
        """Last visible second."""
        return self._stop

    @property
    def low(self) -> float:
        """Lowest visible axis position."""
        return self._low

    @property
    def high(self) -> float:
        """Highest visible axis position."""
        return self._high

    @property
    def span(self) -> float:
        """Visible seconds."""
        return self._stop - self._start

    @property
    def height(self) -> float:
        """Visible axis positions."""
        return self._high - self._low

    @property
    def bottom(self) -> float:
        """Lowest axis position."""
        return float(self._scale.position(foot_hz(self._rate))) if self._scale is FrequencyScale.LOG else 0.0

    @property
    def lowest_hz(self) -> float:
        """Where on the logarithmic axis all lower frequencies are drawn."""
        return lowest_hz(self._rate)

    @property
    def top(self) -> float:
        """Axis position of half the sample rate."""
        return float(self._scale.position(self._rate / 2))

    def _opened(self) -> None:
        recording = self._document.recording
        if recording is not None:
            self._duration, self._rate = max(recording.duration, SHORTEST_SECONDS), recording.rate
        self.fit()

    def fit(self) -> None:
        """All of time and frequency."""
        self._start, self._stop = 0.0, self._duration
        self._low, self._high = self.bottom, self.top
        self.changed.emit()

    def set_scale(self, scale: FrequencyScale) -> None:
        """Another frequency scale; the frequencies seen stay, as far as the axis has them."""
        low, high = self._scale.frequency(self._low), self._scale.frequency(self._high)
        whole = (self._low, self._high) == (self.bottom, self.top)
        self._scale = scale
        if whole:
            self._low, self._high = self.bottom, self.top
        else:
            # What lies below the foot of the axis is no part of what is seen.
            foot = max(float(scale.position(low)), self.bottom)
            self._low, self._high = self._on_axis(foot, float(scale.position(high)))
        self.changed.emit()

    def zoom_time(self, factor: float, around: float) -> None:
        """Zoom in by `factor` (> 1) with second `around` held in place."""
        self.show_time(around - (around - self._start) / factor, around + (self._stop - around) / factor)

    def zoom_frequency(self, factor: float, around: float) -> None:
        """Zoom in by `factor` (> 1) with axis position `around` held in place."""
        self._show_frequency(around - (around - self._low) / factor, around + (self._high - around) / factor)

    def pan(self, seconds: float, positions: float) -> None:
        """Move the view."""
        # An axis that does not move is left alone: by rounding it would move a little.
        if seconds:
            self.show_time(self._start + seconds, self._stop + seconds)
        if positions:
            self._show_frequency(self._low + positions, self._high + positions)

    def reveal(self, start: float, stop: float, low: float, high: float) -> None:
        """Bring a place, in seconds and axis positions, into view: in the middle where it was not wholly seen, as near
        as it was, or as a whole where it is larger."""
        start, stop = max(start, 0.0), min(stop, self._duration)
        low, high = max(low, self.bottom), min(high, self.top)
        if start < self._start or stop > self._stop:
            half = max(self.span, stop - start) / 2
            self.show_time((start + stop) / 2 - half, (start + stop) / 2 + half)
        if low < self._low or high > self._high:
            half = max(self.height, high - low) / 2
            self._show_frequency((low + high) / 2 - half, (low + high) / 2 + half)

    def show_time(self, start: float, stop: float) -> None:
        """Show a range of time, as far as the recording goes."""
        span = min(max(stop - start, SHORTEST_SECONDS), self._duration)
        start = min(max(start, 0.0), self._duration - span)
        if (start, start + span) != (self._start, self._stop):
            self._start, self._stop = start, start + span
            self.changed.emit()

    def show_hz(self, low: float, high: float) -> None:
        """Show a range of frequencies, as far as the axis has them."""
        self._show_frequency(float(self._scale.position(low)), float(self._scale.position(high)))

    def _show_frequency(self, low: float, high: float) -> None:
        seen = self._on_axis(float(low), float(high))
        if seen != (self._low, self._high):
            self._low, self._high = seen
            self.changed.emit()

    def _on_axis(self, low: float, high: float) -> tuple[float, float]:
        """The nearest range that the axis has, not too small to be seen."""
        whole = self.top - self.bottom
        span = min(max(high - low, whole * SMALLEST_SHARE), whole)
        low = min(max(low, self.bottom), self.top - span)
        return low, low + span
