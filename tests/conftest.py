"""Shared fixtures: small recordings made on the spot, and the running program without its event loop."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from workbench.audio.recording import Recording
from workbench.audio.scene import Scene
from workbench.masks.hand.painting import TileStroke, brush_effect, eraser_effect
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

# Widgets are drawn offscreen; the tests that want a screen start one and say so.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
settings.load_profile("house")


def tone_mix(seconds: float = 1.0, rate: int = 8000, channels: int = 2, seed: int = 0) -> np.ndarray:
    """Decaying tones over quiet noise, different in every channel; float32 (n, C), peak below 0.5."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    out = 0.01 * rng.standard_normal((len(t), channels))
    for k, hz in enumerate((220, 550, 1310)):
        envelope = np.exp(-((t * 3 + k / 3) % 1) * 4)
        out += 0.1 * (envelope * np.sin(2 * np.pi * hz * t))[:, None] * rng.uniform(0.3, 1, channels)
    return out.astype(np.float32)


def random_stack(
    layers: int, analysis: Analysis, samples: int, seed: int = 0, components_each: int = 1, **fields: object
) -> Stack:
    """Layers that hold random components."""
    rng = np.random.default_rng(seed)
    k, f, n = layers * components_each, analysis.bins, analysis.frames(samples)
    w, h = rng.random((f, k)).astype(np.float32), rng.random((k, n)).astype(np.float32)
    rows = tuple(
        Layer(
            100 + i,
            f"L{i}",
            "#336699",
            tuple(Part(1 + i * components_each + j, i * components_each + j) for j in range(components_each)),
            **fields,
        )
        for i in range(layers)
    )
    return Stack(rows, Factors(w, h), (), f, n)


def begin(stack: Stack, layer: int, value: float | None) -> TileStroke:
    """A stroke in tiles towards a value, or back to the computed masks for None."""
    return TileStroke(stack, eraser_effect(stack, (layer,)) if value is None else brush_effect(stack, (layer,), value))


def make_scene(
    layers: int = 3, seconds: float = 1.0, rate: int = 8000, channels: int = 2, analysis: Analysis | None = None
) -> Scene:
    """A recording of tones with a random mask stack."""
    analysis = analysis or Analysis(512, 128)
    samples = tone_mix(seconds, rate, channels)
    return Scene(Recording(samples, rate, Path("tones.wav")), analysis, random_stack(layers, analysis, len(samples)))


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Every test stops the threads that it started."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = [t for t in set(threading.enumerate()) - before if t.is_alive()]
        if not left:
            return
        time.sleep(0.02)
    raise AssertionError(f"threads left running: {left}")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[object]:
    """The whole program with settings of its own; nothing opened yet.

    What raised in a slot or in a thread fails the test, unless the test takes the report (`Reporter.take_reports`).
    """
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings

    from workbench.app import build

    program = build(["test"], QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    try:
        yield program
    finally:
        program.window.close_now()
        program.close()
        program.window.deleteLater()
        pump(program.application)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        assert not program.reporter.reports, "\n".join(program.reporter.reports)


def pump(application: object, until: Callable[[], object] = lambda: False, seconds: float = 0.05) -> bool:
    """Process events until a condition holds; answers whether it came to hold."""
    deadline = time.monotonic() + seconds
    while not until():
        application.processEvents()  # type: ignore[attr-defined]
        if time.monotonic() > deadline:
            return bool(until())
        time.sleep(0.002)
    return True
