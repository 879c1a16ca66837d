"""The components that pointing works with: found without any knowledge, in the background, when a recording opens."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.control.notices import Notices
from workbench.document.document import Document
from workbench.jobs.runner import Runner
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

    def __init__(self, document: Document, runner: Runner, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices
        self._blind: Factors | None = None
        self._number = 0
        """Of the run that holds the blind components in the document, 0 before they were put there."""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._begin)
        document.opened.connect(self._forget)
        document.analysis_changed.connect(self._forget)
        document.factors_changed.connect(self.changed)

    @property
    def factors(self) -> Factors | None:
        """The components; None while there are none."""
        return self._blind if self._present is None else self._present

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
        if self.factors is None and not self._runner.running(KEY):
            self._begin()

    def run(self) -> int | None:
        """The number of a run of the document with these components; None while there are none."""
        document = self._document
        if self._present is not None:
            return document.recorded_state.run
        if self._blind is not None and self._number not in document.runs:
            self._number = document.add_run(self.tr("Components to point with"), SETTINGS, self._blind, held=(NOISE,))
        return self._number or None

    def _forget(self) -> None:
        self._blind, self._number = None, 0
        self._runner.drop(KEY)
        recording = self._document.recording
        if recording is not None and recording.duration <= SOON:
            self._soon.start()
        self.changed.emit()

    def _begin(self) -> None:
        document = self._document
        recording, analysis = document.recording, document.state.analysis
        if recording is None or self.factors is not None:
            return

        def done(factors: Factors) -> None:
            if document.recording is recording and document.state.analysis == analysis:
                self._blind = factors
                self.changed.emit()

        # Without a name: nobody asked for it, and there is nothing to wait for.
        self._runner.run(
            "", lambda job: blind_components(recording, analysis, job.report), done, self._notices.trouble, key=KEY
        )
