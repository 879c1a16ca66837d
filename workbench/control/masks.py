"""Acts on the mask of what is selected, the present layer or a group, within the selected area or everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from workbench.control.acting import Acting, numbered
from workbench.control.areas import AreaActs
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts import masks as mask_acts
from workbench.document.acts.layers import indices_of
from workbench.document.changes import same_work
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import rectangle
from workbench.masks.edits.edits import Edit
from workbench.masks.hand.clips import Clip, clip, recalled
from workbench.masks.insight.statistics import greatest
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group, Layer
from workbench.masks.stack import Stack

EMPTY = 1e-6
"""A mask whose largest value is not above this has nothing to scale."""


@dataclass(frozen=True, eq=False)
class Clipboard:
    """A piece of a mask with its area (from a stack as it was where it is long), and the parts that it is of."""

    source: Clip | Stack
    parts: tuple[int, ...]
    area: Area


class MaskActs(QObject):
    """What keys, menus and panels do to masks."""

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
        self._clipboard: Clipboard | None = None
        self._copying: Job | None = None
        document.opened.connect(self._forget)
        document.analysis_changed.connect(self._forget)

    def _forget(self) -> None:
        self._clipboard = None

    # -- in what is selected -------------------------------------------------------------------------

    def fill(self) -> None:
        """Give what is selected of time and frequency to the layer or group; one that has it all anyway gives it to a
        new layer."""
        source = self._selection.source
        if source is not None and mask_acts.holds_everything(self._document.recorded_state, source.id):
            self.lift_to_new()
        else:
            self._in_area(self.tr("Fill {0}"), 1.0)

    def take_away(self) -> None:
        """Take what is selected of time and frequency from the layer or group."""
        self._in_area(self.tr("Take from {0}"), 0.0)

    def _in_area(self, name: str, value: float) -> None:
        area = self._areas.wanted()
        if area is not None:
            self._acting.do_on_selected(name, lambda state, source: mask_acts.fill(state, source, value, area), area)

    def restore(self) -> None:
        """Back to the computed masks in what is selected."""
        area = self._areas.wanted()
        if area is not None:
            name = self.tr("Clear edits in the selection")
            self._acting.do_on_masks(name, lambda state: mask_acts.restore(state, area), None)

    def assign(self, index: int) -> None:
        """Give what is selected to the layer of an index, and go on with that one."""
        if index < len(self._document.layers):
            self._selection.select(self._document.layers[index].id)
            self.fill()

    def cut_to_new(self) -> None:
        """A new layer takes what the layer or group holds of what is selected."""
        area, source = self._areas.wanted(), self._selection.source
        if area is not None and source is not None:
            title = self.tr("Cut {0} to a new layer").format(source.name)
            self._cut(title, area, source, self.tr("{0} cut").format(source.name))

    def lift_to_new(self) -> None:
        """A new layer takes everything that is selected."""
        area = self._areas.wanted()
        if area is not None:
            name = self._free_name(self.tr("Selection"))
            title = self.tr("New layer from the selection")
            self._acting.make_layer(title, lambda state: mask_acts.lift_to_new(state, area, name), area)

    # -- splitting -----------------------------------------------------------------------------------

    def split_time(self, second: float) -> None:
        """Split the layer or group: what comes after a time becomes a new layer."""
        recording = self._document.recording
        if recording is not None:
            stack, analysis = self._document.stack, self._document.state.analysis
            frame = analysis.frame_at(second, recording.rate)
            region = Region(0, stack.bins, frame, stack.frames)
            self._split(region, self.tr("after {0:.2f} s").format(second))

    def split_frequency(self, hz: float) -> None:
        """Split the layer or group: what lies above a frequency becomes a new layer."""
        recording = self._document.recording
        if recording is not None:
            stack, analysis = self._document.stack, self._document.state.analysis
            region = Region(analysis.bin_at(hz, recording.rate), stack.bins, 0, stack.frames)
            self._split(region, self.tr("above {0:.0f} Hz").format(hz))

    def _split(self, region: Region, where: str) -> None:
        source, stack = self._selection.source, self._document.stack
        if source is None:
            return
        area = rectangle(region, stack.bins, stack.frames)
        if not area or not area.inverted():
            self._notices.refuse(self.tr("There is nothing on the other side; split within the recording."))
            return
        self._cut(self.tr("Split {0}").format(source.name), area, source, f"{source.name} {where}")

    def _cut(self, title: str, area: Area, source: Layer | Group, wish: str) -> None:
        name = self._free_name(wish)
        self._acting.make_layer(title, lambda state: mask_acts.cut_to_new(state, source.id, area, name), area)

    # -- copying -------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Remember the mask of the layer or group within what is selected."""
        document, area, source = self._document, self._areas.wanted(), self._selection.source
        if area is None or source is None:
            return
        parts = mask_acts.parts_of(document.state, source.id)
        recording, analysis, stack = document.recording, document.state.analysis, document.recorded_stack

        def done(taken: Clip | Stack) -> None:
            if document.recording is recording and document.state.analysis == analysis:
                self._clipboard = Clipboard(taken, parts, area)
                self._notices.say(self.tr("Copied the mask of {0}").format(source.name))

        name = self.tr("Copying the mask")
        job = self._runner.run(
            name, lambda job: clip(stack, parts, area, job.report), done, self._notices.trouble, key="copy"
        )

        def ended() -> None:
            if self._copying is job:
                self._copying = None

        self._copying = job
        job.ended.connect(ended)

    def paste(self, second: float | None = None) -> None:
        """Put what was copied into the layer or group, beginning at a second, or where it was.

        What is still being copied is waited for.
        """
        if self._copying is not None:
            before = self._clipboard

            def then() -> None:
                # Not what was copied before, where this copy came to nothing.
                if self._copying is not None or self._clipboard is not before:
                    self.paste(second)

            self._copying.ended.connect(then)
            return
        held, recording = self._clipboard, self._document.recording
        if held is None or recording is None:
            self._notices.refuse(self.tr("Nothing was copied; select something and press Ctrl+C first."))
            return
        stack, columns = self._document.stack, 0
        if second is not None:
            columns = self._document.state.analysis.frame_at(second, recording.rate) - held.area.bounds.start
        area = held.area.moved(0, columns) if columns else held.area
        if not area or (area.bins, area.frames) != (stack.bins, stack.frames):
            self._notices.refuse(self.tr("There is no room for it there; put the playhead elsewhere."))
            return
        name = self.tr("Paste into {0}") if second is None else self.tr("Paste into {0} at the playhead")
        self._acting.do_on_selected(
            name, lambda state, source: mask_acts.paste(state, source, held.parts, held.source, 0, columns, area), area
        )

    # -- everywhere, or in what is selected ----------------------------------------------------------

    def invert(self) -> None:
        """Give the layer or group what it has not."""
        area = self._selection.area
        name = self.tr("Invert {0}")
        self._acting.do_on_selected(name, lambda state, source: mask_acts.invert(state, source, area), area)

    def make_binary(self) -> None:
        """Give every bin to the layer that holds most of it."""
        area = self._selection.area
        self._acting.do_on_masks(
            self.tr("Make binary"), lambda state: mask_acts.sharpen(state, float("inf"), area), area
        )

    def normalise(self) -> None:
        """Scale the mask of the layer or group so that it reaches one."""
        source, area = self._selection.source, self._selection.area
        if self._document.recording is None or source is None:
            return
        try:
            layers = indices_of(self._document.recorded_state, source.id)
        except UserError as reason:
            self._notices.refuse(reason)
            return
        began, stack = self._document.recorded_state, self._document.recorded_stack

        def done(top: float) -> None:
            if self._document.recorded_state is not began or self._selection.source != source:
                self._notices.refuse(self.tr("The masks were changed meanwhile; ask again."))
            elif top <= EMPTY:
                self._notices.refuse(self.tr("The mask is empty there; there is nothing to scale."))
            else:
                name = self.tr("Normalise {0}")
                self._acting.do_on_selected(name, lambda now, each: mask_acts.scale(now, each, 1 / top, area), area)

        title = self.tr("Looking for the greatest value")
        self._runner.run(title, lambda job: greatest(stack, layers, area), done, self._notices.trouble, key="normalise")

    def clear_layer(self) -> None:
        """Take away what was done to the layer or group by hand."""
        source = self._selection.source
        if source is not None and self._document.state.edits:
            name = self.tr("Clear edits of {0}").format(source.name)
            self._acting.do_on_masks(name, lambda state: mask_acts.clear_layer(state, source.id), None)

    def clear_all(self) -> None:
        """Take all edits away."""
        if self._document.recorded_state.edits:
            self._acting.do_on_masks(self.tr("Clear all edits"), mask_acts.clear_edits, None)

    def recall(self, step: int) -> None:
        """Give what is selected back as it was after a step of the history."""
        document, area = self._document, self._areas.wanted()
        if area is None:
            return
        earlier = document.stack_at(step)
        if earlier is None:
            self._notices.refuse(
                self.tr("That step had another window, hop or stack; choose one of the present stack.")
            )
            return
        name = self.tr("Give back as at “{0}”").format(document.steps[step].name or self.tr("the beginning"))
        began, run, stack = document.recorded_state, document.run, document.recorded_stack

        def done(edits: tuple[Edit, ...]) -> None:
            if not same_work(began, document.recorded_state) or document.run is not run:
                self._notices.refuse(self.tr("The masks were changed meanwhile; ask again."))
            else:
                self._acting.do_on_masks(name, lambda state: mask_acts.set_edits(state, edits), area)

        title = self.tr("Giving the selection back")
        self._runner.run(
            title, lambda job: recalled(stack, earlier, area, job.report), done, self._notices.trouble, key="recall"
        )

    def _free_name(self, name: str) -> str:
        return numbered(name, {layer.name for layer in self._document.layers})
