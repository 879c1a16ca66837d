"""The stroke under way on the spectrogram: shown and heard while the hand moves, one act at its end."""

from __future__ import annotations

from math import hypot

import numpy as np
from PySide6.QtCore import QObject, QPointF

from workbench.control.acting import Acting
from workbench.control.notices import Notices
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.control.tools import FILTERS, Tool, ToolSettings
from workbench.document.acts.masks import set_edits
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.edits.effects import Effect
from workbench.masks.edits.filters import FilterKind
from workbench.masks.edits.traces import Path
from workbench.masks.hand.painting import AnyStroke, PaintingRefused, brush_effect, eraser_effect, filter_effect
from workbench.masks.model.grid import Region

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
        self._name = ""
        self._changed = NOTHING
        document.opened.connect(self._forget)

    def _forget(self) -> None:
        """What the stroke is on is no longer there."""
        self._stroke = None

    @property
    def busy(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    def begin(self, point: QPointF, take_away: bool, pressure: float = 1.0) -> None:
        """Press, with a painting tool in hand."""
        document, layer = self._document, self._selection.present
        if layer is None or not self._tools.paints:
            return
        self.end()
        document.end_preview()
        try:
            effect, verb = self._effect(take_away)
        except PaintingRefused as reason:
            self._notices.refuse(reason)
            return
        options = self._tools.options
        x, y = self._plane.ruler_point(point)
        strength = options.strength * pressure
        start = Path(options.brush, self._plane.ruler(), np.array([(x, y, strength)]), options.build_up)
        self._stroke = AnyStroke(document.stack, effect, start, self._selection.area)
        self._base = document.recorded_state
        self._name, self._last, self._changed = verb.format(layer.name), (x, y), NOTHING
        self._draw([(x, y)], strength)

    def _effect(self, take_away: bool) -> tuple[Effect, str]:
        """What the tool does, and the name of the act."""
        tool, options, stack = self._tools.tool, self._tools.options, self._document.stack
        layer, n = self._selection.index, options.reach
        if tool in FILTERS:
            kind, rows, columns, verb = {
                Tool.SMOOTH: (FilterKind.BLUR, n, n, self.tr("Smooth {0}")),
                Tool.BLUR_TIME: (FilterKind.BLUR, 0, n, self.tr("Blur {0} along time")),
                Tool.BLUR_FREQUENCY: (FilterKind.BLUR, n, 0, self.tr("Blur {0} along frequency")),
                Tool.SHARPEN: (FilterKind.SHARPEN, n, n, self.tr("Sharpen {0}")),
            }[tool]
            return filter_effect(stack, layer, kind, rows, columns), verb
        if tool is Tool.ERASER:
            return eraser_effect(stack, layer), self.tr("Erase {0}")
        if take_away:
            return brush_effect(stack, layer, 0.0), self.tr("Take from {0}")
        return brush_effect(stack, layer, options.target), self.tr("Paint {0}")

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
            self._document.act(self._name, set_edits(self._document.recorded_state, stroke.edits))
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
            self._document.preview(set_edits(self._document.recorded_state, self._stroke.edits), changed)
