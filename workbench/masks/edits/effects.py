"""What an edit does to the masks of the bins that it covers. Plain data: parameters, and the parts that it names.

Every effect leaves the masks of a bin in [0, 1] and summing to one, and locked parts as they are; where these leave
no room it does what is possible. `weight` is how far it goes in each bin: 0 leaves the bin as it was, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.grid import Array, Grid, Indices, Reach, neighbours
from workbench.masks.model.sharing import NOTHING, Masks, fill_room, reassign, share, towards

Parts = tuple[int, ...]
QUIET_DB = -300.0
"""Stands for the level of nothing."""


class MaskSource(Protocol):
    """Whence masks are taken: a stack as it was, or a piece of a mask."""

    @property
    def edits(self) -> tuple[Any, ...]:
        """Its edits."""

    def masks_of(self, parts: Parts, rows: Indices, columns: Indices, levels: NDArray[np.uint8] | None = None) -> Masks:
        """Masks of some parts on any increasing bins, 0 outside the plane and for parts it has not; (p, R, C).

        `levels` are those of the mix, for a source that was saved without.
        """


@dataclass(frozen=True)
class Effect:
    """Base of all effects."""

    locked: Parts

    reach: ClassVar[Reach] = (0, 0)
    """Bins and frames on every side at whose masks one pass of it looks."""
    passes: ClassVar[int] = 1

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]) -> Masks:
        """New masks, shape (P, R, C).

        Parameters
        ----------
        masks, computed : float32, shape (P, R, C)
            As they are, and as the model has them.
        grid : Grid
        weight : float32, shape (R, C)
            0 … 1.
        wide : masks and grid
            The masks with `reach` more on every side (those of the grid itself where nothing is needed).
        """
        raise NotImplementedError


@dataclass(frozen=True)
class LayerEffect(Effect):
    """An effect on the mask of one layer; the unlocked others make room in proportion."""

    parts: Parts

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]) -> Masks:
        target = grid.flags(self.parts)
        locked = grid.flags(self.locked) & ~target
        if not target.any():
            return masks
        mine = masks[target].sum(axis=0)
        room = np.clip(1 - masks[locked].sum(axis=0), 0, 1)
        # Clamped before the mix, so that a strength means the same beside locked layers as elsewhere.
        goal = np.clip(self.goal(mine, room, grid, wide), 0, room)
        new = reassign(masks, computed, target, locked, mine + weight * (goal - mine), grid.ages)
        return np.where(weight > 0, new, masks)

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        """What the layer's mask is to become, shape (R, C); clamped to the room that locked layers leave."""
        raise NotImplementedError


@dataclass(frozen=True)
class Fill(LayerEffect):
    """Bring the mask to a value: 1 gives the layer all, 0 takes all away."""

    value: float

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        return np.full_like(mine, self.value)


@dataclass(frozen=True)
class Invert(LayerEffect):
    """Give the layer what it had not, as far as locked layers leave it."""

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        return room - mine


@dataclass(frozen=True)
class Scale(LayerEffect):
    """Multiply the mask, so that it reaches 1 (normalise), or to turn it up or down."""

    factor: float

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        return mine * np.float32(self.factor)


@dataclass(frozen=True)
class Threshold(LayerEffect):
    """Keep the mask only where a measure of it lies between two limits.

    Attributes
    ----------
    measure : str
        'mask': the mask's value, 0 … 1. 'level': the level of the layer itself, in dB below a full-scale sine.
        'ratio': the layer to all others, in dB: 20 log10(m / (1 − m)).
    low, high : float
        Limits in units of the measure; −inf and inf for none.
    knee : float
        The mask fades out over this much outside a limit; 0 cuts.
    """

    measure: str = "mask"
    low: float = float("-inf")
    high: float = float("inf")
    knee: float = 0.0

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        held = measured(self.measure, mine, grid)
        keep = _rise(held - np.float32(self.low), self.knee) * _rise(np.float32(self.high) - held, self.knee)
        return np.asarray(mine * keep, np.float32)


