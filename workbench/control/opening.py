"""Opening recordings and projects, and taking up work that was left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.control.notices import Notices, worded
from workbench.control.saving import Saving
from workbench.control.views import Views
from workbench.document.document import Document
from workbench.document.journal.recovery import Left
from workbench.errors import UserError
from workbench.jobs.opening import Opened, open_file, open_left, open_rescued, open_version
from workbench.jobs.runner import Job, Runner

KEY = "open"
"""Of the job that opens."""


class Opening(QObject):
    """What is open stays until the new one is ready; what was done meanwhile is asked about first."""

    glimpsed = Signal(object)
    """A Glimpse of what is being opened, or None: nothing is any more."""
    opened = Signal(object)
    """Path of what was opened."""
    recovered = Signal(object)
    """Work that was left behind, a Left, is open."""
    replacing = Signal()
    """Another recording or project is about to take the place of the open one."""
    lost = Signal(str, str, object)
    """The recording of a project is not to be found: the project's name, what there is to say, and a callable that
    opens it with a recording at a path."""
    outside = Signal(object, str, object)
    """A project that was never open here has its recording elsewhere: the project's path, what there is to say, and a
    callable that opens it with a recording at a path, that one for None."""
    damaged = Signal(object, str)
    """Path of a project that can't be opened, and why."""
    overtaken = Signal(object)
    """What was opened is ready, but the open document was changed meanwhile: a callable that puts it in place."""

    def __init__(
        self,
        document: Document,
        runner: Runner,
        saving: Saving,
        views: Views,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices
        self._saving, self._views = saving, views
        self.trusts: Callable[[Path], bool] = lambda project: True
        """Whether a project was open here before, or was saved here."""

    def open(self, path: Path, recording_at: Path | None = None) -> Job:
        """Open a recording or a project; a newer wish takes the place of an older one.

        Parameters
        ----------
        recording_at : Path, optional
            Where the recording of a project is, if not where it says.
        """

        trusted = self.trusts(path)
        return self._run(
            path.name,
            lambda job: open_file(path, job.report, recording_at, trusted, job.publish),
            path,
            lambda at: self.open(path, at),
        )

    def recover(self, left: Left, recording_at: Path | None = None) -> None:
        """Take up work that was left behind and released; where that fails, it is there for another time."""
        held = left.held_again()
        if held is None:
            self._notices.trouble(UserError("document.journal_taken", project=left.name))
            return
        self._run(
            left.name,
            lambda job: open_left(held, job.report, recording_at, job.publish),
            left.project or Path(left.name),
            lambda at: self.recover(left, at),
            held,
        )

    def rescue(self, path: Path, recording_at: Path | None = None) -> Job:
        """Open what can be read of a damaged project, as work that is in no file yet."""
        trusted = self.trusts(path)
        return self._run(
            path.name,
            lambda job: open_rescued(path, job.report, recording_at, trusted, job.publish),
            path,
            lambda at: self.rescue(path, at),
        )

    def open_version(self, version: Path, path: Path, recording_at: Path | None = None) -> Job:
        """Open an earlier version of a project, as work that is in no file yet."""
        trusted = self.trusts(path)
        return self._run(
            path.name,
            lambda job: open_version(version, job.report, recording_at, trusted, job.publish),
            path,
            lambda at: self.open_version(version, path, at),
        )

    def _run(
        self,
        name: str,
        work: Callable[[Job], Opened],
        path: Path,
        again: Callable[[Path | None], object],
        left: Left | None = None,
    ) -> Job:
        """Open something; `again` opens it with a recording at a path."""
        document = self._document
        began = document.recorded_state
        taken = False

        def done(result: Opened) -> None:
            nonlocal taken
            if document.recorded_state is not began and document.dirty:
                # Until that is answered it is anybody's.
                self.overtaken.emit(lambda: self._put_late(path, result, left))
            else:
                taken = True
                self._put(path, result, left)

        def failed(reason: Exception) -> None:
            if left is not None:
                left.release()
            code = reason.code if isinstance(reason, UserError) else ""
            if code == "document.outside":
                assert isinstance(reason, UserError)
                there = Path(str(reason.values["path"]))
                self.outside.emit(path, worded(reason), lambda at: again(at or there))
            elif code in ("document.no_recording", "document.no_project"):
                self.lost.emit(name, worded(reason), again)
            elif code.startswith("document.damaged") and left is None:
                self.damaged.emit(path, worded(reason))
            else:
                self._notices.trouble(reason)

        def ended() -> None:
            if left is not None and not taken:
                left.release()
            self._ended()

        self._notices.soothe()
        return self._runner.run(
            self.tr("Opening {0}").format(name), work, done, failed, self.glimpsed.emit, ended, key=KEY
        )

    def _ended(self) -> None:
        if not self._runner.running(KEY):
            self.glimpsed.emit(None)

    def _put_late(self, path: Path, result: Opened, left: Left | None) -> None:
        held = None if left is None else left.held_again()
        if left is not None and held is None:
            self._notices.trouble(UserError("document.journal_taken", project=left.name))
        else:
            self._put(path, result, held)

    def _put(self, path: Path, result: Opened, left: Left | None) -> None:
        self.replacing.emit()
        project = result.project
        self._saving.follow(result)
        if project is None:
            self._document.open(result.recording, result.levels)
        else:
            self._document.open(
                result.recording,
                result.levels,
                project.state,
                project.runs,
                result.path,
                project.steps,
                project.present,
                result.solved,
                project.embedded,
                result.saved,
                result.others,
            )
            if project.view is not None:
                self._views.show(project.view)
        if left is not None:
            self.recovered.emit(left)
        self.opened.emit(path)
        for remark in result.remarks:
            self._notices.trouble(remark)
        self._saving.tell_elsewhere()
