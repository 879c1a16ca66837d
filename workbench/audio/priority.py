"""Being served before other programs, where the system grants it to the threads that the sound depends on.

Only Linux has to be asked; elsewhere the device's threads are of real time by themselves. What is refused is never an
error: the ring is deep enough for a machine that lets its feeder wait.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

NICE = -11
"""As PulseAudio asks for itself. A thread that renders is not of real time, or it could keep a core from all others."""


class Priority(StrEnum):
    """How the system serves the device's threads."""

    REAL_TIME = "real time"
    """Before all that is not of real time."""
    RAISED = "raised"
    """With a larger share than others."""
    ORDINARY = "ordinary"
    """Like any other."""
    OWN = "own"
    """As the system does by itself."""


def raise_this_thread() -> None:
    """Ask for a larger share of the processor for this thread, and for those that it starts."""
    if sys.platform != "linux":
        return
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    except PermissionError:
        # Many systems grant it to their administrator alone; then it is served like any other.
        return


@contextmanager
def real_time_threads() -> Iterator[Priority]:
    """Let the threads that this one starts meanwhile be of real time; yields what the system grants.

    They inherit it: PortAudio's own, and that of a sound server's library, which PortAudio could not ask for.
    """
    if sys.platform != "linux":
        yield Priority.OWN
        return
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(os.sched_get_priority_min(os.SCHED_FIFO)))
    except PermissionError:
        # Granted to members of some group, or to the administrator alone.
        raised = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 0
        yield Priority.RAISED if raised else Priority.ORDINARY
        return
    try:
        yield Priority.REAL_TIME
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
