"""Suggested groups: shown and heard before they are made, changed at will, accepted or left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.control.acting import Acting
from workbench.document.acts import groups as group_acts
from workbench.document.document import Document

NOWHERE = -1
"""A layer that is to be in no group."""


class GroupSuggestion(QObject):
    """One suggestion for the layers of the present stack."""

    outdated = Signal()
    """The layers are no longer those that it is for."""

    def __init__(self, document: Document, acting: Acting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._acting = document, acting
        self._layers = [layer.id for layer in document.layers]
        self._recording, self._stack = document.recording, document.state.shown
        self._names: list[str] = []
        self._chosen: list[int] = [NOWHERE] * len(self._layers)
        self._open = True
        # A moment later: the act that took the place of what was shown is not yet told to all.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._look_again)
        document.opened.connect(self._later.start)
        document.layers_changed.connect(self._later.start)
        document.history_changed.connect(self._later.start)
        document.stacks_changed.connect(self._later.start)

    @property
    def names(self) -> list[str]:
        """Names of the suggested groups."""
        return self._names

    @property
    def chosen(self) -> list[int]:
        """For each layer the number of its group, or NOWHERE."""
        return self._chosen

    @property
    def proposed(self) -> list[tuple[str, list[int]]]:
        """Names and layers of the groups as they stand now."""
        return [
            (name, [layer for layer, group in zip(self._layers, self._chosen, strict=True) if group == number])
            for number, name in enumerate(self._names)
        ]

    def take(self, chosen: Sequence[int], names: Sequence[str]) -> None:
        """Suggest something else."""
        self._chosen, self._names = list(chosen), list(names)
        self._preview()

    def put(self, row: int, group: int) -> None:
        """Change the group of one layer."""
        self._chosen[row] = group
        self._preview()

    def accept(self, name: str) -> None:
        """Make the groups, as one act."""
        self._close()
        if self._fits:
            self._acting.do(name, lambda state: group_acts.group_all(state, self.proposed))

    def leave(self) -> None:
        """All is as it was."""
        if self._open:
            self._close()
            self._document.end_preview()

    def show_again(self) -> None:
        """Something else was shown meanwhile."""
        if self._open:
            self._later.start()

    def _close(self) -> None:
        self._open = False
        self._later.stop()

    @property
    def _fits(self) -> bool:
        state = self._document.recorded_state
        if self._document.recording is not self._recording or state.shown != self._stack:
            return False
        return {layer.id for layer in state.layers} == set(self._layers)

    def _preview(self) -> None:
        if self._open and self._fits:
            self._document.preview(group_acts.group_all(self._document.recorded_state, self.proposed))

    def _look_again(self) -> None:
        if not self._open:
            return
        if not self._fits:
            self.outdated.emit()
        elif self._document.state is self._document.recorded_state:
            self._preview()
