"""The tools of the hand: which one is chosen, its options, and the stroke under way."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from workbench.document import acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.brush import capsule
from workbench.masks.painting import PaintingRefused, Stroke, StrokePainter

if TYPE_CHECKING:
    from workbench.ui.spectrogram import SpectrogramView

SIZES = (4.0, 400.0)
MOST_BINS = 1_500_000
"""Bins under one movement of the brush that can be painted without the hand waiting for it."""


class Tool(Enum):
    """What a drag on the spectrogram does."""

    SELECT = "select"
    BRUSH = "brush"
    ERASER = "eraser"
    THRESHOLD = "threshold"


class ToolSettings(QObject):
    """The chosen tool and the brush: diameter in pixels; hardness, strength and target value in 0 … 1."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tool = Tool.SELECT
        self.size, self.hardness, self.strength, self.target = 40.0, 0.5, 1.0, 1.0

    @property
    def paints(self) -> bool:
        """Whether a drag paints."""
        return self.tool in (Tool.BRUSH, Tool.ERASER)

    def choose(self, tool: Tool) -> None:
        """Take another tool."""
        if tool is not self.tool:
            self.tool = tool
            self.changed.emit()

    def set_size(self, size: float) -> None:
        """Diameter in pixels."""
        self._set("size", min(max(size, SIZES[0]), SIZES[1]))

    def set_hardness(self, value: float) -> None:
        """Share of the radius with full effect."""
        self._set("hardness", min(max(value, 0.0), 1.0))

    def set_strength(self, value: float) -> None:
        """How far a stroke goes towards the target."""
        self._set("strength", min(max(value, 0.0), 1.0))

    def set_target(self, value: float) -> None:
        """The mask value to paint towards."""
        self._set("target", min(max(value, 0.0), 1.0))

    def _set(self, name: str, value: float) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.changed.emit()


class Painter(QObject):
    """Turns drags of the brush and the eraser into strokes: shown and heard under way, one act at the end."""

    refused = Signal(str)
    """Why the stroke can change nothing."""

    def __init__(
        self, document: Document, view: SpectrogramView, tools: ToolSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._tools = document, view, tools
        self._stroke: StrokePainter | None = None
        self._base: State | None = None
        self._last = QPointF()
        self._name = ""
        self._changed = False
        view.stroke_began.connect(self.begin)
        view.stroke_moved.connect(self.move)
        view.stroke_ended.connect(self.end)

    @property
    def busy(self) -> bool:
        """Whether a stroke is under way."""
        return self._stroke is not None

    def begin(self, point: QPointF, take_away: bool) -> None:
        """Press."""
        document, tools = self._document, self._tools
        index = document.selected_index
        if index < 0:
            return
        document.end_preview()
        erase = tools.tool is Tool.ERASER
        target = None if erase else 0.0 if take_away else tools.target
        name = document.layers[index].name
        verb = self.tr("Erase {0}") if erase else self.tr("Take from {0}") if take_away else self.tr("Paint {0}")
        try:
            self._stroke = StrokePainter(document.stack, Stroke(index, target))
        except PaintingRefused as reason:
            self.refused.emit(str(reason))
            return
        self._base = document.recorded_state
        self._name, self._changed, self._last = verb.format(name), False, point
        self._extend(point)

    def move(self, point: QPointF) -> None:
        """Drag."""
        if self._stroke is not None:
            self._extend(point)

    def end(self) -> None:
        """Release: the stroke becomes one act."""
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        if self._changed and self._still_fits():
            self._document.act(self._name, acts.set_edits(self._document.recorded_state, stroke.edits))
        else:
            self._document.end_preview()

    def cancel(self) -> None:
        """Esc: the stroke never was."""
        if self._stroke is not None:
            self._stroke = None
            self._document.end_preview()

    def _still_fits(self) -> bool:
        """Whether the stroke can go on from the recorded state, which a fader or a name may have changed."""
        base, now = self._base, self._document.recorded_state
        if base is None or now.edits is not base.edits or now.analysis != base.analysis:
            return False
        if [layer.parts for layer in now.layers] != [layer.parts for layer in base.layers]:
            return False
        self._base = now
        return True

    def _extend(self, point: QPointF) -> None:
        assert self._stroke is not None
        if not self._still_fits():
            # Something changed the masks meanwhile: what the stroke started from is no longer there.
            self.cancel()
            return
        tools, view = self._tools, self._view
        radius = tools.size / 2
        rect = QRectF(self._last, point).normalized().adjusted(-radius, -radius, radius, radius)
        state = self._document.state
        frames = state.analysis.frames(len(self._document.recording.samples)) if self._document.recording else 0
        region = view.region_under(rect).clipped(state.analysis.bins, frames)
        start, end = (self._last.x(), self._last.y()), (point.x(), point.y())
        self._last = point
        if region.high <= region.low or region.stop <= region.start:
            return
        if (region.high - region.low) * (region.stop - region.start) > MOST_BINS:
            self.cancel()
            self.refused.emit(self.tr("The brush covers too much of the recording at this zoom; zoom in to paint."))
            return
        coverage = capsule(
            view.frame_edges(region.start, region.stop), view.bin_edges(region.low, region.high),
            start, end, radius, tools.hardness,
        )  # fmt: skip
        if self._stroke.extend(region, coverage * tools.strength) is not None:
            self._changed = True
            self._document.preview(acts.set_edits(self._document.recorded_state, self._stroke.edits))
