"""What an empty window says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.control.recent import Recent
from workbench.ui.base.controls import dim, named, plain
from workbench.ui.window.recent_list import RecentList


class Invitation(QWidget):
    """What an empty window says."""

    def __init__(self, recent: Recent) -> None:
        super().__init__()
        self.setObjectName("invitation")
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 24, 40, 24)
        column.addStretch(1)
        title = plain(self.tr("Drop a recording here"))
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
        self.recent = RecentList(recent)
        self._lately = plain(self.tr("Open lately"))
        self._lately.setProperty("role", "title")
        column.addSpacing(18)
        column.addWidget(self._lately)
        column.addWidget(self.recent, 8)
        column.addStretch(1)
        recent.changed.connect(self._show_recent)
        self._show_recent()

    def _show_recent(self) -> None:
        for each in (self.recent, self._lately):
            each.setVisible(self.recent.count() > 0)
