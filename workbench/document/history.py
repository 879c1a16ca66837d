"""Undo and redo as data: a list of named states. States share what they have in common, so a step costs its change."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.document.state import State


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
    """

    name: str
    state: State
    merge: str | None = None


class History:
    """A line of states with a present. `undo` and `redo` never raise; at the ends they change nothing."""

    def __init__(self, state: State) -> None:
        self._steps = [Step("", state)]
        self._present = 0
        self._sealed = True

    @property
    def state(self) -> State:
        """The present state."""
        return self._steps[self._present].state

    @property
    def states(self) -> list[State]:
        """All that undo and redo can bring back, and the present one."""
        return [step.state for step in self._steps]

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
            self._steps[-1] = Step(name, state, merge)
        else:
            self._steps.append(Step(name, state, merge))
            self._present += 1
        self._sealed = merge is None

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
        self._sealed = True
        self._present = max(0, self._present - 1)

    def redo(self) -> None:
        """One step forward."""
        self._sealed = True
        self._present = min(len(self._steps) - 1, self._present + 1)
