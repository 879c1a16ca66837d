"""Pointing at sounds: what lights up under the pointer, and the marks that clicks and strokes leave."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from workbench.control.acting import Acting, first_free, numbered
from workbench.control.audition import Audition
from workbench.control.click_places import ClickPlaces
from workbench.control.components import Components
from workbench.control.marks import MarkActs
from workbench.control.notices import Notices
from workbench.control.plane import Plane, Pointer
from workbench.control.selection import Selection
from workbench.control.tools import Tool, ToolSettings
from workbench.document.acts.layers import layer_index
from workbench.document.acts.sources import add_mark, add_source, begin_sources
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import Brush, Shape
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import REST
from workbench.masks.model.layers import Layer
from workbench.masks.model.sources import Sources
from workbench.spectral.stft import Analysis

MOVED = 4
"""Pixels from which on a press is a stroke."""
THICKNESS = 12.0
"""Pixels of a stroke."""
FOLLOW_MS = 8
HOLD_MS = 280
"""A button that is held so long without moving plays what is lit."""


class Says(Enum):
    """What a click or stroke says of its place."""

    THIS = "this"
    """This is a sound: another source, or more of the chosen one."""
    MORE = "more"
    """The selected source sounds here too."""
    NOT = "not"
    """The selected source does not sound here."""


class Marking(QObject):
    """Press, move, release of the Point tool; what would belong together is lit while the pointer moves."""

    lit_changed = Signal()
    """Something else is lit, or nothing."""
    changed = Signal()
    """Clicks make another source, or go to another one."""

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
        super().__init__(parent)
        self._document, self._selection, self._tools = document, selection, tools
        self._plane, self._pointer, self._components = plane, pointer, components
        self._places = ClickPlaces(document, plane)
        self._audition, self._marks, self._acting, self._notices = audition, marks, acting, notices
        self._grabbed: Mark | None = None
        self._new = True
        self._lit: tuple[Sources, int] | None = None
        self._pressed: QPointF | None = None
        self._says = Says.THIS
        self._rested = False
        self._last = QPointF()
        self._plane_pressed = (0, document.state.analysis)
        self._spans = False
        self._path: Path | None = None
        self._waiting: list[tuple[Area | Trace, Says, Analysis]] = []
        self._held = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._held.timeout.connect(self._listen)
        self._later = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._later.timeout.connect(self._light)
        pointer.moved.connect(self._light_soon)
        tools.changed.connect(self._tool_changed)
        document.marks_changed.connect(self._light_soon)
        components.changed.connect(self._components_changed)
        selection.layer_changed.connect(self._followed)
        document.analysis_changed.connect(self._put_out)
        document.opened.connect(self._forget)

    # -- which source ----------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether the Point tool is in hand."""
        return self._tools.tool is Tool.POINT

    @property
    def new(self) -> bool:
        """Whether a plain click makes another source; else it goes to the selected one."""
        return self._new or self.source == 0

    @property
    def source(self) -> int:
        """Id of the selected layer, if it is a source; else 0."""
        layer = self._selection.present
        sources = self._document.state.marks is not None
        return layer.id if sources and layer is not None and layer.components else 0

    def choose_new(self) -> None:
        """The next click makes another source."""
        self._new = True
        self._followed()

    def choose(self, layer: int) -> None:
        """Clicks go to the source that a layer is."""
        self._selection.select(layer)
        self._new = False
        self._followed()

    def choose_number(self, number: int) -> None:
        """A source by its place among those that were asked for, from 1 on; 0 for another one."""
        asked_for = [layer.id for layer in self.sources if REST not in layer.components]
        if number == 0 or not self.sources:
            self.choose_new()
        elif number <= len(asked_for):
            self.choose(asked_for[number - 1])

    @property
    def sources(self) -> list[Layer]:
        """The layers that are sources: those that were asked for, and the rest at last."""
        layers = self._document.layers if self._document.state.marks is not None else ()
        return sorted((layer for layer in layers if layer.components), key=lambda layer: REST in layer.components)

    def _followed(self) -> None:
        self.changed.emit()
        self._light_soon()

    # -- what is lit -----------------------------------------------------------------------------------

    @property
    def lit(self) -> tuple[Sources, int] | None:
        """What a click here would give: the sources, and which of them."""
        return self._lit

    def _light_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _light(self) -> None:
        place = self._pointer.place
        lit = None
        if self.active and place is not None and self._document.recording is not None and self._path is None:
            self._components.want()
            lit = self._tried(self._places.of_click(*place))
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

    def _tried(self, place: Area | Trace) -> tuple[Sources, int] | None:
        """The sources if a place were marked, and which of them it would be; None without components, or where nothing
        may be said of the chosen one."""
        factors, chosen = self._components.factors, self._selection.present
        if factors is None or (not self.new and chosen is not None and chosen.locked):
            return None
        state, layer = self._marked(self._document.recorded_state, 0, place, Says.THIS)
        number = state.layers[layer_index(state, layer)].components[0]
        return self._document.sources_of(factors, self._components.power, state), number

    # -- the hand --------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether the button is down (a click, a stroke, or something that is heard alone), or clicks wait."""
        return self._pressed is not None or bool(self._waiting)

    def set_spans(self, on: bool) -> None:
        """Whether drags mark all frequencies of a time: only this source sounds there."""
        self._spans = on

    def begin(self, point: QPointF, says: Says) -> None:
        """Press."""
        if self.active and self._document.recording is not None:
            layer = next((each for each in self._document.layers if each.id == self._spoken_of(says)), None)
            if layer is not None and layer.locked:
                self._notices.refuse(UserError("document.source_is_locked", name=layer.name))
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
            self.cancel()
        return self._pressed is None

    def _listen(self) -> None:
        # Whether or not there is something to hear yet: who holds means to listen.
        self._rested = self._pressed is not None and self._path is None and self._grabbed is None
        if self._rested and self._pressed is not None and self._lit is not None:
            self._audition.begin(*self._lit, self._plane.place_at(self._pressed)[0])

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
                mark = self._marks.at(self._pressed)
                if mark is not None and not self._marks.grab(mark):
                    self.cancel()
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
        run = self._components.run()
        if run is not None:
            state, _ = self._marked(self._document.recorded_state, run, Trace((self._path,)), self._says)
            self._document.preview(state)

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
            return
        place = self._places.of_click(*self._plane.place_at(pressed)) if path is None else Trace((path,))
        self.mark(place, self._says)

    def cancel(self) -> None:
        """Esc: the stroke never was, nor clicks that wait."""
        self._waiting = []
        self._rested = False
        pressed, drawn = self._pressed, self._path is not None or self._grabbed is not None
        self._pressed = self._path = self._grabbed = None
        self._held.stop()
        if pressed is not None:
            self._audition.end()
        if drawn:
            self._document.end_preview()

    def _way(self, start: QPointF, end: QPointF) -> tuple[int, int]:
        """Bins up and frames on from one point of the canvas to another."""
        (t0, f0), (t1, f1) = self._plane.place_at(start), self._plane.place_at(end)
        return self._plane.bin_at(f1) - self._plane.bin_at(f0), self._plane.frame_at(t1) - self._plane.frame_at(t0)

    # -- marks -----------------------------------------------------------------------------------------

    def mark(self, place: Area | Trace, says: Says = Says.THIS) -> None:
        """Say of a place whose it is, or is not; makes the source that it needs."""
        document = self._document
        if isinstance(place, Area) and self._places.silent(place):
            self._notices.say(self.tr("Nothing sounds there"))
            return
        if says is Says.NOT and not self.source:
            document.end_preview()
            self._notices.say(self.tr("Click a sound first; Ctrl then says what does not belong to it"))
            return
        run = self._components.run()
        if run is None:
            self._waiting.append((place, says, document.state.analysis))
            self._components.want()
            self._notices.say(self.tr("Listening to the recording first; your click is remembered"))
            return
        document.end_preview()
        made = 0

        def act(state: State) -> State:
            nonlocal made
            state, made = self._marked(state, run, place, says)
            return state

        if self._acting.do(self._named(says), act):
            self._selection.select(made)

    def _marked(self, state: State, run: int, place: Area | Trace, says: Says) -> tuple[State, int]:
        """The state with one more mark, and the layer that it speaks of."""
        if state.marks is None:
            name = numbered(self.tr("Sources"), {stack.name for stack in state.stacks})
            state = begin_sources(state, run, name, self.tr("Rest"))
        layer = self._spoken_of(says)
        # Of a source that is only made by this there is nothing to deny.
        denies = says is Says.NOT and layer != 0
        if not any(each.id == layer for each in state.layers):
            name = first_free(self.tr("Source {0}"), {each.name for each in state.layers})
            state, layer = add_source(state, name)
        return add_mark(state, layer, place, 1.0, denies), layer

    def _spoken_of(self, says: Says) -> int:
        """Id of the layer whose source is spoken of; 0 for another one."""
        return 0 if says is Says.THIS and self._new else self.source

    def _named(self, says: Says) -> str:
        layer = next((each for each in self._document.layers if each.id == self._spoken_of(says)), None)
        if layer is None:
            return self.tr("Point at a new source")
        text = self.tr("Not {0} here") if says is Says.NOT else self.tr("{0} here")
        return text.format(layer.name)

    # -- following -------------------------------------------------------------------------------------

    def _components_changed(self) -> None:
        document = self._document
        if self._waiting and document.recording is not None and self._components.factors is not None:
            waiting, self._waiting = self._waiting, []
            for place, says, analysis in waiting:
                if analysis != document.state.analysis:
                    place = place.resampled(analysis, document.state.analysis, len(document.recording.samples))
                self.mark(place, says)
        self._light_soon()

    def _forget(self) -> None:
        self._new, self._lit, self._pressed, self._path, self._waiting = True, None, None, None, []
        self._grabbed = None
        self._held.stop()
        self._audition.end()
        self.lit_changed.emit()
        self.changed.emit()
