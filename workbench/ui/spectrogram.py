"""The spectrogram pane: the picture, its axes, the playhead, the time selection and the hand on it."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
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
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.document.document import Document
from workbench.masks.edits import Region
from workbench.masks.picture import Axis, Look, Show, axis_of, bgr, brightness, picture
from workbench.ui import theme
from workbench.ui.axes import frequency_ticks, time_ticks
from workbench.ui.guard import guarded
from workbench.ui.tools import Tool, ToolSettings
from workbench.ui.viewport import Viewport

LEFT, BOTTOM, TOP, RIGHT = 46, 20, 6, 6
"""Margins of the picture within panes that share its axes, in pixels."""
STRIP = 64
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
    time_selected = Signal(object)
    """(start, stop) in seconds, or None."""
    playhead_moved = Signal(float)
    """Second at which the playhead was put."""
    stroke_began = Signal(QPointF, bool)
    """Place, and whether Ctrl asks to take away."""
    stroke_moved = Signal(QPointF)
    stroke_ended = Signal()

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
        self._pointer: QPointF | None = None
        self._drag: tuple[str, QPointF] | None = None
        self._drag_anchor = 0.0
        viewport.changed.connect(self._view_changed)
        tools.changed.connect(self._tool_changed)
        document.opened.connect(self._plane_changed)
        document.analysis_changed.connect(self._plane_changed)
        document.masks_changed.connect(self._masks_changed)
        document.layers_changed.connect(self.redraw)
        document.selection_changed.connect(self._selection_changed)

    def sizeHint(self) -> QSize:
        return QSize(800, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 180)

    @property
    def pointer(self) -> QPointF | None:
        """Place of the pointer over the picture, or None."""
        inside = self._pointer is not None and self._over_canvas(self._pointer)
        return self._pointer if inside else None

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

    def bin_edges(self, low: int, high: int) -> NDArray[np.float64]:
        """Pixels of the lower edges of bins low … high (one more than bins), from the lowest; shape (n + 1,)."""
        v, c = self._viewport, self.canvas
        rate, window = v.rate, self._document.state.analysis.window
        hz = (np.arange(low, high + 1) - 0.5) * rate / window
        positions = v.scale.position(hz)
        return c.top() + c.height() - (positions - v.low) / (v.high - v.low) * c.height()

    def frame_edges(self, start: int, stop: int) -> NDArray[np.float64]:
        """Pixels of the left edges of frames start … stop; shape (n + 1,)."""
        v, c = self._viewport, self.canvas
        hop = self._document.state.analysis.hop
        seconds = (np.arange(start, stop + 1) - 0.5) * hop / v.rate
        return c.left() + (seconds - v.start) / (v.stop - v.start) * c.width()

    def region_under(self, rect: QRectF) -> Region:
        """Bins and frames that a rectangle of pixels touches."""
        v, analysis = self._viewport, self._document.state.analysis
        low = v.bin_at(self.y_to_position(rect.bottom()), analysis)
        high = v.bin_at(self.y_to_position(rect.top()), analysis)
        start = v.frame_at(self.x_to_time(rect.left()), analysis)
        stop = v.frame_at(self.x_to_time(rect.right()), analysis)
        return Region(int(np.floor(low)), int(np.ceil(high)) + 2, int(np.floor(start)), int(np.ceil(stop)) + 2)

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
        self.setCursor(self._cursor_shape())
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
            whole = {int(columns[0]) // STRIP, int(columns[1] - 1) // STRIP}
            if all(s in self._fresh for s in range(min(whole), max(whole) + 1)):
                self._compose(int(rows[0]), int(rows[1]), int(columns[0]), int(columns[1]))
            top = c.height() - rows[1] / ratio
            self.update(
                QRectF(c.left() + columns[0] / ratio, c.top() + top, (columns[1] - columns[0]) / ratio,
                       (rows[1] - rows[0]) / ratio).toAlignedRect().adjusted(-1, -1, 1, 1)
            )  # fmt: skip

    @staticmethod
    def _shown(axis: Axis) -> NDArray[np.intp]:
        return axis.cells[axis.spread]

    def _look(self) -> Look:
        colours = np.array([bgr(layer.colour) for layer in self._document.layers], np.float32).reshape(-1, 3)
        bright = brightness(*self.range_db)
        return Look(self.show_what, bright, colours, self._palette, self._document.selected_index)

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
        self._paint_brush(painter)
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
        if self.selection is None:
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

    def _paint_brush(self, painter: QPainter) -> None:
        if self._pointer is None or not self._tools.paints or not self._over_canvas(self._pointer):
            return
        radius = self._tools.size / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor("#ffffff")
        index = self._document.selected_index
        if index >= 0 and self._tools.tool is Tool.BRUSH:
            colour = QColor(self._document.layers[index].colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 180), 3))
        painter.drawEllipse(self._pointer, radius, radius)
        painter.setPen(QPen(colour, 1.5))
        painter.drawEllipse(self._pointer, radius, radius)
        if self._tools.hardness < 0.98:
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            painter.drawEllipse(self._pointer, radius * self._tools.hardness, radius * self._tools.hardness)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _brush_rect(self, point: QPointF) -> QRect:
        r = self._tools.size / 2 + 3
        return QRectF(point.x() - r, point.y() - r, 2 * r, 2 * r).toAlignedRect()

    # -- the hand ------------------------------------------------------------------------------------

    def _over_canvas(self, point: QPointF) -> bool:
        return self.canvas.contains(point.toPoint())

    def _cursor_shape(self) -> Qt.CursorShape:
        if self._tools.paints:
            return Qt.CursorShape.BlankCursor if self._pointer is not None else Qt.CursorShape.CrossCursor
        return Qt.CursorShape.CrossCursor

    def _set_pointer(self, point: QPointF | None) -> None:
        if self._tools.paints:
            for each in (self._pointer, point):
                if each is not None:
                    self.update(self._brush_rect(each))
        inside = point is not None and self._over_canvas(point)
        blank = inside and self._tools.paints
        self.setCursor(
            Qt.CursorShape.BlankCursor
            if blank
            else Qt.CursorShape.CrossCursor
            if inside
            else Qt.CursorShape.ArrowCursor
        )
        self._pointer = point
        self.hovered.emit(point if inside else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._document.recording is None:
            return
        point, button, keys = event.position(), event.button(), event.modifiers()
        shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if button == Qt.MouseButton.MiddleButton:
            self._drag = ("pan", point)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif button == Qt.MouseButton.RightButton and shift and self._tools.paints:
            self._drag = ("resize", point)
        elif button == Qt.MouseButton.LeftButton and self._tools.paints:
            self._drag = ("paint", point)
            self.stroke_began.emit(point, bool(keys & Qt.KeyboardModifier.ControlModifier))
        elif button == Qt.MouseButton.LeftButton:
            second = self._clamped_time(point.x())
            if shift and self.selection is not None:
                start, stop = self.selection
                second = stop if abs(second - start) < abs(second - stop) else start
            self._drag, self._drag_anchor = ("select", point), second
            if shift:
                self._select_to(point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        kind, last = self._drag or ("", point)
        if kind == "paint":
            self.stroke_moved.emit(point)
        elif kind == "select":
            self._select_to(point)
        elif kind == "pan":
            v, c = self._viewport, self.canvas
            move = point - last
            self._drag = ("pan", point)
            v.pan(-move.x() / c.width() * (v.stop - v.start), move.y() / c.height() * (v.high - v.low))
        elif kind == "resize":
            move = point - last
            self._drag = ("resize", point)
            self._tools.set_size(self._tools.size + move.x())
            self._tools.set_hardness(self._tools.hardness - move.y() / 150)
            return
        self._set_pointer(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        kind = self._drag[0] if self._drag else ""
        self._drag = None
        if kind == "paint":
            self.stroke_ended.emit()
        elif kind == "select" and self.selection is not None:
            start, stop = self.selection
            if abs(self.time_to_x(stop) - self.time_to_x(start)) < 3:
                self.time_selected.emit(None)
        self._set_pointer(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._tools.paints and self._document.recording:
            self.playhead_moved.emit(self._clamped_time(event.position().x()))
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps, point, keys = event.angleDelta(), event.position(), event.modifiers()
        v = self._viewport
        factor = 1.2 ** (steps.y() / 120)
        if keys & Qt.KeyboardModifier.ControlModifier:
            v.zoom_frequency(factor, self.y_to_position(point.y()))
        elif keys & Qt.KeyboardModifier.ShiftModifier or steps.x():
            move = steps.x() or steps.y()
            v.pan(-move / 120 * 0.1 * (v.stop - v.start), 0)
        else:
            v.zoom_time(factor, self.x_to_time(point.x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        v = self._viewport
        span, height = v.stop - v.start, v.high - v.low
        middle = v.start <= self.playhead <= v.stop
        around = self.playhead if middle else (v.start + v.stop) / 2
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Left:
                v.pan(-span * 0.1, 0)
            case Qt.Key.Key_Right:
                v.pan(span * 0.1, 0)
            case Qt.Key.Key_Up:
                v.pan(0, height * 0.1)
            case Qt.Key.Key_Down:
                v.pan(0, -height * 0.1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                v.zoom_frequency(1.25, (v.low + v.high) / 2) if ctrl else v.zoom_time(1.25, around)
            case Qt.Key.Key_Minus:
                v.zoom_frequency(0.8, (v.low + v.high) / 2) if ctrl else v.zoom_time(0.8, around)
            case _:
                super().keyPressEvent(event)

    def leaveEvent(self, event: object) -> None:
        self._set_pointer(None)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._set_pointer(event.position())

    def resizeEvent(self, event: QResizeEvent) -> None:
        # All panes follow the geometry of this one.
        self._viewport.changed.emit()

    def global_left(self) -> tuple[QPoint, int]:
        """Top left corner of the picture on the screen, and its width."""
        return self.mapToGlobal(self.canvas.topLeft()), self.canvas.width()

    def _clamped_time(self, x: float) -> float:
        return min(max(self.x_to_time(x), 0.0), self._viewport.duration)

    def _select_to(self, point: QPointF) -> None:
        here = self._clamped_time(point.x())
        self.time_selected.emit((min(here, self._drag_anchor), max(here, self._drag_anchor)))
