"""Who goes first when several threads want the interpreter: the window, before work in the background."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 0.1
"""Seconds; so that work goes on, slowly, under a hand that never rests."""


class Precedence:
    """Lets work in the background stand still while the window handles events.

    Only one thread at a time runs Python, and each that wants to gets its turn: beside three that compute all the
    time, whatever takes the window 20 ms of its own takes 80. Those that step back wait for it, at places between
    which they are not long.

    Parameters
    ----------
    patience : float
        Seconds that one of them waits at most.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._free = threading.Event()
        self._free.set()
        self._mine = threading.local()

    @property
    def claimed(self) -> bool:
        """Whether the window handles events."""
        return not self._free.is_set()

    def claim(self) -> None:
        """The window begins to handle events."""
        self._free.clear()

    def release(self) -> None:
        """It has nothing more to do for now."""
        self._free.set()

    @contextmanager
    def stepping_back(self) -> Iterator[None]:
        """What this thread does meanwhile can wait."""
        self._mine.back = True
        try:
            yield
        finally:
            self._mine.back = False

    def give_way(self) -> None:
        """Wait until the window has nothing to do, in a thread that steps back; in others do nothing."""
        if getattr(self._mine, "back", False):
            self._free.wait(self._patience)
