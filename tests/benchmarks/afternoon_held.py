"""Does anything hold the window? Every kind of act with twenty filters, locks and a factorisation running."""

from __future__ import annotations

import faulthandler
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.driving import mouse, run_until, running_window
from tests.benchmarks.edit import LAYERS, long_recording, open_with_layers

if TYPE_CHECKING:
    from workbench.app import Workbench

MINUTES = 10
FILTERS = 20
LONGEST = 0.05
VIEW = 10.0


class Watcher:
    """Measures how long the window's thread is away from its events, and notes where it then was."""

    PATIENCE = LONGEST
    """Seconds after which it is noted."""
    DEPTH = 7
    """Calls of which it is told."""

    def __init__(self, program: Workbench) -> None:
        self._program = program
        self._main = threading.get_ident()
        self._since: float | None = None
        self._what = ""
        self.worst: dict[str, float] = {}
        self.own: dict[str, float] = {}
        """Of these, in which the thread itself computed."""
        self.where: dict[str, str] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    @contextmanager
    def watched(self, what: str) -> Iterator[None]:
        """One event, or one turn of those that wait."""
        own = time.thread_time()
        self._what, self._since = what, time.perf_counter()
        try:
            yield
        finally:
            took = time.perf_counter() - self._since
            self._since = None
            if took > self.worst.get(what, 0.0):
                self.worst[what], self.own[what] = took, time.thread_time() - own

    def turn(self, what: str, seconds: float) -> None:
        """Let the program run."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            with self.watched(what):
                self._program.application.processEvents()
            time.sleep(0.001)

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            since = self._since
            if since is not None and time.perf_counter() - since > self.PATIENCE:
                self.where[self._what] = self._seen()

    def _seen(self) -> str:
        """Where the window's thread is. Frames are not taken hold of: a painter in one would live too long."""
        with tempfile.TemporaryFile("w+") as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            threads = file.read().split("\n\n")
        mine = next((each for each in threads if f"{self._main:#018x}" in each.splitlines()[0]), "")
        lines = [line.split('"')[1].split("/")[-1] + line.split('"')[2] for line in mine.splitlines() if '"' in line]
        return " < ".join(lines[: self.DEPTH])

    def end(self) -> None:
        """Look no longer."""
        self._ended.set()
        self._thread.join()


def held(report: Report) -> None:
    """Whatever is done, no event takes longer than a twentieth of a second."""
    with tempfile.TemporaryDirectory() as folder, running_window() as (program, _):
        path = Path(folder) / "song.wav"
        long_recording(path, MINUTES)
        open_with_layers(program, path)
        worked_on(program)
        watcher = Watcher(program)
        try:
            for what, act in acts(program):
                with watcher.watched(what):
                    act()
                watcher.turn(what, 0.4)
        finally:
            watcher.end()
        worst = max(watcher.worst, key=lambda what: watcher.worst[what])
        slow = {what: round(1000 * took) for what, took in watcher.worst.items() if took > LONGEST}
        report.figure(
            "the longest that an event held the window",
            1000 * watcher.worst[worst],
            "ms",
            "<= 50",
            act=worst,
            longer=slow,
            where=watcher.where.get(worst, ""),
            acts=len(watcher.worst),
        )
        for what in slow:
            own = round(1000 * watcher.own[what])
            print(f"  {what}: {slow[what]} ms, {own} of its own  {watcher.where.get(what, '')}")
        program.desk.factorising.stop()
        run_until(program, lambda: not program.desk.runner.jobs, 20)


def worked_on(program: Workbench) -> None:
    """Twenty filters, thresholds, two locks, and a factorisation that goes on."""
    from tests.acting import change_layer
    from workbench.document.acts import masks as mask_acts
    from workbench.masks.edits.filters import FilterKind

    document = program.desk.document
    kinds = [FilterKind.MEDIAN, FilterKind.BLUR, FilterKind.OPEN, FilterKind.SHARPEN]
    for i in range(FILTERS):
        state, layer = document.recorded_state, document.layers[i % LAYERS]
        document.act("filter", mask_acts.clean(state, layer.id, kinds[i % 4], 1, 1, None))
    for i in (0, 1):
        change_layer(document, "lock", document.layers[i].id, None, locked=True)
    program.desk.viewport.show_time(300.0, 300.0 + VIEW)
    panel = program.window.panes.factorise
    panel.components.setValue(LAYERS)
    panel.iterations.setValue(5000)
    program.desk.wishes.factorise(False)
    assert run_until(program, lambda: program.desk.factorising.running, 20)
    run_until(program, lambda: False, 5.0)


def acts(program: Workbench) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that a hand does, one event at a time."""
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtTest import QTest

    from workbench.control.tools import Tool
    from workbench.masks.edits.brush import Shape

    desk, window = program.desk, program.window
    rng = np.random.default_rng(0)
    c = desk.plane.canvas

    def somewhere() -> QPointF:
        return QPointF(rng.uniform(c.left() + 40, c.right() - 40), rng.uniform(c.top() + 30, c.bottom() - 30))

    def drag(name: str, steps: int = 6) -> Iterator[tuple[str, Callable[[], object]]]:
        at = somewhere()
        yield f"{name}: press", lambda: mouse(program, "press", at)
        for step in range(1, steps):
            to = at + QPointF(7.0 * step, 3.0 * step)
            yield f"{name}: move", lambda to=to: mouse(program, "move", to)  # type: ignore[misc]
        yield f"{name}: release", lambda: mouse(program, "release", at)

    def key(
        name: str, code: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        yield name, lambda: QTest.keyClick(window, code, keys)

    control = Qt.KeyboardModifier.ControlModifier
    yield "play", desk.playback.play
    for view in ("in", "out"):
        yield f"zoom {view}", (lambda: desk.viewport.show_time(300.0, 310.0)) if view == "in" else desk.viewport.fit
        for layer in (3, 4):
            yield "select a layer", lambda layer=layer: desk.selection.select(desk.document.layers[layer].id)  # type: ignore[misc]
            yield "hover", lambda: mouse(program, "move", somewhere())
        for shape in Shape:
            desk.tools.choose(Tool.BRUSH)
            desk.tools.set_brush(shape=shape)
            yield from drag(f"{view}, {shape.value} brush")
        for tool in (Tool.ERASER, Tool.SMOOTH, Tool.RECTANGLE, Tool.LASSO):
            yield f"choose {tool.value}", lambda tool=tool: desk.tools.choose(tool)  # type: ignore[misc]
            yield from drag(f"{view}, {tool.value}")
        yield "invert the selection's mask", desk.masks.invert
        yield "normalise", desk.masks.normalise
        yield "deselect", lambda: desk.selection.set_area(None)
        yield "the threshold", lambda: desk.tools.choose(Tool.THRESHOLD)
        yield "the brush", lambda: desk.tools.choose(Tool.BRUSH)
        for _ in range(3):
            yield from key("undo", Qt.Key.Key_Z, control)
        for _ in range(2):
            yield from key("redo", Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
        yield from key("mute", Qt.Key.Key_M)
        yield from key("solo", Qt.Key.Key_S)
        yield "no solo", lambda: QTest.keyClick(window, Qt.Key.Key_S)
        yield "walk", desk.walking.begin
        yield "walk on", desk.walking.next
        yield "walk ends", desk.walking.end
        yield "history", lambda: window.panes.history.show()
        yield "jump", lambda: desk.document.go_to(len(desk.document.steps) // 2)
        yield "jump back", lambda: desk.document.go_to(len(desk.document.steps) - 1)
        yield "thumbnails in colour", lambda: window.panes.stack._rows.thumbnails.set_in_colour(True)
