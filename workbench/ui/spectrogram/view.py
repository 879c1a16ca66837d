"""The spectrogram pane: the picture, its axes, the playhead, and the hand on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, SignalInstance
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QEnterEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.control.plane import Plane
from workbench.control.playback import Playback
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.spectral.axes import frequency_ticks, time_ticks
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.spectrogram.hand import Hand
from workbench.ui.spectrogram.image import BUDGET, BUDGET_UNDER_HAND, SpectrogramImage

LEFT, BOTTOM, TOP, RIGHT = 46, 20, 6, 10
"""Margins of the picture within panes that share its axes, in pixels."""


class Overlay(Protocol):
    """What is drawn over the picture; `changed` tells that it looks otherwise, everywhere or within a rectangle."""

    changed: SignalInstance

    def paint(self, painter: QPainter) -> None:
        """Draw it."""


@guarded
class SpectrogramView(QWidget):
    """Shows V and the masks over it; passes the hand on to the tools."""

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        plane: Plane,
        playback: Playback,
        image: SpectrogramImage,
        hand: Hand,
        overlays: Sequence[Overlay],
    ) -> None:
        super().__init__()
        self.setObjectName("spectrogram")
        self.setAccessibleName(self.tr("Spectrogram"))
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._document, self._viewport, self._plane, self._image = document, viewport, plane, image
        self._hand, self._overlays = hand, overlays
        self._playhead = 0.0
        image.changed.connect(self._image_changed)
        hand.cursor_changed.connect(self.setCursor)
        playback.moved.connect(self._show_playhead)
        for overlay in overlays:
            overlay.changed.connect(self._overlay_changed)

    def sizeHint(self) -> QSize:
        return QSize(800, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 120)

    def redraw(self) -> None:
        """Everything anew."""
        self._image.redraw()

    def _image_changed(self, rect: QRect | None) -> None:
        if rect is None:
            self.update()
        else:
            self.update(rect)

    def _overlay_changed(self, rect: QRect | None = None) -> None:
        self.update(self._plane.canvas if rect is None else rect)

    def _show_playhead(self, second: float) -> None:
        """Move the playhead; only its two places are painted."""
        old, self._playhead = self._playhead, second
        for x in {self._plane.x_of(old), self._plane.x_of(second)}:
            # Of a day, near enough, the beginning is farther away than Qt counts.
            if -6 <= x <= self.width() + 6:
                self.update(int(x) - 6, 0, 13, self.height())

    # -- painting ------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        t = theme.current()
        c = self._plane.canvas
        whole = event.rect() != event.rect().intersected(c)
        if whole:
            painter.fillRect(event.rect(), QColor(t.panel))
        if self._document.recording is None:
            painter.fillRect(c, QColor(t.canvas))
            return
        painter.setClipRect(c)
        more = self._image.paint(painter, BUDGET_UNDER_HAND if self._hand.draws else BUDGET)
        self._paint_playhead(painter)
        for overlay in self._overlays:
            overlay.paint(painter)
        painter.setClipping(False)
        if whole:
            self._paint_axes(painter)
        painter.end()
        if more:
            self.update(c)

    def _paint_axes(self, painter: QPainter) -> None:
        t, c, v = theme.current(), self._plane.canvas, self._viewport
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        for position, text in frequency_ticks(v.scale, v.low, v.high, c.height()):
            y = self._plane.y_of(position)
            painter.setPen(QColor(t.line))
            painter.drawLine(QPointF(c.left() - 4, y), QPointF(c.left(), y))
            painter.setPen(QColor(t.dim))
            place = QRectF(0, y - 8, c.left() - 7, 16)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        for second, text in time_ticks(v.start, v.stop, c.width()):
            x = self._plane.x_of(second)
            painter.setPen(QColor(t.line))
            painter.drawLine(QPointF(x, c.bottom() + 1), QPointF(x, c.bottom() + 5))
            painter.setPen(QColor(t.dim))
            left = min(x - 40, self.width() - painter.fontMetrics().horizontalAdvance(text) / 2 - 42)
            painter.drawText(QRectF(left, c.bottom() + 4, 80, 14), int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_playhead(self, painter: QPainter) -> None:
        x, c = self._plane.x_of(self._playhead), self._plane.canvas
        painter.setPen(QPen(QColor(0, 0, 0, 130), 3))
        painter.drawLine(QPointF(x, c.top()), QPointF(x, c.bottom()))
        painter.setPen(QPen(QColor(255, 255, 255), 1.4))
        painter.drawLine(QPointF(x, c.top()), QPointF(x, c.bottom()))

    # -- the hand ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._document.recording is not None:
            self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._document.recording is not None:
            self._hand.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # The right button opens the menu when it goes down; this is the key for it.
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self._document.recording is not None:
            self._hand.menu_wanted.emit(QCursor.pos() if self._hand.inside else self.mapToGlobal(self.rect().center()))

    def tabletEvent(self, event: QTabletEvent) -> None:
        # Not accepted: Qt then sends the mouse events that the hand follows, with this pressure.
        self._hand.set_pressure(event.pressure() if event.type() != QEvent.Type.TabletRelease else 1.0)
        event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hand.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._hand.hold_keys(event.modifiers())
        if not self._hand.key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._hand.hold_keys(event.modifiers())
        super().keyReleaseEvent(event)

    def leaveEvent(self, event: object) -> None:
        self._hand.put(None)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hand.put(event.position())

    def resizeEvent(self, event: QResizeEvent) -> None:
        canvas = QRect(LEFT, TOP, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - BOTTOM))
        # All panes follow the geometry of this one.
        self._plane.set_canvas(canvas, self.devicePixelRatioF())
