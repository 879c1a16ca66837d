"""Lanes side by side: how large they are, which of them are in view, and the scroll bar that moves them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QScrollBar

from workbench.ui.base.controls import named

BAR = 8
"""Thickness of the scroll bar, in pixels."""


class Lanes:
    """Divides a stretch of pixels among lanes; where each would be too small, they scroll.

    Parameters
    ----------
    orientation : Qt.Orientation
        Along which the lanes stand one after the other.
    least : int
        Pixels that a lane has at the least.
    name, label, tip : str
        Of the scroll bar.
    """

    def __init__(self, orientation: Qt.Orientation, least: int, name: str, label: str, tip: str) -> None:
        self._least = least
        self._begin, self._end, self._count = 0.0, 1.0, 0
        self.bar = named(QScrollBar(orientation), name, label, tip)
        self.bar.hide()

    def fit(self, begin: float, end: float, count: int) -> None:
        """Divide the pixels from `begin` to `end` among so many lanes."""
        self._begin, self._end, self._count = begin, max(end, begin + 1), count
        hidden = max(0, round(self.size * count - (self._end - self._begin)))
        with QSignalBlocker(self.bar):
            self.bar.setRange(0, hidden)
            self.bar.setPageStep(max(1, round(self._end - self._begin)))
            self.bar.setSingleStep(max(1, round(self.size)))
        self.bar.setVisible(hidden > 0)

    @property
    def size(self) -> float:
        """Pixels of a lane."""
        return max(float(min(self._least, self._end - self._begin)), (self._end - self._begin) / max(1, self._count))

    def in_view(self) -> Iterator[tuple[int, float]]:
        """The lanes of which something is seen, with the pixel at which each begins."""
        for index in range(self._count):
            at = self._begin + index * self.size - self.bar.value()
            if at + self.size > self._begin and at < self._end:
                yield index, at

    def show(self, first: int, last: int) -> None:
        """Scroll as little as may be, so that these lanes are in view; the first of them where not all can be."""
        size, room = self.size, self._end - self._begin
        at = max(float(self.bar.value()), (last + 1) * size - room)
        self.bar.setValue(round(min(at, first * size)))

    def scroll(self, pixels: float) -> None:
        """Move on by some pixels."""
        self.bar.setValue(self.bar.value() + round(pixels))
