"""Operations with numbers on masks: exponent, cleaning, scaling, joining. Seen and heard before they are done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject

from workbench.control.acting import Acting, SourceAct
from workbench.control.selection import Selection
from workbench.document.acts import masks as mask_acts
from workbench.document.document import Document
from workbench.masks.edits.effects import CombineKind
from workbench.masks.edits.filters import FilterKind
from workbench.masks.stack import Stack


class Plain(StrEnum):
    """Operations that neither look at neighbours nor at another mask."""

    EXPONENT = "exponent"
    SCALE = "scale"


@dataclass(frozen=True)
class ShapeWish:
    """What is to be done, and its numbers as far as it uses them.

    Attributes
    ----------
    kind : Plain, FilterKind or CombineKind
    exponent, factor : float
        Of EXPONENT and SCALE.
    rows, columns : int
        Bins and frames on either side that a filter looks at.
    other : tuple of int or None
        Stack, and layer or group whose mask is joined.
    """

    kind: Plain | FilterKind | CombineKind
    exponent: float = 2.0
    factor: float = 1.5
    rows: int = 1
    columns: int = 1
    other: tuple[int, int] | None = None

    @property
    def whole(self) -> bool:
        """Whether all layers are worked on, not what is selected."""
        return self.kind is Plain.EXPONENT


class Shaping(QObject):
    """Previews and does operations within what is selected, or everywhere."""

    def __init__(self, document: Document, selection: Selection, acting: Acting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._selection, self._acting = document, selection, acting

    def preview(self, wish: ShapeWish) -> None:
        """Show and sound a wish."""
        if self._document.recording is not None:
            self._acting.preview(self._act(wish), wish.whole)

    def apply(self, name: str, wish: ShapeWish) -> None:
        """Do an operation as one act."""
        self._acting.accept(name, self._act(wish), wish.whole)

    def leave(self) -> None:
        """Back to what is recorded."""
        self._document.end_preview()

    def _act(self, wish: ShapeWish) -> SourceAct:
        area, kind = self._selection.area, wish.kind
        if kind is Plain.EXPONENT:
            return lambda state, source: mask_acts.sharpen(state, wish.exponent, area)
        if kind is Plain.SCALE:
            return lambda state, source: mask_acts.scale(state, source, wish.factor, area)
        if isinstance(kind, FilterKind):
            return lambda state, source: mask_acts.clean(state, source, kind, wish.rows, wish.columns, area)
        assert isinstance(kind, CombineKind)
        parts, held = self._other_mask(wish.other)
        return lambda state, source: mask_acts.combine(state, source, kind, parts, held, area)

    def _other_mask(self, other: tuple[int, int] | None) -> tuple[tuple[int, ...], Stack | None]:
        """Parts of the other mask, and the stack that holds it where that is another one."""
        state = self._document.recorded_state
        stack = next((each for each in state.stacks if other is not None and each.id == other[0]), None)
        if other is None or stack is None:
            return (), None
        parts = tuple(part for each in stack.layers if other[1] in (each.id, each.group) for part in each.part_ids)
        return parts, None if stack.id == state.shown else self._document.other_stack(stack.id)
