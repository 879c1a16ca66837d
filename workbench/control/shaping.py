"""Operations with numbers on masks: exponent, cleaning, scaling, joining. Seen and heard before they are done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject

from workbench.control.acting import Acting, LayerAct
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
        Stack and layer whose mask is joined.
    """

    kind: Plain | FilterKind | CombineKind
    exponent: float = 2.0
    factor: float = 1.5
    rows: int = 1
    columns: int = 1
    other: tuple[int, int] | None = None

    @property
    def whole(self) -> bool:
        """Whether all layers are worked on, not the present one."""
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

    def _act(self, wish: ShapeWish) -> LayerAct:
        area, kind = self._selection.area, wish.kind
        if kind is Plain.EXPONENT:
            return lambda state, layer: mask_acts.sharpen(state, wish.exponent, area)
        if kind is Plain.SCALE:
            return lambda state, layer: mask_acts.scale(state, layer, wish.factor, area)
        if isinstance(kind, FilterKind):
            return lambda state, layer: mask_acts.clean(state, layer, kind, wish.rows, wish.columns, area)
        assert isinstance(kind, CombineKind)
        parts, source = self._other_mask(wish.other)
        return lambda state, layer: mask_acts.combine(state, layer, kind, parts, source, area)

    def _other_mask(self, other: tuple[int, int] | None) -> tuple[tuple[int, ...], Stack | None]:
        """Parts of the other mask, and the stack that holds it where that is another one."""
        state = self._document.recorded_state
        stack = next((each for each in state.stacks if other is not None and each.id == other[0]), None)
        if other is None or stack is None:
            return (), None
        parts = next((each.part_ids for each in stack.layers if each.id == other[1]), ())
        return parts, None if stack.id == state.shown else self._document.other_stack(stack.id)
