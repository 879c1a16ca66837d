"""A document of two seconds of tones, and what the tests do with it."""

from pathlib import Path

import numpy as np

from tests.acting import region_masks
from tests.conftest import begin as stroke
from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.document.acts import masks as mask_acts
from workbench.document.document import Document
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


def opened() -> Document:
    samples = tone_mix(2.0)
    document = Document()
    document.open(Recording(samples, 8000, Path("x.wav")), analyse_levels(samples, Analysis()))
    return document


def factors(document: Document, k: int, seed: int = 0) -> Factors:
    rng = np.random.default_rng(seed)
    frames = document.state.analysis.frames(len(document.recording.samples))
    return Factors(rng.random((1025, k)).astype(np.float32), rng.random((k, frames)).astype(np.float32))


def begin(document: Document, k: int = 3, fresh: bool = True, seed: int = 0) -> int:
    return document.begin_run("run", RunSettings(components=k), factors(document, k, seed), fresh)[0]


def paint(document: Document, layer: int, name: str = "stroke") -> None:
    painter = stroke(document.stack, layer, 1.0)
    painter.extend(Region(100, 140, 5, 25), np.ones((40, 20), np.float32))
    document.act(name, mask_acts.set_edits(document.recorded_state, painter.edits))


def masks(document: Document) -> np.ndarray:
    return region_masks(document.stack, Region(90, 150, 0, 30))
