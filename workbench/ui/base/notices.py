"""What the window says over its panes: a notice, and the invitation of an empty window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.ui.base.controls import dim, named
from workbench.ui.base.guard import guarded

REMARK_MS = 9000


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
        self.text = QLabel()
        self.text.setObjectName("noticeText")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = named(QPushButton("✕"), "noticeClose", self.tr("Close the notice"), self.tr("Close the notice"))
        close.setProperty("role", "small")
        close.clicked.connect(self.hide)
        row.addWidget(self.text, 1)
        row.addWidget(close)
        self._lasting = self._remark = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REMARK_MS)
        self._timer.timeout.connect(self._remark_is_old)
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._remark = ""

    def say(self, sentence: str) -> None:
        """Show a sentence; added to one that is still there."""
        shown = self._lasting if self.isVisible() else ""
        if sentence not in shown:
            self._lasting = f"{shown}\n{sentence}".strip()
        self._show_all()

    def remark(self, sentence: str) -> None:
        """Show why something just asked for is not done; it goes by itself, or when there is another one."""
        if not self.isVisible():
            self._lasting = ""
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
        self.text.setText(f"{self._lasting}\n{self._remark}".strip())
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


class Invitation(QWidget):
    """What an empty window says."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("invitation")
        column = QVBoxLayout(self)
        column.addStretch(1)
        title = QLabel(self.tr("Drop a recording here"))
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = title.font()
        font.setPointSize(18)
        title.setFont(font)
        text = dim(self.tr("or open one, and take it apart by eye, ear and hand."))
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        self.open = named(QPushButton(self.tr("Open…")), "invitationOpen", self.tr("Open"), self.tr("Open (Ctrl+O)"))
        self.demo = named(
            QPushButton(self.tr("Try the demo")), "invitationDemo", self.tr("Try the demo"), self.tr("Open the demo")
        )
        row.addWidget(self.open)
        row.addWidget(self.demo)
        row.addStretch(1)
        column.addWidget(title)
        column.addWidget(text)
        column.addSpacing(10)
        column.addLayout(row)
        column.addStretch(1)
