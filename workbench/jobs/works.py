"""The long works of the program but factorising: opening, exporting, saving. They read snapshots and return results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.audio.export import FileFormat, Piece, mix_peak, write
from workbench.audio.recording import Cancelled, Recording, load
from workbench.audio.renderer import Scene
from workbench.document.project import Project, load_project, save_project
from workbench.document.state import Run, State
from workbench.jobs.runner import Job
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis


@dataclass(frozen=True, eq=False)
class Opened:
    """A recording or project, ready to be shown."""

    recording: Recording
    levels: LevelPyramid
    project: Project | None = None


def open_file(job: Job, path: Path) -> Opened:
    """Decode a sound file, or read a project and its recording, and compute the levels of the spectrogram."""
    if path.suffix.lower() == ".workbench":
        project = load_project(path)
        recording = load(project.recording, lambda share: job.report(share * 0.4))
        project.check(recording)
        levels = _levels(job, recording, project.state.analysis)
        return Opened(recording, levels, project)
    recording = load(path, lambda share: job.report(share * 0.4))
    return Opened(recording, _levels(job, recording, Analysis()))


def _levels(job: Job, recording: Recording, analysis: Analysis) -> LevelPyramid:
    levels = analyse_levels(recording.samples, analysis, lambda share: job.report(0.4 + share * 0.6))
    if levels is None:
        raise Cancelled
    return levels


def analyse_again(job: Job, recording: Recording, analysis: Analysis) -> LevelPyramid:
    """Levels of the open recording for another window and hop."""
    levels = analyse_levels(recording.samples, analysis, job.report)
    if levels is None:
        raise Cancelled
    return levels


def export(job: Job, scene: Scene, pieces: list[Piece], form: FileFormat) -> float:
    """Write files; returns the largest sample."""
    return write(scene, pieces, form, job.report)


def measure_peak(job: Job, scene: Scene, pieces: list[Piece]) -> float:
    """Largest sample that an export would write."""
    return mix_peak(scene, pieces, job.report)


def save(job: Job, path: Path, recording: Recording, state: State, runs: dict[int, Run]) -> State:
    """Write a project; returns the state that was saved."""
    job.report(-1.0)
    save_project(path, recording, state, runs)
    return state
