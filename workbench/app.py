"""Composition root: builds the document, the threads and the window, and wires them. Nothing else."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication
from threadpoolctl import threadpool_limits

from workbench import resource
from workbench.audio.player import Player
from workbench.control.desk import Desk, build_desk
from workbench.precedence import Precedence
from workbench.ui.base import theme
from workbench.ui.dialogs.report_dialog import Reporter
from workbench.ui.window.main import MainWindow

SWEEP_MS = 2000
SWITCH_INTERVAL = 0.0001
"""Seconds after which a thread must hand on the interpreter, which each stretch of NumPy or Qt gives away: window and
sound wait about this long at most for each thread that computes in Python. (Measured beside one: 95 % of a stroke's
moves took 136 ms at 0.5 ms, 52 at this, 44 at a fifth of it. Single calls took up to 84 ms at the default of 5 ms.)"""


@dataclass(frozen=True)
class Workbench:
    """The parts of the running program."""

    application: QApplication
    desk: Desk
    window: MainWindow
    reporter: Reporter
    sweeper: QTimer

    def close(self) -> None:
        """Give back what threads and devices hold."""
        self.sweeper.stop()
        gc.enable()
        self.desk.close()


def build(arguments: Sequence[str], settings: QSettings | None = None, home: Path | None = None) -> Workbench:
    """Build everything; the window is not shown yet.

    Parameters
    ----------
    home : Path, optional
        The program's own folder; nothing is kept without one.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    # Our own threads share the processors; BLAS threads beside them would only fight for the same ones.
    threadpool_limits(1, user_api="blas")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(list(arguments))
    application.setApplicationName("Spectrogram workbench")
    application.setOrganizationName("spectrogram-workbench")
    reporter = Reporter(application)
    sys.excepthook = reporter.hook
    threading.excepthook = reporter.thread_hook
    settings = settings or QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, "spectrogram-workbench", "workbench"
    )
    theme.apply(application, theme.named(str(settings.value("theme"))))
    precedence = Precedence()
    desk = build_desk(partial(Player, precedence=precedence), precedence, home)
    window = MainWindow(desk, precedence, settings)
    return Workbench(application, desk, window, reporter, _sweep_here(application))


def _sweep_here(application: QApplication) -> QTimer:
    """Collect garbage in the window's thread only, and only the young.

    Left to itself Python collects in whatever thread allocates, and would destroy widgets in the thread that
    feeds the sound; and a full collection holds the interpreter for longer than the sound may wait.
    """
    gc.disable()
    timer = QTimer(application)
    timer.setInterval(SWEEP_MS)
    timer.timeout.connect(lambda: gc.collect(1))
    timer.start()
    return timer


def run(path: Path | None) -> int:
    """Open the window; returns the exit status.

    Where no path is given it offers what was open lately, or is on the demo where nothing was.
    """
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    workbench = build(sys.argv[:1], home=Path(data) / "spectrogram-workbench")
    workbench.window.show()
    if path is not None:
        workbench.window.files.open(path)
    elif not workbench.desk.recent.files:
        workbench.desk.opening.open(resource("demo/demo.flac"))
    workbench.desk.journalling.look()
    # What exists by now lives as long as the program: no collection need look at it again, which would hold
    # the interpreter while sound plays.
    gc.collect()
    gc.freeze()
    try:
        return workbench.application.exec()
    finally:
        workbench.close()
