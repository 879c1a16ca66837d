"""The files of an export, as the window writes them: which there are, and in what format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.audio.export import FORMATS, FileFormat, Measured, Piece, group_pieces, layer_pieces, mix_piece
from workbench.audio.scene import Scene
from workbench.audio.writing import write
from workbench.errors import UserError
from workbench.outputs import Outputs, output_set
from workbench.progress import Progress, silent

FORMAT_NAMES: dict[str, FileFormat] = {
    f"{each.container.lower()}-{each.subtype.removeprefix('PCM_').lower()}": each for each in FORMATS.values()
}
"""The formats that the window offers, by short names."""
# A container alone stands for the first of its formats.
FORMAT_NAMES |= {each.container.lower(): each for each in reversed(FORMATS.values())}


@dataclass(frozen=True)
class Wanted:
    """What is to be exported. A field is an option of ``workbench render``, a keyword of `Project.export`, and is used
    in `pieces_of`; its metadata has the words for the help.

    Raises
    ------
    UserError
        `api.no_format`: there is no such format.
    """

    mix: bool = field(default=True, metadata={"help": "leave the mix out", "flag": "--no-mix"})
    groups: bool = field(
        default=False, metadata={"help": "write every group too, and every layer that is in none, before all faders"}
    )
    layers: bool = field(default=False, metadata={"help": "write every layer too, before its fader"})
    after: bool = field(
        default=False,
        metadata={
            "help": "write layers and groups as they are heard in the mix, behind the faders, and only those "
            "that are heard",
            "flag": "--after-faders",
        },
    )
    format: str = field(
        default="wav-float",
        metadata={"help": "format of the files: " + ", ".join(FORMAT_NAMES), "choices": tuple(FORMAT_NAMES)},
    )

    def __post_init__(self) -> None:
        if self.format not in FORMAT_NAMES:
            raise UserError("api.no_format", format=self.format, formats=", ".join(FORMAT_NAMES))

    @property
    def form(self) -> FileFormat:
        """The format."""
        return FORMAT_NAMES[self.format]


def pieces_of(scene: Scene, folder: Path, wanted: Wanted) -> list[Piece]:
    """The files, under the names that the window gives them.

    Raises
    ------
    UserError
        `api.nothing_heard`: there is none.
    """
    form = wanted.form
    out = [mix_piece(scene, folder, scene.recording.path.stem, form)] if wanted.mix else []
    out += group_pieces(scene, folder, form, wanted.after) if wanted.groups else []
    if wanted.layers:
        # Beside groups layers have a folder of their own: both are numbered.
        out += layer_pieces(scene, folder / "layers" if wanted.groups else folder, form, wanted.after)
    if not out:
        raise UserError("api.nothing_heard")
    return out


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes
    ----------
    names : tuple of str
        Of the files, with ``/`` between folders.
    measured : tuple of Measured
        What each measures.
    """

    names: tuple[str, ...]
    measured: tuple[Measured, ...]

    @property
    def peak(self) -> float:
        """The largest absolute sample of all files; of 1 or more, an integer format clipped it."""
        return max(each.peak for each in self.measured)


def export(
    scene: Scene,
    folder: Path,
    wanted: Wanted,
    used: Sequence[Path],
    progress: Progress = silent,
    ended: Callable[[Outputs], None] = lambda outputs: None,
) -> Exported:
    """Write the files: all of them or none, and never in place of what others wrote.

    Parameters
    ----------
    used : sequence of Path
        Files that stay, whoever wrote them.
    ended : callable
        Told at the end, also where it fails, what became of the files of an earlier export.

    Raises
    ------
    UserError
        As `pieces_of`, `output_set` and `write` do.
    """
    names = tuple(piece.path.as_posix() for piece in pieces_of(scene, Path(), wanted))
    outputs = Outputs(folder)
    try:
        with output_set(folder, names, used) as outputs:
            measured = write(pieces_of(scene, outputs.folder, wanted), wanted.form, progress)
    finally:
        ended(outputs)
    return Exported(names, tuple(measured))
