"""What is being opened, in the place of the spectrogram, until it is there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.jobs.ahead import Glimpse
from workbench.masks.pictures.picture import axis_of, brightness, levels_of
from workbench.spectral.axes import frequency_ticks, time_ticks
from workbench.spectral.scales import FrequencyScale, foot_hz
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.spectrogram.image import colour_map
from workbench.ui.spectrogram.view import BOTTOM, LEFT, RIGHT, TOP

RANGE_DB = (-90.0, -12.0)
GREY = 0.6
"""Of its brightness: it is not in hand yet."""


@guarded
class GlimpseView(QWidget):
    """Draws a Glimpse on logarithmic frequency."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("glimpse")
        self.setAccessibleName(self.tr("What is being opened"))
        self.setToolTip(self.tr("What is being opened; it can be worked on as soon as all of it is there"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BusyCursor)
        self._glimpse: Glimpse | None = None
        self._image = QImage()
        self._palette = colour_map("inferno")
        self.setVisible(False)

    def sizeHint(self) -> QSize:
        return QSize(800, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 120)

    def show_glimpse(self, glimpse: Glimpse | None) -> None:
        """Draw it; None is for nothing."""
        self._glimpse, self._image = glimpse, QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        t = theme.current()
        canvas = QRect(LEFT, TOP, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - BOTTOM))
        painter.fillRect(self.rect(), QColor(t.panel))
        painter.fillRect(canvas, QColor(t.canvas))
        glimpse = self._glimpse
        if glimpse is None:
            return
        scale = FrequencyScale.LOG
        low, high = (float(scale.position(hz)) for hz in (foot_hz(glimpse.rate), glimpse.rate / 2))
        if self._image.isNull():
            self._image = self._drawn(glimpse, low, high, round(canvas.height() * self.devicePixelRatioF()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(canvas, self._image)
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor(t.dim))
        for position, text in frequency_ticks(scale, low, high, canvas.height()):
            y = canvas.bottom() + 1 - (position - low) / (high - low) * canvas.height()
            place = QRectF(0, y - 8, LEFT - 7, 16)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        for second, text in time_ticks(0.0, glimpse.seconds, canvas.width()):
            x = canvas.left() + second / glimpse.seconds * canvas.width()
            left = min(x - 40, self.width() - painter.fontMetrics().horizontalAdvance(text) / 2 - 42)
            painter.drawText(QRectF(left, canvas.bottom() + 4, 80, 14), int(Qt.AlignmentFlag.AlignCenter), text)

    def _drawn(self, glimpse: Glimpse, low: float, high: float, height: int) -> QImage:
        analysis = glimpse.analysis
        bins, columns = glimpse.levels.shape
        hz = FrequencyScale.LOG.frequency(np.linspace(low, high, height + 1))
        rows = axis_of(analysis.bin_place(hz, glimpse.rate), bins)
        across = axis_of(np.arange(columns + 1, dtype=np.float64) - 0.5, columns)
        level = levels_of(glimpse.levels, rows, across)[rows.spread]
        shade = np.rint(GREY * 255 * brightness(*RANGE_DB)).astype(np.uint8)
        pixels = np.zeros((*level.shape, 4), np.uint8)
        pixels[..., :3] = self._palette[shade[level]]
        pixels = np.ascontiguousarray(pixels[::-1])
        return QImage(pixels.data, columns, height, 4 * columns, QImage.Format.Format_RGB32).copy()
