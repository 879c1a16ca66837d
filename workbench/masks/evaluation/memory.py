"""What edits make of the blocks of the plane, remembered as it was evaluated, within a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from workbench.masks.edits.edits import Edit, common
from workbench.masks.evaluation.covered import MOST_COVERAGE, Coverage
from workbench.masks.evaluation.lattice import Block, Lattice, whole
from workbench.masks.evaluation.pages import lasting, whole_pages
from workbench.masks.evaluation.touches import Entries, Touching, alike
from workbench.masks.model.bundles import Bundled
from workbench.masks.model.ground import Ground
from workbench.precedence import Precedence

MOST_BYTES = 128 * 2**20
"""Of masks."""
PICTURES = 3 / 8
"""The share of it that pictures may have of what sound asks for, and no more: one that shows all of a recording through
filters takes more than there is."""
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
    seen: bool
    """Whether it is of a picture, and not of every bin."""

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        held = 0 if self.held is None else whole_pages(self.held.nbytes)
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


class _Kept:
    """Records in the order in which they were asked for, the last one last; those that were overtaken apart."""

    def __init__(self) -> None:
        self._present: OrderedDict[Record, None] = OrderedDict()
        self._overtaken: OrderedDict[Record, None] = OrderedDict()
        self.nbytes = 0

    def __contains__(self, record: Record) -> bool:
        return record in self._present or record in self._overtaken

    def add(self, record: Record) -> None:
        self._present[record] = None
        self.nbytes += record.nbytes

    def touch(self, record: Record) -> None:
        """It was asked for."""
        self._overtaken.pop(record, None)
        self._present[record] = None
        self._present.move_to_end(record)

    def overtake(self, record: Record) -> None:
        """More edits of its block are remembered: only whoever takes them back asks for it again."""
        if record in self._present:
            del self._present[record]
            self._overtaken[record] = None

    def drop(self, record: Record) -> None:
        (self._present if record in self._present else self._overtaken).pop(record)
        self.nbytes -= record.nbytes

    def overtaken(self) -> Record | None:
        """The oldest of those that were."""
        return next(iter(self._overtaken), None)

    def oldest(self, but: Record) -> Record | None:
        """The one that is missed least."""
        return self.overtaken() or next((each for each in self._present if each is not but), None)


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
        self.most_bytes = most_bytes
        self.coverage = Coverage(most_coverage)
        self._lock = Lock()
        self._heard, self._seen = _Kept(), _Kept()
        # By how many edits they are of: what is looked for is mostly the one of as many, or of one less.
        self._of_block: dict[Block, dict[int, tuple[Record, ...]]] = {}
        self._touching = Touching()
        self._whole: Lattice | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that are held."""
        return self._heard.nbytes + self._seen.nbytes + self.coverage.nbytes

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
            if best in self._kept(best):
                self._kept(best).touch(best)
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
        entries = self._touching.of(edits, block).entries
        fresh = Record(ground, entries, block, held, block.lattice is not self._whole)
        with self._lock:
            by_count, count = self._of_block.setdefault(block, {}), len(fresh.entries)
            for old in by_count.get(count, ()):
                if self._outdated(old, fresh):
                    self._forget(old)
            by_count = self._of_block.setdefault(block, {})
            by_count[count] = (*by_count.get(count, ()), fresh)
            self._kept(fresh).add(fresh)
            for old in [each for less, same in by_count.items() if less < count for each in same]:
                self._kept(old).overtake(old)
            while self._heard.nbytes + self._seen.nbytes > self.most_bytes:
                oldest = self._least_missed(fresh)
                if oldest is None:
                    break
                self._forget(oldest)

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
                if record in self._kept(record):
                    self._forget(record)

    def _least_missed(self, but: Record) -> Record | None:
        if self._seen.nbytes > PICTURES * self.most_bytes:
            return self._seen.oldest(but) or self._heard.oldest(but)
        overtaken = self._heard.overtaken() or self._seen.overtaken()
        return overtaken or self._heard.oldest(but) or self._seen.oldest(but)

    def _forget(self, record: Record) -> None:
        self._kept(record).drop(record)
        by_count, count = self._of_block[record.block], len(record.entries)
        by_count[count] = tuple(each for each in by_count[count] if each is not record)
        if not by_count[count]:
            del by_count[count]
        if not by_count:
            del self._of_block[record.block]

    def _kept(self, record: Record) -> _Kept:
        return self._seen if record.seen else self._heard

    @staticmethod
    def _outdated(old: Record, new: Record) -> bool:
        """Whether a record is of what the last of as many edits was a moment ago: a stroke that has gone on since."""
        return old.ground.gives_as(new.ground) and old.entries[:-1] == new.entries[:-1]
