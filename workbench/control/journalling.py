"""Every act goes to the journal; work that was left behind is offered, and let go of when it is safe elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.control.factorising import Factorising
from workbench.control.notices import Notices, worded
from workbench.control.opening import Opening
from workbench.control.recent import Recent
from workbench.control.saving import Saving
from workbench.control.views import Views
from workbench.document.document import Document
from workbench.document.journal.changes import Snapshot
from workbench.document.journal.journal import PICTURE, Journal
from workbench.document.journal.recovery import Left, left_behind
from workbench.document.project import SUFFIX
from workbench.jobs.runner import Job, Runner
from workbench.storage import remove_stale

LOOK_MS = 250
JOURNALS = "journals"
"""Folder of the journals, within the program's own."""


class Journalling(QObject):
    """Keeps the journal of the open document.

    Parameters
    ----------
    home : Path or None
        The program's own folder; nothing is written down without one.
    """

    found = Signal(object)
    """Work that was left behind: a list of Left, the newest first."""
    _troubled = Signal(object)

    def __init__(
        self,
        document: Document,
        runner: Runner,
        opening: Opening,
        saving: Saving,
        factorising: Factorising,
        views: Views,
        recent: Recent,
        notices: Notices,
        home: Path | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._runner, self._views, self._notices = document, runner, views, notices
        self._factorising, self._recent, self._saving = factorising, recent, saving
        self._unsettled = self._released = False
        self._waiting: list[Left] = []
        """Work that was taken up, of which the old journals are still there."""
        self._later = QTimer(self, interval=LOOK_MS)
        self._later.timeout.connect(self._let_go)
        self._home = None if home is None else home / JOURNALS
        self._journal: Journal | None = None
        if self._home is None:
            return
        self._journal = Journal(self._home, self._troubled.emit)
        self._troubled.connect(self._tell)
        for signal in (document.opened, document.history_changed, document.factors_changed, document.runs_changed):
            signal.connect(self._take)
        runner.started.connect(self._await_end)
        opening.recovered.connect(self._recovered)
        saving.saved.connect(self._take)

    @property
    def picture(self) -> Path | None:
        """Where a picture of the open document is wanted, for who has lost it."""
        folder = None if self._journal is None else self._journal.folder
        return None if folder is None else folder / PICTURE

    def look(self, asked: bool = False) -> None:
        """Look for work that was left behind, and take away what saves left that never ended.

        Parameters
        ----------
        asked : bool
            The user wants to know, also that there is none.
        """

        def found(left: list[Left]) -> None:
            if left:
                self.found.emit(left)
            elif asked:
                self._notices.say(self.tr("There is no unsaved work of earlier"))

        home, recent = self._home, self._recent
        if home is not None:

            def work(job: Job) -> list[Left]:
                for each in recent.files:
                    if each.file.suffix == SUFFIX:
                        remove_stale(each.file)
                return left_behind(home)

            self._runner.run(self.tr("Looking for unsaved work"), work, found, self._notices.trouble, key="left")

    def settle(self) -> bool:
        """Wait until all is written down; answers whether it is."""
        return self._journal is None or self._journal.settle()

    def release(self) -> None:
        """What is open was saved, or is not wanted."""
        self._released = True

    def close(self) -> None:
        """End; unsaved work that nobody let go of is found at the next start."""
        if self._journal is not None:
            self._journal.close(remove=self._released or not self._document.dirty)

    def _take(self, *_: object) -> None:
        document = self._document
        if document.recording is None or self._journal is None:
            return
        held, settled = document.embedded, not self._factorising.running
        self._unsettled = not settled
        self._journal.take(
            Snapshot(
                document.recording,
                document.path,
                document.history_changes(),
                dict(document.runs),
                document.dirty,
                settled,
                None if held is None else held.member,
                self._saving.stamp,
                self._views.present,
            )
        )

    def _await_end(self, job: Job) -> None:
        # It counts as under way until all have heard of its end.
        job.ended.connect(lambda: QTimer.singleShot(0, self, self._settle_runs))

    def _settle_runs(self) -> None:
        """What a factorisation came to is written down when it has ended."""
        if self._unsettled and not self._factorising.running:
            self._take()

    def _recovered(self, left: Left) -> None:
        """It is open again, and goes to the new journal; the old one goes once that is on the disk to stay."""
        self._take()
        self._waiting.append(left)
        self._later.start()

    def _let_go(self) -> None:
        """Remove what is safe elsewhere."""
        if self._journal is not None and self._journal.safe:
            self._later.stop()
            for left in self._waiting:
                left.remove()
            self._waiting.clear()

    def _tell(self, reason: Exception | None) -> None:
        if reason is not None:
            text = self.tr("What you do can't be written down for the case that the program ends: {0}. Save often.")
            self._notices.trouble(text.format(worded(reason).rstrip(".")))
