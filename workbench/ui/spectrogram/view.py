"""The spectrogram pane: the picture, its axes, the playhead, the time selection and the hand on it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QImage,
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

from workbench.audio.mix import audible
from workbench.control.tools import ToolSettings
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.edits.brush import Ruler
from workbench.masks.model.grid import Region
from workbench.masks.pictures.picture import Axis, Look, Show, axis_of, bgr, brightness, picture
from workbench.ui.base import theme
from workbench.ui.base.axes import frequency_ticks, time_ticks
from workbench.ui.base.guard import guarded
from workbench.ui.spectrogram.brush_cursor import cursor_rect
from workbench.ui.spectrogram.hand import Hand

LEFT, BOTTOM, TOP, RIGHT = 46, 20, 6, 6
"""Margins of the picture within panes that share its axes, in pixels."""
STRIP = 64
MOST_AT_ONCE = 90_000
"""Pixels that are composed at once where masks changed."""
UNHEARD = 0.13
"""Shade of grey of layers that are not heard."""
BUDGET = 0.010
"""Seconds that one painting may spend on the picture; the rest follows in the next."""


def colour_map(name: str) -> NDArray[np.uint8]:
    """A perceptual colour map as (256, 3), blue first."""
    table = pyqtgraph.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return np.ascontiguousarray(table[:, ::-1].astype(np.uint8))


@guarded
class SpectrogramView(QWidget):
    """Shows V and the masks over it; passes the hand on to the tools."""

    hovered = Signal(object)
    """QPointF under the pointer, or None when it left."""
    drag_began = Signal(QPointF, object, float)
    """Place, keyboard modifiers and pressure (1 for a mouse): the tool is put down."""
    drag_moved = Signal(QPointF, float)
    """Place and pressure."""
    drag_ended = Signal()
    double_clicked = Signal(QPointF)
    scrubbed = Signal(object)
    """Second at which the hand holds the sound, on the axis of time; None when it lets go."""
    menu_wanted = Signal(QPoint)
    """Place on the screen where the right button went down."""

    def __init__(self, document: Document, viewport: Viewport, tools: ToolSettings) -> None:
        super().__init__()
        self.setObjectName("spectrogram")
        self.setAccessibleName(self.tr("Spectrogram"))
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._document, self._viewport, self._tools = document, viewport, tools
        self.show_what = Show.COLOURS
        self._heard: list[bool] = []
        self.range_db = (-90.0, -12.0)
        self.map_name = "inferno"
        self.selection: tuple[float, float] | None = None
        self.playhead = 0.0
        self._palette = colour_map(self.map_name)
        self._image = QImage()
        self._fresh: set[int] = set()
        self._drawn: set[int] = set()
        self._backdrop: tuple[QImage, tuple[float, float, float, float]] | None = None
        self._painted_range = (0.0, 1.0, 0.0, 1.0)
        self._rows: Axis | None = None
        self._columns: Axis | None = None
        self.overlays: list[Callable[[QPainter], None]] = []
        self._hand = Hand(self, viewport, tools)
        viewport.changed.connect(self._view_changed)
        tools.changed.connect(self._tool_changed)
        document.opened.connect(self._plane_changed)
        document.analysis_changed.connect(self._plane_changed)
        document.masks_changed.connect(self._masks_changed)
        document.layers_changed.connect(self.redraw)
        document.selection_changed.connect(self._selection_changed)
        document.mix_changed.connect(self._mix_changed)

    def sizeHint(self) -> QSize:
        return QSize(800, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 180)

    @property
    def pointer(self) -> QPointF | None:
        """Place of the pointer over the picture, or None."""
        return self._hand.pointer

    @property
    def axes(self) -> tuple[Axis, Axis] | None:
        """Rows and columns of the picture as it is laid out; None before that."""
        return None if self._rows is None or self._columns is None else (self._rows, self._columns)

    # -- geometry ------------------------------------------------------------------------------------

    @property
    def canvas(self) -> QRect:
        """Where the picture is."""
        return QRect(LEFT, TOP, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - BOTTOM))

    def time_to_x(self, seconds: float) -> float:
        """Pixel of a second."""
        v, c = self._viewport, self.canvas
        return c.left() + (seconds - v.start) / (v.stop - v.start) * c.width()

    def x_to_time(self, x: float) -> float:
        """Second at a pixel."""
        v, c = self._viewport, self.canvas
        return v.start + (x - c.left()) / c.width() * (v.stop - v.start)

    def position_to_y(self, position: float) -> float:
        """Pixel of an axis position."""
        v, c = self._viewport, self.canvas
        return c.top() + c.height() - (position - v.low) / (v.high - v.low) * c.height()

    def y_to_position(self, y: float) -> float:
        """Axis position at a pixel."""
        v, c = self._viewport, self.canvas
        return v.low + (c.top() + c.height() - y) / c.height() * (v.high - v.low)

    def ruler(self) -> Ruler:
        """Where bins and frames are, for strokes that outlive the view."""
        v, c, analysis = self._viewport, self.canvas, self._document.state.analysis
        seconds_per_frame = analysis.hop / v.rate
        return Ruler(
            v.scale,
            v.rate / analysis.window,
            seconds_per_frame * c.width() / (v.stop - v.start),
            c.height() / (v.high - v.low),
        )

    def ruler_point(self, point: QPointF) -> tuple[float, float]:
        """A pixel in the ruler's pixels."""
        ruler, analysis = self.ruler(), self._document.state.analysis
        frame = self._viewport.frame_at(self.x_to_time(point.x()), analysis)
        return float(ruler.x(frame)), self.y_to_position(point.y()) * ruler.pixels_per_position

    def exact_frame(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Frames, with fractions, at seconds."""
        return seconds * (self._viewport.rate / self._document.state.analysis.hop)

    def exact_bin(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bins, with fractions, at axis positions; what is at the foot of the axis reaches down to 0 Hz."""
        v, analysis = self._viewport, self._document.state.analysis
        hz = v.scale.frequency(positions)
        return np.where(positions <= v.bottom + 1e-6, 0.0, hz) * (analysis.window / v.rate)

    def frame_of(self, seconds: float) -> int:
        """The frame that a second is in; not clipped."""
        return int(np.floor(float(self.exact_frame(np.array(seconds))) + 0.5))

    def bin_of(self, position: float) -> int:
        """The bin that an axis position is in; not clipped."""
        return int(np.floor(float(self.exact_bin(np.array(position))) + 0.5))

    def clamped(self, point: QPointF) -> tuple[float, float]:
        """Second and axis position of a pixel, within the recording."""
        v = self._viewport
        seconds = min(max(self.x_to_time(point.x()), 0.0), v.duration)
        return seconds, min(max(self.y_to_position(point.y()), v.bottom), v.top)

    @property
    def rate(self) -> int:
        """Samples a second of the recording that is seen."""
        return self._viewport.rate

    @property
    def duration(self) -> float:
        """Seconds of the recording that is seen."""
        return self._viewport.duration

    # -- keeping the picture -------------------------------------------------------------------------

    def redraw(self) -> None:
        """Everything anew."""
        self._fresh.clear()
        self.update()

    def set_look(self, show: Show, low_db: float, high_db: float, map_name: str) -> None:
        """What is shown, in which level range, with which colour map."""
        self.show_what, self.range_db = show, (low_db, high_db)
        if map_name != self.map_name:
            self.map_name, self._palette = map_name, colour_map(map_name)
        self.redraw()

    def set_playhead(self, seconds: float) -> None:
        """Move the playhead; only its two places are painted."""
        old, self.playhead = self.playhead, seconds
        for second in {old, seconds}:
            x = self.time_to_x(second)
            self.update(int(x) - 6, 0, 13, self.height())

    def set_selection(self, selection: tuple[float, float] | None) -> None:
        """Show a time selection."""
        if selection != self.selection:
            self.selection = selection
            self.update()

    def _plane_changed(self) -> None:
        """Another recording or analysis: bins and frames mean something else."""
        self._rows = self._columns = None
        self._backdrop = None
        self.redraw()

    def _view_changed(self) -> None:
        if not self._image.isNull() and self._fresh:
            self._backdrop = (self._image.copy(), self._painted_range)
        self._rows = self._columns = None
        self.redraw()

    def _selection_changed(self) -> None:
        if self.show_what in (Show.MASK, Show.OVER):
            self.redraw()

    def _tool_changed(self) -> None:
        self._hand.show_cursor()
        self.update()

    def _masks_changed(self, region: Region | None) -> None:
        if self.show_what is Show.LEVEL:
            return
        if region is None or self._rows is None or self._columns is None:
            self.redraw()
            return
        c = self.canvas
        rows = np.searchsorted(self._shown(self._rows), (region.low, region.high))
        columns = np.searchsorted(self._shown(self._columns), (region.start, region.stop))
        ratio = self._image.devicePixelRatio()
        if rows[1] > rows[0] and columns[1] > columns[0]:
            strips = range(int(columns[0]) // STRIP, int(columns[1] - 1) // STRIP + 1)
            if (rows[1] - rows[0]) * (columns[1] - columns[0]) > MOST_AT_ONCE:
                # Too much for now: strip by strip, while the older picture stays.
                self._fresh.difference_update(strips)
            elif self._fresh.issuperset(strips):
                self._compose(int(rows[0]), int(rows[1]), int(columns[0]), int(columns[1]))
            else:
                for strip in self._fresh.intersection(strips):
                    lo, hi = max(int(columns[0]), strip * STRIP), min(int(columns[1]), (strip + 1) * STRIP)
                    self._compose(int(rows[0]), int(rows[1]), lo, hi)
            top = c.height() - rows[1] / ratio
            self.update(
                QRectF(
                    c.left() + columns[0] / ratio,
                    c.top() + top,
                    (columns[1] - columns[0]) / ratio,
                    (rows[1] - rows[0]) / ratio,
                )
                .toAlignedRect()
                .adjusted(-1, -1, 1, 1)
            )

    @staticmethod
    def _shown(axis: Axis) -> NDArray[np.intp]:
        return axis.cells[axis.spread]

    def _look(self) -> Look:
        layers, groups = self._document.layers, self._document.groups
        of_group = {group.id: group.colour for group in groups} if self.show_what is Show.GROUPS else {}
        colours = np.array([bgr(of_group.get(layer.group, layer.colour)) for layer in layers], np.float32)
        if self.show_what in (Show.COLOURS, Show.GROUPS):
            # What is not heard steps back.
            colours[[not heard for heard in audible(layers, groups)]] = UNHEARD
        bright = brightness(*self.range_db)
        return Look(self.show_what, bright, colours.reshape(-1, 3), self._palette, self._document.shown_indices)

    def _mix_changed(self) -> None:
        heard = audible(self._document.layers, self._document.groups)
        if heard != self._heard:
            self._heard = heard
            if self.show_what in (Show.COLOURS, Show.GROUPS):
                self.redraw()

    def _lay_out(self) -> None:
        """Pixels to bins and frames for the present view."""
        v, c, analysis = self._viewport, self.canvas, self._document.state.analysis
        ratio = self.devicePixelRatioF()
        width, height = round(c.width() * ratio), round(c.height() * ratio)
        if self._image.width() != width or self._image.height() != height:
            self._image = QImage(width, height, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(ratio)
            self._fresh.clear()
            self._drawn.clear()
            self._rows = None
        if self._rows is None or self._columns is None:
            bins, frames = self._document.levels.shape
            hz = v.scale.frequency(np.linspace(v.low, v.high, height + 1))
            self._rows = axis_of(hz * analysis.window / v.rate, bins)
            seconds = np.linspace(v.start, v.stop, width + 1)
            self._columns = axis_of(seconds * v.rate / analysis.hop, frames)
            self._fresh.clear()
            self._drawn.clear()
            self._painted_range = (v.start, v.stop, v.low, v.high)

    def _compose(self, row_lo: int, row_hi: int, column_lo: int, column_hi: int) -> None:
        """Compute pixels of a rectangle of the image (rows from below)."""
        assert self._rows is not None and self._columns is not None
        rows, columns = self._rows.cut(row_lo, row_hi), self._columns.cut(column_lo, column_hi)
        pixels = picture(self._document.levels, self._document.stack, self._look(), rows, columns)
        height, width = self._image.height(), self._image.width()
        buffer = np.frombuffer(self._image.bits(), np.uint8).reshape(height, width, 4)
        buffer[height - row_hi : height - row_lo, column_lo:column_hi] = pixels[::-1]

    def _freshen(self) -> bool:
        """Compose stale strips within the budget; answers whether all are fresh."""
        deadline = perf_counter() + BUDGET
        height, width = self._image.height(), self._image.width()
        for strip in range(-(-width // STRIP)):
            if strip not in self._fresh:
                if perf_counter() > deadline:
                    return False
                self._compose(0, height, strip * STRIP, min(width, (strip + 1) * STRIP))
                self._fresh.add(strip)
                self._drawn.add(strip)
        self._backdrop = None
        return True

    # -- painting ------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        t = theme.current()
        c = self.canvas
        whole = event.rect() != event.rect().intersected(c)
        if whole:
            painter.fillRect(event.rect(), QColor(t.panel))
        if self._document.recording is None:
            painter.fillRect(c, QColor(t.canvas))
            return
        self._lay_out()
        done = self._freshen()
        painter.setClipRect(c)
        if not done:
            painter.fillRect(c, QColor(t.canvas))
            self._paint_backdrop(painter)
            ratio = self._image.devicePixelRatio()
            # Strips that only hold older masks are shown until they are done anew: nothing flashes.
            for strip in self._drawn:
                source = QRectF(strip * STRIP, 0, STRIP, self._image.height())
                place = QRectF(c.left() + strip * STRIP / ratio, c.top(), STRIP / ratio, c.height())
                painter.drawImage(place, self._image, source)
        else:
            painter.drawImage(c.topLeft(), self._image)
        self._paint_selection(painter)
        self._paint_playhead(painter)
        for overlay in self.overlays:
            overlay(painter)
        painter.setClipping(False)
        if whole:
            self._paint_axes(painter)
        painter.end()
        if not done:
            self.update(c)

    def _paint_backdrop(self, painter: QPainter) -> None:
        """The last whole picture, moved and stretched to the present view, until strips replace it."""
        if self._backdrop is None:
            return
        image, (start, stop, low, high) = self._backdrop
        left, right = self.time_to_x(start), self.time_to_x(stop)
        top, bottom = self.position_to_y(high), self.position_to_y(low)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), image, QRectF(image.rect()))

    def _paint_axes(self, painter: QPainter) -> None:
        t, c, v = theme.current(), self.canvas, self._viewport
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        for position, text in frequency_ticks(v.scale, v.low, v.high, c.height()):
            y = self.position_to_y(position)
            painter.setPen(QColor(t.line))
            painter.drawLine(QPointF(c.left() - 4, y), QPointF(c.left(), y))
            painter.setPen(QColor(t.dim))
            place = QRectF(0, y - 8, c.left() - 7, 16)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        for second, text in time_ticks(v.start, v.stop, c.width()):
            x = self.time_to_x(second)
            painter.setPen(QColor(t.line))
            painter.drawLine(QPointF(x, c.bottom() + 1), QPointF(x, c.bottom() + 5))
            painter.setPen(QColor(t.dim))
            left = min(x - 40, self.width() - painter.fontMetrics().horizontalAdvance(text) / 2 - 42)
            painter.drawText(QRectF(left, c.bottom() + 4, 80, 14), int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_selection(self, painter: QPainter) -> None:
        if self.selection is None or self._document.area is not None:
            return
        c = self.canvas
        left, right = (self.time_to_x(s) for s in self.selection)
        shade = QColor(0, 0, 0, 120)
        painter.fillRect(QRectF(c.left(), c.top(), left - c.left(), c.height()), shade)
        painter.fillRect(QRectF(right, c.top(), c.right() + 1 - right, c.height()), shade)
        painter.setPen(QPen(QColor(255, 255, 255, 200), 1, Qt.PenStyle.DashLine))
        for x in (left, right):
            painter.drawLine(QPointF(x, c.top()), QPointF(x, c.bottom()))

    def _paint_playhead(self, painter: QPainter) -> None:
        x, c = self.time_to_x(self.playhead), self.canvas
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

    def tabletEvent(self, event: QTabletEvent) -> None:
        # Not accepted: Qt then sends the mouse events that the hand follows, with this pressure.
        self._hand.pressure = event.pressure() if event.type() != QEvent.Type.TabletRelease else 1.0
        event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hand.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._hand.key(event, self.playhead):
            super().keyPressEvent(event)

    def leaveEvent(self, event: object) -> None:
        self._hand.put(None)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hand.put(event.position())

    def resizeEvent(self, event: QResizeEvent) -> None:
        # All panes follow the geometry of this one.
        self._viewport.changed.emit()

    def brush_rect(self, point: QPointF) -> QRect:
        """What the brush's cursor may cover when it is at a place."""
        return cursor_rect(self, self._tools.options.brush, point)

    def global_left(self) -> tuple[QPoint, int]:
        """Top left corner of the picture on the screen, and its width."""
        return self.mapToGlobal(self.canvas.topLeft()), self.canvas.width()
