"""The commands that need no display: separate a recording, render a project. Core rooms only, no QtGui."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from time import monotonic

import numpy as np
from threadpoolctl import threadpool_limits

from workbench import __version__
from workbench.audio.export import (
    FORMATS,
    FileFormat,
    Piece,
    folder_for,
    group_pieces,
    layer_paths,
    layer_pieces,
    mix_piece,
)
from workbench.audio.recording import load
from workbench.audio.scene import Scene
from workbench.audio.writing import write
from workbench.document.acts import layers as layer_acts
from workbench.document.project import load_project
from workbench.document.state import Run, fresh_state, mask_model, stack_of
from workbench.errors import UserError
from workbench.masks.evaluation.memory import MOST_ASIDE, Memory
from workbench.masks.model.models import Shares
from workbench.masks.pictures.sheet import save_picture
from workbench.outputs import Outputs, check_free, output_set
from workbench.separation.factorise import Snapshot, factorise
from workbench.separation.presets import PRESETS, Preset
from workbench.separation.reading import SETTINGS, form, name_and_value, preset_called, with_value
from workbench.separation.settings import METHODS, RANGES, Divergence, RunSettings
from workbench.separation.task import Task, component_count, component_names
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis
from workbench.storage import replacing
from workbench.wording import sentence

FACTORS, PICTURE = "factors.npz", "masks.png"
"""What is written beside the layers."""


def separate(arguments: Sequence[str]) -> int:
    """``workbench separate``: factorise a recording and write its layers, a picture and the factors."""
    parser = argparse.ArgumentParser(
        prog="workbench separate",
        description="Separate a recording and write one 32-bit float WAV a layer (their sum is the recording), "
        "a picture of the spectrogram with its masks, and the factors as NPZ.",
        epilog="settings for --set, each with its range or choices:\n"
        + "".join(f"  {name:<22}{form(name)}\n" for name in SETTINGS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", type=Path, help="sound file")
    parser.add_argument("--out", type=_folder, required=True, help="folder for the results; made if it is not there")
    presets = ", ".join(each.name for each in PRESETS.values())
    parser.add_argument("--preset", help=f"what to begin with: {presets} (default General)")
    parser.add_argument("--method", choices=[each.value for each in METHODS], help="default: the preset's")
    parser.add_argument("--components", type=_within("components"), help="K (default: the preset's)")
    parser.add_argument("--divergence", choices=[each.value for each in Divergence], help="default: the preset's")
    parser.add_argument("--iterations", type=_within("iterations"), help="default: the preset's")
    parser.add_argument("--seed", type=_within("seed"), help="same seed, same result (default 0)")
    parser.add_argument(
        "--set",
        dest="written",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any setting, more than once; selection=1.5-3 selects from 1.5 to 3 seconds",
    )
    parser.add_argument(
        "--window", type=_whole(1, 65536), default=None, help="samples a frame (default: the preset's, or 2048)"
    )
    parser.add_argument("--hop", type=_whole(1, 65536), default=None, help="samples between frames (default window/4)")
    parser.add_argument(
        "--threads", type=_whole(1, 256), default=None, help="default: one a processor; no effect on results"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    options = parser.parse_args(arguments)
    return _guarded(lambda: _separate(options))


def render_project(arguments: Sequence[str]) -> int:
    """``workbench render``: write the mix and the layers of a saved project."""
    parser = argparse.ArgumentParser(
        prog="workbench render",
        description="Write the mix of a saved project, its layers (--layers) and its groups (--groups).",
    )
    parser.add_argument("project", type=Path, help="project file (.workbench)")
    parser.add_argument("--out", type=_folder, required=True, help="folder for the files; made if it is not there")
    parser.add_argument("--layers", action="store_true", help="write every layer too, before its fader")
    parser.add_argument("--groups", action="store_true", help="write every group too, before all faders")
    parser.add_argument("--format", choices=sorted(_FORMAT_NAMES), default="wav-float", help="default wav-float")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    options = parser.parse_args(arguments)
    return _guarded(lambda: _render(options))


_FORMAT_NAMES: dict[str, FileFormat] = {
    f"{each.container.lower()}-{each.subtype.removeprefix('PCM_').lower()}": each for each in FORMATS.values()
}

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"separate": separate, "render": render_project}


def _separate(options: argparse.Namespace) -> None:
    begin = preset_called(options.preset) if options.preset else PRESETS["general"]
    recording = load(options.input)
    analysis = _analysis(options, begin, recording.rate)
    for remark in recording.remarks:
        print(sentence(remark), file=sys.stderr)
    settings, given = _settings(options, begin.settings, analysis, recording.rate)
    names = component_names(settings)
    # What it needs and has not is said before a folder is made for it.
    count = component_count(settings, None)
    for name in sorted(given - {"method"} - METHODS[settings.method].uses):
        print(f"The method {settings.method} makes no use of {name}.", file=sys.stderr)
    # Nor are hours of work done for a folder that can't take what comes of them.
    folder_for(str(options.out.absolute()))
    likely = names or [f"Component {i + 1}" for i in range(count)]
    check_free(options.out, _names_of(layer_paths(Path(), likely, FileFormat())), [options.input])
    bar = Bar("Factorising", options.quiet)
    snapshot = factorise(Task(recording, analysis, settings), bar.show, threads=options.threads)
    bar.done()
    state, _ = layer_acts.factorised(fresh_state(analysis), 1, snapshot.factors.components, names)
    levels = analyse_levels(recording.samples, analysis)
    runs = {1: Run(snapshot.settings, snapshot.factors, snapshot.costs)}
    scene = Scene(
        recording, analysis, stack_of(state, mask_model(state, runs), len(recording.samples), levels.levels[0])
    )
    bar = Bar("Writing", options.quiet)
    paths = [piece.path for piece in layer_pieces(scene, Path(), FileFormat())]
    with _outputs(options, _names_of(paths), [options.input]) as folder:
        pieces = layer_pieces(scene, folder, FileFormat())
        write(pieces, FileFormat(), bar.show)
        _write_factors(folder / FACTORS, scene, snapshot)
        save_picture(folder / PICTURE, levels, scene.stack, recording.rate, analysis)
    bar.done()
    for other in snapshot.others:
        asked = other.settings
        _tell(options, f"Beside it {asked.method} with seed {asked.seed} came to a cost of {other.costs[-1]:.6g}")
    cost = f" (cost {snapshot.costs[-1]:.6g})" if snapshot.costs else ""
    _tell(options, f"Wrote {len(paths)} layers, masks.png and factors.npz to {options.out}{cost}")


def _analysis(options: argparse.Namespace, begin: Preset, rate: int) -> Analysis:
    """Window and hop as they are given; else those of the preset, where it has any."""
    usual = begin.analysis(rate) or Analysis()
    window = options.window or usual.window
    return Analysis(window, options.hop or window // 4)


def _settings(
    options: argparse.Namespace, settings: RunSettings, analysis: Analysis, rate: int
) -> tuple[RunSettings, set[str]]:
    """The preset's, changed by the options that are given, and these by what is written; and which were changed."""
    names = ("method", "components", "divergence", "iterations", "seed")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    settings = replace(settings, **given)
    written = [name_and_value(text) for text in options.written]
    for name, text in written:
        settings = with_value(settings, name, text, analysis, rate)
    return settings, given.keys() | dict(written).keys()


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


