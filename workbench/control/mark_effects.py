"""What each mark comes to: found in the background, for those that somebody looks at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import Samples, moved, sources
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors

REMEMBERED = 8
"""Of how many states it is remembered, so that undo finds it."""
KEY = "mark effects"
"""Of the job."""

_Asked = tuple[Factors, tuple[Mark, ...], tuple[Part, ...]]


class MarkEffects(QObject):
    """Knows for each mark the share of the sound's energy that it moved to another source, as things are now."""

    told = Signal()
    """More is known."""

    def __init__(self, document: Document, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner = document, runner
        # What was asked for last is last.
        self._known: list[tuple[_Asked, dict[Mark, float]]] = []
        self._samples: Samples | None = None
        document.opened.connect(self._forget)

    def of(self, mark: Mark) -> float | None:
        """The share that a mark of the present stack moved, 0 … 1; None where it is not known."""
        known = self._now()
        return None if known is None else known[1].get(mark)

    def want(self, marks: Sequence[Mark]) -> None:
        """Somebody looks at some of the present marks: find what is not known of them; `told` says when."""
        now = self._now()
        missing = [] if now is None else [mark for mark in marks if mark not in now[1]]
        if now is None or not missing:
            return
        (factors, _, _), found = now
        run = self._document.run
        assert run is not None
        if self._samples is None or self._samples.base is not factors:
            # Its own, because it is another thread's. Places stay known though the components change.
            before = self._samples.places if self._samples is not None else None
            same = before is not None and (before.bins, before.frames) == (len(factors.W), factors.H.shape[1])
            self._samples = Samples(factors, run.settings.power, before if same else None)

        def published(news: tuple[Mark, float]) -> None:
            mark, share = news
            found[mark] = share
            self.told.emit()

        work = partial(_find, self._samples, now[0], missing)
        self._runner.run("", work, published=published, key=KEY)

    def _now(self) -> tuple[_Asked, dict[Mark, float]] | None:
        """What is asked now, and what is known of it; None where there are no marks on components."""
        state, run = self._document.state, self._document.run
        if run is None or state.marks is None or not isinstance(run.factors, Factors):
            return None
        factors, marks, parts = asked = run.factors, state.marks, state.present.parts
        for place, known in enumerate(self._known):
            if known[0][0] is factors and known[0][1] is marks and known[0][2] == parts:
                self._known.append(self._known.pop(place))
                return known
        self._known = [*self._known, (asked, {})][-REMEMBERED:]
        return self._known[-1]

    def _forget(self) -> None:
        """Nothing may keep what was open."""
        self._runner.drop(KEY)
        self._known, self._samples = [], None


def _find(samples: Samples, asked: _Asked, wanted: Sequence[Mark], job: Job) -> None:
    _, marks, parts = asked
    now = sources(samples, parts, marks)
    for count, mark in enumerate(wanted):
        job.report(count / len(wanted))
        without = sources(samples, parts, [each for each in marks if each is not mark])
        job.publish((mark, moved(without, now)))
