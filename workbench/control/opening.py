"""Opening recordings and projects, and saving projects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.control.notices import Notices
from workbench.document.document import Document
from workbench.document.project import SUFFIX, save_project
from workbench.document.state import State
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
    overtaken = Signal(object)
    """What was opened is ready, but the open document was changed meanwhile: a callable that puts it in place."""

    def __init__(self, document: Document, runner: Runner, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices

    @property
    def saving(self) -> bool:
        """Whether a project is being written."""
        return self._runner.running("save")

    def open(self, path: Path) -> Job:
        """Open a recording or a project; a newer wish takes the place of an older one."""
        document = self._document
        began = document.recorded_state

        def done(result: Opened) -> None:
            if document.recorded_state is not began and document.dirty:
                self.overtaken.emit(lambda: self._put(path, result))
            else:
                self._put(path, result)

        self._notices.soothe()
        name = self.tr("Opening {0}").format(path.name)
        return self._runner.run(name, lambda job: open_file(path, job.report), done, self._notices.trouble, key="open")

    def _put(self, path: Path, result: Opened) -> None:
        self.replacing.emit()
        project = result.project
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

    def save(self, path: Path, then: Callable[[], object] | None = None) -> None:
        """Write the project; `then` is called when it is written."""
        document = self._document
        if document.recording is None:
            return
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if self.saving:
            self._notices.say(self.tr("Still saving; save again in a moment"))
            return
        recording, state, runs = document.recording, document.recorded_state, dict(document.runs)
        steps, present = document.steps, document.step

        def work(job: Job) -> State:
            job.report(-1.0)
            save_project(path, recording, state, runs, steps, present)
            return state

        def done(written: State) -> None:
            if document.recording is not recording:
                return
            document.mark_saved(written, runs, path)
            self.saved.emit(path)
            self._notices.say(self.tr("Saved {0}").format(path.name))
            if then is not None:
                then()

        name = self.tr("Saving {0}").format(path.name)
        self._runner.run(name, work, done, self._notices.trouble, key="save")
