"""Decoding: a sound file becomes a recording in memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.progress import Progress, silent

Float = NDArray[np.float32]
BLOCK = 1 << 18


@dataclass(frozen=True, eq=False)
class Recording:
    """Samples with their rate and where they came from.

    Attributes
    ----------
    samples : float32, shape (n, C)
    rate : int
        Hz.
    path : Path
    remarks : tuple of UserError
        What was wrong with the file, though it could be read.
    """

    samples: Float
    rate: int
    path: Path
    remarks: tuple[UserError, ...] = ()

    @property
    def channels(self) -> int:
        """C."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


def load(path: Path, progress: Progress = silent) -> Recording:
    """Decode a sound file once and whole, so that seeking is exact for every format.

    Truncated files give what is readable; samples that are not finite become 0; `remarks` say so.

    Raises
    ------
    UserError
        If there is nothing to read: not audio, empty, a folder, missing, or no permission.
    """
    path = Path(path)
    _check_readable(path)
    try:
        with soundfile.SoundFile(path) as file:
            rate, channels = file.samplerate, file.channels
            declared = file.frames if file.frames < 1 << 40 else 0
            cut = "should be" in file.extra_info and _data_missing(file.extra_info)
            samples, broken = _read(file, declared, progress)
            if broken and not len(samples):
                raise UserError("audio.damaged", name=path.name)
            cut = cut or (file.format == "OGG" and not _ogg_ends(path))
    except soundfile.LibsndfileError as error:
        raise UserError("audio.not_sound", name=path.name, reason=_reason(error)) from error
    if not len(samples):
        raise UserError("audio.no_samples", name=path.name)
    remarks = []
    if broken or cut or len(samples) < declared:
        remarks.append(UserError("audio.cut_short", name=path.name, seconds=len(samples) / rate))
    bad = ~np.isfinite(samples)
    if bad.any():
        samples[bad] = 0.0
        remarks.append(UserError("audio.not_finite", name=path.name, count=int(bad.sum())))
    return Recording(samples.reshape(-1, channels), rate, path, tuple(remarks))


def _check_readable(path: Path) -> None:
    if not path.exists():
        raise UserError("audio.missing", path=path)
    if path.is_dir():
        raise UserError("audio.folder", name=path.name or path)
    if not path.is_file():
        raise UserError("audio.no_file", name=path.name)
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except PermissionError as error:
        raise UserError("audio.forbidden", name=path.name) from error
    except OSError as error:
        raise UserError("audio.unreadable", name=path.name, reason=os.strerror(error.errno or 0)) from error
    if empty:
        raise UserError("audio.empty", name=path.name)


def _read(file: soundfile.SoundFile, declared: int, progress: Progress) -> tuple[Float, bool]:
    """Samples (n, C), and whether the decoder met damage behind them."""
    blocks: list[Float] = []
    got = 0
    broken = False
    while not broken:
        buffer = np.full((BLOCK, file.channels), np.nan, np.float32)
        try:
            block = file.read(dtype="float32", always_2d=True, out=buffer)
        except soundfile.LibsndfileError:
            # What came before the damage is in the buffer, though nobody says how much of it.
            block = buffer[: len(buffer) - int(np.argmin(np.isnan(buffer[::-1, 0])))]
            if np.isnan(buffer[:, 0]).all():
                block = buffer[:0]
            broken = True
        if not len(block):
            break
        blocks.append(block)
        got += len(block)
        progress(min(1.0, got / max(declared, got)))
    if not blocks:
        return np.zeros((0, file.channels), np.float32), broken
    return (blocks[0] if len(blocks) == 1 else np.concatenate(blocks)), broken


def _data_missing(info: str) -> bool:
    """Whether libsndfile's log says that the data chunk is longer than the file."""
    return any(line.strip().startswith(("data :", "SSND :")) and "should be" in line for line in info.splitlines())


def _ogg_ends(path: Path) -> bool:
    """Whether the last Ogg page is marked as the last of its stream (RFC 3533, header type flag 4)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 17)))
        tail = file.read()
    page = tail.rfind(b"OggS")
    return page >= 0 and len(tail) > page + 5 and bool(tail[page + 5] & 4)


def _reason(error: soundfile.LibsndfileError) -> str:
    text: str = error.error_string
    return text.strip().rstrip(".").lower() or "unknown format"
