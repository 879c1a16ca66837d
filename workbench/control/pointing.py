"""Acts at the place where the hand points, or where the playhead stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QPointF

from workbench.control.extracting import Extracting
from workbench.control.layers import LayerActs
from workbench.control.mark_choice import MarkChoice
from workbench.control.marking import Marking
from workbench.control.masks import MaskActs
from workbench.control.notices import Notices
from workbench.control.plane import Plane, Pointer
from workbench.control.playback import Playback
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.masks.insight.places import behind, shares_at
from workbench.masks.model.layers import Group, Layer

NEAR = 1.0
"""Pixels around the point that are its place: what is seen under a pointer is more than one bin where a pixel is."""
SNAP = 6.0
"""Pixels within which a sound is found that the hand is beside."""
FALL_DB = 30.0
"""How far it may fall below its loudest moment and still be an example."""
LEAST_SHARE = 0.005
"""Who holds less of a place has nothing to do with it."""


@dataclass(frozen=True)
class Holder:
    """A part of a place's sound: what a layer holds there, or what one of its components does.

    Attributes
    ----------
    layer : Layer
    share : float
        Of the energy, 0 … 1.
    component : int or None
        None for the whole layer, or for what is only painted.
    """

    layer: Layer
    share: float
    component: int | None = None


@dataclass(frozen=True)
class Here:
    """Who holds a place.

    Attributes
    ----------
    layers : tuple of Holder
        Layers with something there, the one with most first: it owns the place.
    parts : tuple of Holder
        What of them it comes from: components, and what is painted; the one with most first.
    group : Group or None
        That of the owner.
    """

    layers: tuple[Holder, ...]
    parts: tuple[Holder, ...]
    group: Group | None

    @property
    def owner(self) -> Layer:
        """The layer with most."""
        return self.layers[0].layer


class Pointing(QObject):
    """Keys and clicks that mean the pointer's second or frequency, or the layer that holds the place."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        pointer: Pointer,
        plane: Plane,
        playback: Playback,
        masks: MaskActs,
        layers: LayerActs,
        extracting: Extracting,
        marking: Marking,
        mark_choice: MarkChoice,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection = document, selection
        self._pointer, self._plane, self._playback = pointer, plane, playback
        self._masks, self._layers, self._extracting, self._notices = masks, layers, extracting, notices
        self._marking, self._mark_choice = marking, mark_choice

    def play_here(self) -> None:
        """Play from where the hand points."""
        place = self._pointer.place
        if place is None:
            self._notices.refuse(self.tr("Point at a time in the spectrogram, and press the key there."))
        else:
            self._playback.play(place[0])

    def split_time(self) -> None:
        """Split the present layer at the pointer's time, or at the playhead."""
        place = self._pointer.place
        self._masks.split_time(self._playback.position if place is None else place[0])

    def split_frequency(self) -> None:
        """Split the present layer at the pointer's frequency."""
        place = self._pointer.place
        if place is None:
            self._notices.refuse(self.tr("Point at the frequency in the spectrogram, and press the key there."))
        else:
            self._masks.split_frequency(self._plane.hz_of(place[1]))

    # -- who holds the place -------------------------------------------------------------------------

    def here(self) -> Here | None:
        """Who holds the place under the pointer; None where it points at nothing."""
        point, document = self._pointer.point, self._document
        if point is None or document.recording is None or not document.layers:
            return None
        stack = document.stack
        region = self._plane.region_near(point, NEAR)
        shares = shares_at(stack, region)
        whole = np.bincount(stack.owner, shares, len(stack.layers))
        layers = [Holder(stack.layers[i], float(whole[i])) for i in np.argsort(-whole, kind="stable")]
        found = sorted(behind(stack, region), key=lambda each: -each[2])
        parts = [Holder(stack.layers[stack.owner[i]], share, component) for i, component, share in found]
        group = next((each for each in document.groups if each.id == layers[0].layer.group), None)
        return Here(
            (layers[0], *(each for each in layers[1:] if each.share >= LEAST_SHARE)),
            tuple(each for each in parts if each.share >= LEAST_SHARE),
            group,
        )

    def get_out(self, point: QPointF | None = None) -> None:
        """Get out what is selected, else what the mark at a point (or under the pointer, or else the one that is chosen
        in the list) is an example of, else what is painted, else the sound there."""
        at = self._pointer.point if point is None else point
        mark = self._mark_choice.outlined if at is None else self._marking.mark_at(at)
        if mark is not None and not mark.denies and self._selection.area is None:
            self._extracting.get_out_like(mark)
            return
        if self._extracting.has_example or at is None:
            self._extracting.get_out()
            return
        second, position = self._plane.place_at(at)
        place = self._plane.bin_at(position), self._plane.frame_at(second)
        self._extracting.get_out_at(place, self._plane.region_near(at, SNAP), FALL_DB)

    def select_owner(self, add: bool = False) -> None:
        """Select the layer that holds most of the place; where it is selected already, its group as a whole.

        A mark that is outlined there is chosen in the list of marks.

        Parameters
        ----------
        add : bool
            Beside those that are selected.
        """
        here = self.here()
        if here is None:
            if self._document.recording is not None:
                self._notices.refuse(self.tr("Point at a sound in the spectrogram, and press the key there."))
            return
        if self._marking.active and self._pointer.point is not None:
            self._mark_choice.choose_at(self._pointer.point)
        owner, share = here.owner, 100 * here.layers[0].share
        again = self._selection.layer == owner.id and not self._selection.group and not add
        if again and here.group is not None:
            self._selection.select_group(here.group.id)
            self._notices.say(self.tr("{0}, the group of {1}").format(here.group.name, owner.name))
        else:
            self._selection.select(owner.id, add)
            self._notices.say(self.tr("{0} holds {1:.0f} % of this place").format(owner.name, share))

    def group_owner(self, layer: Layer, group: int) -> None:
        """Put a layer into a group, or for 0 into a new one of its own."""
        self._selection.select(layer.id)
        if group:
            self._layers.drop_layer(layer.id, group, 0)
        else:
            self._layers.group()
