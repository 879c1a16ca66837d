"""Which files an export writes: what is heard, the mix, the groups and the layers; their format and their level."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from workbench.audio.loudness import SILENT, Loudness
from workbench.audio.mix import audible
from workbench.audio.scene import PLAIN, Ear, Hear, Scene
from workbench.errors import UserError


class Container(StrEnum):
    """What holds the samples, as libsndfile names it."""

    WAV = "WAV"
    FLAC = "FLAC"


class SampleFormat(StrEnum):
    """How a sample is stored, as libsndfile names it."""

    FLOAT = "FLOAT"
    """32 bits; nothing is rounded or clipped."""
    PCM_24 = "PCM_24"
    PCM_16 = "PCM_16"


@dataclass(frozen=True)
class FileFormat:
    """Container and sample format of a file."""

    container: Container = Container.WAV
    subtype: SampleFormat = SampleFormat.FLOAT

    @property
    def suffix(self) -> str:
        """File name ending with its dot."""
        return "." + self.container.lower()

    @property
    def integer(self) -> bool:
        """Whether samples above full scale would clip."""
        return self.subtype is not SampleFormat.FLOAT


FORMATS = {
    "WAV, 32-bit float": FileFormat(Container.WAV, SampleFormat.FLOAT),
    "WAV, 24-bit": FileFormat(Container.WAV, SampleFormat.PCM_24),
    "WAV, 16-bit": FileFormat(Container.WAV, SampleFormat.PCM_16),
    "FLAC, 24-bit": FileFormat(Container.FLAC, SampleFormat.PCM_24),
    "FLAC, 16-bit": FileFormat(Container.FLAC, SampleFormat.PCM_16),
}
"""Those that are offered, by their names for people."""
FLAC_CHANNELS = 8
"""More do not fit into a FLAC file."""


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
    """

    path: Path
    scene: Scene
    layers: tuple[int, ...] | None = None
    start: int = 0
    stop: int | None = None
    gain_db: float = 0.0
    part: bool = False

    @property
    def outputs(self) -> int:
        """Channels of the file."""
        return self.scene.recording.channels if self.layers is not None else self.scene.outputs

    @property
    def is_whole(self) -> bool:
        """Whether it is all that is heard, and no part of it."""
        return self.layers is None and not self.part

    @property
    def samples(self) -> int:
        """Length of the file."""
        stop = len(self.scene.recording.samples) if self.stop is None else self.stop
        return max(0, stop - self.start)


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


def safe_name(name: str) -> str:
    """A layer's name as part of a file name that every system takes."""
    clean = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .")
    # File systems count bytes: 255 for a name.
    return clean.encode(errors="replace")[:160].decode(errors="ignore").strip() or "Layer"


def layer_pieces(scene: Scene, folder: Path, form: FileFormat, after: bool = False) -> list[Piece]:
    """Files ``01 Name.wav`` … for every layer, before all faders, or `after` them where it is heard."""
    parts = [(layer.name, (i,)) for i, layer in enumerate(scene.stack.layers)]
    return _part_pieces(scene, folder, form, parts, after)


def layer_paths(folder: Path, names: Sequence[str], form: FileFormat) -> list[Path]:
    """Files ``01 Name.wav`` … for layers, or what else is written one by one, of some names."""
    digits = max(2, len(str(len(names))))
    return [folder / f"{number:0{digits}d} {safe_name(name)}{form.suffix}" for number, name in enumerate(names, 1)]


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
    return _part_pieces(scene, folder, form, list(parts.values()), after)


def _part_pieces(
    scene: Scene, folder: Path, form: FileFormat, parts: Sequence[tuple[str, tuple[int, ...]]], after: bool
) -> list[Piece]:
    layers, paths = scene.stack.layers, layer_paths(folder, [name for name, _ in parts], form)
    heard = audible(layers, scene.stack.groups)
    out = []
    for path, (_, indices) in zip(paths, parts, strict=True):
        if not after:
            out.append(Piece(path, scene, indices))
        elif any(heard[i] for i in indices):
            ear = Ear(Hear.MIX, tuple(layers[i].id for i in indices))
            out.append(Piece(path, replace(scene, ear=ear), part=True))
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
    return Piece(folder / f"{safe_name(stem)} mix{form.suffix}", replace(scene, ear=PLAIN))


def heard_piece(
    scene: Scene, folder: Path, stem: str, form: FileFormat, start: int = 0, stop: int | None = None
) -> Piece:
    """The file of what the scene's ear hears within a span."""
    return Piece(folder / f"{safe_name(stem)} heard{form.suffix}", scene, None, start, stop)


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
