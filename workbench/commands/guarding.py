"""How a command ends: bad input is one sentence, a defect a report, and who is asked to end leaves nothing behind."""

from __future__ import annotations

import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from workbench import __version__
from workbench.errors import UserError
from workbench.wording import sentence

DONE, PARTLY, REFUSED, DEFECT, STOPPED = 0, 1, 2, 70, 130
"""Exit statuses: all is done; of several files some failed; nothing could be done; a defect of ours; Ctrl+C."""


@dataclass(frozen=True)
class Failure:
    """Why something came to nothing.

    Attributes
    ----------
    status : int
        REFUSED, STOPPED or DEFECT.
    text : str
        One sentence.
    code : str
        For programs: the code of a `UserError`, else the name of the exception.
    """

    status: int
    text: str
    code: str


def failure_of(error: BaseException) -> Failure:
    """What to say of an exception that is being handled. Of a defect a report is written."""
    if isinstance(error, UserError):
        return Failure(REFUSED, sentence(error), error.code)
    kind = type(error).__name__
    if isinstance(error, (OSError, MemoryError)):
        return Failure(REFUSED, sentence(error), kind)
    if isinstance(error, KeyboardInterrupt):
        return Failure(STOPPED, "Stopped.", kind)
    text = f"This is a defect of the program ({kind}). Its report is {_report()}."
    return Failure(DEFECT, text, kind)


def unsaid(failure: Failure) -> None:
    """Nobody else is told."""


def guarded(work: Callable[[], int], failed: Callable[[Failure], None] = unsaid) -> int:
    """Do the work of a command; returns its exit status.

    Parameters
    ----------
    work : callable
        Returns the exit status of a command that came to its end.
    failed : callable
        Told why it did not, beside what is printed on stderr.
    """
    try:
        # One BLAS thread: results do not depend on the number of processors.
        with ended_by_signal(), threadpool_limits(1, user_api="blas"):
            return work()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a defect is told as one
        failure = failure_of(error)
        print(failure.text, file=sys.stderr)
        failed(failure)
        return failure.status


@contextmanager
def ended_by_signal() -> Iterator[None]:
    """Who asks it to end (SIGTERM; SIGHUP of a terminal that closes) leaves nothing half written, as Ctrl+C does.

    What is ignored stays so: a command under ``nohup`` outlives its terminal.
    """

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    there = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    kinds = [kind for kind in there if signal.getsignal(kind) is not signal.SIG_IGN]
    before = [signal.signal(kind, end) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _report() -> Path:
    """A file with what is known of the exception that is handled."""
    with tempfile.NamedTemporaryFile("w", prefix="workbench-report-", suffix=".txt", delete=False) as file:
        file.write(
            f"workbench {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n\n{traceback.format_exc()}"
        )
    return Path(file.name)
