"""Acts on one layer or group as one step of the history, as the rows of the mask stack make them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.control.selection import Selection
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.document import Document
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.separation.settings import frames_selected


def change_layer(document: Document, act: str, layer: int, merge: str | None = None, /, **values: object) -> None:
    """Set fields of a layer."""
    document.act(act, layer_acts.change_layer(document.recorded_state, layer, **values), merge)


def change_group(document: Document, act: str, group: int, merge: str | None = None, /, **values: object) -> None:
    """Set fields of a group."""
    document.act(act, group_acts.change_group(document.recorded_state, group, **values), merge)


def select_time(document: Document, selection: Selection, begin: float, end: float) -> None:
    """Select all frequencies of the frames that a span of seconds touches."""
    stack, recording = document.stack, document.recording
    assert recording is not None
    start, stop = frames_selected(document.state.analysis, begin, end, recording.rate)
    selection.set_area(rectangle(Region(0, stack.bins, start, stop), stack.bins, stack.frames))


def region_masks(stack: Stack, region: Region) -> NDArray[np.float32]:
    """The masks of a stack on a rectangle of bins, shape (L, F, N)."""
    return stack.evaluate(np.arange(region.low, region.high), np.arange(region.start, region.stop))
