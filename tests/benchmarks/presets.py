"""What each preset is worth on its kind of sound: SDR per source beside the unprocessed mix's own.

SDR is 10·log10(‖s‖² / ‖s − ŝ‖²) over the whole file. Where a preset does not name its components, every component
goes to the stem that it correlates with most: the choice that a listener would make.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.preset_scenes import scenes
from workbench import resource
from workbench.audio.recording import Recording
from workbench.audio.renderer import render_all
from workbench.audio.scene import Scene
from workbench.audio.scores import score_of
from workbench.masks.model.layers import Layer, Part
from workbench.masks.stack import Stack
from workbench.separation.factorise import factorise
from workbench.separation.presets import PRESETS, Preset
from workbench.separation.settings import RunSettings, frames_selected
from workbench.separation.task import Task, component_names
from workbench.spectral.stft import Analysis

RATE = 44100
SEEDS = (0, 1, 2)
STEMS = ("bass", "chords", "drums", "melody")


def measure(report: Report) -> None:
    """Each preset on its kind of sound."""
    for scene in scenes():
        found = PRESETS[scene.preset]
        assert found.window is not None
        gain = gained(scene.sources, found, found.window)
        report.figure(f"{found.name}, {scene.name}: mean SDR above the mix's own", gain, "dB", scene.asked)
    stems = {name: read(resource(f"demo/stems/{name}.flac")) for name in STEMS}
    mix = sum(stems.values())
    notes = grouped(separated(mix, PRESETS["notes"].settings), list(stems.values()))
    _figure(report, "Notes, demo's melody", stems["melody"], notes[STEMS.index("melody")], mix, ">= 6")
    parts = separated(mix, PRESETS["beat"].settings)
    _figure(
        report, "Drums in a mix, demo's drums (the three named layers)", stems["drums"], sum(parts[:3]), mix, ">= 4"
    )
    rng = np.random.default_rng(0)
    quiet = np.concatenate([np.zeros((RATE, 1), np.float32), mix.mean(axis=1, keepdims=True)])
    hiss = rng.normal(0, 0.03, quiet.shape).astype(np.float32)
    clean = grouped(separated(quiet + hiss, PRESETS["old"].settings), [quiet, hiss])[0]
    _figure(report, "Old recording, mono fold-down of the demo with hiss", quiet, clean, quiet + hiss, ">= 3")
    voice = stems["melody"].mean(axis=1, keepdims=True)[8 * RATE :]
    voice = np.concatenate([np.zeros((RATE * 3 // 2, 1), np.float32), voice])
    noise = scipy.signal.lfilter([1], [1, -0.95], rng.standard_normal(voice.shape), axis=0).astype(np.float32)
    noise *= 0.5 * np.sqrt(np.mean(voice**2) / np.mean(noise**2))
    settings = replace(PRESETS["speech"].settings, selection=frames_selected(Analysis(), 0.1, 1.4, RATE))
    heard = separated(voice + noise, settings)
    _figure(
        report,
        "Speech + noise, the melody in low noise, learnt from 1.3 s of noise",
        voice,
        sum(heard[settings.learnt :]),
        voice + noise,
        ">= 3",
    )


def separated(samples: np.ndarray, settings: RunSettings, analysis: Analysis | None = None) -> list[np.ndarray]:
    """The sound of each component, as the program renders it."""
    recording, analysis = Recording(samples.astype(np.float32), RATE, Path("mix.wav")), analysis or Analysis()
    snapshot = factorise(Task(recording, analysis, settings))
    count = snapshot.factors.components
    names = component_names(settings) or [f"Component {k + 1}" for k in range(count)]
    layers = tuple(Layer(2 * k + 1, names[k], "#ffffff", (Part(2 * k + 2, k),)) for k in range(count))
    stack = Stack(layers, snapshot.factors, (), analysis.bins, analysis.frames(len(samples)))
    scene = Scene(recording, analysis, stack)
    return [render_all(scene, 0, len(samples), [k]) for k in range(count)]


def grouped(parts: list[np.ndarray], stems: list[np.ndarray]) -> list[np.ndarray]:
    """The sum of the parts that correlate most with each stem."""
    groups = [np.zeros_like(stem) for stem in stems]
    for part in parts:
        alike = [float(np.vdot(part, stem)) / float(np.linalg.norm(stem)) for stem in stems]
        groups[int(np.argmax(alike))] += part
    return groups


def gained(sources: list[np.ndarray], found: Preset, window: int) -> float:
    """SDR above the mix's own in dB with the best grouping of the components, the mean of sources and seeds."""
    mix = sum(sources)
    gains = []
    for seed in SEEDS:
        settings = replace(found.settings, seed=seed)
        parts = grouped(separated(mix, settings, Analysis(window, window // 4)), sources)
        gains += [
            score_of(source, part).sdr - score_of(source, mix).sdr for source, part in zip(sources, parts, strict=True)
        ]
    return float(np.mean(gains))


def _figure(report: Report, name: str, source: np.ndarray, estimate: np.ndarray, mix: np.ndarray, asked: str) -> None:
    own, mine = score_of(source, mix).sdr, score_of(source, estimate).sdr
    report.figure(f"{name}: SDR above the mix's own", mine - own, "dB", asked, sdr=round(mine, 1), mix=round(own, 1))


def read(path: Path) -> np.ndarray:
    samples: np.ndarray = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return samples
