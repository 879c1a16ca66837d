"""A titled part of the export dialog: rows of a label and its controls, in line with those of the other parts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from workbench.ui.base.controls import dim

LABEL_WIDTH, CONTROLS_WIDTH = 84, 318
"""Pixels."""


class Section(QWidget):
    """What asks for one side of an export."""

    changed = Signal()
    """Something else is chosen."""

    def __init__(self, title: str) -> None:
        super().__init__()
        heading = dim(title)
        heading.setProperty("role", "title")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(heading)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self.setMinimumWidth(LABEL_WIDTH + CONTROLS_WIDTH)

    def add(self, widget: QWidget) -> None:
        """A line of its own."""
        self._column.addWidget(widget)

    def add_rows(self) -> None:
        """Here come all rows."""
        self._column.addLayout(self._grid)

    def row(self, text: str, widget: QWidget, *beside: QWidget) -> QLabel:
        """A row with a label; what stands beside takes the room that it needs."""
        label, row = dim(text), self._grid.rowCount()
        label.setBuddy(widget)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(widget, row, 1, 1, 1 if beside else 2)
        for column, each in enumerate(beside, 2):
            self._grid.addWidget(each, row, column)
        return label

    def below(self, widget: QWidget) -> None:
        """A row without a label."""
        self._grid.addWidget(widget, self._grid.rowCount(), 1, 1, 2, Qt.AlignmentFlag.AlignTop)
