"""Keys that mean the same whatever has the focus: Space plays, and number fields leave letters to the tools."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_LOOKED_AT = {QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.Hide}


class Keyboard(QObject):
    """An event filter over the whole program.

    Parameters
    ----------
    play : callable
        Space.
    play_here : callable
        Shift+Space.
    began : callable
        Called when any event comes.
    window : QWidget
        Where keys go when a dialog has closed; not every system gives the focus back.
    """

    def __init__(
        self, play: Callable[[], None], play_here: Callable[[], None], began: Callable[[], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._play, self._play_here, self._began, self._window = play, play_here, began, window
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space plays whatever has the focus, except while typing."""
        self._began()
        kind = event.type()
        if kind not in _LOOKED_AT:
            # Every event of the program comes by here.
            return False
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space:
            focus = QApplication.focusWidget()
            shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
            plain = shift or not event.modifiers()
            if plain and focus is not None and not _typing(focus) and not _foreign_dialog(focus):
                if not event.isAutoRepeat():
                    (self._play_here if shift else self._play)()
                return True
        if kind == QEvent.Type.Hide and isinstance(watched, QDialog):
            QTimer.singleShot(0, self, self._come_back)
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyRelease and event.key() == Qt.Key.Key_Space:
            # A button would be pressed by the release.
            focus = QApplication.focusWidget()
            return focus is not None and not _typing(focus) and not _foreign_dialog(focus)
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.ShortcutOverride and _wants_no_letters(watched, event):
            # A field for numbers would swallow the keys of the tools, though it can't use them.
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _come_back(self) -> None:
        if self._window.isVisible() and not any(each.isVisible() for each in self._window.findChildren(QDialog)):
            self._window.activateWindow()
            if QApplication.focusWidget() is None:
                self._window.setFocus()


def _wants_no_letters(watched: QObject, event: QKeyEvent) -> bool:
    """Whether this key is pressed in a number field and is no part of a number, or takes back an act."""
    number_field = isinstance(watched, QAbstractSpinBox) or isinstance(watched.parent(), QAbstractSpinBox)
    text = event.text()
    if number_field and event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Y) and event.modifiers():
        return True
    return number_field and bool(text) and text.isprintable() and not (text.isdigit() or text in "+-.,")


def _typing(focus: QWidget) -> bool:
    """Whether a space would be typed as text here."""
    if isinstance(focus, QLineEdit):
        return not focus.isReadOnly() and not isinstance(focus.parent(), QAbstractSpinBox)
    return isinstance(focus, (QTextEdit, QPlainTextEdit)) and not focus.isReadOnly()


def _foreign_dialog(focus: QWidget) -> bool:
    """Whether the focus is in one of Qt's own dialogs, where Space has its usual meaning."""
    return isinstance(focus.window(), (QFileDialog, QMessageBox)) or (
        isinstance(focus.window(), QDialog) and focus.window().objectName() == "colourDialog"
    )
