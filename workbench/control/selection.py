"""What the tools, keys and panels work on: the present layer, the picked ones, the group, and the area.

Which layer is selected is no part of the document. What is selected of time and frequency is: it is work.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.document.acts import selections as selection_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.edits.area import Area
from workbench.masks.model.layers import Group, Layer, members


class Selection(QObject):
    """The one selection that all views follow."""

    layer_changed = Signal()
    """The present layer, the picked ones or the group are others."""
    layer_chosen = Signal()
    """The user chose the present layer: it did not merely come up because another went."""
    area_changed = Signal()
    """Other parts of time and frequency are selected."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._layer = self._before = self._group = 0
        self._picked: frozenset[int] = frozenset()
        self._drawn: Area | None = None
        self._layer_of_stack: dict[int, int] = {}
        self._untold_layer = self._untold_area = False
        document.opened.connect(self._opened)
        document.state_shown.connect(self._follow)
        document.state_settled.connect(self._tell)

    # -- layers --------------------------------------------------------------------------------------

    @property
    def layer(self) -> int:
        """Id of the present layer, 0 where none is."""
        return self._layer

    @property
    def before(self) -> int:
        """Id of the layer that was the present one before, 0 where there was none."""
        return self._before

    @property
    def index(self) -> int:
        """Index of the present layer in the stack, −1 where none is."""
        return next((i for i, each in enumerate(self._document.layers) if each.id == self._layer), -1)

    @property
    def present(self) -> Layer | None:
        """The present layer itself."""
        return next((each for each in self._document.layers if each.id == self._layer), None)

    @property
    def source(self) -> Layer | Group | None:
        """What keys and tools act on: the group that is selected as a whole, else the present layer."""
        group = self.group
        return next((each for each in self._document.groups if group and each.id == group), self.present)

    @property
    def group(self) -> int:
        """Id of the group that is selected as a whole, 0 where none is."""
        return self._group_of(self._document.state)

    @property
    def group_around(self) -> int:
        """Id of the selected group, or of the one that the present layer is in; 0 for none."""
        present = self.present
        return self.group or (present.group if present is not None else 0)

    @property
    def picked(self) -> tuple[int, ...]:
        """Ids of all selected layers in the order of the stack; the present one is among them."""
        wanted = self._picked | {self._layer}
        return tuple(layer.id for layer in self._document.layers if layer.id in wanted)

    @property
    def shown_indices(self) -> tuple[int, ...]:
        """Indices of the layers whose mask is looked at: the present one, or all of the selected group."""
        return tuple(i for i, layer in enumerate(self._document.layers) if self.shows(layer))

    @property
    def rivals(self) -> tuple[tuple[int, ...], ...]:
        """Indices of what is beside that: of a selected group other groups as a whole, and layers in none."""
        found: dict[int, tuple[int, ...]] = {}
        for i, layer in enumerate(self._document.layers):
            if not self.shows(layer):
                key = layer.group if self.group and layer.group else -i
                found[key] = (*found.get(key, ()), i)
        return tuple(found.values())

    def shows(self, layer: Layer) -> bool:
        """Whether a layer is what keys and tools act on, or belongs to it."""
        return layer.group == self.group if self.group else layer.id == self._layer

    def select(self, layer: int, add: bool = False) -> None:
        """Make a layer the present one, alone or beside those that are selected."""
        if not any(each.id == layer for each in self._document.layers):
            return
        picked = self._picked | {self._layer, layer} if add else frozenset({layer})
        chosen = layer != self._layer or bool(self._group)
        if not chosen and picked == self._picked | {self._layer}:
            return
        self._put(layer, picked, 0)
        self.layer_changed.emit()
        if chosen:
            self.layer_chosen.emit()

    def select_group(self, group: int, add: bool = False) -> None:
        """Select a group as a whole: the tools work on all of its layers, in proportion."""
        inside = [layer.id for layer in members(self._document.layers, group)]
        if not inside:
            return
        layer = self._layer if self._layer in inside else inside[0]
        chosen = layer != self._layer or bool(self._group)
        self._put(layer, self._picked.union(inside, {self._layer}) if add else frozenset(inside), group)
        self.layer_changed.emit()
        if chosen:
            self.layer_chosen.emit()

    def swap(self) -> None:
        """Back to the layer that was the present one before."""
        self.select(self._before)

    def _put(self, layer: int, picked: frozenset[int], group: int) -> None:
        if layer != self._layer:
            self._before, self._layer = self._layer, layer
        self._picked, self._group = picked, group

    # -- time and frequency --------------------------------------------------------------------------

    @property
    def area(self) -> Area | None:
        """What is selected of time and frequency, or is about to be while it is drawn."""
        return self._drawn or self._document.state.area

    @property
    def frames(self) -> tuple[int, int] | None:
        """First selected frame and the one behind the last; None where nothing, or all of time, is selected."""
        area = self.area
        if area is None:
            return None
        bounds = area.bounds
        return None if bounds.stop - bounds.start >= area.frames else (bounds.start, bounds.stop)

    @property
    def seconds(self) -> tuple[float, float] | None:
        """The time that the selected frames stand for, within the recording; None as for `frames`."""
        frames, recording = self.frames, self._document.recording
        if frames is None or recording is None:
            return None
        begin, end = self._document.state.analysis.span(*frames, recording.rate)
        return max(begin, 0.0), min(end, recording.duration)

    def set_area(self, area: Area | None, name: str = "", merge: str | None = None) -> None:
        """Select some of time and frequency, as a step of the history; an empty area selects nothing.

        Nothing is done where that is selected already: a step that changes nothing would be one more to undo.

        Parameters
        ----------
        name : str
            Of the step.
        merge : str, optional
            As in `Document.act`.
        """
        wanted, shown, state = area or None, self.area, self._document.recorded_state
        self._drawn = None
        if wanted is not state.area and not (wanted and state.area and wanted.same_as(state.area)):
            name = name or (self.tr("Select") if wanted else self.tr("Deselect"))
            self._document.act(name, selection_acts.select(state, wanted), merge)
        elif shown is not self.area:
            self.area_changed.emit()

    def show_drawn(self, area: Area | None) -> None:
        """What is being drawn counts as selected until it is, or is left (None); no step of the history."""
        shown, self._drawn = self.area, area or None
        if self.area is not shown:
            self.area_changed.emit()

    # -- following the document ----------------------------------------------------------------------

    def _opened(self) -> None:
        layers = self._document.layers
        self._layer, self._before, self._group = layers[0].id if layers else 0, 0, 0
        self._picked, self._drawn, self._layer_of_stack = frozenset(), None, {}
        self.area_changed.emit()
        self.layer_changed.emit()

    def _follow(self, before: State, now: State) -> None:
        """Keep to what there is; the views hear of it when all else has been told."""
        was = self._layer, self._group_of(before), self._picked
        self._layer_of_stack[before.shown] = self._layer
        if before.shown != now.shown:
            self._layer = self._layer_of_stack.get(now.shown, self._layer)
            self._picked = frozenset()
        there = {layer.id for layer in now.layers}
        if self._layer not in there:
            self._layer = self._heir(before, now)
        self._picked &= there
        if now is self._document.recorded_state:
            # What is only tried out may be without the group; it is selected again afterwards.
            self._group = self._group_of(now)
        self._untold_layer |= was != (self._layer, self._group_of(now), self._picked)
        if before.area is not now.area:
            self._drawn, self._untold_area = None, True

    def _group_of(self, state: State) -> int:
        """The selected group where a state has it, else 0."""
        return self._group if any(group.id == self._group for group in state.groups) else 0

    def _heir(self, before: State, now: State) -> int:
        """The layer that is the present one where that one went: the one before it (undoing what made a layer goes
        back to where that came from), or the one that stands where it was."""
        known = {layer.id for layer in now.layers} & {layer.id for layer in before.layers}
        if self._before in known:
            return self._before
        place = next((i for i, layer in enumerate(before.layers) if layer.id == self._layer), 0)
        return now.layers[min(place, len(now.layers) - 1)].id if now.layers else 0

    def _tell(self) -> None:
        area, self._untold_area = self._untold_area, False
        layer, self._untold_layer = self._untold_layer, False
        if area:
            self.area_changed.emit()
        if layer:
            self.layer_changed.emit()
