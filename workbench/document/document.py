"""The one gateway that changes the open document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.audio.recording import Recording
from workbench.document.acts import groups as group_acts
from workbench.document.acts import known as known_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.changes import places, same_work
from workbench.document.embedding import Embedded
from workbench.document.history import History
from workbench.document.runs import PREVIEW, Runs, model_fits
from workbench.document.shown import ShownDocument
from workbench.document.solved import Solved
from workbench.document.state import Run, State, fresh_state
from workbench.masks.evaluation.memory import MOST_ASIDE, Memory
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors, Model
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import LevelPyramid
from workbench.spectral.stft import Analysis


class Document(ShownDocument):
    """The open recording with its analysis, layers, edits and factorisations.

    Whoever changes something calls one of these methods; what follows from it is told by the signals of
    `ShownDocument`. Belongs to the window's thread.
    """

    # -- opening and saving --------------------------------------------------------------------------

    def open(
        self,
        recording: Recording,
        levels: LevelPyramid,
        state: State | None = None,
        runs: Mapping[int, Run] | None = None,
        path: Path | None = None,
        steps: Sequence[tuple[str, State]] = (),
        present: int = 0,
        solved: Solved | None = None,
        embedded: Embedded | None = None,
        saved: bool = True,
        others: Mapping[Analysis, LevelPyramid] | None = None,
    ) -> None:
        """Put another recording, or a whole project with its history, in place of what is open.

        Parameters
        ----------
        recording, levels : Recording, LevelPyramid
            With its levels for the analysis of the state.
        state, runs : State, mapping of int to Run, optional
            One layer, Everything, by default; and the runs that the states name.
        steps, present : sequence of (str, State), int, optional
            Names and states of the history, of which the present one takes the place of `state`.
        solved : Solved, optional
            What is known of the models of these states; the document's own from now on.
        path, embedded, saved : Path, Embedded, bool, optional
            The project file; the recording, where that holds it; whether all else is in it, or unsaved work.
        others : mapping of Analysis to LevelPyramid, optional
            Levels for the other analyses of the history.
        """
        state = state or fresh_state(Analysis())
        self._recording, self._path, self._embedded = recording, path, embedded
        self._runs = Runs(runs)
        self._solved = solved or Solved()
        self._evaluated = Memory(precedence=self._precedence, most_aside=MOST_ASIDE)
        self._levels = {**(others or {}), state.analysis: levels}
        self._history = History(state, self._runs.nbytes, of_run=self._runs.hold)
        if steps:
            self._history.restore(steps, present)
        self._shown = self._history.state
        self._saved = (self._shown, dict(self.runs)) if saved else (State(), {})
        self._refresh_scene()
        self.opened.emit()
        self.stacks_changed.emit()
        self.history_changed.emit()

    def mark_saved(self, state: State, runs: Mapping[int, Run], path: Path, embedded: Embedded | None = None) -> None:
        """A state with its runs, as they were then, was written to a project file, perhaps with its recording."""
        self._saved, self._path, self._embedded = (state, dict(runs)), path, embedded
        self.history_changed.emit()

    # -- acts ----------------------------------------------------------------------------------------

    def act(self, name: str, state: State, merge: str | None = None) -> None:
        """Make a new state the present one and a step of the history.

        Parameters
        ----------
        name : str
            What was done, for the menu.
        state : State
            From one of the functions in `acts`, applied to `recorded_state`.
        merge : str, optional
            Successive acts with the same key are one step until `seal`.
        """
        was, shown = self._history.state, self._shown
        state = group_acts.in_order(state)
        self._history.record(name, state, merge)
        state = self._history.state
        if self._runs.forget(self._history.runs):
            self.runs_changed.emit()
        if shown is not was and same_work(was, state):
            # What is tried out goes on beside another selection.
            self._show(replace(shown, **places(state)), tried=True)
        else:
            self._show(state)
        self.history_changed.emit()

    def seal(self) -> None:
        """End a run of merged acts (the slider was let go)."""
        self._history.seal()

    def preview(self, state: State, region: Region | None = None, trial: Run | None = None) -> None:
        """Show and sound a state without recording it; `act` or `end_preview` follows.

        Parameters
        ----------
        state : State
        region : Region, optional
            Where its edits give other masks than those shown before, where that is known.
        trial : Run, optional
            The run that the state names by the number PREVIEW.
        """
        if trial is not None:
            self._runs.try_out(trial)
        self._show(state, region, tried=True)

    def end_preview(self) -> None:
        """Back to the recorded state."""
        self._show(self._history.state)

    def undo(self) -> None:
        """One step back; nothing where there is none."""
        self._history.undo()
        self._show_step()

    def redo(self) -> None:
        """One step forward; nothing where there is none."""
        self._history.redo()
        self._show_step()

    def go_to(self, step: int) -> None:
        """Any step of the history; beyond its ends the last one there."""
        self._history.go_to(step)
        self._show_step()

    def _show_step(self) -> None:
        self._show(self._history.state)
        self.history_changed.emit()

    def show_stack(self, stack: int) -> None:
        """Look at, hear and edit another stack; no step of the history, since nothing is done to any."""
        was = self._history.state
        state = stack_acts.show_stack(was, stack)
        if state is not was:
            self._history.amend(state)
            self._runs.replace_state(was, state)
            if self._saved[0] is was:
                self._saved = state, self._saved[1]
            self._show(state)
            self.history_changed.emit()

    # -- factorisation -------------------------------------------------------------------------------

    def begin_run(
        self,
        name: str,
        settings: RunSettings,
        start: Model,
        fresh: bool,
        names: Sequence[str] = (),
        label: str = "",
        stack: str = "",
    ) -> tuple[int, tuple[int | None, ...]]:
        """Record a run as one act, made when it starts.

        Parameters
        ----------
        name : str
            Of the act.
        settings : RunSettings
            What is asked for.
        start : Model
            What the run begins with; `publish` brings what comes after it.
        fresh : bool
            The components are new ones and get layers; else they are those of the present run.
        names : sequence of str
            Of the components, where they have names of their own.
        label : str
            Of the run, for the list of runs; the act's name by default.
        stack : str
            Name of a new stack for the components of a fresh run; else they are for the present one.

        Returns
        -------
        run : int
            Its number, for `publish`.
        places : tuple
            For each component the former one whose layer it should come to, or None.
        """
        before = None if self.run is None else self.run.factors
        identity = self.add_run(label or name, settings, start)
        state = self.recorded_state
        places: tuple[int | None, ...] = tuple(range(start.components))
        if stack:
            state = stack_acts.new_stack(state, stack)
            before = None
        if state.marks is not None:
            # Sources stay what was said of them, whatever components they are computed from.
            state = layer_acts.continued(state, identity)
            if fresh:
                state = known_acts.seated(state, start.components)
            kept = before.components if isinstance(before, Factors) else 0
            places = tuple(k if k < kept else None for k in range(start.components))
        elif fresh:
            alike = isinstance(before, Factors)
            loudness = tuple(before.H.sum(axis=1)) if isinstance(before, Factors) else ()
            # Of what was separated in another way nothing can be told to be alike.
            state = state if alike or names else state.with_present(run=None)
            state, places = layer_acts.factorised(state, identity, start.components, names, loudness)
        else:
            state = layer_acts.continued(state, identity)
        self.act(name, state)
        self._runs.begin(identity, self._history.state)
        return identity, places

    def put_model(
        self,
        act: str,
        settings: RunSettings,
        model: Model,
        names: Sequence[str],
        label: str,
        stack: str = "",
        merge: str | None = None,
        groups: Sequence[str] = (),
    ) -> None:
        """Masks that were computed as a whole, as one act.

        Parameters
        ----------
        act : str
            Name of the act.
        settings : RunSettings
        model : Model
            The masks.
        names : sequence of str
            Of the layers, one a component.
        label : str
            For the list of runs.
        stack : str
            Name of a new stack for them; else they are for the present one.
        merge : str, optional
            As in `act`; a run whose step such an act replaces is forgotten.
        groups : sequence of str
            Names of the groups that the components' layers are put into, one a component; none by default.
        """
        state = self.recorded_state
        if stack:
            state = stack_acts.new_stack(state, stack)
        identity = self.add_run(label, settings, model)
        state, _ = layer_acts.factorised(state, identity, model.components, names)
        if groups:
            state = group_acts.group_by_component(state, groups)
        replaced = self.recorded_state.run
        self.act(act, state, merge)
        if merge is not None and replaced is not None and replaced not in self._history.runs:
            self._runs.remove(replaced)
            self.runs_changed.emit()

    def add_run(
        self,
        name: str,
        settings: RunSettings,
        factors: Model,
        costs: tuple[float, ...] = (),
        held: tuple[int, ...] = (),
    ) -> int:
        """Put a run into the list without using it; returns its number. The templates of some components are held."""
        identity = self._runs.add(Run(settings, factors, costs, name, held))
        self.runs_changed.emit()
        return identity

    def use_run(self, name: str, run: int) -> None:
        """Compute the masks from another run, its components in the layers of those that they are most like.

        Where nothing can be alike, between factors and the masks of HPSS, the layers are those that the run had. Such
        masks can't be shared by sources: beside those they have a stack of their own.
        """
        state, wanted = self.recorded_state, self.runs[run].factors
        if state.marks is not None and isinstance(wanted, Factors):
            if self.run is not None and isinstance(self.run.factors, Factors):
                state = known_acts.rematched(state, self.run.factors, wanted)
            self.act(name, layer_acts.continued(state, run))
            return
        before = None if self.run is None else self.run.factors
        if state.marks is not None:
            state, before = stack_acts.new_stack(state, self.runs[run].name), None
        self.act(name, layer_acts.reused(state, run, before, wanted, self._runs.layers_of(run)))

    def preview_factors(self, factors: Factors, region: Region | None = None) -> None:
        """Show and sound other templates or activations; `act_factors` or `end_preview` follows.

        Parameters
        ----------
        factors : Factors
        region : Region, optional
            Where the masks differ from those shown before; everywhere for None.
        """
        run = self.run
        assert run is not None
        self._runs.try_out(replace(run, factors=factors))
        # Another state every time, so that it is shown.
        self._show(layer_acts.continued(self.recorded_state, PREVIEW), region)

    def act_factors(self, name: str, factors: Factors) -> None:
        """Make other templates or activations the present ones, as one act."""
        run = self.run
        assert run is not None
        # Without a name: a run that was edited is not one of the list, but what is present. Its cost is not known.
        identity = self._runs.add(replace(run, factors=factors, name="", costs=()))
        state = layer_acts.continued(self.recorded_state, identity)
        recorded = self.runs.get(self.recorded_state.run or 0)
        if recorded is not None and isinstance(recorded.factors, Factors):
            state = known_acts.redrawn(state, recorded.factors, factors)
        self.act(name, state)

    def fits(self, run: int) -> bool:
        """Whether a run is of the present window and hop, so that it can be used."""
        if self._recording is None or run not in self.runs or run == PREVIEW:
            return False
        analysis = self.state.analysis
        return model_fits(self.runs[run].factors, analysis.bins, analysis.frames(len(self._recording.samples)))

    def withdraw(self, run: int) -> None:
        """Take the step of a run back that came to nothing, as if it had never begun; not where acts came after it."""
        if self._history.state is self._runs.begun(run) and self._history.withdraw():
            self._show(self._history.state)
            self._runs.remove(run)
            self.history_changed.emit()
            self.runs_changed.emit()

    def publish(
        self,
        run: int,
        factors: Model,
        costs: tuple[float, ...],
        settings: RunSettings | None = None,
        held: tuple[int, ...] = (),
        label: str = "",
    ) -> None:
        """Newer W and H of a run; adds no step. Dropped where the run is no longer known.

        Parameters
        ----------
        settings : RunSettings, optional
            With which they were found, of several that were tried.
        held : tuple of int
            Components whose templates were held.
        label : str
            Of the run, for the list of runs, where the settings are others than it was begun with.
        """
        if run not in self.runs:
            return
        known = self.runs[run]
        settings, label = settings or known.settings, label or known.name
        renamed = label != known.name
        self._runs.change(run, factors=factors, costs=costs, settings=settings, held=held, name=label)
        if renamed:
            self.runs_changed.emit()
        if self._shown.run == run:
            self._refresh_scene()
            self.factors_changed.emit()
            self.masks_changed.emit(None)

    def set_analysis(
        self, name: str, analysis: Analysis, levels: LevelPyramid, carried: stack_acts.Carried | None = None
    ) -> None:
        """Another window and hop, with edits and factors carried over, as one act of that name.

        `levels` are those of the recording there; `carried` is what the recorded state becomes, where that is known.
        """
        assert self._recording is not None
        self._levels[analysis] = levels
        state, samples = self.recorded_state, len(self._recording.samples)
        if carried is None or carried.before is not state:
            carried = stack_acts.carried_over(state, self.runs, analysis, samples)
        fit = self._runs.carry_over(carried.models, state.analysis, analysis, samples, self._recording.rate)
        self.act(name, stack_acts.with_runs(carried.state, fit))
