"""All that is known of the components of the present stack, to be looked through and taken away."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.selection import Selection
from workbench.document.acts import known as known_acts
from workbench.document.document import Document
from workbench.masks.model.layers import Layer
from workbench.separation.holds import Hold
from workbench.separation.known import Known


class KnownActs(QObject):
    """Entries in the order in which they were said, with their layers."""

    def __init__(self, document: Document, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection

    @property
    def entries(self) -> list[tuple[Known, Layer | None]]:
        """What is known, each with the layer that it is said of; of components that sources share, with the one that
        has the most, or None while there is no such component."""
        document = self._document
        told = known_acts.told_of(document.state)
        if document.state.marks is not None:
            owners = document.owners
            return [(known, owners.get(component)) for component, known in told]
        layers = {part: layer for layer in document.layers for part in layer.part_ids}
        return [(known, layers[part]) for part, known in told]

    def name_of(self, known: Known) -> str:
        """What an entry is said of, as the user knows it."""
        layer = next((layer for each, layer in self.entries if each is known), None)
        if self._document.state.marks is None:
            return "" if layer is None else layer.name
        if layer is None:
            return self.tr("Waits for a component")
        return self.tr("Component {0}, mostly {1}").format(known.part + 1, layer.name)

    def select(self, known: Known) -> None:
        """Make the layer of an entry the present one."""
        layer = next((layer for each, layer in self.entries if each is known), None)
        if layer is not None:
            self._selection.select(layer.id)

    def remove(self, known: Known) -> None:
        """Take an entry away; nothing where it is gone."""
        if any(each is known for each, _ in self.entries):
            kind = known.curve if isinstance(known, Hold) else type(known)
            state = known_acts.forget(self._document.recorded_state, known.part, kind)
            self._document.act(self.tr("Forget what is known of {0}").format(self.name_of(known)), state)
