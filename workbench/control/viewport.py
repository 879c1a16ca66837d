"""What part of time and frequency is seen. Every pane follows it; none keeps ranges of its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis

SHORTEST_SECONDS = 0.02
SMALLEST_SHARE = 0.02


class Viewport(QObject):
    """Visible time in seconds and frequency in axis positions of the scale."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = FrequencyScale.LOG
        self.duration = 1.0
        self.rate = 44100
        self.start, self.stop = 0.0, 1.0
        self.low, self.high = 0.0, 1.0

    def reset(self, duration: float, rate: int) -> None:
        """Another recording: show all of it."""
        self.duration, self.rate = max(duration, SHORTEST_SECONDS), rate
        self.fit()

    @property
    def bottom(self) -> float:
        """Lowest axis position."""
        return float(self.scale.position(30.0)) if self.scale is FrequencyScale.LOG else 0.0

    @property
    def top(self) -> float:
        """Axis position of half the sample rate."""
        return float(self.scale.position(self.rate / 2))

    def fit(self) -> None:
        """All of time and frequency."""
        self.start, self.stop = 0.0, self.duration
        self.low, self.high = self.bottom, self.top
        self.changed.emit()

    def set_scale(self, scale: FrequencyScale) -> None:
        """Another frequency scale; the frequencies seen stay."""
        low, high = self.scale.frequency(self.low), self.scale.frequency(self.high)
        whole = (self.low, self.high) == (self.bottom, self.top)
        self.scale = scale
        self.low, self.high = float(scale.position(low)), float(scale.position(high))
        if whole:
            self.low, self.high = self.bottom, self.top
        self.changed.emit()

    def zoom_time(self, factor: float, around: float) -> None:
        """Zoom in by `factor` (> 1) with second `around` held in place."""
        self._set_time(around - (around - self.start) / factor, around + (self.stop - around) / factor)

    def zoom_frequency(self, factor: float, around: float) -> None:
        """Zoom in by `factor` (> 1) with axis position `around` held in place."""
        self._set_frequency(around - (around - self.low) / factor, around + (self.high - around) / factor)

    def pan(self, seconds: float, positions: float) -> None:
        """Move the view."""
        self._set_time(self.start + seconds, self.stop + seconds)
        self._set_frequency(self.low + positions, self.high + positions)

    def show_time(self, start: float, stop: float) -> None:
        """Show a range of time."""
        self._set_time(start, stop)

    def _set_time(self, start: float, stop: float) -> None:
        span = min(max(stop - start, SHORTEST_SECONDS), self.duration)
        start = min(max(start, 0.0), self.duration - span)
        if (start, start + span) != (self.start, self.stop):
            self.start, self.stop = start, start + span
            self.changed.emit()

    def _set_frequency(self, low: float, high: float) -> None:
        whole = self.top - self.bottom
        span = min(max(high - low, whole * SMALLEST_SHARE), whole)
        low = min(max(low, self.bottom), self.top - span)
        if (low, low + span) != (self.low, self.high):
            self.low, self.high = low, low + span
            self.changed.emit()

    # -- bins and frames -----------------------------------------------------------------------------

    def frame_at(self, seconds: float, analysis: Analysis) -> float:
        """Frame index (with fraction) at a second."""
        return seconds * self.rate / analysis.hop

    def bin_at(self, position: float, analysis: Analysis) -> float:
        """Bin index (with fraction) at an axis position."""
        return float(self.scale.frequency(position)) * analysis.window / self.rate
