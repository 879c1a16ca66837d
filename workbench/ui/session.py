"""What the window does with files and long work: open, save, export, factorise, preview. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.audio.export import FileFormat, Piece, layer_pieces, mix_piece
from workbench.audio.recording import Cancelled
from workbench.audio.renderer import Scene, render_all
from workbench.document import acts
from workbench.document.document import Document
from workbench.document.project import SUFFIX
from workbench.document.state import RunSettings, State
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import (
    Opened,
    Snapshot,
    analyse_again,
    export,
    factorise_recording,
    measure_peak,
    open_file,
    random_factors,
    save,
)  # fmt: skip
from workbench.masks.painting import PaintingRefused, check
from workbench.masks.stack import Factors
from workbench.spectral.stft import Analysis

RESIDUAL_MS = 600
RESIDUAL_SECONDS = 3.0


class Session(QObject):
    """The user's long acts on the document."""

    said = Signal(str)
    """A short remark for the status line."""
    troubled = Signal(str)
    """A sentence that must be seen."""
    opened = Signal(object)
    """Path of what was opened."""
    saved = Signal(object)
    """Path that was saved."""
    measured = Signal(object)
    """Residual in dB, or None."""
    overtaken = Signal(object)
    """What was opened is ready, but the open document was changed meanwhile: a callable that puts it in place."""
    clipping = Signal(float, object, object)
    """Peak above full scale that an integer format would clip, a callable that writes all the same, and one that
    writes 32-bit float instead."""

    def __init__(self, document: Document, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner = document, runner
        self._running: Job | None = None
        self._running_run = 0
        self._opening: Job | None = None
        self._measuring: Job | None = None
        self._analysing: Job | None = None
        self._saving = False
        self._position: Callable[[], float] = lambda: 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RESIDUAL_MS)
        self._timer.timeout.connect(self._measure)
        document.masks_changed.connect(lambda _: self._timer.start())
        document.opened.connect(self._timer.start)
        document.history_changed.connect(self._history_changed)

    def set_position(self, position: Callable[[], float]) -> None:
        """Where the residual is measured: around this second."""
        self._position = position

    # -- files ---------------------------------------------------------------------------------------

    def open(self, path: Path) -> Job:
        """Open a recording or a project; what is open stays until the new one is ready."""

        if self._opening is not None:
            self._opening.cancel()
        began = self._document.recorded_state

        def done(result: Opened) -> None:
            if self._opening is not job:
                return
            self._opening = None
            if self._document.recorded_state is not began and self._document.dirty:
                self.overtaken.emit(lambda: put(result))
            else:
                put(result)

        def put(result: Opened) -> None:
            self.cancel_factorisation()
            # What it still publishes belongs to a document that is no longer there.
            self._running_run = 0
            project = result.project
            if project is None:
                self._document.open(result.recording, result.levels)
            else:
                self._document.open(result.recording, result.levels, project.state, project.runs, project.path)
            self.opened.emit(path)
            for remark in result.recording.remarks:
                self.troubled.emit(remark)

        name = self.tr("Opening {0}").format(path.name)
        job = self._runner.run(name, lambda job: open_file(job, path), done, self.troubled.emit)
        self._opening = job
        return job

    def save(self, path: Path, then: Callable[[], object] | None = None) -> None:
        """Write the project."""
        document = self._document
        if document.recording is None:
            return
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if self._saving:
            self.said.emit(self.tr("Still saving; save again in a moment"))
            return
        recording, state, runs, run = document.recording, document.recorded_state, dict(document.runs), document.run

        def done(state: State) -> None:
            if document.recording is not recording:
                return
            document.mark_saved(state, run, path)
            self.saved.emit(path)
            self.said.emit(self.tr("Saved {0}").format(path.name))
            if then is not None:
                then()

        name = self.tr("Saving {0}").format(path.name)
        self._saving = True

        def ended() -> None:
            self._saving = False

        work = partial(save, path=path, recording=recording, state=state, runs=runs)
        self._runner.run(name, work, done, self.troubled.emit, ended=ended)

    def export(self, folder: Path, mix: bool, layers: bool, form: FileFormat) -> None:
        """Write the mix, the layers or both, as they are now. Integer formats that would clip ask first."""
        scene = self._document.scene
        if scene is None:
            return

        def pieces(form: FileFormat) -> list[Piece]:
            out = [mix_piece(folder, scene.recording.path.stem, form)] if mix else []
            return out + (layer_pieces(scene, folder, form) if layers else [])

        if not form.integer:
            self._write(scene, pieces(form), form)
            return

        def checked(peak: float) -> None:
            clip = partial(self._write, scene, pieces(form), form)
            as_float = partial(self._write, scene, pieces(FileFormat()), FileFormat())
            # Full scale of an integer format is one step short of 1.
            if peak >= 1.0:
                self.clipping.emit(peak, clip, as_float)
            else:
                clip()

        name = self.tr("Checking the level")
        self._runner.run(name, partial(measure_peak, scene=scene, pieces=pieces(form)), checked, self.troubled.emit)

    def _write(self, scene: Scene, pieces: list[Piece], form: FileFormat) -> None:
        def done(_: float) -> None:
            folder = pieces[0].path.parent
            text = self.tr("Wrote 1 file to {1}") if len(pieces) == 1 else self.tr("Wrote {0} files to {1}")
            self.said.emit(text.format(len(pieces), folder))

        work = partial(export, scene=scene, pieces=pieces, form=form)
        self._runner.run(self.tr("Exporting"), work, done, self.troubled.emit)

    # -- factorisation -------------------------------------------------------------------------------

    @property
    def factorising(self) -> bool:
        """Whether a factorisation is under way."""
        return self._running is not None

    def factorise(self, settings: RunSettings, analysis: Analysis, fresh: bool) -> None:
        """Start a run; a run under way is stopped and keeps what it has."""
        document = self._document
        if document.recording is None:
            return
        self.cancel_factorisation()
        if analysis != document.state.analysis:
            self._analyse(analysis, lambda: self.factorise(settings, analysis, fresh))
            return
        present = document.run
        if not fresh and present is not None:
            start = present.factors
            settings = replace(settings, components=start.W.shape[1])
            name = self.tr("Continue {0}, {1} components")
        else:
            fresh = True
            start = random_factors(document.recording, analysis, settings)
            name = self.tr("Factorise {0}, {1} components")
        text = name.format(settings.divergence.upper(), settings.components)
        self._start_run(text, settings, start, fresh)

    def _start_run(self, text: str, settings: RunSettings, start: Factors, fresh: bool) -> None:
        document = self._document
        recording, analysis = document.recording, document.state.analysis
        assert recording is not None
        run = document.begin_run(text, settings, start, fresh)

        def publish(snapshot: Snapshot) -> None:
            if self._running_run == run:
                document.publish(run, snapshot.factors, snapshot.costs)

        def work(job: Job) -> Snapshot:
            return factorise_recording(job, recording, analysis, settings, start)

        self._running_run = run

        def ended() -> None:
            self._run_ended(job)

        job = self._runner.run(text, work, publish, self.troubled.emit, publish, ended)
        self._running = job

    def cancel_factorisation(self) -> None:
        """Stop the run under way; it keeps what it has."""
        if self._running is not None:
            self._running.cancel()

    def _run_ended(self, job: Job) -> None:
        if self._running is job:
            self._running = None
            costs = self._document.run.costs if self._document.run is not None else ()
            self.said.emit(self.tr("{0} iterations done").format(len(costs)))

    def _history_changed(self) -> None:
        # Undoing past a run cancels it.
        if self._running is not None and self._document.recorded_state.run != self._running_run:
            self._running.cancel()

    def _analyse(self, analysis: Analysis, then: Callable[[], None]) -> None:
        document = self._document
        recording = document.recording
        assert recording is not None

        def done(levels: Any) -> None:
            self._analysing = None
            if document.recording is recording:
                document.set_analysis(analysis, levels)
                then()

        if document.has_levels(analysis):
            done(document.levels_of(analysis))
            return
        if self._analysing is not None:
            self._analysing.cancel()
        name = self.tr("Analysing")
        work = partial(analyse_again, recording=recording, analysis=analysis)
        job = self._runner.run(name, work, done, self.troubled.emit)
        self._analysing = job

    # -- threshold preview ---------------------------------------------------------------------------

    def preview_threshold(self, level: float) -> None:
        """Show and sound the threshold of the selected layer."""
        state = self._thresholded(level)
        if state is not None:
            self._document.preview(state)

    def accept_threshold(self, level: float) -> None:
        """Make the threshold an act."""
        state = self._thresholded(level)
        if state is not None:
            name = self._document.layers[self._document.selected_index].name
            self._document.act(self.tr("Threshold {0} at {1:.2f}").format(name, level), state)

    def _thresholded(self, level: float) -> State | None:
        document = self._document
        if document.recording is None or document.selected_index < 0:
            return None
        try:
            check(document.stack, document.selected_index)
        except PaintingRefused as reason:
            self.troubled.emit(str(reason))
            return None
        return acts.threshold(document.recorded_state, document.selected, level)

    # -- the sum of the parts ------------------------------------------------------------------------

    def _measure(self) -> None:
        """Render every layer of a span at unity gain and compare their sum with the recording."""
        scene = self._document.scene
        if scene is None or self.factorising:
            self.measured.emit(None)
            return
        rate, length = scene.recording.rate, len(scene.recording.samples)
        start = max(0, min(round(self._position() * rate), length - round(RESIDUAL_SECONDS * rate)))
        stop = min(length, start + round(RESIDUAL_SECONDS * rate))

        def work(job: Job) -> float | None:
            mix = scene.recording.samples[start:stop].astype(np.float64)
            energy = float(np.sum(mix**2))
            if energy == 0.0:
                return None
            total = np.zeros_like(mix)
            for layer in range(len(scene.stack.layers)):
                if job.cancelled:
                    raise Cancelled
                total += render_all(scene, start, stop, layer)
            return float(10 * np.log10(max(float(np.sum((total - mix) ** 2)), 1e-30) / energy))

        if self._measuring is not None:
            self._measuring.cancel()

        def done(residual: float | None) -> None:
            if self._measuring is job:
                self._measuring = None
                self.measured.emit(residual)

        job = self._runner.run("", work, done)
        self._measuring = job
