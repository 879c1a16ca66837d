"""The chosen mark: the one that the list's controls are for, shown on the spectrogram too."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Signal

from workbench.control.marks import MarkActs
from workbench.control.plane import Plane
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.hand.marks import Mark


class MarkChoice(QObject):
    """Which mark is chosen: one that was picked, and after it the newest that was made."""

    changed = Signal()
    """Another mark, or none; or it is outlined now, or no longer."""

    def __init__(
        self, document: Document, plane: Plane, viewport: Viewport, marks: MarkActs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._plane, self._viewport, self._marks = document, plane, viewport, marks
        self._id = 0
        self._listed = False
        self._known: list[int] = []
        """Ids of the marks that there were."""
        marks.grabbed.connect(self.choose)
        document.state_shown.connect(self._follow)
        document.opened.connect(self._follow)

    @property
    def chosen(self) -> Mark | None:
        """The mark; None where there is none."""
        return next((mark for mark in self._document.state.marks or () if mark.id == self._id), None)

    @property
    def outlined(self) -> Mark | None:
        """The same, while the list is in front."""
        return self.chosen if self._listed else None

    def choose(self, mark: Mark) -> None:
        """Pick one."""
        if mark.id != self._id:
            self._id = mark.id
            self.changed.emit()

    def choose_at(self, point: QPointF) -> None:
        """Pick the one whose outline holds a point of the canvas, if there is one."""
        mark = self._marks.at(point)
        if mark is not None:
            self.choose(mark)

    def set_listed(self, listed: bool) -> None:
        """Whether the list is in front."""
        if listed != self._listed:
            self._listed = listed
            self.changed.emit()

    def reveal(self) -> None:
        """Bring the chosen one into view."""
        mark = self.chosen
        if mark is None:
            return
        b, v = mark.place.bounds.clipped(self._document.stack.bins, self._document.stack.frames), self._viewport
        analysis = self._document.state.analysis
        low, high = (float(v.scale.position(analysis.hz_of(bin_ - 0.5, v.rate))) for bin_ in (b.low, b.high))
        v.reveal(*analysis.span(b.start, b.stop, v.rate), low, high)

    def _follow(self) -> None:
        """Choose the mark that is new; where the chosen one is gone the one that came after it."""
        if self._document.state is not self._document.recorded_state:
            # What is only tried out is no mark.
            return
        now, before = [mark.id for mark in self._marks.marks], self._known
        self._known = now
        if now == before:
            return
        known = set(before)
        new = [mark for mark in now if mark not in known]
        if new:
            self._id = new[-1]
        elif self._id not in now:
            place = before.index(self._id) if self._id in before else len(before)
            self._id = now[min(place, len(now) - 1)] if now else 0
        self.changed.emit()
