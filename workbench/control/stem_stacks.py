"""Stacks that come from the references: ideal masks to compare with or to correct by hand, and a start for sources."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from workbench.audio.stems import Placed
from workbench.control.notices import Notices
from workbench.control.references import References
from workbench.document.document import Document
from workbench.exchange.names import distinct
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import learn_from_stems, make_oracle
from workbench.masks.model.models import Factors, Shares
from workbench.separation.settings import Method, RunSettings

LEARNING = 50
"""Iterations on each stem."""


class StemStacks(QObject):
    """Makes a stack of its own for each wish, as one act; nothing changes before it is there."""

    def __init__(
        self,
        document: Document,
        references: References,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._references = document, references
        self._runner, self._notices = runner, notices

    def make_masks(self, binary: bool) -> None:
        """A new stack of ideal masks: each point shared by the stems' energies, or all to the loudest."""
        names, stems = self._wanted()
        recording, analysis = self._document.recording, self._document.state.analysis
        if recording is None or not stems:
            return
        title = self.tr("Stems, binary") if binary else self.tr("Stems")

        def done(made: tuple[Shares, bool]) -> None:
            if self._document.recording is recording and self._document.state.analysis == analysis:
                masks, rest = made
                text = self.tr("Masks from stems")
                every = [*names, self._rest] if rest else names
                self._document.put_model(text, RunSettings(method=Method.ORACLE), masks, every, title, stack=title)

        self._runner.run(
            self.tr("Computing masks from stems"),
            lambda job: make_oracle(recording, stems, analysis, binary, job.report),
            done,
            self._notices.trouble,
            key="binary masks from stems" if binary else "masks from stems",
        )

    def start_sources(self, components: int) -> None:
        """A new stack with a group for each stem, whose components are learnt from it; it can be continued."""
        names, stems = self._wanted()
        recording, analysis = self._document.recording, self._document.state.analysis
        if recording is None or not stems:
            return
        learning = RunSettings(components=components, iterations=LEARNING)

        def done(made: tuple[Factors, bool]) -> None:
            if self._document.recording is not recording or self._document.state.analysis != analysis:
                return
            factors, rest = made
            every = [*names, self._rest] if rest else names
            groups = [name for name in every for _ in range(components)]
            layers = [f"{name} {k + 1}" for name in every for k in range(components)] if components > 1 else every
            settings = RunSettings(components=factors.components)
            self._document.put_model(
                self.tr("Sources from stems"),
                settings,
                factors,
                layers,
                self.tr("From stems, {0} components").format(factors.components),
                stack=self.tr("Sources from stems"),
                groups=groups,
            )

        def work(job: Job) -> tuple[Factors, bool]:
            return learn_from_stems(recording, stems, analysis, learning, job.report)

        self._runner.run(
            self.tr("Learning sources from stems"), work, done, self._notices.trouble, key="sources from stems"
        )

    def _wanted(self) -> tuple[list[str], list[Placed]]:
        ready = self._references.ready
        if self._document.recording is not None and not ready:
            self._notices.refuse(self.tr("There are no references that could be read; add the stems first."))
        return distinct([reference.name for reference, _ in ready]), [placed for _, placed in ready]

    @property
    def _rest(self) -> str:
        return QCoreApplication.translate("References", "Rest")
