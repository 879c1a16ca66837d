"""The stroke under way on the spectrogram: shown and heard while the hand moves, one act at its end."""

from __future__ import annotations

from math import hypot

import numpy as np
from PySide6.QtCore import QObject, QPointF

from workbench.control.acting import Acting, first_free, numbered
from workbench.control.notices import Notices
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.control.tools import FILTERS, Tool, ToolSettings
from workbench.document.acts.layers import add_layer, indices_of
from workbench.document.acts.masks import holds_everything, set_edits
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.masks.edits.effects import Effect
from workbench.masks.edits.filters import FilterKind
from workbench.masks.edits.traces import Path
from workbench.masks.hand.painting import AnyStroke, brush_effect, eraser_effect, filter_effect
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group, Layer
from workbench.masks.stack import Stack

SPACING = 1 / 6
"""Distance of the dabs of a stroke that builds up, in diameters."""
NOTHING = Region(0, 0, 0, 0)


class Strokes(QObject):
    """Press, move, release of the painting tools: `begin`, `move`, `end`, or `cancel`."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        tools: ToolSettings,
        plane: Plane,
        acting: Acting,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._tools = document, selection, tools
        self._plane, self._acting, self._notices = plane, acting, notices
        self._stroke: AnyStroke | None = None
        self._base: State | None = None
        self._last = (0.0, 0.0)
        self._name = self._room = ""
        """Names of the act, and of the layer that is made for the stroke; '' for none."""
        self._ground: tuple[State, State] | None = None
        """A recorded state, and the same with that layer."""
        self._painted = 0
        """Id of the layer or group that is painted."""
        self._changed = NOTHING
        document.opened.connect(self._forget)

    def _forget(self) -> None:
        """What the stroke is on is no longer there."""
        self._stroke = self._base = self._ground = None

    @property
    def busy(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    def begin(self, point: QPointF, take_away: bool, pressure: float = 1.0) -> None:
        """Press, with a painting tool in hand."""
        document, source = self._document, self._selection.source
        if source is None or not self._tools.paints:
            return
        self.end()
        document.end_preview()
        state, options = document.recorded_state, self._tools.options
        value = 0.0 if take_away else options.target
        self._room, self._ground = self._room_for(source, value), None
        painted, name = source.id, source.name
        if self._room and value > 0:
            # What a source has already can't be painted into it: it goes to the new layer.
            painted, name = state.next_id, self._room
        try:
            stack = document.stack_of(self._with_room(state))
            assert stack is not None
            effect, verb = self._effect(stack, indices_of(self._with_room(state), painted), value)
        except UserError as reason:
            self._notices.refuse(reason)
            return
        x, y = self._plane.ruler_point(point)
        strength = options.strength * pressure
        start = Path(options.brush, self._plane.ruler(), np.array([(x, y, strength)]), options.build_up)
        self._stroke = AnyStroke(stack, effect, start, self._selection.area)
        self._base, self._painted = state, painted
        self._name, self._last, self._changed = verb.format(name), (x, y), NOTHING
        self._draw([(x, y)], strength)

    def _room_for(self, source: Layer | Group, value: float) -> str:
        """The name of the new layer that a brush needs beside a source that is all there is; none for ''."""
        state = self._document.recorded_state
        if self._tools.tool is not Tool.BRUSH or not holds_everything(state, source.id):
            return ""
        taken = {layer.name for layer in state.layers}
        return first_free(self.tr("Layer {0}"), taken) if value > 0 else numbered(self.tr("Rest"), taken)

    def _with_room(self, state: State) -> State:
        """A state with the layer that the stroke needs."""
        if not self._room:
            return state
        if self._ground is None or self._ground[0] is not state:
            self._ground = state, add_layer(state, self._room)[0]
        # The same layers at each move, so that only what the stroke changed is drawn anew.
        return self._ground[1]

    def _effect(self, stack: Stack, layers: tuple[int, ...], value: float) -> tuple[Effect, str]:
        """What the tool does to a layer or group, and the name of the act."""
        tool, n = self._tools.tool, self._tools.options.reach
        if tool in FILTERS:
            kind, rows, columns, verb = {
                Tool.SMOOTH: (FilterKind.BLUR, n, n, self.tr("Smooth {0}")),
                Tool.BLUR_TIME: (FilterKind.BLUR, 0, n, self.tr("Blur {0} along time")),
                Tool.BLUR_FREQUENCY: (FilterKind.BLUR, n, 0, self.tr("Blur {0} along frequency")),
                Tool.SHARPEN: (FilterKind.SHARPEN, n, n, self.tr("Sharpen {0}")),
            }[tool]
            return filter_effect(stack, layers, kind, rows, columns), verb
        if tool is Tool.ERASER:
            return eraser_effect(stack, layers), self.tr("Erase {0}")
        verb = self.tr("Paint {0}") if value > 0 else self.tr("Take from {0}")
        return brush_effect(stack, layers, value), verb

    def move(self, point: QPointF, pressure: float = 1.0) -> None:
        """Drag."""
        if self._stroke is None:
            return
        x, y = self._plane.ruler_point(point)
        strength = self._tools.options.strength * pressure
        if not self._tools.options.build_up:
            self._draw([(x, y)], strength)
            return
        # Dabs at even distances, so that what builds up does not depend on how often the mouse tells its place.
        step, places = max(2.0, self._tools.size * SPACING), []
        here = self._last
        while (distance := hypot(x - here[0], y - here[1])) >= step:
            share = step / distance
            here = here[0] + share * (x - here[0]), here[1] + share * (y - here[1])
            places.append(here)
        self._draw(places, strength)

    def end(self) -> None:
        """Release: the stroke becomes one act."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        if self._changed.bins_held and self._still_fits():
            self._document.act(self._name, self._drawn(stroke))
            if self._room:
                self._notices.say(self.tr("There was only one layer, so a new one was made: {0}").format(self._room))
            if self._room and self._painted != self._selection.layer:
                self._selection.select(self._painted)
            self._acting.tell_locked(None, self._changed)
            return
        self._document.end_preview()
        if not self._changed.bins_held and self._selection.area is not None:
            self._notices.say(self.tr("Painting stays within the selection; Esc deselects"))

    def cancel(self) -> None:
        """Esc: the stroke never was."""
        if self._stroke is not None:
            self._stroke = None
            self._document.end_preview()

    def _still_fits(self) -> bool:
        """Whether the stroke can go on from the recorded state, which a fader or a name may have changed."""
        base, now = self._base, self._document.recorded_state
        if base is None or now.edits is not base.edits or now.analysis != base.analysis or now.shown != base.shown:
            return False
        if self._room and now.next_id != base.next_id:
            # The new layer would be another.
            return False
        if [(layer.parts, layer.locked) for layer in now.layers] != [(x.parts, x.locked) for x in base.layers]:
            return False
        self._base = now
        return True

    def _draw(self, places: list[tuple[float, float]], strength: float) -> None:
        assert self._stroke is not None
        if not self._still_fits():
            # Something changed the masks meanwhile: what the stroke started from is no longer there.
            self.cancel()
            return
        changed = NOTHING
        for place in places:
            self._last = place
            changed = changed.joined(self._stroke.draw_to(*place, strength) or changed)
        if changed.bins_held:
            self._changed = self._changed.joined(changed)
            self._document.preview(self._drawn(self._stroke), changed)

    def _drawn(self, stroke: AnyStroke) -> State:
        """The recorded state with a stroke."""
        return set_edits(self._with_room(self._document.recorded_state), stroke.edits)
