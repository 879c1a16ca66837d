"""Small recordings on a desk, and what stands in for a sound device and for the window's notices."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF

from tests.acting import region_masks
from tests.conftest import tone_mix
from workbench.audio.feed import Loop
from workbench.audio.player import PlayerStatus
from workbench.audio.recording import Recording
from workbench.audio.scene import Scene
from workbench.control.desk import Desk
from workbench.control.notices import Notices
from workbench.document.acts import layers as layer_acts
from workbench.document.changes import same_work
from workbench.document.state import State, fresh_state
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

RATE, SECONDS = 8000, 2.0
ANALYSIS = Analysis(512, 128)


class SilentPlayer:
    """A player with no device: it knows where it would be, and stays there until it is told otherwise."""

    def __init__(self, source: Callable[[], Scene | None]) -> None:
        self._source = source
        self.devices = ()
        self.playing, self.at, self.loop, self.speed = False, 0.0, None, 1.0
        self.loop: Loop | None = None
        self.hand: float | None = None
        self.device: str | None = None
        self.latency: float | None = None
        self.prepared = False

    def prepare(self) -> None:
        self.prepared = True

    def play(self, position: int) -> None:
        self.playing, self.at = self._source() is not None, float(position)

    def stop(self) -> None:
        self.playing, self.hand = False, None

    def seek(self, position: int) -> None:
        self.at = float(position)

    def set_loop(self, loop: Loop | None) -> None:
        self.loop = loop

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def scrub(self, position: float | None) -> None:
        self.hand = position
        self.at = self.at if position is None else position

    def set_device(self, name: str | None) -> None:
        self.device = name

    def set_latency(self, seconds: float | None) -> None:
        self.latency = seconds

    def forget_underruns(self) -> None:
        pass

    def look_again(self) -> None:
        pass

    def close(self) -> None:
        self.playing = False

    def status(self) -> PlayerStatus:
        scene = self._source()
        rate = scene.recording.rate if scene else 44100
        return replace(PlayerStatus(), playing=self.playing, position=self.at / rate)


class Told:
    """What the user is told, in turn."""

    def __init__(self, notices: Notices) -> None:
        self.said: list[str] = []
        self.refused: list[str] = []
        self.troubled: list[str] = []
        notices.said.connect(self.said.append)
        notices.refused.connect(self.refused.append)
        notices.troubled.connect(self.troubled.append)

    @property
    def nothing(self) -> bool:
        return not (self.said or self.refused or self.troubled)


def open_tones(
    desk: Desk, seconds: float = SECONDS, channels: int = 2, state: State | None = None, name: str = "tones.wav"
) -> Recording:
    """Open a recording of tones at once."""
    samples = tone_mix(seconds, RATE, channels)
    recording = Recording(samples, RATE, Path(name))
    desk.document.open(recording, analyse_levels(samples, ANALYSIS), state or fresh_state(ANALYSIS))
    return recording


def random_factors(desk: Desk, count: int, seed: int = 0) -> Factors:
    """W and H of the open recording's size."""
    rng = np.random.default_rng(seed)
    stack = desk.document.stack
    return Factors(rng.random((stack.bins, count), np.float32), rng.random((count, stack.frames), np.float32))


def separate(desk: Desk, count: int, seed: int = 0) -> int:
    """A finished run of random components, in a layer each; answers its number."""
    factors = random_factors(desk, count, seed)
    number, _ = desk.document.begin_run("Separate", RunSettings(components=count), factors, True, label=f"run {seed}")
    desk.document.publish(number, factors, (2.0, 1.0))
    return number


def ids(desk: Desk) -> list[int]:
    """Ids of the layers, in order."""
    return [layer.id for layer in desk.document.layers]


def names(desk: Desk) -> list[str]:
    """Names of the layers, in order."""
    return [layer.name for layer in desk.document.layers]


def acts(desk: Desk) -> list[str]:
    """Names of the steps of the history that did more than select."""
    return [step.name for was, step in pairwise(desk.document.steps) if not same_work(was.state, step.state)]


def layer(desk: Desk, identity: int):
    """A layer by its id."""
    return next(each for each in desk.document.layers if each.id == identity)


def change(desk: Desk, identity: int, **values: object) -> None:
    """Set fields of a layer, as one act."""
    desk.document.act("change", layer_acts.change_layer(desk.document.recorded_state, identity, **values))


def select_box(desk: Desk, low: int, high: int, start: int, stop: int) -> None:
    """Select a rectangle of bins and frames."""
    stack = desk.document.stack
    desk.selection.set_area(rectangle(Region(low, high, start, stop), stack.bins, stack.frames))


def masks(desk: Desk) -> np.ndarray:
    """All masks as they are shown, shape (L, F, N)."""
    stack = desk.document.stack
    return region_masks(stack, Region(0, stack.bins, 0, stack.frames))


def point(desk: Desk, second: float, share: float = 0.5) -> QPointF:
    """A point of the canvas by its second, and its share of the height from below."""
    canvas = desk.plane.canvas
    return QPointF(desk.plane.x_of(second), canvas.top() + (1 - share) * canvas.height())


def settled(desk: Desk, seconds: float = 20.0) -> None:
    """Let the jobs that were begun end, and what they found be delivered."""
    deadline = time.monotonic() + seconds
    while desk.runner.jobs:
        assert time.monotonic() < deadline
        QCoreApplication.processEvents()
        time.sleep(0.001)


def previewing(desk: Desk) -> bool:
    """Whether something is shown that is not recorded."""
    return desk.document.state is not desk.document.recorded_state
