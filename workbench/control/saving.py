"""Saving projects; two windows never write the same one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.control.notices import Notices
from workbench.control.views import Views
from workbench.document.document import Document
from workbench.document.embedding import Embedded, embedded, is_own_file
from workbench.document.in_use import InUse
from workbench.document.project import SUFFIX, Stamp, save_project, stamp_of
from workbench.document.state import State
from workbench.jobs.opening import Opened
from workbench.jobs.runner import Job, Runner

Written = tuple[State, Stamp | None, Embedded | None]


class Saving(QObject):
    """Writes the project, and knows whether others write it."""

    saved = Signal(object)
    """Path that was saved."""
    changed_since = Signal(object)
    """The project was changed on disk since it was opened: a callable that replaces it all the same."""
    taken = Signal(object, object)
    """Path of a project that another window has open, so that it can't be written here, and what to do when it is saved
    elsewhere."""

    def __init__(
        self, document: Document, runner: Runner, views: Views, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._runner, self._views, self._notices = document, runner, views, notices
        self._stamp: Stamp | None = None
        """Of the document's file, as it was opened or saved."""
        self._in_use = InUse()

    @property
    def saving(self) -> bool:
        """Whether a project is being written."""
        return self._runner.running("save")

    @property
    def stamp(self) -> Stamp | None:
        """Of the document's file, as it was opened or saved."""
        return self._stamp

    def follow(self, result: Opened) -> None:
        """Another document takes the place of the open one."""
        project = result.project
        self._stamp = None if project is None or result.path is None else project.stamp
        self._in_use.hold(result.path)

    def tell_elsewhere(self) -> None:
        """Say where another window has the open project."""
        path = self._document.path
        if self._in_use.elsewhere and path is not None:
            text = self.tr("“{0}” is open in another window too: save what you do here under another name.")
            self._notices.trouble(text.format(path.name))

    def close(self) -> None:
        """Let others know that the project is no longer open."""
        self._in_use.let_go()

    def save(
        self, path: Path, then: Callable[[], object] | None = None, replacing: bool = False, inside: bool | None = None
    ) -> None:
        """Write the project; `then` is called when it is written.

        Parameters
        ----------
        replacing : bool
            Also where somebody else has written the document's file since it was opened.
        inside : bool, optional
            With the recording in the file; as it was by default.
        """
        document = self._document
        if document.recording is None:
            return
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        if self.saving:
            self._notices.say(self.tr("Still saving; save again in a moment"))
            return
        own = document.path is not None and path.resolve() == document.path.resolve()
        if own and self._in_use.elsewhere:
            # The other window may have been closed since.
            self._in_use.hold(path)
        if self._in_use.elsewhere if own else InUse.is_held(path):
            self.taken.emit(path, then)
            return
        now = stamp_of(path)
        if own and now not in (None, self._stamp) and not replacing:
            self.changed_since.emit(lambda: self.save(path, then, replacing=True, inside=inside))
            return
        recording, state, runs = document.recording, document.recorded_state, dict(document.runs)
        steps, present, view, held = document.steps, document.step, self._views.present, document.embedded
        wanted = held is not None if inside is None else inside
        same = held is not None and held.project is not None and stamp_of(held.project) == self._stamp

        def work(job: Job) -> Written:
            job.report(-1.0)
            # What is in no file of its own stays inside, whatever is wished.
            keeps = wanted or (held is not None and not is_own_file(recording))
            sound = embedded(recording, held if same else None) if keeps else None
            save_project(path, recording, state, runs, steps, present, embedded=sound, view=view, progress=job.report)
            return state, stamp_of(path), None if sound is None else Embedded(path, sound.member)

        def done(written: Written) -> None:
            if document.recording is not recording:
                return
            self._stamp = written[1]
            self._in_use.hold(path)
            document.mark_saved(written[0], runs, path, written[2])
            self.saved.emit(path)
            if written[2] is not None and not wanted:
                text = self.tr("The recording is in no file of its own, so it stays inside “{0}”.")
                self._notices.trouble(text.format(path.name))
            self._notices.say(self.tr("Saved {0}").format(path.name))
            if then is not None:
                then()

        name = self.tr("Saving {0}").format(path.name)
        self._runner.run(name, work, done, self._notices.trouble, key="save")
