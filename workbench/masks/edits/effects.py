"""What an edit does to the masks of the bins that it covers. Plain data: parameters, and the parts that it names.

Every effect leaves the masks of a bin in [0, 1] and summing to one, and locked parts as they are; it goes only as far
as these leave room. `weight` is how far it goes in each bin: 0 leaves the bin as it was, to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.grid import Array, Grid, Indices, Reach
from workbench.masks.model.sharing import NOTHING, Masks, fill_room, reassign, room_beside, share, towards
from workbench.spectral.stft import Analysis

Parts = tuple[int, ...]
Room = Array | np.float32
"""What locked parts leave of one, shape (R, C); 1 without any."""
Held = dict[int, tuple[object, int]]
"""What lies in memory, by identity: the thing and its bytes. So what two things share is counted once."""
QUIET_DB = -300.0
"""The level of silence, which is finite here."""


@dataclass(frozen=True, eq=False)
class Around:
    """The mask of some parts on and around the bins that a filter changes.

    Attributes
    ----------
    mask : float32, shape (R, C)
    rows, columns : int
        Increasing bins and frames.
    """

    mask: Array
    rows: Indices
    columns: Indices


class Near(Protocol):
    """Tells a filter of the neighbours of bins, as they are before it."""

    def around(self, parts: Parts, grid: Grid, reach: Reach) -> Around:
        """The mask of some parts on the bins that are looked at, within so many bins and frames of a grid."""


class MaskSource(Protocol):
    """Where masks can be taken from: a stack as it was, or a piece of a mask."""

    def masks_of(self, parts: Parts, rows: Indices, columns: Indices, levels: NDArray[np.uint8] | None = None) -> Masks:
        """Masks of some parts on any increasing bins, 0 outside the plane and for parts it has not; (p, R, C).

        `levels` are those of the mix, for a source that was saved without.
        """

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Self:
        """The same masks under another window and hop; `samples` is the length of the recording."""

    @property
    def memory(self) -> Held:
        """What it keeps in memory."""


@dataclass(frozen=True)
class Effect:
    """Base of all effects."""

    locked: Parts

    reach: ClassVar[Reach] = (0, 0)
    """Bins and frames on every side at whose masks one pass of it looks."""
    passes: ClassVar[int] = 1

    def named(self, ids: Parts) -> tuple[Parts, ...]:
        """The sets of parts, of those with these ids, that it treats apart from others."""
        return (self.locked,)

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, near: Near | None = None) -> Masks:
        """New masks, shape (P, R, C).

        Parameters
        ----------
        masks, computed : float32, shape (P, R, C)
            As they are, and as the model has them.
        grid : Grid
        weight : float32, shape (R, C)
            0 … 1.
        near : Near
            Tells of the masks around, for what has a `reach`.
        """
        raise NotImplementedError

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Effect:
        """The same effect under another window and hop: what it says in bins and frames is in the new ones.

        `samples` is the length of the recording.
        """
        return self


@dataclass(frozen=True)
class LayerEffect(Effect):
    """An effect on the mask of one layer, or on that of a group, the sum of its layers' masks.

    What is given or taken is so in proportion to what each of the parts holds; the unlocked others make room, in
    proportion too. Locked parts of a group count in its mask and keep theirs: the effect goes as far as they let it.
    """

    parts: Parts

    def named(self, ids: Parts) -> tuple[Parts, ...]:
        return self.locked, self.parts

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, near: Near | None = None) -> Masks:
        whole, locked = grid.flags(self.parts), grid.flags(self.locked)
        target = whole & ~locked
        if not target.any():
            return masks
        mine, kept = masks[whole].sum(axis=0), masks[whole & locked].sum(axis=0)
        room = room_beside(masks, locked & ~whole)
        # Clamped before the mix, so that a strength means the same beside locked layers as elsewhere.
        goal = np.minimum(np.maximum(self.goal(mine, room, grid, near), kept), room)
        wanted = mine + weight * (goal - mine) - kept
        return reassign(masks, computed, target, locked, wanted, grid.ages, weight > 0)

    def goal(self, mine: Array, room: Room, grid: Grid, near: Near | None = None) -> Array:
        """What the mask of the layer or group is to become, shape (R, C).

        It is clamped to what the group's locked parts hold and to the room that other locked parts leave.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Fill(LayerEffect):
    """Bring the mask to a value: 1 gives the layer all, 0 takes all away."""

    value: float

    def goal(self, mine: Array, room: Room, grid: Grid, near: Near | None = None) -> Array:
        return np.full_like(mine, self.value)