def measured(measure: str, mine: Array, grid: Grid) -> Array:
    """What a threshold looks at: mask value, level of the layer in dB, or layer to rest in dB; shape (R, C)."""
    if measure == "mask":
        return mine
    with np.errstate(divide="ignore"):
        own = 20 * np.log10(np.maximum(mine, 0))
        held = own + grid.db() if measure == "level" else own - 20 * np.log10(np.maximum(1 - mine, np.float32(1e-07)))
    return np.asarray(np.maximum(held, QUIET_DB), np.float32)


def _rise(above: Array, knee: float) -> Array:
    """1 from 0 on; below it 0, or a straight fall over `knee`."""
    if knee <= 0:
        return np.asarray(above >= 0, np.float32)
    return np.asarray(np.clip(1 + above / np.float32(knee), 0, 1), np.float32)


KINDS = ("blur", "sharpen", "median", "open", "close", "erode", "dilate")


@dataclass(frozen=True)
class Filter(LayerEffect):
    """A filter over the mask and its neighbours.

    Attributes
    ----------
    kind : str
        'blur' (raised cosine), 'sharpen' (unsharp mask: m + amount · (m − blurred m)), 'median', or grey-scale
        morphology (Serra 1982) with a flat rectangle: 'erode' takes the least, 'dilate' the greatest, 'open' erodes
        then dilates (takes specks away), 'close' dilates then erodes (fills holes).
    rows, columns : int
        Bins and frames on either side that count.
    amount : float
        Of sharpening.
    """

    kind: str = "blur"
    rows: int = 1
    columns: int = 1
    amount: float = 1.0

    @property
    def reach(self) -> Reach:  # type: ignore[override]
        """Bins and frames on every side."""
        return self.rows, self.columns

    @property
    def passes(self) -> int:  # type: ignore[override]
        """Opening and closing look at the neighbours of neighbours."""
        return 2 if self.kind in ("open", "close") else 1

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        masks, around = wide
        held = masks[around.flags(self.parts)].sum(axis=0)
        if self.kind in ("open", "close"):
            first, second = (np.min, np.max) if self.kind == "open" else (np.max, np.min)
            middle = Grid(
                np.intersect1d(around.rows, grid.rows[:, None] + neighbours(self.rows)),
                np.intersect1d(around.columns, grid.columns[:, None] + neighbours(self.columns, grid.coarse)),
                around.parts,
                coarse=grid.coarse,
            )
            return self._over(second, self._over(first, held, around, middle), middle, grid)
        if self.kind == "erode":
            return self._over(np.min, held, around, grid)
        if self.kind == "dilate":
            return self._over(np.max, held, around, grid)
        if self.kind == "median":
            return self._median(held, around, grid)
        soft = self._blurred(held, around, grid)
        return soft if self.kind == "blur" else np.asarray(mine + self.amount * (mine - soft), np.float32)

    def _places(self, around: Grid, grid: Grid) -> tuple[Indices, Indices]:
        """Where the neighbours of each bin and frame are among those around, shapes (R, m) and (C, n)."""
        rows = _places(around.rows, grid.rows, neighbours(self.rows))
        return rows, _places(around.columns, grid.columns, neighbours(self.columns, grid.coarse))

    def _over(self, rule: Callable[..., Array], held: Array, around: Grid, grid: Grid) -> Array:
        """Least or greatest over the rectangle, first along time, then along frequency."""
        rows, columns = self._places(around, grid)
        return np.asarray(rule(rule(held[:, columns], axis=-1)[rows], axis=1), np.float32)

    def _blurred(self, held: Array, around: Grid, grid: Grid) -> Array:
        rows, columns = self._places(around, grid)
        along = held[:, columns] @ _bell(columns.shape[1])
        return np.asarray(np.einsum("rkc,k->rc", along[rows], _bell(rows.shape[1])), np.float32)

    def _median(self, held: Array, around: Grid, grid: Grid) -> Array:
        rows, columns = self._places(around, grid)
        out = np.empty((len(rows), len(columns)), np.float32)
        # In pieces, so that the gathered neighbours stay small.
        step = max(1, 400_000 // max(1, columns.size * rows.shape[1]))
        for lo in range(0, len(rows), step):
            near = held[rows[lo : lo + step, :, None, None], columns[None, None]]
            flat = near.transpose(0, 2, 1, 3).reshape(near.shape[0], near.shape[2], -1)
            middle = flat.shape[-1] // 2
            out[lo : lo + step] = np.partition(flat, middle, axis=-1)[..., middle]
        return out


def _places(around: Indices, wanted: Indices, offsets: Indices) -> Indices:
    """Where the neighbours of each wanted index are among those around.

    Beyond the edge of the plane the outermost one counts again.
    """
    places: Indices = np.searchsorted(around, np.clip(wanted[:, None] + offsets, around[0], around[-1]))
    return places


def _bell(count: int) -> Array:
    """Weights of a raised cosine over an odd number of places; their sum is one."""
    reach = count // 2
    bell = np.cos(np.pi / 2 * np.arange(-reach, reach + 1) / (reach + 1)) ** 2
    return np.asarray(bell / bell.sum(), np.float32)


WAYS = ("replace", "union", "intersection", "difference")


@dataclass(frozen=True)
class Combine(LayerEffect):
    """Join the layer's mask a with another mask b by the rules of fuzzy sets (Zadeh 1965).

    Union max(a, b), intersection min(a, b), difference min(a, 1 − b); 'replace' takes b.

    Attributes
    ----------
    other : tuple of int
        The parts whose common mask b is.
    source : MaskSource or None
        Where they are taken from: a stack as it was, or for None the present masks.
    rows, columns : int
        How far b is moved: the bin (r, c) takes what was at (r − rows, c − columns).
    """

    way: str = "replace"
    other: Parts = ()
    source: MaskSource | None = None
    rows: int = 0
    columns: int = 0

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]) -> Masks:
        if self.source is None:
            known = grid.flags(self.other)
            if not known.any():
                return masks
            return self._joined(masks[known].sum(axis=0), masks, computed, grid, weight, wide)
        there = grid.rows - self.rows, grid.columns - self.columns
        held = self.source.masks_of(self.other, *there, grid.levels).sum(axis=0)
        return self._joined(held, masks, computed, grid, weight, wide)

    def _joined(
        self, other: Array, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]
    ) -> Masks:
        return _Given(self.locked, self.parts, self.way, other).change(masks, computed, grid, weight, wide)


