"""The row of a group in the mask stack, above those of its layers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from workbench.audio.speakers import Speakers
from workbench.control.layers import LayerActs
from workbench.control.mixing import MixActs
from workbench.masks.model.layers import Group
from workbench.ui.base.controls import named
from workbench.ui.stack.layer_row import LayerRow


class GroupRow(LayerRow):
    """As a layer's row, with the sum of the masks, and an arrow that hides the layers."""

    folded_changed = Signal(int, bool)
    """Group id, and whether its layers are hidden."""

    def __init__(
        self, group: Group, number: int, layers: LayerActs, mixing: MixActs, speakers: Speakers, folded: bool
    ) -> None:
        self.folded = folded
        self.first_layer_id = 0
        self._all_locked = False
        super().__init__(group, f"group{number}", layers, mixing, speakers)
        self.setProperty("role", "group")
        self.group = group.id
        self.thumbnail.setToolTip(
            self.tr("The sum of the layers' masks. Double-click shows it large; drop layers here; drag to reorder.")
        )
        self.lock.setToolTip(self.tr("Lock all layers of the group"))
        self.fold = named(
            QPushButton("▸" if folded else "▾"),
            f"group{number}Fold",
            self.tr("Show the layers of {0}").format(group.name),
            self.tr("Show or hide the layers of the group"),
        )
        self.fold.setProperty("role", "fold")
        self.fold.setFixedSize(16, 20)
        self.fold.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fold.clicked.connect(self._toggle_fold)
        self.top.insertWidget(0, self.fold)

    @property
    def first_layer(self) -> int:
        return self.first_layer_id

    @property
    def drag_name(self) -> str:
        return f"group {self.layer.id}"

    def show_locked(self, locked: bool) -> None:
        """Whether all layers of the group are locked."""
        self._all_locked = locked
        self.lock.setChecked(locked)

    def _locked(self) -> bool:
        return self._all_locked

    def _toggle_fold(self) -> None:
        self.folded = not self.folded
        self.fold.setText("▸" if self.folded else "▾")
        self.folded_changed.emit(self.layer.id, self.folded)
