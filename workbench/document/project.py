"""Project files: a zip of JSON and NPY with a schema version, written beside and renamed.

``project.json`` holds everything but arrays; arrays are NPY members without pickled objects. The
recording and the references are kept by their paths: relative to the project file and absolute.
"""

from __future__ import annotations

import io
import json
import lzma
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from workbench.audio.recording import Recording
from workbench.document.history import Step
from workbench.document.older_projects import upgraded
from workbench.document.packed_references import found, name_of, whereabouts
from workbench.document.packing import Arrays, Packer
from workbench.document.state import Run, State
from workbench.document.unpacking import Unpacker
from workbench.errors import UserError
from workbench.storage import replacing

SCHEMA = 9
SUFFIX = ".workbench"
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    tokenize.TokenError,
    EOFError,
    RuntimeError,
    MemoryError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    ValueError,
    OverflowError,
)
"""What reading a file can raise that is no project, or no longer one."""


Stamp = tuple[int, int, int]
"""Number, bytes and time of a file: one that was written since has another."""


class ProjectError(UserError):
    """A project can't be read or written, or its recording is not what it was."""


@dataclass(frozen=True, eq=False)
class Project:
    """What a project file holds.

    Attributes
    ----------
    path : Path
        The project file.
    recording : Path
        Where its recording was found.
    rate, channels, samples : int
        What the recording must be.
    checksums : tuple of str
        Its own (`Recording.checksums`); empty where an older version did not write them.
    state : State
    runs : dict of int to Run
    steps : list of (name, State)
        The history around `state`, as far as it has the same window and hop: for others the levels are not known.
    present : int
        Which step `state` is.
    stamp : Stamp or None
        Of the file, as it was when it was read.
    """

    path: Path
    recording: Path
    rate: int
    channels: int
    samples: int
    state: State
    runs: dict[int, Run]
    steps: list[tuple[str, State]] = field(default_factory=list)
    present: int = 0
    checksums: tuple[str, ...] = ()
    stamp: Stamp | None = None

    def check(self, recording: Recording) -> UserError | None:
        """Whether a recording is the one that the project was made with.

        Returns
        -------
        UserError or None
            What there is to tell of one that fits, but sounds otherwise.

        Raises
        ------
        ProjectError
            If it does not fit.
        """
        found = (recording.rate, recording.channels, len(recording.samples))
        names = {"recording": recording.path.name, "project": self.path.name}
        if found != (self.rate, self.channels, self.samples):
            raise ProjectError("document.recording_changed", recording=names["recording"], project=names["project"])
        if self.checksums and not any(a == b != "" for a, b in zip(self.checksums, recording.checksums, strict=False)):
            return UserError("document.sounds_otherwise", recording=names["recording"], project=names["project"])
        return None


