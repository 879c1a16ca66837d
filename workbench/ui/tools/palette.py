"""The tool palette at the left of the window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QPushButton, QWidget

from workbench.control.tools import PAINTING, SELECTING, Tool, ToolSettings
from workbench.ui.base.controls import dress, icon_button
from workbench.ui.base.guard import guarded
from workbench.ui.tools.texts import described

ICONS = {
    Tool.POINT: "point",
    Tool.SELECT: "select",
    Tool.RECTANGLE: "rectangle",
    Tool.LASSO: "lasso",
    Tool.POLYGON: "polygon",
    Tool.BAND: "band",
    Tool.WAND: "wand",
    Tool.BRUSH: "brush",
    Tool.ERASER: "eraser",
    Tool.SMOOTH: "smooth",
    Tool.BLUR_TIME: "blurTime",
    Tool.BLUR_FREQUENCY: "blurFrequency",
    Tool.SHARPEN: "sharpen",
    Tool.THRESHOLD: "threshold",
}


BUTTON = QSize(32, 28)
GAP, EDGE = 3, (4, 6, 4, 6)


@guarded
class Palette(QWidget):
    """One button a tool: selecting, painting, threshold; side by side where a screen is too low for a column."""

    def __init__(self, tools: ToolSettings) -> None:
        super().__init__()
        self.setObjectName("palette")
        self._tools = tools
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(*EDGE)
        self._grid.setSpacing(GAP)
        self._parts: list[list[QPushButton]] = []
        self._lines: list[QFrame] = []
        self._columns = 0
        group = QButtonGroup(self)
        self.buttons: dict[Tool, QPushButton] = {}
        texts = described()
        for tool in (Tool.POINT, *SELECTING, *PAINTING, Tool.THRESHOLD):
            if tool in (SELECTING[0], PAINTING[0], Tool.THRESHOLD):
                line = QFrame()
                line.setFixedHeight(1)
                line.setProperty("role", "rule")
                self._lines.append(line)
            if not self._parts or tool in (SELECTING[0], PAINTING[0], Tool.THRESHOLD):
                self._parts.append([])
            text = texts[tool]
            object_name = f"tool{tool.value[0].upper()}{tool.value[1:]}"
            button = icon_button(ICONS[tool], object_name, text.name, f"<b>{text.name}</b> ({text.key})<br>{text.tip}")
            button.setCheckable(True)
            button.setFixedSize(BUTTON)
            button.setIconSize(QSize(18, 18))
            button.clicked.connect(lambda _, each=tool: tools.choose(each))
            group.addButton(button)
            self.buttons[tool] = button
            self._parts[-1].append(button)
        self._arrange(1)
        tools.changed.connect(self._show_tool)
        self._show_tool()

    def _arrange(self, columns: int) -> None:
        """Put the buttons into so many columns, with lines between the parts."""
        if columns == self._columns:
            return
        self._columns, row = columns, 0
        for number, part in enumerate(self._parts):
            if number:
                self._grid.addWidget(self._lines[number - 1], row, 0, 1, columns)
                row += 1
            for place, button in enumerate(part):
                self._grid.addWidget(button, row + place // columns, place % columns, Qt.AlignmentFlag.AlignHCenter)
            row += -(-len(part) // columns)
        for each in range(self._grid.rowCount()):
            self._grid.setRowStretch(each, int(each == row))

    def _height(self, columns: int) -> int:
        rows = sum(-(-len(part) // columns) for part in self._parts)
        lines = len(self._lines)
        return rows * BUTTON.height() + lines + (rows + lines) * GAP + EDGE[1] + EDGE[3]

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height(1))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height(2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(1 if self.height() >= self._height(1) else 2)

    def _show_tool(self) -> None:
        self.buttons[self._tools.tool].setChecked(True)

    def dress(self) -> None:
        """The theme changed."""
        for button in self.buttons.values():
            dress(button)
