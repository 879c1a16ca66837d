"""What is asked of the next factorisation, and what has to be done before it can run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.control.factorising import Factorising
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.masks.model.models import Factors
from workbench.nmf.harmonic_percussive import HpssMode
from workbench.separation.presets import PRESETS, USUAL_RATE, preset
from workbench.separation.settings import METHODS, ActivationStart, Divergence, Method, RunSettings, TemplateStart
from workbench.spectral.stft import Analysis

REST = 6
"""Components for all else that are asked for at the least beside those that something is known of."""


class Wishes(QObject):
    """The settings, window and hop of the next run.

    They follow the run that is shown, as long as nothing of them was changed since.
    """

    changed = Signal()
    """Some setting, window or hop is another."""
    possible_changed = Signal()
    """What has to be done before they can run is another, or whether there is something to continue."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        factorising: Factorising,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._factorising = document, selection, factorising
        self._notices = notices
        self._settings = self._followed = RunSettings()
        self._run = document.recorded_state.run
        self._analysis = document.state.analysis
        self._stack = document.state.shown
        self._possible = "", False
        document.opened.connect(self._opened)
        document.stacks_changed.connect(self._stacks_changed)
        document.analysis_changed.connect(self._analysis_changed)
        self.changed.connect(self._look)
        document.factors_changed.connect(self._look)
        document.factors_changed.connect(self._follow)
        selection.area_changed.connect(self._look)

    @property
    def settings(self) -> RunSettings:
        """The settings as they are wished for."""
        return self._settings

    @property
    def analysis(self) -> Analysis:
        """Window and hop as they are wished for."""
        return self._analysis

    def make_room(self, known: int) -> None:
        """Ask for as many components as something is known of, and for some more."""
        self.set(components=max(self._settings.components, known + REST))

    def set_analysis(self, window: int, hop: int) -> None:
        """Another window and hop for the next run, in samples."""
        analysis = Analysis(window, hop)
        if analysis != self._analysis:
            self._analysis = analysis
            self.changed.emit()

    # -- running -------------------------------------------------------------------------------------

    def factorise(self, fresh: bool) -> None:
        """Run with these settings and what is selected: fresh from the start, or from the present factors."""
        missing = self.missing() if fresh else ""
        if missing:
            # Said before anything is begun: a step of the history would end what can be redone.
            self._notices.trouble(missing)
            return
        self.set(selection=self._selection.frames)
        self._followed = self._settings
        self._factorising.start(self._settings, self._analysis, fresh)

    def learn(self) -> None:
        """Learn all templates from the selected time alone, and find where they sound in the whole recording."""
        if self._selection.frames is None:
            self._notices.refuse(self.tr("First select the time to learn from: V, then drag in the spectrogram."))
            return
        uses = METHODS[self._settings.method].uses
        method = self._settings.method if {"templates", "hold_templates"} <= uses else Method.FAST
        asked = replace(
            self._settings,
            method=method,
            templates=TemplateStart.SELECTION,
            activations=ActivationStart.RANDOM,
            hold_templates=True,
            hold_activations=False,
            leave_out=False,
            learnt=0,
            selection=self._selection.frames,
        )
        # What is wished for next stays as it is: this is for once.
        self._followed = asked
        self._factorising.start(asked, self._analysis, True)

    def try_another_seed(self) -> None:
        """Factorise again from another random start."""
        self.set(seed=self._settings.seed + max(1, self._settings.tries))
        self.factorise(True)

    def use_run(self, number: int) -> None:
        """Use a run of the list again; Continue then goes on as it was asked for."""
        settings = self._document.runs[number].settings
        self._factorising.use_run(number)
        self._adopt(settings)

    def _opened(self) -> None:
        self._stack = self._document.state.shown
        self._run = self._document.recorded_state.run
        self._analysis_changed()
        run = self._document.run
        if run is not None:
            self._adopt(run.settings)
        self.changed.emit()

    def _stacks_changed(self) -> None:
        run = self._document.run
        if self._document.state.shown != self._stack:
            self._stack = self._document.state.shown
            if run is not None:
                self._adopt(run.settings)

    def _analysis_changed(self) -> None:
        self._analysis = self._document.state.analysis
        self.changed.emit()

    def _follow(self) -> None:
        """Undo and redo bring another run forward: what is shown of it is true of it, but for what the user has set."""
        document = self._document
        shown, self._run = self._run, document.recorded_state.run
        run = document.runs.get(self._run) if self._run is not None else None
        if self._run != shown and run is not None and self._settings == self._followed:
            self._adopt(run.settings)

    def _adopt(self, settings: RunSettings) -> None:
        """Wish for what a run was made with; masks from stems were made with nothing of the kind."""
        if settings.method in METHODS:
            self.put(settings)
            self._followed = self._settings

    # -- settings ------------------------------------------------------------------------------------

    def set(self, **values: Any) -> None:
        """Change some settings."""
        self.put(replace(self.settings, **values))

    def put(self, settings: RunSettings) -> None:
        """Change all settings. A method is not compared with itself."""
        if settings.compare == settings.method:
            settings = replace(settings, compare=None)
        if settings != self.settings:
            self._settings = settings
            self.changed.emit()

    def choose_preset(self, name: str) -> None:
        """Settings for a kind of sound, with the window that suits it."""
        recording = self._document.recording
        analysis = PRESETS[name].analysis(USUAL_RATE if recording is None else recording.rate)
        self.put(preset(name, self.settings))
        if analysis is not None:
            self.set_analysis(analysis.window, analysis.hop)

    @property
    def own_divergence(self) -> Divergence | None:
        """The divergence of a method that has one of its own."""
        own = METHODS[self.settings.method].divergence
        if own is None or self.settings.method is Method.HPSS:
            return None
        return Divergence.IS if own == 0.0 else Divergence.KL

    def missing(self) -> str:
        """What has to be done before these settings can run, in a sentence; '' where nothing is missing."""
        if self._document.recording is None:
            return ""
        s, selected = self.settings, self._selection.frames is not None
        given = {s.templates, s.activations} if "templates" in METHODS[s.method].uses else set()
        if s.leave_out and "leave_out" in METHODS[s.method].uses and not selected:
            return self.tr("First select the time to leave out: V, then drag in the spectrogram.")
        if TemplateStart.SELECTION in given and not selected:
            return self.tr("First select the time to learn from: V, then drag in the spectrogram.")
        if (s.method is Method.MATCH or TemplateStart.PRESENT in given) and not self.continues:
            return self.tr("First factorise once in another way: this needs templates that are there.")
        if ActivationStart.EVENTS in given and not s.events:
            return self.tr("First choose the list of onsets: the … button.")
        return ""

    @property
    def continues(self) -> bool:
        """Whether there are factors to go on from."""
        run = self._document.run
        return run is not None and isinstance(run.factors, Factors)

    def _look(self) -> None:
        possible = self.missing(), self.continues
        if possible != self._possible:
            self._possible = possible
            self.possible_changed.emit()

    @property
    def preset_name(self) -> str:
        """The preset that the settings are, '' for none."""
        recording = self._document.recording
        rate = USUAL_RATE if recording is None else recording.rate
        return next(
            (
                name
                for name, each in PRESETS.items()
                if preset(name, self.settings) == self.settings and each.analysis(rate) in (None, self._analysis)
            ),
            "",
        )

    def uses(self, field: str) -> bool:
        """Whether the method, with what is chosen of it, reads a field."""
        s = self.settings
        if field not in METHODS[s.method].uses:
            return False
        pitched, drums, learnt = (
            s.templates is each for each in (TemplateStart.PITCHED, TemplateStart.DRUMS, TemplateStart.SELECTION)
        )
        events = s.activations is ActivationStart.EVENTS
        needs = {
            "beta": s.divergence is Divergence.BETA,
            "others": pitched or drums,
            "learnt": learnt,
            "learnt_as": learnt and s.hold_templates and 0 < s.learnt < s.components,
            "drums": drums,
            "low_pitch": pitched,
            "high_pitch": pitched,
            "tolerance": pitched,
            "harmonics": pitched,
            "events": events,
            "decay": events,
            "components": not pitched and not drums and s.templates is not TemplateStart.PRESENT,
            "tries": s.templates is TemplateStart.RANDOM or s.activations is ActivationStart.RANDOM,
            "separation": s.masks in (HpssMode.COUPLED, HpssMode.ADVANCED),
            "percussive_separation": s.masks is HpssMode.ADVANCED,
            "exponent": not 1 <= s.beta_value <= 2,
        }
        return needs.get(field, True)
