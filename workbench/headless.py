"""The commands that need no display: separate a recording, render a project. Core rooms only, no QtGui."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

import numpy as np
from threadpoolctl import threadpool_limits

from workbench.audio.export import FORMATS, FileFormat, group_pieces, layer_pieces, mix_piece, write
from workbench.audio.recording import load
from workbench.audio.scene import Scene
from workbench.errors import UserError
from workbench.masks.model.layers import Layer, Part, palette_colour
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.divergence import BETA, spectrogram_power
from workbench.nmf.starts import random_start
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis, magnitudes
from workbench.storage import replacing


def separate(arguments: Sequence[str]) -> int:
    """``workbench separate``: factorise a recording and write its layers, a picture and the factors."""
    parser = argparse.ArgumentParser(
        prog="workbench separate",
        description="Factorise a recording and write one 32-bit float WAV a component (their sum is the recording), "
        "a picture of the spectrogram with its masks, and the factors as NPZ.",
    )
    parser.add_argument("input", type=Path, help="sound file")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results; made if it is not there")
    parser.add_argument("--components", type=_whole(1, 1000), default=10, help="number of components K (default 10)")
    parser.add_argument("--divergence", choices=sorted(BETA), default="kl", help="kl, is or eu (default kl)")
    parser.add_argument("--iterations", type=_whole(1, 1_000_000), default=100, help="default 100")
    parser.add_argument("--seed", type=_whole(0, 2**63 - 1), default=0, help="same seed, same result (default 0)")
    parser.add_argument("--window", type=_whole(1, 65536), default=2048, help="samples a frame (default 2048)")
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
    parser.add_argument("--out", type=Path, required=True, help="folder for the files; made if it is not there")
    parser.add_argument("--layers", action="store_true", help="write every layer too, before its fader")
    parser.add_argument("--groups", action="store_true", help="write every group too, before all faders")
    parser.add_argument("--format", choices=sorted(_FORMAT_NAMES), default="wav-float", help="default wav-float")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    options = parser.parse_args(arguments)
    return _guarded(lambda: _render(options))


_FORMAT_NAMES: dict[str, FileFormat] = {
    f"{form.container.lower()}-{form.subtype.removeprefix('PCM_').lower()}": form for form in FORMATS.values()
}

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"separate": separate, "render": render_project}


def _separate(options: argparse.Namespace) -> None:
    analysis = Analysis(options.window, options.hop or options.window // 4)
    recording = load(options.input)
    for remark in recording.remarks:
        print(remark, file=sys.stderr)
    _make_folder(options.out)
    bar = Bar("Factorising", options.quiet)
    v = magnitudes(recording.samples, analysis, spectrogram_power(options.divergence))
    w, h = random_start(v, options.components, options.seed)

    def progress(iteration: int, cost: float) -> bool:
        return bar.show(iteration / options.iterations)

    result = factorise_fast(v, w, h, BETA[options.divergence], options.iterations, progress, threads=options.threads)
    bar.done()
    digits = max(2, len(str(options.components)))
    layers = tuple(
        Layer(2 * k + 1, f"Component {k + 1:0{digits}d}", palette_colour(k), (Part(2 * k + 2, k),))
        for k in range(options.components)
    )
    factors = Factors(result.W.astype(np.float32), result.H.astype(np.float32))
    stack = Stack(layers, factors, (), analysis.bins, analysis.frames(len(recording.samples)))
    scene = Scene(recording, analysis, stack)
    form = FileFormat()
    bar = Bar("Writing", options.quiet)
    pieces = layer_pieces(scene, options.out, form)
    write(pieces, form, bar.show)
    # Of an earlier run with more components nothing may stay: the layers in the folder sum to the recording.
    for stale in set(options.out.glob("* Component *.wav")) - {piece.path for piece in pieces}:
        if re.fullmatch(r"\d+ Component \d+\.wav", stale.name):
            stale.unlink()
    bar.done()
    with replacing(options.out / "factors.npz") as partial, partial.open("wb") as file:
        np.savez(
            file,
            W=result.W,
            H=result.H,
            costs=np.array(result.costs),
            rate=recording.rate,
            window=analysis.window,
            hop=analysis.hop,
            divergence=options.divergence,
            seed=options.seed,
        )
    from workbench.masks.pictures.sheet import save_picture

    levels = analyse_levels(recording.samples, analysis)
    assert levels is not None
    save_picture(options.out / "masks.png", levels, stack, recording.rate, analysis)
    _tell(options, f"Wrote {len(layers)} layers, masks.png and factors.npz to {options.out}")


def _make_folder(folder: Path) -> None:
    """The output folder, before any work is done for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder “{folder}” can't be made ({error.strerror}); choose another with --out."
        ) from error


def _render(options: argparse.Namespace) -> None:
    from workbench.document.project import load_project
    from workbench.document.state import stack_of

    project = load_project(options.project)
    recording = load(project.recording)
    project.check(recording)
    state = project.state
    levels = analyse_levels(recording.samples, state.analysis)
    assert levels is not None
    stack = stack_of(state, project.runs, len(recording.samples), levels.levels[0])
    scene = Scene(recording, state.analysis, stack)
    form = _FORMAT_NAMES[options.format]
    pieces = [mix_piece(scene, options.out, options.project.stem, form)]
    if options.groups:
        pieces += group_pieces(scene, options.out, form)
    if options.layers:
        # Beside groups layers have a folder of their own: both are numbered.
        pieces += layer_pieces(scene, options.out / "layers" if options.groups else options.out, form)
    bar = Bar("Rendering", options.quiet)
    peak = max(each.peak for each in write(pieces, form, bar.show))
    bar.done()
    if form.integer and peak >= 1.0:
        over = 20 * np.log10(peak)
        print(
            f"The loudest sample was {over:.1f} dB above full scale and is clipped; wav-float keeps it.",
            file=sys.stderr,
        )
    _tell(options, f"Wrote {len(pieces)} file(s) to {options.out}")


class Bar:
    """A progress bar on stderr; a line at the end only where stderr is no terminal."""

    WIDTH = 30

    def __init__(self, name: str, quiet: bool) -> None:
        self._name, self._quiet = name, quiet
        self._start = monotonic()
        self._shown = 0.0
        self._live = sys.stderr.isatty()

    def show(self, share: float) -> bool:
        """Share done; always answers to go on."""
        now = monotonic()
        if self._live and not self._quiet and (now - self._shown > 0.05 or share >= 1):
            self._shown = now
            filled = round(share * self.WIDTH)
            left = (now - self._start) * (1 - share) / share if share > 0 else 0.0
            bar = "#" * filled + "." * (self.WIDTH - filled)
            line = f"\r{self._name:<12}[{bar}] {100 * share:3.0f} %  {left:4.0f} s left"
            print(line, end="", file=sys.stderr, flush=True)
        return True

    def done(self) -> None:
        """The end of the bar."""
        if not self._quiet:
            took = monotonic() - self._start
            start = "\r" if self._live else ""
            print(f"{start}{self._name:<12}[{'#' * self.WIDTH}] 100 %  {took:4.1f} s       ", file=sys.stderr)


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


def _tell(options: argparse.Namespace, text: str) -> None:
    if not options.quiet:
        print(text)


def _guarded(work: Callable[[], None]) -> int:
    """Bad input gets one sentence on stderr and exit status 2."""
    try:
        # One BLAS thread: results do not depend on the number of processors.
        with threadpool_limits(1, user_api="blas"):
            work()
    except (UserError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0
