"""Pointing in the real window, by mouse and keys: each instrument of the demo with ten clicks, a telephone out of
speech with three, and the scores after each click as the program shows them.

The simulated user knows the stems as one knows them who hears them: it clicks where that would help most of what is
wrong, at the pixel that shows the place, and chooses sources by their number keys.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.driving import DEMO, mouse, open_demo, run_until, running_window
from tests.benchmarks.effort_picture import draw_climb
from tests.benchmarks.effort_scenes import RATE, Scene, scenes
from tests.benchmarks.effort_user import CLICK_SECONDS, Said, User
from workbench import resource
from workbench.audio.recording import load
from workbench.audio.scores import score_of
from workbench.masks.insight.oracles import oracle_masks
from workbench.masks.model.grid import Region
from workbench.spectral.stft import magnitudes

if TYPE_CHECKING:
    from workbench.app import Workbench
    from workbench.control.score_rows import ScoreRow

CLICKS = 10
"""Of an instrument."""
NOWHERE = Said(1, Region(0, 0, 0, 0))
"""Something is said already of what is beside a sound."""
PICTURE = Path("resources/docs/demo-clicks.svg")


def measure(report: Report) -> None:
    """The demo, then speech with a telephone, in one window."""
    telephone = next(scene for scene in scenes() if scene.name == "telephone")
    demo = {path.stem: load(path).samples for path in sorted(resource("demo/stems").glob("*.flac"))}
    with running_window() as (program, _), tempfile.TemporaryDirectory() as folder:
        hand = _Hand(program, DEMO, demo, Path(folder) / "demo")
        climbs = hand.work(list(demo), CLICKS)
        for name, climb in climbs.items():
            report.figure(
                f"demo, {name} after {len(climb) - 1} clicks: SDR", climb[-1], "dB", None, **hand.beside(name)
            )
        report.figure("demo: seconds for the clicks of an instrument", hand.seconds / len(demo), "s", "<= 60")
        report.figure("demo: the program's own share of them", hand.own_seconds / len(demo), "s", None)
        for line in hand.told:
            print(line)
        draw_climb(PICTURE, climbs, {name: hand.beside(name)["oracle"] for name in climbs})
        hand = _Hand(program, _mixed(telephone, Path(folder)), telephone.stems, Path(folder) / "telephone")
        climb = hand.work(["telephone"], 3)["telephone"]
        report.figure("telephone out of speech after 3 clicks: SDR", climb[-1], "dB", None, **hand.beside("telephone"))


def _mixed(scene: Scene, folder: Path) -> Path:
    path = folder / f"{scene.name}.wav"
    soundfile.write(path, scene.mix, RATE, subtype="FLOAT")
    return path


class _Hand:
    """Opens a recording with its stems as references, and clicks."""

    def __init__(self, program: Workbench, path: Path, stems: Mapping[str, np.ndarray], folder: Path) -> None:
        self._program, self._desk, self._stems = program, program.desk, stems
        self.seconds, self.own_seconds = 0.0, 0.0
        self.told: list[str] = []
        """What was clicked, in words."""
        folder.mkdir()
        for name, samples in stems.items():
            soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="FLOAT")
        open_demo(program, path)
        self._desk.references.add([folder])
        self._desk.scoring.watch(True)
        assert run_until(program, lambda: len(self._desk.references.ready) == len(stems), 60)
        assert run_until(program, lambda: self._desk.components.factors is not None, 120)
        recording, analysis = self._desk.document.recording, self._desk.document.state.analysis
        assert recording is not None
        self._rate, self._mix = recording.rate, recording.samples
        self._v = magnitudes(recording.samples, analysis)
        oracle = oracle_masks(list(stems.values()), analysis, False, 1.0)
        every = np.arange(len(stems)), *(np.arange(size) for size in self._v.shape)
        self._ideal = oracle.values(*every)
        self._layers: dict[str, int] = {}

    def work(self, wanted: list[str], clicks: int) -> dict[str, list[float]]:
        """The scores of some stems before, and after each of their clicks; what belongs to no other is the rest."""
        ideal = np.stack([self._ideal[list(self._stems).index(name)] for name in wanted])
        alone = len(wanted) == 1
        if alone:
            ideal = np.concatenate([ideal, 1 - ideal])
        user = User(self._v, ideal, False, 0)
        climbs = {name: [self._score(name)] for name in wanted}
        said: list[Said] = []
        while len(said) < clicks * len(wanted):
            full = [i for i, name in enumerate(wanted) if len(climbs[name]) > clicks]
            # Of one sound alone the first click says that it is there; others may say where it is not.
            meant = user.next(self._masks(wanted, alone), [*said, NOWHERE] if alone else said, full)
            name = wanted[0 if alone else meant.stem]
            self._click(name, meant, denies=alone and meant.stem == 1)
            said.append(meant)
            climbs[name].append(self._score(name))
        return climbs

    def beside(self, name: str) -> dict[str, float]:
        """The scores of the mix and of the ideal ratio mask against a stem."""
        row = self._row(name)
        assert row is not None and row.mix is not None and row.oracle is not None
        return {"mix": round(row.mix.sdr, 1), "oracle": round(row.oracle.sdr, 1)}

    def _click(self, name: str, meant: Said, denies: bool) -> None:
        from PySide6.QtCore import QPointF, Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        desk, window, plane = self._desk, self._program.window, self._desk.plane
        rate, analysis = self._rate, desk.document.state.analysis
        middle = (meant.region.low + meant.region.high) / 2, (meant.region.start + meant.region.stop) / 2
        second, hz = analysis.second_of(int(middle[1]), rate), analysis.hz_of(int(middle[0]), rate)
        point = QPointF(plane.point_of((second, float(desk.viewport.scale.position(hz)))).toPoint())
        began = time.perf_counter()
        # No window manager gives it the keys.
        QApplication.setActiveWindow(window)
        place = list(self._layers).index(name) + 1 if name in self._layers else 0
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + place))
        before = desk.document.recorded_state
        held = Qt.KeyboardModifier.ControlModifier if denies else Qt.KeyboardModifier.NoModifier
        for kind in ("move", "press", "release"):
            mouse(self._program, kind, point, held)
        assert run_until(self._program, lambda: desk.document.recorded_state is not before, 5), (name, second, hz)
        if name in self._layers:
            assert {each.id for each in desk.document.layers} == {each.id for each in before.layers}, (
                "for another source"
            )
        else:
            layer = desk.selection.present
            assert layer is not None
            self._layers[name] = layer.id
            desk.layers.rename(layer, name)
        assert run_until(self._program, lambda: self._program.window.panes.image.fresh, 5)
        self.own_seconds += time.perf_counter() - began
        self.seconds += time.perf_counter() - began + CLICK_SECONDS
        self.told.append(f"{name}: {'not ' if denies else ''}at {second:.2f} s, {hz:.0f} Hz")

    def _masks(self, wanted: list[str], alone: bool) -> np.ndarray:
        stack = self._desk.document.stack
        held = {layer.id: i for i, layer in enumerate(stack.layers)}
        found = stack.evaluate(*(np.arange(size) for size in self._v.shape))
        sums = {i: found[stack.owner == i].sum(axis=0) for i in held.values()}
        there = [self._layers.get(name) for name in wanted]
        # What nobody asked for yet is a part of each that is not there.
        left = np.ones(self._v.shape, np.float32)
        for i in there:
            left -= 0 if i is None else sums[held[i]]
        shared = np.zeros_like(left) if alone else left / max(1, there.count(None))
        masks = np.stack([shared if i is None else sums[held[i]] for i in there])
        return np.stack([masks[0], 1 - masks[0]]) if alone else masks

    def _row(self, name: str) -> ScoreRow | None:
        names = dict(self._desk.scoring.references)
        rows = self._desk.scoring.rows
        layer = self._layers.get(name)
        asked = next((row for row in rows if row.source.id == layer), None)
        return asked or next((row for row in rows if names.get(row.reference or 0) == name), None)

    def _score(self, name: str) -> float:
        """As the list of scores has it; of what is not there yet, of the mix."""
        scoring = self._desk.scoring
        run_until(self._program, lambda: False, 0.2)
        assert run_until(self._program, lambda: not scoring.measuring and not scoring.left, 60)
        row = self._row(name)
        if name not in self._layers or row is None:
            return float(score_of(self._stems[name], self._mix).sdr)
        assert row.score is not None
        return row.score.sdr
