import sys
import threading

import pytest
from PySide6.QtCore import QCoreApplication

from tests.conftest import pump
from workbench.errors import UserError
from workbench.jobs.runner import Runner
from workbench.progress import Cancelled


@pytest.fixture
def runner():
    # A QApplication where other tests will need one: there can only be one a process.
    from PySide6.QtWidgets import QApplication

    application = QCoreApplication.instance() or QApplication([])
    runner = Runner()
    yield runner
    runner.cancel_all()
    pump(application)


def finish(runner):
    assert pump(QCoreApplication.instance(), lambda: not runner.jobs, 5)


def test_results_arrive_in_the_window_s_thread(runner):
    got = []
    runner.run("x", lambda job: threading.current_thread(), lambda t: got.append((t, threading.current_thread())))
    finish(runner)
    ((worked, told),) = got
    assert told is threading.main_thread() and worked is not told


def test_bad_input_is_told_as_a_sentence_and_defects_reach_the_hook(runner, monkeypatch):
    said, caught = [], []

    def bad(job):
        raise UserError("This file is empty.")

    def defect(job):
        raise RuntimeError("bug")

    monkeypatch.setattr(sys, "excepthook", lambda *info: caught.append(info[1]))
    runner.run("x", bad, failed=said.append)
    runner.run("x", defect, failed=said.append)
    finish(runner)
    assert said == ["This file is empty."] and str(caught[0]) == "bug"


def test_cancel_stops_at_the_next_report_and_says_nothing(runner):
    started = threading.Event()
    said = []

    def work(job):
        while job.report(0.5):
            started.set()
        raise Cancelled

    job = runner.run("x", work, said.append, said.append)
    started.wait(5)
    job.cancel()
    finish(runner)
    assert said == []


def test_progress_and_results_on_the_way(runner):
    shares, parts, listening = [], [], threading.Event()

    def work(job):
        assert listening.wait(5)
        for i in range(5):
            job.publish(i)
        return job.report(1.0)

    job = runner.run("x", work, published=parts.append)
    job.progressed.connect(shares.append)
    listening.set()
    finish(runner)
    assert parts == [0, 1, 2, 3, 4] and shares == [1.0]


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
