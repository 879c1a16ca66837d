"""What is remembered of blocks, and the order in which it was asked for."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import islice

from workbench.masks.evaluation.aside import Place
from workbench.masks.evaluation.lattice import Block
from workbench.masks.evaluation.pages import whole_pages
from workbench.masks.evaluation.touches import Entries
from workbench.masks.model.bundles import Bundle, Bundled
from workbench.masks.model.ground import Ground

RECORD_BYTES = 400
"""What a record takes beside its arrays."""
ENTRY_BYTES = 8
"""And for each edit that it names."""
SHELVED_BYTES = 2400
"""And for where its masks are, once they were put aside."""
OF_A_BLOCK = 2
"""Records that are put aside."""
AT_ONCE = 20
"""Of those over past grounds so many are forgotten at once."""
MOST_GROUNDS = 3
"""Of which masks are put aside: each holds a model, and a factorisation makes ten a second."""


@dataclass(frozen=True, eq=False)
class Put:
    """Masks that were put aside."""

    bundles: tuple[Bundle, ...]
    place: Place


@dataclass(eq=False)
class Record:
    """Masks of a block after the edits that touch it.

    Attributes
    ----------
    held : Bundled, Put or None
        None where no edit touches the block.
    seen : bool
        Whether it is of a picture, and not of every bin.
    put : Put or None
        Where the masks were put aside, also once they are in memory again.
    leaving : bool
        They are being written there.
    gone : bool
        It is forgotten.
    """

    ground: Ground
    entries: Entries
    block: Block
    held: Bundled | Put | None
    seen: bool
    put: Put | None = None
    leaving: bool = False
    gone: bool = False
    nbytes: int = field(init=False)
    """Bytes while it is in memory."""

    def __post_init__(self) -> None:
        self.nbytes = self.noted + (whole_pages(self.held.nbytes) if isinstance(self.held, Bundled) else 0)

    def leads_to(self, other: Record) -> bool:
        """Whether the other goes on from this one."""
        return other.entries[: len(self.entries)] == self.entries

    @property
    def noted(self) -> int:
        """Bytes without its masks."""
        return RECORD_BYTES + ENTRY_BYTES * len(self.entries)


class Kept:
    """Records in memory as they were asked for, the last one last; those that were overtaken apart."""

    def __init__(self) -> None:
        self._present: OrderedDict[Record, None] = OrderedDict()
        self._overtaken: OrderedDict[Record, None] = OrderedDict()
        self.nbytes = 0

    def __contains__(self, record: Record) -> bool:
        return record in self._present or record in self._overtaken

    def add(self, record: Record, overtaken: bool = False) -> None:
        """It is in memory."""
        (self._overtaken if overtaken else self._present)[record] = None
        self.nbytes += record.nbytes

    def touch(self, record: Record, in_passing: bool) -> None:
        """It was asked for, maybe only because others look back to it: what overtook it then stays what is present."""
        if in_passing and record in self._overtaken:
            self._overtaken.move_to_end(record)
            return
        self._overtaken.pop(record, None)
        self._present[record] = None
        self._present.move_to_end(record)

    def overtake(self, record: Record) -> None:
        """More edits of its block are remembered: only whoever takes them back asks for it again."""
        if record in self._present:
            del self._present[record]
            self._overtaken[record] = None

    def is_present(self, record: Record) -> bool:
        """Whether nothing overtook it."""
        return record in self._present

    def drop(self, record: Record) -> None:
        """It is no longer in memory."""
        (self._present if record in self._present else self._overtaken).pop(record)
        self.nbytes -= record.nbytes

    def overtaken(self) -> Record | None:
        """The oldest of those that were."""
        return next(iter(self._overtaken), None)

    def oldest(self, but: Record) -> Record | None:
        """The one that is missed least."""
        return self.overtaken() or next((each for each in self._present if each is not but), None)


class Shelf:
    """Records whose masks were put aside, or are about to be. The one that was asked for last is last."""

    def __init__(self) -> None:
        self._records: OrderedDict[Record, None] = OrderedDict()
        self._of_block: dict[Block, list[Record]] = {}
        # Of each ground that was asked for; the last one last.
        self._over: list[tuple[Ground, dict[Record, None]]] = []
        self._past: dict[Record, None] = {}
        self.nbytes = 0

    def __contains__(self, record: Record) -> bool:
        return record in self._records

    def __len__(self) -> int:
        return len(self._records)

    def ask(self, ground: Ground) -> None:
        """Masks over a ground are asked for: those of grounds that were not for longest are past, and go."""
        if self._over and ground is self._over[-1][0]:
            return
        mine = self._of_ground(ground)
        self._over = [each for each in self._over if each[1] is not mine] + [(ground, {} if mine is None else mine)]
        if len(self._over) > MOST_GROUNDS:
            self._past.update(self._over.pop(0)[1])

    def asked(self, ground: Ground) -> bool:
        """Whether it is one of the last that were asked for."""
        return self._of_ground(ground) is not None

    def _of_ground(self, ground: Ground) -> dict[Record, None] | None:
        return next((held for each, held in self._over if each.gives_as(ground)), None)

    def some_past(self) -> list[Record]:
        """A few of those whose ground is past."""
        return list(islice(self._past, AT_ONCE))

    def add(self, record: Record) -> None:
        """Its masks, over a ground that was asked for, are not in memory for long."""
        self._records[record] = None
        self._of_block.setdefault(record.block, []).append(record)
        mine = self._of_ground(record.ground)
        (self._past if mine is None else mine)[record] = None
        self.nbytes += record.noted + SHELVED_BYTES

    def drop(self, record: Record) -> None:
        """It is in memory, or forgotten."""
        del self._records[record]
        same = self._of_block[record.block]
        same.remove(record)
        if not same:
            del self._of_block[record.block]
        for held in (self._past, *(held for _, held in self._over)):
            held.pop(record, None)
        self.nbytes -= record.noted + SHELVED_BYTES

    def in_the_way(self, block: Block) -> list[Record]:
        """Those of a block that have to go before one more can be added: the ones that were asked for first."""
        same = self._of_block.get(block, [])
        return same[: max(0, 1 + len(same) - OF_A_BLOCK)]

    def oldest(self) -> Record | None:
        """Of those that were put aside by now."""
        return next((each for each in self._records if isinstance(each.held, Put)), None)
