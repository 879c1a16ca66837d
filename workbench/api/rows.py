"""Rows of the mask stack: layers and groups, by the names that they have."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from workbench.api.asking import Span, region_of
from workbench.api.errors import computing
from workbench.api.work import Work
from workbench.document.acts.layers import indices_of
from workbench.errors import UserError
from workbench.masks.model.layers import Group, Layer

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Row:
    """A layer or a group as it was when it was asked for; another call gives it as it is by then.

    Attributes
    ----------
    name, colour : str
    components : tuple of int
        Of W and H; empty for what only holds what was painted, and for sources that marks made.
    gain_db, pan, width : float
        −inf … 12; −1 (left) … 1 (right); 0 … 2 (of groups).
    mute, solo, locked : bool
    group : str
        Name of the group that a layer is in; '' for none.
    layers : tuple of str
        Names of the layers of a group.
    """

    _work: Work
    _id: int
    name: str
    colour: str
    components: tuple[int, ...] = ()
    gain_db: float = 0.0
    pan: float = 0.0
    width: float = 1.0
    mute: bool = False
    solo: bool = False
    locked: bool = False
    group: str = ""
    layers: tuple[str, ...] = ()

    @computing()
    def mask(self, seconds: Span | None = None, hz: Span | None = None) -> Float:
        """Its mask as it is now, 0 … 1, float32 (bins, frames) of a span of seconds and one of hertz (default: all).

        All masks of a stack sum to one in every bin. Nothing is kept of it: ask for no more than you need.
        """
        work = self._work
        stack, recording = work.stack, work.recording
        region = region_of(seconds, hz, work.state.analysis, stack.frames, recording.rate)
        rows, columns = np.arange(region.low, region.high), np.arange(region.start, region.stop)
        return stack.summed_mask(indices_of(work.state, self._id), rows, columns)

    def __repr__(self) -> str:
        known = ((each.name, each.default) for each in fields(self) if not each.name.startswith("_"))
        told = [f"{name}={getattr(self, name)!r}" for name, usual in known if getattr(self, name) != usual]
        return f"{type(self).__name__}({', '.join(told)})"


def layer_rows(work: Work) -> tuple[Row, ...]:
    """The layers, from the top of the stack."""
    names = {each.id: each.name for each in work.state.groups}
    sources = work.state.marks is not None
    return tuple(
        Row(
            work,
            each.id,
            each.name,
            each.colour,
            () if sources else each.components,
            each.gain_db,
            each.pan,
            mute=each.mute,
            solo=each.solo,
            locked=each.locked,
            group=names.get(each.group, ""),
        )
        for each in work.state.layers
    )


def group_rows(work: Work) -> tuple[Row, ...]:
    """The groups, in the order of their layers."""
    out = []
    for each in work.state.groups:
        inside = [layer for layer in work.state.layers if layer.group == each.id]
        out.append(
            Row(
                work,
                each.id,
                each.name,
                each.colour,
                gain_db=each.gain_db,
                pan=each.pan,
                width=each.width,
                mute=each.mute,
                solo=each.solo,
                locked=all(layer.locked for layer in inside),
                layers=tuple(layer.name for layer in inside),
            )
        )
    return tuple(out)


def found(work: Work, name: str) -> Layer | Group:
    """The layer or group of a name.

    Raises
    ------
    UserError
        `api.no_row`: there is none. `api.several_rows`: there are several.
    """
    rows: list[Layer | Group] = [*work.state.layers, *work.state.groups]
    named = [each for each in rows if each.name == name]
    if not named:
        raise UserError("api.no_row", name=name, names=", ".join(dict.fromkeys(each.name for each in rows)))
    if len(named) > 1:
        raise UserError("api.several_rows", name=name)
    return named[0]
