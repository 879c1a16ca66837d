"""Long works that are more than one call of a core room: reference sounds, stems, oracle masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.audio.bsseval import BssEval, bsseval, check_bsseval
from workbench.audio.recording import Recording, load
from workbench.audio.renderer import render
from workbench.audio.resampling import converted
from workbench.audio.scene import Scene
from workbench.audio.stems import Place, Placed, Stem, find_places, read_stem
from workbench.errors import UserError
from workbench.masks.insight.grouping import mean_spectrum
from workbench.masks.insight.oracles import oracle_masks, rest_of
from workbench.masks.model.models import Factors, Shares
from workbench.progress import Progress, part, silent
from workbench.separation.from_stems import learn_sources
from workbench.separation.settings import RunSettings
from workbench.separation.task import one_shots
from workbench.spectral.stft import Analysis


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
        samples = sound.samples if sound.rate == rate else converted(sound.samples, sound.rate, rate)
        out.append((path.stem, mean_spectrum(samples, analysis)))
        progress((number + 1) / len(paths))
    return out


@dataclass(frozen=True, eq=False)
class ReadStems:
    """Stems that were read, and those that could not be.

    Attributes
    ----------
    stems : list of Stem
    missing : list of (Path, UserError)
    """

    stems: list[Stem]
    missing: list[tuple[Path, UserError]]


@dataclass(frozen=True, eq=False)
class FoundStems(ReadStems):
    """Stems that were read, with their places in the recording.

    Attributes
    ----------
    places : list of Place
        One a stem.
    """

    places: list[Place]

    @property
    def troubles(self) -> list[UserError]:
        """Why some could not be read."""
        return [trouble for _, trouble in self.missing]


def sound_files(paths: Sequence[Path]) -> list[Path]:
    """Files as they are, and of folders the sound files in them, in their order.

    Raises
    ------
    UserError
        If a folder holds none.
    """
    out: list[Path] = []
    for path in paths:
        found = one_shots(path) if path.is_dir() else [path]
        if not found:
            raise UserError("jobs.no_sounds", folder=path.name or path)
        out += found
    return list(dict.fromkeys(out))


def read_stems(paths: Sequence[Path], recording: Recording, progress: Progress = silent) -> ReadStems:
    """Read stems for a recording; what can't be read does not keep the others from it."""
    stems, missing = [], []
    for number, path in enumerate(paths):
        try:
            stems.append(read_stem(path, recording, part(progress, number / len(paths), (number + 1) / len(paths))))
        except (UserError, OSError) as error:
            unreadable = UserError("audio.unreadable", name=path.name, reason=error)
            missing.append((path, error if isinstance(error, UserError) else unreadable))
    return ReadStems(stems, missing)


def find_stems(paths: Sequence[Path], recording: Recording, progress: Progress = silent) -> FoundStems:
    """Read stems, and find where in the recording they belong."""
    read = read_stems(paths, recording, part(progress, 0.0, 0.5))
    return FoundStems(read.stems, read.missing, find_places(recording, read.stems, part(progress, 0.5, 1.0)))


def make_oracle(
    recording: Recording, stems: Sequence[Placed], analysis: Analysis, binary: bool, progress: Progress = silent
) -> tuple[Shares, bool]:
    """Ideal masks from stems, and whether the last is for what they leave of the recording.

    Parameters
    ----------
    binary : bool
        Each bin to the loudest stem, instead of shares by energy.
    """
    sounds = [each.samples for each in stems]
    rest = rest_of(recording.samples, sounds)
    masks = oracle_masks(sounds if rest is None else [*sounds, rest], analysis, binary, 2.0, progress)
    return masks, rest is not None


def learn_from_stems(
    recording: Recording,
    stems: Sequence[Placed],
    analysis: Analysis,
    settings: RunSettings,
    progress: Progress = silent,
) -> tuple[Factors, bool]:
    """Components learnt from each stem (`learn_sources`), and whether the last are of what the stems leave."""
    sounds = [each.samples for each in stems]
    rest = rest_of(recording.samples, sounds)
    factors = learn_sources(sounds if rest is None else [*sounds, rest], analysis, settings, progress)
    return factors, rest is not None


def evaluate_sources(
    scene: Scene, stems: Sequence[Placed], wanted: Sequence[tuple[int, Sequence[int]]], progress: Progress = silent
) -> list[tuple[int, BssEval]]:
    """BSSEval v4 of sums of layers against stems.

    Parameters
    ----------
    wanted : sequence of (int, sequence of int)
        Number of the stem (that behind the last is what they leave of the recording), and indices of the layers.

    Returns
    -------
    list of (int, BssEval)
        Number of the stem with its scores; without those where the stem or the layers are silent, which the measure
        has no number for.
    """
    check_bsseval()
    sounds = [each.samples for each in stems]
    sounds.append(np.asarray(scene.recording.samples - np.sum(sounds, axis=0), np.float32))
    pairs = []
    for number, (stem, layers) in enumerate(wanted):
        of_pair = part(progress, 0.3 * number / len(wanted), 0.3 * (number + 1) / len(wanted))
        estimate = np.concatenate(list(render(scene, layers=layers, progress=of_pair)))
        if sounds[stem].any() and estimate.any():
            pairs.append((stem, sounds[stem], estimate))
    # The measure tells nothing of how far it is.
    progress(-1.0)
    found = bsseval([each for _, each, _ in pairs], [each for _, _, each in pairs], scene.recording.rate)
    progress(1.0)
    return [(stem, each) for (stem, _, _), each in zip(pairs, found, strict=True)]
