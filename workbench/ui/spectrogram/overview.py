"""All of the recording in a strip, and over it what part of it is in view: to find one's way, and to go there."""

from __future__ import annotations

from enum import Enum, auto

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.control.markers import Markers
from workbench.control.playback import Playback
from workbench.control.viewport import SHORTEST_SECONDS, Viewport
from workbench.document.document import Document
from workbench.masks.pictures.picture import axis_of, brightness, levels_of
from workbench.spectral.axes import clock
from workbench.spectral.level import level_db
from workbench.spectral.scales import FrequencyScale
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.spectrogram.image import colour_map
from workbench.ui.spectrogram.marker_places import spans_of
from workbench.ui.spectrogram.view import LEFT, RIGHT

HEIGHT, MARGIN = 40, 4
GRIP = 6
"""Pixels on either side of an edge at which the hand takes hold of it."""
NARROWEST = 8
"""Pixels that the frame takes at least."""
REGION = 4
"""Pixels that the line of a region takes."""
MOST_LINES = 60
"""Markers that have a line from top to bottom."""
DARK = 0.15
"""Share of the picture that is black."""
OUTSIDE = 140
"""How far what is not in view steps back, of 255."""
ZOOM, STEP = 1.25, 0.25
"""By a key: how far it zooms, and what share of the view it moves."""


class Grip(Enum):
    """What the hand has hold of."""

    VIEW = auto()
    START = auto()
    STOP = auto()


