"""Which edits touch which block, found anew only for the edits that came since a block was looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from weakref import WeakSet

from workbench.masks.edits.edits import Edit, Paint, common
from workbench.masks.evaluation.lattice import Block
from workbench.masks.evaluation.plan import Plan, planned
from workbench.masks.model.grid import Region

PLANS = 64
LATEST = 4
"""Of the plans: one of them is mostly but for its last edit the one that is asked for."""
MOST_BLOCKS = 1 << 14
"""Of which it is known what touches them."""
MOST_ENTRIES = 500_000
"""In all of them together; some 20 MB."""

Entry = Edit | tuple[Edit, tuple[Edit, ...]]
"""An edit; one that looks at the masks around with all edits before it."""
Entries = tuple[Entry, ...]
"""What touches a block, in order. Where it is the same, so are the block's masks."""


@dataclass(frozen=True, eq=False)
class Touches:
    """The edits of a list that touch a block.

    Attributes
    ----------
    edits : tuple of Edit
        The list.
    places : tuple of int
        Where they are in it.
    entries : tuple of Entry
    """

    edits: tuple[Edit, ...]
    places: tuple[int, ...]
    entries: Entries


def alike(one: Entries, other: Entries, region: Region) -> bool:
    """Whether entries do the same in a region: tiles of a stroke may since have grown elsewhere."""
    return len(one) == len(other) and all(
        a is b or a == b or (isinstance(a, Paint) and isinstance(b, Paint) and a.same_within(b, region))
        for a, b in zip(one, other, strict=True)
    )


class Touching:
    """Finds what touches blocks. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._plans: OrderedDict[int, Plan] = OrderedDict()
        self._blocks: dict[Block, Touches] = {}
        self._gone: WeakSet[Edit] = WeakSet()
        self._held = 0
        """Entries in all of them."""
        self._compared: tuple[tuple[Edit, ...], tuple[Edit, ...], int] = (), (), 0
        """Two lists, and how many edits they share: many blocks ask the same."""

    def plan(self, edits: tuple[Edit, ...]) -> Plan:
        """The plan of some edits."""
        # A plan holds its edits, so that their identity is not given to others meanwhile.
        known = self._plans.get(id(edits))
        if known is None:
            nearest = max(
                tuple(self._plans.values())[-LATEST:], key=lambda plan: common(plan.edits, edits), default=None
            )
            known = planned(edits, nearest)
            if self.given_up(edits):
                return known
            with self._lock:
                self._plans[id(edits)] = known
                while len(self._plans) > PLANS:
                    self._plans.popitem(last=False)
        return known

    def of(self, edits: tuple[Edit, ...], block: Block) -> Touches:
        """What of a list of edits touches a block."""
        known = self._blocks.get(block)
        if known is not None and known.edits is edits:
            return known
        plan = self.plan(edits)
        same = 0 if known is None else self._shared(known.edits, edits)
        fresh = plan.touching(same, block.region)
        places, entries = ((), ()) if known is None else (known.places, known.entries)
        kept = bisect_left(places, same)
        if fresh or kept < len(places):
            places = (*places[:kept], *fresh)
            entries = (*entries[:kept], *(_entry(plan, i) for i in fresh))
        found = Touches(edits, places, entries)
        if not self.given_up(edits):
            with self._lock:
                plan.asked.add(block)
                self._keep(block, found)
        return found

    def _keep(self, block: Block, found: Touches) -> None:
        known = self._blocks.get(block)
        self._held += len(found.places) - (0 if known is None else len(known.places))
        self._blocks[block] = found
        while (len(self._blocks) > MOST_BLOCKS or self._held > MOST_ENTRIES) and len(self._blocks) > 1:
            self._held -= len(self._blocks.pop(next(iter(self._blocks))).places)

    def _shared(self, one: tuple[Edit, ...], other: tuple[Edit, ...]) -> int:
        """How many edits two lists share."""
        before, now, count = self._compared
        if before is not one or now is not other:
            count = common(one, other)
            if not self.given_up(other):
                self._compared = one, other, count
        return count

    def asked(self, edits: tuple[Edit, ...]) -> list[Block]:
        """Blocks of which it was asked what of these edits touches them."""
        known = self._plans.get(id(edits))
        return [] if known is None else list(known.asked)

    def given_up(self, edits: tuple[Edit, ...]) -> bool:
        """Whether some edits were only tried out, and are no longer, though somebody may still look at them."""
        return bool(edits) and edits[-1] in self._gone

    def give_up(self, tried: tuple[Edit, ...], now: tuple[Edit, ...], same: int) -> None:
        """Hold nothing of a list of edits that gave way to another but the first ones, which they share."""
        self._gone.update(tried[same:])
        self._gone.difference_update(now[same:])
        plan = self._plans.pop(id(tried), None)
        if plan is None:
            return
        first = plan.before(same)
        with self._lock:
            self._compared = (), (), 0
            for block in plan.asked:
                known = self._blocks.get(block)
                if known is not None and known.edits is tried:
                    kept = bisect_left(known.places, same)
                    self._keep(block, Touches(first, known.places[:kept], known.entries[:kept]))


def _entry(plan: Plan, place: int) -> Entry:
    edit = plan.edits[place]
    return edit if edit.reach == (0, 0) else (edit, plan.before(place))
