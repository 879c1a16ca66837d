"""Saving what a script did, as the window saves it."""

from __future__ import annotations

from pathlib import Path

from workbench.api.arrays import saved_beside
from workbench.api.work import Work
from workbench.document.embedding import Embedded, embedded
from workbench.document.project import SUFFIX, save_project
from workbench.errors import UserError


def save(work: Work, path: Path | None) -> Path:
    """Write a project; returns where. A recording that is in no file gets one beside it.

    Parameters
    ----------
    path : Path or None
        None for the file that it was opened from or saved to.

    Raises
    ------
    UserError
        `api.no_path`: there is none. Or as `saved_beside` and `save_project`.
    """
    target = path or work.path
    if target is None:
        raise UserError("api.no_path")
    if target.suffix.lower() != SUFFIX:
        target = target.with_name(target.name + SUFFIX)
    if work.embedded is None and not work.recording.path.is_file():
        work.recording = saved_beside(work.recording, target)
        work.forget_scene()
    history = work.history
    held = None if work.embedded is None else embedded(work.recording, work.embedded)
    save_project(target, work.recording, work.state, work.runs.known, history.steps, history.present, embedded=held)
    work.path, work.embedded = target, None if held is None else Embedded(target, held.member)
    return target
