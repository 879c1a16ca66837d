"""Writing the mix and the layers to files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.audio.renderer import Scene, render
from workbench.files import UserError, replacing

Float = NDArray[np.float32]


@dataclass(frozen=True)
class FileFormat:
    """Container and sample format."""

    container: str = "WAV"
    subtype: str = "FLOAT"

    @property
    def suffix(self) -> str:
        """File name ending with its dot."""
        return "." + self.container.lower()

    @property
    def integer(self) -> bool:
        """Whether samples above full scale would clip."""
        return self.subtype != "FLOAT"


FORMATS = {
    "WAV, 32-bit float": FileFormat("WAV", "FLOAT"),
    "WAV, 24-bit": FileFormat("WAV", "PCM_24"),
    "WAV, 16-bit": FileFormat("WAV", "PCM_16"),
    "FLAC, 24-bit": FileFormat("FLAC", "PCM_24"),
    "FLAC, 16-bit": FileFormat("FLAC", "PCM_16"),
}


class ExportError(UserError):
    """The files can't be written; the message is one sentence for the user."""


@dataclass(frozen=True)
class Piece:
    """One file to write: some layers by their indices before all faders, or what is heard for None."""

    path: Path
    layers: tuple[int, ...] | None


def safe_name(name: str) -> str:
    """A layer's name as part of a file name that every system takes."""
    clean = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .")
    # File systems count bytes: 255 for a name.
    return clean.encode()[:160].decode(errors="ignore").strip() or "Layer"


def layer_pieces(scene: Scene, folder: Path, form: FileFormat) -> list[Piece]:
    """Files ``01 Name.wav`` … for every layer."""
    layers = scene.stack.layers
    digits = max(2, len(str(len(layers))))
    return [
        Piece(folder / f"{i + 1:0{digits}d} {safe_name(layer.name)}{form.suffix}", (i,))
        for i, layer in enumerate(layers)
    ]


def mix_piece(folder: Path, stem: str, form: FileFormat) -> Piece:
    """The file of the audible mix."""
    return Piece(folder / f"{safe_name(stem)} mix{form.suffix}", None)


def write(
    scene: Scene, pieces: Iterable[Piece], form: FileFormat, progress: Callable[[float], bool] | None = None
) -> float:
    """Render and write files, each beside its name first and then renamed, so that none is left half.

    Returns
    -------
    float
        The largest absolute sample written; above 1 an integer format has clipped.

    Raises
    ------
    ExportError
        If the format cannot hold the channels, or a file can't be written.
    Cancelled
        If `progress` (share done) answered False.
    """
    pieces = list(pieces)
    peak = 0.0
    for number, piece in enumerate(pieces):
        outputs = scene.recording.channels if piece.layers is not None else scene.outputs
        if form.container == "FLAC" and outputs > 8:
            raise ExportError(f"FLAC holds at most 8 channels, not {outputs}; choose WAV.")

        def report(share: float, done: int = number) -> bool:
            return progress is None or progress((done + share) / len(pieces))

        peak = max(peak, _write_one(scene, piece, form, outputs, report))
    return peak


def _write_one(scene: Scene, piece: Piece, form: FileFormat, outputs: int, report: Callable[[float], bool]) -> float:
    size = len(scene.recording.samples) * outputs * 4
    container = "RF64" if form.container == "WAV" and size > 0xFFFF0000 else form.container
    peak = 0.0
    try:
        piece.path.parent.mkdir(parents=True, exist_ok=True)
        with (
            replacing(piece.path) as partial,
            soundfile.SoundFile(partial, "w", scene.recording.rate, outputs, form.subtype, format=container) as file,
        ):
            _without_peak_chunk(file)
            for block in render(scene, layers=piece.layers, progress=report):
                peak = max(peak, float(np.abs(block).max(initial=0.0)))
                file.write(block)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ExportError(f"“{piece.path}” can't be written: {reason}.") from error
    except soundfile.LibsndfileError as error:
        raise ExportError(f"“{piece.path}” can't be written: {error.error_string}") from error
    return peak


def _without_peak_chunk(file: soundfile.SoundFile) -> None:
    """Leave out libsndfile's PEAK chunk: it holds the time of writing, and the same sound must give the same file.

    soundfile does not wrap this command of libsndfile (SFC_SET_ADD_PEAK_CHUNK, 0x1050).
    """
    soundfile._snd.sf_command(file._file, 0x1050, soundfile._ffi.NULL, 0)


def mix_peak(scene: Scene, pieces: Iterable[Piece], progress: Callable[[float], bool] | None = None) -> float:
    """Largest absolute sample that `write` would write, without writing."""
    pieces = list(pieces)
    peak = 0.0
    for number, piece in enumerate(pieces):

        def report(share: float, done: int = number) -> bool:
            return progress is None or progress((done + share) / len(pieces))

        for block in render(scene, layers=piece.layers, progress=report):
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
    return peak
