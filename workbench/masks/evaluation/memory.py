"""What edits make of the blocks of the plane, remembered as it was evaluated, within a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from mmap import mmap
from threading import Lock

import numpy as np

from workbench.masks.edits.edits import Edit, common
from workbench.masks.edits.traces import Path, Stroke
from workbench.masks.evaluation.lattice import Block, Lattice, whole
from workbench.masks.evaluation.plan import Plan, apart, planned
from workbench.masks.model.bundles import Bundled
from workbench.masks.model.grid import Array
from workbench.masks.model.ground import Ground

MOST_BYTES = 128 * 2**20
"""Of masks."""
MOST_COVERAGE = 48 * 2**20
"""Bytes of what strokes cover; it does not depend on the model."""
RECORD_BYTES = 400
"""What a record takes beside its arrays."""
RECENT = 2000
"""Records among which those of edits that were tried out a moment ago are looked for."""
PLANS = 16
LATEST = 4
"""Of the plans: one of them is mostly but for its last edit the one that is asked for."""


@dataclass(eq=False)
class Record:
    """Masks of a block after some edits; None where no edit touches it.

    `lately` are other edits after which they were found to be the same: those that came since touch other blocks.
    """

    ground: Ground
    edits: tuple[Edit, ...]
    block: Block
    held: Bundled | None
    lately: tuple[Edit, ...]

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return RECORD_BYTES + (0 if self.held is None else self.held.nbytes)


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a block, and what remains to be done.

    Attributes
    ----------
    held : Bundled or None
        Masks from which to go on; None as the model has them.
    left : list of int
        The edits that are to be laid over them.
    fresh : bool
        Nothing is remembered of it.
    """

    held: Bundled | None
    left: list[int]
    fresh: bool = False


def lasting(values: Array) -> Array:
    """A copy in pages of its own, which go back to the system when it goes.

    Were what lasts among what comes and goes, the program would grow to several times of what it holds.
    """
    out = np.frombuffer(mmap(-1, values.nbytes), np.float32).reshape(values.shape)
    out[:] = values
    return out


