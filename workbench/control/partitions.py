"""Tones and hits: a stack that is computed as a whole, while its sliders move."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.control.run_names import described_run
from workbench.document.document import Document
from workbench.jobs.runner import Runner
from workbench.separation.factorise import Snapshot, factorise
from workbench.separation.settings import RunSettings
from workbench.separation.task import Task, component_names


class Partitions(QObject):
    """Makes a stack of its own; nothing changes before the masks are there."""

    def __init__(self, document: Document, runner: Runner, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner, self._notices = document, runner, notices
        self._made: int | None = None
        """The stack of tones and hits that was made since they were begun; None before one was."""
        document.opened.connect(self._forget)

    def _forget(self) -> None:
        self._made = None

    def begin_tones(self) -> None:
        """What is computed from here on is one step, and not one with what was made before."""
        self._document.seal()
        self._made = None

    def split_tones(self, settings: RunSettings) -> None:
        """Harmonic–percussive masks in a stack of their own; of successive wishes the last one counts."""
        document = self._document
        recording, analysis = document.recording, document.state.analysis
        if recording is None:
            return
        self._show_made()
        label, names = described_run(settings, 0), component_names(settings)
        text, title = self.tr("Tones and hits {0}").format(label), self.tr("Tones and hits")

        def done(snapshot: Snapshot) -> None:
            if document.recording is not recording or document.state.analysis != analysis:
                return
            if self._show_made():
                document.put_model(text, settings, snapshot.factors, names, label, "", "tones")
            else:
                document.put_model(text, settings, snapshot.factors, names, label, title, "tones")
                self._made = document.state.shown

        task = Task(recording, analysis, settings, None, (), False)
        self._runner.run(
            self.tr("Separating tones and hits"),
            lambda job: factorise(task, job.report, job.publish),
            done,
            self._notices.trouble,
            key="tones",
        )

    def _show_made(self) -> bool:
        """Show the stack that was made; whether there is one."""
        made = self._made
        if made is None or not any(each.id == made for each in self._document.state.stacks):
            return False
        self._document.show_stack(made)
        return True
