"""How exactly stems are placed, how soon scores follow an edit, what a start from stems is worth."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr
from PySide6.QtCore import QCoreApplication

from tests.benchmarks import Report
from tests.control.scenes import SilentPlayer, select_box
from workbench import resource
from workbench.audio.recording import Recording, load
from workbench.audio.renderer import render_all
from workbench.audio.scores import block_count, oracle_products, score, score_of
from workbench.audio.stems import find_places, read_stem
from workbench.control.desk import Desk, build_desk
from workbench.document.state import fresh_state
from workbench.masks.model.models import Factors
from workbench.separation.factorise import factorise
from workbench.separation.settings import RunSettings
from workbench.separation.task import Task
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

RATE, OTHER_RATE, CUT = 44100, 48000, 576
"""Stems at 48 kHz that begin 12 ms after the recording."""
STEMS = ("bass", "chords", "drums", "melody")
COMPONENTS = 20
EDITS = 12


def measure(report: Report) -> None:
    """On the demo; the scores also on it 22 times over, which are ten minutes."""
    mix = load(resource("demo/demo.flac"))
    stems = {name: load(resource(f"demo/stems/{name}.flac")).samples for name in STEMS}
    application = QCoreApplication.instance() or QCoreApplication([])
    with tempfile.TemporaryDirectory() as folder:
        _places(report, mix, stems, Path(folder))
        _start(report, application, mix, stems, Path(folder) / "plain")
        for times, text in ((1, "28 s"), (22, "10 minutes")):
            _live(report, application, mix, stems, times, text, Path(folder) / text)


def _places(report: Report, mix: Recording, stems: dict[str, np.ndarray], folder: Path) -> None:
    found = []
    for name, samples in stems.items():
        there = soxr.resample(samples, RATE, OTHER_RATE)[CUT:]
        soundfile.write(folder / f"{name}.wav", there, OTHER_RATE, subtype="FLOAT")
        found.append(read_stem(folder / f"{name}.wav", mix))
    errors = [abs(place.offset - CUT * RATE / OTHER_RATE) for place in find_places(mix, found)]
    report.figure("stems at 48 kHz that begin 12 ms late: the place of the worst", max(errors), "samples", "<= 0.05")


def _start(
    report: Report, application: QCoreApplication, mix: Recording, stems: dict[str, np.ndarray], folder: Path
) -> None:
    desk = _opened(application, mix, stems, folder)
    desk.stem_stacks.start_sources(8)
    _wait(application, lambda: not desk.runner.jobs)
    document = desk.document
    reached = []
    for group in document.groups:
        inside = [i for i, layer in enumerate(document.layers) if layer.group == group.id]
        reached.append(score_of(stems[group.name], render_all(document.scene, layers=inside)).sdr)
    blocks = range(block_count(len(mix.samples)))
    ideal = sum(oracle_products(mix, document.state.analysis, list(stems.values()), False, block) for block in blocks)
    oracle = float(np.mean([score(*row).sdr for row in ideal]))
    own = float(np.mean([score_of(stem, mix.samples).sdr for stem in stems.values()]))
    value = float(np.mean(reached))
    report.figure(
        "sources from stems, 8 components each: mean SDR", value, "dB", None, mix=round(own, 2), oracle=round(oracle, 2)
    )
    _close(application, desk)


def _live(
    report: Report,
    application: QCoreApplication,
    mix: Recording,
    stems: dict[str, np.ndarray],
    times: int,
    text: str,
    folder: Path,
) -> None:
    long = Recording(np.tile(mix.samples, (times, 1)), RATE, mix.path)
    began = time.perf_counter()
    desk = _opened(application, long, {name: np.tile(each, (times, 1)) for name, each in stems.items()}, folder)
    report.figure(f"{text}: four stems read and placed", time.perf_counter() - began, "s", None)
    short = factorise(Task(mix, Analysis(), RunSettings(components=COMPONENTS, iterations=20))).factors
    assert isinstance(short, Factors)
    frames = desk.document.stack.frames
    factors = Factors(short.W, np.ascontiguousarray(np.tile(short.H, (1, times + 1))[:, :frames]))
    number, _ = desk.document.begin_run("run", RunSettings(components=COMPONENTS), factors, True)
    desk.document.publish(number, factors, (1.0,))
    began = time.perf_counter()
    desk.scoring.watch(True)
    _wait(application, lambda: not desk.scoring.left)
    report.figure(f"{text}, {COMPONENTS} layers: the first scores", time.perf_counter() - began, "s", None)
    waits = []
    for edit in range(EDITS):
        select_box(desk, 20, 200, 300 + 90 * edit, 330 + 90 * edit)
        desk.masks.fill()
        began = time.perf_counter()
        _wait(application, lambda: not desk.scoring.left)
        waits.append(1000 * (time.perf_counter() - began))
    report.figure(f"{text}, {COMPONENTS} layers: an edit of 0.35 s to its scores", statistics.median(waits), "ms", None)
    _close(application, desk)


def _opened(application: QCoreApplication, mix: Recording, stems: dict[str, np.ndarray], folder: Path) -> Desk:
    """A desk with a recording and its stems as references, which are read and placed."""
    folder.mkdir()
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="FLOAT")
    desk = build_desk(SilentPlayer)
    analysis = Analysis()
    desk.document.open(mix, analyse_levels(mix.samples, analysis), fresh_state(analysis))
    desk.references.add([folder])
    _wait(application, lambda: desk.references.rest_db is not None)
    return desk


def _wait(application: QCoreApplication, until: Callable[[], object]) -> None:
    while not until():
        application.processEvents()
        time.sleep(0.001)


def _close(application: QCoreApplication, desk: Desk) -> None:
    desk.close()
    _wait(application, lambda: not desk.runner.jobs)
