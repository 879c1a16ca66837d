"""The components that pointing works with: found without any knowledge, in the background, when a recording opens."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.control.notices import Notices
from workbench.document.document import Document
from workbench.document.runs import PREVIEW
from workbench.document.state import Run
from workbench.jobs.runner import Job, Runner
from workbench.masks.model.models import Factors
from workbench.separation.blind import NOISE, SETTINGS, blind_components

SOON = 15 * 60.0
"""Recordings up to so many seconds are listened to when they open, longer ones when somebody points."""
KEY = "blind"
"""Of the job."""


class Components(QObject):
    """Gives the factors that sources share: those of the present run, or else blind ones of its own."""

    changed = Signal()
    """Other components, or none any more."""
    given_up = Signal()
    """What was waited for does not come: it was stopped, or failed."""

    def __init__(self, document: Document, runner: Runner, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices
        self._blind: Factors | None = None
        self._number: int | None = None
        """Of the run that holds the blind components in the document; None before they were put there."""
        self._job: Job | None = None
        self._awaited = self._stopped = False
        """Whether somebody waits for blind components; whether the user has stopped them, so that only who waits for
        them brings them on again."""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._begin)
        document.opened.connect(self._opened)
        document.analysis_changed.connect(self._forget)
        document.factors_changed.connect(self.changed)

    @property
    def factors(self) -> Factors | None:
        """The components; None while there are none."""
        return self.blind if self._present is None else self._present

    @property
    def blind(self) -> Factors | None:
        """Those that were found without any knowledge; None while there are none."""
        return self._blind

    @property
    def _present(self) -> Factors | None:
        """Those of the run that is recorded, whatever is only tried out."""
        number = self._document.recorded_state.run
        run = None if number is None else self._document.runs.get(number)
        return run.factors if run is not None and isinstance(run.factors, Factors) else None

    @property
    def power(self) -> float:
        """The power of magnitudes that they model."""
        run = self._document.run
        return SETTINGS.power if self._present is None or run is None else run.settings.power

    def want(self) -> None:
        """Somebody points: find components, if there are none."""
        if self.factors is None and not self._stopped:
            self._begin()

    def wait(self) -> None:
        """Somebody waits for blind components: find them, so that it is seen and can be stopped.

        `changed` follows when they are there, `given_up` when they will not be.
        """
        self._awaited, self._stopped = True, False
        self._begin()

    # -- in the document -------------------------------------------------------------------------------

    def run(self) -> int | None:
        """The number of a run of the document with these components; None while there are none."""
        return self.blind_run() if self._present is None else self._document.recorded_state.run

    def blind_run(self) -> int | None:
        """The number of a run of the document with the blind components; None while there are none."""
        if self._blind is not None and self._number not in self._document.runs:
            run = self._as_run(self._blind)
            self._number = self._document.add_run(run.name, run.settings, run.factors, held=run.held)
        return self._number

    def trial(self) -> tuple[int, Run | None] | None:
        """The same as `run` for what is only tried out, where none is put into the document: a number, and for PREVIEW
        the run that it means; None while there are none."""
        if self._present is None and self._blind is not None and self._number not in self._document.runs:
            return PREVIEW, self._as_run(self._blind)
        number = self.run()
        return None if number is None else (number, None)

    def _as_run(self, factors: Factors) -> Run:
        return Run(SETTINGS, factors, name=self.tr("Components to point with"), held=(NOISE,))

    # -- finding them ----------------------------------------------------------------------------------

    def _opened(self) -> None:
        self._awaited = False
        self._forget()

    def _forget(self) -> None:
        self._blind, self._number, self._job, self._stopped = None, None, None, False
        self._runner.drop(KEY)
        recording = self._document.recording
        if recording is not None and (self._awaited or recording.duration <= SOON):
            self._soon.start()
        self.changed.emit()

    def _begin(self) -> None:
        document = self._document
        recording, analysis = document.recording, document.state.analysis
        if recording is None or self._blind is not None:
            return
        if self._job is None:
            if self._present is not None and not self._awaited:
                return

            def done(factors: Factors) -> None:
                self._blind, self._awaited = factors, False
                self.changed.emit()

            # Without a name while nobody asked for it: there is nothing to wait for.
            self._job = job = self._runner.run(
                "",
                lambda job: blind_components(recording, analysis, job.report),
                done,
                self._notices.trouble,
                ended=lambda: self._ended(job),
                key=KEY,
            )
        if self._awaited:
            self._runner.show(KEY, self.tr("Listening to the recording"))

    def _ended(self, job: Job) -> None:
        if job is not self._job:
            return
        self._job = None
        if self._blind is None:
            self._stopped = True
            if self._awaited:
                self._awaited = False
                self.given_up.emit()
