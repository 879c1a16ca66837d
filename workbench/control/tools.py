"""The tools of the hand: which there are, which one is chosen, and its options."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from PySide6.QtCore import QCoreApplication, QObject, Signal

from workbench.masks.edits.brush import Brush, Shape

SIZES = (4.0, 400.0)
HARMONICS = (1, 40)
WIDTHS = (5.0, 400.0)
REACHES = (1, 7)


class Tool(Enum):
    """What a drag on the spectrogram does."""

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
class ToolText:
    """What is said of a tool: its name, key, tooltip, and the hint in the status line."""

    name: str
    key: str
    tip: str
    hint: str


def described() -> dict[Tool, ToolText]:
    """Names, keys and hints of all tools, in the order of the palette."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Tools", text)

    modes = tr(" · Shift adds · Ctrl subtracts · Esc deselects · ? keys")
    filters = tr(" · [ ] size · ? keys")
    return {
        Tool.SELECT: ToolText(
            tr("Time range"),
            "V",
            tr("Select time: drag; the selection loops"),
            tr("Drag over a span of time · double-click puts the playhead") + modes,
        ),
        Tool.RECTANGLE: ToolText(
            tr("Rectangle"), "R", tr("Select a rectangle of time and frequency"), tr("Drag a rectangle") + modes
        ),
        Tool.LASSO: ToolText(tr("Lasso"), "Q", tr("Select what you draw around"), tr("Draw around a sound") + modes),
        Tool.POLYGON: ToolText(
            tr("Polygon"),
            "P",
            tr("Select with straight lines: click the corners"),
            tr("Click corners · Return or double-click closes · Backspace takes one back · ? keys"),
        ),
        Tool.BAND: ToolText(
            tr("Frequency band"),
            "U",
            tr("Select a band of frequencies over all time"),
            tr("Drag over a band of frequencies") + modes,
        ),
        Tool.WAND: ToolText(
            tr("Magic wand"),
            "W",
            tr("Select what is like the place you click"),
            tr("Click a sound: what is like it is selected") + modes,
        ),
        Tool.BRUSH: ToolText(
            tr("Brush"),
            "B",
            tr("Paint the selected mask; Ctrl takes away"),
            tr("Drag to paint · Ctrl takes away · , . shape · [ ] size · X swaps layers · ? keys"),
        ),
        Tool.ERASER: ToolText(
            tr("Eraser"),
            "E",
            tr("Back to the computed mask"),
            tr("Drag to go back to the computed mask, or to take from a curve · [ ] size · ? keys"),
        ),
        Tool.SMOOTH: ToolText(
            tr("Smooth"), "O", tr("Even the mask out along time and frequency"), tr("Drag to smooth the mask") + filters
        ),
        Tool.BLUR_TIME: ToolText(
            tr("Blur along time"), "Y", tr("Spread the mask along time"), tr("Drag to blur along time") + filters
        ),
        Tool.BLUR_FREQUENCY: ToolText(
            tr("Blur along frequency"),
            "J",
            tr("Spread the mask along frequency"),
            tr("Drag to blur along frequency") + filters,
        ),
        Tool.SHARPEN: ToolText(
            tr("Sharpen"), "A", tr("Make the mask's edges steeper"), tr("Drag to sharpen the mask") + filters
        ),
        Tool.THRESHOLD: ToolText(
            tr("Threshold"),
            "T",
            tr("Keep the selected layer's mask only where it is strong"),
            tr("Drag in the histogram: you see and hear it · Return applies · Esc cancels"),
        ),
    }


def described_shapes() -> dict[Shape, str]:
    """Names of the brush shapes."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Tools", text)

    return {
        Shape.ROUND: tr("Round"),
        Shape.BOX: tr("Box"),
        Shape.TIME: tr("Time strip"),
        Shape.FREQUENCY: tr("Frequency strip"),
        Shape.COMB: tr("Harmonics"),
    }


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


class ToolSettings(QObject):
    """The chosen tool, and the options of each; those of a painting tool are its own."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tool = Tool.SELECT
        self.wand_like = "level"
        self.wand_tolerance = 6.0
        self.wand_connected = True
        self._options = {tool: BrushOptions() for tool in PAINTING}
        self._painted_with = Tool.BRUSH

    @property
    def paints(self) -> bool:
        """Whether a drag paints."""
        return self.tool in PAINTING

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

    def choose(self, tool: Tool) -> None:
        """Take another tool."""
        if tool is not self.tool:
            self.tool = tool
            if tool in PAINTING:
                self._painted_with = tool
            self.changed.emit()

    def set_size(self, size: float) -> None:
        """Diameter in pixels."""
        self.set_brush(size=min(max(size, SIZES[0]), SIZES[1]))

    def set_hardness(self, value: float) -> None:
        """Share of the radius with full effect."""
        self.set_brush(hardness=min(max(value, 0.0), 1.0))

    def next_shape(self, by: int) -> None:
        """Another shape of the brush."""
        shapes = list(Shape)
        self.set_brush(shape=shapes[(shapes.index(self.options.brush.shape) + by) % len(shapes)])

    def set_brush(self, **values: object) -> None:
        """Set fields of the brush."""
        self.set(brush=replace(self.options.brush, **values))  # type: ignore[arg-type]

    def set(self, **values: object) -> None:
        """Set fields of the options."""
        options = replace(self.options, **values)  # type: ignore[arg-type]
        if options != self.options:
            self._options[self._painted_with] = options
            self.changed.emit()

    def set_wand(self, like: str, tolerance: float, connected: bool) -> None:
        """What the wand looks at ('level' or 'shares'), how much may differ (dB or per cent), and how far it goes."""
        if (like, tolerance, connected) != (self.wand_like, self.wand_tolerance, self.wand_connected):
            self.wand_like, self.wand_tolerance, self.wand_connected = like, tolerance, connected
            self.changed.emit()
