"""Work in the background stands still while the window handles events."""

import threading

from PySide6.QtCore import QCoreApplication

from tests.conftest import pump
from workbench.jobs.runner import Runner
from workbench.precedence import Precedence

LONG = 60.0


def test_only_who_steps_back_waits_and_only_while_it_is_claimed():
    precedence, done = Precedence(LONG), []
    # Nobody claims it, or nobody has stepped back: all go on.
    with precedence.stepping_back():
        precedence.give_way()
    precedence.claim()
    precedence.give_way()

    def work():
        with precedence.stepping_back():
            begun.set()
            precedence.give_way()
            done.append("work")
        # What it does from now on can't wait.
        precedence.claim()
        precedence.give_way()

    begun = threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(LONG)
    done.append("window")
    precedence.release()
    thread.join(LONG)
    assert not thread.is_alive() and done == ["window", "work"]


def test_work_goes_on_under_a_hand_that_never_rests():
    precedence = Precedence(0.001)
    precedence.claim()
    with precedence.stepping_back():
        for _ in range(10):
            precedence.give_way()
    assert precedence.claimed


def test_jobs_step_back():
    from PySide6.QtWidgets import QApplication

    application = QCoreApplication.instance() or QApplication([])
    precedence, done = Precedence(LONG), []
    runner = Runner(precedence)
    precedence.claim()
    begun = threading.Event()

    def work(job):
        begun.set()
        precedence.give_way()
        done.append("work")

    runner.run("", work)
    assert begun.wait(LONG)
    done.append("window")
    precedence.release()
    assert pump(application, lambda: not runner.jobs, 20)
    assert done == ["window", "work"]


def test_jobs_that_wait_for_the_window_end_when_it_closes():
    from PySide6.QtWidgets import QApplication

    _application = QCoreApplication.instance() or QApplication([])
    precedence = Precedence(LONG)
    runner = Runner(precedence)
    precedence.claim()

    def work(job):
        while True:
            precedence.give_way()
            job.report(-1)

    job = runner.run("", work)
    runner.close()
    assert job.wait(0)
