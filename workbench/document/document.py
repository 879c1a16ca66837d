"""The one gateway that changes the open document. Views and player hear what changed, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.audio.recording import Recording
from workbench.audio.scene import Scene
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.history import History, Step
from workbench.document.state import Run, State, fresh_state, stack_of
from workbench.masks.edits.areas import Area
from workbench.masks.edits.edits import changed_region
from workbench.masks.edits.resampling import resample_factors
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group, Layer, members
from workbench.masks.model.models import Factors, Model, Shares
from workbench.masks.stack import Stack
from workbench.nmf.matching import match_components
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import LevelPyramid
from workbench.spectral.stft import Analysis

PREVIEW = 0
"""The number of the run that is only tried out; real ones count from 1."""
MOST_RUNS = 30
"""Of the list of runs: the newest."""


class Document(QObject):
    """The open recording with its analysis, layers, edits and factorisations.

    Belongs to the window's thread. `scene` is an immutable snapshot that any thread may read.
    """

    opened = Signal()
    """Another recording or project is open."""
    analysis_changed = Signal()
    """Window and hop are others; `levels` too."""
    masks_changed = Signal(object)
    """Masks are others within a Region of bins, or anywhere for None."""
    layers_changed = Signal()
    """Number, order, names, colours or locks of layers and groups."""
    mix_changed = Signal()
    """Gain, pan, width, mute or solo of layers and groups."""
    factors_changed = Signal()
    """W and H, or the costs of the present run."""
    history_changed = Signal()
    """What undo and redo would do, or whether there is unsaved work."""
    runs_changed = Signal()
    """Another run is in the list."""
    selection_changed = Signal()
    """The layer that the tools work on."""
    area_changed = Signal()
    """What is selected of time and frequency."""
    stacks_changed = Signal()
    """Number, names, or which stack is the present one."""
    snapshots_changed = Signal()
    """Which mixes are remembered."""
    layer_chosen = Signal()
    """The user chose that layer: it did not merely come up because another went."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recording: Recording | None = None
        self.path: Path | None = None
        self.scene: Scene | None = None
        self.runs: dict[int, Run] = {}
        self._levels: dict[Analysis, LevelPyramid] = {}
        self.area: Area | None = None
        self._history = History(State())
        self._shown = self._history.state
        self._saved: tuple[State, dict[int, Run]] = (self._history.state, {})
        self._selected = self._selected_before = self._selected_group = 0
        self._next_run = 1
        self._selected_of: dict[int, int] = {}
        self._layers_of: dict[int, tuple[Layer, ...]] = {}
        self._begun: dict[int, State] = {}

    # -- reading -------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The present state; during a stroke or a preview the one that is shown."""
        return self._shown

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the stack."""
        return self._shown.layers

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of the stack, in the order of their layers."""
        return self._shown.groups

    @property
    def stack(self) -> Stack:
        """The mask stack as it is now. Only while a recording is open."""
        assert self.scene is not None
        return self.scene.stack

    @property
    def run(self) -> Run | None:
        """The run that the masks are computed from."""
        return self.runs.get(self._shown.run) if self._shown.run is not None else None

    @property
    def locked_components(self) -> tuple[int, ...]:
        """Components of locked layers."""
        return tuple(c for layer in self.layers if layer.locked for c in layer.components)

    @property
    def levels(self) -> LevelPyramid:
        """Levels of the spectrogram for the present analysis."""
        return self._levels[self._shown.analysis]

    def levels_of(self, analysis: Analysis) -> LevelPyramid:
        """Levels of an analysis that was made before."""
        return self._levels[analysis]

    def has_levels(self, analysis: Analysis) -> bool:
        """Whether the levels of an analysis are known."""
        return analysis in self._levels

    @property
    def selected(self) -> int:
        """Id of the selected layer, 0 where none is."""
        return self._selected

    @property
    def selected_group(self) -> int:
        """Id of the group that is selected as a whole, 0 where none is."""
        return self._selected_group if any(group.id == self._selected_group for group in self.groups) else 0

    @property
    def shown_indices(self) -> tuple[int, ...]:
        """Indices of the layers whose mask is looked at: the selected one, or all of the selected group."""
        group = self.selected_group
        if group:
            return tuple(i for i, layer in enumerate(self.layers) if layer.group == group)
        return (self.selected_index,) if self.selected_index >= 0 else ()

    @property
    def selected_index(self) -> int:
        """Index of the selected layer, −1 where none is."""
        return next((i for i, layer in enumerate(self.layers) if layer.id == self._selected), -1)

    @property
    def dirty(self) -> bool:
        """Whether there is unsaved work."""
        # The runs count too: what they published since the project was saved is not in the file.
        state, runs = self._saved
        if self.recording is None:
            return False
        return self._history.state is not state or any(self.runs.get(run) is not runs.get(run) for run in state.runs)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The history, from its oldest state."""
        return self._history.steps

    @property
    def history_bytes(self) -> int:
        """What the steps hold beside the oldest state."""
        return self._history.nbytes

    @property
    def step(self) -> int:
        """Which step of the history is the present one."""
        return self._history.present

    def stack_of(self, state: State) -> Stack | None:
        """The mask stack of a state; None where it has another window and hop."""
        if self.recording is None or state.analysis != self.state.analysis:
            return None
        return stack_of(state, self.runs, len(self.recording.samples), self.levels.levels[0])

    def other_stack(self, stack: int) -> Stack:
        """One of the stacks that are not shown, as it is recorded."""
        state = stack_acts.show_stack(self.recorded_state, stack)
        found = self.stack_of(state)
        assert found is not None
        return found

    def stack_at(self, step: int) -> Stack | None:
        """The present mask stack as it was after a step; None where there was none, or another window and hop."""
        state = stack_acts.show_stack(self._history.steps[step].state, self.state.stack)
        return self.stack_of(state) if state.stack == self.state.stack else None

    @property
    def undo_name(self) -> str:
        """What undo would take back."""
        return self._history.undo_name

    @property
    def redo_name(self) -> str:
        """What redo would do again."""
        return self._history.redo_name

    # -- opening and saving --------------------------------------------------------------------------

    def open(
        self,
        recording: Recording,
        levels: LevelPyramid,
        state: State | None = None,
        runs: dict[int, Run] | None = None,
        path: Path | None = None,
        steps: Sequence[tuple[str, State]] = (),
        present: int = 0,
    ) -> None:
        """Put another recording, or a whole project with its history, in place of what is open."""
        state = state or fresh_state(Analysis())
        self.recording, self.path = recording, path
        self.runs = dict(runs or {})
        self._next_run = max(self.runs, default=0) + 1
        self._layers_of, self._begun, self._selected_of = {}, {}, {}
        self._levels = {state.analysis: levels}
        self._history = History(state, self._run_bytes)
        if steps:
            self._history.restore(steps, present)
            state = self._history.state
        self._saved = (state, dict(self.runs))
        self._shown = state
        self.area = None
        self._selected = state.layers[0].id if state.layers else 0
        self._selected_before = self._selected_group = 0
        self._refresh_scene()
        self.opened.emit()
        self.area_changed.emit()
        self.stacks_changed.emit()
        self.history_changed.emit()

    def _run_bytes(self, run: int) -> int:
        return self.runs[run].factors.nbytes if run in self.runs else 0

    def mark_saved(self, state: State, runs: dict[int, Run], path: Path) -> None:
        """A state with its runs was written to a project file."""
        self._saved, self.path = (state, runs), path
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
        state = group_acts.in_order(state)
        self._history.record(name, state, merge)
        self._forget()
        self._show(state)
        self.history_changed.emit()

    @property
    def recorded_state(self) -> State:
        """The present state without a preview."""
        return self._history.state

    @property
    def recorded_stack(self) -> Stack:
        """The mask stack without a preview. Only while a recording is open."""
        stack = self.stack_at(self.step)
        return stack if stack is not None else self.stack

    def seal(self) -> None:
        """End a run of merged acts (the slider was let go)."""
        self._history.seal()

    def preview(self, state: State, region: Region | None = None) -> None:
        """Show and sound a state without recording it; `act` or `end_preview` follows.

        Parameters
        ----------
        region : Region, optional
            Where its edits give other masks than those shown before, where that is known.
        """
        self._show(state, region)

    def end_preview(self) -> None:
        """Back to the recorded state."""
        self._show(self._history.state)

    def undo(self) -> None:
        """One step back; nothing where there is none."""
        self._history.undo()
        self._show(self._history.state)
        self.history_changed.emit()

    def redo(self) -> None:
        """One step forward; nothing where there is none."""
        self._history.redo()
        self._show(self._history.state)
        self.history_changed.emit()

    def go_to(self, step: int) -> None:
        """Any step of the history."""
        self._history.go_to(step)
        self._show(self._history.state)
        self.history_changed.emit()

    def show_stack(self, stack: int) -> None:
        """Look at, hear and edit another stack; no step of the history, since nothing is done to any."""
        was = self._history.state
        state = stack_acts.show_stack(was, stack)
        if state is not was:
            self._history.amend(state)
            # It is still the state that a run began with.
            self._begun = {run: state if begun is was else begun for run, begun in self._begun.items()}
            if self._saved[0] is was:
                self._saved = state, self._saved[1]
            self._show(state)
            self.history_changed.emit()

    def set_area(self, area: Area | None) -> None:
        """Select some of time and frequency; an empty area selects nothing."""
        self.area = area if area else None
        self.area_changed.emit()

    def select(self, layer: int) -> None:
        """Choose the layer that the tools work on."""
        if not any(each.id == layer for each in self.layers):
            return
        if layer != self._selected or self._selected_group:
            self._selected_group = 0
            if layer != self._selected:
                self._selected_before, self._selected = self._selected, layer
            self.selection_changed.emit()
            self.layer_chosen.emit()

    def select_group(self, group: int) -> None:
        """Look at a group as a whole; the tools work on one of its layers."""
        inside = [layer.id for layer in members(self.layers, group)]
        if inside:
            self.select(self._selected if self._selected in inside else inside[0])
            self._selected_group = group
            self.selection_changed.emit()

    def change_group(self, act: str, group: int, merge: str | None = None, /, **values: object) -> None:
        """Set fields of a group as one act."""
        self.act(act, group_acts.change_group(self.recorded_state, group, **values), merge)

    def change_layer(self, act: str, layer: int, merge: str | None = None, /, **values: object) -> None:
        """Set fields of a layer as one act."""
        self.act(act, layer_acts.change_layer(self.recorded_state, layer, **values), merge)

    # -- factorisation -------------------------------------------------------------------------------

    def begin_run(
        self, name: str, settings: RunSettings, start: Model, fresh: bool, names: Sequence[str] = (), label: str = ""
    ) -> tuple[int, tuple[int | None, ...]]:
        """Record a run as one act, made when it starts.

        Parameters
        ----------
        name : str
            Of the act.
        names : sequence of str
            Of the components, where they have names of their own.
        label : str
            Of the run, for the list of runs; the act's name by default.

        Returns
        -------
        run : int
            Its id, for `publish`.
        places : tuple
            For each component the former one whose layer it should come to, or None.
        """
        before = self.run
        identity = self.add_run(label or name, settings, start)
        state, places = self.recorded_state, tuple(range(start.components))
        if fresh:
            alike = before is not None and isinstance(before.factors, Factors)
            loudness = tuple(before.factors.H.sum(axis=1)) if before and isinstance(before.factors, Factors) else ()
            # Of what was separated in another way nothing can be told to be alike.
            was = state if alike or names else replace(state, run=None)
            state, kept = layer_acts.factorised(was, identity, start.components, names, loudness)
            self.act(name, state)
            self._begun[identity] = self._history.state
            return identity, kept
        state = layer_acts.continued(state, identity)
        self.act(name, state)
        self._begun[identity] = self._history.state
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
    ) -> None:
        """Masks that were computed as a whole, as one act.

        Parameters
        ----------
        names : sequence of str
            Of the layers, one a component.
        label : str
            For the list of runs.
        stack : str
            Name of a new stack for them; else they are for the present one.
        merge : str, optional
            As in `act`; a run whose step such an act replaces is forgotten.
        """
        state = self.recorded_state
        if stack:
            state = stack_acts.new_stack(state, stack)
        identity = self.add_run(label, settings, model)
        state, _ = layer_acts.factorised(state, identity, model.components, names)
        replaced = self.recorded_state.run
        self.act(act, state, merge)
        if merge is not None and replaced is not None and replaced not in self._history.runs:
            for held in (self.runs, self._begun, self._layers_of):
                held.pop(replaced, None)
            self.runs_changed.emit()

    def add_run(self, name: str, settings: RunSettings, factors: Model, costs: tuple[float, ...] = ()) -> int:
        """Put a run into the list without using it; returns its id."""
        identity = self._next_run
        self._next_run += 1
        self.runs[identity] = Run(settings, factors, costs, name)
        self.runs_changed.emit()
        return identity

    def use_run(self, name: str, run: int) -> None:
        """Compute the masks from another run, its components in the layers of those that they are most like.

        Where nothing can be alike, between factors and the masks of HPSS, the layers are those that the run had.
        """
        present, wanted = self.run, self.runs[run].factors
        state = layer_acts.dissolved(self.recorded_state)
        if present is None or isinstance(present.factors, Shares) or isinstance(wanted, Shares):
            self.act(
                name, layer_acts.restored(self.recorded_state, run, self._layers_of.get(run, ()), wanted.components)
            )
            return
        one = present.factors
        matched = match_components(one.W, one.H, wanted.W, wanted.H)
        shown = {c for layer in state.layers for c in layer.components}
        places = {old: new for old, new in enumerate(matched) if new >= 0 and old in shown}
        was = {c: layer.name for layer in self._layers_of.get(run, ()) for c in layer.components}
        names = [was.get(c, f"Component {c + 1}") for c in range(wanted.components)]
        self.act(name, layer_acts.regrouped(state, run, wanted.components, places, names))

    def preview_factors(self, factors: Factors, region: Region | None = None) -> None:
        """Show and sound other templates or activations; `act_factors` or `end_preview` follows.

        Parameters
        ----------
        region : Region, optional
            Where the masks differ from those shown before; everywhere for None.
        """
        run = self.run
        assert run is not None
        self.runs[PREVIEW] = replace(run, factors=factors)
        # Another state every time, so that it is shown.
        self._show(layer_acts.continued(self.recorded_state, PREVIEW), region)

    def act_factors(self, name: str, factors: Factors) -> None:
        """Make other templates or activations the present ones, as one act."""
        run = self.run
        assert run is not None
        identity = self._next_run
        self._next_run += 1
        # Without a name: a run that was edited is not one of the list, but what is present. Its cost is not known.
        self.runs[identity] = replace(run, factors=factors, name="", costs=())
        self.act(name, layer_acts.continued(self.recorded_state, identity))

    def fits(self, run: int) -> bool:
        """Whether a run is of the present window and hop, so that it can be used."""
        if self.recording is None or run not in self.runs or run == PREVIEW:
            return False
        analysis, factors = self.state.analysis, self.runs[run].factors
        shape = analysis.bins, analysis.frames(len(self.recording.samples))
        if isinstance(factors, Shares):
            return (factors.masks.shape[2], factors.masks.shape[1]) == shape
        return (factors.W.shape[0], factors.H.shape[1]) == shape

    def withdraw(self, run: int) -> None:
        """Take the step of a run back that came to nothing, as if it had never begun; not under later layer_acts."""
        if self._history.state is self._begun.get(run) and self._history.withdraw():
            self._show(self._history.state)
            self.runs.pop(run, None)
            self.history_changed.emit()
            self.runs_changed.emit()

    def publish(
        self,
        run: int,
        factors: Model,
        costs: tuple[float, ...],
        settings: RunSettings | None = None,
        held: tuple[int, ...] = (),
    ) -> None:
        """Newer W and H of a run; adds no step. Dropped where the run is no longer known."""
        if run not in self.runs:
            return
        known = self.runs[run]
        self.runs[run] = replace(known, factors=factors, costs=costs, settings=settings or known.settings, held=held)
        if self._shown.run == run:
            self._refresh_scene()
            self.factors_changed.emit()
            self.masks_changed.emit(None)

    def set_analysis(self, analysis: Analysis, levels: LevelPyramid) -> None:
        """Another window and hop, with edits and factors carried over, as one act."""
        assert self.recording is not None
        self._levels[analysis] = levels
        samples, old = len(self.recording.samples), self.state.analysis
        carried: dict[int, int] = {}
        for number in sorted(self.recorded_state.runs):
            factors = resample_factors(self.runs[number].factors, old, analysis, samples)
            carried[number] = self._next_run
            self.runs[self._next_run] = replace(self.runs[number], factors=factors, costs=())
            self._next_run += 1
        state = stack_acts.set_analysis(self.recorded_state, analysis, samples, carried)
        self.act(self.tr("Window {0}, hop {1}").format(analysis.window, analysis.hop), state)

    def _forget(self) -> None:
        """Let go of the runs that neither a step nor the list of runs can bring back."""
        named_runs = sorted((run for run in self.runs if self.runs[run].name), reverse=True)
        kept = {*named_runs[:MOST_RUNS], *self._history.runs, PREVIEW}
        gone = set(self.runs) - kept
        for run in gone:
            del self.runs[run]
            self._layers_of.pop(run, None)
            self._begun.pop(run, None)
        if gone:
            self.runs_changed.emit()

    # -- telling -------------------------------------------------------------------------------------

    def _refresh_scene(self) -> None:
        if self.recording is None:
            self.scene = None
            return
        state = self._shown
        stack = stack_of(state, self.runs, len(self.recording.samples), self.levels.levels[0])
        self.scene = Scene(self.recording, state.analysis, stack)

    def _show(self, state: State, region: Region | None = None) -> None:
        before, self._shown = self._shown, state
        if before is state:
            return
        if before.run is not None:
            self._layers_of[before.run] = before.layers
        if state.run != PREVIEW:
            self.runs.pop(PREVIEW, None)
        # What is tried out keeps its number while it changes.
        another = before.run != state.run or state.run == PREVIEW
        drawn = region is not None and before.layers is state.layers
        selected = self._selected
        self._selected_of[before.stack] = selected
        if before.stack != state.stack:
            self._selected = self._selected_of.get(state.stack, selected)
        if not any(layer.id == self._selected for layer in state.layers):
            # The one selected before it (undoing what made a layer goes back to where that came from), or the layer
            # that stands where it was.
            place = next((i for i, layer in enumerate(before.layers) if layer.id == selected), 0)
            there = state.layers[min(place, len(state.layers) - 1)].id if state.layers else 0
            known = {layer.id for layer in state.layers} & {layer.id for layer in before.layers}
            self._selected = self._selected_before if self._selected_before in known else there
        self._refresh_scene()
        if before.analysis != state.analysis:
            self.analysis_changed.emit()
            if self.area is not None and self.recording is not None:
                samples = len(self.recording.samples)
                self.set_area(self.area.resampled(before.analysis, state.analysis, samples))
        if [(s.id, s.name) for s in before.stacks] != [(s.id, s.name) for s in state.stacks] or (
            before.stack != state.stack
        ):
            self.stacks_changed.emit()
        if _looks(before) != _looks(state):
            self.layers_changed.emit()
        if _mixes(before) != _mixes(state):
            self.mix_changed.emit()
        if before.snapshots != state.snapshots:
            self.snapshots_changed.emit()
        if another:
            self.factors_changed.emit()
        parts_differ = [x.parts for x in before.layers] != [x.parts for x in state.layers]
        if drawn:
            self.masks_changed.emit(region)
        elif another or parts_differ or before.analysis != state.analysis or before.stack != state.stack:
            self.masks_changed.emit(None)
        elif before.edits is not state.edits:
            self.masks_changed.emit(changed_region(before.edits, state.edits))
        if selected != self._selected:
            self.selection_changed.emit()


def _looks(state: State) -> list[tuple[object, ...]]:
    layers = [(each.id, each.name, each.colour, each.locked, each.parts, each.group) for each in state.layers]
    return [*layers, *((each.id, each.name, each.colour) for each in state.groups)]


def _mixes(state: State) -> list[tuple[object, ...]]:
    layers = [(each.id, each.gain_db, each.pan, each.mute, each.solo, each.group) for each in state.layers]
    return [*layers, *((each.id, each.gain_db, each.pan, each.width, each.mute, each.solo) for each in state.groups)]
