"""Pointing at sounds by hand: what lights up under the pointer, and what clicks and strokes say."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from workbench.control.acting import Acting
from workbench.control.audition import Audition
from workbench.control.click_places import ClickPlaces
from workbench.control.components import Components
from workbench.control.marks import MarkActs
from workbench.control.notices import Notices
from workbench.control.plane import Plane, Pointer
from workbench.control.saying import Saying, Says
from workbench.control.selection import Selection
from workbench.control.tools import Tool, ToolSettings
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.masks.edits.brush import Brush, Shape
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.marks import Mark
from workbench.masks.model.sources import Sources
from workbench.spectral.stft import Analysis

MOVED = 4
"""Pixels from which on a press is a stroke."""
THICKNESS = 12.0
"""Pixels of a stroke."""
FOLLOW_MS = 8
HOLD_MS = 280
"""A button that is held so long without moving plays what is lit."""


class Marking(Saying):
    """Press, move, release of the Point tool; what would belong together is lit while the pointer moves."""

    lit_changed = Signal()
    """Something else is lit, or nothing."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        tools: ToolSettings,
        plane: Plane,
        pointer: Pointer,
        components: Components,
        audition: Audition,
        marks: MarkActs,
        acting: Acting,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(document, selection, components, acting, notices, parent)
        self._tools, self._plane, self._pointer = tools, plane, pointer
        self._places = ClickPlaces(document, plane)
        self._audition, self._marks = audition, marks
        self._grabbed: Mark | None = None
        self._lit: tuple[Sources, int] | None = None
        self._meant = Says.THIS
        """What a click would say, by the keys that are held."""
        self._pressed: QPointF | None = None
        self._says = Says.THIS
        self._rested = False
        self._last = QPointF()
        self._plane_pressed = (0, document.state.analysis)
        self._spans = False
        self._path: Path | None = None
        self._held = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._held.timeout.connect(self._listen)
        self._later = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._later.timeout.connect(self._light)
        pointer.moved.connect(self._light_soon)
        tools.changed.connect(self._tool_changed)
        document.marks_changed.connect(self._light_soon)
        components.changed.connect(self._light_soon)
        self.changed.connect(self._light_soon)
        document.analysis_changed.connect(self._put_out)
        document.opened.connect(self._forget)

    @property
    def active(self) -> bool:
        """Whether the Point tool is in hand."""
        return self._tools.tool is Tool.POINT

    # -- what is lit -----------------------------------------------------------------------------------

    @property
    def lit(self) -> tuple[Sources, int] | None:
        """What a click here would give: the sources, and which of them."""
        return self._lit

    def mean(self, says: Says) -> None:
        """What a click would say now, by the keys that are held."""
        if says is not self._meant:
            self._meant = says
            self._light_soon()

    def _light_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _light(self) -> None:
        place = self._pointer.place
        lit = None
        if self.active and place is not None and self._document.recording is not None and self._path is None:
            self._components.want()
            lit = self.tried(self._places.of_click(*place), self._meant)
        if lit is not None or self._lit is not None:
            self._lit = lit
            self.lit_changed.emit()

    def _tool_changed(self) -> None:
        if not self.active and self._pressed is not None:
            self.cancel()
        self._light_soon()

    def _put_out(self) -> None:
        """What was lit is of another window and hop."""
        self._lit = None
        self.lit_changed.emit()
        self._light_soon()

    def mark_at(self, point: QPointF) -> Mark | None:
        """The mark that is taken by a point of the canvas, while the tool is in hand."""
        return self._marks.at(point) if self.active else None

    # -- the hand --------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether the button is down (a click, a stroke, or something that is heard alone), or clicks wait."""
        return self._pressed is not None or self.waits

    def set_spans(self, on: bool) -> None:
        """Whether drags mark all frequencies of a time: only this source sounds there."""
        self._spans = on

    def begin(self, point: QPointF, says: Says) -> None:
        """Press."""
        if self.active and self._document.recording is not None:
            locked = self.locked(says)
            if locked is not None:
                self._notices.refuse(UserError("document.source_is_locked", name=locked.name))
                return
            self._pressed, self._says, self._path = point, says, None
            self._plane_pressed = self._plane_now()
            self._held.start()

    def _plane_now(self) -> tuple[int, Analysis]:
        """What a stroke is drawn on: the stack, and its window and hop."""
        state = self._document.recorded_state
        return state.shown, state.analysis

    def _lost(self) -> bool:
        """Whether there is no press, or what it was made on is gone; such a stroke leaves no trace."""
        if self._pressed is not None and self._plane_now() != self._plane_pressed:
            self._let_go()
        return self._pressed is None

    def _listen(self) -> None:
        # Whether or not there is something to hear yet: who holds means to listen.
        self._rested = self._pressed is not None and self._path is None and self._grabbed is None
        if self._rested and self._pressed is not None and self._lit is not None:
            self._audition.begin(*self._lit, self._plane.place_at(self._pressed)[0])

    def hush(self) -> None:
        """End what is heard alone, though the button is down; it leaves no mark when it comes up."""
        self._rested |= self._held.isActive()
        self._held.stop()
        self._audition.end()

    def move(self, point: QPointF) -> None:
        """Drag: a stroke."""
        if self._lost() or self._pressed is None or self._rested:
            return
        c = self._plane.canvas
        # What is beside the picture is no place.
        point = QPointF(min(max(point.x(), c.left()), c.right()), min(max(point.y(), c.top()), c.bottom()))
        self._last = point
        if self._path is None and self._grabbed is None:
            if (point - self._pressed).manhattanLength() <= MOVED:
                return
            self._held.stop()
            if self._says is Says.THIS and not self._spans:
                mark = self.mark_at(self._pressed)
                if mark is not None and not self._marks.grab(mark):
                    self._let_go()
                    return
                self._grabbed = mark
        if self._grabbed is not None:
            self._marks.move(self._grabbed, *self._way(self._pressed, point), False)
            return
        if self._path is None:
            shape = Shape.TIME if self._spans else Shape.ROUND
            start = (*self._plane.ruler_point(self._pressed), 1.0)
            self._path = Path(Brush(shape, THICKNESS, 1.0), self._plane.ruler(), np.array([start]))
        self._path = self._path.extended(*self._plane.ruler_point(point), 1.0)
        self.preview(Trace((self._path,)), self._says)

    def end(self) -> None:
        """Release: a click or stroke becomes a mark; what was held to be heard is none."""
        if self._lost():
            return
        pressed, path, grabbed = self._pressed, self._path, self._grabbed
        self._pressed = self._path = self._grabbed = None
        self._held.stop()
        rested, self._rested = self._rested, False
        if pressed is None or self._audition.end() or rested:
            return
        if grabbed is not None:
            self._marks.move(grabbed, *self._way(pressed, self._last), True)
        elif path is not None:
            self.say(Trace((path,)), self._says)
        else:
            place = self._places.of_click(*self._plane.place_at(pressed))
            if self._places.silent(place):
                self._notices.say(self.tr("Nothing sounds there"))
            else:
                self.say(place, self._says)

    def cancel(self) -> None:
        """Esc: the stroke never was; without one, clicks that wait."""
        if self._pressed is None:
            self.take_waiting_back()
        else:
            self._let_go()

    def take_back(self) -> bool:
        """Take the last mark of the selected source back; answers whether there was one, with the tool in hand and
        nothing selected on the plane."""
        layer = self._selection.present
        if not self.active or self._selection.area is not None or self._selection.group or layer is None:
            return False
        last = next((mark for mark in reversed(self._marks.marks) if mark.source in layer.part_ids), None)
        if last is None:
            return False
        self._marks.remove(last)
        left = self._document.recorded_state.marks or ()
        if last not in left and any(mark.source in layer.part_ids for mark in left):
            # Else it is said what became of the source.
            self._notices.say(self.tr("Took back the last mark of {0}; undo brings it back").format(layer.name))
        return True

    def _let_go(self) -> None:
        drawn = self._path is not None or self._grabbed is not None
        self._drop()
        if drawn:
            self._document.end_preview()

    def _drop(self) -> None:
        """Nothing is in the hand."""
        self._pressed = self._path = self._grabbed = None
        self._rested = False
        self._held.stop()
        self._audition.end()

    def _way(self, start: QPointF, end: QPointF) -> tuple[int, int]:
        """Bins up and frames on from one point of the canvas to another."""
        (t0, f0), (t1, f1) = self._plane.place_at(start), self._plane.place_at(end)
        return self._plane.bin_at(f1) - self._plane.bin_at(f0), self._plane.frame_at(t1) - self._plane.frame_at(t0)

    def _forget(self) -> None:
        self._drop()
        self._lit = None
        self.lit_changed.emit()
