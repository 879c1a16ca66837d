"""The bar of the audition walk: which layer is heard, its name, and the groups to put it into."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.control.walking import MOST_GROUPS, Walking
from workbench.masks.model.layers import Layer
from workbench.ui.base.controls import dim, icon_button, named, show_icon
from workbench.ui.base.guard import guarded

ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
"""Keys that end the typing of a name."""


@guarded
class WalkBar(QFrame):
    """Shown while the walk goes on. 1 … 9 put the layer into a group and go on; arrows go on and back."""

    left = Signal()
    """The walk is over, and the keys go elsewhere."""

    def __init__(self, walking: Walking) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self, "walkBar", self.tr("Audition walk"), self.tr("Hears every layer alone for a second"))
        self._walking = walking
        self._buttons: list[QPushButton] = []
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
        self.done = named(QPushButton(self.tr("Done")), "walkDone", self.tr("Done"), self.tr("End the walk (Esc)"))
        self.hint = dim(self.tr("1 … 9 puts it there · Return types a name · ← → Space"))
        self._arrange()
        self.name.editingFinished.connect(lambda: walking.rename(self.name.text()))
        self.back.clicked.connect(lambda: walking.go(-1))
        self.onward.clicked.connect(walking.next)
        self.pause.clicked.connect(walking.toggle_stay)
        self.done.clicked.connect(walking.end)
        for button in (self.back, self.pause, self.onward, self.done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        walking.changed.connect(self._show)
        self.hide()

    def _arrange(self) -> None:
        holder = QWidget()
        # Many groups do not make the window wider.
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.groups = QHBoxLayout(holder)
        self.groups.setContentsMargins(0, 0, 0, 0)
        self.groups.setSpacing(4)
        self.groups.addStretch(1)
        self.groups.addWidget(self.hint)
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

    # -- showing -------------------------------------------------------------------------------------

    def _show(self) -> None:
        walking, layer = self._walking, self._walking.layer
        if walking.walking != (not self.isHidden()):
            self.setVisible(walking.walking)
            if walking.walking:
                self.setFocus()
            else:
                self.left.emit()
        if layer is None:
            return
        self.count.setText(self.tr("{0} of {1}").format(walking.place + 1, walking.count))
        if not self.name.hasFocus():
            self.name.setText(layer.name)
        self._show_groups(layer)
        show_icon(self.pause, "stop" if walking.goes_on else "loop")

    def _show_groups(self, layer: Layer) -> None:
        for old in self._buttons:
            self.groups.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        self._buttons = []
        groups = self._walking.groups
        self.hint.setVisible(len(groups) < 2)
        room = 30 // max(2, len(groups))
        for number, group in enumerate(groups, 1):
            name = group.name if len(group.name) <= room else group.name[: room - 1] + "…"
            self._add_group(number, f"{number} {name}", group.colour, layer.group == group.id)
        number = len(groups) + 1
        if number <= MOST_GROUPS:
            self._add_group(number, self.tr("{0}  + new").format(number), "", False)

    def _add_group(self, number: int, text: str, colour: str, here: bool) -> None:
        tip = self.tr("Put the layer into this group and go on ({0})").format(number)
        button = named(QPushButton(text), f"walkGroup{number}", text, tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setCheckable(True)
        button.setChecked(here)
        button.setProperty("role", "listen")
        if colour:
            button.setStyleSheet(f"QPushButton {{ border-left: 5px solid {colour}; }}")
        button.clicked.connect(lambda: self._walking.put(number))
        self.groups.insertWidget(len(self._buttons), button)
        self._buttons.append(button)

    def hideEvent(self, event: QHideEvent) -> None:
        self._walking.end()

    # -- keys ----------------------------------------------------------------------------------------

    def _type_name(self) -> None:
        """While a name is typed the walk stays."""
        self._walking.stay()
        self.name.setFocus()
        self.name.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.name:
            if event.type() == QEvent.Type.FocusIn:
                self._walking.stay()
            if isinstance(event, QKeyEvent) and event.key() in ENDS:
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()
                    return True
                if event.type() == QEvent.Type.KeyPress:
                    self._end_typing(keep=event.key() != Qt.Key.Key_Escape)
                    return True
        return super().eventFilter(watched, event)

    def _end_typing(self, keep: bool) -> None:
        layer = self._walking.layer
        if not keep:
            with QSignalBlocker(self.name):
                self.name.setText(layer.name if layer is not None else "")
        self.setFocus()
        self._walking.resume()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._means(event):
            event.accept()
            return True
        return super().event(event)

    def _means(self, event: QKeyEvent) -> bool:
        """Whether a key has a meaning on the walk."""
        keypad = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        known = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_F2, *ENDS)
        return not keypad and (Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 or event.key() in known)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._means(event):
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Left:
                self._walking.go(-1)
            case Qt.Key.Key_Right:
                self._walking.next()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F2:
                self._type_name()
            case Qt.Key.Key_Escape:
                self._walking.end()
            case key:
                self._walking.put(key - Qt.Key.Key_0)
