"""Opening as one work: reading a file, decoding its sound, computing levels, and trying out what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.audio.recording import Recording, load
from workbench.document.journal.recovery import Left, recovered
from workbench.document.project import SUFFIX, Project, ProjectError, load_project
from workbench.document.rescue import rescue
from workbench.document.solved import Solved
from workbench.document.state import stack_of
from workbench.errors import UserError
from workbench.jobs.ahead import Ahead, Glimpse
from workbench.masks.edits.edits import Edit, Operation
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.progress import Cancelled, Progress, part, silent
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis

TRIED, PATCHES = 12, (0.0, 0.2, 0.45, 0.7, 1.0)
"""Bins and frames of the patches at which masks are tried out, and how far along both axes these are."""
MOST_EFFORT = 1000
"""Above which a place is not tried out."""
DECODING = 0.6
"""Share of the work that decoding is."""

Show = Callable[[Glimpse], object]
"""Is shown what is known of the recording on the way, from any thread."""


def unshown(glimpse: Glimpse) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A recording or project, ready to be shown.

    Attributes
    ----------
    recording : Recording
    levels : LevelPyramid
        Of the project's analysis, or the usual one.
    project : Project or None
        None where a sound file was opened.
    path : Path or None
        The project file that it belongs to.
    saved : bool
        All of it is in the project file.
    others : dict of Analysis to LevelPyramid
        Of the other analyses of its history.
    solved : Solved
        What the masks of the project's state are computed from; of many marks that takes a moment.
    remarks : tuple of UserError
        What there is to tell.
    """

    recording: Recording
    levels: LevelPyramid
    project: Project | None = None
    path: Path | None = None
    saved: bool = True
    others: dict[Analysis, LevelPyramid] = field(default_factory=dict)
    solved: Solved = field(default_factory=Solved)
    remarks: tuple[UserError, ...] = ()


def open_file(
    path: Path,
    progress: Progress = silent,
    recording_at: Path | None = None,
    trusted: bool = True,
    show: Show = unshown,
) -> Opened:
    """Decode a sound file, or read a project and its recording, and compute the levels of the spectrogram.

    Parameters
    ----------
    recording_at : Path, optional
        Where the recording of a project is, if not where it says.
    trusted : bool
        Else a recording that lies outside the project's folder is not opened unasked.
    show : callable
        Is shown the recording on the way.

    Raises
    ------
    UserError
        If one of the files can't be used, or the recording is not the one that the project was made with.
    """
    if path.suffix.lower() != SUFFIX:
        with Ahead(Analysis(), show, path) as ahead:
            recording = load(path, part(progress, 0.0, DECODING), watch=ahead.watch)
            levels = ahead.levels(recording, part(progress, DECODING, 1.0))
        return Opened(recording, levels, remarks=recording.remarks)
    project = load_project(path, recording_at)
    _check_inside(project, path, recording_at, trusted)
    return open_project(project, path, True, progress, show)


def open_left(
    left: Left, progress: Progress = silent, recording_at: Path | None = None, show: Show = unshown
) -> Opened:
    """Work that was left behind; see `open_file`."""
    found = recovered(left, recording_at)
    # Its file may have been moved: then it is in none, and saving asks for a place.
    path = left.project if left.project is not None and left.project.is_file() else None
    opened = open_project(found.project, path, False, progress, show)
    told = [UserError("document.run_unfinished")] if found.unfinished else []
    told += [UserError("document.journal_cut", project=left.name)] if found.cut else []
    return replace(opened, remarks=(*opened.remarks, *told))


def open_version(
    version: Path,
    progress: Progress = silent,
    recording_at: Path | None = None,
    trusted: bool = True,
    show: Show = unshown,
) -> Opened:
    """An earlier version of a project, as work that is in no file; see `open_file`."""
    project = load_project(version, recording_at)
    _check_inside(project, version, recording_at, trusted)
    return open_project(project, None, False, progress, show)


