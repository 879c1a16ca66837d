"""Undo and redo as data: a list of named states. States share what they have in common, so a step costs its change."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from workbench.document.state import State
from workbench.masks.edits.edits import held_arrays
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
        What its edits and marks hold that those of the step before did not; factors of runs are told by `runs`.
    runs : frozenset of int
        The runs that it uses and the step before did not.
    """

    name: str
    state: State
    merge: str | None = None
    edit_bytes: int = 0
    runs: frozenset[int] = frozenset()


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
        self._steps = [Step("", state)]
        self._present = 0
        self._sealed = True
        self._run_bytes, self._most_bytes, self._of_run = run_bytes, most_bytes, of_run

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
        return self._steps[0].state.runs.union(*(step.runs for step in self._steps[1:]))

    @property
    def present(self) -> int:
        """Which of the steps is the present one."""
        return self._present

    @property
    def nbytes(self) -> int:
        """What the steps hold beside the oldest state."""
        return sum(self.cost(step) for step in self._steps[1:])

    def cost(self, step: Step) -> int:
        """Bytes that a step added."""
        # The factors of a run grow after its step was made.
        return step.edit_bytes + sum(self._run_bytes(run) for run in step.runs)

    @property
    def undo_name(self) -> str:
        """Name of the act that undo takes back; empty where there is none."""
        return self._steps[self._present].name if self._present else ""

    @property
    def redo_name(self) -> str:
        """Name of the act that redo does again; empty where there is none."""
        return self._steps[self._present + 1].name if self._present + 1 < len(self._steps) else ""

    def record(self, name: str, state: State, merge: str | None = None) -> None:
        """Make `state` the present, as a new step or into the last one."""
        del self._steps[self._present + 1 :]
        last = self._steps[-1]
        if merge is not None and merge == last.merge and not self._sealed and self._present:
            before = self._steps[-2].state
            self._steps[-1] = self._made(name, before, state, merge)
        else:
            self._steps.append(self._made(name, last.state, state, merge))
            self._present += 1
        self._sealed = merge is None
        while self._present > 1 and self.nbytes > self._most_bytes:
            del self._steps[0]
            self._present -= 1

    def restore(self, steps: Sequence[tuple[str, State]], present: int) -> None:
        """Steps as a project file held them, in place of all."""
        self._steps = [Step(*steps[0])]
        for (_, before), (name, state) in itertools.pairwise(steps):
            self._steps.append(self._made(name, before, state, None))
        self._present = present

    def _made(self, name: str, before: State, after: State, merge: str | None) -> Step:
        """A step with what it holds and the one before did not."""
        edits = [stack.edits for stack in after.stacks]
        known = {id(stack.edits) for stack in before.stacks}
        fresh = [each for each in edits if id(each) not in known]
        old = held_arrays([edit for stack in before.stacks for edit in stack.edits]) if fresh else {}
        new = held_arrays([edit for each in fresh for edit in each])
        added = sum(nbytes for key, (thing, nbytes) in new.items() if key not in old and not self._of_run(thing))
        return Step(name, after, merge, added + _marked(before, after), frozenset(after.runs - before.runs))

    def amend(self, state: State) -> None:
        """Another present state in the same step: what is looked at, not what was done."""
        self._steps[self._present] = replace(self._steps[self._present], state=state)

    def seal(self) -> None:
        """Let the next act be a step of its own."""
        self._sealed = True

    def withdraw(self) -> bool:
        """Take the last step back for good, where it is the present one; answers whether it was."""
        self._sealed = True
        if not self._present or self._present != len(self._steps) - 1:
            return False
        self._present -= 1
        del self._steps[self._present + 1 :]
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