@guarded
class Overview(QWidget):
    """Shows all levels; its frame is the viewport's time."""

    def __init__(self, document: Document, viewport: Viewport, playback: Playback, markers: Markers) -> None:
        super().__init__()
        self.setObjectName("overview")
        self.setAccessibleName(self.tr("Overview"))
        tip = self.tr("All of the recording. Drag the frame or its edges, click to go there, double-click to see all")
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._document, self._viewport, self._markers = document, viewport, markers
        self._playhead = 0.0
        self._palette = colour_map("inferno")
        self._image, self._marked = QImage(), QImage()
        """The picture, and the same with the markers over it."""
        self._scale: FrequencyScale | None = None
        """Of the picture."""
        self._grip: Grip | None = None
        self._held = 0.0
        """Seconds from the hand to what it has hold of."""
        document.opened.connect(self.redraw)
        document.analysis_changed.connect(self.redraw)
        viewport.changed.connect(self.update)
        markers.changed.connect(self._mark_anew)
        playback.moved.connect(self._show_playhead)

    def sizeHint(self) -> QSize:
        return QSize(800, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def redraw(self) -> None:
        """Everything anew."""
        self._image = QImage()
        self.update()

    def _mark_anew(self) -> None:
        self._marked = QImage()
        self.update()

    # -- places --------------------------------------------------------------------------------------

    @property
    def _canvas(self) -> QRect:
        return QRect(LEFT, MARGIN, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - 2 * MARGIN))

    def _x(self, second: float) -> float:
        return self._canvas.left() + second / self._viewport.duration * self._canvas.width()

    def _second(self, x: float) -> float:
        return (x - self._canvas.left()) / self._canvas.width() * self._viewport.duration

    @property
    def _frame(self) -> tuple[float, float]:
        """Left and right of what is in view, in pixels; wide enough to be seen."""
        left, right = self._x(self._viewport.start), self._x(self._viewport.stop)
        more = max(0.0, NARROWEST - (right - left)) / 2
        return left - more, right + more

    def _grip_at(self, x: float) -> Grip:
        left, right = self._frame
        near = min((abs(x - left), Grip.START), (abs(x - right), Grip.STOP), key=lambda each: each[0])
        # A frame that is too narrow to have edges is moved as a whole.
        return near[1] if near[0] <= GRIP and right - left > 3 * GRIP else Grip.VIEW

    # -- painting ------------------------------------------------------------------------------------

    def _show_playhead(self, second: float) -> None:
        old, self._playhead = self._playhead, second
        if round(self._x(old)) != round(self._x(second)):
            for each in (old, second):
                self.update(int(self._x(each)) - 2, 0, 5, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, t, c = QPainter(self), theme.current(), self._canvas
        painter.fillRect(self.rect(), QColor(t.panel))
        painter.fillRect(c, QColor(t.canvas))
        if self._document.recording is None:
            return
        ratio = self.devicePixelRatioF()
        size = round(c.width() * ratio), round(c.height() * ratio)
        if (self._image.width(), self._image.height()) != size or self._scale is not self._viewport.scale:
            self._image, self._scale = self._drawn(*size), self._viewport.scale
            self._image.setDevicePixelRatio(ratio)
            self._marked = QImage()
        if self._marked.isNull():
            self._marked = self._with_markers()
        painter.drawImage(c.topLeft(), self._marked)
        left, right = self._frame
        shade = QColor(0, 0, 0, OUTSIDE)
        painter.fillRect(QRectF(c.left(), c.top(), max(0.0, left - c.left()), c.height()), shade)
        painter.fillRect(QRectF(right, c.top(), max(0.0, c.right() + 1 - right), c.height()), shade)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.accent), 2.0 if self.hasFocus() else 1.4))
        painter.drawRoundedRect(QRectF(left, c.top() - 1.5, right - left, c.height() + 3), 3, 3)
        painter.setPen(QPen(QColor(255, 255, 255), 1.2))
        x = self._x(self._playhead)
        painter.drawLine(int(x), c.top(), int(x), c.bottom())

    def _with_markers(self) -> QImage:
        """The picture with a line for each marker, as many as there are pixels, and a bar for each region."""
        c, colour, out = self._canvas, QColor(theme.current().solo), self._image.copy()
        places = np.rint(spans_of(self._markers.entries) / self._viewport.duration * c.width()).astype(int)
        painter = QPainter(out)
        for left, right in np.unique(places, axis=0).tolist():
            painter.fillRect(left, c.height() - REGION, right - left, REGION, colour)
        begins = np.unique(places[:, 0]).tolist()
        # Many are ticks at the upper edge, so that the picture is seen.
        tall = c.height() if len(begins) <= MOST_LINES else REGION
        for left in begins:
            painter.fillRect(left, 0, 1, tall, colour)
        painter.end()
        return out

    def _drawn(self, width: int, height: int) -> QImage:
        levels, v, analysis = self._document.levels, self._viewport, self._document.state.analysis
        bins, frames = levels.shape
        hz = v.scale.frequency(np.linspace(v.bottom, v.top, height + 1))
        rows = axis_of(analysis.bin_place(hz, v.rate), bins)
        columns = axis_of(analysis.frame_place(np.linspace(0.0, v.duration, width + 1), v.rate), frames)
        level = levels_of(levels, rows, columns)[rows.spread][:, columns.spread]
        # The loudest of so long spans is loud nearly everywhere: what tells is how they differ.
        low, high = level_db(np.quantile(level, (DARK, 1.0)))
        shade = np.rint(255 * brightness(float(low), float(high))).astype(np.uint8)
        pixels = np.zeros((height, width, 4), np.uint8)
        pixels[..., :3] = self._palette[shade[level]][::-1]
        return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()

    # -- the hand ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._document.recording is None:
            return
        x, v = event.position().x(), self._viewport
        left, right = self._frame
        self._grip = self._grip_at(x)
        if self._grip is Grip.VIEW and not left <= x <= right:
            middle = self._second(x)
            v.show_time(middle - v.span / 2, middle + v.span / 2)
        of = {Grip.VIEW: v.start, Grip.START: v.start, Grip.STOP: v.stop}
        self._held = of[self._grip] - self._second(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, v = event.position().x(), self._viewport
        if self._grip is None:
            self._point_at(x)
            return
        second = self._second(x) + self._held
        if self._grip is Grip.VIEW:
            v.show_time(second, second + v.span)
        elif self._grip is Grip.START:
            v.show_time(min(max(second, 0.0), v.stop - SHORTEST_SECONDS), v.stop)
        else:
            v.show_time(v.start, max(min(second, v.duration), v.start))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._document.recording is not None:
            self._viewport.show_time(0.0, self._viewport.duration)

    def _point_at(self, x: float) -> None:
        """Say what a drag from here would do, and when it is."""
        grip = self._grip_at(x)
        if self._document.recording is None:
            self.unsetCursor()
            return
        left, right = self._frame
        if grip is not Grip.VIEW:
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.setCursor(Qt.CursorShape.OpenHandCursor if left <= x <= right else Qt.CursorShape.PointingHandCursor)
        self.setStatusTip(clock(min(max(self._second(x), 0.0), self._viewport.duration)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        v, steps, keys = self._viewport, event.angleDelta(), event.modifiers()
        if keys & Qt.KeyboardModifier.ShiftModifier or steps.x():
            v.pan(-(steps.x() or steps.y()) / 120 * 0.1 * v.span, 0)
        else:
            v.zoom_time(1.2 ** (steps.y() / 120), min(max(self._second(event.position().x()), v.start), v.stop))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        v = self._viewport
        middle = (v.start + v.stop) / 2
        step = v.span if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP * v.span
        match event.key():
            case Qt.Key.Key_Left:
                v.pan(-step, 0)
            case Qt.Key.Key_Right:
                v.pan(step, 0)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                v.zoom_time(ZOOM, middle)
            case Qt.Key.Key_Minus:
                v.zoom_time(1 / ZOOM, middle)
            case _:
                super().keyPressEvent(event)
