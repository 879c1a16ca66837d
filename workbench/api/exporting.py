"""The files of an export, as the window writes them: which there are, and in what format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.audio.export import Measured, Piece
from workbench.audio.formats import FORMATS, Dither, FileFormat, Quality
from workbench.audio.naming import Names
from workbench.audio.planning import ExportOptions, planned
from workbench.audio.planning import Wanted as Parts
from workbench.audio.scene import Scene
from workbench.audio.writing import write
from workbench.errors import UserError
from workbench.outputs import Outputs, output_set
from workbench.progress import Progress, silent

FORMAT_NAMES: dict[str, FileFormat] = {
    f"{each.container.lower()}-{each.subtype.removeprefix('PCM_').lower()}": each
    for each in FORMATS.values()
    if not each.lossy
}
"""The formats that the window offers, by short names."""
# A container alone stands for the first of its formats.
FORMAT_NAMES |= {each.container.lower(): each for each in reversed(FORMATS.values()) if not each.lossy}
FORMAT_NAMES |= {each.suffix.removeprefix("."): each for each in FORMATS.values() if each.lossy}


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

    quality: Quality = field(
        default=Quality.GOOD,
        metadata={"help": "how much of the sound ogg, opus and mp3 keep", "choices": tuple(map(str, Quality))},
    )
    rate: int | None = field(default=None, metadata={"help": "another sample rate, in Hz", "type": int})
    dither: bool = field(
        default=True, metadata={"help": "add no dither before samples become 16 bits", "flag": "--no-dither"}
    )
    together: bool = field(
        default=False,
        metadata={"help": "all groups in one file, channel beside channel, and all layers", "flag": "--one-file"},
    )
    names: str = field(
        default=Names.parts,
        metadata={
            "help": "names of groups and layers, of {number} {name} {group} {kind} {recording} {date} {rate}",
            "flag": "--names",
        },
    )
    tags: bool = field(default=False, metadata={"help": "write title, album and number into the files"})

    def __post_init__(self) -> None:
        if self.format not in FORMAT_NAMES:
            raise UserError("api.no_format", format=self.format, formats=", ".join(FORMAT_NAMES))

    @property
    def form(self) -> FileFormat:
        """The format."""
        dither = Dither.TPDF if self.dither else Dither.OFF
        return replace(FORMAT_NAMES[self.format], quality=Quality(self.quality), dither=dither)


def pieces_of(scene: Scene, folder: Path, wanted: Wanted) -> list[Piece]:
    """The files, under the names that the window gives them.

    Raises
    ------
    UserError
        `api.nothing_heard`: there is none.
    """
    options = ExportOptions(
        Parts(False, wanted.mix, wanted.groups, wanted.layers, wanted.after),
        wanted.form,
        rate=wanted.rate,
        together=wanted.together,
        names=Names(parts=wanted.names),
        tags=scene.recording.tags if wanted.tags else None,
    )
    out = planned(scene, folder, options)
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
