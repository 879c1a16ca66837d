"""Signals that end a command: when they count."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENDS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that end a command, where the system has them."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nobody ends the command in these moments: Ctrl+C and its kind count afterwards.

    A library that calls back into Python would swallow what a handler raises there, and take it for the end of a file.
    Signals come to the main thread alone; in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = [getattr(signal, each) for each in ENDS if hasattr(signal, each)]
    asked: list[int] = []
    before = {kind: signal.signal(kind, lambda number, _: asked.append(number)) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
        for number in asked:
            signal.raise_signal(number)
