"""One strip of the mixer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout

from workbench.audio.speakers import Speakers
from workbench.control.mixing import MixActs
from workbench.masks.model.layers import Group
from workbench.ui.base import theme
from workbench.ui.base.controls import Slider, decibels, dim, named
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import ElidedLabel, literal
from workbench.ui.base.source_controls import Source, SourceControls
from workbench.ui.sound.meters import SourceMeter


@guarded
class Strip(QFrame):
    """Fader, pan, width, mute, solo and meter of a group, or of a layer that is in no group."""

    picked = Signal(object)
    """The Layer or Group was clicked."""

    WIDTH = 116

    def __init__(self, source: Source, mixing: MixActs, speakers: Speakers) -> None:
        super().__init__()
        self.source = source
        tag = "strip{}{}".format(*key_of(source))
        named(self, tag, source.name, self.tr("Mixer strip of {0}").format(source.name))
        self.setProperty("role", "layer")
        self.setFixedWidth(self.WIDTH)
        self.chip = QFrame()
        self.chip.setFixedSize(6, 14)
        self.title = ElidedLabel()
        self.title.setFixedHeight(17)
        self.controls = SourceControls(source, tag, mixing, speakers, Qt.Orientation.Vertical, wide=True, parent=self)
        self.gain, self.pan, self.width_slider = self.controls.gain, self.controls.pan, self.controls.width
        self.mute, self.solo = self.controls.mute, self.controls.solo
        self.meter = named(SourceMeter(), f"{tag}Meter", "", self.tr("Level after the faders"))
        self.text = dim("")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._arrange()
        self.show_source(source, True)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(6, 3, 6, 3)
        grid.setHorizontalSpacing(5)
        grid.setVerticalSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(5)
        top.addWidget(self.chip)
        top.addWidget(self.title, 1)
        grid.addLayout(top, 0, 0, 1, 3)
        grid.addWidget(self.gain, 1, 0, 4, 1)
        grid.addWidget(self.meter, 1, 1, 4, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(3)
        buttons.addWidget(self.mute)
        buttons.addWidget(self.solo)
        grid.addLayout(buttons, 1, 2)
        grid.addLayout(self._labelled(self.tr("Pan"), self.pan), 2, 2)
        if self.width_slider is not None:
            grid.addLayout(self._labelled(self.tr("Wide"), self.width_slider), 3, 2)
        grid.addWidget(self.text, 4, 2)
        grid.setRowStretch(4, 1)
        grid.setColumnStretch(2, 1)

    @staticmethod
    def _labelled(text: str, slider: Slider) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3)
        label = dim(text)
        label.setStyleSheet("font-size: 9px;")
        label.setFixedWidth(22)
        slider.setMinimumWidth(36)
        row.addWidget(label)
        row.addWidget(slider, 1)
        return row

    def show_source(self, source: Source, heard: bool) -> None:
        """Show another state of the same source."""
        self.source = source
        self.setAccessibleName(source.name)
        self.meter.setAccessibleName(self.tr("Level of {0}").format(source.name))
        self.title.setText(source.name)
        self.title.setToolTip(literal(source.name))
        self.chip.setStyleSheet(f"background: {source.colour}; border: none; border-radius: 2px;")
        self.title.setStyleSheet("" if heard else f"color: {theme.current().dim};")
        self.controls.show_source(source)
        gain, side = decibels(source.gain_db), self.tr("L") if source.pan < 0 else self.tr("R")
        self.text.setText(f"{gain}  {side}{abs(round(100 * source.pan))}" if source.pan else f"{gain} dB")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.source)


def key_of(source: Source) -> tuple[str, int]:
    """What tells sources apart: layers and groups have ids of one sequence, but are read apart in names."""
    return ("group" if isinstance(source, Group) else "layer"), source.id
