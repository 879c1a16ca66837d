"""Level meters: of what is heard, and of one source."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.ui.base import theme
from workbench.ui.base.controls import named
from workbench.ui.base.guard import guarded

LOW_DB, HIGH_DB = -60.0, 6.0
FALL_DB = 1.5
"""By which the meter of a source falls from tick to tick."""


def _share(db: float) -> float:
    return (db - LOW_DB) / (HIGH_DB - LOW_DB)


def _dressed(fill: QLinearGradient) -> QLinearGradient:
    """From green to yellow below full scale, red above."""
    t, zero = theme.current(), _share(0.0)
    for at, colour in ((0.0, "#19c98a"), (zero - 0.2, "#19c98a"), (zero - 0.05, t.solo), (1.0, t.mute)):
        fill.setColorAt(at, QColor(colour))
    return fill


@guarded
class Meter(QWidget):
    """Peak level a channel, −60 … +6 dB, with a mark that holds for a while and a lamp for above full scale."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "meter", self.tr("Level meter"), self.tr("Level of what is heard, in dB below full scale"))
        self.setFixedSize(QSize(130, 22))
        self._levels: list[float] = [LOW_DB, LOW_DB]
        self._held: list[float] = [LOW_DB, LOW_DB]

    def show_peaks(self, peaks: tuple[float, ...] | None) -> None:
        """Peaks of the newest block, from which the bars fall by themselves; None clears them."""
        if peaks is None:
            if max(self._held) > LOW_DB:
                self._levels, self._held = [LOW_DB] * len(self._levels), [LOW_DB] * len(self._held)
                self.update()
            return
        count = max(2, len(peaks))
        if len(self._levels) != count:
            self._levels, self._held = [LOW_DB] * count, [LOW_DB] * count
        before = list(self._levels)
        for i in range(count):
            db = 20 * math.log10(peaks[i]) if i < len(peaks) and peaks[i] > 0 else LOW_DB
            self._levels[i] = max(LOW_DB, db, self._levels[i] - 1.2)
            self._held[i] = max(self._levels[i], self._held[i] - 0.25)
        if before != self._levels:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        t = theme.current()
        width, count = self.width() - 8, len(self._levels)
        height = (self.height() - 2) / count - 1
        fill = _dressed(QLinearGradient(0, 0, width, 0))
        for i, (level, held) in enumerate(zip(self._levels, self._held, strict=True)):
            y = 1 + i * (height + 1)
            painter.fillRect(QRectF(0, y, width, height), QColor(t.line))
            painter.fillRect(QRectF(0, y, width * _share(level), height), fill)
            if held > LOW_DB:
                painter.fillRect(QRectF(width * _share(held), y, 1.5, height), QColor(t.text))
            painter.fillRect(QRectF(width + 2, y, 6, height), QColor(t.mute if held > 0 else t.line))


@guarded
class SourceMeter(QWidget):
    """Level of one source, upright."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(8)
        self._level = LOW_DB

    def show_level(self, db: float | None) -> None:
        """A new level, from which the bar falls slowly; None clears it."""
        level = LOW_DB if db is None else max(LOW_DB, min(db, HIGH_DB), self._level - FALL_DB)
        if level != self._level:
            self._level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, height = QPainter(self), self.height()
        painter.fillRect(self.rect(), QColor(theme.current().line))
        share = _share(self._level)
        fill = _dressed(QLinearGradient(0, height, 0, 0))
        painter.fillRect(QRectF(0, height * (1 - share), self.width(), height * share), fill)