class Memory:
    """Remembers for every reader of a document. Any thread may ask.

    Nothing need be told when something changes: what was remembered is compared with what is asked for, and counts as
    far as the edits that touch the block are the same ones over the same ground.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, most_coverage: int = MOST_COVERAGE) -> None:
        self.most_bytes, self._most_coverage = most_bytes, most_coverage
        self._lock = Lock()
        # What was asked for last is last.
        self._order: OrderedDict[Record, None] = OrderedDict()
        self._of_block: dict[Block, list[Record]] = {}
        self._covered: OrderedDict[tuple[Stroke, Block], tuple[int, Array]] = OrderedDict()
        self._plans: OrderedDict[int, Plan] = OrderedDict()
        self._bytes = self._coverage_bytes = 0
        self._whole: Lattice | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that are held."""
        return self._bytes + self._coverage_bytes

    def whole(self, bins: int, frames: int) -> Lattice:
        """Every bin and frame of a plane; always the same lattice."""
        with self._lock:
            if self._whole is None or (len(self._whole.rows), len(self._whole.columns)) != (bins, frames):
                self._whole = whole(bins, frames)
            return self._whole

    def plan(self, edits: tuple[Edit, ...]) -> Plan:
        """The plan of some edits."""
        # A plan holds its edits, so that their identity is not given to others meanwhile.
        known = self._plans.get(id(edits))
        if known is None:
            nearest = max(
                tuple(self._plans.values())[-LATEST:], key=lambda plan: common(plan.edits, edits), default=None
            )
            known = planned(edits, nearest)
            with self._lock:
                self._plans[id(edits)] = known
                while len(self._plans) > PLANS:
                    self._plans.popitem(last=False)
        return known

    def known(self, ground: Ground, edits: tuple[Edit, ...], block: Block) -> Known:
        """What is known of a block.

        Nobody waits for another here: the window's thread must not stand still because one that stepped back for it
        was interrupted.
        """
        best: tuple[Record, list[int]] | None = None
        for record in reversed(tuple(self._of_block.get(block, ()))):
            if not record.ground.gives_as(ground):
                continue
            lately = record.lately
            left = self._left(lately, edits, block)
            if left is None and record.edits is not lately:
                left = self._left(record.edits, edits, block)
            if left is not None and (best is None or len(left) < len(best[1])):
                best = record, left
                if not left:
                    record.lately = edits
                    break
        if best is None:
            return Known(None, self.plan(edits).touching(0, block.region), fresh=True)
        with self._lock:
            if best[0] in self._order:
                self._order.move_to_end(best[0])
        return Known(best[0].held, best[1])

    def _left(self, before: tuple[Edit, ...], edits: tuple[Edit, ...], block: Block) -> list[int] | None:
        """What remains to be laid over a block after some edits to have it after others; None where that can't be."""
        if before is edits:
            return []
        other, left = apart(self.plan(before), self.plan(edits), block.region)
        return None if other else left

    def remember(self, ground: Ground, edits: tuple[Edit, ...], block: Block, held: Bundled | None) -> None:
        """Masks of a block after some edits."""
        if held is not None:
            held = Bundled(held.bundles, lasting(held.planes))
        fresh = Record(ground, edits, block, held, edits)
        with self._lock:
            for old in [each for each in self._of_block.get(block, ()) if self._outdated(each, fresh)]:
                self._forget(old)
            self._of_block.setdefault(block, []).append(fresh)
            self._order[fresh] = None
            self._bytes += fresh.nbytes
            while self._bytes > self.most_bytes and len(self._order) > 1:
                self._forget(next(iter(self._order)))

    def follow(self, before: tuple[Edit, ...], now: tuple[Edit, ...]) -> None:
        """Some edits were only tried out, and gave way to others: nothing of them is held on to.

        Every point of a stroke makes such edits, with values of their own under the brush.
        """
        if before is now:
            return
        with self._lock:
            # What was asked for of them is among the last.
            recent = list(islice(reversed(self._order), RECENT))
        for record in recent:
            if record.edits is before and self._left(before, now, record.block) == []:
                record.edits = now
            if record.lately is before:
                record.lately = now if record.edits is now else record.edits
            if record.edits is before:
                with self._lock:
                    if record in self._order:
                        self._forget(record)
        self._plans.pop(id(before), None)

    def _forget(self, record: Record) -> None:
        del self._order[record]
        self._bytes -= record.nbytes
        same = self._of_block[record.block]
        same.remove(record)
        if not same:
            del self._of_block[record.block]

    @staticmethod
    def _outdated(old: Record, new: Record) -> bool:
        """Whether a record is of what the last edit was a moment ago: a stroke that has gone on since."""
        if not old.ground.gives_as(new.ground) or len(old.edits) != len(new.edits):
            return False
        return common(old.edits, new.edits) >= len(new.edits) - 1

    def coverage(self, path: Path, block: Block) -> Array:
        """What a stroke covers of a block, float32 (R, C); as it is drawn on, only what came since is looked at."""
        key = path.stroke, block
        with self._lock:
            count, before = self._covered.get(key, (0, None))
            if before is not None:
                self._covered.move_to_end(key)
        if before is None or count > len(path.points):
            found = path.at(block.rows, block.columns)
        elif count == len(path.points):
            return before
        else:
            found = path.drawn_on(before, count, block.rows, block.columns)
        found = lasting(found)
        with self._lock:
            if len(path.points) >= count:
                gone = self._covered.pop(key, (0, found[:0]))[1]
                self._covered[key] = len(path.points), found
                self._coverage_bytes += found.nbytes - gone.nbytes
            while self._coverage_bytes > self._most_coverage and len(self._covered) > 1:
                _, (_, oldest) = self._covered.popitem(last=False)
                self._coverage_bytes -= oldest.nbytes
        return found
