"""Sorting the layers of the stack: an act like any other order, so that undo brings the former one back."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.audio.scene import Scene
from workbench.control.acting import Acting
from workbench.control.measuring import Measuring
from workbench.control.notices import Notices
from workbench.document.acts import groups as group_acts
from workbench.document.document import Document
from workbench.masks.insight.grouping import Portraits
from workbench.masks.insight.ordering import Order, ordered


class Sorting(QObject):
    """Measures what the layers hold, and puts them in order. Groups stay together."""

    def __init__(
        self, document: Document, acting: Acting, measuring: Measuring, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._acting, self._measuring, self._notices = document, acting, measuring, notices

    def sort(self, order: Order) -> None:
        """Measure the layers and sort them; what was added meanwhile comes last."""
        name = {
            Order.PITCH: self.tr("Sort by pitch"),
            Order.TIMBRE: self.tr("Sort by timbre"),
            Order.TIME: self.tr("Sort by entrance"),
            Order.LOUDNESS: self.tr("Sort by loudness"),
        }[order]

        def found(portrait: Portraits, scene: Scene) -> None:
            layers = scene.stack.layers
            if {layer.id for layer in layers} & {layer.id for layer in self._document.recorded_state.layers}:
                self._sort(name, [layers[i].id for i in ordered(portrait, order)])

        self._measuring.portray(found)

    def sort_by_group(self) -> None:
        """Groups first, then the layers that are in none."""
        layers = self._document.recorded_state.layers
        self._sort(self.tr("Sort by group"), [each.id for each in sorted(layers, key=lambda layer: not layer.group)])

    def _sort(self, name: str, order: list[int]) -> None:
        before = self._document.recorded_state
        self._acting.do(name, lambda state: group_acts.sorted_layers(state, order))
        if self._document.recorded_state is before:
            self._notices.say(self.tr("The layers stand in that order already"))
