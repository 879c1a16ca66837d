"""A sound file becomes a recording in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.audio.files.decoding import Sound, Watch, decode, unwatched
from workbench.audio.files.ffmpeg import decode_by_ffmpeg, would_help
from workbench.audio.files.layout import Fault
from workbench.audio.full_scale import brought_near, pieces_of
from workbench.audio.speakers import Speakers, speakers_of
from workbench.audio.tagging import UNTAGGED, Tags, tags_of
from workbench.errors import UserError
from workbench.progress import Progress, silent
from workbench.scratch import USUAL, Scratch

Float = NDArray[np.float32]


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
    level_db : float
        By how much the file's own samples are louder: those far from full scale are brought near it.
    places : tuple of Speaker
        Where the file says that its channels belong; () as in WAV files of so many.
    file_checksum : str
        SHA-256 of the file; '' where it was not read from one.
    tags : Tags
        What the file says of itself.
    """

    samples: Float
    rate: int
    path: Path
    remarks: tuple[UserError, ...] = ()
    level_db: float = 0.0
    places: Speakers = ()
    file_checksum: str = ""
    tags: Tags = UNTAGGED

    @cached_property
    def checksums(self) -> tuple[str, str]:
        """SHA-256 of the samples and of the file, hexadecimal; '' for no file.

        Another format may hold the same samples; and of one file, decoders may round differently.
        """
        samples = hashlib.sha256(np.ascontiguousarray(self.samples, "<f4").data).hexdigest()
        return samples, self.file_checksum

    @property
    def speakers(self) -> Speakers:
        """Where its channels belong."""
        return self.places or speakers_of(self.channels)

    @property
    def channels(self) -> int:
        """C."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


def load(
    path: Path,
    progress: Progress = silent,
    opened: BufferedReader | None = None,
    scratch: Scratch = USUAL,
    watch: Watch = unwatched,
) -> Recording:
    """Decode a sound file once and whole, so that seeking is exact for every format.

    Damaged and truncated files give what is readable, joined ones all their parts; samples that are not finite become
    0, and all are brought near full scale; `remarks` say so.

    Parameters
    ----------
    opened : file, optional
        Where it is read from, if not from a file of that name.
    scratch : Scratch
        Where the samples are put: those of long recordings lie on the disk.
    watch : callable
        Sees them on the way.

    Raises
    ------
    UserError
        If there is nothing to read: not audio, empty, a folder, missing, or no permission; or no room for the samples.
    """
    path = Path(path)
    try:
        with _opened(path) if opened is None else nullcontext(opened) as file:
            sound = _decoded(file, path.name, progress, scratch, watch)
            file.seek(0)
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
            tags = tags_of(file)
    except soundfile.SoundFileError as error:
        raise UserError("audio.not_sound", name=path.name, reason=_reason(error)) from error
    except OSError as error:
        raise UserError("audio.unreadable", name=path.name, reason=error) from error
    samples, name, seconds = sound.samples, path.name, len(sound.samples) / sound.rate
    if not len(samples) and sound.faults:
        raise UserError("audio.damaged", name=name)
    if not len(samples):
        raise UserError("audio.no_samples", name=name)
    remarks = []
    if Fault.DAMAGED in sound.faults:
        remarks.append(UserError("audio.damaged_inside", name=name, seconds=seconds))
    elif Fault.CUT in sound.faults:
        remarks.append(UserError("audio.cut_short", name=name, seconds=seconds))
    if sound.other:
        remarks.append(UserError("audio.other_part", name=name, seconds=seconds))
    if sound.behind:
        remarks.append(UserError("audio.more_behind", name=path.name, kilobytes=-(-sound.behind // 1000)))
    bad = sum(map(_silence_infinite, pieces_of(samples)))
    if bad:
        remarks.append(UserError("audio.not_finite", name=name, count=bad))
    change = brought_near(samples)
    if bad or change.silenced or change.level_db:
        watch(samples, sound.rate, 0)
    if change.silenced:
        remarks.append(UserError("audio.wild", name=name, count=change.silenced))
    if change.level_db > 0:
        remarks.append(UserError("audio.too_loud", name=name, over=change.peak_db, by=change.level_db))
    elif change.level_db < 0:
        remarks.append(UserError("audio.too_quiet", name=name, under=-change.peak_db, by=-change.level_db))
    return Recording(samples, sound.rate, path, tuple(remarks), change.level_db, sound.speakers, checksum, tags)


def _silence_infinite(piece: Float) -> int:
    """Silence samples that are not finite; answers how many."""
    if np.isfinite(piece.max(initial=0.0)) and np.isfinite(piece.min(initial=0.0)):
        return 0
    bad = ~np.isfinite(piece)
    piece[bad] = 0.0
    return int(np.count_nonzero(bad))


def _decoded(file: BufferedReader, name: str, progress: Progress, scratch: Scratch, watch: Watch) -> Sound:
    """By libsndfile, or by ffmpeg what that does not know."""
    try:
        return decode(file, progress, scratch, watch)
    except soundfile.SoundFileError as error:
        sound = decode_by_ffmpeg(file, progress, scratch)
        if sound is not None:
            return sound
        if would_help(file):
            raise UserError("audio.needs_ffmpeg", name=name) from error
        raise


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """A file that has something in it, opened by us: its name and suffix are no matter for the decoder."""
    if not path.exists():
        raise UserError("audio.missing", path=path)
    if path.is_dir():
        raise UserError("audio.folder", name=path.name or path)
    if not path.is_file():
        raise UserError("audio.no_file", name=path.name)
    try:
        file = path.open("rb")
    except PermissionError as error:
        raise UserError("audio.forbidden", name=path.name) from error
    with file:
        if not file.read(1):
            raise UserError("audio.empty", name=path.name)
        yield file


def _reason(error: Exception) -> str:
    text = str(getattr(error, "error_string", error)).strip().rstrip(".").lower()
    if "sf_info struct incomplete" in text:
        return "its header names no sample rate or no channels"
    return text.split(" : ")[-1] or "unknown format"
