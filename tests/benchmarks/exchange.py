"""What masks of ten minutes cost on their way out and in: seconds, and memory beside what the document holds."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np

from tests.benchmarks import Report
from workbench.exchange import masks_npy, masks_npz, masks_png, masks_wav
from workbench.exchange.mask_files import read_masks
from workbench.exchange.masks import MaskPlanes, planes_of_stack
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

RATE, SECONDS, MASKS = 44100, 600, 10
FORMATS = {
    "NPY": (masks_npy.write, "npy"),
    "NPZ": (masks_npz.write, "npz"),
    "WAV": (masks_wav.write, "wav"),
    "PNG, 16 bits": (partial(masks_png.write, bits=16), "png"),
}


def measure(report: Report) -> None:
    """Ten masks of ten minutes at 2048/512 are 2.1 GB as 32-bit float."""
    analysis = Analysis()
    frames, rng = analysis.frames(RATE * SECONDS), np.random.default_rng(0)
    w, h = rng.random((analysis.bins, MASKS)).astype(np.float32), rng.random((MASKS, frames)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, suffix) in FORMATS.items():
            began = time.perf_counter()
            paths = write(Path(folder) / f"masks.{suffix}", planes_of(w, h, analysis))
            report.figure(f"{name} written", time.perf_counter() - began, "s", None)
            began = time.perf_counter()
            read_masks(paths, analysis.bins, frames)
            report.figure(f"{name} read", time.perf_counter() - began, "s", None)
            for path in paths:
                path.unlink()
            # Tracing is slow; what is held at a time does not depend on the number of masks.
            tracemalloc.start()
            paths = write(Path(folder) / f"two.{suffix}", planes_of(w[:, :2], h[:2], analysis))
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            report.figure(f"{name}: memory for writing", peak / 2**20, "MB", "<= 300")
            for path in paths:
                path.unlink()


def planes_of(w: np.ndarray, h: np.ndarray, analysis: Analysis) -> MaskPlanes:
    """The masks of some components, a layer each."""
    layers = tuple(Layer(100 + i, f"Layer {i}", "#336699", (Part(1 + i, i),)) for i in range(len(h)))
    stack = Stack(layers, Factors(w, h), (), analysis.bins, h.shape[1])
    return planes_of_stack(stack, analysis, RATE)
