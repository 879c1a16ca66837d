"""Acts on one layer or group as one step of the history, as the rows of the mask stack make them."""

from __future__ import annotations

from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.document import Document


def change_layer(document: Document, act: str, layer: int, merge: str | None = None, /, **values: object) -> None:
    """Set fields of a layer."""
    document.act(act, layer_acts.change_layer(document.recorded_state, layer, **values), merge)


def change_group(document: Document, act: str, group: int, merge: str | None = None, /, **values: object) -> None:
    """Set fields of a group."""
    document.act(act, group_acts.change_group(document.recorded_state, group, **values), merge)
