"""How acts on layers and groups reach the document: tried out, done, refused with a reason.

What grows while the pointer moves (`Strokes`, `FactorStrokes`, `Morphing`) previews by itself and is one act at the
end; what a job brings (`Factorising`, `Partitions`) is put into the document as a run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject

from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts.layers import indices_of
from workbench.document.acts.masks import with_room
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Runner
from workbench.masks.edits.area import Area
from workbench.masks.hand.painting import check
from workbench.masks.insight.statistics import locked_share
from workbench.masks.model.grid import Region

Act = Callable[[State], State]
"""From a state to the state after the act; raises UserError where it can't be done."""
SourceAct = Callable[[State, int], State]
"""The same for the layer or group of an id."""
TOLD_SHARE = 0.01
"""Locked layers are spoken of when they kept more than this."""


class Acting(QObject):
    """Applies acts to the recorded state. Whatever is only tried out ends when an act is done."""

    def __init__(
        self, document: Document, selection: Selection, runner: Runner, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._runner, self._notices = document, selection, runner, notices

    def do(self, name: str, act: Act, merge: str | None = None) -> bool:
        """Do an act, as one step of that name; answers whether it was done.

        Parameters
        ----------
        merge : str, optional
            Successive acts with the same key are one step until `Document.seal`.
        """
        document = self._document
        if document.recording is None:
            return False
        before = document.recorded_state
        try:
            state = act(before)
        except UserError as reason:
            self._notices.refuse(reason)
            return False
        if state is before:
            return False
        document.act(name, state, merge)
        return True

    def do_on_masks(self, name: str, act: Act, area: Area | None, merge: str | None = None) -> bool:
        """An act on masks within an area, or everywhere; what locks kept from it is told."""
        done = self.do(name, act, merge)
        if done:
            self.tell_locked(area)
        return done

    def do_on_selected(self, name: str, act: SourceAct, area: Area | None) -> bool:
        """An act on the mask of the present layer or the selected group; `name` has a place for its name."""
        source = self._selection.source
        if source is None:
            return False
        return self.do_on_masks(name.format(source.name), lambda state: self.on_source(state, source.id, act), area)

    def on_source(self, state: State, source: int, act: SourceAct) -> State:
        """A state after an act on a layer or group; beside one that is all there is a rest takes what it gives."""
        state = with_room(state, source, self.tr("Rest"))
        stack = self._document.stack_of(state)
        assert stack is not None
        check(stack, indices_of(state, source))
        return act(state, source)

    def make_layer(self, name: str, act: Callable[[State], tuple[State, int]], area: Area | None = None) -> None:
        """An act that makes a layer, which then is the present one; of an empty one, that takes no area, locks keep
        nothing."""
        made = 0

        def whole(state: State) -> State:
            nonlocal made
            state, made = act(state)
            return state

        if self.do(name, whole):
            self._selection.select(made)
            if area is not None:
                self.tell_locked(area)

    # -- trying out ----------------------------------------------------------------------------------

    def preview(self, act: SourceAct, whole: bool = False) -> bool:
        """Show and sound an act on what is selected, or on the `whole` stack, before it is done.

        Answers whether it can be done.
        """
        state = self._tried(act, whole)
        if state is not None:
            self._document.preview(state)
        return state is not None

    def accept(self, name: str, act: SourceAct, whole: bool = False) -> None:
        """Do what was previewed, as one act of that name."""
        state = self._tried(act, whole)
        if state is not None:
            self._document.act(name, state)
            self.tell_locked(self._selection.area)

    def _tried(self, act: SourceAct, whole: bool) -> State | None:
        document, source = self._document, self._selection.source
        if document.recording is None or source is None:
            return None
        try:
            state = document.recorded_state
            return act(state, source.id) if whole else self.on_source(state, source.id, act)
        except UserError as reason:
            self._notices.refuse(reason)
            return None

    # -- what is told --------------------------------------------------------------------------------

    def tell_locked(self, area: Area | None, within: Region | None = None) -> None:
        """Say so, a moment later, where locked layers left no room for an act within an area, or within a region."""
        if not any(layer.locked for layer in self._document.layers):
            return
        stack = self._document.stack
        if within is None:
            within = Region(0, stack.bins, 0, stack.frames) if area is None else area.bounds
        self._runner.run("", lambda job: locked_share(stack, within, area), self._tell_share, key="locked share")

    def _tell_share(self, share: float) -> None:
        if share > TOLD_SHARE:
            self._notices.say(self.tr("Locked layers kept their share there, up to {0:.0f} %").format(100 * share))


def numbered(name: str, taken: Collection[str]) -> str:
    """A name that is not taken: the name itself, or with the lowest number from 2 on."""
    return name if name not in taken else first_free(f"{name} {{0}}", taken, 2)


def first_free(pattern: str, taken: Collection[str], start: int = 1) -> str:
    """The pattern with the lowest number, from `start` on, that gives a name not taken."""
    return next(n for i in range(start, start + len(taken) + 1) if (n := pattern.format(i)) not in taken)
