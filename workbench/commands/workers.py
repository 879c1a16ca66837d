"""Processes that separate one file after the other. One that dies takes its own file with it and no other.

Each has a pipe of its own. What comes through it is a share done, or at last an `Outcome`; it ends where its process
does, so that nobody waits for one that is gone. The other way go orders; whatever comes while one is worked on means
that it is to be stopped, and so does the end of the pipe: no process outlives the command that it belongs to.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from pathlib import Path
from time import monotonic

from threadpoolctl import threadpool_limits

from workbench.commands.guarding import REFUSED, Failure, ended_by_signal, failure_of
from workbench.commands.separating import FACTORISING, WRITING, Asked, Separated, is_done, separated
from workbench.errors import UserError
from workbench.progress import Progress, part
from workbench.wording import sentence

STAGES = {FACTORISING: (0.0, 0.8), WRITING: (0.8, 1.0)}
"""About what share of a file's time the stages take."""
TOLD_SECONDS = 0.1
PATIENCE = 20.0
"""Seconds that a process has to stop in before it is ended, and again before it is killed."""


@dataclass(frozen=True)
class Order:
    """A file to separate.

    Attributes
    ----------
    number : int
        Its place among all.
    path, out : Path
        The sound file, and the folder for its results.
    asked : Asked
    skip_done : bool
        Nothing is done where the folder holds the same already.
    """

    number: int
    path: Path
    out: Path
    asked: Asked
    skip_done: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of an order.

    Attributes
    ----------
    order : Order
    separated : Separated or None
        None where it failed, or was done already.
    failure : Failure or None
        Why it failed.
    told : tuple of str
        What the user should know.
    took : float
        Seconds.
    """

    order: Order
    separated: Separated | None = None
    failure: Failure | None = None
    told: tuple[str, ...] = ()
    took: float = 0.0

    @property
    def status(self) -> str:
        """In one word: done, skipped or failed."""
        return "failed" if self.failure else "done" if self.separated else "skipped"


class Worker:
    """A process that separates one file at a time.

    Attributes
    ----------
    order : Order or None
        What it works on.
    share : float
        How much of that is done.
    began_folder : bool
        The folder for its results was not there before.
    """

    def __init__(self, context: SpawnContext) -> None:
        self.connection, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        # Else its end would not be seen.
        there.close()
        self.order: Order | None = None
        self.share = 0.0
        self.began_folder = False

    def give(self, order: Order) -> None:
        """Let it work on something."""
        self.order, self.share = order, 0.0
        self.began_folder = not order.out.exists()
        with suppress(OSError):
            # One that is gone is found out by its silence.
            self.connection.send(order)

    def heard(self) -> Outcome | None:
        """What it has to say; None while it works on. If its process ended, its order failed."""
        assert self.order is not None
        try:
            said = self.connection.recv()
        except (EOFError, OSError):
            return Outcome(self.order, failure=self._gone(self.order))
        if isinstance(said, float):
            self.share = said
            return None
        self.order = None
        return said if isinstance(said, Outcome) else None

    @property
    def gone(self) -> bool:
        """Whether its process ended, as it may while it waits."""
        return not self._process.is_alive()

    def _gone(self, order: Order) -> Failure:
        self._process.join(PATIENCE)
        code = self._process.exitcode or 0
        reason = signal.strsignal(-code) or f"signal {-code}" if code < 0 else f"exit status {code}"
        error = UserError("headless.worker_gone", name=order.path.name, reason=reason)
        return Failure(REFUSED, sentence(error), error.code)

    def ask_to_stop(self) -> None:
        """Let it stop what it does, and end."""
        with suppress(OSError):
            self.connection.send(None)

    def end(self) -> None:
        """Wait until it has ended; who does not listen is made to."""
        for insist in (self._process.terminate, self._process.kill):
            self._process.join(PATIENCE)
            if self._process.is_alive():
                insist()
        self._process.join()
        self._process.close()
        self.connection.close()


def _serve(connection: Connection) -> None:
    """What runs in the process of a worker."""
    # Ctrl+C comes to all processes of a terminal; what is to be done then is said by the command.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ended_by_signal(), threadpool_limits(1, user_api="blas"), suppress(EOFError, OSError):
        while isinstance(order := connection.recv(), Order):
            connection.send(_outcome(order, connection))


def _outcome(order: Order, connection: Connection) -> Outcome:
    begun, told = monotonic(), 0.0
    remarks: list[str] = []

    def show(share: float) -> None:
        nonlocal told
        if connection.poll():
            raise KeyboardInterrupt
        if monotonic() - told > TOLD_SECONDS:
            told = monotonic()
            connection.send(float(share))

    def stage(name: str) -> Progress:
        return part(show, *STAGES[name])

    failure, done = None, None
    try:
        if not (order.skip_done and is_done(order.path, order.out, order.asked)):
            done = separated(order.path, order.out, order.asked, stage, remarks.append)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - a defect is told as one
        failure = failure_of(error)
    return Outcome(order, done, failure, tuple(remarks), monotonic() - begun)
