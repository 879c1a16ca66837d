"""Stacks that are computed as a whole: tones and hits while their sliders move, and ideal masks from true stems."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.control.run_names import described_run
from workbench.document.document import Document
from workbench.jobs.runner import Runner
from workbench.jobs.works import make_oracle
from workbench.masks.model.models import Shares
from workbench.separation.factorise import Snapshot, factorise
from workbench.separation.settings import Method, RunSettings
from workbench.separation.task import Task, component_names


class Partitions(QObject):
    """Makes a stack of its own for each; nothing changes before the masks are there."""

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

    def make_oracle(self, paths: Sequence[Path], binary: bool) -> None:
        """A new stack of ideal masks from the true stems."""
        document = self._document
        recording, analysis = document.recording, document.state.analysis
        if recording is None or not paths:
            return
        title = self.tr("Oracle, binary") if binary else self.tr("Oracle")

        def done(made: tuple[Shares, list[str]]) -> None:
            if document.recording is recording and document.state.analysis == analysis:
                masks, names = made
                text = self.tr("Oracle masks from stems")
                document.put_model(text, RunSettings(method=Method.ORACLE), masks, names, title, stack=title)

        self._runner.run(
            self.tr("Computing oracle masks"),
            lambda job: make_oracle(recording, tuple(paths), analysis, binary, job.report),
            done,
            self._notices.trouble,
            key="binary oracle" if binary else "oracle",
        )
