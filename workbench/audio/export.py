"""Which files an export writes: what is heard, the mix, the groups and the layers; and their level."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from workbench.audio.formats import FORMATS as FORMATS
from workbench.audio.formats import FileFormat as FileFormat
from workbench.audio.loudness import SILENT, Loudness
from workbench.audio.mix import audible
from workbench.audio.naming import MIX, USUAL_NAMES, Kind, Label
from workbench.audio.resampling import length_at
from workbench.audio.scene import PLAIN, Ear, Hear, Scene
from workbench.audio.speakers import Speakers
from workbench.audio.tagging import UNTAGGED, Tags
from workbench.errors import UserError


@dataclass(frozen=True, eq=False)
class Piece:
    """One file to write.

    Attributes
    ----------
    path : Path
    scene : Scene
        With the ear that hears it.
    layers : tuple of int or None
        Indices of the layers whose sum it is, before all faders; None for what the scene's ear hears.
    start, stop : int, int or None
        Samples; by default the whole recording.
    gain_db : float
        Gain of the whole file.
    part : bool
        It is a part that sums to the mix with others, and keeps its level.
    label : Label
        What it is, in words.
    rate : int or None
        Hz, of the file; None as the recording.
    tags : Tags
        What the file says of itself.
    voices : tuple of Piece
        Those whose channels it holds side by side, all of one span; () for a sound of its own.
    """

    path: Path
    scene: Scene
    layers: tuple[int, ...] | None = None
    start: int = 0
    stop: int | None = None
    gain_db: float = 0.0
    part: bool = False
    label: Label = MIX
    rate: int | None = None
    tags: Tags = UNTAGGED
    voices: tuple[Piece, ...] = ()

    @property
    def outputs(self) -> int:
        """Channels of the file."""
        if self.voices:
            return sum(voice.outputs for voice in self.voices)
        return self.scene.recording.channels if self.layers is not None else self.scene.outputs

    @property
    def is_whole(self) -> bool:
        """Whether it is all that is heard, and no part of it."""
        return self.layers is None and not self.part

    @property
    def samples(self) -> int:
        """Length of its sound, at the rate of the recording."""
        stop = len(self.scene.recording.samples) if self.stop is None else self.stop
        return max(0, stop - self.start)

    @property
    def file_rate(self) -> int:
        """Hz, of the file."""
        return self.scene.recording.rate if self.rate is None else self.rate

    @property
    def file_samples(self) -> int:
        """Length of the file, at its rate."""
        return length_at(self.samples, self.scene.recording.rate, self.file_rate)

    @property
    def seed(self) -> int:
        """Of what is drawn at random for the file: its name, so that the same export gives the same file again."""
        return zlib.crc32(self.path.name.encode(errors="replace"))

    def order(self, places: dict[int, Speakers]) -> tuple[int, ...] | None:
        """Its channels in the order in which a format has their loudspeakers; None where that is the one they have."""
        have, want = self.scene.recording.speakers, places.get(self.outputs, ())
        if self.voices or have == want or len(set(have)) < len(have) or set(have) != set(want):
            return None
        return tuple(have.index(each) for each in want)


class LevelKind(StrEnum):
    """What of a sound is brought to a level."""

    PEAK = "peak"
    """The true peak, in dB."""
    LUFS = "lufs"
    """The integrated loudness, in LUFS."""
    FILE = "file"
    """The recording, in dB above what is open: that of the file (`Recording.level_db`). So it is for parts, too."""


@dataclass(frozen=True)
class Level:
    """A level to bring a file to.

    Attributes
    ----------
    kind : LevelKind
    db : float
        In the unit of the kind.
    """

    kind: LevelKind
    db: float


@dataclass(frozen=True)
class Measured:
    """What a piece measures.

    Attributes
    ----------
    peak : float
        Largest absolute sample.
    loudness : Loudness or None
        Of what is heard; of layers and groups, and at very low rates, only the peak is measured.
    """

    peak: float
    loudness: Loudness | None = None

    @property
    def true_peak(self) -> float:
        """The true peak where it was measured, else the largest sample."""
        return self.peak if self.loudness is None else self.loudness.true_peak

    def louder(self, db: float) -> Measured:
        """The same sound after a gain."""
        gain, known = 10.0 ** (db / 20.0), self.loudness
        loud = None if known is None else Loudness(known.lufs + db, known.peak * gain, known.true_peak * gain)
        return Measured(self.peak * gain, loud)


def layer_pieces(scene: Scene, folder: Path, form: FileFormat, after: bool = False) -> list[Piece]:
    """Files ``01 Name.wav`` … for every layer, before all faders, or `after` them where it is heard."""
    groups, count = {group.id: group.name for group in scene.stack.groups}, len(scene.stack.layers)
    parts = [
        (Label(Kind.LAYER, layer.name, number, count, groups.get(layer.group, "")), (number - 1,))
        for number, layer in enumerate(scene.stack.layers, 1)
    ]
    return _part_pieces(scene, folder, form, parts, after)


def layer_paths(folder: Path, names: Sequence[str], form: FileFormat) -> list[Path]:
    """Files ``01 Name.wav`` … for layers, or what else is written one by one, of some names."""
    labels = [Label(Kind.LAYER, name, number, len(names)) for number, name in enumerate(names, 1)]
    return [_usual_path(folder, label, form) for label in labels]


def _usual_path(folder: Path, label: Label, form: FileFormat, recording: str = "") -> Path:
    return folder / f"{USUAL_NAMES.stem(label, recording, 0, '')}{form.suffix}"


def group_pieces(scene: Scene, folder: Path, form: FileFormat, after: bool = False) -> list[Piece]:
    """Files ``01 Name.wav`` … for every group, and for every layer that is in none; `after` as for layers."""
    names = {group.id: group.name for group in scene.stack.groups}
    parts: dict[tuple[str, int], tuple[str, tuple[int, ...]]] = {}
    for i, layer in enumerate(scene.stack.layers):
        if layer.group in names:
            name, have = parts.get(("group", layer.group), (names[layer.group], ()))
            parts["group", layer.group] = name, (*have, i)
        else:
            parts["layer", layer.id] = layer.name, (i,)
    labelled = [
        (Label(Kind(kind), name, number, len(parts), name if kind == Kind.GROUP else ""), indices)
        for number, ((kind, _), (name, indices)) in enumerate(parts.items(), 1)
    ]
    return _part_pieces(scene, folder, form, labelled, after)


def _part_pieces(
    scene: Scene, folder: Path, form: FileFormat, parts: Sequence[tuple[Label, tuple[int, ...]]], after: bool
) -> list[Piece]:
    layers = scene.stack.layers
    heard = audible(layers, scene.stack.groups)
    out = []
    for label, indices in parts:
        path = _usual_path(folder, label, form)
        if not after:
            out.append(Piece(path, scene, indices, label=label))
        elif any(heard[i] for i in indices):
            ear = Ear(Hear.MIX, tuple(layers[i].id for i in indices))
            out.append(Piece(path, replace(scene, ear=ear), part=True, label=label))
    return out


def folder_for(text: str) -> Path:
    """The folder that files are to be written to, as it was typed; it is made with the first file.

    Raises
    ------
    UserError
        If there can be no such folder, or it may not be written to.
    """
    if not text.strip():
        raise UserError("audio.no_folder")
    try:
        folder = Path(text.strip()).expanduser()
    except RuntimeError as error:
        raise UserError("audio.no_home", name=text.strip()) from error
    if not folder.is_absolute():
        raise UserError("audio.relative_folder", path=folder)
    # What is not there yet is made within what is.
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not there.is_dir():
        raise UserError("audio.folder_is_file", path=there)
    if not os.access(there, os.W_OK | os.X_OK):
        raise UserError("audio.folder_forbidden", path=there)
    return folder


def mix_piece(scene: Scene, folder: Path, stem: str, form: FileFormat) -> Piece:
    """The file of the audible mix."""
    return Piece(_usual_path(folder, MIX, form, stem), replace(scene, ear=PLAIN))


def heard_piece(
    scene: Scene, folder: Path, stem: str, form: FileFormat, start: int = 0, stop: int | None = None
) -> Piece:
    """The file of what the scene's ear hears within a span."""
    label = Label(Kind.HEARD)
    return Piece(_usual_path(folder, label, form, stem), scene, None, start, stop, label=label)


def brought_to(piece: Piece, measured: Measured, level: Level) -> tuple[Piece, Measured]:
    """A piece with the gain that brings it to a level, and what it measures then; silence and parts stay as they are.

    Raises
    ------
    UserError
        `audio.no_loudness`: its rate is too low for that.
    """
    if level.kind is LevelKind.FILE:
        return replace(piece, gain_db=level.db), measured.louder(level.db)
    if not piece.is_whole:
        return piece, measured
    if level.kind is LevelKind.PEAK:
        have = 20 * np.log10(measured.true_peak) if measured.true_peak else SILENT
    elif measured.loudness is None:
        raise UserError("audio.no_loudness", rate=piece.scene.recording.rate)
    else:
        have = measured.loudness.lufs
    if have == SILENT:
        return piece, measured
    gain = float(level.db - have)
    return replace(piece, gain_db=gain), measured.louder(gain)
