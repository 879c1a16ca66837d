"""Runs long work in threads. Results come back by queued signals, in the thread that started the job."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from workbench.errors import UserError
from workbench.progress import Cancelled

NICENESS = 10
"""Of the threads that do long work. With all processors busy, PortAudio's thread else came too late now and then."""


class Job(QObject):
    """One piece of work under way.

    `work(job)` runs in a thread of its own. It calls `job.report(share)`, which answers whether to go on,
    and may call `job.publish(result)` on the way; what it returns arrives by `done`.
    """

    progressed = Signal(float)
    """Share done, 0 … 1; negative where it is not known."""
    published = Signal(object)
    """A result on the way."""
    done = Signal(object)
    """The result."""
    failed = Signal(str)
    """One sentence for the user: the work met bad input (UserError or OSError)."""
    ended = Signal()
    """It is over, however it ended; after `done` or `failed`."""

    def __init__(self, name: str, work: Callable[[Job], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._work = work
        self._cancelled = threading.Event()
        self._share = 0.0
        self._started = monotonic()
        self._reported = 0.0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    # -- called by the work --------------------------------------------------------------------------

    def report(self, share: float) -> bool:
        """Tell the share done (negative: unknown); answers whether to go on."""
        self._share = share
        now = monotonic()
        if now - self._reported > 0.04 or share >= 1:
            self._reported = now
            self.progressed.emit(share)
        return not self._cancelled.is_set()

    def publish(self, result: object) -> None:
        """Hand over a result on the way."""
        self.published.emit(result)

    @property
    def cancelled(self) -> bool:
        """Whether the user asked to stop."""
        return self._cancelled.is_set()

    # -- called by the window ------------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; answers whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return monotonic() - self._started

    @property
    def seconds_left(self) -> float | None:
        """Estimate from the share done; None where it cannot be known yet."""
        if self._share <= 0.01 or self.elapsed < 0.3:
            return None
        return self.elapsed * (1 - self._share) / self._share

    def _run(self) -> None:
        _step_back()
        try:
            result = self._work(self)
        except Cancelled:
            pass
        except (UserError, OSError) as error:
            self.failed.emit(str(error))
        except Exception as error:  # noqa: BLE001 - a defect of ours must reach the report dialog, from any thread
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            self.done.emit(result)
        self.ended.emit()


def _step_back() -> None:
    """Let window and sound go before this thread, and before those that it starts, where the system can do so."""
    if sys.platform.startswith("linux"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class Runner(QObject):
    """Starts jobs and keeps them until they end."""

    started = Signal(object)
    """A Job has begun."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs: list[Job] = []

    def run(
        self,
        name: str,
        work: Callable[[Job], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str], None] | None = None,
        published: Callable[[Any], None] | None = None,
        ended: Callable[[], None] | None = None,
    ) -> Job:
        """Start a job; the callables are called in this object's thread."""
        job = Job(name, work, self)
        queued = Qt.ConnectionType.QueuedConnection
        if published is not None:
            job.published.connect(published, queued)
        if done is not None:
            job.done.connect(done, queued)
        if failed is not None:
            job.failed.connect(failed, queued)
        if ended is not None:
            job.ended.connect(ended, queued)
        job.ended.connect(lambda: self._forget(job), queued)
        self.jobs.append(job)
        self.started.emit(job)
        job.start()
        return job

    def cancel_all(self, seconds: float = 5.0) -> None:
        """Cancel all jobs and wait for them."""
        for job in list(self.jobs):
            job.cancel()
        deadline = monotonic() + seconds
        for job in list(self.jobs):
            job.wait(max(0.0, deadline - monotonic()))

    def _forget(self, job: Job) -> None:
        if job in self.jobs:
            self.jobs.remove(job)
        # Its thread may still be inside the emission of `ended`: the object must outlive that.
        job.wait(5)
        job.deleteLater()
