"""From where to where the selection reaches in time, and how long that is."""

from __future__ import annotations

from workbench.control.selection import Selection
from workbench.spectral.axes import clock
from workbench.ui.base.controls import named
from workbench.ui.base.names import ElidedLabel


class SelectedSpan(ElidedLabel):
    """Follows what is selected, also while it is drawn; empty where that is nothing, or all of time."""

    def __init__(self, selection: Selection) -> None:
        super().__init__()
        named(self, "selectedSpan", self.tr("Selected time"), self.tr("Begin, end and length of the selection"))
        self.setProperty("role", "dim")
        self._selection = selection
        selection.area_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        span = self._selection.seconds
        if span is None:
            self.setText("")
            return
        begin, end = span
        self.setText(self.tr("Selected {0} … {1} ({2})").format(clock(begin), clock(end), clock(end - begin)))
