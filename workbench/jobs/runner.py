"""Runs long work in threads; what comes of it is delivered in the thread of the runner."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from enum import Enum, auto
from time import monotonic
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from workbench.errors import UserError
from workbench.precedence import Precedence
from workbench.progress import Cancelled

NICENESS = 10
"""Of the threads that do long work. With all processors busy, PortAudio's thread else came too late now and then."""
REPORT_SECONDS = 0.04
"""Progress is not shown more often than this."""
PARTING_SECONDS = 5.0
"""How long a thread may take to end once its work is done; it takes none to speak of."""


class News(Enum):
    """What a job has to tell."""

    PROGRESSED = auto()
    PUBLISHED = auto()
    DONE = auto()
    FAILED = auto()
    ENDED = auto()


class Job(QObject):
    """One piece of work: it waits for its turn, is under way, or has ended.

    `work(job)` runs in a thread of its own. It calls `job.report`, which is a `Progress`, and may call
    `job.publish`; what it returns is its result. `Runner.run` makes jobs.
    """

    progressed = Signal(float)
    """Share done, 0 … 1; negative where it is not known."""
    ended = Signal()
    """It is over, however it ended; after its result was delivered."""

    def __init__(
        self,
        name: str,
        work: Callable[[Job], Any],
        tell: Callable[[Job, News, object], None],
        precedence: Precedence,
        key: str = "",
    ) -> None:
        super().__init__()
        self.name, self.key = name, key
        self.superseded = False
        """Whether nobody wants its results any more."""
        self._work: Callable[[Job], Any] | None = work
        self._tell, self._precedence = tell, precedence
        self._cancelled = threading.Event()
        self._share = 0.0
        self._began = monotonic()
        self._reported = 0.0
        self._thread: threading.Thread | None = None

    # -- called by the work --------------------------------------------------------------------------

    def report(self, share: float) -> None:
        """Tell the share done (negative: not known); a `Progress`.

        Raises
        ------
        Cancelled
            If the job was asked to stop.
        """
        self._share = share
        now = monotonic()
        if now - self._reported > REPORT_SECONDS or share >= 1:
            self._reported = now
            self._tell(self, News.PROGRESSED, share)
        if self._cancelled.is_set():
            raise Cancelled

    def publish(self, result: object) -> None:
        """Hand over a result on the way."""
        self._tell(self, News.PUBLISHED, result)

    # -- called in the runner's thread ---------------------------------------------------------------

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancelled.is_set()

    @property
    def started(self) -> bool:
        """Whether its turn has come."""
        return self._thread is not None

    def start(self) -> None:
        """Begin."""
        self._began = monotonic()
        thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # The system has no thread left, or no memory for one.
            self._work = None
            self._tell(self, News.FAILED, UserError("jobs.no_thread"))
            self._tell(self, News.ENDED, None)
        else:
            self._thread = thread

    def cancel(self) -> None:
        """Ask the work to stop at its next report; what waits for its turn ends without one."""
        waits = not self.started and not self.cancelled
        self._cancelled.set()
        if waits:
            self._work = None
            self._tell(self, News.ENDED, None)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the work; answers whether it came."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def elapsed(self) -> float:
        """Seconds since its turn came."""
        return monotonic() - self._began

    @property
    def seconds_left(self) -> float | None:
        """Estimate from the share done; None where it cannot be known yet."""
        if self._share <= 0.01 or self.elapsed < 0.3:
            return None
        return self.elapsed * (1 - self._share) / self._share

    def _run(self) -> None:
        _step_back()
        # The work is let go of when it is done, with all that it holds.
        work, self._work = self._work, None
        try:
            assert work is not None
            with self._precedence.stepping_back():
                result = work(self)
        except Cancelled:
            pass
        except (UserError, OSError, MemoryError) as error:
            self._tell(self, News.FAILED, error)
        except Exception as error:  # noqa: BLE001 - a defect of ours must reach the report dialog, from any thread
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            self._tell(self, News.DONE, result)
        self._tell(self, News.ENDED, None)


