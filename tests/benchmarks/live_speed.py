"""How many seconds of sound the renderer makes in a second, on one core."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import Report
from tests.benchmarks.driving import RATE
from workbench.audio.feed import Feed
from workbench.audio.recording import Recording
from workbench.audio.renderer import MixStream, render_all
from workbench.audio.scene import Scene
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis


def speed(report: Report) -> None:
    """Seconds of stereo that one core renders in a second, by the number of layers."""
    rng = np.random.default_rng(0)
    analysis, samples = Analysis(), 30 * RATE
    noise = (0.1 * rng.standard_normal((samples, 2))).astype(np.float32)
    recording = Recording(noise, RATE, Path("noise"))
    took: dict[int, float] = {}
    live: dict[int, float] = {}
    with threadpool_limits(1):
        for count in (2, 5, 10, 20):
            scene = layers_of_noise(recording, analysis, count)
            took[count] = fastest(lambda scene=scene: render_all(scene)) / 30
            live[count] = fastest(lambda scene=scene: in_blocks(MixStream(scene, 0, 2))) / 10
        ten = layers_of_noise(recording, analysis, 10)
        half = fastest(lambda: in_blocks(Feed(ten, 0, None, 0.5))) / 10
    report.figure("renderer, 10 layers, stereo, one core", 1 / took[10], "x real time", ">= 40")
    report.figure("the same in blocks of 512 as they are played", 1 / live[10], "x real time", ">= 40")
    report.figure("the same at half speed", 1 / half, "x real time", None)
    for name, cost in (("as files are written", took), ("as they are played", live)):
        report.figure(
            f"cost of a layer more, {name}",
            1000 * (cost[20] - cost[2]) / 18,
            "ms of work a second of sound",
            None,
            of_2_layers=round(1000 * cost[2], 2),
            of_10=round(1000 * cost[10], 2),
            of_20=round(1000 * cost[20], 2),
        )


def layers_of_noise(recording: Recording, analysis: Analysis, count: int) -> Scene:
    """A recording with layers of random components, all with other gains and pans."""
    rng = np.random.default_rng(count)
    frames = analysis.frames(len(recording.samples))
    w = rng.random((analysis.bins, count), np.float32) + np.float32(0.01)
    h = rng.random((count, frames), np.float32)
    layers = tuple(
        Layer(i + 1, str(i), "#000000", (Part(100 + i, i),), gain_db=-1.0 - i, pan=i / count - 0.5)
        for i in range(count)
    )
    return Scene(recording, analysis, Stack(layers, Factors(w, h), (), analysis.bins, frames))


def in_blocks(stream: MixStream | Feed) -> None:
    """Take ten seconds as a player does."""
    for _ in range(10 * RATE // 512):
        stream.read(512)


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three rounds, on machines that others share."""
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return min(took)
