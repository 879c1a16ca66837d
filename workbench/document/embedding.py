"""The recording inside a project file: one file to send to a friend."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
import soundfile

from workbench.audio.files.decoding import Watch, unwatched
from workbench.audio.recording import Recording, load
from workbench.document.packed.archive import UNREADABLE
from workbench.document.packed.words import Damage
from workbench.errors import UserError
from workbench.progress import Progress, silent
from workbench.scratch import folder, kept

FLAC_CHANNELS, FLAC_RATE = 8, 655_350
"""More FLAC does not hold."""
COPIED = (".ogg", ".oga", ".opus", ".mp3")
"""Small files that hold more than they would as FLAC, which is rounded, or as WAV, which is large; all others are
written anew, so that a film is not sent along."""
MOST_UNFOLDED = 200
"""A member of sound is hardly packed: so many times its packed bytes it may have."""


@dataclass(frozen=True)
class Embedded:
    """A recording as a member of a project file.

    Attributes
    ----------
    project : Path or None
        The project file that holds it.
    member : str
    put : callable, optional
        Writes it, where it is in none yet.
    """

    project: Path | None
    member: str
    put: Callable[[IO[bytes]], None] | None = None

    @property
    def is_there(self) -> bool:
        """Whether its project file still has it."""
        try:
            with zipfile.ZipFile(self.project or "") as file:
                return self.member in file.namelist()
        except (OSError, zipfile.BadZipFile):
            return False

    def write(self, file: zipfile.ZipFile) -> None:
        """Put it into a project file."""
        # Sound is packed already; and what is copied is so whole.
        file.compression = zipfile.ZIP_STORED
        with file.open(self.member, "w", force_zip64=True) as there:
            if self.put is not None:
                self.put(there)
            else:
                assert self.project is not None
                with zipfile.ZipFile(self.project) as other, other.open(self.member) as here:
                    shutil.copyfileobj(here, there, 2**18)

    def load(self, name: Path, progress: Progress = silent, watch: Watch = unwatched) -> Recording:
        """Decode it.

        Parameters
        ----------
        name : Path
            What it is called.
        watch : callable
            Sees its samples on the way.

        Raises
        ------
        UserError
            As `recording.load`, or if it can't be read from the file.
        """
        assert self.project is not None
        try:
            with zipfile.ZipFile(self.project) as file:
                info = file.getinfo(self.member)
                if info.file_size > MOST_UNFOLDED * info.compress_size + 2**20:
                    raise Damage("its recording is larger than it can be")
                with file.open(info) as here:
                    there = kept(iter(partial(here.read, 2**18), b""))
            with there, open(there.fileno(), "rb", closefd=False) as opened:
                return load(name, progress, opened, watch=watch)
        except UserError:
            raise
        except (*UNREADABLE, OSError) as error:
            raise UserError("document.damaged", project=self.project.name) from error


def inside_of(project: Path) -> Embedded | None:
    """The recording inside a project file; None where there is none."""
    try:
        with zipfile.ZipFile(project) as file:
            members = [name for name in file.namelist() if name.startswith("recording.")]
    except (OSError, zipfile.BadZipFile):
        # Who reads it tells so.
        return None
    return Embedded(project, members[0]) if members else None


def embedded(recording: Recording, held: Embedded | None = None) -> Embedded:
    """A recording, to be put inside a project file: as FLAC where that keeps every sample.

    Else it is what the project held, the sound file itself where that is of a kind that opens everywhere and is still
    there, or 32-bit float WAV.

    Parameters
    ----------
    held : Embedded, optional
        As the project holds it that the recording was opened from, where that is still the same file.
    """
    if held is not None and held.put is None and held.is_there:
        return held
    subtype = _exact_in(recording)
    if subtype is not None:
        return Embedded(None, "recording.flac", lambda file: _encode(recording, file, "FLAC", subtype))
    suffix = recording.path.suffix.lower()
    if suffix in COPIED and is_own_file(recording):
        return Embedded(None, f"recording{suffix}", lambda file: _copy(recording.path, file))
    return Embedded(None, "recording.wav", lambda file: _encode(recording, file, "WAV", "FLOAT"))


def is_own_file(recording: Recording) -> bool:
    """Whether the file that a recording is called by is there, and is the one that it was decoded from."""
    return bool(recording.file_checksum) and _checksum(recording.path) == recording.file_checksum


def _exact_in(recording: Recording) -> str | None:
    """The sample format of FLAC that holds every sample as it is; None where none does."""
    usual = recording.channels <= FLAC_CHANNELS and not (recording.places and recording.channels > 2)
    if not usual or recording.level_db or recording.rate > FLAC_RATE:
        return None
    for bits, subtype in ((15, "PCM_16"), (23, "PCM_24")):
        step = np.float32(2**bits)
        if all(_on_steps(block * step, step) for block in np.array_split(recording.samples, 64)):
            return subtype
    return None


def _on_steps(scaled: np.ndarray, step: np.float32) -> bool:
    return bool((scaled == np.rint(scaled)).all() and (scaled >= -step).all() and (scaled < step).all())


def _checksum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        # What is not there is not the same.
        return ""


def _copy(path: Path, there: IO[bytes]) -> None:
    with path.open("rb") as here:
        shutil.copyfileobj(here, there, 2**18)


def _encode(recording: Recording, there: IO[bytes], container: str, subtype: str) -> None:
    with tempfile.TemporaryFile(dir=folder()) as file:
        sound = soundfile.SoundFile(
            file, "w", recording.rate, recording.channels, subtype, format=container if container == "FLAC" else "RF64"
        )
        with sound:
            for block in np.array_split(recording.samples, max(1, len(recording.samples) >> 16)):
                sound.write(block)
        file.seek(0)
        shutil.copyfileobj(file, there, 2**18)
