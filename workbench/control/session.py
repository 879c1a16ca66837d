"""What the window does with files and long work: open, save, factorise, preview. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.audio.renderer import render_all
from workbench.audio.scene import Scene
from workbench.document.document import Document
from workbench.document.project import SUFFIX
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import (
    Opened,
    analyse_again,
    load_references,
    make_oracle,
    measure_masks,
    open_file,
    portray,
    save,
)
from workbench.masks.insight.grouping import Portraits
from workbench.masks.insight.morphing import MorphTarget, morph_components, morph_runs
from workbench.masks.insight.statistics import MaskReport
from workbench.masks.model.models import Factors, Model, Shares
from workbench.progress import Cancelled
from workbench.separation.factorise import Snapshot, choose_components
from workbench.separation.factorise import run as factorise_job
from workbench.separation.settings import ORACLE, RunSettings
from workbench.separation.starts import Task, component_count, component_names, placeholder, takes_templates
from workbench.spectral.stft import Analysis

CANDIDATES = [1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25]
"""Numbers of components that are tried."""

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

    def __init__(self, document: Document, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner = document, runner
        self._running: Job | None = None
        self._running_run = 0
        self._opening: Job | None = None
        self._measuring: Job | None = None
        self._splitting: Job | None = None
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
                self._document.open(
                    result.recording,
                    result.levels,
                    project.state,
                    project.runs,
                    project.path,
                    project.steps,
                    project.present,
                )
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
        recording, state, runs = document.recording, document.recorded_state, dict(document.runs)

        def done(state: State) -> None:
            if document.recording is not recording:
                return
            document.mark_saved(state, runs, path)
            self.saved.emit(path)
            self.said.emit(self.tr("Saved {0}").format(path.name))
            if then is not None:
                then()

        name = self.tr("Saving {0}").format(path.name)
        self._saving = True

        def ended() -> None:
            self._saving = False

        work = partial(
            save, path=path, recording=recording, state=state, runs=runs, steps=document.steps, present=document.step
        )
        self._runner.run(name, work, done, self.troubled.emit, ended=ended)

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
        self._withdraw_if_empty(self._running_run)
        if analysis != document.state.analysis:
            self._analyse(analysis, lambda: self.factorise(settings, analysis, fresh))
            return
        run = document.run
        present = run.factors if run is not None else None
        going_on = not fresh and isinstance(present, Factors) and settings.method != "hpss"
        try:
            names = [] if going_on else component_names(settings)
            count = present.components if going_on and present is not None else component_count(settings, present)
        except UserError as error:
            self.troubled.emit(str(error))
            return
        if going_on and isinstance(present, Factors):
            length = present.length if present.length > 1 else settings.length
            settings = replace(settings, components=present.components, length=length)
            start: Model = present
        else:
            start = placeholder(document.recording, analysis, settings, count)
        label = self.describe(settings, count)
        text = (self.tr("Continue {0}") if going_on else self.tr("Factorise {0}")).format(label)
        # With the present templates the components are the same sounds: layers stay.
        other_sounds = not going_on and not takes_templates(settings)
        identity, places = document.begin_run(text, settings, start, other_sounds, names, label)
        task = Task(
            document.recording,
            analysis,
            settings,
            present,
            () if names else places,
            going_on,
            held=run.held if going_on and run is not None else (),
            present_settings=run.settings if run is not None else None,
            locked=document.locked_components,
        )
        if other_sounds and document.state.edits:
            self.said.emit(self.tr("Your edits stay, on the new masks (Mask ▸ Clear all edits takes them away)"))
        self._start_run(text, identity, task)

    def describe(self, settings: RunSettings, components: int) -> str:
        """A run in a few characters, for lists."""
        method = settings.method
        if method == "hpss":
            return self.tr("HPSS {0}/{1}").format(settings.harmonic_frames, settings.percussive_bins)
        divergence = f"β {settings.beta:g}" if settings.divergence == "beta" else settings.divergence.upper()
        short = {
            "fast": divergence,
            "mu": f"{divergence} MU",
            "flucoma": "FluCoMa",
            "libnmfd": "libnmfd",
            "smooth": f"IS MM λ{settings.smoothness:g}",
            "sequential": f"IS MM seq λ{settings.smoothness:g}",
            "em": f"IS EM λ{settings.smoothness:g}",
            "patterns": f"NMFD {divergence} T{settings.length}",
            "match": self.tr("Match {0}").format(divergence),
        }[method]
        if method == "match":
            return short
        seed = self.tr(", seed {0}").format(settings.seed) if settings.seed else ""
        return self.tr("{0}, {1} components{2}").format(short, components, seed)

    def _start_run(self, text: str, run: int, task: Task) -> None:
        document = self._document

        def publish(snapshot: Snapshot) -> None:
            if self._running_run == run:
                document.publish(run, snapshot.factors, snapshot.costs, snapshot.settings, snapshot.held)

        def done(snapshot: Snapshot) -> None:
            publish(snapshot)
            count = len(snapshot.costs)
            self.said.emit(self.tr("{0} iterations done").format(count) if count else self.tr("The masks are there"))
            if document.recording is task.recording:
                for other in snapshot.others:
                    name = self.describe(other.settings, other.factors.components)
                    document.add_run(name, other.settings, other.factors, other.costs)

        self._running_run = run

        def ended() -> None:
            self._withdraw_if_empty(run)
            self._run_ended(job)

        work = partial(factorise_job, task=task)
        job = self._runner.run(text, work, done, self.troubled.emit, publish, ended)
        self._running = job

    def _withdraw_if_empty(self, run: int) -> None:
        """A run that came to nothing, because it failed or was stopped at once, leaves no trace."""
        known = self._document.runs.get(run)
        if known is not None and not known.costs and isinstance(known.factors, Factors):
            self._document.withdraw(run)

    def choose_components(
        self, settings: RunSettings, then: Callable[[list[int], list[float], NDArray[np.float64]], None]
    ) -> None:
        """Measure the cost of several numbers of components; hands over both, and the shares of singular values."""
        recording, analysis = self._document.recording, self._document.state.analysis
        if recording is None:
            return
        work = partial(
            choose_components, recording=recording, analysis=analysis, settings=settings, candidates=CANDIDATES
        )

        def done(found: tuple[list[float], NDArray[np.float64]]) -> None:
            then(CANDIDATES, *found)

        self._runner.run(self.tr("Trying numbers of components"), work, done, self.troubled.emit)

    # -- templates and activations by hand ------------------------------------------------------------

    def use_run(self, run: int) -> None:
        """Bring back another run of the list."""
        document = self._document
        known = document.runs.get(run)
        if known is None or document.state.run == run or not document.fits(run):
            return
        document.use_run(self.tr("Use {0}").format(known.name), run)

    def preview_morph(self, target: MorphTarget, amount: float) -> None:
        """Show and sound what lies between the present templates and a target."""
        factors = self._morphed(target, amount)
        if factors is not None:
            self._document.preview_factors(factors)

    def accept_morph(self, target: MorphTarget, amount: float) -> None:
        """Make the morph an act."""
        factors = self._morphed(target, amount)
        if factors is not None and amount > 0:
            self._document.act_factors(self.tr("Morph {0:.0f} %").format(100 * amount), factors)
        else:
            self._document.end_preview()

    def _morphed(self, target: MorphTarget, amount: float) -> Factors | None:
        document = self._document
        recorded = document.recorded_state.run
        run = document.runs.get(recorded) if recorded is not None else None
        if run is None or not isinstance(run.factors, Factors):
            return None
        locked = document.locked_components
        if target.component is not None:
            if target.source in locked:
                self.troubled.emit(self.tr("The layer is locked; unlock it to morph its template."))
                return None
            return morph_components(run.factors, target.source, target.component, amount)
        other = document.runs.get(target.run)
        if other is None or not isinstance(other.factors, Factors):
            return None
        return morph_runs(run.factors, other.factors, amount, locked)

    def cancel_factorisation(self) -> None:
        """Stop the run under way; it keeps what it has."""
        if self._running is not None:
            self._running.cancel()

    def _run_ended(self, job: Job) -> None:
        if self._running is job:
            self._running = None

    def _history_changed(self) -> None:
        # Undoing past a run cancels it.
        if self._running is not None and self._running_run not in self._document.recorded_state.runs:
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

    # -- tones and hits, live -------------------------------------------------------------------------

    def split_tones(self, settings: RunSettings, stack: str, then: Callable[[], None]) -> None:
        """Harmonic–percussive masks for the present stack, or for a new one of a name; the last wish counts.

        Nothing changes before they are there; successive ones are one step.
        """
        document = self._document
        recording, analysis = document.recording, document.state.analysis
        if recording is None:
            return
        if self._splitting is not None:
            self._splitting.cancel()
        label = self.describe(settings, 0)
        present = document.state.stack

        def done(snapshot: Snapshot) -> None:
            if document.recording is not recording or document.state.analysis != analysis or self._splitting is not job:
                return
            self._splitting = None
            if not stack:
                document.show_stack(present)
                if document.state.stack != present:
                    # It was removed meanwhile.
                    return
            names = component_names(settings)
            text = self.tr("Tones and hits {0}").format(label)
            document.put_model(text, settings, snapshot.factors, names, label, stack, "tones")
            then()

        task = Task(recording, analysis, settings, None, (), False)
        name = self.tr("Separating tones and hits")
        job = self._runner.run(name, partial(factorise_job, task=task), done, self.troubled.emit)
        self._splitting = job

    # -- other stacks ----------------------------------------------------------------------------------

    def make_oracle(self, paths: Sequence[Path], binary: bool) -> None:
        """A new stack of ideal masks from the true stems."""
        document = self._document
        recording, analysis = document.recording, document.state.analysis
        if recording is None or not paths:
            return

        def done(made: tuple[Shares, list[str]]) -> None:
            if document.recording is not recording or document.state.analysis != analysis:
                return
            masks, names = made
            title = self.tr("Oracle, binary") if binary else self.tr("Oracle")
            text = self.tr("Oracle masks from stems")
            document.put_model(text, RunSettings(method=ORACLE), masks, names, title, stack=title)

        work = partial(make_oracle, recording=recording, paths=tuple(paths), analysis=analysis, binary=binary)
        self._runner.run(self.tr("Computing oracle masks"), work, done, self.troubled.emit)

    def measure_masks(self, then: Callable[[MaskReport, Scene], None]) -> None:
        """Measure what the layers hold, within what is selected."""
        scene = self._document.scene
        if scene is not None:
            work = partial(measure_masks, scene=scene, area=self._document.area)
            self._runner.run(self.tr("Measuring the masks"), work, lambda found: then(found, scene), self.troubled.emit)

    def portray(self, then: Callable[[Portraits, Scene], None]) -> None:
        """Measure what makes layers alike."""
        scene = self._document.scene
        if scene is not None:
            work = partial(portray, scene=scene)
            self._runner.run(
                self.tr("Comparing the layers"), work, lambda found: then(found, scene), self.troubled.emit
            )

    def load_references(
        self, paths: Sequence[Path], then: Callable[[list[tuple[str, NDArray[np.float64]]]], None]
    ) -> None:
        """Spectra of sounds that stand for sources."""
        scene = self._document.scene
        if scene is not None and paths:
            work = partial(load_references, paths=tuple(paths), rate=scene.recording.rate, analysis=scene.analysis)
            self._runner.run(self.tr("Reading reference sounds"), work, then, self.troubled.emit)

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
                total += render_all(scene, start, stop, [layer])
            return float(10 * np.log10(max(float(np.sum((total - mix) ** 2)), 1e-30) / energy))

        if self._measuring is not None:
            self._measuring.cancel()

        def done(residual: float | None) -> None:
            if self._measuring is job:
                self._measuring = None
                self.measured.emit(residual)

        job = self._runner.run("", work, done)
        self._measuring = job
