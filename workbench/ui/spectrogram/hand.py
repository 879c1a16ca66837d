"""The hand on the spectrogram: mouse, wheel and keys zoom, pan and resize the brush, or become drags of a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from workbench.control.tools import ToolSettings
from workbench.control.viewport import Viewport

if TYPE_CHECKING:
    from workbench.ui.spectrogram.view import SpectrogramView


class Hand:
    """What the pointer does on the view."""

    def __init__(self, view: SpectrogramView, viewport: Viewport, tools: ToolSettings) -> None:
        self._view, self._viewport, self._tools = view, viewport, tools
        self._pointer: QPointF | None = None
        self._drag: tuple[str, QPointF] | None = None
        self.pressure = 1.0

    @property
    def pointer(self) -> QPointF | None:
        """Place of the pointer over the picture, or None."""
        inside = self._pointer is not None and self._over_canvas(self._pointer)
        return self._pointer if inside else None

    @property
    def holds(self) -> bool:
        """Whether a button is down."""
        return self._drag is not None

    def _over_canvas(self, point: QPointF) -> bool:
        return self._view.canvas.contains(point.toPoint())

    def _on_time_axis(self, point: QPointF) -> bool:
        c = self._view.canvas
        return point.y() > c.bottom() and c.left() <= point.x() <= c.right()

    def _scrub(self, point: QPointF) -> None:
        v = self._viewport
        self._view.scrubbed.emit(min(max(self._view.x_to_time(point.x()), 0.0), v.duration))

    def show_cursor(self) -> None:
        """The cursor for the tool and the place."""
        inside = self.pointer is not None
        blank = inside and self._tools.paints
        shape = Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor
        if self._pointer is not None and self._on_time_axis(self._pointer):
            shape = Qt.CursorShape.SplitHCursor
        self._view.setCursor(Qt.CursorShape.BlankCursor if blank else shape)

    def put(self, point: QPointF | None) -> None:
        """The pointer is elsewhere, or left."""
        if self._tools.paints:
            for each in (self._pointer, point):
                if each is not None:
                    self._view.update(self._view.brush_rect(each))
        self._pointer = point
        if not self.holds:
            self.show_cursor()
        self._view.hovered.emit(self.pointer)

    def press(self, event: QMouseEvent) -> None:
        """A button goes down."""
        point, button, keys = event.position(), event.button(), event.modifiers()
        shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if button == Qt.MouseButton.MiddleButton:
            self._drag = ("pan", point)
            self._view.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif button == Qt.MouseButton.RightButton and shift and self._tools.paints:
            self._drag = ("resize", point)
        elif button == Qt.MouseButton.RightButton:
            self._view.menu_wanted.emit(event.globalPosition().toPoint())
        elif button == Qt.MouseButton.LeftButton and self._on_time_axis(point):
            self._drag = ("scrub", point)
            self._scrub(point)
        elif button == Qt.MouseButton.LeftButton:
            self._drag = ("tool", point)
            self._view.drag_began.emit(point, keys, self.pressure)

    def move(self, event: QMouseEvent) -> None:
        """The pointer moves."""
        point = event.position()
        kind, last = self._drag or ("", point)
        if kind == "tool":
            self._view.drag_moved.emit(point, self.pressure)
        elif kind == "scrub":
            self._scrub(point)
        elif kind == "pan":
            v, c = self._viewport, self._view.canvas
            move = point - last
            self._drag = ("pan", point)
            v.pan(-move.x() / c.width() * (v.stop - v.start), move.y() / c.height() * (v.high - v.low))
        elif kind == "resize":
            move = point - last
            self._drag = ("resize", point)
            self._tools.set_size(self._tools.size + move.x())
            self._tools.set_hardness(self._tools.hardness - move.y() / 150)
            return
        self.put(point)

    def release(self, event: QMouseEvent) -> None:
        """A button comes up."""
        kind = self._drag[0] if self._drag else ""
        self._drag = None
        if kind == "tool":
            self._view.drag_ended.emit()
        elif kind == "scrub":
            self._view.scrubbed.emit(None)
        self.put(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Twice in one place."""
        if event.button() == Qt.MouseButton.LeftButton and not self._tools.paints:
            self._view.double_clicked.emit(event.position())
        else:
            self.press(event)

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom time, with Ctrl frequency; with Shift move in time."""
        steps, point, keys = event.angleDelta(), event.position(), event.modifiers()
        v = self._viewport
        factor = 1.2 ** (steps.y() / 120)
        if keys & Qt.KeyboardModifier.ControlModifier:
            v.zoom_frequency(factor, self._view.y_to_position(point.y()))
        elif keys & Qt.KeyboardModifier.ShiftModifier or steps.x():
            move = steps.x() or steps.y()
            v.pan(-move / 120 * 0.1 * (v.stop - v.start), 0)
        else:
            v.zoom_time(factor, self._view.x_to_time(point.x()))
        event.accept()

    def key(self, event: QKeyEvent, playhead: float) -> bool:
        """Move and zoom by keys; answers whether it was one of them."""
        v = self._viewport
        span, height = v.stop - v.start, v.high - v.low
        around = playhead if v.start <= playhead <= v.stop else (v.start + v.stop) / 2
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
                return False
        return True
