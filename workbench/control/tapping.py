"""Onsets of the present layer: tapped along while it plays, moved and removed by hand."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.audio.player import PlayerStatus
from workbench.control.acting import first_free
from workbench.control.notices import Notices
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.document.acts import known as known_acts
from workbench.document.acts.sources import add_mark, add_source
from workbench.document.acts.stacks import show_stack
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.area import Area, nothing
from workbench.masks.insight.assignment import REST
from workbench.masks.insight.attacks import aligned, begun
from workbench.masks.model.layers import Layer
from workbench.separation.known import Onsets
from workbench.spectral.level import Levels
from workbench.spectral.stft import Analysis

LAG, NEAR = 0.15, 0.04
"""Seconds that the hand may be off with all taps, and with one of them beside."""


class Tapping(QObject):
    """Taps are heard times: what the device is late is taken off. At the end of the playing the hand's lag is, too.

    Of a source all that was tapped is one mark then: the bins in which something begins at the taps.
    """

    changed = Signal()
    """Other taps wait for the end of the playing."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        playback: Playback,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._playback = document, selection, playback
        self._runner, self._notices = runner, notices
        self._taps: list[float] = []
        """Seconds that were tapped since it began to play, for the part `_part` of the stack `_stack`."""
        self._part = self._stack = 0
        self._of_source = False
        self._before: tuple[float, ...] = ()
        self._moving: tuple[int, float] | None = None
        playback.ticked.connect(self._ticked)
        document.opened.connect(self._forget)

    def _forget(self) -> None:
        self._taps, self._moving = [], None
        self.changed.emit()

    def onsets(self, layer: Layer) -> Onsets | None:
        """Those of a layer, if it has any."""
        known = self._document.state.present.known
        return next((x for x in known if isinstance(x, Onsets) and x.part in layer.part_ids), None)

    def tapped(self, layer: Layer) -> tuple[float, ...]:
        """Seconds tapped of a source that become a mark when the playing ends."""
        here = self._document.state.shown == self._stack and self._part in layer.part_ids
        return tuple(self._taps) if here and self._of_source else ()

    @property
    def waiting(self) -> bool:
        """Whether taps wait that are no act yet."""
        return self._of_source and bool(self._taps)

    def take_back(self) -> None:
        """Forget the taps that wait."""
        if self.waiting:
            self._forget()
            self._notices.say(self.tr("Your taps are taken back"))

    # -- tapping -------------------------------------------------------------------------------------

    def tap(self) -> None:
        """Something of the present layer begins now."""
        layer = self._present()
        if layer is None:
            return
        if not self._playback.playing:
            self._notices.refuse(self.tr("Press Space to play, then tap along with “{0}”.").format(layer.name))
            return
        known = self.onsets(layer)
        part = _said_of(layer) if known is None else known.part
        if self._taps and (part, self._document.state.shown) != (self._part, self._stack):
            self._finish()
        if not self._taps:
            self._part, self._stack = part, self._document.state.shown
            self._of_source = self._document.state.marks is not None
            self._before = () if known is None else known.seconds
            self._document.seal()
        self._taps.append(self._playback.heard)
        if not self._of_source:
            self._act(layer, (*self._before, *self._taps))
        self._notices.say(self.tr("“{0}”: taps: {1}").format(layer.name, len(self._taps)))
        self.changed.emit()

    def _act(self, layer: Layer, seconds: tuple[float, ...]) -> None:
        word = Onsets(self._part, tuple(sorted(set(seconds))))
        state = known_acts.tell(self._document.recorded_state, word)
        self._document.act(self._name_of(layer), state, merge=f"taps {self._part}")

    def _ticked(self, status: PlayerStatus) -> None:
        if self._taps and not status.playing and not self._playback.playing:
            self._finish()

    def _finish(self) -> None:
        """Put the taps where something begins; one step with the tapping."""
        taps, self._taps = self._taps, []
        self.changed.emit()
        document, recording = self._document, self._document.recording
        if self._of_source:
            self._mark(taps)
            return
        layer = self._layer_of(document.recorded_state, self._part)
        # Undone, or said in a stack that is no longer shown: nothing to put anywhere.
        if recording is None or layer is None or document.state.shown != self._stack or self.onsets(layer) is None:
            return
        analysis, rate = document.state.analysis, recording.rate
        frames, late = _put_to_attacks(taps, document.levels.levels[0], analysis, rate)
        self._act(layer, (*self._before, *(analysis.second_of(frame, rate) for frame in frames)))
        document.seal()
        told = self._told(layer, len(frames), analysis.second_of(late, rate))
        self._notices.say(f"{told} {self.tr('Factorise uses them.')}")

    def _mark(self, taps: list[float]) -> None:
        """Make the taps one mark of their source, whatever stack is shown by now."""
        document, recording, part, stack = self._document, self._document.recording, self._part, self._stack
        if recording is None:
            return
        analysis, rate, levels = document.state.analysis, recording.rate, document.levels.levels[0]

        def work(job: Job) -> tuple[int, int, Area]:
            frames, late = _put_to_attacks(taps, levels, analysis, rate)
            return len(frames), late, begun(levels, frames, analysis)

        def done(found: tuple[int, int, Area]) -> None:
            count, late, place = found
            state = document.recorded_state
            there = show_stack(state, stack)
            layer = self._layer_of(there, part)
            if document.recording is not recording:
                return
            if there.shown != stack or layer is None:
                self._notices.refuse(self.tr("The source that you tapped along with is gone, and your taps with it."))
                return
            if not place:
                self._notices.refuse(
                    self.tr("Nothing begins where you tapped; tap when “{0}” sets in.").format(layer.name)
                )
                return
            if state.analysis != analysis:
                place = place.resampled(analysis, state.analysis, len(recording.samples))
            source = layer.id
            if REST in layer.components:
                # What nobody asked for is asked for now.
                name = first_free(self.tr("Source {0}"), {each.name for each in there.layers})
                there, source = add_source(there, name)
            try:
                there = add_mark(there, source, place, name=self.tr("Onsets: {0}").format(count))
            except UserError as reason:
                self._notices.refuse(reason)
                return
            layer = next(each for each in there.layers if each.id == source)
            document.act(self._name_of(layer), show_stack(there, state.shown))
            if state.shown == stack:
                self._selection.select(source)
            told = self._told(layer, count, analysis.second_of(late, rate))
            self._notices.say(f"{told} {self.tr('They are one mark, in the list of marks.')}")

        self._runner.run(self.tr("Finding the attacks"), work, done, self._notices.trouble)

    def _told(self, layer: Layer, count: int, late: float) -> str:
        text = self.tr("Onsets of “{1}”: {0}, put to the attacks near them; the hand was {2:.0f} ms late.")
        early = self.tr("Onsets of “{1}”: {0}, put to the attacks near them; the hand was {2:.0f} ms early.")
        return (text if late >= 0 else early).format(count, layer.name, 1000 * abs(late))

    def _name_of(self, layer: Layer) -> str:
        return self.tr("Tap onsets of {0}").format(layer.name)

    # -- by hand -------------------------------------------------------------------------------------

    @property
    def moving(self) -> bool:
        """Whether an onset is being moved."""
        return self._moving is not None

    def take(self, layer: Layer, second: float) -> None:
        """Begin to move the onset of a layer that is at a second."""
        known = self.onsets(layer)
        if known is not None and second in known.seconds:
            self._moving = known.part, second

    def move(self, second: float) -> None:
        """The onset that is moved is there."""
        state = self._moved(second)
        if state is not None:
            self._document.preview(state)

    def drop(self, second: float) -> None:
        """The onset that is moved stays there, as one act."""
        state, name = self._moved(second), self._name()
        self._moving = None
        if state is None:
            self._document.end_preview()
        else:
            self._document.act(self.tr("Move an onset of {0}").format(name), state)

    def cancel(self) -> None:
        """As it was before the move."""
        if self._moving is not None:
            self._moving = None
            self._document.end_preview()

    def remove(self, layer: Layer, second: float | None = None) -> None:
        """Take an onset of a layer away; all of them for None."""
        known = self.onsets(layer)
        if known is None:
            return
        rest = () if second is None else tuple(each for each in known.seconds if each != second)
        state = self._document.recorded_state
        if rest:
            state = known_acts.tell(state, Onsets(known.part, rest))
        else:
            state = known_acts.forget(state, known.part, Onsets)
        text = self.tr("Remove the onsets of {0}") if second is None else self.tr("Remove an onset of {0}")
        self._document.act(text.format(layer.name), state)

    def _moved(self, second: float) -> State | None:
        """The recorded state with the onset elsewhere; None where it is gone."""
        state, recording = self._document.recorded_state, self._document.recording
        if self._moving is None or recording is None:
            return None
        part, was = self._moving
        for each in state.present.known:
            if isinstance(each, Onsets) and each.part == part and was in each.seconds:
                now = min(max(second, 0.0), recording.duration)
                rest = {other for other in each.seconds if other != was}
                return known_acts.tell(state, Onsets(part, tuple(sorted(rest | {now}))))
        return None

    def _name(self) -> str:
        layer = None if self._moving is None else self._layer_of(self._document.recorded_state, self._moving[0])
        return "" if layer is None else layer.name

    def _layer_of(self, state: State, part: int) -> Layer | None:
        return next((layer for layer in state.layers if part in layer.part_ids), None)

    def _present(self) -> Layer | None:
        """The present layer; says why where nothing can be known of it."""
        if self._document.recording is None:
            return None
        layer = next((each for each in self._document.layers if each.id == self._selection.layer), None)
        if layer is None:
            self._notices.refuse(self.tr("Select the layer whose onsets you want to tap first."))
        elif self._document.state.marks is not None:
            try:
                # Said at once, and not after all was tapped.
                add_mark(self._document.recorded_state, layer.id, nothing(1, 1))
            except UserError as reason:
                self._notices.refuse(reason)
                return None
        return layer


def _said_of(layer: Layer) -> int:
    """The part that onsets are said of: the one that has a component, or is a source."""
    return next((part.id for part in layer.parts if part.component is not None), layer.part_ids[0])


def _put_to_attacks(taps: list[float], levels: Levels, analysis: Analysis, rate: float) -> tuple[list[int], int]:
    lag, near = (analysis.frame_at(seconds, rate) for seconds in (LAG, NEAR))
    return aligned(levels, [analysis.frame_at(second, rate) for second in taps], lag, near)
