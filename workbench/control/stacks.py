"""Acts on whole stacks."""

from __future__ import annotations

from PySide6.QtCore import QObject

from workbench.control.acting import Acting, numbered
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts import stacks as stack_acts
from workbench.document.acts.masks import parts_of
from workbench.document.changes import same_work
from workbench.document.document import Document
from workbench.jobs.runner import Runner
from workbench.masks.hand.clips import Clip, clip
from workbench.masks.stack import Stack


class StackActs(QObject):
    """What keys and menus do to stacks."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        acting: Acting,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._acting = document, selection, acting
        self._runner, self._notices = runner, notices

    def duplicate(self) -> None:
        """A copy of the present stack, to try something else in."""
        name = self._free_name(self.tr("{0} copy").format(self._document.recorded_state.present.name))
        self._acting.do(self.tr("Duplicate the stack"), lambda state: stack_acts.duplicate_stack(state, name))

    def add(self, name: str) -> None:
        """An empty stack."""
        free = self._free_name(name)
        self._acting.do(self.tr("New stack {0}").format(free), lambda state: stack_acts.new_stack(state, free))

    def remove(self) -> None:
        """Take the present stack away."""
        name = self._document.state.present.name
        self._acting.do(self.tr("Remove the stack {0}").format(name), stack_acts.remove_stack)

    def rename(self, name: str) -> None:
        """Another name for the present stack; an empty one changes nothing."""
        if name.strip():
            text = self.tr("Rename the stack to {0}").format(name.strip())
            self._acting.do(text, lambda state: stack_acts.rename_stack(state, name.strip()))

    def show(self, stack: int) -> None:
        """Look at, hear and edit a stack."""
        self._document.end_preview()
        self._document.show_stack(stack)

    def show_next(self, by: int) -> None:
        """Show the next stack, or the one before."""
        state = self._document.state
        place = next(i for i, each in enumerate(state.stacks) if each.id == state.shown)
        self.show(state.stacks[(place + by) % len(state.stacks)].id)

    def copy_layer_to(self, stack: int) -> None:
        """Put the mask of the layer or group into another stack, as a new layer."""
        document, source = self._document, self._selection.source
        there = next((each for each in document.state.stacks if each.id == stack), None)
        if source is None or there is None:
            return
        if all(each.locked for each in there.layers):
            self._notices.refuse(self.tr("Every layer of “{0}” is locked, so none can make room.").format(there.name))
            return
        text = self.tr("Copy {0} to {1}").format(source.name, there.name)
        began, stack_now = document.recorded_state, document.recorded_stack
        parts = parts_of(document.state, source.id)

        def done(taken: Clip | Stack) -> None:
            if not same_work(began, document.recorded_state):
                self._notices.refuse(self.tr("The masks were changed meanwhile; ask again."))
                return
            act = stack_acts.copy_to_stack
            if self._acting.do_on_masks(text, lambda state: act(state, source.name, parts, taken, stack), None):
                said = self.tr("{0} is now a layer of {1} (Page Down shows it)")
                self._notices.say(said.format(source.name, there.name))

        self._runner.run(
            text, lambda job: clip(stack_now, parts, None, job.report), done, self._notices.trouble, key="copy layer"
        )

    def _free_name(self, name: str) -> str:
        return numbered(name, {each.name for each in self._document.state.stacks})
