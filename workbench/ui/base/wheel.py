"""The wheel scrolls what lies beneath; no value changes by the way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from workbench.ui.base.guard import guarded


@guarded
class WheelNeedsFocus(QObject):
    """Lets the wheel change a field or list only while it has the focus, and give it none.

    Without, a wheel that is turned to scroll changes whatever comes under the pointer.

    Parameters
    ----------
    widget : QWidget
        Which is guarded, and owns this.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            # Ignored, it goes on to what the widget lies in.
            event.ignore()
            return True
        return super().eventFilter(watched, event)


@guarded
class Sideways(QScrollArea):
    """A row of things that the wheel, which mostly turns up and down, moves to the left and right."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar, turned = self.horizontalScrollBar(), event.angleDelta()
        by = turned.x() if abs(turned.x()) > abs(turned.y()) else turned.y()
        bar.setValue(bar.value() - round(by / 120 * 3 * bar.singleStep()))
        event.accept()
