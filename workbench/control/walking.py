"""The audition walk: every layer is heard alone for a second, to be named and sorted into groups."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.control.acting import Acting
from workbench.control.layers import LayerActs
from workbench.control.listening import Listening
from workbench.control.notices import Notices
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.document.acts import groups as group_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.insight.finding import loudest_span
from workbench.masks.model.layers import Group, Layer

SECONDS = 1.0
MOST_GROUPS = 9


class Walking(QObject):
    """Goes from layer to layer; each plays over and over the second in which it is loudest."""

    changed = Signal()
    """Another layer, or the walk stays or goes on, begins or ends."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        acting: Acting,
        layers: LayerActs,
        playback: Playback,
        listening: Listening,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._acting, self._layers = document, selection, acting, layers
        self._playback, self._listening, self._notices = playback, listening, notices
        self._queue: list[int] = []
        self._walking = self._was_playing = False
        self._place = self._stack = 0
        self._sorted: list[tuple[int, int]] = []
        """The layers that were sorted, and their groups, in turn."""
        self._timer = QTimer(self, interval=round(1000 * SECONDS))
        self._timer.timeout.connect(self.next)
        document.layers_changed.connect(self._layers_changed)
        document.stacks_changed.connect(self._stack_changed)
        document.opened.connect(self.end)

    # -- where it is ---------------------------------------------------------------------------------

    @property
    def walking(self) -> bool:
        """Whether the walk is under way."""
        return self._walking

    @property
    def goes_on(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    @property
    def place(self) -> int:
        """Which of the layers is heard, from 0."""
        return self._place

    @property
    def count(self) -> int:
        """How many layers there are to hear."""
        return len(self._queue)

    @property
    def layer(self) -> Layer | None:
        """The layer that is heard."""
        identity = self._queue[self._place] if self._place < len(self._queue) else 0
        return next((layer for layer in self._document.layers if layer.id == identity), None)

    @property
    def groups(self) -> list[Group]:
        """The groups in the order in which they were made, so that a number keeps its meaning."""
        return sorted(self._document.recorded_state.groups, key=lambda group: group.id)[:MOST_GROUPS]

    # -- going ---------------------------------------------------------------------------------------

    def begin(self) -> None:
        """All layers are heard in turn, from the top; on the walk it ends."""
        document = self._document
        if document.recording is None or not document.layers:
            return
        if self._walking:
            self.end()
            return
        self._was_playing = self._playback.playing
        self._queue = [layer.id for layer in document.layers]
        self._stack, self._place, self._sorted, self._walking = document.state.shown, 0, [], True
        self._timer.start()
        self._hear()

    def end(self) -> None:
        """Hear again what was heard before."""
        if not self._walking:
            return
        self._queue, self._walking = [], False
        self._timer.stop()
        self._listening.hear_alone(())
        self._playback.dwell(None)
        if not self._was_playing:
            self._playback.stop()
        self.changed.emit()

    def next(self) -> None:
        """The next layer; the last one plays until the user goes."""
        self.go(1)

    def go(self, by: int) -> None:
        """The next layer (1) or the one before (−1)."""
        if self._place + by >= len(self._queue):
            self.stay()
            return
        self._place = max(0, self._place + by)
        self._hear()
        if self._timer.isActive():
            self._timer.start()

    def stay(self) -> None:
        """Stay with this layer."""
        self._timer.stop()
        self.changed.emit()

    def resume(self) -> None:
        """Go on by itself, but not from the last layer."""
        if self._place + 1 < len(self._queue):
            self._timer.start()
        self.changed.emit()

    def toggle_stay(self) -> None:
        """Stay with this layer, which plays over and over, or go on."""
        if self._timer.isActive():
            self.stay()
        elif not self._playback.playing:
            self._timer.start()
            self._hear()
        else:
            self.go(1)
            self.resume()

    def _hear(self) -> None:
        self._forget_the_gone()
        layer, recording = self.layer, self._document.recording
        if layer is None or recording is None:
            self.end()
            return
        self._selection.select(layer.id)
        analysis = self._document.state.analysis
        frames = max(1, round(float(analysis.frame_place(SECONDS, recording.rate))))
        first, last = loudest_span(self._document.stack, self._document.levels.levels[0], self._selection.index, frames)
        self._listening.hear_alone((layer.id,))
        self._playback.dwell(
            (
                analysis.second_of(first, recording.rate),
                min(analysis.second_of(last, recording.rate), recording.duration),
            )
        )
        if not self._playback.playing:
            self._playback.play()
        self.changed.emit()

    # -- sorting and naming --------------------------------------------------------------------------

    def put(self, number: int) -> None:
        """Put the layer into a group by its number, or into a new one, and go on."""
        layer, groups = self.layer, self.groups
        if layer is None:
            return
        if number > min(len(groups) + 1, MOST_GROUPS):
            text = self.tr("There is no group {0} yet; {1} makes a new one.")
            self._notices.say(text.format(number, len(groups) + 1))
            return
        if number <= len(groups):
            name, made = groups[number - 1].name, groups[number - 1].id
        else:
            # A layer with a name of its own gives it to the group.
            name, made = self.tr("Group {0}").format(number) if layer.automatic else layer.name, 0

        def act(state: State) -> State:
            nonlocal made
            if made:
                return group_acts.put_layers(state, [layer.id], made, None)
            state, made = group_acts.group_layers(state, [layer.id], name)
            return state

        if not made or layer.group != made:
            self._sorted = [each for each in self._sorted if each[0] != layer.id]
            self._acting.do(self.tr("Put {0} into {1}").format(layer.name, name), act)
            self._sorted.append((layer.id, made))
        self.go(1)

    def rename(self, name: str) -> None:
        """Give the layer another name."""
        layer = self.layer
        if layer is not None:
            self._layers.rename(layer, name)

    # -- following the document ----------------------------------------------------------------------

    def _stack_changed(self) -> None:
        if self._walking and self._document.state.shown != self._stack:
            self.end()

    def _layers_changed(self) -> None:
        if not self._walking:
            return
        if self._sorted and self._taken_back(*self._sorted[-1]):
            # Undone: back to the layer that was put there, unless it was away and the walk goes on without it.
            self._forget_the_gone()
            identity, _ = self._sorted.pop()
            self._place = self._queue.index(identity) if identity in self._queue else self._place
            self._hear()
        elif self.layer is None:
            self._hear()
        else:
            self.changed.emit()

    def _forget_the_gone(self) -> None:
        """Layers that went, by another factorisation or by hand, are not heard."""
        there = {layer.id for layer in self._document.layers}
        before = sum(1 for each in self._queue[: self._place] if each in there)
        self._queue = [each for each in self._queue if each in there]
        self._place = max(0, min(before, len(self._queue) - 1))

    def _taken_back(self, identity: int, group: int) -> bool:
        """Whether a layer is no longer in the group that it was put into."""
        layer = next((each for each in self._document.layers if each.id == identity), None)
        return layer is not None and layer.group != group
