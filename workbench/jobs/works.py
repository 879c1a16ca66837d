"""The long works of the program but factorising: opening, exporting, saving. They read snapshots and return results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.audio.export import FileFormat, Measured, Piece, measure, write
from workbench.audio.loudness import original_gain
from workbench.audio.recording import Recording, load
from workbench.audio.scene import Scene
from workbench.document.history import Step
from workbench.document.project import Project, load_project, save_project
from workbench.document.state import Run, State
from workbench.errors import UserError
from workbench.jobs.runner import Job
from workbench.masks.edits.areas import Area
from workbench.masks.edits.edits import Edit
from workbench.masks.hand.clips import Clip, clip, recalled
from workbench.masks.insight.finding import alike, dominated
from workbench.masks.insight.grouping import Portraits, mean_spectrum, portraits
from workbench.masks.insight.oracles import oracle_masks, rest_of
from workbench.masks.insight.statistics import MaskReport, report
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Shares
from workbench.masks.stack import Stack
from workbench.progress import Cancelled
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


def export(job: Job, pieces: list[Piece], form: FileFormat) -> list[Measured]:
    """Write files; returns what they measure."""
    return write(pieces, form, job.report)


def measure_pieces(job: Job, pieces: list[Piece]) -> list[Measured]:
    """What would be written, measured."""
    return measure(pieces, job.report)


def save(
    job: Job, path: Path, recording: Recording, state: State, runs: dict[int, Run], steps: Sequence[Step], present: int
) -> State:
    """Write a project; returns the state that was saved."""
    job.report(-1.0)
    save_project(path, recording, state, runs, steps, present)
    return state


def reshape_area(job: Job, area: Area, how: str, amount: int) -> Area:
    """Grow, shrink or feather an area, or add its overtones."""
    return {"grow": area.grown, "shrink": area.shrunk, "feather": area.feathered, "overtones": area.overtones}[how](
        amount
    )


def find_dominated(job: Job, stack: Stack, layer: int, within: Region) -> Area:
    """Where a layer holds most."""
    found = dominated(stack, layer, within, job.report)
    if found is None:
        raise Cancelled
    return found


def find_alike(
    job: Job, stack: Stack, place: tuple[int, int], within: Region, like: str, tolerance: float, connected: bool
) -> Area:
    """What is like a place."""
    return alike(stack, *place, within, like, tolerance, connected)


def take_clip(job: Job, stack: Stack, parts: tuple[int, ...], area: Area | None) -> Clip | Stack:
    """What some parts hold together."""
    found = clip(stack, parts, area, job.report)
    if found is None:
        raise Cancelled
    return found


def recall_masks(job: Job, stack: Stack, earlier: Stack, area: Area) -> tuple[Edit, ...]:
    """Edits after a place was given back as it was."""
    found = recalled(stack, earlier, area, job.report)
    if found is None:
        raise Cancelled
    return found


def compare_loudness(job: Job, scene: Scene, start: int, stop: int) -> float:
    """Gain in dB that makes the original as loud as the mix."""
    return original_gain(scene, start, stop, job.report)


def portray(job: Job, scene: Scene) -> Portraits:
    """What each layer holds of the recording."""
    found = portraits(scene.stack, scene.recording.samples, scene.recording.rate, scene.analysis, job.report)
    if found is None:
        raise Cancelled
    return found


def load_references(
    job: Job, paths: tuple[Path, ...], rate: int, analysis: Analysis
) -> list[tuple[str, NDArray[np.float64]]]:
    """Names and mean spectra of sounds, at the bins of a recording of some rate."""
    out = []
    for number, path in enumerate(paths):
        sound = load(path)
        samples = sound.samples
        if sound.rate != rate:
            import soxr

            samples = np.asarray(soxr.resample(samples, sound.rate, rate), np.float32)
        out.append((path.stem, mean_spectrum(samples, analysis)))
        if not job.report((number + 1) / len(paths)):
            raise Cancelled
    return out


def measure_masks(job: Job, scene: Scene, area: Area | None) -> MaskReport:
    """What the layers hold."""
    recording = scene.recording
    found = report(scene.stack, recording.samples, recording.rate, scene.analysis, job.report, area)
    if found is None:
        raise Cancelled
    return found


def make_oracle(
    job: Job, recording: Recording, paths: Sequence[Path], analysis: Analysis, binary: bool
) -> tuple[Shares, list[str]]:
    """Ideal masks from the true stems, and the names of their layers.

    Raises
    ------
    UserError
        If a stem is not of the recording's rate, channels and length.
    """
    stems = []
    for number, path in enumerate(paths):
        stem = load(path, lambda share, n=number: job.report(0.6 * (n + share) / len(paths)))  # type: ignore[misc]
        if (stem.rate, stem.channels, len(stem.samples)) != (
            recording.rate,
            recording.channels,
            len(recording.samples),
        ):
            raise UserError(
                f"“{path.name}” is no stem of this recording: it has {stem.rate} Hz, {stem.channels} channels and "
                f"{len(stem.samples)} samples, the recording {recording.rate} Hz, {recording.channels} and "
                f"{len(recording.samples)}."
            )
        stems.append(stem.samples)
    names = [path.stem for path in paths]
    rest = rest_of(recording.samples, stems)
    if rest is not None:
        stems, names = [*stems, rest], [*names, "Rest"]
    masks = oracle_masks(stems, analysis, binary, 2.0, lambda share: job.report(0.6 + 0.4 * share))
    if masks is None:
        raise Cancelled
    return masks, names
