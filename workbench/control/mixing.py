"""Acts on the mix: faders and switches of layers and groups, and four remembered mixes."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject

from workbench.control.acting import Acting
from workbench.control.layers import LayerActs
from workbench.control.notices import Notices
from workbench.control.selection import Selection
from workbench.document.acts import groups as group_acts
from workbench.document.acts.layers import GAIN_RANGE_DB
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.model.layers import Group, Layer, members

SNAP = 0.03
"""A pan or width this near to its neutral value is neutral."""
LETTERS = "ABCD"


class MixActs(QObject):
    """Sets what a source (a layer, or a group as a whole) has in the mix."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        acting: Acting,
        layers: LayerActs,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._acting = document, selection, acting
        self._layers, self._notices = layers, notices

    def set_gain(self, source: Layer | Group, db: float) -> bool:
        """Gain in dB; at the low end of the range, and below it, nothing is heard. One step until let go."""
        gain = clamped_gain(db)
        return self._slide(source, self.tr("Gain of {0}"), "gain_db", gain)

    def set_pan(self, source: Layer | Group, pan: float) -> bool:
        """Place from −1, left, to 1, right; one step until let go."""
        return self._slide(source, self.tr("Pan of {0}"), "pan", _snapped(pan, 0.0, -1.0, 1.0))

    def set_width(self, source: Group, width: float) -> bool:
        """0 middle only, 1 as it is, 2 twice as wide; one step until let go."""
        return self._slide(source, self.tr("Width of {0}"), "width", _snapped(width, 1.0, 0.0, 2.0))

    def let_go(self) -> None:
        """What was moved is a step of its own."""
        self._document.seal()

    def set_mute(self, source: Layer | Group, on: bool) -> bool:
        """Silence a source, or let it be heard."""
        text = self.tr("Mute {0}") if on else self.tr("Unmute {0}")
        return self._layers.change(source, text.format(source.name), mute=on)

    def set_solo(self, source: Layer | Group, on: bool) -> bool:
        """Hear a source alone (with the others that are soloed), or no longer."""
        text = self.tr("Solo {0}") if on else self.tr("Unsolo {0}")
        return self._layers.change(source, text.format(source.name), solo=on)

    def _slide(self, source: Layer | Group, name: str, field: str, value: float) -> bool:
        kind = "group" if isinstance(source, Group) else "layer"
        return self._layers.change(source, name.format(source.name), f"{kind}{source.id}{field}", **{field: value})

    # -- keys ----------------------------------------------------------------------------------------

    def toggle_mute(self) -> None:
        """Mute the selected layer or group, or unmute it."""
        source = self._selection.source
        if source is not None:
            self.set_mute(source, not source.mute)

    def toggle_solo(self) -> None:
        """Solo the selected layer or group, or not."""
        source = self._selection.source
        if source is not None:
            self.set_solo(source, not source.solo)

    def toggle_lock(self) -> None:
        """Lock the selected layer or all layers of the group, or unlock them."""
        source = self._selection.source
        if source is not None:
            inside = members(self._document.layers, source.id) if isinstance(source, Group) else (source,)
            self._layers.lock(source, not all(layer.locked for layer in inside))

    def toggle_group_mute(self) -> None:
        """Mute the group around what is selected, or unmute it."""
        group = self._group_around()
        if group is not None:
            self.set_mute(group, not group.mute)

    def toggle_group_solo(self) -> None:
        """Solo the group around what is selected, or not."""
        group = self._group_around()
        if group is not None:
            self.set_solo(group, not group.solo)

    def _group_around(self) -> Group | None:
        wanted = self._selection.group_around
        group = next((each for each in self._document.groups if each.id == wanted), None)
        if group is None:
            self._notices.refuse(self.tr("The selected layer is in no group; G makes one."))
        return group

    # -- remembered mixes ----------------------------------------------------------------------------

    def store(self, slot: int) -> None:
        """Remember the present mix."""
        name = self.tr("Remember mix {0}").format(LETTERS[slot])
        if self._acting.do(name, lambda state: group_acts.store_mix(state, slot)):
            self._notices.say(self.tr("Mix {0} remembered; F{1} recalls it").format(LETTERS[slot], slot + 5))

    def recall(self, slot: int) -> None:
        """Bring a mix back; several in turn are one step."""

        def act(state: State) -> State:
            found = group_acts.recall_mix(state, slot)
            return state if (found.layers, found.groups) == (state.layers, state.groups) else found

        self._acting.do(self.tr("Recall mix {0}").format(LETTERS[slot]), act, "recall")

    def is_present(self, slot: int) -> bool:
        """Whether the present mix is that of a slot."""
        state = self._document.state
        known = state.mixes[slot]
        return known is not None and group_acts.store_mix(state, slot).mixes[slot] == known


def clamped_gain(db: float) -> float:
    """A gain within the range of the faders; −∞ at its low end, below it, and for what is no number."""
    low, high = GAIN_RANGE_DB
    gain = round(min(db, high), 1) if not math.isnan(db) and db > low else low
    return float("-inf") if gain <= low else gain


def _snapped(value: float, neutral: float, low: float, high: float) -> float:
    """A value within a range, exactly neutral where it is nearly so, or where it is no number."""
    if math.isnan(value) or abs(value - neutral) < SNAP:
        return neutral
    return round(min(max(value, low), high), 2)