def open_rescued(
    path: Path,
    progress: Progress = silent,
    recording_at: Path | None = None,
    trusted: bool = True,
    show: Show = unshown,
) -> Opened:
    """What checks out of a damaged project, as work that is in no file; see `open_file`."""
    rescued = rescue(path, recording_at)
    _check_inside(rescued.project, path, recording_at, trusted)
    opened = open_project(rescued.project, None, False, progress, show)
    told = UserError("document.rescued", project=path.name, steps=rescued.lost_steps, edits=rescued.lost_edits)
    return replace(opened, remarks=(*opened.remarks, told))


def open_project(
    project: Project, path: Path | None, saved: bool, progress: Progress = silent, show: Show = unshown
) -> Opened:
    """A project with its recording, once its masks were tried out."""
    present = project.state.analysis
    others = sorted({state.analysis for _, state in project.steps} - {present}, key=lambda each: each.window)
    share = (1.0 - DECODING) / (1 + len(others))
    parts = [part(progress, DECODING + i * share, DECODING + (i + 1) * share) for i in range(1 + len(others))]
    with Ahead(present, show, None if project.embedded else project.recording) as ahead:
        recording = project.sound(part(progress, 0.0, DECODING), ahead.watch)
        levels = ahead.levels(recording, parts[0])
    every = {each: analyse_levels(recording.samples, each, told) for each, told in zip(others, parts[1:], strict=True)}
    opened = Opened(recording, levels, project, path, saved, every, remarks=recording.remarks)
    try_out(opened)
    return opened


def try_out(opened: Opened) -> None:
    """Evaluate the masks of a project here and there, so that what can't be shown does not take another's place.

    Raises
    ------
    ProjectError
        If they are none.
    """
    project = opened.project
    assert project is not None
    state, samples = project.state, len(opened.recording.samples)
    try:
        model = opened.solved.model(state, project.runs)
        stack = stack_of(state, model, samples, opened.levels.levels[0])
        patches = [(_patch(stack.bins, share), _patch(stack.frames, share)) for share in PATCHES]
        # Where strokes go over and over a place, its masks are found while the picture is drawn.
        light = [patch for patch in patches if _effort(stack.edits, *patch) < MOST_EFFORT]
        tried = [stack.evaluate(*patch) for patch in light]
    except (Cancelled, MemoryError):
        raise
    except Exception as error:
        raise ProjectError("document.damaged", project=project.path.name) from error
    for masks in tried:
        if not np.isfinite(masks).all() or masks.min() < -1e-3 or np.abs(masks.sum(axis=0) - 1).max() > 1e-3:
            raise ProjectError("document.damaged", project=project.path.name)


def _patch(count: int, share: float) -> NDArray[np.intp]:
    """Some bins or frames in a row."""
    first = round(share * max(0, count - TRIED))
    return np.arange(first, min(first + TRIED, count))


def _effort(
    edits: Sequence[Edit], rows: NDArray[np.intp], columns: NDArray[np.intp], known: dict[int, int] | None = None
) -> int:
    """What it takes to lay edits over the blocks of a patch, by that of a simple operation, as far as it counts."""
    known = {} if known is None else known
    if id(edits) in known:
        # As often as it is asked for, it is evaluated.
        return known[id(edits)]
    region = Region(int(rows[0]) - 128, int(rows[-1]) + 128, int(columns[0]) - 32, int(columns[-1]) + 32)
    total = 0
    for edit in edits:
        if edit.touches(region):
            total += edit.effort(region)
            source = getattr(edit.effect, "source", None) if isinstance(edit, Operation) else None
            if isinstance(source, Stack):
                total += _effort(source.edits, rows, columns, known)
        if total >= MOST_EFFORT:
            break
    known[id(edits)] = min(total, MOST_EFFORT)
    return known[id(edits)]


def _check_inside(project: Project, path: Path, recording_at: Path | None, trusted: bool) -> None:
    """A project that nobody knows here opens no file outside its folder unasked."""
    if trusted or recording_at is not None or project.embedded is not None:
        return
    there = project.recording.resolve()
    if not there.is_relative_to(path.parent.resolve()):
        raise UserError("document.outside", project=path.name, path=str(there))
