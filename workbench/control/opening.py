"""Opening recordings and projects, and saving projects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.control.notices import Notices, worded
from workbench.document.document import Document
from workbench.document.in_use import InUse
from workbench.document.project import SUFFIX, Stamp, save_project, stamp_of
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import Opened, open_file


class Opening(QObject):
    """What is open stays until the new one is ready; what was done meanwhile is asked about first."""

    opened = Signal(object)
    """Path of what was opened."""
    saved = Signal(object)
    """Path that was saved."""
    replacing = Signal()
    """Another recording or project is about to take the place of the open one."""
    lost = Signal(object, str)
    """Path of a project whose recording is not to be found, and what there is to say."""
    changed_since = Signal(object)
    """The project was changed on disk since it was opened: a callable that replaces it all the same."""
    overtaken = Signal(object)
    """What was opened is ready, but the open document was changed meanwhile: a callable that puts it in place."""

    def __init__(self, document: Document, runner: Runner, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices
        self._stamp: Stamp | None = None
        """Of the document's file, as it was opened or saved."""
        self._in_use = InUse()

    @property
    def saving(self) -> bool:
        """Whether a project is being written."""
        return self._runner.running("save")

    def open(self, path: Path, recording_at: Path | None = None) -> Job:
        """Open a recording or a project; a newer wish takes the place of an older one.

        Parameters
        ----------
        recording_at : Path, optional
            Where the recording of a project is, if not where it says.
        """
        document = self._document
        began = document.recorded_state

        def done(result: Opened) -> None:
            if document.recorded_state is not began and document.dirty:
                self.overtaken.emit(lambda: self._put(path, result))
            else:
                self._put(path, result)

        def failed(reason: Exception) -> None:
            if isinstance(reason, UserError) and reason.code == "document.no_recording":
                self.lost.emit(path, worded(reason))
            else:
                self._notices.trouble(reason)

        self._notices.soothe()
        name = self.tr("Opening {0}").format(path.name)
        return self._runner.run(name, lambda job: open_file(path, job.report, recording_at), done, failed, key="open")

    def _put(self, path: Path, result: Opened) -> None:
        self.replacing.emit()
        project = result.project
        self._stamp = None if project is None else project.stamp
        self._in_use.hold(None if project is None else project.path)
        if project is None:
            self._document.open(result.recording, result.levels)
        else:
            self._document.open(
                result.recording,
                result.levels,
                project.state,
                project.runs,
                project.path,
                project.steps,
                project.present,
                result.solved,
            )
        self.opened.emit(path)
        for remark in result.recording.remarks:
            self._notices.trouble(remark)
        if self._in_use.elsewhere:
            text = self.tr("“{0}” is open in another window too: what is saved there is not seen here.")
            self._notices.trouble(text.format(path.name))

    def close(self) -> None:
        """Let others know that the project is no longer open."""
        self._in_use.let_go()

    def save(self, path: Path, then: Callable[[], object] | None = None, replacing: bool = False) -> None:
        """Write the project; `then` is called when it is written.

        Parameters
        ----------
        replacing : bool
            Also where somebody else has written the document's file since it was opened.
        """
        document = self._document
        if document.recording is None:
            return
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if self.saving:
            self._notices.say(self.tr("Still saving; save again in a moment"))
            return
        now = stamp_of(path)
        if path == document.path and now not in (None, self._stamp) and not replacing:
            self.changed_since.emit(lambda: self.save(path, then, replacing=True))
            return
        recording, state, runs = document.recording, document.recorded_state, dict(document.runs)
        steps, present = document.steps, document.step

        def work(job: Job) -> tuple[State, Stamp | None]:
            job.report(-1.0)
            save_project(path, recording, state, runs, steps, present)
            return state, stamp_of(path)

        def done(written: tuple[State, Stamp | None]) -> None:
            if document.recording is not recording:
                return
            self._stamp = written[1]
            self._in_use.hold(path)
            document.mark_saved(written[0], runs, path)
            self.saved.emit(path)
            self._notices.say(self.tr("Saved {0}").format(path.name))
            if then is not None:
                then()

        name = self.tr("Saving {0}").format(path.name)
        self._runner.run(name, work, done, self._notices.trouble, key="save")
