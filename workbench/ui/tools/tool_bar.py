"""The top bar: the options of the present tool, and how the spectrogram is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from workbench.control.areas import AreaActs
from workbench.control.marking import Marking
from workbench.control.selection import Selection
from workbench.control.tools import ToolSettings
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.pictures.picture import Show
from workbench.spectral.scales import FrequencyScale
from workbench.ui.base.controls import combo, dim, named
from workbench.ui.tools.tool_options import ToolOptions

COLOUR_MAPS = ("inferno", "magma", "viridis", "plasma", "cividis")


class ToolBar(QWidget):
    """The tool's options and the look of the spectrogram."""

    look_changed = Signal(object, float, float, str)
    """Show, lowest and highest dB, colour map."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        tools: ToolSettings,
        areas: AreaActs,
        marking: Marking,
        viewport: Viewport,
    ) -> None:
        super().__init__()
        self._document, self._viewport, self._grouped = document, viewport, False
        self.setObjectName("toolBarContent")
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(5)
        self.options = ToolOptions(document, selection, tools, areas, marking)
        row.addWidget(self.options, 1)
        self._look_controls(row)

    def _look_controls(self, row: QHBoxLayout) -> None:
        self.show_box = combo(
            [
                (self.tr("Layer colours"), Show.COLOURS),
                (self.tr("Level"), Show.LEVEL),
                (self.tr("Selected mask"), Show.MASK),
                (self.tr("Mask over mix"), Show.OVER),
                (self.tr("Group colours"), Show.GROUPS),
            ],
            "show",
            self.tr("Show"),
            self.tr("What the spectrogram shows (C takes the next)"),
        )
        self.map_box = combo(
            [(n.capitalize(), n) for n in COLOUR_MAPS],
            "colourMap",
            self.tr("Colour map"),
            self.tr("Colours of the level"),
        )
        self.scale_box = combo(
            [
                (self.tr("Log"), FrequencyScale.LOG),
                (self.tr("Mel"), FrequencyScale.MEL),
                (self.tr("Linear"), FrequencyScale.LINEAR),
            ],
            "frequencyScale",
            self.tr("Frequency scale"),
            self.tr("Frequency axis: logarithmic, mel or linear"),
        )
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
        self.scale_box.currentIndexChanged.connect(lambda: self._viewport.set_scale(self.scale_box.currentData()))
        self.map_box.setVisible(False)
        self._document.layers_changed.connect(self._follow_groups)
        self._document.opened.connect(self._follow_groups)

    @property
    def kept(self) -> str:
        """How the spectrogram is shown, for `restore`."""
        scale, map_ = self.scale_box.currentData(), self.map_box.currentData()
        return f"{self.show_box.currentData().value} {map_} {scale.value} {self.low.value()} {self.high.value()}"

    def restore(self, kept: str) -> None:
        """Show it as it was shown; what another version kept otherwise is left out."""
        boxes = (self.show_box, self.map_box, self.scale_box)
        words = kept.split()
        for box, word in zip(boxes, words, strict=False):
            data = [box.itemData(i) for i in range(box.count())]
            place = next((i for i, each in enumerate(data) if str(getattr(each, "value", each)) == word), -1)
            if place >= 0:
                box.setCurrentIndex(place)
        for spin, word in zip((self.low, self.high), words[3:], strict=False):
            if word.removeprefix("-").isdecimal():
                spin.setValue(int(word))

    @property
    def _in_colours(self) -> Show:
        """The picture that tells sources apart: by groups, once there are some."""
        return Show.GROUPS if self._grouped else Show.COLOURS

    def _follow_groups(self) -> None:
        """With the first group go from the layers' colours to the groups', and back when the last one went."""
        before, self._grouped = self._in_colours, bool(self._document.groups)
        if self.show_box.currentData() is before:
            self._choose(self._in_colours)

    def _choose(self, show: Show) -> None:
        self.show_box.setCurrentIndex(self.show_box.findData(show))

    def toggle_mask(self) -> None:
        """Show the selected mask large, or go back to the colours of layers or groups."""
        self._choose(self._in_colours if self.show_box.currentData() is Show.MASK else Show.MASK)

    def next_show(self) -> None:
        """Show the next picture."""
        self.show_box.setCurrentIndex((self.show_box.currentIndex() + 1) % self.show_box.count())

    def _look(self) -> None:
        self.map_box.setVisible(self.show_box.currentData() is Show.LEVEL)
        low, high = self.low.value(), self.high.value()
        self.look_changed.emit(self.show_box.currentData(), low, max(high, low + 1), self.map_box.currentData())
