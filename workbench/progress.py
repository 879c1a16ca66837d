"""The one way to report how far work is, and to stop it."""

from __future__ import annotations

from collections.abc import Callable


class Cancelled(Exception):
    """The user stopped the work."""


Progress = Callable[[float], None]
"""Called with the share done, 0 … 1 (negative: not known). It raises Cancelled where the user asked to stop; the work
lets that pass, so that what it returns is always whole."""


def silent(share: float) -> None:
    """Nobody asks, nobody stops."""


def part(progress: Progress, start: float, stop: float) -> Progress:
    """Progress of a part of the work, which is the whole's from `start` to `stop`."""
    return lambda share: progress(share if share < 0 else start + (stop - start) * share)
