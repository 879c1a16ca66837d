"""The threshold: where the mask of what is selected is kept. Seen and heard before it is an act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from workbench.control.acting import Acting, SourceAct
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.control.tools import Tool, ToolSettings
from workbench.document.acts import masks as mask_acts
from workbench.document.acts.layers import indices_of
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Runner
from workbench.masks.edits.effects import Measure, Threshold
from workbench.masks.insight.statistics import sampled


@dataclass(frozen=True)
class Limits:
    """A threshold as it is set: see `effects.Threshold`."""

    measure: Measure = Measure.MASK
    low: float = 0.5
    high: float = float("inf")
    knee: float = 0.0


class Thresholding(QObject):
    """Holds the limits; while the threshold is the tool, what is set is previewed until it is applied or left."""

    shown_changed = Signal(bool)
    """Whether the threshold is the tool, with something open."""
    context_changed = Signal()
    """The layer, the area or the masks that it looks at are others."""
    pending_changed = Signal()

    def __init__(
        self,
        document: Document,
        selection: Selection,
        tools: ToolSettings,
        plane: Plane,
        acting: Acting,
        runner: Runner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._tools = document, selection, tools
        self._plane, self._acting, self._runner = plane, acting, runner
        self._limits = Limits()
        self._touched = self._shown = False
        tools.changed.connect(self._tool_changed)
        document.opened.connect(self._layer_changed)
        document.history_changed.connect(self._history_changed)
        document.stacks_changed.connect(self._layer_changed)
        selection.layer_changed.connect(self._layer_changed)
        selection.area_changed.connect(self._area_changed)
        plane.changed.connect(self.context_changed)

    @property
    def limits(self) -> Limits:
        """What is set."""
        return self._limits

    @property
    def shown(self) -> bool:
        """Whether the threshold is the tool, with something open."""
        return self._shown

    @property
    def pending(self) -> bool:
        """Whether something is shown that is not yet an act."""
        return self._touched and self._shown

    def set(self, limits: Limits, touch: bool = True) -> None:
        """Other limits; previewed where the user `touch`ed them."""
        self._limits = limits
        if touch and self._shown:
            self._touched = True
            self._preview()
            self.pending_changed.emit()

    def apply(self) -> None:
        """What is shown becomes an act; the brush or the selecting tool is taken up by whoever asked."""
        limits, source = self._limits, self._selection.source
        form = "{0:.2f}" if limits.measure is Measure.MASK else "{0:.1f} dB"
        ends = [form.format(v).replace("-", "−") for v in (limits.low, limits.high) if np.isfinite(v)]
        name = self.tr("Threshold {0} {1}").format(source.name if source is not None else "", " … ".join(ends))
        self._touched = False
        self._acting.accept(name, self._act())
        self.cancel()

    def cancel(self) -> None:
        """The masks are as they were."""
        self._touched = False
        self._document.end_preview()
        self.pending_changed.emit()

    def resume(self) -> None:
        """Something else was tried out meanwhile: what is set here is shown again."""
        if self.pending:
            self._preview()

    def look(self, seen: Callable[[NDArray[np.float32]], object]) -> None:
        """Samples of what the threshold looks at, in what is selected or in view, are `seen` a moment later."""
        document, source, area = self._document, self._selection.source, self._selection.area
        if document.recording is None or source is None:
            return
        try:
            layers = indices_of(document.recorded_state, source.id)
        except UserError:
            # It is only tried out.
            return
        within = self._plane.region_in_view if area is None else area.bounds
        stack, measure = document.recorded_stack, self._limits.measure
        self._runner.run("", lambda job: sampled(stack, layers, measure, area, within), seen, key="threshold")

    def _act(self) -> SourceAct:
        limits, area = self._limits, self._selection.area

        def act(state: State, source: int) -> State:
            parts, locked = mask_acts.parts_of(state, source), mask_acts.locked_parts(state)
            effect = Threshold(locked, parts, limits.measure, limits.low, limits.high, limits.knee)
            return mask_acts.apply(state, effect, area)

        return act

    def _preview(self) -> None:
        self._acting.preview(self._act())

    # -- following -----------------------------------------------------------------------------------

    def _tool_changed(self) -> None:
        shown = self._tools.tool is Tool.THRESHOLD and self._document.recording is not None
        if shown != self._shown:
            touched, self._touched, self._shown = self._touched, False, shown
            if touched:
                self._document.end_preview()
            self.shown_changed.emit(shown)
            self.context_changed.emit()
            self.pending_changed.emit()

    def _layer_changed(self) -> None:
        if self._touched:
            self.cancel()
        self._tool_changed()
        self.context_changed.emit()

    def _history_changed(self) -> None:
        self.context_changed.emit()
        if self.pending and self._document.state is self._document.recorded_state:
            # Another act took the preview away: it comes back on what there is now.
            self._preview()

    def _area_changed(self) -> None:
        self.context_changed.emit()
        if self.pending:
            self._preview()
