"""What edits make of the blocks of the plane, remembered as it was evaluated, within a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from mmap import PAGESIZE, mmap
from threading import Lock

import numpy as np

from workbench.masks.edits.edits import Edit, common
from workbench.masks.edits.traces import Path, Stroke
from workbench.masks.evaluation.lattice import Block, Lattice, whole
from workbench.masks.evaluation.touches import Entries, Touching, alike
from workbench.masks.model.bundles import Bundled
from workbench.masks.model.grid import Array
from workbench.masks.model.ground import Ground
from workbench.precedence import Precedence

MOST_BYTES = 128 * 2**20
"""Of masks."""
MOST_COVERAGE = 48 * 2**20
"""Bytes of what strokes cover; it does not depend on the model."""
RECORD_BYTES = 400
"""What a record takes beside its arrays."""
ENTRY_BYTES = 8
"""And for each edit that it names."""


@dataclass(eq=False)
class Record:
    """Masks of a block after the edits that touch it; None where none does."""

    ground: Ground
    entries: Entries
    block: Block
    held: Bundled | None

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        held = 0 if self.held is None else _whole_pages(self.held.nbytes)
        return RECORD_BYTES + ENTRY_BYTES * len(self.entries) + held


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


def _whole_pages(nbytes: int) -> int:
    return -(-nbytes // PAGESIZE) * PAGESIZE


def lasting(values: Array) -> Array:
    """A copy in pages of its own, which go back to the system when it goes.

    Were what lasts among what comes and goes, the program would grow to several times of what it holds.
    """
    out = np.frombuffer(mmap(-1, values.nbytes), np.float32).reshape(values.shape)
    out[:] = values
    return out


class Memory:
    """Remembers for every reader of a document. Any thread may ask.

    Nothing need be told for it to be right when something changes: what was remembered is compared with what is asked
    for, and counts as far as the edits that touch the block are the same ones over the same ground. Only of what was
    tried out it is told (`follow`), so that it holds nothing of it.
    """

    def __init__(
        self, most_bytes: int = MOST_BYTES, most_coverage: int = MOST_COVERAGE, precedence: Precedence | None = None
    ) -> None:
        self._precedence = precedence or Precedence()
        self.most_bytes, self._most_coverage = most_bytes, most_coverage
        self._lock = Lock()
        # What was asked for last is last.
        self._order: OrderedDict[Record, None] = OrderedDict()
        # By how many edits they are of: what is looked for is mostly the one of as many, or of one less.
        self._of_block: dict[Block, dict[int, tuple[Record, ...]]] = {}
        self._covered: OrderedDict[tuple[Stroke, Block], tuple[int, Array]] = OrderedDict()
        self._touching = Touching()
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

    def before(self, edits: tuple[Edit, ...], edit: int) -> tuple[Edit, ...]:
        """The edits before one of them; always the same tuple."""
        return self._touching.plan(edits).before(edit)

    def known(self, ground: Ground, edits: tuple[Edit, ...], block: Block) -> Known:
        """What is known of a block.

        Work in the background waits here for the window. The window's thread waits for nobody: it must not stand
        still because one that stepped back for it was interrupted.
        """
        self._precedence.give_way()
        touches = self._touching.of(edits, block)
        best = self._best(ground, touches.entries, block)
        if best is None:
            return Known(None, list(touches.places), fresh=True)
        with self._lock:
            if best in self._order:
                self._order.move_to_end(best)
        return Known(best.held, list(touches.places[len(best.entries) :]))

    def _best(self, ground: Ground, entries: Entries, block: Block) -> Record | None:
        """The record of the most of some edits."""
        by_count = self._of_block.get(block, {})
        for count in sorted(by_count, reverse=True):
            for record in by_count.get(count, ())[::-1] if count <= len(entries) else ():
                if record.ground.gives_as(ground):
                    first = entries[:count]
                    if record.entries == first or alike(record.entries, first, block.region):
                        record.entries = first
                        return record
        return None

    def records(self, block: Block) -> list[Record]:
        """All that is remembered of a block."""
        return [record for same in tuple(self._of_block.get(block, {}).values()) for record in same]

    def remember(self, ground: Ground, edits: tuple[Edit, ...], block: Block, held: Bundled | None) -> None:
        """Masks of a block after some edits."""
        if self._touching.given_up(edits):
            return
        if held is not None:
            held = Bundled(held.bundles, lasting(held.planes))
        fresh = Record(ground, self._touching.of(edits, block).entries, block, held)
        with self._lock:
            by_count, count = self._of_block.setdefault(block, {}), len(fresh.entries)
            for old in by_count.get(count, ()):
                if self._outdated(old, fresh):
                    self._forget(old)
            by_count = self._of_block.setdefault(block, {})
            by_count[count] = (*by_count.get(count, ()), fresh)
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
        same = common(before, now)
        tried = set(before[same:])
        asked = self._touching.asked(before)
        self._touching.give_up(before, now, same)
        for record in [each for block in asked for each in self.records(block)]:
            last = record.entries[-1] if record.entries else None
            edit = last[0] if isinstance(last, tuple) else last
            if edit not in tried:
                continue
            if edit is before[same] and alike(record.entries[-1:], now[same : same + 1], record.block.region):
                # The same stroke's tiles, grown elsewhere.
                record.entries = (*record.entries[:-1], now[same])
                continue
            with self._lock:
                if record in self._order:
                    self._forget(record)

    def _forget(self, record: Record) -> None:
        del self._order[record]
        self._bytes -= record.nbytes
        by_count, count = self._of_block[record.block], len(record.entries)
        by_count[count] = tuple(each for each in by_count[count] if each is not record)
        if not by_count[count]:
            del by_count[count]
        if not by_count:
            del self._of_block[record.block]

    @staticmethod
    def _outdated(old: Record, new: Record) -> bool:
        """Whether a record is of what the last of as many edits was a moment ago: a stroke that has gone on since."""
        return old.ground.gives_as(new.ground) and old.entries[:-1] == new.entries[:-1]

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
                self._coverage_bytes += _whole_pages(found.nbytes) - _whole_pages(gone.nbytes)
            while self._coverage_bytes > self._most_coverage and len(self._covered) > 1:
                _, (_, oldest) = self._covered.popitem(last=False)
                self._coverage_bytes -= _whole_pages(oldest.nbytes)
        return found
