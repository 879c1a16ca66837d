"""The waveform of what is in view, above the spectrogram."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.control.outline import Outline
from workbench.control.plane import Plane
from workbench.control.playback import Playback
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.spectrogram.hand import Hand

HEIGHT, MARGIN = 64, 4
SILENT = 1e-9
"""The greatest sample of what is silent."""


@guarded
class WaveformView(QWidget):
    """Shares the spectrogram's time; a press puts the playhead."""

    def __init__(
        self, document: Document, viewport: Viewport, plane: Plane, playback: Playback, outline: Outline, hand: Hand
    ) -> None:
        super().__init__()
        self.setObjectName("waveform")
        self.setAccessibleName(self.tr("Waveform"))
        tip = self.tr("The waveform, all channels together. A click puts the playhead, dragging lets it be heard")
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._document, self._viewport, self._plane = document, viewport, plane
        self._playback, self._outline, self._hand = playback, outline, hand
        self._playhead = 0.0
        for changed in (viewport.changed, plane.changed, outline.changed, document.opened):
            changed.connect(self.update)
        playback.moved.connect(self._show_playhead)

    def showEvent(self, event: QShowEvent) -> None:
        self._outline.want(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self._outline.want(False)

    def sizeHint(self) -> QSize:
        return QSize(800, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def _show_playhead(self, second: float) -> None:
        old, self._playhead = self._playhead, second
        for x in {self._plane.x_of(old), self._plane.x_of(second)}:
            if 0 <= x <= self.width():
                self.update(int(x) - 3, 0, 7, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, t, c = QPainter(self), theme.current(), self._plane.canvas
        painter.fillRect(event.rect(), QColor(t.panel))
        place = QRectF(c.left(), MARGIN, c.width(), self.height() - 2 * MARGIN)
        painter.fillRect(place, QColor(t.canvas))
        recording, peaks = self._document.recording, self._outline.peaks
        if recording is None or peaks is None:
            return
        painter.setClipRect(place)
        middle, half = place.center().y(), place.height() / 2 - 1
        # What is quiet all the time is to be seen too.
        scale = half / max(peaks.greatest, SILENT)
        painter.setPen(QPen(QColor(t.line), 1))
        painter.drawLine(QPointF(place.left(), middle), QPointF(place.right(), middle))
        first, last = max(0, event.rect().left() - c.left()), min(c.width(), event.rect().right() + 1 - c.left())
        if last > first:
            seconds = self._plane.second_at(c.left() + first), self._plane.second_at(c.left() + last)
            edges = np.linspace(*seconds, 1 + round((last - first) * self._plane.pixel_ratio)) * recording.rate
            spans = peaks.between(np.clip(np.rint(edges), 0, len(recording.samples)).astype(np.intp))
            xs = np.linspace(c.left() + first, c.left() + last, len(spans))
            # Where pixels are fewer than samples, neighbours meet; where they are more, it is a line.
            low = np.minimum(spans[:, 0], np.append(spans[1:, 1], spans[-1:, 1]))
            high = np.maximum(spans[:, 1], np.append(spans[1:, 0], spans[-1:, 0]))
            ys = np.concatenate([high, low[::-1]])
            outline = np.stack([np.concatenate([xs, xs[::-1]]), middle - scale * ys], axis=1)
            shape = QPolygonF([QPointF(x, y) for x, y in outline.tolist()])
            painter.setPen(QPen(QColor(t.accent), 1))
            painter.setBrush(QColor(t.accent))
            painter.drawPolygon(shape)
        x = self._plane.x_of(self._playhead)
        painter.setPen(QPen(QColor(255, 255, 255), 1.2))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))

    # -- the hand ------------------------------------------------------------------------------------

    def _second(self, event: QMouseEvent) -> float:
        return min(max(self._plane.second_at(event.position().x()), 0.0), self._viewport.duration)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._document.recording is not None:
            self._playback.seek(self._second(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._document.recording is not None:
            self._playback.scrub(self._second(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._playback.scrub(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hand.wheel(event)
