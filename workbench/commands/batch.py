"""Many files side by side, as many as there are processors and memory for."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import wait
from pathlib import Path

from workbench.commands.workers import Order, Outcome, Worker
from workbench.outputs import remove_left_behind

LOOK_SECONDS = 0.2
"""How often the share done is told where nobody says anything."""


def work_through(
    orders: Sequence[Order],
    jobs: int,
    sizes: Mapping[int, int],
    most: int,
    ended: Callable[[Outcome], None],
    shown: Callable[[float], None],
) -> None:
    """Separate files in processes; returns when all have ended.

    Files are begun in their order; one for which there is no room waits until there is, while smaller ones go before
    it, or until nothing else is worked on.

    Parameters
    ----------
    jobs : int
        So many processes at most.
    sizes : mapping of int to int
        By the numbers of the orders, the bytes that each is thought to take.
    most : int
        Bytes that all together may take. A file that alone takes more is worked on alone.
    ended : callable
        Told of each order once, as it ends.
    shown : callable
        Told the share of all that is done.
    """
    context = multiprocessing.get_context("spawn")
    waiting, at_work, idle = list(orders), list[Worker](), list[Worker]()
    with _folders_for(orders):
        try:
            while waiting or at_work:
                while len(at_work) < jobs and (order := _next(waiting, _taken(at_work, sizes), sizes, most)):
                    waiting.remove(order)
                    worker = _ready(idle) or Worker(context)
                    worker.give(order)
                    at_work.append(worker)
                speaking = wait([each.connection for each in at_work], LOOK_SECONDS)
                for worker in [each for each in at_work if each.connection in speaking]:
                    outcome = worker.heard()
                    if outcome is not None:
                        at_work.remove(worker)
                        _put_away(worker, idle, outcome)
                        ended(outcome)
                left = len(waiting) + len(at_work) - sum(each.share for each in at_work)
                shown(1 - left / len(orders))
        finally:
            for worker in (*at_work, *idle):
                worker.ask_to_stop()
            for worker in (*at_work, *idle):
                worker.end()


def _ready(idle: list[Worker]) -> Worker | None:
    """A process that waits for a file; None where there is none. Those that ended meanwhile go."""
    while idle:
        worker = idle.pop()
        if not worker.gone:
            return worker
        worker.end()
    return None


def _taken(at_work: Sequence[Worker], sizes: Mapping[int, int]) -> int:
    """Bytes that the files that are worked on are thought to take; 0 where there are none."""
    return sum(sizes[each.order.number] for each in at_work if each.order is not None)


def _next(waiting: Sequence[Order], taken: int, sizes: Mapping[int, int], most: int) -> Order | None:
    """The first order for which there is room beside what is taken; None where there is none."""
    fitting = (each for each in waiting if not taken or taken + sizes[each.number] <= most)
    return next(fitting, None)


def _put_away(worker: Worker, idle: list[Worker], outcome: Outcome) -> None:
    """Keep a process for the next file; what one that died left behind goes."""
    if worker.order is None:
        idle.append(worker)
        return
    worker.end()
    remove_left_behind(outcome.order.out)
    if worker.began_folder:
        _remove_empty(outcome.order.out)


@contextmanager
def _folders_for(orders: Sequence[Order]) -> Iterator[None]:
    """The folders in which those of the orders are made; of these none stays that is empty.

    Were they made by the processes, one that fails could remove what another one has just begun with.
    """
    with ExitStack() as made:
        for folder in sorted({each.out.parent for each in orders}):
            for each in reversed([folder, *folder.parents]):
                if not each.exists():
                    each.mkdir()
                    made.callback(_remove_empty, each)
        yield


def _remove_empty(folder: Path) -> None:
    # Only what is empty goes.
    with suppress(OSError):
        folder.rmdir()
