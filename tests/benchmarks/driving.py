"""The real window under Xvfb, driven by mouse events, for measurements."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.rig import NullSink, null_sink, virtual_screen
from workbench import resource

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, Qt

    from workbench.app import Workbench

DEMO = resource("demo/demo.flac")
RATE = 44100
"""Of the demo, and of the sound server."""


@contextmanager
def running_window(width: int = 1280, height: int = 800) -> Iterator[tuple[Workbench, NullSink]]:
    """The program in a real window on a screen and a sound server of our own."""
    with virtual_screen(width, height), null_sink(RATE) as sink:
        from PySide6.QtCore import QSettings

        from workbench.app import build

        with tempfile.TemporaryDirectory() as folder:
            program = build(["benchmark"], QSettings(str(Path(folder) / "s.ini"), QSettings.Format.IniFormat))
            program.window.resize(width, height)
            program.window.show()
            try:
                yield program, sink
            finally:
                program.window.close_now()
                program.close()


def run_until(program: Workbench, condition: Callable[[], object], seconds: float = 30.0) -> bool:
    """Let the program run until a condition holds."""
    deadline = time.perf_counter() + seconds
    while not condition():
        program.application.processEvents()
        if time.perf_counter() > deadline:
            return False
        time.sleep(0.001)
    return True


def open_demo(program: Workbench, path: Path = DEMO) -> None:
    """Open the demo, or another file, in place of what is open."""
    before = program.desk.document.recording
    program.desk.opening.open(path)
    assert run_until(program, lambda: program.desk.document.recording is not before)


def open_and_factorise(program: Workbench, components: int, iterations: int, path: Path = DEMO) -> None:
    """Open the demo, or another file, and factorise it to the end."""
    open_demo(program, path)
    panel = program.window.panes.factorise
    panel.components.setValue(components)
    panel.iterations.setValue(iterations)
    program.desk.wishes.factorise(True)
    assert run_until(program, lambda: not program.desk.factorising.running)


def mouse(program: Workbench, kind: str, point: QPointF, keys: Qt.KeyboardModifier | None = None) -> None:
    """Send a mouse event to the spectrogram: 'press', 'move' or 'release', with keys that are held."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    types = {
        "press": QEvent.Type.MouseButtonPress,
        "move": QEvent.Type.MouseMove,
        "release": QEvent.Type.MouseButtonRelease,
    }
    view = program.window.panes.spectrogram
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == "move" else left
    held = none if kind == "release" else left
    event = QMouseEvent(
        types[kind], point, view.mapToGlobal(point), button, held, keys or Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, event)


def stroke(program: Workbench, rng: np.random.Generator, moves: int, pause: float = 0.0) -> dict[str, list[float]]:
    """One stroke anywhere with the tool in hand: seconds that its press, moves and release took until painted.

    The program itself paints: only what has changed, with the events that follow.
    """
    from PySide6.QtCore import QEvent, QObject, QPointF

    class Watch(QObject):
        painted = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.painted |= event.type() == QEvent.Type.Paint
            return False

    canvas, view = program.desk.plane.canvas, program.window.panes.spectrogram
    took: dict[str, list[float]] = {"press": [], "move": [], "release": []}

    def send(kind: str, at: QPointF) -> None:
        watch.painted, start = False, time.perf_counter()
        mouse(program, kind, at)
        # Where the hand only lets go nothing need look otherwise.
        view.update(0, 0, 1, 1)
        while not watch.painted and time.perf_counter() < start + 10:
            program.application.processEvents()
        assert watch.painted
        took[kind].append(time.perf_counter() - start)
        program.application.processEvents()

    watch = Watch()
    view.installEventFilter(watch)

    at = QPointF(
        rng.uniform(canvas.left() + 60, canvas.right() - 60), rng.uniform(canvas.top() + 40, canvas.bottom() - 40)
    )
    send("press", at)
    heading = rng.uniform(0, 2 * np.pi)
    for _ in range(moves):
        heading += rng.normal(0, 0.4)
        at = QPointF(at.x() + 9 * np.cos(heading), at.y() + 9 * np.sin(heading))
        send("move", at)
        time.sleep(pause)
    send("release", at)
    view.removeEventFilter(watch)
    return took
