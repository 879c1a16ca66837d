"""Undo and redo as data: a list of named states. States share what they have in common, so a step costs its change."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from workbench.document.state import State
from workbench.masks.edits.edits import added_arrays, held_arrays
from workbench.masks.edits.effects import Held
from workbench.masks.hand.marks import Mark

MOST_BYTES = 512 * 2**20
"""What steps may hold beside the oldest state."""


@dataclass(frozen=True, eq=False)
class Step:
    """An act that was done.

    Attributes
    ----------
    name : str
        For the menu and the history list.
    state : State
        The state after it.
    merge : str or None
        Acts with the same key that follow each other become one step (a slider being moved), until sealed.
    edit_bytes : int
        What its edits, marks and selections hold that those of the step before did not; factors of runs are told by
        `runs`.
    runs : frozenset of int
        The runs that it uses and the step before did not.
    """

    name: str
    state: State
    merge: str | None = None
    edit_bytes: int = 0
    runs: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class HistoryChange:
    """What of a history is other than it was.

    Attributes
    ----------
    whole : bool
        It is another history: nothing stays.
    dropped, kept : int
        So many of the oldest steps are gone, and so many of those behind them stay.
    added : tuple of Step
        Behind those.
    present : int
        Which step is the present one.
    """

    whole: bool
    dropped: int
    kept: int
    added: tuple[Step, ...]
    present: int

    def then(self, after: HistoryChange) -> HistoryChange:
        """Both changes as one."""
        if after.whole:
            return after
        if after.dropped > self.kept:
            gone = after.dropped - self.kept
            added = (*self.added[gone : gone + after.kept], *after.added)
            # All that was there is gone: whoever applies it need not know how many those were.
            return HistoryChange(True, 0, 0, added, after.present)
        kept = self.kept - after.dropped
        added = (*self.added[: max(0, after.kept - kept)], *after.added)
        return HistoryChange(self.whole, self.dropped + after.dropped, min(kept, after.kept), added, after.present)


class History:
    """A line of states with a present. `undo` and `redo` never raise; at the ends they change nothing.

    Parameters
    ----------
    state : State
    run_bytes : callable, optional
        Bytes of the factors of a run.
    most_bytes : int
        The oldest steps go while all together hold more; the last act can always be taken back.
    of_run : callable, optional
        Whether something that an edit holds is the factors of a run, which count with the run.
    """

    def __init__(
        self,
        state: State,
        run_bytes: Callable[[int], int] = lambda run: 0,
        most_bytes: int = MOST_BYTES,
        of_run: Callable[[object], bool] = lambda thing: False,
    ) -> None:
        self._run_bytes, self._most_bytes, self._of_run = run_bytes, most_bytes, of_run
        self._steps: list[Step] = []
        self._present = 0
        self._sealed = True
        self._edit_bytes, self._runs = 0, Counter[int]()
        """Of all steps but the oldest, so that no act has to look at all."""
        self._whole, self._dropped, self._same = True, 0, 0
        self._append(Step("", state))

    @property
    def state(self) -> State:
        """The present state."""
        return self._steps[self._present].state

    @property
    def steps(self) -> tuple[Step, ...]:
        """All that undo and redo can bring back, from the oldest; the first has no name."""
        return tuple(self._steps)

    @property
    def runs(self) -> set[int]:
        """Runs that some step needs."""
        return self._steps[0].state.runs.union(self._runs)

    @property
    def present(self) -> int:
        """Which of the steps is the present one."""
        return self._present

    @property
    def nbytes(self) -> int:
        """What the steps hold beside the oldest state."""
        # The factors of a run grow after its step was made.
        return self._edit_bytes + sum(self._run_bytes(run) * count for run, count in self._runs.items())

    def changes(self) -> HistoryChange:
        """What is other than when this was asked last, which is asked by one; at first all is."""
        change = HistoryChange(self._whole, self._dropped, self._same, tuple(self._steps[self._same :]), self._present)
        self._whole, self._dropped, self._same = False, 0, len(self._steps)
        return change

    @property
    def undo_name(self) -> str:
        """Name of the act that undo takes back; empty where there is none."""
        return self._steps[self._present].name if self._present else ""

    @property
    def redo_name(self) -> str:
        """Name of the act that redo does again; empty where there is none."""
        return self._steps[self._present + 1].name if self._present + 1 < len(self._steps) else ""

    def record(self, name: str, state: State, merge: str | None = None) -> None:
        """Make `state` the present, as a new step or into the last one.

        A step that comes back to the state before it goes: there would be nothing to see of taking it back.
        """
        self._cut(self._present + 1)
        last = self._steps[-1]
        if merge is not None and merge == last.merge and not self._sealed and self._present:
            before = self._steps[-2].state
            if all(getattr(before, each.name) is getattr(state, each.name) for each in fields(State)):
                self.withdraw()
                return
            self._cut(self._present)
            self._append(self._made(name, before, state, merge))
        else:
            self._append(self._made(name, last.state, state, merge))
            self._present += 1
        self._sealed = merge is None
        while self._present > 1 and self.nbytes > self._most_bytes:
            self._drop_oldest()

    def restore(self, steps: Sequence[tuple[str, State]], present: int) -> None:
        """Steps as a project file held them, in place of all."""
        self._cut(0)
        self._append(Step(*steps[0]))
        for (_, before), (name, state) in itertools.pairwise(steps):
            self._append(self._made(name, before, state, None))
        self._present = present

    # -- the list, and what is known of all of it ------------------------------------------------------

    def _append(self, step: Step) -> None:
        if self._steps:
            self._count(step, 1)
        self._steps.append(step)

    def _cut(self, first: int) -> None:
        """Let go of the steps from one on."""
        for step in self._steps[max(first, 1) :]:
            self._count(step, -1)
        del self._steps[first:]
        self._same = min(self._same, first)

    def _drop_oldest(self) -> None:
        self._count(self._steps[1], -1)
        del self._steps[0]
        self._present -= 1
        if self._same:
            self._dropped, self._same = self._dropped + 1, self._same - 1

    def _count(self, step: Step, times: int) -> None:
        self._edit_bytes += times * step.edit_bytes
        for run in step.runs:
            self._runs[run] += times
            if not self._runs[run]:
                del self._runs[run]

    def _made(self, name: str, before: State, after: State, merge: str | None) -> Step:
        """A step with what it holds and the one before did not."""
        old = {stack.id: stack.edits for stack in before.stacks}
        new: Held = {}
        for stack in after.stacks:
            new |= added_arrays(old.get(stack.id, ()), stack.edits)
        if any(stack.id not in old for stack in after.stacks):
            # A copy of another stack holds what that one does.
            known = held_arrays([edit for edits in old.values() for edit in edits])
            new = {key: each for key, each in new.items() if key not in known}
        added = sum(nbytes for thing, nbytes in new.values() if not self._of_run(thing))
        added += _marked(before, after) + _selected(before, after)
        return Step(name, after, merge, added, frozenset(after.runs - before.runs))

    def amend(self, state: State) -> None:
        """Another present state in the same step: what is looked at, not what was done."""
        self._steps[self._present] = replace(self._steps[self._present], state=state)
        self._same = min(self._same, self._present)

    def seal(self) -> None:
        """Let the next act be a step of its own."""
        self._sealed = True

    def withdraw(self) -> bool:
        """Take the last step back for good, where it is the present one; answers whether it was."""
        self._sealed = True
        if not self._present or self._present != len(self._steps) - 1:
            return False
        self._present -= 1
        self._cut(self._present + 1)
        return True

    def undo(self) -> None:
        """One step back."""
        self.go_to(self._present - 1)

    def redo(self) -> None:
        """One step forward."""
        self.go_to(self._present + 1)

    def go_to(self, step: int) -> None:
        """Make any step the present one; beyond the ends the last."""
        self._sealed = True
        self._present = min(max(step, 0), len(self._steps) - 1)


def _marked(before: State, after: State) -> int:
    """Bytes of the places that are marked in a state and were not in the one before."""
    old, new = (set[Mark]().union(*(stack.marks or () for stack in state.stacks)) for state in (before, after))
    known = {id(mark.place) for mark in old - new}
    places = {id(mark.place): mark.place for mark in new - old if id(mark.place) not in known}
    return sum(place.nbytes for place in places.values())


def _selected(before: State, after: State) -> int:
    """Bytes of the areas that are selected or remembered in a state and were not in the one before."""
    old, new = (
        {id(area): area for area in (state.area, *(each.area for each in state.remembered)) if area is not None}
        for state in (before, after)
    )
    return sum(area.nbytes for key, area in new.items() if key not in old)
