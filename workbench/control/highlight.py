"""The layer that the hand points at in one pane, so that the others light it up too."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Highlight(QObject):
    """No selection: it goes with the pointer."""

    changed = Signal()
    """Another layer is pointed at, or none any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layer = 0

    @property
    def layer(self) -> int:
        """Id of the layer, 0 for none; it may be gone meanwhile."""
        return self._layer

    def show(self, layer: int) -> None:
        """Point at a layer, or at none (0)."""
        if layer != self._layer:
            self._layer = layer
            self.changed.emit()
