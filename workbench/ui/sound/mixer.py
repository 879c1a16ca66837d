"""The mixer: a strip with fader, pan, width and meter for every source, and four remembered mixes."""

from __future__ import annotations

from functools import partial
from time import perf_counter

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workbench.audio.levels import source_levels
from workbench.audio.mix import audible
from workbench.audio.player import PlayerStatus
from workbench.control.editing import Editing
from workbench.control.playback import Audition
from workbench.document.acts import groups as group_acts
from workbench.document.acts.layers import GAIN_RANGE_DB
from workbench.document.document import Document
from workbench.document.state import SLOTS
from workbench.errors import UserError
from workbench.masks.model.layers import Group, Layer, members
from workbench.ui.base import theme
from workbench.ui.base.controls import Slider, dim, named, toggle
from workbench.ui.base.guard import guarded

FALL_DB = 1.5
"""By which a meter falls from tick to tick."""
SHARE = 6
"""Measuring the levels takes at most one such part of the time."""


@guarded
class StripMeter(QWidget):
    """Level of one source, −60 … +6 dB, upright."""

    LOW, HIGH = -60.0, 6.0

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(8)
        self._level = self.LOW

    def show_level(self, db: float | None) -> None:
        """A new level, from which the bar falls slowly; None clears it."""
        level = self.LOW if db is None else max(self.LOW, min(db, self.HIGH), self._level - FALL_DB)
        if level != self._level:
            self._level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, t, height = QPainter(self), theme.current(), self.height()
        painter.fillRect(self.rect(), QColor(t.line))
        share = (self._level - self.LOW) / (self.HIGH - self.LOW)
        fill = QLinearGradient(0, height, 0, 0)
        zero = -self.LOW / (self.HIGH - self.LOW)
        for at, colour in ((0.0, "#19c98a"), (zero - 0.2, "#19c98a"), (zero - 0.05, t.solo), (1.0, t.mute)):
            fill.setColorAt(at, QColor(colour))
        painter.fillRect(QRectF(0, height * (1 - share), self.width(), height * share), fill)


@guarded
class Strip(QFrame):
    """Fader, pan, width, mute, solo and meter of a group, or of a layer that is in no group."""

    changed = Signal(object, str, str, dict)
    """Layer or Group, name of the act, merge key, fields."""
    settled = Signal()
    """A slider was let go."""
    picked = Signal(object)
    """The Layer or Group was clicked."""

    WIDTH = 116

    def __init__(self, source: Layer | Group, pan_trouble: str) -> None:
        super().__init__()
        self.source = source
        tag = "strip{}{}".format(*_key(source))
        named(self, tag, source.name, self.tr("Mixer strip of {0}").format(source.name))
        self.setProperty("role", "layer")
        self.setFixedWidth(self.WIDTH)
        self.chip = QFrame()
        self.chip.setFixedSize(6, 14)
        self.title = QLabel()
        self.title.setFixedHeight(17)
        self.gain = named(
            Slider(*GAIN_RANGE_DB, source.gain_db, 0.0, 144, Qt.Orientation.Vertical),
            f"{tag}Gain",
            self.tr("Gain of {0}").format(source.name),
            self.tr("Gain in dB; double-click for 0 dB"),
        )
        self.meter = named(
            StripMeter(), f"{tag}Meter", self.tr("Level of {0}").format(source.name), self.tr("Level after the faders")
        )
        self.mute = toggle("M", "mute", f"{tag}Mute", self.tr("Mute {0}").format(source.name), self.tr("Mute"), False)
        self.solo = toggle("S", "solo", f"{tag}Solo", self.tr("Solo {0}").format(source.name), self.tr("Solo"), False)
        tip = pan_trouble or self.tr("Pan, constant power; double-click for the centre")
        self.pan = named(Slider(-1, 1, 0, 0.0, 100), f"{tag}Pan", self.tr("Pan of {0}").format(source.name), tip)
        self.pan.setProperty("role", "pan")
        self.pan.setEnabled(not pan_trouble)
        tip = pan_trouble or self.tr("Width: middle only … as it is … twice as wide; double-click for as it is")
        self.width_slider = named(
            Slider(0, 2, 1, 1.0, 100), f"{tag}Width", self.tr("Width of {0}").format(source.name), tip
        )
        self.width_slider.setProperty("role", "pan")
        self.width_slider.setEnabled(not pan_trouble)
        for slider in (self.pan, self.width_slider):
            # One key leaves the place where the slider snaps to the neutral value.
            slider.setSingleStep(2)
        self.text = dim("")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._arrange()
        self._wire()
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
        if isinstance(self.source, Group):
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

    def _wire(self) -> None:
        self.gain.moved.connect(self._gain_moved)
        self.pan.moved.connect(lambda value: self._send("pan", self.tr("Pan of {0}"), _snapped(value, 0.0)))
        self.width_slider.moved.connect(
            lambda value: self._send("width", self.tr("Width of {0}"), _snapped(value, 1.0))
        )
        for slider in (self.gain, self.pan, self.width_slider):
            slider.let_go.connect(self.settled)
        for button, field, on, off in (
            (self.mute, "mute", self.tr("Mute {0}"), self.tr("Unmute {0}")),
            (self.solo, "solo", self.tr("Solo {0}"), self.tr("Unsolo {0}")),
        ):
            button.clicked.connect(
                lambda down, f=field, a=on, b=off: self.changed.emit(
                    self.source, (a if down else b).format(self.source.name), "", {f: down}
                )
            )

    def _gain_moved(self, value: float) -> None:
        gain = round(value, 1)
        self._send("gain_db", self.tr("Gain of {0}"), float("-inf") if gain <= GAIN_RANGE_DB[0] else gain)

    def _send(self, field: str, name: str, value: float) -> None:
        self.changed.emit(self.source, name.format(self.source.name), f"{field}{self.source.id}", {field: value})

    def show_source(self, source: Layer | Group, heard: bool) -> None:
        """Show another state of the same source."""
        if source.name != self.source.name:
            for widget, text in (
                (self, "{0}"),
                (self.gain, self.tr("Gain of {0}")),
                (self.pan, self.tr("Pan of {0}")),
                (self.width_slider, self.tr("Width of {0}")),
                (self.meter, self.tr("Level of {0}")),
                (self.mute, self.tr("Mute {0}")),
                (self.solo, self.tr("Solo {0}")),
            ):
                widget.setAccessibleName(text.format(source.name))
        self.source = source
        room = self.WIDTH - 24
        name = QFontMetrics(self.title.font()).elidedText(source.name, Qt.TextElideMode.ElideRight, room)
        self.title.setText(name)
        self.title.setToolTip(source.name)
        self.chip.setStyleSheet(f"background: {source.colour}; border: none; border-radius: 2px;")
        self.title.setStyleSheet("" if heard else f"color: {theme.current().dim};")
        self.gain.set(max(source.gain_db, GAIN_RANGE_DB[0]))
        self.pan.set(source.pan)
        if isinstance(source, Group):
            self.width_slider.set(source.width)
        self.mute.setChecked(source.mute)
        self.solo.setChecked(source.solo)
        gain = "−∞" if source.gain_db <= -200 else f"{source.gain_db:+.1f}".replace("-", "−")
        side = self.tr("L") if source.pan < 0 else self.tr("R")
        self.text.setText(f"{gain}  {side}{abs(round(100 * source.pan))}" if source.pan else f"{gain} dB")

    def show_spread(self, on: bool) -> None:
        """Whether there is anything to widen."""
        if self.pan.isEnabled() and on != self.width_slider.isEnabled():
            self.width_slider.setEnabled(on)
            self.width_slider.setToolTip(
                self.tr("Width: middle only … as it is … twice as wide; double-click for as it is")
                if on
                else self.tr("A mono recording has no width until layers of the group are panned")
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.source)


