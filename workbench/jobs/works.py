"""Long works that are more than one call of a core room: opening, reference sounds, oracle masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from workbench.audio.recording import Recording, load
from workbench.document.project import Project, load_project
from workbench.errors import UserError
from workbench.masks.insight.grouping import mean_spectrum
from workbench.masks.insight.oracles import oracle_masks, rest_of
from workbench.masks.model.models import Shares
from workbench.progress import Progress, part, silent
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis


@dataclass(frozen=True, eq=False)
class Opened:
    """A recording or project, ready to be shown.

    Attributes
    ----------
    recording : Recording
    levels : LevelPyramid
        Of the project's analysis, or the usual one.
    project : Project or None
        None where a sound file was opened.
    """

    recording: Recording
    levels: LevelPyramid
    project: Project | None = None


def open_file(path: Path, progress: Progress = silent) -> Opened:
    """Decode a sound file, or read a project and its recording, and compute the levels of the spectrogram.

    Raises
    ------
    UserError
        If one of the files can't be used, or the recording is not the one that the project was made with.
    """
    project = load_project(path) if path.suffix.lower() == ".workbench" else None
    recording = load(path if project is None else project.recording, part(progress, 0.0, 0.4))
    if project is not None:
        project.check(recording)
    analysis = Analysis() if project is None else project.state.analysis
    levels = analyse_levels(recording.samples, analysis, part(progress, 0.4, 1.0))
    return Opened(recording, levels, project)


def load_references(
    paths: Sequence[Path], rate: int, analysis: Analysis, progress: Progress = silent
) -> list[tuple[str, NDArray[np.float64]]]:
    """Names and mean spectra of sounds that stand for sources.

    Parameters
    ----------
    paths : sequence of Path
        Sound files of any rate.
    rate, analysis : int, Analysis
        Of the recording, at whose bins the spectra are taken.

    Returns
    -------
    list of (str, float64 of shape (F,))
        The file's stem, and the mean power at every bin.
    """
    out = []
    for number, path in enumerate(paths):
        sound = load(path)
        samples = sound.samples
        if sound.rate != rate:
            samples = np.asarray(soxr.resample(samples, sound.rate, rate), np.float32)
        out.append((path.stem, mean_spectrum(samples, analysis)))
        progress((number + 1) / len(paths))
    return out


def make_oracle(
    recording: Recording, paths: Sequence[Path], analysis: Analysis, binary: bool, progress: Progress = silent
) -> tuple[Shares, list[str]]:
    """Ideal masks from the true stems, and the names of their layers: the files' stems, and Rest for what they leave.

    Parameters
    ----------
    paths : sequence of Path
        A sound file for each stem, of the recording's rate, channels and length.
    binary : bool
        Each bin to the loudest stem, instead of shares by energy.

    Raises
    ------
    UserError
        If a stem is not of the recording's rate, channels and length.
    """
    stems = []
    for number, path in enumerate(paths):
        of_stem = part(progress, 0.6 * number / len(paths), 0.6 * (number + 1) / len(paths))
        stem = load(path, of_stem)
        if _form(stem) != _form(recording):
            rate, channels, samples = _form(stem)
            wanted_rate, wanted_channels, wanted_samples = _form(recording)
            raise UserError(
                "jobs.no_stem",
                name=path.name,
                rate=rate,
                channels=channels,
                samples=samples,
                wanted_rate=wanted_rate,
                wanted_channels=wanted_channels,
                wanted_samples=wanted_samples,
            )
        stems.append(stem.samples)
    names = [path.stem for path in paths]
    rest = rest_of(recording.samples, stems)
    if rest is not None:
        stems, names = [*stems, rest], [*names, "Rest"]
    masks = oracle_masks(stems, analysis, binary, 2.0, part(progress, 0.6, 1.0))
    return masks, names


def _form(sound: Recording) -> tuple[int, int, int]:
    return sound.rate, sound.channels, len(sound.samples)
