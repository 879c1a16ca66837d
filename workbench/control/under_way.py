"""What is under way, from the innermost out: taken back by undo, cancelled by Esc, accepted by Return."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.control.extracting import Extracting
from workbench.control.factor_strokes import FactorStrokes
from workbench.control.handling import Handling
from workbench.control.marking import Marking
from workbench.control.notices import Notices
from workbench.control.selecting import Selecting
from workbench.control.selection import Selection
from workbench.control.strokes import Strokes
from workbench.control.tapping import Tapping
from workbench.control.thresholding import Thresholding
from workbench.control.walking import Walking
from workbench.document.document import Document
from workbench.jobs.runner import Runner


class UnderWay(QObject):
    """Knows everything that can be under way, in the order in which it is left."""

    nothing_left = Signal()
    """Esc was pressed with nothing under way but what is only said."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        strokes: Strokes,
        marking: Marking,
        pens: tuple[FactorStrokes, ...],
        tapping: Tapping,
        handling: Handling,
        selecting: Selecting,
        thresholding: Thresholding,
        walking: Walking,
        extracting: Extracting,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._strokes, self._pens = document, selection, strokes, pens
        self._marking, self._tapping, self._handling = marking, tapping, handling
        self._selecting, self._thresholding, self._walking = selecting, thresholding, walking
        self._extracting, self._runner, self._notices = extracting, runner, notices

    @property
    def can_accept(self) -> bool:
        """Whether Return has something to accept."""
        return self._thresholding.pending or self._selecting.busy

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back, or a step."""
        return self._before_steps or bool(self._document.undo_name)

    @property
    def undo_name(self) -> str:
        """Of the step that undo takes back; '' where there is none, or something else goes first."""
        return "" if self._before_steps else self._document.undo_name

    @property
    def _before_steps(self) -> bool:
        """Whether undo takes back what is no step yet."""
        return self.stroking or self._tapping.waiting or self._extracting.searching

    @property
    def stroking(self) -> bool:
        """Whether the hand holds a stroke, or the selection."""
        held = self._strokes.busy or self._marking.busy or self._tapping.moving or self._handling.busy
        return held or any(pen.busy for pen in self._pens)

    def undo(self) -> None:
        """One step back; during a stroke the stroke itself, what is tapped before it is a mark, and the search for a
        sound, which was asked for last."""
        if self.stroking:
            self._cancel_strokes()
        elif self._tapping.waiting:
            self._tapping.take_back()
        elif self._extracting.searching:
            self._extracting.stop()
        else:
            name = self._document.undo_name
            self._document.undo()
            self._tell(self.tr("Undone: {0}"), name)

    def redo(self) -> None:
        """One step forward; not during a stroke."""
        if not self.stroking:
            name = self._document.redo_name
            self._document.redo()
            self._tell(self.tr("Done again: {0}"), name)

    def _tell(self, text: str, name: str) -> None:
        """Say what it was: it may be out of view."""
        if name:
            self._notices.say(text.format(name))

    def go_to(self, step: int) -> None:
        """Any step of the history; not during a stroke."""
        if not self.stroking:
            self._document.go_to(step)

    def accept(self) -> None:
        """What is drawn is closed, what is previewed becomes an act."""
        if self._selecting.busy:
            self._selecting.close()
        elif self._thresholding.shown:
            self._thresholding.apply()

    def escape(self, notice_seen: bool) -> None:
        """Leave the innermost thing under way.

        Parameters
        ----------
        notice_seen : bool
            Whether something is said that can be closed; `nothing_left` asks for it.
        """
        if self.stroking:
            self._cancel_strokes()
        elif self._tapping.waiting:
            self._tapping.take_back()
        elif self._selecting.busy:
            self._selecting.cancel()
        elif self._document.state is not self._document.recorded_state:
            self._thresholding.cancel()
        elif self._walking.walking:
            self._walking.end()
        elif self._runner.named_jobs:
            self._runner.named_jobs[-1].cancel()
        elif notice_seen:
            self.nothing_left.emit()
        elif self._selection.area is not None:
            self._selection.set_area(None)

    def _cancel_strokes(self) -> None:
        self._strokes.cancel()
        self._marking.cancel()
        self._tapping.cancel()
        self._handling.cancel()
        for pen in self._pens:
            pen.cancel()
