"""Selections of time and frequency that are remembered by a name, and taken again."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from workbench.control.acting import Acting, first_free
from workbench.control.areas import AreaActs
from workbench.document.acts import selections as selection_acts
from workbench.document.document import Document
from workbench.document.state import RememberedArea
from workbench.masks.edits.areas import Join


class Remembering(QObject):
    """What is done with remembered selections; each act is a step, and all are saved with the project."""

    def __init__(self, document: Document, acting: Acting, areas: AreaActs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._acting, self._areas = document, acting, areas

    @property
    def entries(self) -> tuple[RememberedArea, ...]:
        """Those that are remembered, in the order in which they were."""
        return self._document.state.remembered

    def remember(self) -> bool:
        """Remember what is selected, under a name that is free; answers whether something is."""
        area = self._areas.wanted()
        if area is None:
            return False
        name = first_free(self.tr("Selection {0}"), {each.name for each in self.entries})
        act = partial(selection_acts.remember, name=name, area=area)
        return self._acting.do(self.tr("Remember “{0}”").format(name), act)

    def take(self, held: RememberedArea, join: Join) -> None:
        """Select it again, or join it with what is selected."""
        if held in self.entries:
            name = self.tr("Select “{0}”").format(held.name) if join is Join.NEW else ""
            bins = 0 if join is Join.NEW else held.area.bounds.bins_held
            self._areas.select_drawn(lambda: held.area, bins, join, name)

    def rename(self, held: RememberedArea, name: str) -> None:
        """Give it another name."""
        name = name.strip()
        if held in self.entries and name and name != held.name:
            title = self.tr("Rename “{0}”").format(held.name)
            self._acting.do(title, lambda state: selection_acts.rename_remembered(state, held, name))

    def forget(self, held: RememberedArea) -> None:
        """Remember it no longer; undo brings it back."""
        if held in self.entries:
            title = self.tr("Forget “{0}”").format(held.name)
            self._acting.do(title, lambda state: selection_acts.forget(state, held))
