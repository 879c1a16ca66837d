"""The separation of one file: factorise it, and write its layers, a picture and the factors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from workbench import __version__
from workbench.audio.export import FileFormat, folder_for, layer_paths, layer_pieces
from workbench.audio.recording import load
from workbench.audio.scene import Scene
from workbench.audio.writing import write
from workbench.document.acts import layers as layer_acts
from workbench.document.state import Run, fresh_state, mask_model, stack_of
from workbench.masks.model.models import Shares
from workbench.masks.pictures.sheet import save_picture
from workbench.outputs import Outputs, check_free, is_whole, output_set
from workbench.progress import Progress
from workbench.separation.factorise import Snapshot, factorise
from workbench.separation.presets import PRESETS, USUAL_RATE, Preset
from workbench.separation.reading import name_and_value, preset_called, with_value
from workbench.separation.settings import METHODS, RunSettings
from workbench.separation.task import Task, component_count, component_names
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis
from workbench.storage import replacing
from workbench.wording import sentence

FACTORS, PICTURE = "factors.npz", "masks.png"
"""What is written beside the layers."""
FACTORISING, WRITING = "Factorising", "Writing"
"""The two stages of the work."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What is asked of a separation, as it was written on the command line; None leaves it to the preset.

    Attributes
    ----------
    preset, method, divergence : str or None
    components, iterations, seed, window, hop : int or None
    written : tuple of str
        NAME=VALUE.
    threads : int or None
        Without effect on the result.
    """

    preset: str | None = None
    method: str | None = None
    components: int | None = None
    divergence: str | None = None
    iterations: int | None = None
    seed: int | None = None
    window: int | None = None
    hop: int | None = None
    written: tuple[str, ...] = ()
    threads: int | None = None

    @property
    def begin(self) -> Preset:
        """The preset."""
        return preset_called(self.preset) if self.preset else PRESETS["general"]

    def analysis(self, rate: int) -> Analysis:
        """Window and hop as they are given; else those of the preset, where it has any."""
        usual = self.begin.analysis(rate) or Analysis()
        window = self.window or usual.window
        return Analysis(window, self.hop or window // 4)

    def settings(self, analysis: Analysis, rate: int) -> tuple[RunSettings, set[str]]:
        """The preset's, changed by the options that are given, and these by what is written; and which were changed."""
        names = ("method", "components", "divergence", "iterations", "seed")
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        settings = replace(self.begin.settings, **given)
        written = [name_and_value(text) for text in self.written]
        for name, text in written:
            settings = with_value(settings, name, text, analysis, rate)
        return settings, given.keys() | dict(written).keys()

    def check(self) -> None:
        """Make sure that there may be a file that can be separated so.

        Raises
        ------
        UserError
            If there is no such preset or setting, or one is out of its range.
        """
        analysis = self.analysis(USUAL_RATE)
        component_count(self.settings(analysis, USUAL_RATE)[0], None)

    def about(self, checksum: str) -> dict[str, object]:
        """By what a set of outputs is known to be of a file with this SHA-256 and the same settings, as JSON has it."""
        asked = {**asdict(self), "written": list(self.written)}
        del asked["threads"]
        return {"version": __version__, "sha256": checksum, "asked": asked}


@dataclass(frozen=True)
class OtherCost:
    """What a run beside the one that was kept came to."""

    method: str
    seed: int
    cost: float


@dataclass(frozen=True)
class Separated:
    """What came of a separation.

    Attributes
    ----------
    layers : tuple of str
        The names of their files.
    method, divergence : str
    components, seed, iterations : int
        As it was asked for; of several starts those of the best. Iterations that were done.
    cost : float or None
        Of the fit; None where the method has none.
    others : tuple of OtherCost
    seconds : float
        Length of the recording.
    rate, channels : int
    """

    layers: tuple[str, ...]
    method: str
    divergence: str
    components: int
    seed: int
    iterations: int
    cost: float | None
    others: tuple[OtherCost, ...]
    seconds: float
    rate: int
    channels: int


def is_done(path: Path, out: Path, asked: Asked) -> bool:
    """Whether a folder holds all that the separation of a file with these settings writes, as it was written."""
    if not out.is_dir() or not path.is_file():
        return False
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return is_whole(out, asked.about(checksum))


