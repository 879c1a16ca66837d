"""Sound that libsndfile does not read, as of M4A and video, by way of ffmpeg, where it is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO

from workbench.audio.files.decoding import Sound, decode
from workbench.audio.files.layout import Fault
from workbench.errors import UserError
from workbench.progress import Progress, silent
from workbench.scratch import USUAL, Scratch, folder, nameless

PROGRAM = "ffmpeg"
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,asf,avi,flv,mpegts,mpeg,mxf,rm,wtv,nut,"
    "aac,ac3,eac3,dts,ape,wv,tta,tak,mpc,mpc8,amr,oma,shorten,truehd,dsf,iff"
)
"""Those that hold sound themselves. Lists of other files are not opened: a list that was sent could name any file."""
SUFFIXES = (".m4a", ".mp4", ".mov", ".mkv", ".webm", ".avi", ".wma", ".wv", ".aac", ".ac3", ".ape", ".m4b", ".3gp")
"""Endings of files that it reads, as a rule."""
NO_STREAM = "matches no streams"
"""So ffmpeg tells of a file that it knows and that has no sound."""
POLL_SECONDS = 0.1
HEADS = (
    b"\x1aE\xdf\xa3",
    b"0&\xb2u\x8ef\xcf\x11",
    b"FLV\x01",
    b"wvpk",
    b"MAC ",
    b"\x0bw",
    b"\xff\xf1",
    b"\xff\xf9",
    b"#!AMR",
)
"""Beginnings of Matroska and WebM, WMA, Flash, WavPack, Monkey's Audio, AC-3, AAC and AMR."""


def would_help(file: BinaryIO) -> bool:
    """Whether ffmpeg, which is not installed, could read a file by its beginning."""
    file.seek(0)
    head = file.read(16)
    known = head[4:8] == b"ftyp" or head.startswith(HEADS) or (head.startswith(b"RIFF") and head[8:12] == b"AVI ")
    return known and shutil.which(PROGRAM) is None


def decode_by_ffmpeg(file: BinaryIO, progress: Progress = silent, scratch: Scratch = USUAL) -> Sound | None:
    """Decode the first sound of a file; None where ffmpeg is not installed, or finds none.

    What it could not read is a fault.

    Raises
    ------
    Cancelled
        If `progress` does.
    UserError
        `audio.too_large`: it comes to more than there is room for on the disk. `audio.no_samples`: a
        video without sound.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    # What it decodes to goes to a file without a name, which is gone with the program.
    with tempfile.TemporaryDirectory(prefix="workbench-") as name, nameless() as out:
        source = Path(name) / "in"
        # Under a name of ours: ffmpeg takes some names for more than names of files.
        _put(file, source)
        command = [program, "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS]
        command += ["-i", f"file:{source}", "-map", "0:a:0", "-vn", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]
        told = _ran(command, out, progress)
        if NO_STREAM in told:
            raise UserError("audio.no_samples", name=Path(str(file.name)).name)
        if not os.fstat(out.fileno()).st_size:
            return None
        out.seek(0)
        with open(out.fileno(), "rb", closefd=False) as decoded:
            sound = decode(decoded, progress, scratch)
    if not len(sound.samples):
        return None
    return replace(sound, faults=sound.faults | {Fault.DAMAGED}) if told else sound


def _put(file: BinaryIO, place: Path) -> None:
    """Let a file be at a place: by a link, or a copy where it has no name."""
    there = Path(str(file.name)) if isinstance(file.name, (str, Path)) else None
    if there is not None and there.is_file():
        try:
            place.symlink_to(there.resolve())
        except OSError:
            # A system that has no links, or allows none.
            shutil.copyfile(there, place)
        return
    with place.open("wb") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy, 2**20)


def _ran(command: list[str], out: IO[bytes], progress: Progress) -> str:
    """Run ffmpeg to its end; the beginning of what it told of errors."""
    # What is read from it is put beside it.
    room = shutil.disk_usage(folder()).free // 2
    nowhere = subprocess.DEVNULL
    with tempfile.TemporaryFile() as told, subprocess.Popen(command, stdin=nowhere, stdout=out, stderr=told) as ran:
        try:
            while ran.poll() is None:
                # How far it is it does not tell.
                progress(-1.0)
                if os.fstat(out.fileno()).st_size > room:
                    raise UserError("audio.too_large")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    ran.wait(POLL_SECONDS)
        finally:
            if ran.poll() is None:
                ran.kill()
        told.seek(0)
        return told.read(1000).decode(errors="replace").strip()
