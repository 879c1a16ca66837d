"""A histogram on which two limits can be dragged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.base import theme
from workbench.ui.base.guard import guarded

BARS = 120
LINE = QColor("#ffffff")
"""On the canvas, which is dark in every theme."""
EDGE = 6
FOOT = 13
"""Pixels at the sides, and below for the scale."""


@guarded
class Histogram(QWidget):
    """How often each value occurs, as the root of the count; what is kept is in the accent colour."""

    dragged = Signal(float, float)
    """Lower and upper limit."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(58)
        self.setMinimumWidth(160)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self._counts = np.zeros(BARS)
        self._range = (0.0, 1.0)
        self._limits: tuple[float | None, float | None] = (0.5, None)
        self._knee = 0.0
        self._held: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(360, 58)

    def show_values(self, values: NDArray[np.float32], low: float, high: float) -> None:
        """Another histogram, over a range."""
        self._range = (low, high)
        self._counts = np.sqrt(np.histogram(np.clip(values, low, high), BARS, (low, high))[0])
        self.update()

    def show_limits(self, low: float | None, high: float | None, knee: float) -> None:
        """Lower and upper limit, None for one that there is not, and the width of the soft knee."""
        self._limits, self._knee = (low, high), knee
        self.update()

    def _x(self, value: float) -> float:
        low, high = self._range
        return EDGE + (min(max(value, low), high) - low) / (high - low) * (self.width() - 2 * EDGE)

    def _value(self, x: float) -> float:
        low, high = self._range
        return low + min(max((x - EDGE) / (self.width() - 2 * EDGE), 0.0), 1.0) * (high - low)

    # -- the hand ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            there = [i for i in (0, 1) if self._limits[i] is not None]
            self._held = min(there, key=lambda i: abs(self._x(self._limits[i] or 0.0) - x)) if there else None
            self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._put(self._held, self._value(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = (self._range[1] - self._range[0]) / 100
        by = {Qt.Key.Key_Left: -step, Qt.Key.Key_Right: step}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
            return
        # Shift moves the upper limit, where there are two.
        upper = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) or self._limits[0] is None
        which = 1 if upper and self._limits[1] is not None else 0
        self._put(which, (self._limits[which] or 0.0) + by)

    def _put(self, which: int, value: float) -> None:
        low, high = self._range
        value = min(max(value, low), high)
        limits = list(self._limits)
        limits[which] = value
        if limits[0] is not None and limits[1] is not None and limits[0] > limits[1]:
            limits = [value, value]
        self._limits = (limits[0], limits[1])
        self.update()
        self.dragged.emit(low if limits[0] is None else limits[0], high if limits[1] is None else limits[1])

    # -- drawing -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        t, painter = theme.current(), QPainter(self)
        floor = self.height() - FOOT
        painter.fillRect(QRectF(0, 0, self.width(), floor), QColor(t.canvas))
        low, high = self._range
        # What piles up at the ends (nothing at all, mostly) does not flatten the rest.
        inner = self._counts[2:-2]
        top = max(float(inner.max(initial=0.0)) or float(self._counts.max(initial=0.0)), 1e-9)
        width = (self.width() - 2 * EDGE) / BARS
        accent, quiet = QColor(t.accent), QColor(t.dim)
        quiet.setAlpha(130)
        for i, count in enumerate(self._counts):
            value = low + (i + 0.5) / BARS * (high - low)
            kept = (self._limits[0] is None or value >= self._limits[0]) and (
                self._limits[1] is None or value <= self._limits[1]
            )
            height = min(count / top, 1.08) * (floor - 6)
            painter.fillRect(QRectF(EDGE + i * width, floor - height, width + 0.4, height), accent if kept else quiet)
        self._paint_limits(painter, floor)
        font = painter.font()
        font.setPixelSize(9)
        painter.setFont(font)
        painter.setPen(QColor(t.dim))
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            value = low + share * (high - low)
            text = (f"{value:.2f}" if high - low <= 2 else f"{value:.0f}").replace("-", "−")
            x = min(max(self._x(value) - 20, 0), self.width() - 40)
            side = (
                Qt.AlignmentFlag.AlignLeft
                if share == 0
                else (Qt.AlignmentFlag.AlignRight if share == 1 else Qt.AlignmentFlag.AlignHCenter)
            )
            painter.drawText(QRectF(x, floor, 40, FOOT), int(side | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_limits(self, painter: QPainter, floor: int) -> None:
        for limit, side in zip(self._limits, (-1, 1), strict=True):
            if limit is None:
                continue
            x = self._x(limit)
            if self._knee > 0:
                foot = self._x(limit + side * self._knee)
                painter.setPen(QPen(LINE, 1, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(x, 2), QPointF(foot, floor))
            painter.setPen(QPen(LINE, 1.6))
            painter.drawLine(QPointF(x, 0), QPointF(x, floor))
            painter.setBrush(LINE)
            painter.drawEllipse(QPointF(x, floor - 4), 4, 4)
