"""What is said by pointing: of which source, what comes of it, and what waits for the components."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, Signal

from workbench.control.acting import Acting, first_free, numbered
from workbench.control.components import Components
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts.layers import layer_index
from workbench.document.acts.sources import add_mark, add_source, begin_sources
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.edits.area import Area
from workbench.masks.edits.traces import Trace
from workbench.masks.insight.assignment import REST
from workbench.masks.model.layers import Layer
from workbench.masks.model.sources import Sources
from workbench.spectral.stft import Analysis


class Says(Enum):
    """What a click or stroke says of its place."""

    THIS = "this"
    """This is a sound: another source, or more of the chosen one."""
    MORE = "more"
    """The selected source sounds here too."""
    NOT = "not"
    """The selected source does not sound here."""


class Saying(QObject):
    """Makes marks of places, and the sources that they need; the hand is that of `Marking`."""

    changed = Signal()
    """Clicks make another source, or go to another one; or others wait."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        components: Components,
        acting: Acting,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._components = document, selection, components
        self._acting, self._notices = acting, notices
        self._new = True
        self._waiting: list[tuple[Area | Trace, Says, Analysis]] = []
        components.changed.connect(self._say_what_waits)
        components.given_up.connect(self._give_up)
        selection.layer_changed.connect(self.changed)
        document.opened.connect(self._begin_anew)

    # -- which source ----------------------------------------------------------------------------------

    @property
    def new(self) -> bool:
        """Whether a plain click makes another source; else it goes to the selected one."""
        return self._new or self.source == 0

    @property
    def source(self) -> int:
        """Id of the selected layer, if it is a source; else 0."""
        layer = self._selection.present
        sources = self._document.state.marks is not None
        return layer.id if sources and layer is not None and layer.components else 0

    def choose_new(self) -> None:
        """The next click makes another source."""
        self._new = True
        self.changed.emit()

    def choose(self, layer: int) -> None:
        """Clicks go to the source that a layer is."""
        self._selection.select(layer)
        self._new = False
        self.changed.emit()

    def choose_number(self, number: int) -> None:
        """A source by its place among those that were asked for, from 1 on; 0 for another one."""
        asked_for = [layer.id for layer in self.sources if REST not in layer.components]
        if number == 0 or not self.sources:
            self.choose_new()
        elif number <= len(asked_for):
            self.choose(asked_for[number - 1])

    @property
    def sources(self) -> list[Layer]:
        """The layers that are sources: those that were asked for, and the rest at last."""
        layers = self._document.layers if self._document.state.marks is not None else ()
        return sorted((layer for layer in layers if layer.components), key=lambda layer: REST in layer.components)

    def _spoken_of(self, says: Says) -> int:
        """Id of the layer whose source is spoken of; 0 for another one."""
        return 0 if says is Says.THIS and self._new else self.source

    def locked(self, says: Says) -> Layer | None:
        """The layer that is spoken of, where it is locked, so that nothing may be said of it."""
        return next((each for each in self._document.layers if each.id == self._spoken_of(says) and each.locked), None)

    # -- what comes of it ------------------------------------------------------------------------------

    def tried(self, place: Area | Trace, says: Says) -> tuple[Sources, int] | None:
        """The sources if that were said of a place, and which of them it is said of; None where nothing can be."""
        factors = self._components.factors
        if factors is None or self._denies_nothing(says) or self.locked(says) is not None:
            return None
        state, layer = self._said(self._document.recorded_state, 0, place, says)
        number = state.layers[layer_index(state, layer)].components[0]
        return self._document.sources_of(factors, self._components.power, state), number

    def preview(self, place: Area | Trace, says: Says) -> None:
        """Show and sound what would come of it."""
        run = self._components.trial()
        if run is not None and not self._denies_nothing(says) and self.locked(says) is None:
            state, _ = self._said(self._document.recorded_state, run[0], place, says)
            self._document.preview(state, trial=run[1])

    def say(self, place: Area | Trace, says: Says = Says.THIS) -> None:
        """Say of a place whose it is, or is not; makes the source that it needs. Waits for the components."""
        document = self._document
        if self._denies_nothing(says):
            document.end_preview()
            self._notices.say(self.tr("Click a sound first; Ctrl then says what does not belong to it"))
            return
        run = self._components.run()
        if run is None:
            self._waiting.append((place, says, document.state.analysis))
            self._components.wait()
            self._notices.say(self.tr("Listening to the recording first; your click is remembered"))
            self.changed.emit()
            return
        document.end_preview()
        made = 0

        def act(state: State) -> State:
            nonlocal made
            state, made = self._said(state, run, place, says)
            return state

        if self._acting.do(self._named(says), act):
            self._selection.select(made)

    def _denies_nothing(self, says: Says) -> bool:
        return says is Says.NOT and not self.source

    def _said(self, state: State, run: int, place: Area | Trace, says: Says) -> tuple[State, int]:
        """The state with one more mark, and the layer that it speaks of."""
        if state.marks is None:
            name = numbered(self.tr("Sources"), {stack.name for stack in state.stacks})
            state = begin_sources(state, run, name, self.tr("Rest"))
        layer = self._spoken_of(says)
        # Of a source that is only made by this there is nothing to deny.
        denies = says is Says.NOT and layer != 0
        if not any(each.id == layer for each in state.layers):
            name = first_free(self.tr("Source {0}"), {each.name for each in state.layers})
            state, layer = add_source(state, name)
        return add_mark(state, layer, place, 1.0, denies), layer

    def _named(self, says: Says) -> str:
        layer = next((each for each in self._document.layers if each.id == self._spoken_of(says)), None)
        if layer is None:
            return self.tr("Point at a new source")
        text = self.tr("Not {0} here") if says is Says.NOT else self.tr("{0} here")
        return text.format(layer.name)

    # -- what waits ------------------------------------------------------------------------------------

    @property
    def waits(self) -> bool:
        """Whether something was said for which the components are not there yet."""
        return bool(self._waiting)

    def take_waiting_back(self) -> None:
        """What waits was never said."""
        if self._waiting:
            self._waiting = []
            self._notices.say(self.tr("The clicks that waited are taken back"))
            self.changed.emit()

    def _say_what_waits(self) -> None:
        document = self._document
        if self._waiting and document.recording is not None and self._components.factors is not None:
            waiting, self._waiting = self._waiting, []
            for place, says, analysis in waiting:
                if analysis != document.state.analysis:
                    place = place.resampled(analysis, document.state.analysis, len(document.recording.samples))
                self.say(place, says)
            self.changed.emit()

    def _give_up(self) -> None:
        if self._waiting:
            self._waiting = []
            self._notices.refuse(self.tr("The recording was not listened to the end; the clicks that waited are gone."))
            self.changed.emit()

    def _begin_anew(self) -> None:
        self._new, self._waiting = True, []
        self.changed.emit()
