"""The stroke under way: shown and heard while the hand moves, one act of the document at its end."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal

from workbench.control.tools import FILTERS, Tool, ToolSettings
from workbench.document.acts import masks as mask_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.edits.effects import Effect
from workbench.masks.edits.traces import Path
from workbench.masks.hand.painting import AnyStroke, PaintingRefused, brush_effect, eraser_effect, filter_effect
from workbench.masks.model.grid import Region

if TYPE_CHECKING:
    from workbench.ui.spectrogram.view import SpectrogramView

SPACING = 1 / 6
"""Distance of the dabs of a stroke that builds up, in diameters."""


class Painter(QObject):
    """Turns drags of the painting tools into strokes."""

    refused = Signal(str)
    """Why the stroke can change nothing."""
    done = Signal(object)
    """A stroke became an act; the Region that holds it."""
    said = Signal(str)
    """What keeps a stroke from doing more."""

    def __init__(
        self, document: Document, view: SpectrogramView, tools: ToolSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._tools = document, view, tools
        self._stroke: AnyStroke | None = None
        self._base: State | None = None
        self._last = (0.0, 0.0)
        self._name = ""
        self._changed = Region(0, 0, 0, 0)
        view.drag_began.connect(self._began)
        view.drag_moved.connect(self.move)
        view.drag_ended.connect(self.end)

    @property
    def busy(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    def _began(self, point: QPointF, keys: Qt.KeyboardModifier, pressure: float) -> None:
        if self._tools.paints:
            self.begin(point, bool(keys & Qt.KeyboardModifier.ControlModifier), pressure)

    def begin(self, point: QPointF, take_away: bool, pressure: float = 1.0) -> None:
        """Press."""
        document, tools = self._document, self._tools
        index = document.selected_index
        if index < 0:
            return
        document.end_preview()
        try:
            effect, verb = self._effect(index, take_away)
        except PaintingRefused as reason:
            self.refused.emit(str(reason))
            return
        options = tools.options
        x, y = self._view.ruler_point(point)
        strength = options.strength * pressure
        start = Path(options.brush, self._view.ruler(), np.array([(x, y, strength)]), options.build_up)
        self._stroke = AnyStroke(document.stack, effect, start, document.area)
        self._base = document.recorded_state
        self._name, self._last = verb.format(document.layers[index].name), (x, y)
        self._changed = Region(0, 0, 0, 0)
        self._draw([(x, y)], strength)

    def _effect(self, layer: int, take_away: bool) -> tuple[Effect, str]:
        """What the tool does, and the name of the act."""
        tool, options, stack = self._tools.tool, self._tools.options, self._document.stack
        if tool in FILTERS:
            n = options.reach
            kind, rows, columns = {
                Tool.SMOOTH: ("blur", n, n),
                Tool.BLUR_TIME: ("blur", 0, n),
                Tool.BLUR_FREQUENCY: ("blur", n, 0),
                Tool.SHARPEN: ("sharpen", n, n),
            }[tool]
            names = {
                Tool.SMOOTH: self.tr("Smooth {0}"),
                Tool.BLUR_TIME: self.tr("Blur {0} along time"),
                Tool.BLUR_FREQUENCY: self.tr("Blur {0} along frequency"),
                Tool.SHARPEN: self.tr("Sharpen {0}"),
            }
            return filter_effect(stack, layer, kind, rows, columns), names[tool]
        if tool is Tool.ERASER:
            return eraser_effect(stack, layer), self.tr("Erase {0}")
        if take_away:
            return brush_effect(stack, layer, 0.0), self.tr("Take from {0}")
        return brush_effect(stack, layer, options.target), self.tr("Paint {0}")

    def move(self, point: QPointF, pressure: float = 1.0) -> None:
        """Drag."""
        if self._stroke is None:
            return
        x, y = self._view.ruler_point(point)
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
            self._document.act(self._name, mask_acts.set_edits(self._document.recorded_state, stroke.edits))
            self.done.emit(self._changed)
        else:
            self._document.end_preview()
            if not self._changed.bins_held and self._document.area is not None:
                self.said.emit(self.tr("Painting stays within the selection; Esc deselects"))

    def cancel(self) -> None:
        """Esc: the stroke never was."""
        if self._stroke is not None:
            self._stroke = None
            self._document.end_preview()

    def _still_fits(self) -> bool:
        """Whether the stroke can go on from the recorded state, which a fader or a name may have changed."""
        base, now = self._base, self._document.recorded_state
        if base is None or now.edits is not base.edits or now.analysis != base.analysis or now.stack != base.stack:
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
        changed = Region(0, 0, 0, 0)
        for place in places:
            self._last = place
            changed = changed.joined(self._stroke.draw_to(*place, strength) or changed)
        if changed.bins_held:
            self._changed = self._changed.joined(changed)
            state = mask_acts.set_edits(self._document.recorded_state, self._stroke.edits)
            self._document.preview(state, changed)
