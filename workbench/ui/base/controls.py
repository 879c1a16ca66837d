"""Small helpers so that every control has its name, its tooltip and its accessible name."""

from __future__ import annotations

import html
import math
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPaintEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
    QWidget,
)

from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.base.wheel import WheelNeedsFocus

W = TypeVar("W", bound=QWidget)
SILENT_DB = -200.0
"""Below this nothing is heard."""
MARGIN = 4
"""What a list to choose from keeps free beside its text, in pixels; its size has room for it."""


def fit(window: QWidget, width: int, height: int) -> None:
    """Give a window a size, as far as the screen has room for it."""
    room = window.screen().availableSize()
    window.resize(min(width, room.width()), min(height, room.height()))


def named(widget: W, name: str, label: str, tip: str) -> W:
    """Give a control its object name, accessible name and tooltip; the wheel does not change it by the way."""
    widget.setObjectName(name)
    widget.setAccessibleName(label)
    widget.setAccessibleDescription(tip)
    widget.setToolTip(tip)
    if isinstance(widget, (QAbstractSpinBox, QComboBox)):
        WheelNeedsFocus(widget)
    return widget


def plain(text: str = "") -> QLabel:
    """A label that shows its text as it is: names that users give are never taken for markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def rich(text: str = "") -> QLabel:
    """A label of markup; names in it are escaped by whoever writes it."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.RichText)
    return label


def dim(text: str) -> QLabel:
    """A label in the quiet colour."""
    label = plain(text)
    label.setProperty("role", "dim")
    return label


def decibels(db: float) -> str:
    """'+1.5', '−12.0', or '−∞' where nothing is heard."""
    return "−∞" if not db > SILENT_DB else f"{db:+.1f}".replace("-", "−")


@guarded
class Slider(QSlider):
    """A slider over real values; a double click brings back the neutral value, and the wheel does nothing to it."""

    moved = Signal(float)
    """The value, while the user moves it."""
    let_go = Signal()
    """The user let go; also after every key."""

    def __init__(
        self,
        low: float,
        high: float,
        value: float,
        neutral: float,
        steps: int = 200,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
    ) -> None:
        super().__init__(orientation)
        self._low, self._high, self._neutral, self._steps = low, high, neutral, steps
        self.setRange(0, steps)
        self.setPageStep(max(1, steps // 10))
        upright = orientation is Qt.Orientation.Vertical
        (self.setMinimumHeight if upright else self.setMinimumWidth)(48)
        self.set(value)
        self.valueChanged.connect(lambda _: self.moved.emit(self.get()))
        self.sliderReleased.connect(self.let_go)
        self.installEventFilter(self)

    def get(self) -> float:
        """The value."""
        return self._low + (self._high - self._low) * self.value() / self._steps

    def set(self, value: float) -> None:
        """Show a value without telling anyone; the nearest end where it lies beyond, neutral where it is no number."""
        wanted = self._neutral if math.isnan(value) else min(max(value, self._low), self._high)
        with QSignalBlocker(self):
            self.setValue(round((wanted - self._low) / (self._high - self._low) * self._steps))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.set(self._neutral)
            self.moved.emit(self._neutral)
            self.let_go.emit()
            return True
        if event.type() == QEvent.Type.KeyRelease:
            self.let_go.emit()
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A slider lies in what scrolls, and comes under the pointer while it does.
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A click on the groove puts the handle there, and the drag goes on from it.
        if event.button() == Qt.MouseButton.LeftButton:
            share = (event.position().x() - 5) / max(1, self.width() - 11)
            if self.orientation() is Qt.Orientation.Vertical:
                share = 1 - (event.position().y() - 5) / max(1, self.height() - 11)
            self.setValue(round(min(max(share, 0.0), 1.0) * self._steps))
        super().mousePressEvent(event)


def icon_button(icon: str, name: str, label: str, tip: str) -> QPushButton:
    """A button with an icon, which `dress` exchanges when the theme changes."""
    button = named(QPushButton(), name, label, tip)
    show_icon(button, icon)
    return button


def show_icon(button: QPushButton, icon: str) -> None:
    """Show an icon, and remember it for `dress`."""
    button.setProperty("icon_name", icon)
    dress(button)


def dress(button: QPushButton) -> None:
    """The button's icon in the colours of the theme in force."""
    button.setIcon(theme.icon(str(button.property("icon_name"))))


def toggle(text: str, role: str, name: str, label: str, tip: str, checked: bool) -> QPushButton:
    """A small button that stays down."""
    button = named(QPushButton(text), name, label, tip)
    button.setProperty("role", role)
    button.setCheckable(True)
    button.setChecked(checked)
    return button


@guarded
class Choice(QComboBox):
    """A list to choose from whose text ends in … where it is too narrow; its tooltip then says all of it."""

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(MARGIN, 0)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint() + QSize(MARGIN, 0)

    def shown_text(self) -> str:
        """The text as it is painted, which ends in … where there is no room for all of it."""
        return self._option().currentText

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - MARGIN - (0 if option.currentIcon.isNull() else option.iconSize.width() + 4)
        option.currentText = option.fontMetrics.elidedText(
            self.currentText() or self.placeholderText(), Qt.TextElideMode.ElideRight, room
        )
        return option

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), self._option()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.currentText():
            QToolTip.showText(event.globalPos(), f"<b>{html.escape(self.currentText())}</b><br>{self.toolTip()}", self)
            return True
        return super().event(event)


def combo(entries: list[tuple[str, object]], name: str, label: str, tip: str) -> Choice:
    """A list to choose from; each entry a text and its value."""
    box = named(Choice(), name, label, tip)
    for text, value in entries:
        box.addItem(text, value)
    return box


@guarded
class Whole(QSpinBox):
    """A whole number, shown as a dash where it counts for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._unused = False

    def set_unused(self, unused: bool) -> None:
        """Show a dash in place of the number."""
        if unused != self._unused:
            self._unused = unused
            # Makes the field write its text anew.
            self.setPrefix(self.prefix())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Too large a number may be typed; it becomes the largest, not what is left of its digits."""
        number = self._number(text)
        if number is None:
            return super().validate(text, position)
        within = self.minimum() <= number <= self.maximum()
        return QValidator.State.Acceptable if within else QValidator.State.Intermediate, text, position

    def fixup(self, text: str) -> str:
        """The nearest number."""
        number = self._number(text)
        return text if number is None else str(min(max(number, self.minimum()), self.maximum()))

    def _number(self, text: str) -> int | None:
        digits = text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()
        return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None

    def textFromValue(self, value: int) -> str:
        return "–" if self._unused else super().textFromValue(value)
