"""Factorising: from the press of the button to masks in the document, and the list of runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from workbench.control.acting import first_free
from workbench.control.notices import Notices
from workbench.control.opening import Opening
from workbench.control.run_names import described_run
from workbench.document.acts import known as known_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts.stacks import Carried, carried_over
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.masks.model.models import Factors, Model
from workbench.progress import part
from workbench.scratch import USUAL
from workbench.separation.factorise import Snapshot, factorise
from workbench.separation.known import KnownOf, check_known
from workbench.separation.memory import bytes_of_run, check_memory, free_bytes
from workbench.separation.settings import Method, RunSettings
from workbench.separation.starts import placeholder
from workbench.separation.task import Task, component_count, component_names, takes_templates
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis

CARRYING = 0.2
"""Share of the work that carrying over what was done is, where the recording is analysed too."""


class Factorising(QObject):
    """Runs one factorisation at a time; what it publishes shows in the document while it goes on."""

    def __init__(
        self, document: Document, runner: Runner, opening: Opening, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices
        self._job: Job | None = None
        self._run = 0
        """Number of the run under way, or of the last one."""
        document.history_changed.connect(self._stop_what_was_undone)
        opening.replacing.connect(self.stop)

    @property
    def running(self) -> bool:
        """Whether a factorisation is under way."""
        return self._job is not None

    def start(self, settings: RunSettings, analysis: Analysis, fresh: bool) -> None:
        """Start a run; a run under way is stopped and keeps what it has.

        Parameters
        ----------
        fresh : bool
            Begin as the settings say; else go on from the present factors, where there are any.
        """
        document = self._document
        if document.recording is None:
            return
        document.end_preview()
        self._notices.soothe()
        self.stop()
        self._runner.drop("analyse")
        self._withdraw_if_empty(self._run)
        if analysis != document.state.analysis:
            self._analyse(analysis, lambda: self.start(settings, analysis, fresh))
            return
        run = document.run
        present = run.factors if run is not None else None
        going_on = not fresh and isinstance(present, Factors) and settings.method is not Method.HPSS
        try:
            names = [] if going_on else component_names(settings)
            count = present.components if going_on and present is not None else component_count(settings, present)
            needed = bytes_of_run(settings, analysis, len(document.recording.samples), count, USUAL.left)
            check_memory(needed, free_bytes())
        except UserError as reason:
            self._notices.trouble(reason)
            return
        if going_on and isinstance(present, Factors):
            assert run is not None
            length = present.length if present.length > 1 else settings.length
            # It goes on from what began with that seed, whatever is wished for by now.
            settings = replace(settings, components=present.components, length=length, seed=run.settings.seed)
            begins: Model = present
        else:
            begins = placeholder(document.recording, analysis, settings, count)
        label = described_run(settings, count)
        text = (self.tr("Continue {0}") if going_on else self.tr("Factorise {0}")).format(label)
        # With the present templates the components are the same sounds: layers stay.
        other_sounds = not going_on and not takes_templates(settings)
        former = document.recorded_state.present.name
        stack = self._stack_beside(settings, present, count, names) if other_sounds else ""
        try:
            told = known_acts.told_of(document.recorded_state)
            if going_on:
                # What waits for a component has none to be kept in.
                told = self._known(count)
            check_known(() if stack else told, settings, count)
        except UserError as reason:
            self._notices.trouble(reason)
            return
        number, places = document.begin_run(text, settings, begins, other_sounds, names, label, stack)
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
            known=self._known(count),
        )
        if going_on and len(task.known) < len(known_acts.told_of(document.recorded_state)):
            self._notices.say(self.tr("What waits for a component gets one from Factorise, not from Continue"))
        if stack:
            self._notices.say(
                self.tr("Your layers stay in the stack “{0}” (Page Up); the new components have one beside it").format(
                    former
                )
            )
        elif other_sounds and document.state.edits:
            self._notices.say(self.tr("Your edits stay, on the new masks (Mask ▸ Clear all edits takes them away)"))
        self._work(text, number, task)

    def _known(self, count: int) -> tuple[KnownOf, ...]:
        """What is known of components that there are `count` of."""
        return tuple(each for each in known_acts.known_components(self._document.recorded_state) if each[0] < count)

    def _stack_beside(self, settings: RunSettings, present: Model | None, count: int, names: Sequence[str]) -> str:
        """Name of a stack of its own for a fresh run, '' where it may have the present one.

        What the user collected, by merging or grouping, is a word about the components that are there. Of another
        number of them, or of what is separated in another way, some would have to come where they do not belong.
        """
        state = self._document.recorded_state
        factors = settings.method is not Method.HPSS
        # The components of drums or pitches are given: those of which something is known are none of them.
        given = bool(known_acts.told_of(state)) and (bool(names) or not factors)
        if state.marks is not None:
            # What was said of places holds for any components.
            beside = given or not factors
        else:
            alike = factors and isinstance(present, Factors) and present.components == count
            strangers = layer_acts.collected(state) and not alike
            beside = present is not None and (strangers or given)
        if not beside:
            return ""
        return first_free(self.tr("Factorisation {0}"), {stack.name for stack in state.stacks}, 2)

    def _work(self, text: str, number: int, task: Task) -> None:
        document = self._document

        def wanted() -> bool:
            # The run of that number may by now be one of another recording.
            return document.recording is task.recording and number in document.runs

        def publish(snapshot: Snapshot) -> None:
            if wanted():
                # Of several starts that were tried another one may be the best.
                label = described_run(snapshot.settings, snapshot.factors.components)
                document.publish(number, snapshot.factors, snapshot.costs, snapshot.settings, snapshot.held, label)

        def done(snapshot: Snapshot) -> None:
            if not wanted():
                return
            publish(snapshot)
            count = len(snapshot.costs)
            said = self.tr("{0} iterations done").format(count) if count else self.tr("The masks are there")
            self._notices.say(said)
            for other in snapshot.others:
                name = described_run(other.settings, other.factors.components)
                document.add_run(name, other.settings, other.factors, other.costs)

        def ended() -> None:
            if wanted():
                self._withdraw_if_empty(number)
            if self._job is job:
                self._job = None

        self._run = number
        # No key: a run that another one follows still hands over what it had when it was stopped.
        job = self._runner.run(
            text, lambda job: factorise(task, job.report, job.publish), done, self._notices.trouble, publish, ended
        )
        self._job = job

    def stop(self) -> None:
        """Stop the run under way; it keeps what it has."""
        if self._job is not None:
            self._job.cancel()

    def _withdraw_if_empty(self, number: int) -> None:
        """A run that came to nothing, because it failed or was stopped at once, leaves no trace."""
        known = self._document.runs.get(number)
        if known is not None and not known.costs and isinstance(known.factors, Factors):
            self._document.withdraw(number)

    def _stop_what_was_undone(self) -> None:
        if self._job is not None and self._run not in self._document.recorded_state.runs:
            self._job.cancel()

    def use_run(self, number: int) -> None:
        """Bring back another run of the list."""
        document = self._document
        known = document.runs.get(number)
        if known is not None and document.state.run != number and document.fits(number):
            document.use_run(self.tr("Use {0}").format(known.name), number)

    def _analyse(self, analysis: Analysis, then: Callable[[], None], levels: LevelPyramid | None = None) -> None:
        """Change window and hop, then go on."""
        document = self._document
        recording, state, runs = document.recording, document.recorded_state, dict(document.runs)
        assert recording is not None
        name = self.tr("Window {0}, hop {1}").format(analysis.window, analysis.hop)
        known = document.levels_of(analysis) if document.has_levels(analysis) else levels
        carrying = 0.0 if known is not None else 1.0 - CARRYING

        def work(job: Job) -> tuple[LevelPyramid, Carried]:
            samples, levels = len(recording.samples), known
            if levels is None:
                levels = analyse_levels(recording.samples, analysis, part(job.report, 0.0, carrying))
            return levels, carried_over(state, runs, analysis, samples, part(job.report, carrying, 1.0))

        def done(found: tuple[LevelPyramid, Carried]) -> None:
            if document.recording is not recording:
                return
            published = any(document.runs[each].factors is not runs[each].factors for each in state.runs)
            if document.recorded_state is not state or published:
                # Something was done meanwhile, or a run that was stopped gave its last: that is carried over too.
                self._analyse(analysis, then, found[0])
                return
            document.set_analysis(name, analysis, *found)
            then()

        self._runner.run(self.tr("Analysing"), work, done, self._notices.trouble, key="analyse")
