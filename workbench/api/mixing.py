"""Faders and switches of a script."""

from __future__ import annotations

import math
from collections.abc import Mapping

from workbench.api.rows import found
from workbench.api.work import Work
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.errors import UserError
from workbench.masks.model.layers import Group

RANGES: dict[str, tuple[float, float]] = {
    "gain_db": (layer_acts.GAIN_RANGE_DB[0], layer_acts.GAIN_RANGE_DB[1]),
    "pan": (-1.0, 1.0),
    "width": (0.0, 2.0),
}
"""Lowest and highest value of a fader; a gain may be −inf, too."""


def adjust(work: Work, name: str, values: Mapping[str, float | bool | None]) -> None:
    """Set faders and switches of a layer or a group; None leaves one as it is.

    Raises
    ------
    UserError
        `api.fader`: a value is out of its range. `api.layer_width`: only groups have a width.
    """
    row, state = found(work, name), work.state
    asked = {field: each for field, each in values.items() if each is not None}
    for field, value in asked.items():
        low, high = RANGES.get(field, (0.0, 1.0))
        silent = field == "gain_db" and value == -math.inf
        if not (silent or low <= value <= high):
            raise UserError("api.fader", name=field, value=value, low=low, high=high)
    asked = {field: float(each) if field in RANGES else bool(each) for field, each in asked.items()}
    if not isinstance(row, Group):
        if "width" in asked:
            raise UserError("api.layer_width", name=name)
        state = layer_acts.change_layer(state, row.id, **asked)
    else:
        locked = asked.pop("locked", None)
        if locked is not None:
            state = group_acts.lock_group(state, row.id, bool(locked))
        state = group_acts.change_group(state, row.id, **asked)
    work.act(f"Adjust {name}", state)
