"""What a layer holds in the selection, taken elsewhere in time and frequency."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from workbench.control.acting import Acting
from workbench.control.areas import AreaActs
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts import masks as mask_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area
from workbench.masks.hand.clips import Clip, clip
from workbench.masks.stack import Stack


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of a mask on its way.

    Attributes
    ----------
    base : State
        Before it was taken.
    stack : Stack
        The masks then.
    source : int
        Id of the layer or group that it is of.
    parts : tuple of int
        Of that.
    area : Area
        Where it was.
    copies : bool
        It also stays there.
    rows, columns : int
        How many bins higher and frames later it is.
    """

    base: State
    stack: Stack
    source: int
    parts: tuple[int, ...]
    area: Area
    copies: bool
    rows: int = 0
    columns: int = 0


class Carrying(QObject):
    """Takes a piece of the mask of the present layer or the selected group elsewhere, as one act."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        acting: Acting,
        areas: AreaActs,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._acting = document, selection, acting
        self._areas, self._runner, self._notices = areas, runner, notices
        self._piece: Piece | None = None
        self._held: Clip | Stack | None = None
        """What the piece holds, once that is known."""
        self._expected: State | None = None
        """The state as long as nothing was done but to carry the piece."""
        document.opened.connect(self._drop)

    def _drop(self) -> None:
        self._piece = self._held = self._expected = None

    def carry(self, frames: int, bins: int, copies: bool = False) -> None:
        """Take what the layer or group holds in the selection some frames later and some bins higher."""
        self._take(copies)
        self._go(frames, bins)

    def nudge(self, frames: int, bins: int) -> None:
        """The same; what is nudged again goes on from where it was taken, and all is one step."""
        source, piece = self._selection.source, self._piece
        goes_on = (
            piece is not None
            and source is not None
            and source.id == piece.source
            and self._document.recorded_state is self._expected
        )
        if not goes_on:
            self._take(False)
        self._go(frames, bins)

    def _take(self, copies: bool) -> None:
        """Another piece: what is selected now."""
        self._drop()
        area, source, document = self._areas.wanted(), self._selection.source, self._document
        if area is None or source is None:
            return
        state = document.recorded_state
        try:
            parts = mask_acts.parts_of(state, source.id)
        except UserError as reason:
            # It is only tried out.
            self._notices.refuse(reason)
            return
        document.seal()
        self._piece = Piece(state, document.recorded_stack, source.id, parts, area, copies)
        self._expected = state

    def _go(self, frames: int, bins: int) -> None:
        """Take the piece further, by a job that reads what it holds; a further wish takes its place."""
        if self._piece is None or not (frames or bins):
            return
        self._piece = piece = replace(self._piece, rows=self._piece.rows + bins, columns=self._piece.columns + frames)
        held = self._held

        def work(job: Job) -> tuple[Clip | Stack, Area]:
            there = piece.area.moved(piece.rows, piece.columns)
            # Known from here on, so that the window need not look for them.
            assert there.bounds is not None
            return held or clip(piece.stack, piece.parts, piece.area, job.report), there

        def done(found: tuple[Clip | Stack, Area]) -> None:
            if self._piece is piece:
                self._held = found[0]
                self._put(piece, *found)

        self._runner.run(self.tr("Moving a piece"), work, done, self._notices.trouble, key="carry")

    def _put(self, piece: Piece, held: Clip | Stack, there: Area) -> None:
        document, source = self._document, self._selection.source
        if document.recorded_state is not self._expected or source is None or source.id != piece.source:
            self._notices.refuse(self.tr("The masks were changed meanwhile; ask again."))
            self._drop()
        elif not there:
            self._notices.refuse(self.tr("There is no room for it there."))
            self._drop()
        else:
            by = piece.rows, piece.columns

            def carried(state: State, source: int) -> State:
                return mask_acts.carry(state, source, piece.parts, held, by, piece.area, there, piece.copies)

            name = self.tr("Copy a piece of {0}") if piece.copies else self.tr("Move a piece of {0}")
            done = self._acting.do_on_masks(
                name.format(source.name),
                lambda _: self._acting.on_source(piece.base, piece.source, carried),
                there,
                "carry",
            )
            if done:
                self._expected = document.recorded_state
            else:
                self._drop()
