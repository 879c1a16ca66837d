"""The two rules by which the masks of a bin always sum to one.

Both work on arrays (P, …): one mask a part, any grid of bins behind. Where nothing says how to share, the oldest part
takes it all, and not all equally: a layer that is added later then changes nothing that was done before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ages = NDArray[np.intp]

NOTHING = np.float32(1e-30)
"""A share this small counts as none: scaling it up to a whole would leave the range of float32."""
ROUNDING = np.float32(3e-7)
"""What painted values leave of one by their rounding: nobody's share."""


def fill_unpainted(values: Masks, under: Masks, computed: Masks, ages: Ages | None = None) -> Masks:
    """Masks where some parts have a painted value and the others share what remains.

    Parameters
    ----------
    values : float32, shape (P, …)
        Painted values; NaN where a part is not painted.
    under : float32, shape (P, …)
        The masks beneath; the remainder is shared in their proportion.
    computed : float32, shape (P, …)
        The model's masks: how to share it where those beneath are all 0.
    ages : int, shape (P,), optional
        Ids of the parts, which grow from the oldest to the newest; by default the parts are in that order.

    Returns
    -------
    float32, shape (P, …)
        Values in [0, 1] that sum to one.
    """
    painted = ~np.isnan(values)
    fixed = np.where(painted, values, np.float32(0))
    free = np.where(painted, np.float32(0), under)
    held = fixed.sum(axis=0)
    room = free.sum(axis=0)
    unpainted = (~painted).sum(axis=0)
    rest = np.maximum(1 - held, 0)
    # Bins that nobody painted stay as they are, to the last bit.
    scale = np.divide(rest, room, out=np.zeros_like(rest), where=room > NOTHING)
    scale[~painted.any(axis=0)] = 1
    out = fixed + free * scale
    stranded = (room <= NOTHING) & (unpainted > 0) & (rest > ROUNDING)
    if stranded.any():
        by = np.where(painted, np.float32(0), computed)
        total = by.sum(axis=0)
        order = np.arange(len(values)) if ages is None else np.argsort(ages)
        oldest = order[(~painted[order]).argmax(axis=0)]
        parts = np.arange(len(values)).reshape(-1, *[1] * (values.ndim - 1))
        by = np.where(total > NOTHING, by, parts == oldest)
        out += np.where(stranded, rest * by / np.where(total > NOTHING, total, 1), np.float32(0))
    full = unpainted == 0
    if full.any():
        # A painted layer was taken away since: those that stay scale up, or what lies beneath shows again.
        norm = np.divide(1, held, out=np.zeros_like(held), where=held > 0)
        out = np.where(full, np.where(held > 0, fixed * norm, under), out)
    return np.asarray(out, np.float32)


def room_beside(masks: Masks, kept: Flags) -> Masks | np.float32:
    """What some parts leave of one, shape (…); 1 where they are none."""
    return np.clip(1 - masks[kept].sum(axis=0), 0, 1) if kept.any() else np.float32(1)


def reassign(
    masks: Masks,
    computed: Masks,
    target: Flags,
    locked: Flags,
    wanted: Masks,
    ages: Ages | None = None,
    where: Flags | None = None,
) -> Masks:
    """Give the target parts a new common mask; the unlocked others make room.

    Parameters
    ----------
    masks : float32, shape (P, …)
        Present masks, which sum to one.
    computed : float32, shape (P, …)
        The model's masks: how to share where the parts that are to share hold nothing.
    target, locked : bool, shape (P,)
        Parts to change (none of them locked), and parts that keep their value.
    wanted : float32, shape (…)
        New sum of the target parts; clamped to what the locked parts leave.
    ages : int, shape (P,), optional
        As in `fill_unpainted`.
    where : bool, shape (…), optional
        Other bins stay as they are, to the last bit; by default there are none.

    Returns
    -------
    float32, shape (P, …)
        Locked parts as they were; the sum stays one. Unchanged if there is no target or no unlocked other part.
    """
    others = ~(target | locked)
    if not others.any() or not target.any():
        # Nobody to make room, or a layer that is gone.
        return masks
    out = masks.copy()
    cap = room_beside(masks, locked)
    new = np.minimum(np.maximum(wanted, 0), cap)
    for flags, total in ((target, new), (others, cap - new)):
        out[flags] = share(total, masks[flags], computed[flags], None if ages is None else ages[flags], where)
    return out


def towards(masks: Masks, computed: Masks, locked: Flags, coverage: Masks, ages: Ages | None = None) -> Masks:
    """Bring all unlocked parts back towards the model's masks.

    Parameters
    ----------
    masks, computed : float32, shape (P, …)
    locked : bool, shape (P,)
        Parts that keep their value; the others share what these leave as the model would.
    coverage : float32, shape (…)
        0 leaves a bin, 1 brings it all the way back.
    ages : int, shape (P,), optional
        As in `fill_unpainted`.
    """
    free = ~locked
    out = masks.copy()
    if free.any():
        room = np.broadcast_to(room_beside(masks, locked), coverage.shape)
        goal = share(room, computed[free], computed[free], None if ages is None else ages[free])
        out[free] += coverage * (goal - masks[free])
        fill_room(out, locked)
    return out


def fill_room(masks: Masks, locked: Flags) -> None:
    """Scale unlocked masks, in place, to what the locked ones leave: rounding does not add up over many edits."""
    total = masks[~locked].sum(axis=0)
    masks[~locked] *= np.divide(room_beside(masks, locked), total, out=np.ones_like(total), where=total > NOTHING)


def share(total: Masks, shares: Masks, fallback: Masks, ages: Ages | None = None, where: Flags | None = None) -> Masks:
    """Split `total` in proportion to `shares`; where these are all zero by `fallback`, else all to the oldest.

    Outside `where` they stay as they are, to the last bit.
    """
    if len(shares) == 1:
        return np.asarray(total[None] if where is None else np.where(where, total, shares), np.float32)
    have = shares.sum(axis=0)
    some = have > NOTHING
    if where is None:
        out = shares * np.divide(total, have, out=np.zeros_like(have), where=some)
        empty = ~some & (total > 0)
    else:
        out = shares * np.divide(total, have, out=np.asarray(~where, np.float32), where=some & where)
        empty = ~some & where & (total > 0)
    if empty.any():
        oldest = np.zeros_like(fallback)
        oldest[0 if ages is None else int(np.argmin(ages))] = 1
        by = np.where(fallback.sum(axis=0) > NOTHING, fallback, oldest)
        out = np.where(empty, total * by / by.sum(axis=0), out)
    return np.asarray(out, np.float32)
