"""The bar of the audition walk: which layer is heard, its name, and the groups to put it into."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.control.walking import MOST_GROUPS, Walking
from workbench.masks.model.layers import Layer
from workbench.ui.base.controls import dim, named
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import NameField, short

ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
"""Keys that end the typing of a name."""


@guarded
class WalkBar(QFrame):
    """Shown while the walk goes on: 1 … 9 and Return put the layer into a group and go on, U puts it off; arrows."""

    left = Signal()
    """The walk is over, and the keys go elsewhere."""

    def __init__(self, walking: Walking) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(
            self,
            "walkBar",
            self.tr("Audition walk"),
            self.tr("Hears every layer alone, over and over, until it is answered"),
        )
        self._walking = walking
        self._buttons: list[QPushButton] = []
        self.back = named(QPushButton("←"), "walkBack", self.tr("Back"), self.tr("The layer before (←)"))
        self.onward = named(QPushButton("→"), "walkOn", self.tr("On"), self.tr("The next layer (→)"))
        self.unsure = named(
            QPushButton(self.tr("Unsure")),
            "walkUnsure",
            self.tr("Unsure"),
            self.tr("Put the layer off: it comes again at the end of the walk (U)"),
        )
        self.count = dim("")
        self.chip = QFrame()
        self.chip.setFixedSize(QSize(8, 16))
        self.name = self._field(
            "walkName", self.tr("Name of the layer"), self.tr("F2 begins, Return ends typing a name")
        )
        self.group_name = self._field(
            "walkGroupName",
            self.tr("Name of the group"),
            self.tr("Return puts the layer into the group of this name, or into a new one, and goes on; Esc does not"),
        )
        self.group_name.setPlaceholderText(self.tr("Name of the group"))
        self.group_name.hide()
        self.done = named(QPushButton(self.tr("Done")), "walkDone", self.tr("Done"), self.tr("End the walk (Esc)"))
        self.hint = dim(self.tr("1 … 9 puts it there · Return names the group · U unsure · ← → · Space"))
        self._arrange()
        self.name.editingFinished.connect(lambda: walking.rename(self.name.text()))
        self.back.clicked.connect(lambda: walking.go(-1))
        self.onward.clicked.connect(walking.next)
        self.unsure.clicked.connect(walking.put_off)
        self.done.clicked.connect(walking.end)
        for button in (self.back, self.onward, self.unsure, self.done):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        walking.changed.connect(self._show)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._keep_keys)
        self.hide()

    def _field(self, name: str, label: str, tip: str) -> NameField:
        field = named(NameField(), name, label, tip)
        field.setFixedWidth(150)
        field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        field.installEventFilter(self)
        return field

    def _arrange(self) -> None:
        holder = QWidget()
        # Many groups do not make the window wider.
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.groups = QHBoxLayout(holder)
        self.groups.setContentsMargins(0, 0, 0, 0)
        self.groups.setSpacing(4)
        self.groups.addWidget(self.group_name)
        self.groups.addStretch(1)
        self.groups.addWidget(self.hint)
        top = QHBoxLayout()
        top.setSpacing(6)
        for widget in (self.back, self.onward, self.count, self.chip, self.name, self.unsure):
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
        self.chip.setStyleSheet(f"background: {layer.colour}; border: none; border-radius: 2px;")
        if not self.name.hasFocus():
            self.name.setText(layer.name)
            self.name.setCursorPosition(0)
        self._show_groups(layer)

    def _show_groups(self, layer: Layer) -> None:
        for old in self._buttons:
            self.groups.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        self._buttons = []
        groups = self._walking.groups
        self.hint.setVisible(len(groups) < 2 and self.group_name.isHidden())
        room = 48 // max(2, len(groups))
        for number, group in enumerate(groups, 1):
            self._add_group(
                number, f"{number} {short(group.name, room)}", group.name, group.colour, layer.group == group.id
            )
        number = len(groups) + 1
        if number <= MOST_GROUPS:
            self._add_group(number, self.tr("{0}  + new").format(number), self.tr("A new group"), "", False)

    def _add_group(self, number: int, text: str, name: str, colour: str, here: bool) -> None:
        tip = self.tr("{0}: put the layer into this group and go on ({1})").format(name, number)
        button = named(QPushButton(text.replace("&", "&&")), f"walkGroup{number}", name, tip)
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
        self.group_name.hide()
        self._walking.end()

    # -- typing --------------------------------------------------------------------------------------

    def _type_name(self) -> None:
        self.name.setFocus()
        self.name.selectAll()

    def _type_group(self) -> None:
        """Ask for the name of the layer's group."""
        layer = self._walking.layer
        if layer is None:
            return
        groups = self._walking.groups
        own = next((group.name for group in groups if group.id == layer.group), "")
        completer = QCompleter([group.name for group in groups], self.group_name)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        self.group_name.setCompleter(completer)
        self.group_name.setText(own or ("" if layer.automatic else layer.name))
        self.hint.hide()
        self.group_name.show()
        self.group_name.setFocus()
        self.group_name.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched in (self.name, self.group_name):
            if watched is self.group_name and event.type() == QEvent.Type.FocusOut:
                self.group_name.hide()
            if isinstance(event, QKeyEvent) and event.key() in ENDS:
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()
                    return True
                if event.type() == QEvent.Type.KeyPress:
                    keep = event.key() != Qt.Key.Key_Escape
                    if watched is self.name:
                        self._end_name(keep)
                    else:
                        self._end_group(keep)
                    return True
        return super().eventFilter(watched, event)

    def _end_name(self, keep: bool) -> None:
        layer = self._walking.layer
        if not keep:
            with QSignalBlocker(self.name):
                self.name.setText(layer.name if layer is not None else "")
        self.setFocus()

    def _end_group(self, keep: bool) -> None:
        name = self.group_name.text()
        self.setFocus()
        if keep:
            self._walking.put_named(name)
        layer = self._walking.layer
        if layer is not None:
            self._show_groups(layer)

    # -- keys ----------------------------------------------------------------------------------------

    def _keep_keys(self, before: QWidget | None, now: QWidget | None) -> None:
        """After a click elsewhere in the window the keys still answer, unless something is typed there."""
        if now is None or self.isHidden() or now is self or now.window() is not self.window():
            return
        if not isinstance(now, (QLineEdit, QAbstractSpinBox, QComboBox)):
            QTimer.singleShot(0, self, self._take_keys)

    def _take_keys(self) -> None:
        if not self.isHidden():
            self.setFocus()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._means(event):
            event.accept()
            return True
        return super().event(event)

    def _means(self, event: QKeyEvent) -> bool:
        """Whether a key has a meaning on the walk."""
        keypad = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        known = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_F2, Qt.Key.Key_U, *ENDS)
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
            case Qt.Key.Key_U:
                self._walking.put_off()
            case Qt.Key.Key_F2:
                self._type_name()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._type_group()
            case Qt.Key.Key_Escape:
                self._walking.end()
            case key:
                self._walking.put(key - Qt.Key.Key_0)
