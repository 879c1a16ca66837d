"""What the window says: over its panes, and in the status line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from workbench.ui.base.controls import named, plain
from workbench.ui.base.guard import guarded

REMARK_MS = 9000
SAID_MS = 6000
MOST_SHOWN = 4
"""Sentences that are shown at once, the newest; more would hide what they are about."""


@guarded
class Notice(QFrame):
    """Sentences over a pane that stay until they are closed, and remarks that go; nothing moves to make room for them.

    It is near the top, or `above` so many pixels at the bottom.
    """

    def __init__(self, over: QWidget, above: int | None = None) -> None:
        super().__init__(over)
        over.installEventFilter(self)
        self._over, self._above = over, above
        self.setObjectName("notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        self.text = plain()
        self.text.setObjectName("noticeText")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = named(QPushButton("✕"), "noticeClose", self.tr("Close the notice"), self.tr("Close the notice"))
        close.setProperty("role", "small")
        close.clicked.connect(self.hide)
        row.addWidget(self.text, 1)
        row.addWidget(close)
        self._lasting: list[str] = []
        self._remark = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REMARK_MS)
        self._timer.timeout.connect(self._remark_is_old)
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._remark = ""

    def clear(self) -> None:
        """Nothing is said any more."""
        self.hide()
        self._lasting = []
        self.text.clear()

    def say(self, sentence: str) -> None:
        """Show a sentence; added to one that is still there."""
        shown = self._lasting if self.isVisible() else []
        self._lasting = [each for each in shown if each != sentence] + [sentence]
        self._show_all()

    def remark(self, sentence: str) -> None:
        """Show why something just asked for is not done; it goes by itself, or when there is another one."""
        if not self.isVisible():
            self._lasting = []
        self._remark = sentence
        self._timer.start()
        self._show_all()

    def _remark_is_old(self) -> None:
        self._remark = ""
        if self._lasting:
            self._show_all()
        else:
            self.hide()

    def _show_all(self) -> None:
        said = [*self._lasting, *([self._remark] if self._remark else [])]
        earlier = len(said) - MOST_SHOWN
        lines = [self.tr("{0} more before").format(earlier)] if earlier > 0 else []
        lines += said[-MOST_SHOWN:]
        self.text.setText("\n".join(f"• {line}" for line in lines) if len(lines) > 1 else "".join(lines))
        self.show()
        self._place()

    def _place(self) -> None:
        over = self._over
        width = max(200, min(640, over.width() - 40))
        self.setFixedWidth(width)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        top = 36 if self._above is None else over.height() - self._above - height
        self.setGeometry((over.width() - width) // 2, top, width, height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False


class StatusText(QLabel):
    """The hint for the tool in hand, and for a while what was last said in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hintText")
        self.setProperty("role", "dim")
        self.setTextFormat(Qt.TextFormat.PlainText)
        # A long hint does not make the window wider.
        self.setMinimumWidth(10)
        self._hint = ""
        # One clock for all: a newer remark has its whole time.
        self._timer = QTimer(self, singleShot=True, interval=SAID_MS)
        self._timer.timeout.connect(lambda: self.setText(self._hint))

    def say(self, text: str) -> None:
        """A remark, for a while."""
        self.setText(text)
        self._timer.start()

    def set_hint(self, hint: str) -> None:
        """What is said when nothing else is."""
        self._hint = hint
        self._timer.stop()
        self.setText(hint)