def save_project(
    path: Path,
    recording: Recording,
    state: State,
    runs: Mapping[int, Run],
    steps: Sequence[Step] = (),
    present: int = 0,
) -> None:
    """Write a project; the old file stays until the new one is whole.

    Parameters
    ----------
    steps : sequence of Step, optional
        The history, of which `state` is step `present`.

    Raises
    ------
    ProjectError
        If the file can't be written.
    UserError
        As `replacing` does: what is there must not be replaced.
    """
    packer = Packer()
    named = [(step.name, step.state) for step in steps] or [("", state)]
    used = set().union(*(each.runs for _, each in named)) & runs.keys()
    document = {
        "schema": SCHEMA,
        "recording": {
            **whereabouts(path, recording.path),
            "rate": recording.rate,
            "channels": recording.channels,
            "samples": len(recording.samples),
            "checksums": recording.checksums,
        },
        "runs": {str(run): packer.run(runs[run]) for run in sorted(used)},
        "steps": [{"name": name, "state": packer.state(each)} for name, each in named],
        "present": present,
    }
    tables = packer.finish()
    for entry in chain(*tables["references"]):
        entry.update(whereabouts(path, Path(entry["path"])))
    document["tables"] = tables
    arrays = packer.arrays
    try:
        with replacing(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            with file.open("project.json", "w", force_zip64=True) as member:
                # In small pieces: one large piece of JSON would hold up the sound that plays meanwhile.
                # In ASCII: names of files need be no UTF-8.
                texts = json.JSONEncoder(allow_nan=False).iterencode(document)
                while some := "".join(islice(texts, 4096)):
                    member.write(some.encode())
            for name, array in arrays.items():
                with file.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
    except OSError as error:
        raise ProjectError("document.not_written", project=str(path), reason=error) from error


def stamp_of(path: Path) -> Stamp | None:
    """By what a file that was written since is known; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def load_project(path: Path, recording: Path | None = None) -> Project:
    """Read a project file.

    Parameters
    ----------
    recording : Path, optional
        Where its recording is, if not where the project says.

    Raises
    ------
    ProjectError
        If it is none, is damaged, was written by a newer version, or its recording is not to be found.
    """
    if not path.exists():
        raise ProjectError("document.no_file", project=str(path))
    stamp = stamp_of(path)
    try:
        with zipfile.ZipFile(path) as file:
            document = json.loads(file.read("project.json"), parse_constant=_infinity)
            if document["schema"] > SCHEMA:
                raise ProjectError("document.newer", project=path.name)
            arrays = {
                name[:-4]: np.lib.format.read_array(io.BytesIO(file.read(name)), allow_pickle=False)
                for name in file.namelist()
                if name.endswith(".npy")
            }
        return replace(_unpack(path, document, arrays, recording), stamp=stamp)
    except ProjectError:
        raise
    except OSError as error:
        if error.errno is None:
            # So decompression tells of what it can't read.
            raise ProjectError("document.damaged", project=path.name) from error
        raise ProjectError("document.not_read", project=path.name, reason=error) from error
    except DAMAGE as error:
        raise ProjectError("document.damaged", project=path.name) from error


def _infinity(text: str) -> float:
    """Of what JSON has no word for, older versions wrote infinities; what is no number was never a gain."""
    if text == "NaN":
        raise ValueError("no number")
    return float(text)


def _unpack(path: Path, document: dict[str, Any], arrays: Arrays, recording: Path | None) -> Project:
    document, arrays = upgraded(document, arrays)
    reference = document["recording"]
    samples = int(reference["samples"])
    for entry in chain(*document["tables"]["references"]):
        # Those that are gone keep their path: who reads them tells so.
        entry["path"] = str(found(path, entry) or entry["path"])
    unpacker = Unpacker(document["tables"], arrays)
    every = [(step["name"], unpacker.state(step["state"])) for step in document["steps"]]
    steps, present = _of_one_analysis(every, int(document["present"]))
    used = set().union(*(state.runs for _, state in steps))
    analysis = steps[present][1].analysis
    bins, frames = analysis.bins, analysis.frames(samples)
    runs = {run: unpacker.run(document["runs"][str(run)], bins, frames) for run in sorted(used)}
    return Project(
        path,
        recording or _find_recording(path, reference),
        int(reference["rate"]),
        int(reference["channels"]),
        samples,
        steps[present][1],
        runs,
        steps,
        present,
        tuple(map(str, reference.get("checksums", ()))),
    )


def _of_one_analysis(steps: list[tuple[str, State]], present: int) -> tuple[list[tuple[str, State]], int]:
    """The steps around the present one that have its window and hop: for others the levels are not known."""
    analysis = steps[present][1].analysis
    first, last = present, present
    while first > 0 and steps[first - 1][1].analysis == analysis:
        first -= 1
    while last + 1 < len(steps) and steps[last + 1][1].analysis == analysis:
        last += 1
    return steps[first : last + 1], present - first


def _find_recording(path: Path, reference: dict[str, Any]) -> Path:
    there = found(path, reference)
    if there is None:
        raise ProjectError("document.no_recording", recording=name_of(reference["path"]), project=path.name)
    return there
