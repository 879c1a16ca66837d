import gc
import sys
import threading
import weakref

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from tests.conftest import pump
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.progress import Cancelled
from workbench.wording import sentence


@pytest.fixture
def runner():
    # A QApplication where other tests will need one: there can only be one a process.
    from PySide6.QtWidgets import QApplication

    application = QCoreApplication.instance() or QApplication([])
    runner = Runner()
    yield runner
    runner.close()
    pump(application)


def finish(runner):
    assert pump(QCoreApplication.instance(), lambda: not runner.jobs, 10)


def until_stopped(job):
    """Work that never ends by itself."""
    pause = threading.Event()
    while True:
        job.report(-1.0)
        pause.wait(0.001)


class Receiver(QObject):
    """Somebody with a window of his own."""

    heard = Signal(object)

    def __init__(self):
        super().__init__()
        self.got = []

    def take(self, value):
        self.got.append((self.objectName(), value))


def test_results_arrive_in_the_window_s_thread(runner):
    got = []
    runner.run("x", lambda job: threading.current_thread(), lambda t: got.append((t, threading.current_thread())))
    finish(runner)
    ((worked, told),) = got
    assert told is threading.main_thread() and worked is not told


def test_bad_input_is_told_as_it_was_raised_and_defects_reach_the_hook(runner, monkeypatch):
    said, caught = [], []

    def bad(job):
        raise UserError("audio.empty", name="x.wav")

    def defect(job):
        raise RuntimeError("bug")

    monkeypatch.setattr(sys, "excepthook", lambda *info: caught.append(info[1]))
    runner.run("x", bad, failed=said.append)
    runner.run("x", defect, failed=said.append)
    finish(runner)
    assert [(error.code, error.values) for error in said] == [("audio.empty", {"name": "x.wav"})]
    assert str(caught[0]) == "bug"


def test_cancel_stops_at_the_next_report_and_says_nothing(runner):
    said, ends = [], []
    job = runner.run("x", until_stopped, said.append, said.append, ended=lambda: ends.append(runner.jobs.copy()))
    job.cancel()
    finish(runner)
    assert said == [] and ends == [[]]


def test_progress_and_results_on_the_way(runner):
    news, listening = [], threading.Event()

    def work(job):
        assert listening.wait(5)
        for i in range(5):
            job.publish(i)
        job.report(1.0)
        return "all"

    job = runner.run("x", work, news.append, published=news.append, ended=lambda: news.append("end"))
    job.progressed.connect(news.append)
    listening.set()
    finish(runner)
    assert news == [0, 1, 2, 3, 4, 1.0, "all", "end"]


def test_time_left_follows_from_the_share(runner):
    release = threading.Event()

    def work(job):
        job.report(0.25)
        release.wait(5)

    job = runner.run("x", work)
    pump(QCoreApplication.instance(), lambda: job.elapsed > 0.4, 2)
    left = job.seconds_left
    release.set()
    finish(runner)
    assert left == pytest.approx(3 * 0.4, rel=0.3)


def test_of_a_superseded_job_only_the_end_is_told_even_where_its_result_waits(runner):
    told, ends = [], []
    release = threading.Event()

    def fine(job):
        job.publish("old, on the way")
        return "old"

    def bad(job):
        raise UserError("x.y")

    for number, work in enumerate((fine, bad)):
        key = f"key {number}"
        old = runner.run("x", work, told.append, told.append, told.append, lambda: ends.append("old"), key)
        # Its thread is over, and its news lie in the queue of events.
        assert old.wait(5)
        runner.run("x", lambda job: release.wait(5), told.append, ended=lambda: ends.append("new"), key=key)
        assert runner.running(key)
    release.set()
    finish(runner)
    assert told == [True, True] and sorted(ends) == ["new", "new", "old", "old"] and ends[0] == "old"
    assert not runner.running("key 0")


def test_jobs_of_one_key_never_work_at_once_and_others_do(runner):
    working, counts, lock, both = [0], [0], threading.Lock(), threading.Barrier(2)
    told, ends = [], []

    def alone(job):
        with lock:
            working[0] += 1
            counts.append(working[0])
        try:
            until_stopped(job)
        finally:
            with lock:
                working[0] -= 1

    for i in range(12):
        runner.run("x", alone, told.append, ended=lambda i=i: ends.append(i), key="preview")
    last = runner.run("x", lambda job: both.wait(5), told.append, key="preview")
    runner.run("x", lambda job: both.wait(5), told.append, key="another key")
    finish(runner)
    assert max(counts) <= 1 and sorted(ends) == list(range(12))
    assert len(told) == 2 and last.started, "both met at the barrier"


