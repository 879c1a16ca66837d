"""The top bar: the tools, the options of the present one, and how the spectrogram is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QWidget,
)  # fmt: skip

from workbench.document.document import Document
from workbench.masks.picture import Show
from workbench.spectral.scales import FrequencyScale
from workbench.ui.controls import Slider, combo, dim, dress, icon_button, named
from workbench.ui.tools import SIZES, Tool, ToolSettings

COLOUR_MAPS = ("inferno", "magma", "viridis", "plasma", "cividis")


class ToolBar(QWidget):
    """Tools, their options, and the look of the spectrogram."""

    look_changed = Signal(object, float, float, str)
    """Show, lowest and highest dB, colour map."""
    scale_changed = Signal(object)
    threshold_moved = Signal(float)
    """Level to preview."""
    threshold_accepted = Signal()
    threshold_dropped = Signal()

    def __init__(self, document: Document, tools: ToolSettings) -> None:
        super().__init__()
        self.setObjectName("toolBarContent")
        self._document, self._tools = document, tools
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(5)
        self.buttons: dict[Tool, QPushButton] = {}
        group = QButtonGroup(self)
        for tool, icon, text, tip in (
            (Tool.SELECT, "select", self.tr("Select"), self.tr("Select time: drag; the selection loops (V or 1)")),
            (Tool.BRUSH, "brush", self.tr("Brush"), self.tr("Paint the selected mask; Ctrl takes away (B or 2)")),
            (Tool.ERASER, "eraser", self.tr("Erase"), self.tr("Back to the computed mask (E or 3)")),
            (Tool.THRESHOLD, "threshold", self.tr("Threshold"),
             self.tr("Keep the selected layer's mask only where it is strong (T or 4)")),
        ):  # fmt: skip
            button = icon_button(icon, f"tool{tool.value.capitalize()}", text, tip)
            button.setText(text)
            button.setCheckable(True)
            button.clicked.connect(lambda _, each=tool: tools.choose(each))
            group.addButton(button)
            self.buttons[tool] = button
            row.addWidget(button)
        self.buttons[Tool.SELECT].setChecked(True)
        row.addSpacing(8)
        self.options = QStackedWidget()
        self.options.setObjectName("toolOptions")
        self.options.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._pages = {
            Tool.SELECT: self._select_page(), Tool.BRUSH: self._brush_page(), Tool.THRESHOLD: self._threshold_page(),
        }  # fmt: skip
        self._pages[Tool.ERASER] = self._pages[Tool.BRUSH]
        for page in (self._pages[Tool.SELECT], self._pages[Tool.BRUSH], self._pages[Tool.THRESHOLD]):
            self.options.addWidget(page)
        row.addWidget(self.options, 1)
        self._look_controls(row)
        tools.changed.connect(self._show_tool)
        document.selection_changed.connect(self._show_layer)
        document.layers_changed.connect(self._show_layer)
        document.opened.connect(self._show_layer)
        self._show_tool()
        self._show_layer()

    def _page(self) -> tuple[QWidget, QHBoxLayout]:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        return page, row

    def _select_page(self) -> QWidget:
        page, row = self._page()
        self.hint = dim(self.tr("Drag to select a time span; it loops while playing"))
        self.hint.setMinimumWidth(10)
        row.addWidget(self.hint, 1)
        return page

    def _brush_page(self) -> QWidget:
        page, row = self._page()
        tools = self._tools
        self.size_slider = named(Slider(*SIZES, tools.size, 40, 396), "brushSize", self.tr("Brush size"),
                          self.tr("Diameter in pixels ([ and ], or Shift+right-drag)"))  # fmt: skip
        self.hardness = named(Slider(0, 1, tools.hardness, 0.5, 100), "brushHardness", self.tr("Hardness"),
                              self.tr("How much of the brush has full effect"))  # fmt: skip
        self.strength = named(Slider(0, 1, tools.strength, 1.0, 100), "brushStrength", self.tr("Strength"),
                              self.tr("How far one stroke goes"))  # fmt: skip
        self.target = named(Slider(0, 1, tools.target, 1.0, 100), "brushTarget", self.tr("Target value"),
                            self.tr("The mask value to paint towards: 1 all, 0 nothing"))  # fmt: skip
        self._target_label = dim(self.tr("Value"))
        for label, slider, change in (
            (dim(self.tr("Size")), self.size_slider, tools.set_size),
            (dim(self.tr("Hardness")), self.hardness, tools.set_hardness),
            (dim(self.tr("Strength")), self.strength, tools.set_strength),
            (self._target_label, self.target, tools.set_target),
        ):  # fmt: skip
            slider.moved.connect(change)
            slider.setMaximumWidth(90)
            row.addWidget(label)
            row.addWidget(slider, 1)
        self.paints = QLabel()
        self.paints.setObjectName("paintedLayer")
        self.paints.setMinimumWidth(10)
        row.addWidget(self.paints)
        row.addStretch(1)
        return page

    def _threshold_page(self) -> QWidget:
        page, row = self._page()
        self.level = named(Slider(0, 1, 0.5, 0.5, 200), "thresholdLevel", self.tr("Threshold"),
                           self.tr("Keep the mask where it is at least this; the others take the rest"))  # fmt: skip
        self.level.setMaximumWidth(200)
        self.level_text = QLabel("0.50")
        self.level_text.setMinimumWidth(34)
        self.accept = named(QPushButton(self.tr("Apply")), "thresholdApply", self.tr("Apply the threshold"),
                            self.tr("Keep what is shown and heard (Return)"))  # fmt: skip
        self.drop = named(QPushButton(self.tr("Cancel")), "thresholdCancel", self.tr("Cancel the threshold"),
                          self.tr("Leave the mask as it was (Esc)"))  # fmt: skip
        self.thresholded = QLabel()
        self.thresholded.setObjectName("thresholdedLayer")
        row.addWidget(self.thresholded)
        row.addWidget(self.level, 1)
        row.addWidget(self.level_text)
        row.addWidget(self.accept)
        row.addWidget(self.drop)
        row.addStretch(1)
        self.level.moved.connect(self._level_moved)
        self.accept.clicked.connect(self.threshold_accepted)
        self.drop.clicked.connect(self.threshold_dropped)
        return page

    def _look_controls(self, row: QHBoxLayout) -> None:
        self.show_box = combo(
            [(self.tr("Layer colours"), Show.COLOURS), (self.tr("Level"), Show.LEVEL),
             (self.tr("Selected mask"), Show.MASK), (self.tr("Mask over mix"), Show.OVER)],
            "show", self.tr("Show"), self.tr("What the spectrogram shows (C takes the next)"),
        )  # fmt: skip
        self.map_box = combo([(n.capitalize(), n) for n in COLOUR_MAPS], "colourMap", self.tr("Colour map"),
                             self.tr("Colours of the level"))  # fmt: skip
        self.scale_box = combo(
            [(self.tr("Log"), FrequencyScale.LOG), (self.tr("Mel"), FrequencyScale.MEL),
             (self.tr("Linear"), FrequencyScale.LINEAR)],
            "frequencyScale", self.tr("Frequency scale"), self.tr("Frequency axis: logarithmic, mel or linear"),
        )  # fmt: skip
        self.low = named(QSpinBox(), "lowDb", self.tr("Lowest level"), self.tr("Level drawn black, in dB"))
        self.high = named(QSpinBox(), "highDb", self.tr("Highest level"), self.tr("Level drawn brightest, in dB"))
        for box, value in ((self.low, -90), (self.high, -12)):
            box.setRange(-127, 0)
            box.setValue(value)
            box.setFixedWidth(60)
            box.setAlignment(Qt.AlignmentFlag.AlignRight)
            box.valueChanged.connect(self._look)
        row.addWidget(self.show_box)
        row.addWidget(self.map_box)
        row.addWidget(self.scale_box)
        row.addWidget(self.low)
        row.addWidget(dim("…"))
        row.addWidget(self.high)
        row.addWidget(dim("dB"))
        self.show_box.currentIndexChanged.connect(self._look)
        self.map_box.currentIndexChanged.connect(self._look)
        self.scale_box.currentIndexChanged.connect(lambda: self.scale_changed.emit(self.scale_box.currentData()))
        self.map_box.setVisible(False)

    def toggle_mask(self) -> None:
        """Show the selected mask large, or go back to the layers' colours."""
        wanted = Show.COLOURS if self.show_box.currentData() is Show.MASK else Show.MASK
        self.show_box.setCurrentIndex(self.show_box.findData(wanted))

    def next_show(self) -> None:
        """Show the next of the four pictures."""
        self.show_box.setCurrentIndex((self.show_box.currentIndex() + 1) % self.show_box.count())

    def _look(self) -> None:
        self.map_box.setVisible(self.show_box.currentData() is Show.LEVEL)
        low, high = self.low.value(), self.high.value()
        self.look_changed.emit(self.show_box.currentData(), low, max(high, low + 1), self.map_box.currentData())

    def _level_moved(self, value: float) -> None:
        self.level_text.setText(f"{value:.2f}")
        self.threshold_moved.emit(value)

    def _show_tool(self) -> None:
        tools = self._tools
        self.buttons[tools.tool].setChecked(True)
        self.options.setCurrentWidget(self._pages[tools.tool])
        for slider, value in (
            (self.size_slider, tools.size), (self.hardness, tools.hardness),
            (self.strength, tools.strength), (self.target, tools.target),
        ):  # fmt: skip
            slider.set(value)
        brush = tools.tool is Tool.BRUSH
        self.target.setVisible(brush)
        self._target_label.setVisible(brush)

    def _show_layer(self) -> None:
        index = self._document.selected_index
        for label in (self.paints, self.thresholded):
            if index < 0:
                label.setText("")
                continue
            layer = self._document.layers[index]
            name = layer.name if len(layer.name) < 18 else layer.name[:17] + "…"
            label.setText(f'<span style="color:{layer.colour}">●</span> {name}')

    def dress(self) -> None:
        """The theme changed."""
        for button in self.buttons.values():
            dress(button)
