"""Scores of layers and groups against the references, measured again wherever the masks change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from workbench.audio.bsseval import BssEval
from workbench.audio.recording import Recording
from workbench.audio.scores import block_count, block_products, blocks_of, oracle_products, with_rest
from workbench.audio.stems import Placed
from workbench.control.acting import Acting
from workbench.control.factorising import Factorising
from workbench.control.notices import Notices
from workbench.control.references import References
from workbench.control.score_rows import REST, Measured, ScoreRow, as_csv, score_rows, sources_of, together
from workbench.document.acts.groups import group_all
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import evaluate_sources
from workbench.masks.insight.oracles import REST_DB
from workbench.masks.model.grid import Region
from workbench.spectral.stft import Analysis

Doubles = NDArray[np.float64]

WAIT_MS = 120
"""From a change to its measuring; what changes meanwhile is measured with it."""
SHOW_MS = 60
"""Between two showings while blocks come in."""
LONG = 12
"""Blocks from which on measuring is shown as work under way, and gives way to what is edited meanwhile."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What the blocks are of; with another one all are measured anew.

    Attributes
    ----------
    recording : Recording
    analysis : Analysis
    layers : tuple of int
        Ids, in order.
    sounds : tuple of Placed
    rest : bool
        What the references leave counts as one.
    """

    recording: Recording
    analysis: Analysis
    layers: tuple[int, ...]
    sounds: tuple[Placed, ...]
    rest: bool

    def same_oracle(self, other: Subject | None) -> bool:
        """Whether the ideal masks are the same."""
        return (
            other is not None
            and (self.recording, self.analysis, self.sounds) == (other.recording, other.analysis, other.sounds)
            and self.rest == other.rest
        )

    def same(self, other: Subject | None) -> bool:
        """Whether the blocks are of the same."""
        return self.same_oracle(other) and other is not None and self.layers == other.layers


@dataclass(frozen=True, eq=False)
class Block:
    """Products of one block, of the stack or of its oracle."""

    subject: Subject
    number: int
    age: int
    of_oracle: bool
    products: Doubles


class Scoring(QObject):
    """Measures while somebody looks on, in one job at a time; an edit costs the blocks in which it is heard."""

    changed = Signal()
    """The rows, or how far they are measured."""

    def __init__(
        self,
        document: Document,
        acting: Acting,
        references: References,
        factorising: Factorising,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._acting, self._references = document, acting, references
        self._factorising = factorising
        self._runner, self._notices = runner, notices
        self._watched = False
        self._subject: Subject | None = None
        self._blocks: dict[int, Doubles] = {}
        self._oracle: dict[int, Doubles] = {}
        self._stale: dict[int, int] = {}
        """Blocks that have to be measured, with the age of the change that made them so."""
        self._age = 0
        self._gives_way = False
        self._bsseval: dict[int, BssEval] = {}
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self._measure)
        self._showing = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._showing.timeout.connect(self.changed)
        document.masks_changed.connect(self._masks_changed)
        for signal in (document.opened, document.stacks_changed, document.layers_changed, document.analysis_changed):
            signal.connect(self._look)
        document.references_changed.connect(self._show_soon)
        references.changed.connect(self._look)
        references.told.connect(self._look)

    # -- reading -------------------------------------------------------------------------------------

    @property
    def references(self) -> list[tuple[int, str]]:
        """Ids and names of what can be measured against; the last may be what the references leave."""
        known = [(reference.id, reference.name) for reference, _ in self._references.ready]
        rest = QCoreApplication.translate("References", "Rest")
        return [*known, (REST, rest)] if self._subject is not None and self._subject.rest else known

    @property
    def rows(self) -> list[ScoreRow]:
        """Every group and layer of the present stack, as far as it is measured."""
        state = self._document.state
        sources = sources_of(state.layers, state.groups)
        return score_rows(sources, dict(state.assigned), self._measured())

    @property
    def left(self) -> int:
        """Blocks that are still to be measured."""
        return len(self._work()) if self._subject is not None else 0

    @property
    def measuring(self) -> bool:
        """Whether it is measured, or will be in a moment; not where the user stopped it."""
        return self._later.isActive() or self._runner.running("scores")

    @property
    def share(self) -> float:
        """How much is measured, 0 … 1."""
        if self._subject is None:
            return 1.0
        return 1 - self.left / max(1, 2 * block_count(len(self._subject.recording.samples)))

    def csv(self) -> str:
        """The table for a spreadsheet."""
        return as_csv(self.rows, dict(self.references), self._document.state.present.name)

    def _measured(self) -> Measured:
        subject, references = self._subject, tuple(self.references)
        if subject is None:
            return Measured(references)
        count = block_count(len(subject.recording.samples))
        products = oracle = None
        if len(self._blocks) == count:
            products = np.sum(list(self._blocks.values()), axis=0)
            products = with_rest(products, len(subject.sounds)) if subject.rest else products
        if len(self._oracle) == count:
            oracle = np.sum(list(self._oracle.values()), axis=0)
        return Measured(references, products, oracle, self._bsseval)

    # -- measuring -----------------------------------------------------------------------------------

    def watch(self, watched: bool) -> None:
        """Whether somebody looks on: only then it is measured."""
        self._watched = watched
        if watched:
            self._look()
            self._later.start()
        else:
            self._later.stop()
            self._runner.drop("scores")

    def _look(self) -> None:
        """Is it still the same that is measured?"""
        subject = self._present()
        if subject is not None and subject.same(self._subject):
            self._show_soon()
            return
        if subject is None or not subject.same_oracle(self._subject):
            self._oracle.clear()
        self._runner.drop("scores")
        self._subject = subject
        self._blocks.clear()
        self._bsseval = {}
        self._mark(None)

    def _present(self) -> Subject | None:
        recording, sounds = self._document.recording, tuple(placed for _, placed in self._references.ready)
        rest = self._references.rest_db
        if recording is None or not sounds or rest is None:
            return None
        layers = tuple(layer.id for layer in self._document.layers)
        return Subject(recording, self._document.state.analysis, layers, sounds, rest > REST_DB)

    def _masks_changed(self, region: Region | None) -> None:
        self._look()
        self._mark(region)

    def _mark(self, region: Region | None) -> None:
        """Masks are others in a region: what is measured of it is of before."""
        self._age += 1
        self._bsseval = {}
        if self._subject is not None:
            samples = len(self._subject.recording.samples)
            self._stale |= dict.fromkeys(blocks_of(region, self._subject.analysis, samples), self._age)
            if self._watched and not self._later.isActive():
                self._later.start()
        else:
            self._stale.clear()
        self._show_soon()

    def _show_soon(self) -> None:
        """Not put off by what comes meanwhile: a stroke tells of a change at every move."""
        if not self._showing.isActive():
            self._showing.start()

    def _work(self) -> list[tuple[bool, int]]:
        """What is to be measured: blocks of the stack, then those of the oracle."""
        assert self._subject is not None
        count = block_count(len(self._subject.recording.samples))
        # What was edited last is looked at now.
        edited = sorted(self._stale, key=lambda number: (-self._stale[number], number))
        ideal = [number for number in range(count) if number not in self._oracle]
        return [(False, number) for number in edited] + [(True, number) for number in ideal]

    def _measure(self) -> None:
        subject, scene = self._subject, self._document.scene
        if subject is None or scene is None or not self._watched:
            return
        if self._runner.running("scores"):
            if self.left > LONG:
                # It stops after the block that it is at, which is not lost.
                self._gives_way = True
                self._runner.cancel("scores")
            return
        if self._factorising.running:
            # Every mask changes many times a second.
            self._later.start()
            return
        work, age = self._work(), self._age
        if not work:
            return

        whole = 2 * block_count(len(subject.recording.samples))

        def measure(job: Job) -> None:
            sounds = [each.samples for each in subject.sounds]
            for done, (of_oracle, number) in enumerate(work):
                job.report(1 - (len(work) - done) / whole)
                if of_oracle:
                    products = oracle_products(subject.recording, subject.analysis, sounds, subject.rest, number)
                else:
                    products = block_products(scene, sounds, number)
                job.publish(Block(subject, number, age, of_oracle, products))

        job = self._runner.run(
            self.tr("Measuring the scores") if len(work) >= LONG else "",
            measure,
            None,
            self._notices.trouble,
            self._take,
            lambda: self._ended(job),
            key="scores",
        )

    def _take(self, block: Block) -> None:
        if self._subject is None or not block.subject.same(self._subject):
            return
        (self._oracle if block.of_oracle else self._blocks)[block.number] = block.products
        # What was changed since the job began has to be measured once more.
        if not block.of_oracle and self._stale.get(block.number, 0) <= block.age:
            self._stale.pop(block.number, None)
        self._show_soon()

    def _ended(self, job: Job) -> None:
        # What the user stopped goes on with the next change.
        goes_on = self._gives_way or job.superseded or not job.cancelled
        self._gives_way = False
        if goes_on and self._watched and self.left:
            self._measure()
        self._show_soon()

    def group_by_reference(self) -> None:
        """A group for each reference, of the layers that are measured against it."""
        names = dict(self.references)
        layers: dict[int, list[int]] = {}
        for row in self.rows:
            if row.reference is not None and not row.source.is_group:
                layers.setdefault(row.reference, []).append(row.source.id)
        proposed = [(names[each], layers[each]) for each in names if each in layers]
        if not proposed:
            self._notices.refuse(self.tr("There is nothing to compare yet; add references first."))
            return
        self._acting.do(self.tr("Group by reference"), lambda state: group_all(state, proposed))

    # -- BSSEval -------------------------------------------------------------------------------------

    def evaluate(self) -> None:
        """BSSEval v4 of all that is measured against each reference together, by museval."""
        subject, scene, age = self._subject, self._document.scene, self._age
        parts = together(self.rows)
        names = [identity for identity, _ in self.references]
        wanted = [(names.index(reference), layers) for reference, layers in parts.items() if layers]
        if subject is None or scene is None or not wanted:
            self._notices.refuse(self.tr("There is nothing to compare yet; add references first."))
            return

        def done(found: list[tuple[int, BssEval]]) -> None:
            if self._subject is not None and subject.same(self._subject) and self._age == age:
                self._bsseval = {names[number]: each for number, each in found}
                self.changed.emit()
            else:
                self._notices.refuse(self.tr("The masks changed while BSSEval was at work; ask for it once more."))

        self._runner.run(
            self.tr("BSSEval v4"),
            lambda job: evaluate_sources(scene, subject.sounds, wanted, job.report),
            done,
            self._notices.trouble,
            key="bsseval",
        )
