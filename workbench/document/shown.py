"""The open document as everybody may read it, and the signals that tell what of it has changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from workbench.audio.recording import Recording
from workbench.audio.scene import Scene
from workbench.document.acts import stacks as stack_acts
from workbench.document.changes import changes, same_work
from workbench.document.embedding import Embedded
from workbench.document.history import History, HistoryChange, Step
from workbench.document.runs import PREVIEW, Runs
from workbench.document.solved import Solved
from workbench.document.state import Run, State, stack_of
from workbench.masks.evaluation.memory import MOST_ASIDE, Memory
from workbench.masks.insight.assignment import sources
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group, Layer
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Sources
from workbench.masks.stack import Stack
from workbench.precedence import Precedence
from workbench.spectral.pyramid import LevelPyramid
from workbench.spectral.stft import Analysis


class ShownDocument(QObject):
    """What is open and shown. Only `Document`, which adds the methods that change it, is ever made.

    Belongs to the window's thread. Everything it gives is read only: states, stacks and scenes are immutable
    snapshots, and any thread may read `scene`.
    """

    opened = Signal()
    """Another recording or project is open."""
    state_shown = Signal(object, object)
    """Another state is shown: the State before, and the one now. For what must follow before the views do: it comes
    before every other signal that tells of the change, when the document has changed already."""
    state_settled = Signal()
    """All that is other than before has been told."""
    analysis_changed = Signal()
    """Window and hop are others; `levels` too."""
    stacks_changed = Signal()
    """Number, names, or which stack is the present one."""
    layers_changed = Signal()
    """Number, order, names, colours or locks of layers and groups."""
    mix_changed = Signal()
    """Gain, pan, width, mute or solo of layers and groups."""
    mixes_changed = Signal()
    """Which mixes are remembered."""
    references_changed = Signal()
    """The references, or to which layers and groups they are assigned."""
    remembered_changed = Signal()
    """Which selections of time and frequency are remembered."""
    markers_changed = Signal()
    """Which markers there are."""
    factors_changed = Signal()
    """What the masks are computed from is another, or the costs of the present run."""
    marks_changed = Signal()
    """Other marks, or a stack of sources beside one that is none."""
    known_changed = Signal()
    """What is known of components is another: curves that are held, onsets, notes."""
    masks_changed = Signal(object)
    """Masks are others within a Region of bins, or anywhere for None."""
    history_changed = Signal()
    """What undo and redo would do, or whether there is unsaved work."""
    runs_changed = Signal()
    """Runs came into the list or left it."""

    def __init__(self, precedence: Precedence | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._precedence = precedence
        """To which evaluating masks in the background gives way."""
        self._recording: Recording | None = None
        self._path: Path | None = None
        self._embedded: Embedded | None = None
        self._scene: Scene | None = None
        self._levels: dict[Analysis, LevelPyramid] = {}
        self._runs = Runs()
        self._history = History(State())
        self._solved = Solved()
        self._evaluated = Memory(precedence=precedence, most_aside=MOST_ASIDE)
        self._tried = False
        self._shown = self._history.state
        self._saved: tuple[State, Mapping[int, Run]] = (self._shown, {})

    # -- reading -------------------------------------------------------------------------------------

    @property
    def recording(self) -> Recording | None:
        """The open recording."""
        return self._recording

    @property
    def path(self) -> Path | None:
        """The project file that the work was opened from or saved to last."""
        return self._path

    @property
    def embedded(self) -> Embedded | None:
        """The recording, where the project file holds it."""
        return self._embedded

    @property
    def scene(self) -> Scene | None:
        """What is heard and exported now; None while no recording is open."""
        return self._scene

    @property
    def runs(self) -> Mapping[int, Run]:
        """All runs by number, as they are at any time."""
        return self._runs.known

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
        assert self._scene is not None
        return self._scene.stack

    @property
    def run(self) -> Run | None:
        """The run that the masks are computed from."""
        return None if self._shown.run is None else self.runs.get(self._shown.run)

    @property
    def locked_components(self) -> tuple[int, ...]:
        """Components of locked layers; sources share theirs, so that a locked one holds none."""
        return () if self.state.marks is not None else tuple(c for x in self.layers if x.locked for c in x.components)

    @property
    def owners(self) -> dict[int, Layer]:
        """For each component of the run the layer that holds it; of sources, the one with most of it."""
        if self.state.marks is None:
            return {c: layer for layer in self.layers for c in layer.components}
        model = None if self._scene is None else self._scene.stack.factors
        if not isinstance(model, Sources):
            return {}
        most = model.held.argmax(axis=0)
        held = [(layer, g) for layer in self.layers for g in layer.components]
        return {int(k): layer for layer, g in held for k in np.flatnonzero(most == g)}

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
    def dirty(self) -> bool:
        """Whether there is unsaved work."""
        # The runs count too: what they published since the project was saved is not in the file.
        state, runs = self._saved
        if self._recording is None:
            return False
        return self._history.state is not state or any(self.runs.get(run) is not runs.get(run) for run in state.runs)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The history, from its oldest state."""
        return self._history.steps

    def history_changes(self) -> HistoryChange:
        """What of the history is other than when this was asked last: by the journal, the only one that asks."""
        return self._history.changes()

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
        if self._recording is None or state.analysis != self.state.analysis:
            return None
        model = self._solved.model(state, self.runs)
        return stack_of(state, model, len(self._recording.samples), self.levels.levels[0], self._evaluated)

    def sources_of(self, factors: Factors, power: float, state: State) -> Sources:
        """The sources that a stack would be with its marks on some components, whether or not they are its own."""
        return sources(self._solved.samples(factors, power), state.present.parts, state.marks or ())

    def other_stack(self, stack: int) -> Stack:
        """Any stack by its id, as it is recorded: without a preview."""
        state = stack_acts.show_stack(self.recorded_state, stack)
        found = self.stack_of(state)
        assert found is not None
        return found

    def stack_at(self, step: int) -> Stack | None:
        """The present mask stack as it was after a step; None where there was none, or another window and hop."""
        state = stack_acts.show_stack(self._history.steps[step].state, self.state.shown)
        return self.stack_of(state) if state.shown == self.state.shown else None

    @property
    def undo_name(self) -> str:
        """What undo would take back."""
        return self._history.undo_name

    @property
    def redo_name(self) -> str:
        """What redo would do again."""
        return self._history.redo_name

    @property
    def tried(self) -> bool:
        """Whether other edits are shown than are recorded, which give way to the next ones or to none."""
        return self._tried

    @property
    def recorded_state(self) -> State:
        """The present state without a preview."""
        return self._history.state

    @property
    def recorded_stack(self) -> Stack:
        """The mask stack without a preview. Only while a recording is open."""
        stack = self.stack_at(self.step)
        return stack if stack is not None else self.stack

    def take_solved(self, solved: Solved) -> None:
        """What the masks of a state are computed from was found in a thread: so the act that follows need not wait.

        It knows nothing of other states; they are solved anew when they are looked at.
        """
        self._solved = solved

    # -- telling -------------------------------------------------------------------------------------

    def _refresh_scene(self) -> None:
        if self._recording is not None:
            stack = self.stack_of(self._shown)
            assert stack is not None
            self._scene = Scene(self._recording, self._shown.analysis, stack)

    def _show(self, state: State, drawn: Region | None = None, tried: bool = False) -> None:
        """Make a state the one that is seen and heard, and tell what is other than before.

        One that is only `tried` gives way to the next without being held on to.
        """
        before, self._shown = self._shown, state
        if before is state:
            return
        if self._tried:
            self._evaluated.follow(before.edits, state.edits)
        # What is in the history stays, though something else of it is only tried.
        self._tried = tried and state.edits is not self._history.state.edits
        if before.run is not None and before.marks is None:
            self._runs.keep_layers(before.run, before.layers)
        if state.run != PREVIEW:
            self._runs.end_trial()
        if not same_work(before, state):
            # What is only selected sounds as before: the player need not take up another scene.
            self._refresh_scene()
        self.state_shown.emit(before, state)
        changed = changes(before, state, drawn)
        for differs, signal in (
            (changed.analysis, self.analysis_changed),
            (changed.stacks, self.stacks_changed),
            (changed.layers, self.layers_changed),
            (changed.mix, self.mix_changed),
            (changed.mixes, self.mixes_changed),
            (changed.references, self.references_changed),
            (changed.remembered, self.remembered_changed),
            (changed.markers, self.markers_changed),
            (changed.factors, self.factors_changed),
            (changed.marks, self.marks_changed),
            (changed.known, self.known_changed),
        ):
            if differs:
                signal.emit()
        if changed.masks:
            self.masks_changed.emit(changed.region)
        self.state_settled.emit()
