"""Acts on the marks that were made, and what each of them comes to."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.acting import Acting
from workbench.document.acts.sources import change_mark, remove_mark
from workbench.document.document import Document
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import moved
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors


class MarkActs(QObject):
    """Weighs, gives to another source, turns round and takes back."""

    def __init__(self, document: Document, acting: Acting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._acting = document, acting

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Those of the present stack, in the order in which they were made; a mark of what is gone is none."""
        there = {part for layer in self._document.layers for part in layer.part_ids}
        return tuple(mark for mark in self._document.state.marks or () if mark.source in there)

    def source_of(self, mark: Mark) -> Layer | None:
        """The layer that a mark speaks of."""
        return next((layer for layer in self._document.layers if mark.source in layer.part_ids), None)

    def remove(self, mark: Mark) -> None:
        """Take it back."""
        self._acting.do(self.tr("Take a mark back"), lambda state: remove_mark(state, mark.id))

    def weigh(self, mark: Mark, weight: float) -> None:
        """How sure it is, 0 … 1; while a slider moves one act."""
        name = self.tr("Weight of a mark")
        self._acting.do(name, lambda state: change_mark(state, mark.id, weight=weight), f"mark {mark.id}")

    def give(self, mark: Mark, layer: Layer) -> None:
        """It speaks of another source."""
        part = next((part for part in layer.parts if part.component is not None), None)
        if part is not None:
            name = self.tr("Give a mark to {0}").format(layer.name)
            self._acting.do(name, lambda state: change_mark(state, mark.id, source=part.id))

    def turn(self, mark: Mark) -> None:
        """What sounds here is the source, or is not."""
        self._acting.do(self.tr("Turn a mark round"), lambda state: change_mark(state, mark.id, denies=not mark.denies))

    def effect(self, mark: Mark) -> float | None:
        """The share of the sound's energy that a mark moved, 0 … 1; None before there are components."""
        state, run = self._document.state, self._document.run
        if run is None or not isinstance(run.factors, Factors) or state.marks is None:
            return None
        without = state.with_present(marks=tuple(each for each in state.marks if each is not mark))
        sources_of = self._document.sources_of
        return moved(sources_of(run.factors, without), sources_of(run.factors, state))