def _step_back() -> None:
    """Let window and sound go before this thread, and before those that it starts, where the system can do so."""
    if sys.platform.startswith("linux"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class Runner(QObject):
    """Starts jobs, keeps them until they have ended, and delivers what comes of them.

    While the window handles events they give way to it, see `Precedence`.
    Of the jobs with one key only the newest counts, and no two of them work at once.
    """

    started = Signal(object)
    """The turn of a Job has come, or one that is under way has a name now."""
    _told = Signal(object, object, object)
    """From any thread: a Job, a kind of News, and what there is to tell."""

    def __init__(self, precedence: Precedence | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._precedence = precedence or Precedence()
        self.jobs: list[Job] = []
        """Those that have not ended, in the order in which they were asked for."""
        self._receivers: dict[Job, dict[News, Callable[..., object] | None]] = {}
        self._closed = False
        self._told.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        name: str,
        work: Callable[[Job], Any],
        done: Callable[[Any], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        published: Callable[[Any], object] | None = None,
        ended: Callable[[], object] | None = None,
        key: str = "",
    ) -> Job:
        """Start a job.

        Parameters
        ----------
        name : str
            For the user; '' for work that is not shown.
        work : callable (Job) -> result
            Runs in a thread of its own.
        done, failed, published, ended : callable, optional
            Called in this object's thread: with the result; with the UserError, OSError or MemoryError that the work
            met; with a result on the way; with nothing, at last. Methods and signals of a QObject that was deleted
            meanwhile are left alone; a lambda must see to that itself.
        key : str
            Jobs of the same key that have not ended are stopped, and nothing of them is delivered any more but their
            end. The new one begins when they no longer work.

        Notes
        -----
        After `close` it never begins.
        """
        if key:
            self.drop(key)
        job = Job(name, work, self._tell, self._precedence, key)
        if self._closed:
            return job
        self._receivers[job] = {News.DONE: done, News.FAILED: failed, News.PUBLISHED: published, News.ENDED: ended}
        self.jobs.append(job)
        if not any(other.started for other in self._of(key)):
            self._start(job)
        return job

    @property
    def named_jobs(self) -> list[Job]:
        """The jobs that are shown to the user, in the order in which they were asked for."""
        return [job for job in self.jobs if job.name]

    def show(self, key: str, name: str) -> None:
        """Give the work of a key a name, if it has none: from now on the user waits for it, and sees it."""
        for job in self._of(key):
            if not job.name and not job.cancelled:
                job.name = name
                if job.started:
                    self.started.emit(job)

    def running(self, key: str) -> bool:
        """Whether a job of a key has not ended."""
        return bool(self._of(key))

    def cancel(self, key: str) -> None:
        """Stop the jobs of a key; what they come to by that is delivered."""
        for job in self._of(key):
            job.cancel()

    def drop(self, key: str) -> None:
        """Stop the jobs of a key; nothing of them is delivered any more but their end."""
        for job in self._of(key):
            job.superseded = True
            job.cancel()

    def close(self, seconds: float = 5.0) -> None:
        """Cancel all jobs and wait for them, as the program ends.

        Nothing of them is told any more, for who would be told may be gone by then; and no other begins.
        """
        self._closed = True
        # They are not to wait for whoever waits here.
        self._precedence.release()
        for job in self.jobs:
            job.cancel()
        deadline = monotonic() + seconds
        for job in self.jobs:
            job.wait(max(0.0, deadline - monotonic()))

    def _of(self, key: str) -> list[Job]:
        """The jobs of a key; '' is none."""
        return [job for job in self.jobs if key and job.key == key]

    def _start(self, job: Job) -> None:
        self.started.emit(job)
        job.start()

    def _tell(self, job: Job, news: News, value: object) -> None:
        try:
            self._told.emit(job, news, value)
        except RuntimeError:
            # This object was deleted, with the program: nobody is left to be told.
            if shiboken6.isValid(self):
                raise

    def _deliver(self, job: Job, news: News, value: object) -> None:
        if self._closed:
            return
        if news is News.ENDED:
            self._end(job)
        elif news is News.PROGRESSED:
            job.progressed.emit(value)
        elif not job.superseded:
            _call(self._receivers[job][news], value)

    def _end(self, job: Job) -> None:
        # Its thread has yet to return from telling so: the job must outlive that.
        job.wait(PARTING_SECONDS)
        self.jobs.remove(job)
        receivers = self._receivers.pop(job)
        waiting = [other for other in self._of(job.key) if not other.cancelled]
        if waiting and not any(other.started for other in self._of(job.key)):
            self._start(waiting[0])
        try:
            job.ended.emit()
            _call(receivers[News.ENDED])
        finally:
            job.deleteLater()


def _call(receiver: Callable[..., object] | None, *values: object) -> None:
    """Call a receiver of news, unless it is a method or a signal of an object that was deleted."""
    owner = getattr(receiver, "__self__", None)
    if receiver is None or (isinstance(owner, QObject) and not shiboken6.isValid(owner)):
        return
    try:
        receiver(*values)
    except RuntimeError:
        # What slots raise does not come through a signal: this says that its object is gone.
        if not isinstance(owner, SignalInstance):
            raise
