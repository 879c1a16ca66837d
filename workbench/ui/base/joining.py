"""The keys that join what is selected."""

from __future__ import annotations

from PySide6.QtCore import Qt

from workbench.masks.edits.areas import Join


def join_of(keys: Qt.KeyboardModifier) -> Join:
    """How the keys join a new selection with the one there is: Shift adds, Ctrl subtracts, both intersect."""
    shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
    return Join.INTERSECT if shift and ctrl else Join.ADD if shift else Join.SUBTRACT if ctrl else Join.NEW
