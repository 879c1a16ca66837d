"""What the system grants, and what it refuses."""

import os
import subprocess
import sys
import threading

import pytest

from workbench.audio.priority import NICE, Priority, raise_this_thread, real_time_threads

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has to be asked")


def in_a_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def test_threads_that_are_started_meanwhile_are_of_real_time_and_the_one_that_starts_them_is_not():
    def work():
        with real_time_threads() as granted:
            started = in_a_thread(lambda: os.sched_getscheduler(0))
        return granted, started, os.sched_getscheduler(0), in_a_thread(lambda: os.sched_getscheduler(0))

    granted, started, after, later = in_a_thread(work)
    assert started == (os.SCHED_FIFO if granted is Priority.REAL_TIME else os.SCHED_OTHER)
    assert after == later == os.SCHED_OTHER


def test_a_raised_thread_stays_raised_behind_it_and_others_are_left_alone():
    def work():
        raise_this_thread()
        with real_time_threads():
            pass
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert in_a_thread(work) in (NICE, before)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def test_a_refusal_is_told_and_is_no_error():
    if os.geteuid():
        pytest.skip("who may not ask can't give it up")
    code = (
        "import os\n"
        "from workbench.audio.priority import raise_this_thread, real_time_threads\n"
        "os.setuid(65534)\n"
        "raise_this_thread()\n"
        "with real_time_threads() as granted: print(granted.value)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == Priority.ORDINARY