@contextmanager
def _outputs(options: argparse.Namespace, names: Sequence[str], used: Sequence[Path]) -> Iterator[Path]:
    """Where files of some names are written to, and what is told of those of an earlier command.

    Also who wants it quiet is told of files that go.
    """
    outputs = Outputs(options.out)
    try:
        with output_set(options.out, names, used) as outputs:
            yield outputs.folder
    finally:
        # Also where the command is ended just after they went.
        for what, names in (("Removed files of", outputs.removed), ("Kept what was changed since", outputs.kept)):
            if names:
                print(f"{what} the command before: {', '.join(names)}", file=sys.stderr)


def _render(options: argparse.Namespace) -> None:
    project = load_project(options.project)
    recording = load(project.recording)
    told = project.check(recording)
    for remark in (*recording.remarks, *([told] if told is not None else [])):
        print(sentence(remark), file=sys.stderr)
    state = project.state
    levels = analyse_levels(recording.samples, state.analysis)
    # The pieces that are written share what their edits come to.
    memory = Memory(most_aside=MOST_ASIDE)
    stack = stack_of(state, mask_model(state, project.runs), len(recording.samples), levels.levels[0], memory)
    scene = Scene(recording, state.analysis, stack)
    file_format = _FORMAT_NAMES[options.format]

    def pieces(folder: Path) -> list[Piece]:
        out = [mix_piece(scene, folder, options.project.stem, file_format)]
        if options.groups:
            out += group_pieces(scene, folder, file_format)
        if options.layers:
            # Beside groups layers have a folder of their own: both are numbered.
            out += layer_pieces(scene, folder / "layers" if options.groups else folder, file_format)
        return out

    names = [piece.path.as_posix() for piece in pieces(Path())]
    used = [options.project, project.recording, *(each.path for each in state.references)]
    bar = Bar("Rendering", options.quiet)
    with _outputs(options, names, used) as folder:
        peak = max(each.peak for each in write(pieces(folder), file_format, bar.show))
    bar.done()
    if file_format.integer and peak >= 1.0:
        over = 20 * np.log10(peak)
        print(
            f"The loudest sample was {over:.1f} dB above full scale and is clipped; wav-float keeps it.",
            file=sys.stderr,
        )
    _tell(options, f"Wrote {len(names)} file(s) to {options.out}")


