"""A desk without a window that works on a small recording, every act of which can be told and compared."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import QCoreApplication, QRect

from tests.conftest import tone_mix
from tests.control.scenes import SilentPlayer
from tests.random_edits import random_act
from tests.same import Words, history_word
from workbench.app import SWITCH_INTERVAL
from workbench.control.desk import Desk, build_desk
from workbench.document.acts import selections as selection_acts
from workbench.document.acts import sources as source_acts
from workbench.document.runs import kept_by
from workbench.document.state import Run, State
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

RATE, SECONDS = 8000, 2.0
ANALYSIS = Analysis(512, 128)


def make_recording(path: Path) -> Path:
    """The recording that is worked on."""
    soundfile.write(path, tone_mix(SECONDS, RATE), RATE, subtype="FLOAT")
    return path


@contextmanager
def working_desk(home: Path | None) -> Iterator[Desk]:
    """A desk, and what its work in threads needs; threads hand on the interpreter as often as in the program."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    existing = QCoreApplication.instance()
    application = existing or QCoreApplication([])
    desk = build_desk(SilentPlayer, home=home)
    desk.plane.set_canvas(QRect(0, 0, 400, 200), 1.0)
    try:
        yield desk
    finally:
        desk.close()
        application.processEvents()
        if existing is None:
            # It goes, so that whoever wants a window can have an application of its own.
            application.shutdown()


def wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Let the desk work until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        QCoreApplication.processEvents()
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.0005)


def open_path(desk: Desk, path: Path) -> None:
    """Open a file."""
    before = desk.document.recording
    desk.opening.open(path)
    wait(lambda: desk.document.recording is not before)


KINDS = ("edit",) * 8 + ("select", "source", "mark", "mark", "weigh", "undo", "redo", "jump", "factorise", "save")


def act(desk: Desk, rng: np.random.Generator, project: Path, save: bool = True) -> str:
    """One act of any kind; its name."""
    document = desk.document
    kind = str(rng.choice(KINDS))
    state = document.recorded_state
    if kind == "factorise":
        desk.factorising.start(RunSettings(components=4, iterations=12, seed=int(rng.integers(9))), ANALYSIS, True)
        wait(lambda: not desk.factorising.running and not desk.runner.jobs)
        QCoreApplication.processEvents()
    elif kind == "save" and save:
        desk.saving.save(project)
        wait(lambda: not desk.saving.saving)
    elif kind in ("undo", "redo"):
        document.undo() if kind == "undo" else document.redo()
    elif kind == "jump":
        document.go_to(int(rng.integers(len(document.steps))))
    elif kind == "select":
        document.act("Select", selection_acts.select(state, _area(desk, rng)))
    elif kind in ("source", "mark", "weigh") and state.run is not None:
        _say(desk, rng, kind, state)
    else:
        kind = random_act(document, rng) or "nothing"
    return kind


def _area(desk: Desk, rng: np.random.Generator):
    stack = desk.document.stack
    low, start = int(rng.integers(stack.bins - 20)), int(rng.integers(stack.frames - 20))
    return rectangle(Region(low, low + 15, start, start + 12), stack.bins, stack.frames).feathered(2)


def _say(desk: Desk, rng: np.random.Generator, kind: str, state: State) -> None:
    document = desk.document
    if state.marks is None:
        others = [stack.id for stack in state.stacks if stack.marks is not None]
        if others:
            document.show_stack(others[0])
            return
        begun = source_acts.begin_sources(state, state.run, "Sources", "Rest")
        document.act("Sources", source_acts.add_source(begun, "One")[0])
        return
    if kind == "source":
        document.act("Source", source_acts.add_source(state, "More")[0])
    elif kind == "mark" or not state.marks:
        layer = state.layers[int(rng.integers(len(state.layers)))]
        if layer.components and not layer.locked:
            document.act("Mark", source_acts.add_mark(state, layer.id, _area(desk, rng), 0.7, bool(rng.random() < 0.2)))
    else:
        mark = state.marks[int(rng.integers(len(state.marks)))]
        if any(layer.locked for layer in state.layers):
            return
        document.act("Weigh", source_acts.change_mark(state, mark.id, weight=float(rng.random())))


def told(
    steps: Sequence[tuple[str, State]], present: int, runs: Mapping[int, Run], words: Words
) -> tuple[str, str, str]:
    """A word for all of a history, and two for what of it an act that begins now can't take away: its past with the
    present step, and without it, which an act may amend."""

    def word(some: Sequence[tuple[str, State]], at: int, every: bool = False) -> str:
        used = set().union(*(state.runs for _, state in some)) & runs.keys()
        kept = kept_by(runs, used) if every else used
        return history_word(some, at, {number: runs[number] for number in kept}, words)

    return word(steps, present, True), word(steps[: present + 1], present), word(steps[:present], present)
