"""What is said of the tools: names, keys, tooltips, hints."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from workbench.control.tools import Tool
from workbench.masks.edits.brush import Shape


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
        Tool.POINT: ToolText(
            tr("Point"),
            "Shift+P",
            tr("Point at a sound and have it: all that belongs to it lights up; a click makes it a source"),
            tr("Click: a sound · hold: hear it alone · drag: all of this · Shift: this too · Ctrl: not this · ? keys"),
        ),
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
            tr("Select the sound you click: a partial or an attack, to its ends"),
            tr("Click a partial or an attack: it is followed to its ends · Ctrl+Shift+H similar ones") + modes,
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