def test_cancel_keeps_what_the_work_comes_to_and_drop_does_not(runner):
    def work(job):
        try:
            until_stopped(job)
        except Cancelled:
            return "what there was"

    told, ends = [], []
    for stop in (runner.cancel, runner.drop):
        runner.run("x", work, told.append, ended=lambda: ends.append(1), key="k")
        stop("k")
        finish(runner)
    assert told == ["what there was"] and len(ends) == 2
    runner.cancel("nobody has this key")


def test_what_waits_for_its_turn_is_cancelled_like_all_else(runner):
    told, ends = [], []
    first = runner.run("x", until_stopped, told.append, key="k")
    waiting = runner.run("x", lambda job: "never", told.append, ended=lambda: ends.append(1), key="k")
    assert first.superseded and not waiting.started
    waiting.cancel()
    waiting.cancel()
    finish(runner)
    assert told == [] and ends == [1] and not waiting.started


def test_a_thousand_quick_starts_leave_nothing_behind(runner):
    told, ends, threads = [], [], threading.active_count()
    # Windows of other tests in this process may hold theirs still.
    others = {id(x): x for x in gc.get_objects() if isinstance(x, Job)}

    class Result:
        pass

    def work(job):
        job.publish(Result())
        return Result()

    known = []
    for i in range(1000):
        job = runner.run("x", work, lambda r, i=i: told.append(i), ended=lambda: ends.append(1), key="k")
        # As a bar does that shows the job until it ends: the job's own signal holds the job.
        job.ended.connect(lambda job=job: known.append(job.name))
        if i % 7 == 0:
            QCoreApplication.processEvents()
    del job
    finish(runner)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert told[-1] == 999 and len(ends) == len(known) == 1000
    assert threading.active_count() == threads
    assert not [x for x in gc.get_objects() if isinstance(x, (Job, Result)) and id(x) not in others]
    assert not runner._receivers


def test_what_the_work_holds_is_let_go_with_its_end(runner):
    class Large:
        pass

    large = Large()
    seen = weakref.ref(large)
    job = runner.run("x", lambda job, large=large: id(large))
    stopped = runner.run("x", until_stopped, key="k")
    waiting = runner.run("x", lambda job, large=large: id(large), key="k")
    waiting.cancel()
    del large
    stopped.cancel()
    finish(runner)
    gc.collect()
    assert seen() is None and job.wait(0)


@pytest.mark.parametrize("way", ["method", "signal"])
def test_a_receiver_that_was_deleted_is_left_alone(runner, monkeypatch, way):
    caught = []
    monkeypatch.setattr(sys, "excepthook", lambda *info: caught.append(info[1]))
    receiver, ends = Receiver(), []
    call = receiver.take if way == "method" else receiver.heard.emit

    def work(job):
        job.publish(1)
        return 2

    runner.run("x", work, call, call, call, lambda: ends.append(1)).wait(5)
    shiboken6.delete(receiver)
    finish(runner)
    assert caught == [] and ends == [1]


def test_nothing_is_told_and_nothing_begins_once_the_program_has_ended(runner):
    told, begun = [], threading.Event()

    def work(job):
        job.publish("on the way")
        begun.set()
        until_stopped(job)

    job = runner.run("x", work, told.append, told.append, told.append, lambda: told.append("ended"), key="k")
    job.ended.connect(lambda: told.append("ended"))
    next_one = runner.run("x", work, ended=lambda: told.append("ended"), key="k")
    assert begun.wait(5)
    runner.close()
    late = runner.run("x", work, told.append)
    pump(QCoreApplication.instance())
    assert job.wait(0) and not next_one.started and not late.started and told == []


def test_where_the_system_has_no_thread_left_the_job_fails_with_a_sentence(runner, monkeypatch):
    told, ends = [], []

    def full(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", full)
        runner.run("x", lambda job: 1, told.append, told.append, ended=lambda: ends.append(1), key="k")
    finish(runner)
    assert [error.code for error in told] == ["jobs.no_thread"] and ends == [1]
    runner.run("x", lambda job: 2, told.append, key="k")
    finish(runner)
    assert told[-1] == 2


def test_too_little_memory_is_told_as_such(runner):
    told = []

    def work(job):
        raise MemoryError

    runner.run("x", work, told.append, told.append)
    finish(runner)
    assert "not enough memory" in sentence(told[0])


def test_work_that_outlives_the_runner_ends_quietly(runner, monkeypatch):
    caught, release = [], threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda info: caught.append(info.exc_value))
    other = Runner()

    def work(job):
        release.wait(5)
        job.report(1.0)

    job = other.run("x", work)
    shiboken6.delete(other)
    release.set()
    assert job.wait(5) and caught == []
