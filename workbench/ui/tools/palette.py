"""The tool palette at the left of the window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QVBoxLayout, QWidget

from workbench.control.tools import PAINTING, SELECTING, Tool, ToolSettings
from workbench.ui.base.controls import dress, icon_button
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


class Palette(QWidget):
    """One button a tool: selecting, painting, threshold."""

    def __init__(self, tools: ToolSettings) -> None:
        super().__init__()
        self.setObjectName("palette")
        self._tools = tools
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 6, 4, 6)
        column.setSpacing(3)
        group = QButtonGroup(self)
        self.buttons: dict[Tool, QPushButton] = {}
        texts = described()
        for tool in (Tool.POINT, *SELECTING, *PAINTING, Tool.THRESHOLD):
            if tool in (SELECTING[0], PAINTING[0], Tool.THRESHOLD):
                line = QFrame()
                line.setFixedHeight(1)
                line.setProperty("role", "rule")
                column.addWidget(line)
            text = texts[tool]
            object_name = f"tool{tool.value[0].upper()}{tool.value[1:]}"
            button = icon_button(ICONS[tool], object_name, text.name, f"<b>{text.name}</b> ({text.key})<br>{text.tip}")
            button.setCheckable(True)
            button.setFixedSize(32, 28)
            button.setIconSize(QSize(18, 18))
            button.clicked.connect(lambda _, each=tool: tools.choose(each))
            group.addButton(button)
            self.buttons[tool] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        tools.changed.connect(self._show_tool)
        self._show_tool()

    def _show_tool(self) -> None:
        self.buttons[self._tools.tool].setChecked(True)

    def dress(self) -> None:
        """The theme changed."""
        for button in self.buttons.values():
            dress(button)
