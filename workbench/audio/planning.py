"""From what is asked of an export to its files: which, of which span, called how, at which rate, with which tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workbench.audio.export import Level, Piece, group_pieces, layer_pieces, mix_piece
from workbench.audio.formats import FLOAT_WAV, FileFormat
from workbench.audio.naming import USUAL_NAMES, Kind, Label, Names, told_apart
from workbench.audio.scene import Scene
from workbench.audio.tagging import UNTAGGED, Tags
from workbench.errors import UserError

LAYERS_FOLDER = "layers"
"""Layers beside groups have a folder of their own: both are numbered."""


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: what is heard now, the mix, groups, layers; these after the faders or before."""

    heard: bool
    mix: bool
    groups: bool
    layers: bool
    after: bool = False


@dataclass(frozen=True)
class ExportOptions:
    """All that may be asked of an export: one plain value, which a window and a command line fill alike.

    Attributes
    ----------
    wanted : Wanted
    form : FileFormat
    rate : int or None
        Hz, None as the recording. Where the format has no such rate, the next one that it has (`FileFormat.rate_for`).
    span : (int, int) or None
        First sample and the one behind the last, of the recording; None for all of it, and of what is heard for
        what plays.
    together : bool
        All groups in one file, and all layers: the channels of part 1, then those of part 2, …
    level : Level or None
        What is heard and the mix are brought to it, groups and layers stay as they are, so that they sum up; to the
        level of the file all are brought.
    names : Names
    tags : Tags or None
        Those of the recording, from which each file gets its own (`Tags.of`); None writes none.
    """

    wanted: Wanted
    form: FileFormat = FLOAT_WAV
    rate: int | None = None
    span: tuple[int, int] | None = None
    together: bool = False
    level: Level | None = None
    names: Names = USUAL_NAMES
    tags: Tags | None = None


def planned(
    scene: Scene, folder: Path, options: ExportOptions, heard: Piece | None = None, today: date | None = None
) -> list[Piece]:
    """The files of an export.

    Parameters
    ----------
    scene : Scene
    folder : Path
        Where they go.
    options : ExportOptions
    heard : Piece or None
        What is heard, with the span that plays, for where it is wanted; its path does not matter.
    today : date or None
        For names with a date; None for that of the system.

    Raises
    ------
    UserError
        A name can't be made, the span holds nothing, or the format can't hold the channels.
    """
    wanted, form, recording = options.wanted, options.form, scene.recording
    whole = [replace(heard, path=folder / heard.path.name)] if wanted.heard and heard is not None else []
    whole += [mix_piece(scene, folder, recording.path.stem, form)] if wanted.mix else []
    groups = group_pieces(scene, folder, form, wanted.after) if wanted.groups else []
    inner = folder / LAYERS_FOLDER if wanted.groups and not options.together else folder
    layers = layer_pieces(scene, inner, form, wanted.after) if wanted.layers else []
    if options.together:
        groups, layers = _joined(groups, Kind.GROUPS), _joined(layers, Kind.LAYERS)
    spanned = [_within(piece, options.span) for piece in (*whole, *groups, *layers)]
    out = _named([_written(piece, options) for piece in spanned], options, today or date.today())
    for piece in out:
        form.check(piece.outputs, piece.path.name, bool(piece.voices))
    return out


def check_apart(pieces: Iterable[Piece], used: Sequence[Path]) -> None:
    """Tell of a file that would take the place of one that the project is made of.

    Raises
    ------
    UserError
        `audio.own_source`.
    """
    for piece in pieces:
        if any(_same_file(piece.path, path) for path in used):
            raise UserError("audio.own_source", path=piece.path)


def _same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by links or, where the system takes them for the same, by capital letters."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _joined(parts: list[Piece], kind: Kind) -> list[Piece]:
    """All parts in one file, channel beside channel."""
    if not parts:
        return []
    first = parts[0]
    return [Piece(first.path, first.scene, part=True, label=Label(kind), voices=tuple(parts))]


def _within(piece: Piece, span: tuple[int, int] | None) -> Piece:
    if span is None:
        return piece
    start, stop = max(0, span[0]), min(span[1], len(piece.scene.recording.samples))
    if stop <= start:
        raise UserError("audio.empty_span")
    voices = tuple(replace(voice, start=start, stop=stop) for voice in piece.voices)
    return replace(piece, start=start, stop=stop, voices=voices)


def _written(piece: Piece, options: ExportOptions) -> Piece:
    """A piece with the rate and the tags of its file."""
    recording = piece.scene.recording
    rate = options.form.rate_for(options.rate or recording.rate)
    tags = UNTAGGED if options.tags is None else options.tags.of(piece.label, recording.path.stem)
    return replace(piece, rate=rate, tags=tags)


def _named(pieces: list[Piece], options: ExportOptions, today: date) -> list[Piece]:
    """Pieces by the templates of their names, no two of which are equal within a folder."""
    stems = [
        options.names.stem(each.label, each.scene.recording.path.stem, each.file_rate, today.isoformat())
        for each in pieces
    ]
    out = list(pieces)
    for folder in dict.fromkeys(piece.path.parent for piece in pieces):
        here = [i for i, piece in enumerate(pieces) if piece.path.parent == folder]
        for i, name in zip(here, told_apart([stems[i] for i in here]), strict=True):
            out[i] = replace(pieces[i], path=folder / f"{name}{options.form.suffix}")
    return out
