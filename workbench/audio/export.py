"""Writing what is heard, the mix, the groups and the layers to files, at their own loudness or at one asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.audio.loudness import SILENT, Loudness, Meter
from workbench.audio.mix import audible
from workbench.audio.renderer import render
from workbench.audio.scene import PLAIN, Ear, Hear, Scene
from workbench.errors import UserError
from workbench.progress import Progress, part, silent
from workbench.storage import replacing

Float = NDArray[np.float32]


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
        Of what is heard; of layers and groups only the peak is measured.
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
    return clean.encode()[:160].decode(errors="ignore").strip() or "Layer"


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
    folder = Path(text.strip()).expanduser()
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
    """A piece with the gain that brings it to a level, and what it measures then; silence stays as it is."""
    loud = measured.loudness
    if loud is None or loud.lufs == SILENT or loud.true_peak == 0.0:
        return piece, measured
    have = loud.lufs if level.kind is LevelKind.LUFS else 20 * np.log10(loud.true_peak)
    gain = float(level.db - have)
    return replace(piece, gain_db=gain), measured.louder(gain)


def write(pieces: Iterable[Piece], form: FileFormat, progress: Progress = silent) -> list[Measured]:
    """Render and write files, each beside its name first and then renamed, so that none is left half.

    Returns
    -------
    list of Measured
        What each file measures; a peak of 1 or more was clipped by an integer format.

    Raises
    ------
    UserError
        If the format cannot hold the channels, or a file can't be written.
    """
    pieces = list(pieces)
    for piece in pieces:
        if form.container is Container.FLAC and piece.outputs > FLAC_CHANNELS:
            raise UserError("audio.flac_channels", most=FLAC_CHANNELS, channels=piece.outputs)
    return [_write_one(piece, form, its_progress) for piece, its_progress in _each(pieces, progress)]


def measure(pieces: Iterable[Piece], progress: Progress = silent) -> list[Measured]:
    """What `write` would write, measured without writing."""
    out = []
    for piece, its_progress in _each(list(pieces), progress):
        gauge = _Gauge(piece)
        for block in _blocks(piece, its_progress):
            gauge.add(block)
        out.append(gauge.result())
    return out


def _each(pieces: Sequence[Piece], progress: Progress) -> Iterator[tuple[Piece, Progress]]:
    """Every piece with its part of the progress."""
    count = len(pieces)
    for number, piece in enumerate(pieces):
        yield piece, part(progress, number / count, (number + 1) / count)


class _Gauge:
    """Measures a piece as its blocks pass by."""

    def __init__(self, piece: Piece) -> None:
        whole = piece.layers is None and not piece.part
        self._meter = Meter(piece.scene.recording.rate, piece.outputs) if whole else None
        self._peak = 0.0

    def add(self, block: Float) -> None:
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
        if self._meter is not None:
            self._meter.add(block)

    def result(self) -> Measured:
        return Measured(self._peak, None if self._meter is None else self._meter.result())


def _blocks(piece: Piece, progress: Progress) -> Iterator[Float]:
    gain = np.float32(10.0 ** (piece.gain_db / 20.0))
    for block in render(piece.scene, piece.start, piece.stop, piece.layers, progress=progress):
        yield block if piece.gain_db == 0.0 else block * gain


def _write_one(piece: Piece, form: FileFormat, progress: Progress) -> Measured:
    rate, outputs = piece.scene.recording.rate, piece.outputs
    large = piece.samples * outputs * 4 > 0xFFFF0000
    container = "RF64" if form.container == "WAV" and large else form.container
    gauge = _Gauge(piece)
    try:
        piece.path.parent.mkdir(parents=True, exist_ok=True)
        with (
            replacing(piece.path) as partial,
            soundfile.SoundFile(partial, "w", rate, outputs, form.subtype, format=container) as file,
        ):
            _without_peak_chunk(file)
            for block in _blocks(piece, progress):
                gauge.add(block)
                file.write(block)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UserError("audio.unwritable", path=piece.path, reason=reason) from error
    except soundfile.LibsndfileError as error:
        raise UserError("audio.unwritable", path=piece.path, reason=error.error_string.rstrip(".")) from error
    return gauge.result()


def _without_peak_chunk(file: soundfile.SoundFile) -> None:
    """Leave out libsndfile's PEAK chunk: it holds the time of writing, and the same sound must give the same file.

    soundfile does not wrap this command of libsndfile (SFC_SET_ADD_PEAK_CHUNK, 0x1050).
    """
    soundfile._snd.sf_command(file._file, 0x1050, soundfile._ffi.NULL, 0)
