"""What is measured for the user: the sum of the parts, what masks hold, how many components there may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.audio.renderer import render_all
from workbench.audio.scene import Scene
from workbench.control.factorising import Factorising
from workbench.control.notices import Notices
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import load_references
from workbench.masks.insight.grouping import Portraits, portraits
from workbench.masks.insight.statistics import MaskReport, report
from workbench.separation.factorise import choose_components
from workbench.separation.settings import RunSettings

CANDIDATES = [1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25]
"""Numbers of components that are tried."""
KINDS = ("masks", "portraits", "references", "components", "residual")
"""Keys of the jobs: of each only the newest counts."""
RESIDUAL_MS = 600
RESIDUAL_SECONDS = 3.0

References = list[tuple[str, NDArray[np.float64]]]
"""Names and mean spectra of sounds that stand for sources."""


class Measuring(QObject):
    """Measures in jobs; of each kind the newest wish counts."""

    residual_measured = Signal(object)
    """How far the layers' sum is from the mix, in dB, or None where that is not known."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        playback: Playback,
        factorising: Factorising,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._playback = document, selection, playback
        self._factorising, self._runner, self._notices = factorising, runner, notices
        self._timer = QTimer(self, singleShot=True, interval=RESIDUAL_MS)
        self._timer.timeout.connect(self._measure_residual)
        document.masks_changed.connect(self._measure_later)
        document.opened.connect(self._opened)

    def measure_masks(self, then: Callable[[MaskReport, Scene], None]) -> None:
        """Measure what the layers hold, within what is selected."""
        scene, area = self._document.scene, self._selection.area
        if scene is None:
            return
        samples, rate = scene.recording.samples, scene.recording.rate
        self._runner.run(
            self.tr("Measuring the masks"),
            lambda job: report(scene.stack, samples, rate, scene.analysis, job.report, area),
            lambda found: then(found, scene),
            self._notices.trouble,
            key="masks",
        )

    def portray(self, then: Callable[[Portraits, Scene], None]) -> None:
        """Measure what makes layers alike."""
        scene = self._document.scene
        if scene is None:
            return
        if len(scene.stack.layers) < 2:
            self._notices.refuse(self.tr("This needs several layers; factorise first."))
            return
        samples, rate = scene.recording.samples, scene.recording.rate
        self._runner.run(
            self.tr("Comparing the layers"),
            lambda job: portraits(scene.stack, samples, rate, scene.analysis, job.report),
            lambda found: then(found, scene),
            self._notices.trouble,
            key="portraits",
        )

    def load_references(self, paths: Sequence[Path], then: Callable[[References], None]) -> None:
        """Spectra of sounds that stand for sources."""
        scene = self._document.scene
        if scene is not None and paths:
            rate, analysis = scene.recording.rate, scene.analysis
            self._runner.run(
                self.tr("Reading reference sounds"),
                lambda job: load_references(tuple(paths), rate, analysis, job.report),
                then,
                self._notices.trouble,
                key="references",
            )

    def try_components(
        self, settings: RunSettings, then: Callable[[list[int], list[float], NDArray[np.float64]], None]
    ) -> None:
        """Measure the cost of several numbers of components; hands over both, and the shares of singular values."""
        recording, analysis = self._document.recording, self._document.state.analysis
        if recording is not None:
            self._runner.run(
                self.tr("Trying numbers of components"),
                lambda job: choose_components(recording, analysis, settings, CANDIDATES, job.report),
                lambda found: then(CANDIDATES, *found),
                self._notices.trouble,
                key="components",
            )

    # -- the sum of the parts ------------------------------------------------------------------------

    def _opened(self) -> None:
        # What is found out about another recording is told of none.
        for kind in KINDS:
            self._runner.drop(kind)
        self._measure_later()

    def _measure_later(self, region: object = None) -> None:
        self._timer.start()

    def _measure_residual(self) -> None:
        """Render every layer of a span at unity gain and compare their sum with the recording."""
        scene = self._document.scene
        if scene is None or self._factorising.running:
            self.residual_measured.emit(None)
            return
        rate, length = scene.recording.rate, len(scene.recording.samples)
        start = max(0, min(round(self._playback.position * rate), length - round(RESIDUAL_SECONDS * rate)))
        stop = min(length, start + round(RESIDUAL_SECONDS * rate))

        def work(job: Job) -> float | None:
            return residual_db(scene, start, stop, job)

        self._runner.run("", work, self.residual_measured.emit, key="residual")


def residual_db(scene: Scene, start: int, stop: int, job: Job) -> float | None:
    """Energy of (sum of all layers − recording) over that of the recording, from sample to sample, in dB.

    None where the recording is silent.
    """
    mix = scene.recording.samples[start:stop].astype(np.float64)
    energy = float(np.sum(mix**2))
    if energy == 0.0:
        return None
    total, count = np.zeros_like(mix), len(scene.stack.layers)
    for layer in range(count):
        total += render_all(scene, start, stop, [layer])
        job.report((layer + 1) / count)
    return float(10 * np.log10(max(float(np.sum((total - mix) ** 2)), 1e-30) / energy))