def separated(path: Path, out: Path, asked: Asked, stage: Callable[[str], Progress], tell: Tell) -> Separated:
    """Separate a file into a folder.

    Parameters
    ----------
    path, out : Path
        The sound file, and the folder for its results, which is made where it is not there.
    stage : callable
        Told that a stage begins; gives its progress.
    tell : callable
        Told what the user should know: what is wrong with the file, what is made no use of, which files went.

    Raises
    ------
    UserError
        If the file, the settings or the folder can't be used.
    """
    recording = load(path)
    analysis = asked.analysis(recording.rate)
    for remark in recording.remarks:
        tell(sentence(remark))
    settings, given = asked.settings(analysis, recording.rate)
    names = component_names(settings)
    # What it needs and has not is said before a folder is made for it.
    count = component_count(settings, None)
    for name in sorted(given - {"method"} - METHODS[settings.method].uses):
        tell(f"The method {settings.method} makes no use of {name}.")
    # Nor are hours of work done for a folder that can't take what comes of them.
    folder_for(str(out.absolute()))
    likely = names or [f"Component {i + 1}" for i in range(count)]
    check_free(out, _names_of(layer_paths(Path(), likely, FileFormat())), [path])
    snapshot = factorise(Task(recording, analysis, settings), stage(FACTORISING), threads=asked.threads)
    state, _ = layer_acts.factorised(fresh_state(analysis), 1, snapshot.factors.components, names)
    levels = analyse_levels(recording.samples, analysis)
    runs = {1: Run(snapshot.settings, snapshot.factors, snapshot.costs)}
    stack = stack_of(state, mask_model(state, runs), len(recording.samples), levels.levels[0])
    scene = Scene(recording, analysis, stack)
    progress = stage(WRITING)
    paths = [piece.path for piece in layer_pieces(scene, Path(), FileFormat())]
    with _told_outputs(out, _names_of(paths), [path], tell, asked.about(recording.file_checksum)) as folder:
        write(layer_pieces(scene, folder, FileFormat()), FileFormat(), progress)
        _write_factors(folder / FACTORS, scene, snapshot)
        save_picture(folder / PICTURE, levels, scene.stack, recording.rate, analysis)
    kept = snapshot.settings
    return Separated(
        tuple(each.name for each in paths),
        str(kept.method),
        str(kept.divergence),
        snapshot.factors.components,
        kept.seed,
        len(snapshot.costs),
        float(snapshot.costs[-1]) if snapshot.costs else None,
        tuple(
            OtherCost(str(each.settings.method), each.settings.seed, float(each.costs[-1])) for each in snapshot.others
        ),
        recording.duration,
        recording.rate,
        recording.channels,
    )


@contextmanager
def _told_outputs(
    out: Path, names: Sequence[str], used: Sequence[Path], tell: Tell, about: dict[str, object] | None = None
) -> Iterator[Path]:
    """Where files of some names are written to, and what is told of those of an earlier command."""
    outputs = Outputs(out)
    try:
        with output_set(out, names, used, about) as outputs:
            yield outputs.folder
    finally:
        # Also where the command is ended just after they went.
        for text in outputs.told:
            tell(text)


def _write_factors(path: Path, scene: Scene, snapshot: Snapshot) -> None:
    """W and H, or the masks of harmonic–percussive separation, with what they were made with."""
    model, layers = snapshot.factors, scene.stack.layers
    arrays = {"masks": model.masks} if isinstance(model, Shares) else {"W": model.W, "H": model.H}
    arrays |= {f"other_costs_{i}": np.array(other.costs) for i, other in enumerate(snapshot.others, 1)}
    layer_of = {component: i for i, layer in enumerate(layers) for component in layer.components}
    with replacing(path) as partial, partial.open("wb") as file:
        np.savez(
            file,
            **arrays,
            costs=np.array(snapshot.costs),
            layers=np.array([layer.name for layer in layers]),
            layer_of_component=np.array([layer_of[k] for k in range(model.components)]),
            rate=scene.recording.rate,
            window=scene.analysis.window,
            hop=scene.analysis.hop,
            divergence=snapshot.settings.divergence.value,
            beta=snapshot.settings.beta_value,
            seed=snapshot.settings.seed,
            settings=json.dumps(asdict(snapshot.settings)),
        )


def _names_of(layers: Sequence[Path]) -> list[str]:
    return [*(path.as_posix() for path in layers), FACTORS, PICTURE]