@dataclass(frozen=True)
class Invert(LayerEffect):
    """Give the layer what it had not, as far as locked layers leave it."""

    def goal(self, mine: Array, room: Room, grid: Grid, near: Near | None = None) -> Array:
        return room - mine


@dataclass(frozen=True)
class Scale(LayerEffect):
    """Multiply the mask, so that it reaches 1 (normalise), or to turn it up or down."""

    factor: float

    def goal(self, mine: Array, room: Room, grid: Grid, near: Near | None = None) -> Array:
        return mine * np.float32(self.factor)


class Measure(StrEnum):
    """What a threshold looks at in each bin."""

    MASK = auto()
    """The mask m of the layer, 0 … 1."""
    LEVEL = auto()
    """The level of the layer itself in dB; a full-scale sine is 0."""
    RATIO = auto()
    """The layer to all others in dB: 20 log10(m / (1 − m))."""


@dataclass(frozen=True)
class Threshold(LayerEffect):
    """Keep the mask only where a measure of it lies between two limits.

    Attributes
    ----------
    measure : Measure
    low, high : float
        Limits in units of the measure; −inf and inf for none.
    knee : float
        The mask fades out over this much outside a limit; 0 cuts.
    """

    measure: Measure = Measure.MASK
    low: float = float("-inf")
    high: float = float("inf")
    knee: float = 0.0

    def goal(self, mine: Array, room: Room, grid: Grid, near: Near | None = None) -> Array:
        held = measured(self.measure, mine, grid)
        keep = _rise(held - np.float32(self.low), self.knee) * _rise(np.float32(self.high) - held, self.knee)
        return np.asarray(mine * keep, np.float32)


def measured(measure: Measure, mine: Array, grid: Grid) -> Array:
    """A measure of a layer, from its mask (R, C) on a grid; shape (R, C), never below `QUIET_DB`."""
    if measure == Measure.MASK:
        return mine
    with np.errstate(divide="ignore"):
        own = 20 * np.log10(np.maximum(mine, 0))
        if measure == Measure.LEVEL:
            held = own + grid.db()
        else:
            held = own - 20 * np.log10(np.maximum(1 - mine, np.float32(1e-07)))
    return np.asarray(np.maximum(held, QUIET_DB), np.float32)


def _rise(above: Array, knee: float) -> Array:
    """1 from 0 on; below it 0, or a straight fall over `knee`."""
    if knee <= 0:
        return np.asarray(above >= 0, np.float32)
    return np.asarray(np.clip(1 + above / np.float32(knee), 0, 1), np.float32)


class CombineKind(StrEnum):
    """How the layer's mask a and another mask b give its new one, by the rules of fuzzy sets (Zadeh 1965)."""

    REPLACE = auto()
    """b."""
    UNION = auto()
    """max(a, b)."""
    INTERSECTION = auto()
    """min(a, b)."""
    DIFFERENCE = auto()
    """min(a, 1 − b)."""


@dataclass(frozen=True)
class Combine(LayerEffect):
    """Combine the layer's mask with another mask.

    Attributes
    ----------
    kind : CombineKind
    other : tuple of int
        The parts whose sum is the other mask.
    source : MaskSource or None
        Where they are taken from; None for the present masks.
    rows, columns : int
        How far the other mask is moved: the bin (r, c) takes what was at (r − rows, c − columns).
    """

    kind: CombineKind = CombineKind.REPLACE
    other: Parts = ()
    source: MaskSource | None = None
    rows: int = 0
    columns: int = 0

    def named(self, ids: Parts) -> tuple[Parts, ...]:
        return (*super().named(ids), self.other) if self.source is None else super().named(ids)

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, near: Near | None = None) -> Masks:
        if self.source is None:
            known = grid.flags(self.other)
            if not known.any():
                return masks
            other = masks[known].sum(axis=0)
        else:
            there = grid.rows - self.rows, grid.columns - self.columns
            other = self.source.masks_of(self.other, *there, grid.levels).sum(axis=0)
        given = _Given(self.locked, self.parts, self.kind, other)
        return given.change(masks, computed, grid, weight, near)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Combine:
        return replace(
            self,
            rows=round(self.rows * new.window / old.window),
            columns=round(self.columns * old.hop / new.hop),
            source=None if self.source is None else self.source.resampled(old, new, samples),
        )


