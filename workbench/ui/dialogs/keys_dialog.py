"""The list of keys, made from the actions that are registered: what is listed works, and what works is listed."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from workbench.ui.base.controls import dim, fit, named

COLUMNS = 2


class KeysDialog(QDialog):
    """Every key by the menu that it belongs to, and what the mouse does.

    Parameters
    ----------
    menus : sequence of (str, sequence of QAction)
        Titles of menus with their actions.
    gestures : sequence of (str, str)
        What the hand does, and what comes of it.
    """

    def __init__(
        self, parent: QWidget, menus: Sequence[tuple[str, Sequence[QAction]]], gestures: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(parent)
        named(self, "keysDialog", self.tr("Keys"), self.tr("All keys of the program"))
        self.setWindowTitle(self.tr("Keys"))
        sections = [(title, [entry for action in actions if (entry := _entry(action))]) for title, actions in menus]
        sections.append((self.tr("Mouse"), list(gestures)))
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.setContentsMargins(20, 12, 20, 16)
        row.setSpacing(28)
        lines = [line for title, entries in sections if entries for line in ((title, None), *entries)]
        height = -(-len(lines) // COLUMNS)
        for first in range(0, len(lines), height):
            row.addLayout(_column(lines[first : first + height]), 1)
        area = QScrollArea()
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        area.setWidgetResizable(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        fit(self, 880, 640)


def _column(lines: Sequence[tuple[str, str | None]]) -> QGridLayout:
    """Titles, and keys with their meaning."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(len(lines), 1)
    for row, (text, meaning) in enumerate(lines):
        if meaning is None:
            title = QLabel(text)
            title.setProperty("role", "title")
            title.setContentsMargins(0, 10 if row else 0, 0, 2)
            grid.addWidget(title, row, 0, 1, 2)
            continue
        keys, said = QLabel(f"<b>{html.escape(text)}</b>"), dim(meaning)
        said.setWordWrap(True)
        grid.addWidget(keys, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(said, row, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def keys_of(action: QAction) -> list[str]:
    """The keys of an action as they are written on keyboards; those it shows but does not hold itself too."""
    keys = [each.toString(QKeySequence.SequenceFormat.NativeText) for each in action.shortcuts()]
    _, tab, shown = action.text().partition("\t")
    return keys or ([shown] if tab else [])


def _entry(action: QAction) -> tuple[str, str] | None:
    keys = keys_of(action)
    if not keys:
        return None
    # What it is called whatever it would do just now.
    text = str(action.property("meaning") or action.text()).partition("\t")[0]
    return "  ".join(keys), text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")