class Bar:
    """A progress bar on stderr; a line at the end only where stderr is no terminal."""

    WIDTH = 30

    def __init__(self, name: str, quiet: bool) -> None:
        self._name, self._quiet = name, quiet
        self._start = monotonic()
        self._shown = 0.0
        self._live = sys.stderr.isatty()

    def show(self, share: float) -> None:
        """Share done; a `Progress`."""
        now = monotonic()
        if self._live and not self._quiet and (now - self._shown > 0.05 or share >= 1):
            self._shown = now
            filled = round(share * self.WIDTH)
            left = (now - self._start) * (1 - share) / share if share > 0 else 0.0
            bar = "#" * filled + "." * (self.WIDTH - filled)
            line = f"\r{self._name:<12}[{bar}] {100 * share:3.0f} %  {left:4.0f} s left"
            print(line, end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        """The end of the bar."""
        if not self._quiet:
            took = monotonic() - self._start
            start = "\r" if self._live else ""
            print(f"{start}{self._name:<12}[{'#' * self.WIDTH}] 100 %  {took:4.1f} s       ", file=sys.stderr)


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _whole(low: int, high: int) -> Callable[[str], int]:
    """Parser of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is no whole number from {low} to {high}")
        return value

    return parse


def _within(name: str) -> Callable[[str], int]:
    """Parser of a setting that is a whole number, in its range."""
    low, high = RANGES[name]
    return _whole(int(low), int(high))


def _tell(options: argparse.Namespace, text: str) -> None:
    if not options.quiet:
        print(text)


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Who asks it to end (SIGTERM; SIGHUP of a terminal that closes) leaves nothing half written, as Ctrl+C does.

    What is ignored stays so: a command under ``nohup`` outlives its terminal.
    """

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    there = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    kinds = [kind for kind in there if signal.getsignal(kind) is not signal.SIG_IGN]
    before = [signal.signal(kind, end) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _report() -> Path:
    """A file with what is known of the exception that is handled."""
    with tempfile.NamedTemporaryFile("w", prefix="workbench-report-", suffix=".txt", delete=False) as file:
        file.write(
            f"workbench {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n\n{traceback.format_exc()}"
        )
    return Path(file.name)


def _guarded(work: Callable[[], None]) -> int:
    """Bad input gets one sentence on stderr and exit status 2, a defect of ours another one, a report and 70."""
    try:
        # One BLAS thread: results do not depend on the number of processors.
        with _ended_by_signal(), threadpool_limits(1, user_api="blas"):
            work()
    except (UserError, OSError, MemoryError) as error:
        print(sentence(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001 - a defect is told as one
        print(f"This is a defect of the program ({type(error).__name__}). Its report is {_report()}.", file=sys.stderr)
        return 70
    return 0
