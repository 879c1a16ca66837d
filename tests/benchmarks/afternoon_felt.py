"""What is felt of a window at work: from motions to paints, how long it is away, and what strokes became."""

from __future__ import annotations

import re
import time
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

from tests.acting import region_masks
from tests.benchmarks.afternoon_held import LONGEST, Watcher

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

    from workbench.app import Workbench
    from workbench.document.state import State
    from workbench.masks.model.grid import Region

CLOCK = 1 << 32
"""Milliseconds after which the times of X begin at 0 again."""
HANDS_ON = re.compile("^guard| in (event|eventFilter)$")
"""Calls that every event comes by."""
CALLED_FROM = re.compile("(?:^| < )afternoon_")
LOOK_AT = 25
"""Of so many strokes one is looked at afterwards."""


class Felt(QObject):
    """Notes when motions with a button down were handled, and when the spectrogram was painted."""

    PAINTED = QEvent.Type(QEvent.registerEventType())

    def __init__(self, program: Workbench) -> None:
        super().__init__()
        self._image = program.window.panes.image
        self._stamps, self._handled = array("d"), array("d")
        self._paints, self._whole = array("d"), array("d")
        self._view = program.window.panes.spectrogram
        self._view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a motion, and that a painting begins; a posted event tells when the thread is back from it."""
        kind = event.type()
        if kind == QEvent.Type.Paint:
            QCoreApplication.postEvent(self, QEvent(self.PAINTED), Qt.EventPriority.HighEventPriority.value)
        elif kind == QEvent.Type.MouseMove and cast("QMouseEvent", event).buttons():
            now = time.perf_counter()
            # The server's clock is this one, in whole milliseconds.
            age = (1000 * now - cast("QMouseEvent", event).timestamp() + 1000) % CLOCK - 1000
            self._stamps.append(now - age / 1000)
            self._handled.append(now)
        return False

    def event(self, event: QEvent) -> bool:
        """The thread is back from a painting."""
        if event.type() != self.PAINTED:
            return super().event(event)
        now = time.perf_counter()
        self._paints.append(now)
        if self._image.fresh:
            self._whole.append(now)
        return True

    def latencies(self, sent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Seconds from the sending of each motion to its paint, and to a whole picture after it; inf for never."""
        stamps, handled = np.array(self._stamps), np.array(self._handled)
        # The first that was handled of those which the server had not before this one.
        which = np.searchsorted(stamps, sent - 0.002)
        known = which < len(stamps)
        sent, handled = sent[known], handled[which[known]]
        out = []
        for paints in (np.array(self._paints), np.array(self._whole)):
            place = np.searchsorted(paints, handled)
            out.append(np.append(paints, np.inf)[place] - sent)
        return out[0], out[1]


@dataclass(frozen=True)
class Away:
    """A turn of the loop that took longer than it may."""

    begin: float
    seconds: float
    what: str
    where: str

    @property
    def entry(self) -> str:
        """The first call of the program's own that was under way, after those that only hand on."""
        return next(
            (call for call in reversed(self.where.split(" < ")) if call and not HANDS_ON.search(call)), "unknown"
        )


class Turns(Watcher):
    """Keeps every turn that took longer than it may, with where the thread then was."""

    PATIENCE = 0.8 * LONGEST
    DEPTH = 24

    def __init__(self, program: Workbench) -> None:
        super().__init__(program)
        self.long: list[Away] = []
        self.longest_short = 0.0

    @contextmanager
    def watched(self, what: str) -> Iterator[None]:
        """One event, or one turn of those that wait."""
        self.where.pop(what, None)
        begin = time.perf_counter()
        with super().watched(what):
            yield
        took = time.perf_counter() - begin
        if took > LONGEST:
            # What the program was called from says nothing of it.
            self.long.append(Away(begin, took, what, CALLED_FROM.split(self.where.pop(what, ""))[0]))
        else:
            self.longest_short = max(took, self.longest_short)


class Kept(QObject):
    """Counts the strokes that became steps of the history, and keeps what some of them did."""

    def __init__(self, program: Workbench) -> None:
        super().__init__()
        self._program, self._document = program, program.desk.document
        self._last = self._document.recorded_state
        self._seen = deque([self._last], maxlen=16)
        self._samples: list[tuple[State, State, Region]] = []
        self.names: Counter[str] = Counter()
        self.painted: set[str] = set()
        self.made = 0
        self._seconds: list[float] = []
        self._document.history_changed.connect(self._look)

    def _look(self) -> None:
        before, state = self._last, self._document.recorded_state
        self._last = state
        if any(state is each for each in self._seen):
            # Undone, redone, or nothing that was recorded.
            return
        self._seen.append(state)
        verb = (self._document.undo_name or "").split(" ")[0]
        self.names[verb] += 1
        if verb not in ("Paint", "Erase", "Take"):
            return
        self.made += 1
        self.painted.add(self._document.undo_name or "")
        plane, point = self._program.desk.plane, self._program.desk.pointer.point
        if point is None:
            return
        self._seconds.append(plane.second_at(point.x()))
        if self.made % LOOK_AT == 1:
            self._samples.append((before, state, plane.region_near(point, 6.0)))

    def most_within(self, seconds: float) -> int:
        """How many ended in the same so many seconds of the song."""
        ends = np.sort(self._seconds)
        return int((np.searchsorted(ends, ends + seconds) - np.arange(len(ends))).max(initial=0))

    @property
    def looked_at(self) -> int:
        """How many strokes are looked at."""
        return len(self._samples)

    def changed(self) -> int:
        """How many of these changed the masks where they ended."""
        count = 0
        for before, after, region in self._samples:
            one, other = self._document.stack_of(before), self._document.stack_of(after)
            assert one is not None and other is not None
            count += not np.array_equal(region_masks(one, region), region_masks(other, region))
        return count
