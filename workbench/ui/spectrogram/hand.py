"""The hand on the spectrogram: mouse, wheel and keys zoom, pan and resize the brush, or become drags of a tool."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent, QWheelEvent

from workbench.control.handling import Handling
from workbench.control.marking import Marking
from workbench.control.plane import Plane, Pointer
from workbench.control.playback import Playback
from workbench.control.saying import Says
from workbench.control.selecting import Selecting
from workbench.control.strokes import Strokes
from workbench.control.tools import Tool, ToolSettings
from workbench.control.viewport import Viewport
from workbench.masks.edits.areas import Join
from workbench.ui.base.joining import join_of
from workbench.ui.spectrogram.grip_cursors import grip_cursor

PLACING = (Tool.SELECT, Tool.RECTANGLE, Tool.BAND, Tool.THRESHOLD)
"""Tools whose double click puts the playhead."""
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
"""Keys that move, and which way: later, higher."""
FAR = 10
"""Frames or bins that an arrow key with Shift nudges by."""
CARRY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
"""Keys with which a drag takes what the layer holds in the selection along."""


class Grip(Enum):
    """What a held button does."""

    TOOL = auto()
    SCRUB = auto()
    PAN = auto()
    RESIZE = auto()


@dataclass(frozen=True)
class Drag:
    """A button that is held: which one, what it does, and where the hand was last."""

    button: Qt.MouseButton
    grip: Grip
    last: QPointF


class Hand(QObject):
    """What the pointer does on the canvas. One button at a time: others are deaf until the first is released."""

    menu_wanted = Signal(QPoint)
    """Place on the screen where the right button went down."""
    owner_wanted = Signal(bool)
    """Alt and the left button: whose place is this? True to select it beside what is selected."""
    cursor_changed = Signal(object)
    """QCursor or Qt.CursorShape for the tool and the place."""

    def __init__(
        self,
        plane: Plane,
        pointer: Pointer,
        viewport: Viewport,
        tools: ToolSettings,
        strokes: Strokes,
        marking: Marking,
        selecting: Selecting,
        handling: Handling,
        playback: Playback,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._plane, self._pointer, self._viewport, self._tools = plane, pointer, viewport, tools
        self._strokes, self._marking, self._selecting, self._playback = strokes, marking, selecting, playback
        self._handling = handling
        self._point: QPointF | None = None
        self._drag: Drag | None = None
        self._pressure = 1.0
        self._keys = Qt.KeyboardModifier.NoModifier
        tools.changed.connect(self._show_cursor)

    @property
    def holds(self) -> bool:
        """Whether a button is down."""
        return self._drag is not None

    @property
    def draws(self) -> bool:
        """Whether a tool is at work: it must follow before anything else does."""
        return self._drag is not None and self._drag.grip is Grip.TOOL

    @property
    def inside(self) -> bool:
        """Whether the pointer is over the canvas."""
        return self._point is not None and self._plane.canvas.contains(self._point.toPoint())

    def set_pressure(self, pressure: float) -> None:
        """How hard a pen presses, 0 … 1; a mouse 1."""
        self._pressure = pressure

    # -- buttons -------------------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """A button goes down."""
        if self._drag is not None:
            return
        point, button, keys = event.position(), event.button(), event.modifiers()
        shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        if button == Qt.MouseButton.MiddleButton:
            self._drag = Drag(button, Grip.PAN, point)
            self.cursor_changed.emit(Qt.CursorShape.ClosedHandCursor)
        elif button == Qt.MouseButton.RightButton and shift and self._tools.paints:
            self._drag = Drag(button, Grip.RESIZE, point)
        elif button == Qt.MouseButton.RightButton:
            self._pointer.put(point)
            self.menu_wanted.emit(event.globalPosition().toPoint())
        elif button == Qt.MouseButton.LeftButton and self._on_time_axis(point):
            self._drag = Drag(button, Grip.SCRUB, point)
            self._playback.scrub(self._plane.second_at(point.x()))
        elif (
            button == Qt.MouseButton.LeftButton
            and keys & CARRY == CARRY
            and self._selecting.begin_content(point, shift)
        ):
            self._drag = Drag(button, Grip.TOOL, point)
        elif button == Qt.MouseButton.LeftButton and keys & Qt.KeyboardModifier.AltModifier:
            self._pointer.put(point)
            self.owner_wanted.emit(shift)
        elif button == Qt.MouseButton.LeftButton:
            self._drag = Drag(button, Grip.TOOL, point)
            ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
            self._strokes.begin(point, ctrl, self._pressure)
            self._marking.begin(point, said_by(keys))
            self._selecting.begin(point, join_of(keys))

    def move(self, event: QMouseEvent) -> None:
        """The pointer moves."""
        point, drag = event.position(), self._drag
        self.hold_keys(event.modifiers())
        if drag is not None and not event.buttons() & drag.button:
            # It came up where nobody told us: over another window, or under a grab of the system's.
            self._let_go(point)
        elif drag is not None:
            self._drag = Drag(drag.button, drag.grip, point)
            self._go_on(drag.grip, point, point - drag.last)
            if drag.grip is Grip.RESIZE:
                # The brush stays where it is while its size changes.
                return
        self.put(point)

    def _go_on(self, grip: Grip, point: QPointF, by: QPointF) -> None:
        if grip is Grip.TOOL:
            self._strokes.move(point, self._pressure)
            self._marking.move(point)
            self._selecting.move(point, bool(self._keys & Qt.KeyboardModifier.ShiftModifier))
        elif grip is Grip.SCRUB:
            self._playback.scrub(self._plane.second_at(point.x()))
        elif grip is Grip.PAN:
            v, c = self._viewport, self._plane.canvas
            v.pan(-by.x() / c.width() * v.span, by.y() / c.height() * v.height)
        else:
            self._tools.set_size(self._tools.size + by.x())
            self._tools.set_hardness(self._tools.hardness - by.y() / 150)

    def release(self, event: QMouseEvent) -> None:
        """A button comes up."""
        if self._drag is not None and event.button() == self._drag.button:
            self._let_go(event.position())

    def _let_go(self, point: QPointF) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag.grip is Grip.TOOL:
            self._strokes.end()
            self._marking.end()
            self._selecting.end()
        elif drag is not None and drag.grip is Grip.SCRUB:
            self._playback.scrub(None)
        self.put(point)

    def interrupt(self) -> None:
        """A question came up, so that the release of a button that is down may not come: nothing goes on sounding."""
        self._marking.hush()
        if self._drag is not None and self._drag.grip is Grip.SCRUB:
            self._playback.scrub(None)

    def double_click(self, event: QMouseEvent) -> None:
        """Twice in one place."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.button() != Qt.MouseButton.LeftButton or self._tools.paints or alt:
            self.press(event)
        elif self._tools.tool is Tool.POLYGON:
            self._selecting.close()
        elif self._tools.tool in PLACING:
            self._playback.seek(self._plane.place_at(event.position())[0])

    # -- wheel and keys ------------------------------------------------------------------------------

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom time, with Ctrl frequency; with Shift move in time."""
        steps, point, keys = event.angleDelta(), event.position(), event.modifiers()
        v = self._viewport
        factor = 1.2 ** (steps.y() / 120)
        if keys & Qt.KeyboardModifier.ControlModifier:
            v.zoom_frequency(factor, self._plane.position_at(point.y()))
        elif keys & Qt.KeyboardModifier.ShiftModifier or steps.x():
            v.pan(-(steps.x() or steps.y()) / 120 * 0.1 * v.span, 0)
        else:
            v.zoom_time(factor, self._plane.second_at(point.x()))
        event.accept()

    def hold_keys(self, keys: Qt.KeyboardModifier) -> None:
        """These keys are down now."""
        self._marking.mean(said_by(keys))
        if keys != self._keys:
            self._keys = keys
            if not self.holds:
                self._show_cursor()

    def key(self, event: QKeyEvent) -> bool:
        """Nudge, move and zoom by keys; answers whether it was one of them."""
        if self._nudge(event):
            return True
        v, playhead = self._viewport, self._playback.position
        around = playhead if v.start <= playhead <= v.stop else (v.start + v.stop) / 2
        middle = (v.low + v.high) / 2
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Left:
                v.pan(-v.span * 0.1, 0)
            case Qt.Key.Key_Right:
                v.pan(v.span * 0.1, 0)
            case Qt.Key.Key_Up:
                v.pan(0, v.height * 0.1)
            case Qt.Key.Key_Down:
                v.pan(0, -v.height * 0.1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                v.zoom_frequency(1.25, middle) if ctrl else v.zoom_time(1.25, around)
            case Qt.Key.Key_Minus:
                v.zoom_frequency(0.8, middle) if ctrl else v.zoom_time(0.8, around)
            case _:
                return False
        return True

    def _nudge(self, event: QKeyEvent) -> bool:
        """With a selecting tool the arrows move what is selected, with Ctrl what the layer holds there."""
        way, keys = ARROWS.get(Qt.Key(event.key())), event.modifiers()
        if way is None or not self._selecting.handles_shown:
            return False
        far = FAR if keys & Qt.KeyboardModifier.ShiftModifier else 1
        with_content = bool(keys & Qt.KeyboardModifier.ControlModifier)
        nudge = self._handling.nudge_content if with_content else self._handling.nudge
        return nudge(far * way[0], far * way[1])

    # -- the pointer ---------------------------------------------------------------------------------

    def put(self, point: QPointF | None) -> None:
        """The pointer is elsewhere, or left."""
        self._point = point
        if not self.holds:
            self._show_cursor()
        self._pointer.put(point)

    def _on_time_axis(self, point: QPointF) -> bool:
        c = self._plane.canvas
        return point.y() > c.bottom() and c.left() <= point.x() <= c.right()

    def _show_cursor(self) -> None:
        """The cursor for the tool and the place."""
        shape: QCursor | Qt.CursorShape = Qt.CursorShape.CrossCursor if self.inside else Qt.CursorShape.ArrowCursor
        if self.inside and self._tools.paints:
            shape = Qt.CursorShape.BlankCursor
        elif self.inside and self._point is not None and self._selecting.handles_shown:
            shape = self._grip_cursor(self._point) or shape
        elif self._point is not None and self._on_time_axis(self._point):
            shape = Qt.CursorShape.SplitHCursor
        self.cursor_changed.emit(shape)

    def _grip_cursor(self, point: QPointF) -> QCursor | Qt.CursorShape | None:
        """What a press would take of the selection with the keys that are down; None where it would draw."""
        keys, handles = self._keys, self._handling.handles
        if keys & CARRY == CARRY and self._handling.covers(point):
            copies = keys & Qt.KeyboardModifier.ShiftModifier
            return Qt.CursorShape.DragCopyCursor if copies else Qt.CursorShape.DragMoveCursor
        if handles is None or join_of(keys) is not Join.NEW:
            return None
        grip = self._handling.grip_at(point)
        return None if grip is None else grip_cursor(grip, handles)


def said_by(keys: Qt.KeyboardModifier) -> Says:
    """What a click of the Point tool says: Ctrl denies, Shift says more of the selected source."""
    ctrl, shift = bool(keys & Qt.KeyboardModifier.ControlModifier), bool(keys & Qt.KeyboardModifier.ShiftModifier)
    return Says.NOT if ctrl else Says.MORE if shift else Says.THIS
