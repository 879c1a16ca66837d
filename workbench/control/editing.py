"""Acts on masks and selections: what menus, keys and panels ask for, with the reasons where it can't be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import find_alike, find_dominated, recall_masks, reshape_area, take_clip
from workbench.masks.edits import areas
from workbench.masks.edits.areas import Area
from workbench.masks.edits.edits import Edit
from workbench.masks.edits.effects import Threshold
from workbench.masks.hand.clips import Clip
from workbench.masks.hand.painting import check
from workbench.masks.insight.statistics import greatest, locked_share
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack


@dataclass(frozen=True)
class Limits:
    """A threshold as it is set: see `effects.Threshold`."""

    measure: str = "mask"
    low: float = 0.5
    high: float = float("inf")
    knee: float = 0.0


@dataclass(frozen=True, eq=False)
class Clipboard:
    """A piece of a mask with its area (from a stack as it was where it is long), and the parts of its layer."""

    source: Clip | Stack
    parts: tuple[int, ...]
    area: Area


class Editing(QObject):
    """Acts on the masks of the selected layer, within the selected area or everywhere."""

    refused = Signal(str)
    """Why an act was not done."""
    said = Signal(str)
    """What an act did, where that is not to be seen."""

    def __init__(self, document: Document, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner = document, runner
        self._clipboard: Clipboard | None = None
        self.put: Callable[[Area], None] = document.set_area
        """How an area becomes the selection; the selector's."""
        document.opened.connect(self._forget)
        document.analysis_changed.connect(self._forget)

    def _forget(self) -> None:
        self._clipboard = None

    # -- selecting -----------------------------------------------------------------------------------

    @property
    def area(self) -> Area | None:
        """What is selected."""
        return self._document.area

    def select_all(self) -> None:
        """All of time and frequency."""
        if self._document.recording is not None:
            stack = self._document.stack
            self.put(areas.everything(stack.bins, stack.frames))

    def invert_area(self) -> None:
        """What was not selected."""
        if self.area is None:
            self.select_all()
        else:
            area = self.area
            self._find(self.tr("Inverting the selection"), lambda job: area.inverted(), "new", area)

    def reshape(self, how: str, amount: int) -> None:
        """Grow, shrink or feather by bins and frames, or add the harmonics of the selection."""
        names = {
            "grow": self.tr("Growing the selection"),
            "shrink": self.tr("Shrinking the selection"),
            "feather": self.tr("Feathering the selection"),
            "overtones": self.tr("Finding harmonics"),
        }
        area = self._wanted_area()
        if area is not None:
            work = partial(reshape_area, area=area, how=how, amount=amount)
            self._find(names[how], work, "new", area)

    def select_dominated(self) -> None:
        """Where the selected layer holds most; within what is selected, if anything is."""
        index = self._document.selected_index
        if self._document.recording is None or index < 0:
            return
        stack = self._document.stack
        way = "new" if self.area is None else "intersect"
        within = Region(0, stack.bins, 0, stack.frames) if self.area is None else self.area.bounds
        name = self.tr("Finding where {0} dominates").format(stack.layers[index].name)
        work = partial(find_dominated, stack=stack, layer=index, within=within)
        self._find(name, work, way, self.area)

    def select_alike(
        self, row: int, column: int, within: Region, way: str, like: str, tolerance: float, connected: bool
    ) -> None:
        """The magic wand: within what is in view."""
        work = partial(
            find_alike,
            stack=self._document.stack,
            place=(row, column),
            within=within,
            like=like,
            tolerance=tolerance,
            connected=connected,
        )
        self._find(self.tr("Finding what is alike"), work, way, self.area)

    def draw(self, make: Callable[[], Area], way: str) -> None:
        """Select what was drawn around very many bins."""
        self._find(self.tr("Selecting"), lambda job: make(), way, self.area)

    def _find(self, name: str, work: Callable[..., Area], way: str, before: Area | None) -> None:
        document = self._document
        recording, analysis = document.recording, document.state.analysis

        def whole(job: Job) -> tuple[Area, Area]:
            found = work(job)
            area = areas.joined(before, found, way)
            # Known from here on, so that the window need not look for them.
            assert area.bounds is not None
            return found, area

        def done(made: tuple[Area, Area]) -> None:
            # Not over what the user selected meanwhile, nor on another recording.
            if self.area is before and document.recording is recording and document.state.analysis == analysis:
                found, area = made
                if not found:
                    self.said.emit(self.tr("Nothing of the kind was found"))
                self.put(area)

        self._runner.run(name, whole, done, self.refused.emit)

    def _wanted_area(self) -> Area | None:
        if self.area is None and self._document.recording is not None:
            self.refused.emit(self.tr("Select something first: drag with a selection tool (V, R, Q, P, U or W)."))
        return self.area

    # -- masks within the selection ------------------------------------------------------------------

    def fill(self) -> None:
        """Give the selected layer all that is selected."""
        self._in_area(self.tr("Fill {0}"), lambda state, layer, area: mask_acts.fill(state, layer, 1.0, area))

    def take_away(self) -> None:
        """Take all that is selected from the selected layer."""
        self._in_area(self.tr("Take from {0}"), lambda state, layer, area: mask_acts.fill(state, layer, 0.0, area))

    def restore(self) -> None:
        """Back to the computed masks in what is selected."""
        area = self._wanted_area()
        if area is not None:
            self.do(self.tr("Clear edits in the selection"), lambda state: mask_acts.restore(state, area), None)

    def assign(self, layer: int) -> None:
        """Give what is selected to a layer, and go on with that one."""
        self._document.select(layer)
        self.fill()

    def cut_to_new(self) -> None:
        """A new layer takes what the selected one holds of what is selected."""
        area = self._wanted_area()
        index = self._document.selected_index
        if area is None or index < 0:
            return
        layer = self._document.layers[index]
        if layer.locked:
            self.refused.emit(self.tr("“{0}” is locked; unlock it to change its mask.").format(layer.name))
            return
        name = self._free_name(self.tr("{0} cut").format(layer.name))
        self._new_layer(
            self.tr("Cut {0} to a new layer").format(layer.name),
            lambda state: mask_acts.cut_to_new(state, layer.id, area, name),
            area,
        )

    def lift_to_new(self) -> None:
        """A new layer takes everything that is selected."""
        area = self._wanted_area()
        if area is not None:
            name = self._free_name(self.tr("Selection"))
            self._new_layer(
                self.tr("New layer from the selection"), lambda state: mask_acts.lift_to_new(state, area, name), area
            )

    def split_time(self, seconds: float) -> None:
        """Split the selected layer: what comes after a time becomes a new layer."""
        stack, analysis = self._document.stack, self._document.state.analysis
        assert self._document.recording is not None
        frame = int(seconds * self._document.recording.rate / analysis.hop + 0.5)
        self._split(Region(0, stack.bins, frame, stack.frames), self.tr("after {0:.2f} s").format(seconds))

    def split_frequency(self, hz: float) -> None:
        """Split the selected layer: what lies above a frequency becomes a new layer."""
        stack, analysis = self._document.stack, self._document.state.analysis
        assert self._document.recording is not None
        low = int(hz * analysis.window / self._document.recording.rate + 0.5)
        self._split(Region(low, stack.bins, 0, stack.frames), self.tr("above {0:.0f} Hz").format(hz))

    def _split(self, region: Region, where: str) -> None:
        index, stack = self._document.selected_index, self._document.stack
        if index < 0:
            return
        layer = stack.layers[index]
        if layer.locked:
            self.refused.emit(self.tr("“{0}” is locked; unlock it to change its mask.").format(layer.name))
            return
        area = areas.rectangle(region, stack.bins, stack.frames)
        if not area or not area.inverted():
            self.refused.emit(self.tr("There is nothing on the other side; split within the recording."))
            return
        name = self._free_name(f"{layer.name} {where}")
        self._new_layer(
            self.tr("Split {0}").format(layer.name),
            lambda state: mask_acts.cut_to_new(state, layer.id, area, name),
            area,
        )

    def copy(self) -> None:
        """Remember the selected layer's mask within what is selected."""
        area, index, document = self._wanted_area(), self._document.selected_index, self._document
        if area is None or index < 0:
            return
        layer, recording, analysis = document.layers[index], document.recording, document.state.analysis

        def done(taken: Clip | Stack) -> None:
            if document.recording is recording and document.state.analysis == analysis:
                self._clipboard = Clipboard(taken, layer.part_ids, area)
                self.said.emit(self.tr("Copied the mask of {0}").format(layer.name))

        work = partial(take_clip, stack=document.recorded_stack, parts=layer.part_ids, area=area)
        self._runner.run(self.tr("Copying the mask"), work, done, self.refused.emit)

    def paste(self, seconds: float | None = None) -> None:
        """Put what was copied into the selected layer.

        Parameters
        ----------
        seconds : float, optional
            Where it begins; without, where it was.
        """
        held, recording = self._clipboard, self._document.recording
        if held is None or recording is None:
            self.refused.emit(self.tr("Nothing was copied; select something and press Ctrl+C first."))
            return
        stack, hop = self._document.stack, self._document.state.analysis.hop
        columns = 0
        if seconds is not None:
            columns = int(seconds * recording.rate / hop + 0.5) - held.area.bounds.start
        area = held.area.moved(0, columns) if columns else held.area
        if not area or (area.bins, area.frames) != (stack.bins, stack.frames):
            self.refused.emit(self.tr("There is no room for it there; put the playhead elsewhere."))
            return
        name = self.tr("Paste into {0}") if seconds is None else self.tr("Paste into {0} at the playhead")
        self._on_layer(
            name, lambda state, layer: mask_acts.paste(state, layer, held.parts, held.source, 0, columns, area), area
        )

    # -- masks everywhere, or within the selection where there is one --------------------------------

    def invert_mask(self) -> None:
        """Give the selected layer what it has not."""
        area = self.area
        self._on_layer(self.tr("Invert {0}"), lambda state, layer: mask_acts.invert(state, layer, area), area)

    def make_binary(self) -> None:
        """Give every bin to the layer that holds most of it."""
        area = self.area
        self.do(self.tr("Make binary"), lambda state: mask_acts.sharpen(state, float("inf"), area), area)

    def normalise(self) -> None:
        """Scale the selected layer's mask so that it reaches one."""
        index, area = self._document.selected_index, self.area
        if self._document.recording is None or index < 0:
            return
        top = greatest(self._document.recorded_stack, index, area)
        if top <= 1e-6:
            self.refused.emit(self.tr("The mask is empty there; there is nothing to scale."))
            return
        self._on_layer(
            self.tr("Normalise {0}"), lambda state, layer: mask_acts.scale(state, layer, 1 / top, area), area
        )

    def clear_layer(self) -> None:
        """Take away what was done to the selected layer by hand."""
        index = self._document.selected_index
        if index >= 0 and self._document.state.edits:
            layer = self._document.layers[index]
            name = self.tr("Clear edits of {0}").format(layer.name)
            self.do(name, lambda state: mask_acts.clear_layer(state, layer.id), None)

    def clear_all(self) -> None:
        """Take all edits away."""
        if self._document.recorded_state.edits:
            self.do(self.tr("Clear all edits"), mask_acts.clear_edits, None)

    def recall(self, step: int) -> None:
        """Give what is selected back as it was after a step of the history."""
        area = self._wanted_area()
        if area is None:
            return
        source = self._document.stack_at(step)
        if source is None:
            self.refused.emit(self.tr("That step had another window, hop or stack; choose one of the present stack."))
            return
        document = self._document
        name = document.steps[step].name or self.tr("the beginning")
        began, run = document.recorded_state, document.run

        def done(edits: tuple[Edit, ...]) -> None:
            if document.recorded_state is not began or document.run is not run:
                self.refused.emit(self.tr("The masks were changed meanwhile; ask again."))
                return
            state = mask_acts.set_edits(document.recorded_state, edits)
            self.do(self.tr("Give back as at “{0}”").format(name), lambda _: state, area)

        work = partial(recall_masks, stack=document.recorded_stack, earlier=source, area=area)
        self._runner.run(self.tr("Giving the selection back"), work, done, self.refused.emit)

    # -- thresholds ----------------------------------------------------------------------------------

    def preview(self, act: Callable[[State, int], State], whole: bool = False) -> bool:
        """Show and sound an act on the selected layer, or on the `whole` stack, before it is done.

        Answers whether it can be done.
        """
        state = self._tried(act, whole)
        if state is not None:
            self._document.preview(state)
        return state is not None

    def accept(self, name: str, act: Callable[[State, int], State], whole: bool = False) -> None:
        """Do what was previewed, as one act of that name."""
        state = self._tried(act, whole)
        if state is not None:
            self._document.act(name, state)
            self._tell_locked(self.area)

    def _tried(self, act: Callable[[State, int], State], whole: bool) -> State | None:
        document = self._document
        if document.recording is None or document.selected_index < 0:
            return None
        try:
            stack = document.recorded_stack
            state = mask_acts.with_room(document.recorded_state, self.tr("Rest"))
            if not whole and (state is document.recorded_state or stack.layers[0].locked):
                check(stack, document.selected_index)
            return act(state, document.selected)
        except UserError as reason:
            self.refused.emit(str(reason))
            return None

    def threshold(self, limits: Limits) -> Callable[[State, int], State]:
        """The act that a threshold is, within the selection or everywhere."""
        area = self.area

        def act(state: State, layer: int) -> State:
            parts, locked = mask_acts.parts_of(state, layer), mask_acts.locked_parts(state)
            effect = Threshold(locked, parts, limits.measure, limits.low, limits.high, limits.knee)
            return mask_acts.apply(state, effect, area)

        return act

    # -- stacks --------------------------------------------------------------------------------------

    def duplicate_stack(self) -> None:
        """A copy of the present stack, to try something else in."""
        state = self._document.recorded_state
        name = self._free_stack_name(self.tr("{0} copy").format(state.stack_name))
        self.do(self.tr("Duplicate the stack"), lambda state: stack_acts.duplicate_stack(state, name), None)

    def new_stack(self, name: str) -> None:
        """An empty stack."""
        free = self._free_stack_name(name)
        self.do(self.tr("New stack {0}").format(free), lambda state: stack_acts.new_stack(state, free), None)

    def remove_stack(self) -> None:
        """Take the present stack away."""
        name = self._document.state.stack_name
        self.do(self.tr("Remove the stack {0}").format(name), stack_acts.remove_stack, None)

    def rename_stack(self, name: str) -> None:
        """Another name for the present stack."""
        self.do(self.tr("Rename the stack to {0}").format(name), lambda s: stack_acts.rename_stack(s, name), None)

    def next_stack(self, by: int) -> None:
        """Show the next stack, or the one before."""
        stacks = self._document.state.stacks
        place = next(i for i, each in enumerate(stacks) if each.id == self._document.state.stack)
        self._document.end_preview()
        self._document.show_stack(stacks[(place + by) % len(stacks)].id)

    def copy_to_stack(self, stack: int) -> None:
        """Put the selected layer's mask into another stack, as a new layer."""
        document, index = self._document, self._document.selected_index
        if index < 0:
            return
        layer, source = document.layers[index], document.recorded_stack
        there = next(each for each in document.state.stacks if each.id == stack)
        if all(each.locked for each in there.layers):
            self.refused.emit(self.tr("Every layer of “{0}” is locked, so none can make room.").format(there.name))
            return
        text = self.tr("Copy {0} to {1}").format(layer.name, there.name)
        began = document.recorded_state

        def done(taken: Clip | Stack) -> None:
            if document.recorded_state is not began:
                self.refused.emit(self.tr("The masks were changed meanwhile; ask again."))
                return
            self.do(text, lambda state: stack_acts.copy_to_stack(state, layer, taken, stack), None)
            self.said.emit(self.tr("{0} is now a layer of {1} (Page Down shows it)").format(layer.name, there.name))

        work = partial(take_clip, stack=source, parts=layer.part_ids, area=None)
        self._runner.run(text, work, done, self.refused.emit)

    def _free_stack_name(self, name: str) -> str:
        taken = {each.name for each in self._document.state.stacks}
        return _numbered(name, taken)

    # -- doing ---------------------------------------------------------------------------------------

    def _in_area(self, name: str, act: Callable[[State, int, Area], State]) -> None:
        area = self._wanted_area()
        if area is not None:
            self._on_layer(name, lambda state, layer: act(state, layer, area), area)

    def _on_layer(self, name: str, act: Callable[[State, int], State], area: Area | None) -> None:
        index, identity = self._document.selected_index, self._document.selected
        if index < 0 or self._document.recording is None:
            return
        layer = self._document.layers[index]
        self._document.end_preview()
        try:
            check(self._document.recorded_stack, index)
        except UserError as reason:
            self.refused.emit(str(reason))
            return
        self.do(name.format(layer.name), lambda state: act(state, identity), area)

    def _new_layer(self, name: str, act: Callable[[State], tuple[State, int]], area: Area) -> None:
        document = self._document
        document.end_preview()
        state, identity = act(document.recorded_state)
        document.act(name, state)
        document.select(identity)
        self._tell_locked(area)

    def has_group(self, group: int) -> bool:
        """Whether there is a group; one that is only suggested is not yet there, and that is said."""
        there = any(each.id == group for each in self._document.recorded_state.groups)
        if not there:
            self.refused.emit(self.tr("These groups are only suggested; accept them first."))
        return there

    def do(self, name: str, act: Callable[[State], State], area: Area | None) -> None:
        """One act; a reason why not is told."""
        document = self._document
        if document.recording is None:
            return
        document.end_preview()
        try:
            state = act(document.recorded_state)
        except UserError as reason:
            self.refused.emit(str(reason))
            return
        document.act(name, state)
        self._tell_locked(area)

    def _tell_locked(self, area: Area | None) -> None:
        """Where locked layers leave no room, what was possible was done."""
        stack = self._document.stack
        whole = Region(0, stack.bins, 0, stack.frames)
        self.tell_locked(whole if area is None else area.bounds, area)

    def tell_locked(self, within: Region, area: Area | None = None) -> None:
        """Say so where locked layers left no room for an act within a region, or within an area."""
        if any(layer.locked for layer in self._document.layers):
            share = locked_share(self._document.stack, within, area)
            if share > 0.01:
                self.said.emit(self.tr("Locked layers kept their share there, up to {0:.0f} %").format(100 * share))

    def _free_name(self, name: str) -> str:
        return _numbered(name, {layer.name for layer in self._document.layers})

    def delete_in_area_or_layer(self) -> None:
        """The Delete key: take the selection from the layer; without a selection delete the layer."""
        if self.area is not None:
            self.take_away()
            return
        index = self._document.selected_index
        if index >= 0:
            layer = self._document.layers[index]
            name = self.tr("Delete {0}").format(layer.name)
            self.do(name, lambda state: layer_acts.remove_layer(state, layer.id), None)


def _numbered(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name} {i}" for i in range(2, 10_000) if f"{name} {i}" not in taken)
