"""The audition walk: every layer is heard alone for a second, to be named and sorted into groups by keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.control.listening import Listening
from workbench.control.playback import Audition
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.document import Document
from workbench.masks.insight.finding import loudest_span
from workbench.masks.model.layers import Group, Layer
from workbench.ui.base.controls import dim, icon_button, named, show_icon
from workbench.ui.base.guard import guarded

SECONDS = 1.0
MOST_GROUPS = 9


@guarded
class WalkBar(QFrame):
    """Shown while the walk goes on. 1 … 9 put the layer into a group and go on; arrows go on and back."""

    refused = Signal(str)
    """Why a key does nothing."""
    ended = Signal()
    """The walk is over."""

    def __init__(self, document: Document, audition: Audition, listening: Listening) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self, "walkBar", self.tr("Audition walk"), self.tr("Hears every layer alone for a second"))
        self._document, self._audition, self._listening = document, audition, listening
        self._queue: list[int] = []
        self._walking = False
        self._place = self._stack = 0
        self._was_playing = False
        self._put: list[tuple[int, int]] = []
        """The layers that were sorted, and their groups, in turn."""
        self._buttons: list[QPushButton] = []
        self._timer = QTimer(self)
        self._timer.setInterval(round(1000 * SECONDS))
        self._timer.timeout.connect(lambda: self.go(1))
        self.back = named(QPushButton("←"), "walkBack", self.tr("Back"), self.tr("The layer before (←)"))
        self.pause = icon_button(
            "stop", "walkPause", self.tr("Stay"), self.tr("Stay with this layer, or go on (Space)")
        )
        self.onward = named(QPushButton("→"), "walkOn", self.tr("On"), self.tr("The next layer (→)"))
        self.count = dim("")
        self.name = named(
            QLineEdit(), "walkName", self.tr("Name of the layer"), self.tr("Return begins and ends typing a name")
        )
        self.name.setFixedWidth(150)
        self.name.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.name.installEventFilter(self)
        self.name.editingFinished.connect(self._name_typed)
        holder = QWidget()
        # Many groups do not make the window wider.
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.groups = QHBoxLayout(holder)
        self.groups.setContentsMargins(0, 0, 0, 0)
        self.groups.setSpacing(4)
        self.groups.addStretch(1)
        self.hint = dim(self.tr("1 … 9 puts it there · Return types a name · ← → Space"))
        self.groups.addWidget(self.hint)
        self.done = named(QPushButton(self.tr("Done")), "walkDone", self.tr("Done"), self.tr("End the walk (Esc)"))
        top = QHBoxLayout()
        top.setSpacing(6)
        for widget in (self.back, self.pause, self.onward, self.count, self.name):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(self.done)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 4)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(holder)
        self.back.clicked.connect(lambda: self.go(-1))
        self.onward.clicked.connect(lambda: self.go(1))
        self.pause.clicked.connect(self.toggle_pause)
        self.done.clicked.connect(self.end)
        for button in (self.back, self.pause, self.onward, self.done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        document.layers_changed.connect(self._show)
        document.opened.connect(self.end)
        document.stacks_changed.connect(self._stack_changed)
        self.hide()

    @property
    def walking(self) -> bool:
        """Whether the walk is under way."""
        return self._walking

    # -- the walk ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """All layers are heard in turn, from the top."""
        document = self._document
        if document.recording is None or not document.layers:
            return
        if self.walking:
            self.end()
            return
        self._was_playing = self._audition.playing
        self._queue = [layer.id for layer in document.layers]
        self._stack, self._place, self._put, self._walking = document.state.stack, 0, [], True
        self.show()
        self.setFocus()
        self._timer.start()
        self._hear()

    def end(self) -> None:
        """Hear again what was heard before."""
        if not self.walking:
            return
        self._queue, self._walking = [], False
        self._timer.stop()
        self._listening.walk_to(())
        self._audition.dwell(None)
        if not self._was_playing:
            self._audition.stop()
        self.hide()
        self.ended.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.end()

    def go(self, by: int) -> None:
        """The next layer (1) or the one before (−1); the last one plays until the user goes."""
        if self._place + by >= len(self._queue):
            self._timer.stop()
            self._show_pause()
            return
        self._place = max(0, self._place + by)
        self._hear()
        if self._timer.isActive():
            self._timer.start()

    def toggle_pause(self) -> None:
        """Stay with this layer, which plays over and over, or go on."""
        if self._timer.isActive():
            self._timer.stop()
        elif not self._audition.playing:
            self._hear()
            self._timer.start()
        else:
            self.go(1)
            self._resume()
        self._show_pause()

    def _resume(self) -> None:
        """Go on by itself, but not from the last layer."""
        if self._place + 1 < len(self._queue):
            self._timer.start()

    def _layer(self) -> Layer | None:
        identity = self._queue[self._place] if self._place < len(self._queue) else 0
        return next((layer for layer in self._document.layers if layer.id == identity), None)

    def _hear(self) -> None:
        self._forget_the_gone()
        layer, recording = self._layer(), self._document.recording
        if layer is None or recording is None:
            self.end()
            return
        self._document.select(layer.id)
        seconds = self._document.state.analysis.hop / recording.rate
        index = next(i for i, each in enumerate(self._document.layers) if each.id == layer.id)
        frames = max(1, round(SECONDS / seconds))
        first, last = loudest_span(self._document.stack, self._document.levels.levels[0], index, frames)
        self._listening.walk_to((layer.id,))
        self._audition.dwell((first * seconds, min(last * seconds, recording.duration)))
        if not self._audition.playing:
            self._audition.play()
        self._show()

    def _stack_changed(self) -> None:
        if self.walking and self._document.state.stack != self._stack:
            self.end()

    # -- showing -------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.walking:
            return
        if self._put and self._taken_back(*self._put[-1]):
            # Undone: back to the layer that was put there.
            self._forget_the_gone()
            self._place = self._queue.index(self._put.pop()[0])
            self._hear()
            return
        layer = self._layer()
        if layer is None:
            self._hear()
            return
        self.count.setText(self.tr("{0} of {1}").format(self._place + 1, len(self._queue)))
        if not self.name.hasFocus():
            self.name.setText(layer.name)
        self._show_groups(layer)
        self._show_pause()

    def _forget_the_gone(self) -> None:
        """Layers that went, by another factorisation or by hand, are not heard."""
        there = {layer.id for layer in self._document.layers}
        before = sum(1 for each in self._queue[: self._place] if each in there)
        self._queue = [each for each in self._queue if each in there]
        self._place = max(0, min(before, len(self._queue) - 1))

    def _taken_back(self, identity: int, group: int) -> bool:
        """Whether a layer is no longer in the group that it was put into."""
        layer = next((each for each in self._document.layers if each.id == identity), None)
        return layer is not None and layer.group != group

    def _show_pause(self) -> None:
        show_icon(self.pause, "stop" if self._timer.isActive() else "loop")

    def _show_groups(self, layer: Layer) -> None:
        for old in self._buttons:
            self.groups.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._buttons = []
        groups = self._groups
        self.hint.setVisible(len(groups) < 2)
        room = 30 // max(2, len(groups))
        for number, group in enumerate(groups, 1):
            name = group.name if len(group.name) <= room else group.name[: room - 1] + "…"
            self._add_group(number, f"{number} {name}", group.colour, layer.group == group.id)
        number = len(groups) + 1
        if number <= MOST_GROUPS:
            self._add_group(number, self.tr("{0}  + new").format(number), "", False)

    @property
    def _groups(self) -> list[Group]:
        """The groups in the order in which they were made, so that a number keeps its meaning."""
        return sorted(self._document.recorded_state.groups, key=lambda group: group.id)[:MOST_GROUPS]

    def _add_group(self, number: int, text: str, colour: str, here: bool) -> None:
        tip = self.tr("Put the layer into this group and go on ({0})").format(number)
        button = named(QPushButton(text), f"walkGroup{number}", text, tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setCheckable(True)
        button.setChecked(here)
        button.setProperty("role", "listen")
        if colour:
            button.setStyleSheet(f"QPushButton {{ border-left: 5px solid {colour}; }}")
        button.clicked.connect(lambda: self.put(number))
        self.groups.insertWidget(len(self._buttons), button)
        self._buttons.append(button)

    # -- sorting and naming --------------------------------------------------------------------------

    def put(self, number: int) -> None:
        """Put the layer into a group by its number, or into a new one, and go on."""
        layer, document, groups = self._layer(), self._document, self._groups
        if layer is None:
            return
        if number > min(len(groups) + 1, MOST_GROUPS):
            self.refused.emit(
                self.tr("There is no group {0} yet; {1} makes a new one.").format(number, len(groups) + 1)
            )
            return
        state = document.recorded_state
        if number <= len(groups):
            name, made = groups[number - 1].name, groups[number - 1].id
            state = group_acts.put_layers(state, [layer.id], made, None)
        else:
            # A layer with a name of its own gives it to the group.
            name = self.tr("Group {0}").format(number) if layer.automatic else layer.name
            state, made = group_acts.group_layers(state, [layer.id], name)
        if layer.group != made:
            self._put = [each for each in self._put if each[0] != layer.id]
            document.act(self.tr("Put {0} into {1}").format(layer.name, name), state)
            self._put.append((layer.id, made))
        self.go(1)

    def _name_typed(self) -> None:
        layer, text = self._layer(), self.name.text().strip()
        if layer is not None and text and text != layer.name:
            state = layer_acts.change_layer(self._document.recorded_state, layer.id, name=text)
            self._document.act(self.tr("Rename to {0}").format(text), state)

    def _type_name(self) -> None:
        """While a name is typed the walk stays."""
        self._timer.stop()
        self._show_pause()
        self.name.setFocus()
        self.name.selectAll()

    # -- keys ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.name:
            if event.type() == QEvent.Type.FocusIn:
                self._timer.stop()
                self._show_pause()
            ends = isinstance(event, QKeyEvent) and event.key() in (
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
                Qt.Key.Key_Escape,
            )
            if ends and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if ends and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape:
                    layer = self._layer()
                    self.name.setText(layer.name if layer is not None else "")
                self.setFocus()
                self._resume()
                self._show_pause()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._means(event):
            event.accept()
            return True
        return super().event(event)

    def _means(self, event: QKeyEvent) -> bool:
        """Whether a key has a meaning on the walk."""
        keypad = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        known = (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Escape,
            Qt.Key.Key_F2,
        )
        return not keypad and (Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 or event.key() in known)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._means(event):
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Left:
                self.go(-1)
            case Qt.Key.Key_Right:
                self.go(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F2:
                self._type_name()
            case Qt.Key.Key_Escape:
                self.end()
            case key:
                self.put(key - Qt.Key.Key_0)
