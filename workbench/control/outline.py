"""The outline of the open recording, as soon as it is known."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.audio.peaks import Peaks, peaks_of
from workbench.control.notices import Notices
from workbench.document.document import Document
from workbench.jobs.runner import Runner

KEY = "outline"


class Outline(QObject):
    """Found in the background, as long as somebody shows it."""

    changed = Signal()
    """Another one is known, or none is."""

    def __init__(self, document: Document, runner: Runner, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices
        self._peaks: Peaks | None = None
        self._wanted = False
        document.opened.connect(self._opened)

    @property
    def peaks(self) -> Peaks | None:
        """Of the open recording; None where they are not known yet."""
        return self._peaks

    def want(self, wanted: bool) -> None:
        """Whether somebody shows it: for nobody the whole recording is not looked through."""
        self._wanted = wanted
        if self._peaks is None:
            self._find()

    def _opened(self) -> None:
        self._put(None)
        self._find()

    def _find(self) -> None:
        recording = self._document.recording
        self._runner.drop(KEY)
        if recording is None or not self._wanted:
            return

        def done(peaks: Peaks) -> None:
            if self._document.recording is recording:
                self._put(peaks)

        self._runner.run("", lambda job: peaks_of(recording.samples, job.report), done, self._notices.trouble, key=KEY)

    def _put(self, peaks: Peaks | None) -> None:
        if peaks is not self._peaks:
            self._peaks = peaks
            self.changed.emit()
