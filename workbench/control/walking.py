"""The audition walk: every layer is heard alone until it is answered: named, sorted into a group, or put off."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from workbench.control.acting import Acting
from workbench.control.layers import LayerActs
from workbench.control.listening import Listening
from workbench.control.notices import Notices
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.document.acts import groups as group_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.jobs.runner import Runner
from workbench.masks.insight.finding import loudest_span
from workbench.masks.model.layers import Group, Layer

SECONDS = 1.0
MOST_GROUPS = 9


class Walking(QObject):
    """Goes from layer to layer; each plays over and over the second in which it is loudest, until it is answered."""

    changed = Signal()
    """Another layer, or the walk begins or ends."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        acting: Acting,
        layers: LayerActs,
        playback: Playback,
        listening: Listening,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._acting, self._layers = document, selection, acting, layers
        self._playback, self._listening, self._runner, self._notices = playback, listening, runner, notices
        self._queue: list[int] = []
        self._walking = self._was_playing = False
        self._place = self._stack = 0
        self._sorted: list[tuple[int, int]] = []
        """The layers that were sorted, and their groups, in turn."""
        document.layers_changed.connect(self._layers_changed)
        document.stacks_changed.connect(self._stack_changed)
        document.opened.connect(self.end)

    # -- where it is ---------------------------------------------------------------------------------

    @property
    def walking(self) -> bool:
        """Whether the walk is under way."""
        return self._walking

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
        self._hear()

    def end(self) -> None:
        """Hear again what was heard before."""
        if not self._walking:
            return
        self._runner.drop("walk")
        self._queue, self._walking = [], False
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
            if self._walking:
                self._notices.say(self.tr("That was the last layer; Esc ends the walk, ← goes back."))
            self.changed.emit()
            return
        self._place = max(0, self._place + by)
        self._hear()

    def put_off(self) -> None:
        """Not sure: the layer comes again at the end of the walk, and the next one is heard."""
        if self.layer is None:
            return
        if self._place + 1 >= len(self._queue):
            self._notices.say(self.tr("This is the last layer; put it into a group, or end the walk with Esc."))
            return
        self._queue.append(self._queue.pop(self._place))
        self._hear()

    def _hear(self) -> None:
        self._forget_the_gone()
        layer, recording = self.layer, self._document.recording
        if layer is None or recording is None:
            self.end()
            return
        self._selection.select(layer.id)
        analysis = self._document.state.analysis
        frames = max(1, round(float(analysis.frame_place(SECONDS, recording.rate))))
        self._listening.hear_alone((layer.id,))
        stack, levels, index = self._document.stack, self._document.levels.levels[0], self._selection.index
        self._runner.run(
            "", lambda job: loudest_span(stack, levels, index, frames), partial(self._dwell, layer.id), key="walk"
        )
        self.changed.emit()

    def _dwell(self, identity: int, span: tuple[int, int]) -> None:
        """Stay with the layer of an id where it is loudest."""
        layer, recording = self.layer, self._document.recording
        if layer is None or recording is None or layer.id != identity:
            return
        analysis, (first, last) = self._document.state.analysis, span
        self._playback.dwell(
            (
                analysis.second_of(first, recording.rate),
                min(analysis.second_of(last, recording.rate), recording.duration),
            )
        )
        if not self._playback.playing:
            self._playback.play()

    # -- sorting and naming --------------------------------------------------------------------------

    def put(self, number: int) -> None:
        """Put the layer into a group by its number, or into a new one, and go on."""
        layer, groups = self.layer, self.groups
        if layer is None:
            return
        if number > min(len(groups) + 1, MOST_GROUPS):
            text = self.tr("There is no group {0} yet; {1} makes a new one.")
            self._notices.say(text.format(number, len(groups) + 1))
        elif number <= len(groups):
            self._put(layer, groups[number - 1].name, groups[number - 1].id)
        else:
            # A layer with a name of its own gives it to the group.
            self._put(layer, self.tr("Group {0}").format(number) if layer.automatic else layer.name)

    def put_named(self, name: str) -> None:
        """Put the layer into the group of a name, and go on; where there is none, its group is given the name, or a new
        one is made. An empty name changes nothing."""
        layer, name = self.layer, name.strip()
        if layer is None or not name:
            return
        groups = self._document.recorded_state.groups
        same = next((group for group in groups if group.name.casefold() == name.casefold()), None)
        own = next((group for group in groups if group.id == layer.group), None)
        if same is None and own is not None:
            self._layers.rename(own, name)
            self.go(1)
        elif same is not None:
            self._put(layer, same.name, same.id)
        else:
            self._put(layer, name)

    def _put(self, layer: Layer, name: str, group: int = 0) -> None:
        """Put a layer into a group, or into a new one of a name, and go on."""
        made = group

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
