"""Which files are worked on together, and by whom."""

import multiprocessing
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.commands.batch import _next, _ready
from workbench.commands.separating import Asked
from workbench.commands.workers import Order, Worker

SIZES = st.lists(st.integers(1, 100), min_size=1, max_size=12)


@given(SIZES, st.integers(1, 120), st.integers(1, 5), st.randoms())
def test_together_they_never_take_more_than_they_may_and_all_have_their_turn(sizes, most, jobs, random):
    waiting = [Order(i, Path(f"{i}"), Path(f"{i}"), Asked()) for i in range(len(sizes))]
    known, at_work, done = dict(enumerate(sizes)), [], []
    while waiting or at_work:
        while len(at_work) < jobs and (order := _next(waiting, sum(sizes[i] for i in at_work), known, most)):
            waiting.remove(order)
            at_work.append(order.number)
        # Nothing waits for nothing.
        assert at_work and (len(at_work) == 1 or sum(sizes[i] for i in at_work) <= most)
        done.append(at_work.pop(random.randrange(len(at_work))))
    assert sorted(done) == list(range(len(sizes)))


@given(SIZES, st.integers(1, 120))
def test_where_all_have_room_they_are_begun_in_their_order(sizes, most):
    waiting = [Order(i, Path(f"{i}"), Path(f"{i}"), Asked()) for i in range(len(sizes))]
    assert _next(waiting, 0, dict(enumerate(sizes)), most) is waiting[0]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_process_that_ended_while_it_waited_gets_no_file():
    context = multiprocessing.get_context("spawn")
    idle = [Worker(context), Worker(context)]
    first, last = idle
    os.kill(last._process.pid, signal.SIGKILL)
    last._process.join()
    assert _ready(idle) is first and idle == []
    first.ask_to_stop()
    first.end()
    assert _ready(idle) is None
