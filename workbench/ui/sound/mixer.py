"""The mixer: a strip for every source, and four remembered mixes."""

from __future__ import annotations

from functools import partial
from time import perf_counter

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.audio.levels import source_levels, source_work
from workbench.audio.mix import audible
from workbench.audio.player import PlayerStatus
from workbench.audio.speakers import pairs, speakers_of
from workbench.control.mixing import LETTERS, MixActs
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.masks.model.layers import Group, members
from workbench.ui.base.controls import dim, named
from workbench.ui.base.source_controls import Source
from workbench.ui.base.wheel import Sideways
from workbench.ui.sound.strip import Strip, key_of

MOST_WORK = 12
"""Of `Stack.work_left`, which the levels may take of the window: a few milliseconds."""
SHARE = 6
"""Measuring the levels takes at most one such part of the time."""


class Mixer(QWidget):
    """All strips, and the remembered mixes."""

    def __init__(self, document: Document, selection: Selection, mixing: MixActs, playback: Playback) -> None:
        super().__init__()
        self.setObjectName("mixer")
        self._document, self._selection, self._mixing = document, selection, mixing
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
        scroll = Sideways()
        scroll.setObjectName("mixerScroll")
        scroll.setWidgetResizable(True)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        row.addWidget(scroll, 1)
        row.addLayout(self._slots())
        document.opened.connect(self._opened)
        document.layers_changed.connect(self._rebuild)
        document.stacks_changed.connect(self._rebuild)
        document.mix_changed.connect(self._show)
        document.mixes_changed.connect(self._show_slots)
        playback.ticked.connect(self._ticked)
        self._rebuild()

    def sizeHint(self) -> QSize:
        return QSize(500, 170)

    def dress(self) -> None:
        """The theme changed."""
        self._show()

    # -- remembered mixes ----------------------------------------------------------------------------

    def _slots(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(dim(self.tr("Mixes")))
        grid = QGridLayout()
        grid.setSpacing(3)
        self.slots: list[QPushButton] = []
        for slot, letter in enumerate(LETTERS):
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
        (self._mixing.store if shift else self._mixing.recall)(slot)
        self._show_slots()

    def _show_slots(self) -> None:
        for slot, button in enumerate(self.slots):
            button.setChecked(self._mixing.is_present(slot))
            button.setProperty("filled", self._document.state.mixes[slot] is not None)
            button.style().unpolish(button)
            button.style().polish(button)

    # -- strips --------------------------------------------------------------------------------------

    def _sources(self) -> list[Source]:
        """The groups, and the layers that are in none, in the order of the stack."""
        groups = {group.id: group for group in self._document.groups}
        out: dict[tuple[str, int], Source] = {}
        for layer in self._document.layers:
            source = groups.get(layer.group, layer)
            out[key_of(source)] = source
        return list(out.values())

    def _opened(self) -> None:
        # Another recording may have the same ids, but other channels.
        self._keep(set())
        self._rebuild()

    def _keep(self, wanted: set[tuple[str, int]]) -> None:
        """Take the strips away that are not wanted any more."""
        for old in self.strips:
            self._column.removeWidget(old)
            if key_of(old.source) not in wanted:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self.strips = [strip for strip in self.strips if key_of(strip.source) in wanted]

    def _rebuild(self) -> None:
        sources = self._sources()
        keys = [key_of(source) for source in sources]
        if [key_of(strip.source) for strip in self.strips] != keys:
            self._keep(set(keys))
            known = {key_of(strip.source): strip for strip in self.strips}
            self.strips = [known.get(key_of(source)) or self._strip(source) for source in sources]
            for i, strip in enumerate(self.strips):
                self._column.insertWidget(i, strip)
        self._show()

    def _strip(self, source: Source) -> Strip:
        recording = self._document.recording
        strip = Strip(source, self._mixing, recording.speakers if recording is not None else speakers_of(2))
        strip.picked.connect(self._pick)
        return strip

    def _pick(self, source: Source) -> None:
        (self._selection.select_group if isinstance(source, Group) else self._selection.select)(source.id)

    def _show(self) -> None:
        layers = self._document.layers
        heard = dict(zip((layer.id for layer in layers), audible(layers, self._document.groups), strict=True))
        recording = self._document.recording
        stereo = recording is not None and bool(pairs(recording.speakers))
        known = {key_of(source): source for source in self._sources()}
        for strip in self.strips:
            source = known.get(key_of(strip.source))
            if source is None:
                # It is about to go.
                continue
            inside = members(layers, source.id) if isinstance(source, Group) else (source,)
            strip.show_source(source, any(heard.get(layer.id, False) for layer in inside))
            strip.controls.show_spread(stereo or any(layer.pan for layer in inside))
        self._show_slots()

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
        if source_work(scene, status.position) > MOST_WORK:
            # What plays will have it evaluated before long.
            self._not_before = begin + SHARE * (perf_counter() - begin)
            return
        layers = self._document.layers
        indices = [
            [i for i, x in enumerate(layers) if key_of(strip.source) in (("layer", x.id), ("group", x.group))]
            for strip in self.strips
        ]
        for strip, level in zip(self.strips, source_levels(scene, status.position, indices), strict=True):
            strip.meter.show_level(float(level))
        self._not_before = begin + SHARE * (perf_counter() - begin)
