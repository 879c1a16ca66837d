"""The field in which the name of a marker is typed, where the marker stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.ui.base.controls import named
from workbench.ui.base.guard import guarded


@guarded
class MarkerName(QLineEdit):
    """Return, or a click elsewhere, takes what was typed; Esc leaves it."""

    typed = Signal(str)
    left = Signal()

    def __init__(self, over: QWidget, name: str) -> None:
        super().__init__(over)
        named(
            self,
            "markerName",
            self.tr("Name of the marker"),
            self.tr("Return takes the name that is typed, Esc leaves it as it was"),
        )
        self.setStyleSheet("QLineEdit { padding: 0 3px; }")
        self.setText(name)
        self.selectAll()
        self._leaves = False
        self.editingFinished.connect(self._end)

    def leave(self) -> None:
        """Nothing more is taken of it."""
        self._leaves = True

    def _end(self) -> None:
        if not self._leaves:
            self._leaves = True
            self.typed.emit(self.text())

    def event(self, event: QEvent) -> bool:
        # The window has another meaning for these.
        own = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if own and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            self.left.emit()
        else:
            super().keyPressEvent(event)