@dataclass(frozen=True)
class _Given(LayerEffect):
    """`Combine` with the other mask at hand."""

    way: str
    other: Array

    def goal(self, mine: Array, room: Array, grid: Grid, wide: tuple[Masks, Grid]) -> Array:
        match self.way:
            case "union":
                return np.maximum(mine, self.other)
            case "intersection":
                return np.minimum(mine, self.other)
            case "difference":
                return np.minimum(mine, 1 - self.other)
            case _:
                return self.other


@dataclass(frozen=True)
class Move(Effect):
    """Give what one layer holds to another; the rest stay as they are."""

    parts: Parts
    to: Parts

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]) -> Masks:
        source, target = grid.flags(self.parts), grid.flags(self.to)
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

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]) -> Masks:
        locked = grid.flags(self.locked)
        return np.where(weight > 0, towards(masks, computed, locked, weight, grid.ages), masks)


@dataclass(frozen=True)
class Recall(Effect):
    """Back to the masks of an earlier state, as far as locked layers leave room. Parts made since get nothing."""

    source: MaskSource

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]) -> Masks:
        before = self.source.masks_of(grid.parts, grid.rows, grid.columns, grid.levels)
        locked = grid.flags(self.locked)
        return np.where(weight > 0, towards(masks, before, locked, weight, grid.ages), masks)


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

    def change(self, masks: Masks, computed: Masks, grid: Grid, weight: Array, wide: tuple[Masks, Grid]) -> Masks:
        locked = grid.flags(self.locked)
        known = {part for group in self.groups for part in group} | set(self.locked)
        groups = [*self.groups, *((part,) for part in grid.parts if part not in known)]
        flags = [chosen for group in groups if (chosen := grid.flags(group) & ~locked).any()]
        if len(flags) < 2:
            return masks
        sums = np.stack([masks[chosen].sum(axis=0) for chosen in flags])
        room = np.clip(1 - masks[locked].sum(axis=0), 0, 1)
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