@dataclass(frozen=True)
class _Given(LayerEffect):
    """`Combine` with the other mask at hand."""

    kind: CombineKind
    other: Array

    def goal(self, mine: Array, room: Room, grid: Grid, near: Near | None = None) -> Array:
        match self.kind:
            case CombineKind.REPLACE:
                return self.other
            case CombineKind.UNION:
                return np.maximum(mine, self.other)
            case CombineKind.INTERSECTION:
                return np.minimum(mine, self.other)
            case CombineKind.DIFFERENCE:
                return np.minimum(mine, 1 - self.other)


@dataclass(frozen=True)
class Move(Effect):
    """Give what one layer or group holds to another; the rest stay as they are, and so do locked parts of a group."""

    parts: Parts
    to: Parts

    def named(self, ids: Parts) -> tuple[Parts, ...]:
        return self.locked, self.parts, self.to

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, near: Near | None = None) -> Masks:
        free = ~grid.flags(self.locked)
        source, target = grid.flags(self.parts) & free, grid.flags(self.to) & free
        if not source.any() or not target.any():
            return masks
        out = masks.copy()
        out[source] *= 1 - weight
        moved = (masks[source] - out[source]).sum(axis=0)
        out[target] = share(masks[target].sum(axis=0) + moved, masks[target], computed[target], grid.ages[target])
        return out


@dataclass(frozen=True)
class Restore(Effect):
    """Back to the masks that the model has, as far as locked layers leave room."""

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, near: Near | None = None) -> Masks:
        locked = grid.flags(self.locked)
        return np.where(weight > 0, towards(masks, computed, locked, weight, grid.ages), masks)


@dataclass(frozen=True)
class Recall(Effect):
    """Back to the masks of an earlier state, as far as locked layers leave room. Parts made since get nothing."""

    source: MaskSource

    def named(self, ids: Parts) -> tuple[Parts, ...]:
        return tuple((part,) for part in ids)

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, near: Near | None = None) -> Masks:
        before = self.source.masks_of(grid.parts, grid.rows, grid.columns, grid.levels)
        locked = grid.flags(self.locked)
        return np.where(weight > 0, towards(masks, before, locked, weight, grid.ages), masks)

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Recall:
        return replace(self, source=self.source.resampled(old, new, samples))


@dataclass(frozen=True)
class Sharpened(Effect):
    """All unlocked layers to the power q, scaled to sum to what they had: m_i^q / Σ_j m_j^q (q = inf: arg max).

    Attributes
    ----------
    groups : tuple
        The parts of each unlocked layer; a part that came later stands for itself.
    exponent : float
        q > 1 sharpens, q < 1 softens; inf gives each bin to the layer that holds most of it, the first of equals.
    """

    groups: tuple[Parts, ...] = ()
    exponent: float = float("inf")

    def _apart(self, ids: Parts) -> tuple[Parts, ...]:
        """The layers; parts that came later stand for themselves."""
        known = {part for group in self.groups for part in group} | set(self.locked)
        return (*self.groups, *((part,) for part in ids if part not in known))

    def named(self, ids: Parts) -> tuple[Parts, ...]:
        return self.locked, *self._apart(ids)

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, near: Near | None = None) -> Masks:
        locked, groups = grid.flags(self.locked), self._apart(grid.parts)
        flags = [chosen for group in groups if (chosen := grid.flags(group) & ~locked).any()]
        if len(flags) < 2:
            return masks
        sums = np.stack([masks[chosen].sum(axis=0) for chosen in flags])
        room = np.broadcast_to(room_beside(masks, locked), weight.shape)
        if np.isinf(self.exponent):
            wanted = np.zeros_like(sums)
            np.put_along_axis(wanted, sums.argmax(axis=0)[None], room[None], axis=0)
        else:
            top = np.maximum(sums.max(axis=0), NOTHING)
            powers = (sums / top) ** np.float32(self.exponent)
            wanted = powers * (room / np.maximum(powers.sum(axis=0), NOTHING))
        out = masks.copy()
        for chosen, sum_, goal in zip(flags, sums, wanted, strict=True):
            new = sum_ + weight * (goal - sum_)
            out[chosen] = masks[chosen] * np.divide(new, sum_, out=np.zeros_like(new), where=sum_ > NOTHING)
        fill_room(out, locked)
        return np.where(weight > 0, out, masks)
