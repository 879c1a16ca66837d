"""A recording with what was done to it: the document of a script, with a history and without signals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.audio.recording import Recording, load
from workbench.audio.scene import Scene
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.acts.groups import in_order
from workbench.document.acts.sources import untouched
from workbench.document.embedding import Embedded
from workbench.document.history import History
from workbench.document.project import SUFFIX, load_project
from workbench.document.runs import Runs
from workbench.document.solved import Solved
from workbench.document.state import Run, State, fresh_state, stack_of
from workbench.masks.evaluation.memory import MOST_ASIDE, Memory
from workbench.masks.stack import Stack
from workbench.separation.factorise import Snapshot
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis


class Work:
    """What is open: the recording, the history of its states, the runs that they use.

    Attributes
    ----------
    recording : Recording
    path : Path or None
        The project file.
    embedded : Embedded or None
        The recording, where the project file holds it.
    used : tuple of Path
        Files that nothing may be written over.
    history : History
    runs : Runs
    """

    def __init__(self, recording: Recording, state: State, runs: Runs | None = None) -> None:
        self.recording = recording
        self.path: Path | None = None
        self.embedded: Embedded | None = None
        self.runs = runs or Runs()
        self.history = History(state, self.runs.nbytes, of_run=self.runs.hold)
        self._levels: tuple[Analysis, LevelPyramid] | None = None
        self._scene: tuple[State, Scene] | None = None
        # Whatever is asked for shares what the edits come to.
        self._solved, self._memory = Solved(), Memory(most_aside=MOST_ASIDE)

    @property
    def state(self) -> State:
        """The present state."""
        return self.history.state

    @property
    def run(self) -> Run | None:
        """What the masks are computed from; None before any factorisation."""
        number = self.state.run
        return None if number is None else self.runs.known[number]

    @property
    def used(self) -> tuple[Path, ...]:
        """Files that nothing may be written over: the recording, the project, the references."""
        project = () if self.path is None else (self.path,)
        return (*project, self.recording.path, *(each.path for each in self.state.references))

    @property
    def levels(self) -> LevelPyramid:
        """Levels of the recording, for the present window and hop."""
        analysis = self.state.analysis
        if self._levels is None or self._levels[0] != analysis:
            self._levels = analysis, analyse_levels(self.recording.samples, analysis)
        return self._levels[1]

    @property
    def stack(self) -> Stack:
        """The present masks."""
        return self.scene.stack

    @property
    def scene(self) -> Scene:
        """What is rendered; the same object as long as the state is the same."""
        state = self.state
        if self._scene is None or self._scene[0] is not state:
            model = self._solved.model(state, self.runs.known)
            levels = self.levels.levels[0]
            stack = stack_of(state, model, len(self.recording.samples), levels, self._memory)
            self._scene = state, Scene(self.recording, state.analysis, stack)
        return self._scene[1]

    def act(self, name: str, state: State) -> None:
        """Make a state that an act gave the present one."""
        self.history.record(name, in_order(state))
        self.runs.forget(self.history.runs)

    def add_snapshot(self, name: str, label: str, snapshot: Snapshot, names: Sequence[str]) -> None:
        """Layers for a factorisation, as one act: in the present stack where nobody touched it, else in one beside."""
        run = Run(snapshot.settings, snapshot.factors, snapshot.costs, label, snapshot.held)
        state = self.state
        if not untouched(state):
            taken = {each.name for each in state.stacks}
            number = next(i for i in range(2, len(taken) + 3) if f"Factorisation {i}" not in taken)
            state = stack_acts.new_stack(state, f"Factorisation {number}")
        number = self.runs.add(run)
        state, _ = layer_acts.factorised(state, number, snapshot.factors.components, names)
        self.act(name, state)

    def forget_scene(self) -> None:
        """The recording is another object."""
        self._scene = None


def opened(path: Path, recording_at: Path | None, analysis: Analysis) -> Work:
    """Open a sound file, with this window and hop, or a project.

    Parameters
    ----------
    recording_at : Path, optional
        Where the recording of a project is, if not where it says.

    Raises
    ------
    UserError
        As `opened_project`, or if the sound file can't be used.
    """
    if path.suffix.lower() == SUFFIX:
        return opened_project(path, recording_at)
    return Work(load(path), fresh_state(analysis))


def opened_project(path: Path, recording_at: Path | None = None) -> Work:
    """Open a project with its recording.

    Raises
    ------
    UserError
        If a file can't be used, or the recording is not the one that the project was made with.
    """
    project = load_project(path, recording_at)
    work = Work(project.sound(), project.state, Runs(project.runs))
    work.path, work.embedded = path, project.embedded
    work.history.restore(project.steps, project.present)
    return work