class Mixer(QWidget):
    """All strips, and the remembered mixes."""

    def __init__(self, document: Document, editing: Editing, audition: Audition) -> None:
        super().__init__()
        self.setObjectName("mixer")
        self._document, self._editing = document, editing
        self.strips: list[Strip] = []
        self._not_before = 0.0
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 4)
        row.setSpacing(8)
        self._column = QHBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        holder = QWidget()
        holder.setLayout(self._column)
        scroll = QScrollArea()
        scroll.setObjectName("mixerScroll")
        scroll.setWidgetResizable(True)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        row.addWidget(scroll, 1)
        row.addLayout(self._slots())
        document.opened.connect(self._opened)
        document.layers_changed.connect(self._rebuild)
        document.mix_changed.connect(self._show)
        document.snapshots_changed.connect(self._show_slots)
        document.stacks_changed.connect(self._rebuild)
        audition.ticked.connect(self._ticked)
        self._rebuild()

    def sizeHint(self) -> QSize:
        return QSize(500, 170)

    def _slots(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(dim(self.tr("Mixes")))
        grid = QGridLayout()
        grid.setSpacing(3)
        self.slots: list[QPushButton] = []
        for slot in range(SLOTS):
            letter = "ABCD"[slot]
            tip = self.tr("Mix {0}: recall it (F{1}); remember the present mix in it (Shift+F{1} or Shift+click)")
            button = named(
                QPushButton(letter),
                f"mix{letter}",
                self.tr("Remembered mix {0}").format(letter),
                tip.format(letter, slot + 5),
            )
            button.setCheckable(True)
            button.setProperty("role", "slot")
            button.clicked.connect(partial(self._slot_clicked, slot))
            self.slots.append(button)
            grid.addWidget(button, slot // 2, slot % 2)
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def _slot_clicked(self, slot: int) -> None:
        """A click recalls a mix; with Shift it remembers the present one."""
        shift = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        (self.store if shift else self.recall)(slot)
        self._show_slots()

    # -- strips --------------------------------------------------------------------------------------

    def _sources(self) -> list[Layer | Group]:
        """The groups, and the layers that are in none, in the order of the stack."""
        groups = {group.id: group for group in self._document.groups}
        out: dict[tuple[str, int], Layer | Group] = {}
        for layer in self._document.layers:
            if layer.group in groups:
                out["group", layer.group] = groups[layer.group]
            else:
                out["layer", layer.id] = layer
        return list(out.values())

    def _opened(self) -> None:
        # Another recording may have the same ids, but other channels.
        self._keep(set())
        self._rebuild()

    def _keep(self, wanted: set[tuple[str, int]]) -> None:
        """Take the strips away that are not wanted any more."""
        for old in self.strips:
            self._column.removeWidget(old)
            if _key(old.source) not in wanted:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self.strips = [strip for strip in self.strips if _key(strip.source) in wanted]

    def _rebuild(self) -> None:
        sources = self._sources()
        keys = [_key(source) for source in sources]
        if [_key(strip.source) for strip in self.strips] != keys:
            self._keep(set(keys))
            known = {_key(strip.source): strip for strip in self.strips}
            self.strips = [known.get(_key(source)) or self._strip(source) for source in sources]
            for i, strip in enumerate(self.strips):
                self._column.insertWidget(i, strip)
        self._show()
        self._show_slots()

    def _strip(self, source: Layer | Group) -> Strip:
        recording, trouble = self._document.recording, ""
        if recording is not None and recording.channels > 2:
            trouble = self.tr(
                "Pan and width are off: with {0} channels a place between two loudspeakers means nothing"
            ).format(recording.channels)
        strip = Strip(source, trouble)
        strip.changed.connect(self._change)
        strip.settled.connect(self._document.seal)
        strip.picked.connect(self._pick)
        return strip

    def _show(self) -> None:
        layers = self._document.layers
        heard = dict(zip((layer.id for layer in layers), audible(layers, self._document.groups), strict=True))
        recording = self._document.recording
        stereo = recording is not None and recording.channels == 2
        known = {_key(source): source for source in self._sources()}
        for strip in self.strips:
            source = known.get(_key(strip.source))
            if source is None:
                # It is about to go.
                continue
            inside = members(layers, source.id) if isinstance(source, Group) else (source,)
            strip.show_source(source, any(heard.get(layer.id, False) for layer in inside))
            strip.show_spread(stereo or any(layer.pan for layer in inside))
        self._show_slots()

    def _change(self, source: Layer | Group, name: str, merge: str, fields: dict[str, object]) -> None:
        if not isinstance(source, Group):
            self._document.change_layer(name, source.id, merge or None, **fields)
        elif self._editing.has_group(source.id):
            self._document.change_group(name, source.id, merge or None, **fields)
        else:
            self._show()

    def _pick(self, source: Layer | Group) -> None:
        (self._document.select_group if isinstance(source, Group) else self._document.select)(source.id)

    def _ticked(self, status: PlayerStatus) -> None:
        """Measure the sources where it is heard now; less often where the masks take long."""
        scene = self._document.scene
        if not self.isVisible() or scene is None or not status.playing:
            for strip in self.strips:
                strip.meter.show_level(None)
            return
        begin = perf_counter()
        if begin < self._not_before:
            return
        layers = self._document.layers
        indices = [
            [i for i, layer in enumerate(layers) if _key(strip.source) in (("layer", layer.id), ("group", layer.group))]
            for strip in self.strips
        ]
        for strip, level in zip(self.strips, source_levels(scene, status.position, indices), strict=True):
            strip.meter.show_level(float(level))
        self._not_before = begin + SHARE * (perf_counter() - begin)

    # -- remembered mixes ----------------------------------------------------------------------------

    def store(self, slot: int) -> None:
        """Remember the present mix."""
        if self._document.recording is None:
            return
        name = self.tr("Remember mix {0}").format("ABCD"[slot])
        self._document.act(name, group_acts.store_mix(self._document.recorded_state, slot))
        self._editing.said.emit(self.tr("Mix {0} remembered; F{1} recalls it").format("ABCD"[slot], slot + 5))

    def recall(self, slot: int) -> None:
        """Bring a mix back; several in turn are one step."""
        before = self._document.recorded_state
        if self._document.recording is None:
            return
        try:
            state = group_acts.recall_mix(before, slot)
        except UserError as reason:
            self._editing.refused.emit(str(reason))
        else:
            if (state.layers, state.groups) != (before.layers, before.groups):
                self._document.act(self.tr("Recall mix {0}").format("ABCD"[slot]), state, "recall")
        self._show_slots()

    def _show_slots(self) -> None:
        state = self._document.state
        for slot, button in enumerate(self.slots):
            known = state.snapshots[slot]
            same = known is not None and group_acts.store_mix(state, slot).snapshots[slot] == known
            button.setChecked(same)
            button.setProperty("filled", known is not None)
            button.style().unpolish(button)
            button.style().polish(button)

    def dress(self) -> None:
        """The theme changed."""
        self._show()


def _key(source: Layer | Group) -> tuple[str, int]:
    return ("group" if isinstance(source, Group) else "layer"), source.id


def _snapped(value: float, neutral: float) -> float:
    """A value, exactly neutral where it is nearly so."""
    return neutral if abs(value - neutral) < 0.03 else round(value, 2)
