"""The tools of the hand: which there are, which one is chosen, and its options."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import Enum

import msgspec
from PySide6.QtCore import QObject, Signal

from workbench.masks.edits.brush import Brush, Shape
from workbench.masks.insight.finding import Likeness

SIZES = (4.0, 400.0)
HARMONICS = (1, 40)
WIDTHS = (5.0, 400.0)
MOST_NEAR = 64
"""Bins and frames on either side at which a filter looks, at most."""
REACHES = (1, MOST_NEAR)


class Tool(Enum):
    """What a drag on the spectrogram does."""

    POINT = "point"
    SELECT = "select"
    RECTANGLE = "rectangle"
    LASSO = "lasso"
    POLYGON = "polygon"
    BAND = "band"
    WAND = "wand"
    BRUSH = "brush"
    ERASER = "eraser"
    SMOOTH = "smooth"
    BLUR_TIME = "blurTime"
    BLUR_FREQUENCY = "blurFrequency"
    SHARPEN = "sharpen"
    THRESHOLD = "threshold"


SELECTING = (Tool.SELECT, Tool.RECTANGLE, Tool.LASSO, Tool.POLYGON, Tool.BAND, Tool.WAND)
FILTERS = (Tool.SMOOTH, Tool.BLUR_TIME, Tool.BLUR_FREQUENCY, Tool.SHARPEN)
PAINTING = (Tool.BRUSH, Tool.ERASER, *FILTERS)


@dataclass(frozen=True)
class BrushOptions:
    """What a painting tool is set to.

    Attributes
    ----------
    brush : Brush
    strength : float
        How far a stroke goes, 0 … 1.
    target : float
        The mask value to paint towards, 0 … 1.
    build_up : bool
        Going over a place again adds.
    reach : int
        Bins or frames on either side that a filter looks at.
    """

    brush: Brush = field(default_factory=Brush)
    strength: float = 1.0
    target: float = 1.0
    build_up: bool = False
    reach: int = 3


@dataclass(frozen=True)
class WandOptions:
    """What the magic wand is set to.

    Attributes
    ----------
    like : Likeness or None
        In what places are like the one that is clicked; None takes the sound there, a partial or an onset, to its ends.
    tolerance : float
        How much may differ, in dB or per cent.
    connected : bool
        Only what hangs together with the place that is clicked.
    fall : float
        By how many dB a sound may fall below its loudest moment.
    harmonics : bool
        Of a partial, its harmonics too.
    """

    like: Likeness | None = None
    tolerance: float = 6.0
    connected: bool = True
    fall: float = 30.0
    harmonics: bool = False


@dataclass(frozen=True)
class KeptTools:
    """The tool in hand and the options of all, as they are kept for the next start."""

    tool: Tool
    painted_with: Tool
    options: dict[str, BrushOptions]
    wand: WandOptions


class ToolSettings(QObject):
    """The tool in hand, and the options of each; those of a painting tool are its own."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tool = Tool.POINT
        self._wand = WandOptions()
        self._options = {tool: BrushOptions() for tool in PAINTING}
        self._painted_with = Tool.BRUSH

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tool

    @property
    def wand(self) -> WandOptions:
        """Options of the magic wand."""
        return self._wand

    @property
    def paints(self) -> bool:
        """Whether a drag paints."""
        return self._tool in PAINTING

    @property
    def options(self) -> BrushOptions:
        """Options of the tool, or of the one that painted last."""
        return self._options[self._painted_with]

    @property
    def size(self) -> float:
        """Diameter in pixels."""
        return self.options.brush.size

    @property
    def hardness(self) -> float:
        """Share of the radius with full effect."""
        return self.options.brush.hardness

    @property
    def kept(self) -> str:
        """What `restore` takes."""
        options = {tool.value: each for tool, each in self._options.items()}
        return msgspec.json.encode(KeptTools(self._tool, self._painted_with, options, self._wand)).decode()

    def restore(self, kept: str) -> None:
        """The tool and options that were kept; nothing where another version kept them otherwise."""
        try:
            found = msgspec.json.decode(kept.encode(), type=KeptTools)
        except msgspec.MsgspecError:
            return
        for tool in PAINTING:
            options = found.options.get(tool.value, self._options[tool])
            size, hardness = within(options.brush.size, SIZES), within(options.brush.hardness, (0.0, 1.0))
            self._options[tool] = replace(options, brush=replace(options.brush, size=size, hardness=hardness))
        self._wand, self._tool = found.wand, found.tool
        self._painted_with = found.painted_with if found.painted_with in PAINTING else Tool.BRUSH
        self.changed.emit()

    def choose(self, tool: Tool) -> None:
        """Take another tool."""
        if tool is not self._tool:
            self._tool = tool
            if tool in PAINTING:
                self._painted_with = tool
            self.changed.emit()

    def set_size(self, size: float) -> None:
        """Diameter in pixels."""
        self.set_brush(size=within(size, SIZES))

    def set_hardness(self, value: float) -> None:
        """Share of the radius with full effect."""
        self.set_brush(hardness=within(value, (0.0, 1.0)))

    def next_shape(self, by: int) -> None:
        """Another shape of the brush."""
        shapes = list(Shape)
        self.set_brush(shape=shapes[(shapes.index(self.options.brush.shape) + by) % len(shapes)])

    def set_brush(self, **values: object) -> None:
        """Set fields of the brush."""
        self.set(brush=replace(self.options.brush, **values))  # type: ignore[arg-type]

    def set(self, **values: object) -> None:
        """Set fields of the options."""
        ends: dict[str, tuple[float, float]] = {"strength": (0.0, 1.0), "target": (0.0, 1.0)}
        clamped = {name: within(values[name], ends[name]) for name in values.keys() & ends.keys()}  # type: ignore[arg-type]
        options = replace(self.options, **{**values, **clamped})  # type: ignore[arg-type]
        if options != self.options:
            self._options[self._painted_with] = options
            self.changed.emit()

    def set_wand(self, wand: WandOptions) -> None:
        """Other options of the magic wand."""
        if wand != self._wand:
            self._wand = wand
            self.changed.emit()


def within(value: float, ends: tuple[float, float]) -> float:
    """The nearest value of a range; its low end for what is no number."""
    low, high = ends
    return low if math.isnan(value) else min(max(value, low), high)
