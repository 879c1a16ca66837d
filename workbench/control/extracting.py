"""Getting a sound out: from what is selected, painted or marked to a source of it, beside the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from workbench.control.acting import first_free, numbered
from workbench.control.components import Components
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts.layers import layer_index
from workbench.document.acts.sources import add_example, add_source, begin_sources
from workbench.document.acts.stacks import show_stack
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area, nothing
from workbench.masks.edits.areas import of_plane
from workbench.masks.edits.edits import painted_parts
from workbench.masks.edits.traces import Trace
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.examples import Example, example_of
from workbench.masks.insight.finding import dominated
from workbench.masks.insight.sounds import sound_at
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group, Layer
from workbench.progress import Progress, part

KEY = "extract"
"""Of the job."""


class Extracting(QObject):
    """Makes the sound a source by the marks that its example is, so that further marks refine it.

    A stack of sources gets one more of them, as by a click; beside any other stack there is a new one, of the sound and
    the rest. It is computed from blind components, whatever the other stack is computed from.
    """

    got_out = Signal(int)
    """Id of the layer that a sound is in now."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        components: Components,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._components = document, selection, components
        self._runner, self._notices = runner, notices
        self._waiting: Callable[[], None] | None = None
        """What is to be done when the components are there."""
        components.changed.connect(self._go_on)
        components.given_up.connect(self._give_up)
        document.opened.connect(self._forget)

    @property
    def has_example(self) -> bool:
        """Whether something is selected of time and frequency, or painted into the present layer or group."""
        return self._selection.area is not None or self._painted() is not None

    def get_out(self) -> None:
        """Find the sound that is selected of time and frequency, or painted into the present layer or group,
        everywhere."""
        area, painted = self._selection.area, self._painted()
        if area is not None:
            self._start(self._free_name(), lambda _: area)
        elif painted is not None:
            stack, chosen, rivals = self._document.recorded_stack, self._selection.shown_indices, self._selection.rivals
            whole, held = Region(0, stack.bins, 0, stack.frames), painted.id
            # What was painted into a source is more of that source; anything else would be in its way.
            is_source = isinstance(painted, Layer) and bool(painted.components)
            self._start(
                painted.name,
                lambda progress: dominated(stack, chosen, rivals, whole, progress),
                held if is_source else None,
                lambda state: _holds(state, held),
            )
        elif self._document.recording is not None:
            self._notices.refuse(self.tr("Point at the sound, or select some of it with any tool, or paint it first."))

    def get_out_at(self, place: tuple[int, int], near: Region, fall: float) -> None:
        """Find the sound at a place everywhere: the tone or the attack there is the example.

        Parameters
        ----------
        place, near, fall
            As of `sound_at`.
        """
        recording = self._document.recording
        if recording is not None:
            stack, analysis = self._document.recorded_stack, self._document.state.analysis
            self._start(
                self._free_name(),
                lambda progress: sound_at(stack, place, near, fall, True, analysis, recording.rate, progress),
            )

    def get_out_like(self, mark: Mark) -> None:
        """Find what a mark is an example of everywhere; it is more of that mark's source."""
        layer = next((each for each in self._document.layers if mark.source in each.part_ids), None)
        if layer is not None:
            stack = self._document.recorded_stack
            self._start(
                layer.name,
                lambda _: _area_of(mark.place, stack.bins, stack.frames),
                layer.id,
                lambda state: _holds(state, layer.id) and any(each.id == mark.id for each in state.marks or ()),
                marked=True,
            )

    def _start(
        self,
        name: str,
        find: Callable[[Progress], Area],
        layer: int | None = 0,
        remains: Callable[[State], bool] = lambda _: True,
        marked: bool = False,
    ) -> None:
        """Get a sound out by the example that is found.

        Parameters
        ----------
        layer : int or None
            Id of the layer whose source it is; 0 for another source, None for one in a stack of its own.
        remains : callable
            Whether what the example is found by is still there, in a state that shows the same stack.
        marked : bool
            Whether the example itself is a mark already.
        """
        document, recording = self._document, self._document.recording
        assert recording is not None
        locked = next((each for each in document.layers if each.id == layer and each.locked), None)
        if locked is not None and document.state.marks is not None:
            # Said at once, and not after all was found.
            self._notices.refuse(UserError("document.source_is_locked", name=locked.name))
            return
        stack, analysis, shown = document.recorded_stack, document.state.analysis, document.state.shown
        self._waiting = None

        def work(job: Job) -> Example:
            example = find(part(job.report, 0.0, 0.3))
            return example_of(stack, example, analysis, part(job.report, 0.3, 1.0))

        def put(example: Example) -> None:
            """Put the marks into the stack where it was asked for, while another one may be shown."""
            if document.recording is not recording:
                return
            there = show_stack(document.recorded_state, shown)
            if there.analysis != analysis:
                self._notices.refuse(self.tr("The window was changed meanwhile; ask again."))
            elif there.shown != shown or not remains(there):
                self._notices.refuse(self.tr("What the sound was to be found by is gone, so it was not got out."))
            elif (run := self._run(there)) is None:
                self._waiting = lambda: put(example)
                self._components.wait()
            else:
                self._put(there, run, name, example, layer)

        def done(example: Example) -> None:
            none = nothing(stack.bins, stack.frames)
            put(replace(example, itself=replace(example.itself, sound=none)) if marked else example)

        self._runner.run(self.tr("Getting out {0}").format(name), work, done, self._notices.trouble, key=KEY)
        if self._run(document.recorded_state) is None:
            self._components.wait()

    def _run(self, state: State) -> int | None:
        """The number of the run whose components the sound is taken from; None while it is not there."""
        return self._components.blind_run() if state.marks is None else state.run

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _give_up(self) -> None:
        if self.searching:
            self._forget()
            self._notices.refuse(self.tr("The recording was not listened to the end, so the sound was not got out."))

    @property
    def searching(self) -> bool:
        """Whether a sound that was asked for is still to come."""
        return self._waiting is not None or self._runner.running(KEY)

    def stop(self) -> None:
        """The sound was not asked for."""
        if self.searching:
            self._forget()
            self._notices.say(self.tr("The sound is not got out"))

    def _forget(self) -> None:
        self._waiting = None
        self._runner.drop(KEY)

    def _painted(self) -> Layer | Group | None:
        """The present layer or group, where something was painted into it."""
        painted = painted_parts(self._document.recorded_state.edits)
        shown = (self._document.layers[i] for i in self._selection.shown_indices)
        return self._selection.source if any(painted & set(layer.part_ids) for layer in shown) else None

    def _free_name(self) -> str:
        """What a sound is called that has no name yet."""
        taken = {each.name for stack in self._document.recorded_state.stacks for each in stack.layers}
        return first_free(self.tr("Sound {0}"), taken)

    def _put(self, there: State, run: int, name: str, example: Example, layer: int | None) -> None:
        names = (
            self.tr("Beside similar"),
            self.tr("Beside example"),
            self.tr("Similar: {0}").format(example.events),
            self.tr("Example"),
        )
        document, asked = self._document, there.shown
        try:
            if there.marks is None or layer is None:
                title = numbered(self.tr("Sources"), {stack.name for stack in there.stacks})
                there = begin_sources(there, run, title, self.tr("Rest"))
            if layer and any(each.id == layer and each.components for each in there.layers):
                made = layer
            else:
                there, made = add_source(there, numbered(name, {each.name for each in there.layers}))
            there = add_example(there, made, example, names)
        except UserError as reason:
            self._notices.refuse(reason)
            return
        called, shown = there.layers[layer_index(there, made)].name, document.recorded_state.shown
        name = self.tr("Get out {0}").format(called)
        if shown == asked:
            document.act(name, there)
            self.got_out.emit(made)
            said = self.tr("{0} is got out, {1} similar events helped; point to say more of it")
        else:
            document.act(name, show_stack(there, shown))
            said = self.tr("{0} is got out in the stack “{2}”, {1} similar events helped")
        self._notices.say(said.format(called, example.events, there.present.name))


def _holds(state: State, identity: int) -> bool:
    """Whether the present stack has a layer or group of an id."""
    return identity in (*(each.id for each in state.layers), *(each.id for each in state.present.groups))


def _area_of(place: Area | Trace, bins: int, frames: int) -> Area:
    if isinstance(place, Area):
        return place
    inside = place.bounds.clipped(bins, frames)
    cover = place.at(np.arange(inside.low, inside.high), np.arange(inside.start, inside.stop))
    return of_plane(np.rint(cover * 255).astype(np.uint8), inside, bins, frames)
