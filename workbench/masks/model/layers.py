"""Layers of a mask stack and the groups that collect them: what they hold, how they look, their place in the mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """The smallest share of a stack, to which edits are tied; merging layers joins parts and touches no edit.

    Attributes
    ----------
    id : int
        Unique within a document, never reused.
    component : int or None
        The component whose computed mask this part is; None holds only what is painted into it.
    """

    id: int
    component: int | None = None


@dataclass(frozen=True)
class Layer:
    """One row of the mask stack.

    Attributes
    ----------
    id : int
        Unique within a document, never reused.
    name : str
    colour : str
        '#rrggbb'.
    parts : tuple of Part
        The layer's mask is the sum of its parts' masks.
    gain_db : float
        −inf … +12.
    pan : float
        −1 (left) … 1 (right).
    mute, solo : bool
    locked : bool
        Guards the mask against edits.
    automatic : bool
        The program gave the name, for the component that the layer holds: another run may give another.
    group : int
        Id of the group that the layer is in; 0 for none.
    """

    id: int
    name: str
    colour: str
    parts: tuple[Part, ...]
    gain_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False
    locked: bool = False
    automatic: bool = False
    group: int = 0

    @property
    def part_ids(self) -> tuple[int, ...]:
        """Identities of the parts."""
        return tuple(part.id for part in self.parts)

    @property
    def components(self) -> tuple[int, ...]:
        """Components that this layer holds; empty for a layer that was only painted."""
        return tuple(part.component for part in self.parts if part.component is not None)


@dataclass(frozen=True)
class Group:
    """A source: layers that belong together. Its mask is the sum of theirs, and its faders come after theirs.

    Attributes
    ----------
    id : int
        Unique within a document, never reused.
    name : str
    colour : str
        '#rrggbb'.
    gain_db : float
        −inf … +12.
    pan : float
        −1 (left) … 1 (right).
    width : float
        0 (all in the middle) … 1 (as it is) … 2 (twice as wide).
    mute, solo : bool
    """

    id: int
    name: str
    colour: str
    gain_db: float = 0.0
    pan: float = 0.0
    width: float = 1.0
    mute: bool = False
    solo: bool = False


def members(layers: Sequence[Layer], group: int) -> tuple[Layer, ...]:
    """The layers of a group."""
    return tuple(layer for layer in layers if layer.group == group)
