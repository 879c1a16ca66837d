"""All that a user does is built without a window."""

import subprocess
import sys
import threading
import time

from tests.control.scenes import open_tones, point
from workbench.control.listening import Where

CHECK = """
import sys
from PySide6.QtCore import QCoreApplication
application = QCoreApplication([])
from workbench.control.desk import build_desk
desk = build_desk()
desk.close()
foreign = ("PySide6.QtGui", "PySide6.QtWidgets", "pyqtgraph")
print([name for name in sys.modules if name.startswith(foreign)])
"""


def test_it_is_built_without_widgets():
    """With the real player; where there is no sound device it is built all the same."""
    found = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, timeout=60)
    assert found.stdout.strip() == "[]", found.stderr


def test_closed_nothing_goes_on_by_itself(separated, application):
    desk, pause, told = separated, threading.Event(), []

    def work(job):
        while True:
            job.report(-1.0)
            pause.wait(0.001)

    desk.runner.run("Work", work)
    desk.walking.begin()
    desk.pointer.put(point(desk, 0.5))
    desk.listening.listen(Where.BRUSH)
    desk.pointer.put(point(desk, 1.0))
    desk.masks.invert()
    desk.close()
    for thing in (desk.heard, desk.listening, desk.walking):
        thing.changed.connect(lambda: told.append("changed"))
    desk.playback.ticked.connect(told.append)
    desk.measuring.residual_measured.connect(told.append)
    until = time.monotonic() + 0.4
    while time.monotonic() < until:
        application.processEvents()
    assert not told and not desk.player.playing and all(job.wait(0) for job in desk.runner.jobs)


def test_the_selection_has_followed_before_anything_else_of_the_desk_is_told(empty):
    seen = []
    for each in (empty.playback.looped_changed, empty.listening.changed, empty.wishes.changed):
        each.connect(lambda: seen.append(empty.selection.index))
    open_tones(empty)
    assert seen and set(seen) == {0}
