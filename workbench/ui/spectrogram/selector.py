"""Selecting of time and frequency with the hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workbench.control.tools import SELECTING, Tool, ToolSettings
from workbench.document.document import Document
from workbench.masks.edits import areas
from workbench.masks.edits.areas import Area
from workbench.masks.model.grid import Region

if TYPE_CHECKING:
    from workbench.ui.spectrogram.view import SpectrogramView

CLICK = 3
"""Pixels within which a drag is a click."""
MOST_AT_ONCE = 3_000_000
"""Bins within a line up to which its inside is found while the hand waits."""
PIECES = 24
"""Points along a straight line of the screen, which is bent on the frequency axis."""


class Selector(QObject):
    """Turns drags and clicks of the selecting tools into areas."""

    time_selected = Signal(object)
    """(start, stop) in seconds, to play over and over, or None."""
    large_drawn = Signal(object, str)
    """What makes an area of very many bins, and the way in which to join it with what is selected."""
    wand_used = Signal(int, int, object)
    """Bin, frame and the way in which to join what is found with what is selected."""

    def __init__(
        self, document: Document, view: SpectrogramView, tools: ToolSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._tools = document, view, tools
        self._points: list[tuple[float, float]] = []
        self._hover: QPointF | None = None
        self._dragging = False
        self._way = "new"
        view.drag_began.connect(self._began)
        view.drag_moved.connect(self._moved)
        view.drag_ended.connect(self._ended)
        view.double_clicked.connect(self._double_clicked)
        view.hovered.connect(self._hovered)
        tools.changed.connect(self.cancel)
        document.opened.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Whether something is being drawn."""
        return bool(self._points)

    @property
    def _tool(self) -> Tool | None:
        """The selecting tool; a threshold selects rectangles, to say where it counts."""
        if self._tools.tool is Tool.THRESHOLD:
            return Tool.RECTANGLE
        return self._tools.tool if self._tools.tool in SELECTING else None

    # -- the hand ------------------------------------------------------------------------------------

    def _began(self, point: QPointF, keys: Qt.KeyboardModifier, pressure: float) -> None:
        tool = self._tool
        if tool is None:
            return
        if not (tool is Tool.POLYGON and self._points):
            self._way = way_of(keys)
        if tool is Tool.WAND:
            analysis, v = self._document.state.analysis, self._view
            seconds, position = v.x_to_time(point.x()), v.y_to_position(point.y())
            row, column = v.bin_of(position), v.frame_of(seconds)
            self.wand_used.emit(
                min(max(row, 0), analysis.bins - 1), min(max(column, 0), self._document.stack.frames - 1), self._way
            )
            return
        self._dragging = True
        if tool is Tool.POLYGON:
            self._points.append(self._place(point))
        else:
            self._points = [self._place(point)]
        self._view.update()

    def _moved(self, point: QPointF, pressure: float = 1.0) -> None:
        tool = self._tool
        if not self._dragging or not self._points or tool is None:
            return
        place = self._place(point)
        if tool is Tool.LASSO:
            self._points.append(place)
        elif tool is Tool.POLYGON:
            self._points[-1] = place
        else:
            self._points = [self._points[0], place]
        if tool is Tool.SELECT and self._way == "new":
            self._document.set_area(None)
            times = sorted((self._points[0][0], place[0]))
            self.time_selected.emit((times[0], times[1]))
        self._view.update()

    def _ended(self) -> None:
        if not self._dragging:
            return
        self._dragging = False
        tool = self._tool
        if tool is Tool.POLYGON or tool is None:
            return
        if self._is_click():
            self._points = []
            if self._way == "new":
                self.deselect()
            self._view.update()
            return
        self._finish(tool)

    def _double_clicked(self, point: QPointF) -> None:
        if self._tool is Tool.POLYGON:
            self.close()

    def close(self) -> None:
        """Return or double click: the polygon is done."""
        if self._tool is Tool.POLYGON and len(self._points) >= 3:
            self._finish(Tool.POLYGON)
        else:
            self.cancel()

    def take_back(self) -> None:
        """Backspace: the last corner."""
        self._points = self._points[:-1]
        self._view.update()

    def cancel(self) -> None:
        """Esc: nothing was drawn."""
        if self._points:
            self._points, self._dragging = [], False
            self._view.update()

    def deselect(self) -> None:
        """Nothing is selected, and all plays."""
        self._document.set_area(None)
        self.time_selected.emit(None)

    def _hovered(self, point: QPointF | None) -> None:
        self._hover = point
        if self._points and self._tool is Tool.POLYGON:
            self._view.update()

    # -- what was drawn ------------------------------------------------------------------------------

    def _place(self, point: QPointF) -> tuple[float, float]:
        """Second and axis position, within the recording."""
        return self._view.clamped(point)

    def _pixels(self) -> list[QPointF]:
        return [QPointF(self._view.time_to_x(t), self._view.position_to_y(p)) for t, p in self._points]

    def _is_click(self) -> bool:
        pixels = self._pixels()
        return all((p - pixels[0]).manhattanLength() <= CLICK for p in pixels)

    def _drawn(self, tool: Tool) -> tuple[Callable[[], Area], int]:
        """How to make the area that was drawn, and how many bins it may hold."""
        stack, view = self._document.stack, self._view
        frames = [view.frame_of(t) for t, _ in self._points]
        bins = [view.bin_of(p) for _, p in self._points]
        region = Region(min(bins), max(bins) + 1, min(frames), max(frames) + 1)
        if tool is Tool.SELECT:
            region = Region(0, stack.bins, region.start, region.stop)
        elif tool is Tool.BAND:
            region = Region(region.low, region.high, 0, stack.frames)
        elif tool is not Tool.RECTANGLE:
            return partial(areas.polygon, self._bent(), stack.bins, stack.frames), region.bins_held
        return partial(areas.rectangle, region, stack.bins, stack.frames), 0

    def _bent(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """The closed line as (frame, bin): straight on the screen."""
        corners = np.array(self._points)
        ends = np.roll(corners, -1, axis=0)
        many = 1 if len(corners) > 3 * PIECES else PIECES
        shares = np.arange(many)[:, None] / many
        line = np.concatenate([a + shares * (b - a) for a, b in zip(corners, ends, strict=True)])
        return np.stack([self._view.exact_frame(line[:, 0]), self._view.exact_bin(line[:, 1])], axis=1)

    def _finish(self, tool: Tool) -> None:
        make, bins = self._drawn(tool)
        self._points = []
        if bins > MOST_AT_ONCE:
            self.large_drawn.emit(make, self._way)
        else:
            self.put(areas.joined(self._document.area, make(), self._way))
        self._view.update()

    def put(self, area: Area) -> None:
        """Select an area; its time plays over and over."""
        self._document.set_area(area)
        self.tell_time()

    def tell_time(self) -> None:
        """What plays over and over is the time of what is selected."""
        area = self._document.area
        if area is None:
            self.time_selected.emit(None)
            return
        bounds = area.bounds
        if bounds.stop - bounds.start >= area.frames:
            self.time_selected.emit(None)
            return
        seconds = self._document.state.analysis.hop / self._view.rate
        start, stop = (bounds.start - 0.5) * seconds, (bounds.stop - 0.5) * seconds
        self.time_selected.emit((max(start, 0.0), min(stop, self._view.duration)))

    # -- drawing -------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Draw what is being drawn."""
        tool = self._tool
        if not self._points or tool is None:
            return
        path, c = QPainterPath(), QRectF(self._view.canvas)
        pixels = self._pixels()
        if tool in (Tool.LASSO, Tool.POLYGON):
            path.moveTo(pixels[0])
            for pixel in pixels[1:]:
                path.lineTo(pixel)
            if tool is Tool.POLYGON and self._hover is not None and not self._dragging:
                path.lineTo(self._hover)
        else:
            rect = QRectF(pixels[0], pixels[-1]).normalized()
            if tool is Tool.SELECT:
                rect = QRectF(rect.left(), c.top(), rect.width(), c.height())
            if tool is Tool.BAND:
                rect = QRectF(c.left(), rect.top(), c.width(), rect.height())
            path.addRect(rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(255, 255, 255, 26) if tool is not Tool.POLYGON else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 170), 2.5))
        painter.drawPath(path)
        painter.setPen(QPen(QColor(255, 255, 255), 1.2, Qt.PenStyle.DashLine))
        painter.drawPath(path)
        if tool is Tool.POLYGON:
            painter.setBrush(QColor(255, 255, 255))
            for pixel in pixels:
                painter.drawEllipse(pixel, 3, 3)
        painter.restore()


def way_of(keys: Qt.KeyboardModifier) -> str:
    """How the keys join a new selection with the one there is: Shift adds, Ctrl subtracts, both intersect."""
    shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
    return "intersect" if shift and ctrl else "add" if shift else "subtract" if ctrl else "new"
