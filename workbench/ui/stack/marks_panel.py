"""The marks as a list: what was said, of which place, how sure it is, and what it came to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from workbench.control.marks import MarkActs
from workbench.control.under_way import UnderWay
from workbench.document.document import Document
from workbench.masks.hand.marks import Mark
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer
from workbench.masks.pictures.picture import Look, Show, axis_of_cells, bgr, brightness, picture
from workbench.ui.base.axes import clock, describe_hz
from workbench.ui.base.controls import Slider, combo, dim, named

PICTURE = QSize(56, 34)
AROUND = 3
"""A picture shows so many times what is marked."""
REST_MS = 500
"""After the last change, before it is looked at what each mark came to."""
EFFECT_MS = 20
"""Between two marks whose effect is looked at, so that the window is never held for long."""


class MarksPanel(QWidget):
    """What was said of places; the chosen one can be weighed, given to another source, turned round and taken back."""

    def __init__(self, document: Document, marks: MarkActs, under_way: UnderWay) -> None:
        super().__init__()
        self.setObjectName("marksPanel")
        self._document, self._marks, self._under_way = document, marks, under_way
        self._shown: list[Mark] = []
        self._effects: dict[int, str] = {}
        self._pictures: dict[int, tuple[Mark, str, QIcon]] = {}
        self._seen, self._stale = False, False
        self.list = named(
            QListWidget(),
            "marks",
            self.tr("Marks"),
            self.tr("What you said of places, with the share of the sound that each moved to another source"),
        )
        self.list.setIconSize(PICTURE)
        self.list.installEventFilter(self)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.invitation = dim(
            self.tr("Take the Point tool (Shift+P) and click on a sound: what you say of places is listed here.")
        )
        self.invitation.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addWidget(self.invitation)
        column.addWidget(self.list, 1)
        self.controls = QWidget()
        column.addWidget(self.controls)
        self._make_controls()
        self._later = QTimer(self, singleShot=True, interval=EFFECT_MS)
        self._later.timeout.connect(self._tell_effect)
        self.list.currentRowChanged.connect(lambda _: self._show_chosen())
        for signal in (document.marks_changed, document.layers_changed, document.factors_changed, document.opened):
            signal.connect(self._show)
        self._show()

    def _make_controls(self) -> None:
        rows = QVBoxLayout(self.controls)
        rows.setContentsMargins(0, 0, 0, 0)
        first, second = QHBoxLayout(), QHBoxLayout()
        self.source = combo([], "markSource", self.tr("Source of the mark"), self.tr("Which source the mark speaks of"))
        self.turn = named(
            QPushButton(self.tr("Not this")),
            "markTurn",
            self.tr("Not this"),
            self.tr("The source does not sound there; again, it does"),
        )
        self.turn.setCheckable(True)
        self.remove = named(
            QPushButton(self.tr("Take back")),
            "markRemove",
            self.tr("Take back"),
            self.tr("The masks become what they would be without this mark (Delete in the list)"),
        )
        self.weight = named(
            Slider(0, 1, 1.0, 1.0, 100), "markWeight", self.tr("Weight"), self.tr("How sure the mark is, per cent")
        )
        first.addWidget(self.source, 1)
        first.addWidget(self.turn)
        second.addWidget(dim(self.tr("Weight")))
        second.addWidget(self.weight, 1)
        second.addWidget(self.remove)
        rows.addLayout(first)
        rows.addLayout(second)
        self.source.activated.connect(self._give)
        self.turn.clicked.connect(lambda: self._with_chosen(self._marks.turn))
        self.remove.clicked.connect(lambda: self._with_chosen(self._marks.remove))
        self.weight.moved.connect(lambda value: self._with_chosen(lambda mark: self._marks.weigh(mark, value)))
        self.weight.let_go.connect(self._marks.weighed)

    # -- showing ---------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Mark | None:
        """The mark that the controls are for."""
        row = self.list.currentRow()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _show(self) -> None:
        if not self._seen:
            self._stale = True
            return
        if self._under_way.stroking:
            # What is only drawn yet is no mark.
            return
        chosen, before, self._stale = self.chosen, len(self._shown), False
        self._shown, self._effects = list(self._marks.marks), {}
        with QSignalBlocker(self.list):
            self.list.clear()
            for mark in self._shown:
                self.list.addItem(self._item(mark))
        self.invitation.setVisible(not self._shown)
        self.list.setVisible(bool(self._shown))
        kept = [i for i, mark in enumerate(self._shown) if chosen is not None and mark.id == chosen.id]
        newest = len(self._shown) - 1
        self.list.setCurrentRow(kept[0] if kept and len(self._shown) <= before else newest)
        self._show_chosen()
        if self._shown:
            self._later.start(REST_MS)

    def set_seen(self, seen: bool) -> None:
        """Whether the pane is in front; behind others nothing is drawn."""
        self._seen = seen
        if seen and self._stale:
            self._show()
        elif seen:
            self._later.start(REST_MS)

    def _item(self, mark: Mark) -> QListWidgetItem:
        item = QListWidgetItem(self._picture(mark), self._text(mark))
        item.setToolTip(item.text())
        return item

    def _text(self, mark: Mark) -> str:
        layer, bounds = self._marks.source_of(mark), mark.place.bounds
        recording, analysis = self._document.recording, self._document.state.analysis
        if layer is None or recording is None:
            return ""
        name = self.tr("Not {0}").format(layer.name) if mark.denies else layer.name
        at = clock(analysis.second_of((bounds.start + bounds.stop - 1) / 2, recording.rate))
        # What a box holds is told by what sounds most in it.
        within = self._document.levels.levels[0][bounds.start : bounds.stop, bounds.low : bounds.high]
        loudest = int(within.max(axis=0, initial=0).argmax()) if within.size else 0
        hz = analysis.hz_of(bounds.low + loudest, recording.rate)
        everywhere = bounds.high - bounds.low >= analysis.bins
        where = mark.name or (self.tr("all frequencies") if everywhere else describe_hz(hz))
        return f"{name} · {at} · {where}\n{self._effects.get(mark.id, '…')}"

    def _picture(self, mark: Mark) -> QIcon:
        """The spectrogram around the mark; made once for each."""
        layer = self._marks.source_of(mark)
        colour = "" if layer is None else layer.colour
        known = self._pictures.get(mark.id)
        if known is None or known[0] is not mark or known[1] != colour:
            known = self._pictures[mark.id] = mark, colour, self._drawn(mark)
        return known[2]

    def _drawn(self, mark: Mark) -> QIcon:
        document, layer, b = self._document, self._marks.source_of(mark), mark.place.bounds
        if document.recording is None or layer is None:
            return QIcon()
        stack = document.stack
        high, wide = b.high - b.low, b.stop - b.start
        region = Region(b.low - AROUND * high, b.high + AROUND * high, b.start - AROUND * wide, b.stop + AROUND * wide)
        region = region.clipped(stack.bins, stack.frames)
        if not region.bins_held:
            return QIcon()
        rows = np.unique(np.linspace(region.low, region.high - 1, PICTURE.height()).astype(np.intp))
        columns = np.unique(np.linspace(region.start, region.stop - 1, PICTURE.width()).astype(np.intp))
        palette = np.linspace((18, 12, 8), (255, 255, 255), 256).astype(np.uint8)
        look = Look(Show.LEVEL, brightness(-90.0, -12.0), np.zeros((0, 3), np.float32), palette, ())
        axes = axis_of_cells(rows, region.high), axis_of_cells(columns, region.stop)
        pixels = np.ascontiguousarray(picture(document.levels, stack, look, *axes)[::-1])
        held, size = mark.place.at(rows, columns)[::-1] >= 0.5, pixels.shape
        colour = bgr(layer.colour)
        pixels[held, :3] = (pixels[held, :3] * 0.5 + np.array(colour) * 127.5).astype(np.uint8)
        image = QImage(pixels.data, size[1], size[0], 4 * size[1], QImage.Format.Format_RGB32)
        return QIcon(QPixmap.fromImage(image).scaled(PICTURE))

    def _tell_effect(self) -> None:
        """Look at what one more mark came to; the newest first."""
        if not self._seen:
            return
        if self._under_way.stroking:
            self._later.start(REST_MS)
            return
        for row in range(len(self._shown) - 1, -1, -1):
            mark = self._shown[row]
            if mark.id not in self._effects:
                effect = self._marks.effect(mark)
                if effect is None:
                    return
                self._effects[mark.id] = self.tr("moved {0:.1f} % of the sound").format(100 * effect)
                self.list.item(row).setText(self._text(mark))
                self._later.start(EFFECT_MS)
                return

    def _show_chosen(self) -> None:
        mark = self.chosen
        self.controls.setEnabled(mark is not None)
        self.controls.setVisible(bool(self._shown))
        if mark is None:
            return
        with QSignalBlocker(self.source):
            self.source.clear()
            for layer in self._sources():
                self.source.addItem(layer.name, layer.id)
            present = self._marks.source_of(mark)
            self.source.setCurrentIndex(-1 if present is None else self.source.findData(present.id))
        self.turn.setChecked(mark.denies)
        self.weight.set(mark.weight)

    def _sources(self) -> list[Layer]:
        return [layer for layer in self._document.layers if layer.components]

    # -- acting ----------------------------------------------------------------------------------------

    def _with_chosen(self, act: Callable[[Mark], None]) -> None:
        mark = self.chosen
        if mark is not None:
            act(mark)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete in the list takes the mark back, and not the layer away."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
            if plain and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if plain and event.type() == QEvent.Type.KeyPress:
                self._with_chosen(self._marks.remove)
                return True
        return super().eventFilter(watched, event)

    def _give(self) -> None:
        layer = next((each for each in self._sources() if each.id == self.source.currentData()), None)
        mark = self.chosen
        if layer is not None and mark is not None:
            self._marks.give(mark, layer)
