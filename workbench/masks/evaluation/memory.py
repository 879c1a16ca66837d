"""What edits make of the blocks of the plane, remembered as it was evaluated, within a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from workbench.masks.edits.edits import Edit, common
from workbench.masks.evaluation.aside import Aside, Place
from workbench.masks.evaluation.covered import MOST_COVERAGE, Coverage
from workbench.masks.evaluation.lattice import Block, Lattice, whole
from workbench.masks.evaluation.pages import empty_pages, lasting
from workbench.masks.evaluation.records import OF_A_BLOCK, Kept, Put, Record, Shelf
from workbench.masks.evaluation.touches import Entries, Touching, alike
from workbench.masks.model.bundles import Bundled
from workbench.masks.model.ground import Ground
from workbench.precedence import Precedence

MOST_BYTES = 96 * 2**20
"""Of masks in memory."""
MOST_ASIDE = 2 * 2**30
"""Of masks on the disk, for a memory that is to last."""
NOTED = 1 / 3
"""The share of it that what is known of those on the disk may have at most."""
MOST_LEAVING = 16 * 2**20
"""Of masks on their way there; what comes in the meantime is forgotten."""
PICTURES = 3 / 8
"""The share of it that pictures may have of what sound asks for, and no more: one that shows all of a recording through
filters takes more than there is."""


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


class Memory:
    """Remembers for every reader of a document. Any thread may ask.

    Nothing need be told for it to be right when something changes: what was remembered is compared with what is asked
    for, and counts as far as the edits that touch the block are the same ones over the same ground. Only of what was
    tried out it is told (`follow`), so that it holds nothing of it.

    That for which there is no room is put aside on the disk, by a thread that nobody waits for, and fetched again.
    """

    def __init__(
        self,
        most_bytes: int = MOST_BYTES,
        most_coverage: int = MOST_COVERAGE,
        precedence: Precedence | None = None,
        most_aside: int = 0,
    ) -> None:
        self._precedence = precedence or Precedence()
        self.most_bytes = most_bytes
        self.coverage = Coverage(most_coverage)
        self._lock = Lock()
        self._heard, self._seen, self._shelf = Kept(), Kept(), Shelf()
        self._aside = Aside(most_aside)
        self._leaving = 0
        self._twice: OrderedDict[Record, None] = OrderedDict()
        """Records in memory whose masks are on the disk as well."""
        # By how many edits they are of: what is looked for is mostly the one of as many, or of one less.
        self._of_block: dict[Block, dict[int, tuple[Record, ...]]] = {}
        self._touching = Touching()
        self._whole: Lattice | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that are held."""
        return self._heard.nbytes + self._seen.nbytes + self._shelf.nbytes + self._leaving + self.coverage.nbytes

    def whole(self, bins: int, frames: int) -> Lattice:
        """Every bin and frame of a plane; always the same lattice."""
        with self._lock:
            if self._whole is None or (len(self._whole.rows), len(self._whole.columns)) != (bins, frames):
                self._whole = whole(bins, frames)
            return self._whole

    def before(self, edits: tuple[Edit, ...], edit: int) -> tuple[Edit, ...]:
        """The edits before one of them; always the same tuple."""
        return self._touching.plan(edits).before(edit)

    def known(self, ground: Ground, edits: tuple[Edit, ...], block: Block, in_passing: bool = False) -> Known:
        """What is known of a block, maybe only `in_passing`: because the last edit looks at what was before it.

        Work in the background waits here for the window. The window's thread waits for nobody: it must not stand
        still because one that stepped back for it was interrupted.
        """
        self._precedence.give_way()
        touches = self._touching.of(edits, block)
        while (best := self._best(ground, touches.entries, block)) is not None:
            fetched = self._fetched(best, in_passing)
            if fetched is not None:
                return Known(fetched[0], list(touches.places[len(best.entries) :]))
        return Known(None, list(touches.places), fresh=True)

    def left(self, ground: Ground, edits: tuple[Edit, ...], block: Block) -> list[int]:
        """The same, but only which edits remain to be laid."""
        touches = self._touching.of(edits, block)
        best = self._best(ground, touches.entries, block)
        return list(touches.places[0 if best is None else len(best.entries) :])

    def _fetched(self, record: Record, in_passing: bool) -> tuple[Bundled | None] | None:
        """The masks of a record, which is in memory from now on; None if it was forgotten in the meantime."""
        with self._lock:
            self._shelf.ask(record.ground)
            held = record.held
            if not isinstance(held, Put):
                if record in self._kept(record):
                    self._kept(record).touch(record, in_passing)
                elif record in self._shelf:
                    self._bring_back(record, in_passing)
                return (held,)
        planes = empty_pages(held.place.shape)
        read = self._aside.read(held.place, planes)
        with self._lock:
            if record.held is not held or record.gone:
                # Its place may have been another's while it was read.
                return None
            if not read:
                self._forget(record)
                return None
            record.held = found = Bundled(held.bundles, planes)
            self._twice[record] = None
            self._bring_back(record, in_passing)
            return (found,)

    def _bring_back(self, record: Record, in_passing: bool) -> None:
        self._shelf.drop(record)
        self._kept(record).add(record, in_passing and self._later(record) > 0)
        self._make_room(record)

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
            self._shelf.ask(ground)
            by_count, count = self._of_block.setdefault(block, {}), len(fresh.entries)
            for old in by_count.get(count, ()):
                if self._outdated(old, fresh):
                    self._forget(old)
            by_count = self._of_block.setdefault(block, {})
            by_count[count] = (*by_count.get(count, ()), fresh)
            self._kept(fresh).add(fresh)
            for old in [each for less, same in by_count.items() if less < count for each in same]:
                self._kept(old).overtake(old)
            self._make_room(fresh)

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
                if not record.gone:
                    self._forget(record)

    def _least_missed(self, but: Record) -> Record | None:
        if self._seen.nbytes > PICTURES * self.most_bytes:
            return self._seen.oldest(but) or self._heard.oldest(but)
        overtaken = self._heard.overtaken() or self._seen.overtaken()
        return overtaken or self._heard.oldest(but) or self._seen.oldest(but)

    def _make_room(self, but: Record) -> None:
        for past in self._shelf.some_past():
            self._forget(past)
        while self._heard.nbytes + self._seen.nbytes + self._shelf.nbytes > self.most_bytes:
            oldest = self._least_missed(but)
            if oldest is None:
                break
            if not self._put_aside(oldest):
                self._forget(oldest)

    def _put_aside(self, record: Record) -> bool:
        """Let the masks of a record go to the disk; False where they are not asked for again, or there is no room."""
        if not isinstance(record.held, Bundled) or not self._shelf.asked(record.ground):
            return False
        if not self._kept(record).is_present(record) and self._later(record) >= OF_A_BLOCK:
            # Even undo finds another, which goes on from this one.
            return False
        if record.put is None and not record.leaving and not self._send(record, record.held):
            return False
        for each in self._shelf.in_the_way(record.block):
            self._forget(each)
        self._kept(record).drop(record)
        self._twice.pop(record, None)
        self._shelf.add(record)
        record.held = record.put or record.held
        while self._shelf.nbytes > NOTED * self.most_bytes and (oldest := self._shelf.oldest()) is not None:
            self._forget(oldest)
        return True

    def _later(self, record: Record) -> int:
        """How many records of a block go on from one of them."""
        count = len(record.entries)
        return sum(len(each.entries) > count and record.leads_to(each) for each in self.records(record.block))

    def _send(self, record: Record, held: Bundled) -> bool:
        """Have masks written, if there is room for them."""
        shape = held.planes.shape
        if self._leaving > MOST_LEAVING or not self._aside.holds(shape):
            return False
        while (place := self._aside.reserve(shape)) is None:
            if self._twice:
                self._let_go_of_place(next(iter(self._twice)))
            elif (oldest := self._shelf.oldest()) is not None:
                self._forget(oldest)
            else:
                return False
        if not self._aside.write(place, held.planes, lambda written: self._sent_off(record, held, place, written)):
            self._aside.release(place)
            return False
        self._leaving += held.nbytes
        record.leaving = True
        return True

    def _sent_off(self, record: Record, held: Bundled, place: Place, written: bool) -> None:
        with self._lock:
            self._leaving -= held.nbytes
            record.leaving = False
            if not written or record.gone:
                self._aside.release(place)
                if record in self._shelf:
                    self._forget(record)
                return
            record.put = Put(held.bundles, place)
            if record in self._shelf:
                record.held = record.put
            else:
                self._twice[record] = None

    def _let_go_of_place(self, record: Record) -> None:
        self._twice.pop(record, None)
        if record.put is not None:
            self._aside.release(record.put.place)
            record.put = None

    def _forget(self, record: Record) -> None:
        record.gone = True
        (self._shelf if record in self._shelf else self._kept(record)).drop(record)
        self._let_go_of_place(record)
        by_count, count = self._of_block[record.block], len(record.entries)
        by_count[count] = tuple(each for each in by_count[count] if each is not record)
        if not by_count[count]:
            del by_count[count]
        if not by_count:
            del self._of_block[record.block]

    def _kept(self, record: Record) -> Kept:
        return self._seen if record.seen else self._heard

    @staticmethod
    def _outdated(old: Record, new: Record) -> bool:
        """Whether a record is of what the last of as many edits was a moment ago: a stroke that has gone on since."""
        return old.ground.gives_as(new.ground) and old.entries[:-1] == new.entries[:-1]
