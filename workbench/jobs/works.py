"""The long works of the program: opening, factorising, exporting, saving. They read snapshots and return results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np

from workbench.audio.export import FileFormat, Piece, mix_peak, write
from workbench.audio.recording import Cancelled, Recording, load
from workbench.audio.renderer import Scene
from workbench.document.project import Project, load_project, save_project
from workbench.document.state import Run, RunSettings, State
from workbench.jobs.runner import Job
from workbench.masks.stack import Factors
from workbench.nmf.divergence import BETA, spectrogram_power
from workbench.nmf.multiplicative import Array, factorise, start_of_shape
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis, magnitudes

PUBLISH_SECONDS = 0.08


@dataclass(frozen=True, eq=False)
class Opened:
    """A recording or project, ready to be shown."""

    recording: Recording
    levels: LevelPyramid
    project: Project | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where a factorisation stands."""

    factors: Factors
    costs: tuple[float, ...]


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


def random_factors(recording: Recording, analysis: Analysis, settings: RunSettings) -> Factors:
    """A start for a fresh run. Its scale is the model's own affair: the first iteration sets it."""
    frames = analysis.frames(len(recording.samples))
    w, h = start_of_shape(analysis.bins, frames, settings.components, settings.seed)
    return Factors(np.asarray(w, np.float32), np.asarray(h, np.float32))


def factorise_recording(
    job: Job, recording: Recording, analysis: Analysis, settings: RunSettings, start: Factors
) -> Snapshot:
    """Factorise from a start; publishes Snapshots on the way, and keeps what there is when cancelled."""
    # Analysing is counted as a tenth of the work, which it is for a hundred iterations.
    endless = settings.iterations is None
    v = magnitudes(
        recording.samples, analysis, spectrogram_power(settings.divergence),
        lambda share: job.report(-1.0 if endless else 0.1 * share),
    )  # fmt: skip
    if job.cancelled:
        raise Cancelled
    costs: list[float] = []
    last = 0.0

    def progress(iteration: int, cost: float, w: Array, h: Array) -> bool:
        nonlocal last
        costs.append(cost)
        now = monotonic()
        if now - last > PUBLISH_SECONDS:
            last = now
            job.publish(Snapshot(_copied(w, h), tuple(costs)))
        share = 0.1 + 0.9 * iteration / settings.iterations if settings.iterations else -1.0
        return job.report(share)

    beta = BETA[settings.divergence]
    result = factorise(v, start.W, start.H, beta, settings.iterations, progress)
    return Snapshot(_copied(result.W, result.H), result.costs)


def _copied(w: Array, h: Array) -> Factors:
    factors = Factors(np.array(w, np.float32, order="C"), np.array(h, np.float32, order="C"))
    # What the masks need of them is computed here and kept, so that the window's thread does not wait for it.
    _ = factors.scaled
    return factors


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
